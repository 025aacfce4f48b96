"""What a million tokens cost on a fleet: input, cached input and output apart.

    cost an hour   = accelerators x (price x capital recovery + fixed cost) / 8,760 + energy
                     or accelerators x rent
    of prompts     = cost an hour x share of the work that is prompts
    USD/Mtok input = cost of prompts / input tokens an hour, cached ones at their share of the work

A cached token's work is the attention of the new ones over it; what its KV takes of the memory is
paid by the output, whose batch it limits.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.levelised import crf

HOURS = 8760.0


@dataclass(frozen=True)
class AcceleratorHour:
    """What an hour of an accelerator costs [USD]: capital and upkeep, or rent; energy apart."""

    capital: float
    energy: float

    @property
    def total(self) -> float:
        """Both [USD/accelerator-hour]."""
        return self.capital + self.energy


@dataclass(frozen=True)
class TokenCost:
    """USD for a million tokens: input that is read, input that a cache holds, output."""

    input: float
    cached: float
    output: float


def owned_hour(price: float, fixed: float, life: float, rate: float) -> float:
    """USD an hour of an accelerator bought for `price` [USD] with `fixed` [USD/year], over `life`
    [year] at the real rate [1/year].
    """
    if life <= 0 or not -0.5 < rate < 1:
        found = f"{life:g} years at {rate:.0%}"
        raise InputError(InputFault(Place(key="rate"), found, "a life above 0, a rate below 100 %"))
    return (price * crf(rate, life) + fixed) / HOURS


def token_cost(
    hour: float,
    requests: float,
    tokens: tuple[float, float, float],
    prompt_share: float,
    cached_work: float,
) -> TokenCost:
    """hour: of the whole fleet [USD/h]. requests: an hour. tokens: read, cached and output tokens
    of a request. prompt_share: of the work that is prompts [1]; cached_work: of the prompts' work
    that is attention over cached tokens [1].
    """
    read, held, made = tokens
    prompts, answers = hour * prompt_share, hour * (1.0 - prompt_share)
    return TokenCost(
        input=1e6 * prompts * (1.0 - cached_work) / (requests * read),
        cached=1e6 * prompts * cached_work / (requests * held) if held else 0.0,
        output=1e6 * answers / (requests * made),
    )
