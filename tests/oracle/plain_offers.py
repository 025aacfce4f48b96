"""Offers of a product as plain numbers: what they are at their reference, and what they bring."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from scipy.integrate import quad
from tests.oracle.trust_and_royalty import pressures
from tests.oracle.units import month_number, quantity

MONTH = 730.0
HEADS = ("tier", "seats", "agents")


@dataclass(frozen=True)
class Leaving:
    """How users leave. stay: share left by whole months of age; hazard: factor on it by month of
    the study, the last one from then on.
    """

    stay: tuple[float, ...]
    hazard: tuple[float, ...]

    def left(self, joined: float, month: float) -> float:
        """Share of those who joined at `joined` that is there at `month`."""
        lived, at = 0.0, joined
        while at < month - 1e-12:
            until = min(math.floor(at + 1e-12) + 1.0, month)
            lived += self.hazard[min(int(at + 1e-12), len(self.hazard) - 1)] * (until - at)
            at = until
        whole = min(int(lived), len(self.stay) - 2)
        before, after = self.stay[whole], self.stay[whole + 1]
        return before * (after / before) ** (lived - whole)


@dataclass(frozen=True)
class Offer:
    """Reference: `people` (0 where metered), `work` [unit/h], `brings` at its price and `ads`
    whatever it is [USD/h], both net. rivals: their share, the cut of their price, and the month of
    the study from which it holds.
    """

    people: float
    work: float
    brings: float
    ads: float
    elasticity: float
    share: float
    rivals: tuple[float, float, float]
    most: float
    pieces: int
    growth: float
    leaves: Leaving | None
    joins: float
    lost: float

    def billed(self, level: float, month: float = -1.0) -> float:
        """USD/h at a level over the reference, in a stage that begins in `month`."""
        if level <= 0:
            return 0.0
        if self.elasticity == 0:
            return level * (self.brings + self.ads)
        if self.share == 0:
            return level * (self.brings * (1 + (1 - level) / self.elasticity) + self.ads)
        loss = self.elasticity / (1 - self.share)
        there = self.share * level
        rest, (rivals, cut, since) = 1.0, self.rivals
        if month >= since:
            rest = rivals * math.exp(loss * cut) + 1 - self.share - rivals
            rest /= 1 - self.share
        utility = math.log(there / (1 - there)) - math.log(self.share / (1 - self.share))
        price = 1 - (utility + math.log(rest)) / loss
        return level * (self.brings * price + self.ads)

    def level(self, month: float, grown: Callable[[float], float]) -> float:
        """Reference in a month over today's. grown: demand in a month over today's, held through
        each year.
        """
        if self.leaves is None:
            return grown(month) * (1 + self.growth) ** (month / 12)
        there = self.people * self.leaves.left(0.0, month)
        for begun in range(math.ceil(month)):
            length = min(begun + 1, month) - begun
            middle = begun + length / 2
            there += self.joins * grown(middle) * length * self.leaves.left(middle, month)
        return there / self.people


KEYS = (
    "kind users use amount price elasticity market_share rivals most pieces growth churn joins "
    "unserved_churn groups ads partner creators included overage input cached batch unused work "
    "success largest trust source title"
)


def limited(median: float, spread: float, cap: float) -> float:
    """Mean of lognormal use of which at most `cap` is served: its survival function, summed up."""
    if spread == 0:
        return min(median, cap)
    if math.isinf(cap):
        return median * math.exp(spread**2 / 2)
    ends = [median * math.exp(spread * z) for z in (-8, -4, -2, -1, 0, 1, 2, 4, 8)]
    ends = [0.0, *(end for end in ends if end < cap), cap]
    root = spread * math.sqrt(2)
    return math.fsum(
        quad(lambda x: 0.5 * math.erfc(math.log(x / median) / root), low, high)[0]
        for low, high in itertools.pairwise(ends)
    )


def offer(
    written: Mapping[str, Any],
    unit: str,
    tokens: tuple[int, int, int],
    stages: tuple[float, ...],
    start: int,
) -> Offer:
    """One offer as written. unit: of the product; tokens: of a request, its input, what of it a
    cache holds, and its output; stages: lengths in months; start: of the study.
    """
    heads = written["kind"] in HEADS
    people, work, brings, ads = _by_head(written, unit) if heads else _by_use(written, unit, tokens)
    left = 1 - quantity(written.get("creators", 0), "1")
    brings *= left * (1 - quantity(written.get("partner", 0), "1"))
    elasticity, share = written.get("elasticity", 0.0), written.get("market_share", "0 %")
    share = quantity(share, "1")
    most = written.get("most", 2.0 if elasticity else 1.0)
    if elasticity:
        most = min(most, 0.98 / share if share else 1 + elasticity)
    rivals = written.get("rivals", {})
    since = month_number(rivals["since"]) - start if "since" in rivals else math.inf
    return Offer(
        people if heads else 0.0,
        work,
        brings,
        left * ads,
        elasticity,
        share,
        (quantity(rivals.get("share", 0), "1"), quantity(rivals.get("cut", 0), "1"), since),
        most,
        written.get("pieces", 10) if elasticity else 1,
        quantity(written.get("growth", "0 %/a"), "1/year"),
        _leaving(written["churn"], written.get("trust"), stages) if "churn" in written else None,
        quantity(written.get("joins", "0 user/month"), "user/month"),
        quantity(written.get("unserved_churn", "0 %"), "1"),
    )


def _by_head(written: Mapping[str, Any], unit: str) -> tuple[float, float, float, float]:
    """People, their work, what they pay, and advertising."""
    people = quantity(written["users"], "user")
    use, of_use = written["use"], f"{unit}/user-month"
    use = use if isinstance(use, dict) else {"median": use}
    median, spread = quantity(use["median"], of_use), use.get("spread", 0.0)
    cap = quantity(use["cap"], of_use) if "cap" in use else math.inf
    mean = limited(median, spread, cap)
    groups = [
        (quantity(one["share"], "1"), quantity(one["price"], "USD/user-month"))
        for one in written.get("groups", {}).values()
    ]
    others = 1 - sum(share for share, _ in groups)
    paid = others * quantity(written["price"], "USD/user-month")
    paid += sum(share * price for share, price in groups)
    if written["kind"] == "agents":
        within = limited(median, spread, min(cap, quantity(written["included"], of_use)))
        paid += quantity(written["overage"], f"USD/{unit}") * (mean - within)
    ads = quantity(written.get("ads", "0 USD/user-month"), "USD/user-month")
    return people, people * mean / MONTH, people * paid / MONTH, people * ads / MONTH


def _by_use(
    written: Mapping[str, Any], unit: str, tokens: tuple[int, int, int]
) -> tuple[float, float, float, float]:
    """The same of what is paid by use; without people."""
    if written["kind"] == "results":
        made = quantity(written["amount"].replace("result", "user"), "user/month") / MONTH
        attempt = quantity(written["work"].replace("result", "user"), f"{unit}/user")
        price = quantity(written["price"].replace("result", "user"), "USD/user")
        return 0.0, made * attempt / quantity(written.get("success", 1), "1"), made * price, 0.0
    amount = quantity(written["amount"], "MW" if unit == "MWh" else f"{unit}/h")
    price = quantity(written["price"], f"USD/{unit}")
    if written["kind"] == "credits":
        used = 1 - quantity(written.get("unused", 0), "1")
        return 0.0, amount, amount / used * price, 0.0
    isl, cached, osl = tokens
    price += (isl - cached) / osl * quantity(written.get("input", f"0 USD/{unit}"), f"USD/{unit}")
    price += cached / osl * quantity(written.get("cached", f"0 USD/{unit}"), f"USD/{unit}")
    batch = written.get("batch", {"share": 0})
    off = quantity(batch["share"], "1") * quantity(batch.get("discount", 0.5), "1")
    return 0.0, amount, amount * price * (1 - off), 0.0


def _leaving(
    churn: Mapping[str, Any], trust: Mapping[str, Any] | None, stages: tuple[float, ...]
) -> Leaving:
    months = math.ceil(sum(stages))
    hazard = [1.0] * months if trust is None else list(pressures(trust, stages))
    for one in churn.get("covariates", {}).values():
        values = one["values"] if isinstance(one["values"], list) else [one["values"]]
        stage_of = [k for k, length in enumerate(stages) for _ in range(round(length))]
        for month in range(months):
            value = values[min(stage_of[month], len(values) - 1)]
            hazard[month] *= math.exp(one["effect"] * value)
    ages = range(int(months * max(1.0, *hazard)) + 3)
    if "rate" in churn:
        stay = 1 - quantity(churn["rate"], "1")
        return Leaving(tuple(stay**age for age in ages), tuple(hazard))
    alpha, beta, power = churn["alpha"], churn["beta"], churn.get("shape", 1.0)
    if power != 1 and ("covariates" in churn or trust is not None):
        raise ValueError("pressure on beta discrete Weibull survival")
    whole = math.lgamma(alpha + beta) - math.lgamma(beta)
    stays = [
        math.exp(whole + math.lgamma(beta + age**power) - math.lgamma(alpha + beta + age**power))
        for age in ages
    ]
    return Leaving(tuple(stays), tuple(hazard))
