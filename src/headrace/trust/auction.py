"""Position auctions: VCG, and the generalised second price (GSP) for contrast, with a reserve.

Slots have click rates a_1 >= a_2 >= ... > 0 and a_{K+1} = 0; bidders offer b_1 >= b_2 >= ... per
click, and one below the reserve r does not take part. Slot k goes to bidder k. Per click they pay
    VCG:  p_k = (1 / a_k) * sum_{j=k..K} (a_j - a_{j+1}) * max(b_{j+1}, r)
    GSP:  p_k = max(b_{k+1}, r)
With one slot both are Vickrey's second price with a reserve. Under VCG no bidder gains by bidding
anything but its value.
Sources: Edelman, Ostrovsky & Schwarz, AER 97 (2007); Varian, IJIO 25 (2007).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from headrace.core.errors import InputError, InputFault, Place

Mechanism = Literal["vcg", "gsp"]


@dataclass(frozen=True)
class Offer:
    """A bidder and its bid [USD per click]."""

    bidder: str
    amount: float


@dataclass(frozen=True)
class Sold:
    """A slot (1 = top), who has it, its price [USD per click] and its clicks per showing [1]."""

    slot: int
    bidder: str
    price: float
    clicks: float

    @property
    def payment(self) -> float:
        """Expected payment per showing [USD]."""
        return self.price * self.clicks


def position_auction(
    offers: Sequence[Offer],
    clicks: Sequence[float],
    reserve: float = 0.0,
    mechanism: Mechanism = "vcg",
) -> tuple[Sold, ...]:
    """Sell the slots; equal bids fall by the bidder's name.

    clicks: expected per showing, by slot [1]; reserve [USD per click].

    Raises InputError for bad amounts, click rates or repeated bidders.
    """
    _check(offers, clicks, reserve)
    ranked = sorted(
        (one for one in offers if one.amount >= reserve), key=lambda one: (-one.amount, one.bidder)
    )
    price = PRICES[mechanism]
    winners = ranked[: len(clicks)]
    return tuple(
        Sold(k + 1, one.bidder, price(k, ranked, clicks, reserve), clicks[k])
        for k, one in enumerate(winners)
    )


def surplus(
    offers: Sequence[Offer],
    bidder: str,
    value: float,
    clicks: Sequence[float],
    reserve: float,
    mechanism: Mechanism,
) -> float:
    """Expected gain of a bidder per showing [USD] when a click is worth `value` to it."""
    for one in position_auction(offers, clicks, reserve, mechanism):
        if one.bidder == bidder:
            return (value - one.price) * one.clicks
    return 0.0


def _next(k: int, ranked: Sequence[Offer], reserve: float) -> float:
    return max(ranked[k + 1].amount, reserve) if k + 1 < len(ranked) else reserve


def second_price(
    slot: int, ranked: Sequence[Offer], clicks: Sequence[float], reserve: float
) -> float:
    """The next bid below, or the reserve [USD per click]; slot 0 is the top."""
    del clicks  # a second price does not look at them
    return _next(slot, ranked, reserve)


def vcg_price(slot: int, ranked: Sequence[Offer], clicks: Sequence[float], reserve: float) -> float:
    """The harm done to those below, per click of the slot [USD per click]; slot 0 is the top."""
    steps = [*clicks, 0.0]
    harm = math.fsum(
        (steps[j] - steps[j + 1]) * _next(j, ranked, reserve) for j in range(slot, len(clicks))
    )
    # A mean of numbers between the reserve and the next bid; rounding may not carry it outside.
    return max(reserve, min(harm / clicks[slot], _next(slot, ranked, reserve)))


PRICES: dict[Mechanism, Callable[[int, Sequence[Offer], Sequence[float], float], float]] = {
    "vcg": vcg_price,
    "gsp": second_price,
}
"""Price of a slot by mechanism: (slot, bids from the highest down, clicks, reserve)."""


def _check(offers: Sequence[Offer], clicks: Sequence[float], reserve: float) -> None:
    problems = [
        InputFault(
            Place(key=f"bid of {one.bidder}"), f"{one.amount}", "a finite amount >= 0 USD per click"
        )
        for one in offers
        if not math.isfinite(one.amount) or one.amount < 0
    ]
    if not math.isfinite(reserve) or reserve < 0:
        problems.append(
            InputFault(Place(key="reserve"), f"{reserve}", "a finite amount >= 0 USD per click")
        )
    if any(not math.isfinite(a) or a <= 0 for a in clicks) or any(
        a < b for a, b in itertools.pairwise(clicks)
    ):
        problems.append(
            InputFault(
                Place(key="clicks"),
                f"{tuple(clicks)}",
                "positive click rates that do not rise from slot to slot",
            )
        )
    names = [one.bidder for one in offers]
    if len(set(names)) < len(names):
        problems.append(
            InputFault(Place(key="offers"), "a bidder with two offers", "one offer per bidder")
        )
    if problems:
        raise InputError(problems)
