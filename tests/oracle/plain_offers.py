"""Offers of a product as plain numbers: what they are at their reference, and what they bring."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.oracle.trust_and_royalty import pressures
from tests.oracle.units import quantity

MONTH = 730.0


@dataclass(frozen=True)
class Offer:
    """Reference: `people` (0 where metered), `work` [unit/h], `brings` [USD/h].

    pressed: factor on the hazard of leaving in each month, from trust; 1 in all without it.
    """

    people: float
    work: float
    brings: float
    elasticity: float
    share: float
    most: float
    pieces: int
    growth: float
    leaves: float | None
    joins: float
    lost: float
    pressed: tuple[float, ...]

    def billed(self, level: float) -> float:
        """USD/h at a level over the reference."""
        if level <= 0:
            return 0.0
        if self.elasticity == 0:
            return level * self.brings
        if self.share == 0:
            return level * self.brings * (1 + (1 - level) / self.elasticity)
        loss = self.elasticity / (1 - self.share)
        there = self.share * level
        utility = math.log(there / (1 - there)) - math.log(self.share / (1 - self.share))
        return level * self.brings * (1 - utility / loss)

    def level(self, month: float, grown: Callable[[float], float]) -> float:
        """Reference in a month over today's. grown: demand in a month over today's, held through
        each year.
        """
        if self.leaves is None:
            return grown(month) * (1 + self.growth) ** (month / 12)
        there = self.people * self.stays(0.0, month)
        for begun in range(math.ceil(month)):
            length = min(begun + 1, month) - begun
            joined = self.joins * grown(begun + length / 2)
            there += joined * length * self.stays(begun + length / 2, month)
        return there / self.people

    def stays(self, since: float, until: float) -> float:
        """Share of those who are there in the month `since` that is there in `until`."""
        assert self.leaves is not None
        lived = sum(
            factor * max(0.0, min(month + 1, until) - max(month, since))
            for month, factor in enumerate(self.pressed)
        )
        return float((1 - self.leaves) ** lived)


KEYS = (
    "kind users use amount price elasticity market_share most pieces growth churn joins "
    "unserved_churn trust source title"
)


def offer(written: Mapping[str, Any], unit: str, stages: Sequence[float]) -> Offer:
    """One offer as written. unit: of the product. stages: lengths [month]."""
    heads = written["kind"] != "api"
    people = quantity(written.get("users", "0 user"), "user")
    if heads:
        use = quantity(written["use"], f"{unit}/user-month") / MONTH
        work = people * use
        brings = people * quantity(written["price"], "USD/user-month") / MONTH
    else:
        rate = "MW" if unit == "MWh" else f"{unit}/h"
        work = quantity(written["amount"], rate)
        brings = work * quantity(written["price"], f"USD/{unit}")
    elasticity, share = written.get("elasticity", 0.0), written.get("market_share", "0 %")
    share = quantity(share, "1")
    most = written.get("most", 2.0 if elasticity else 1.0)
    if elasticity:
        most = min(most, 0.98 / share if share else 1 + elasticity)
    churn = written.get("churn")
    return Offer(
        people if heads else 0.0,
        work,
        brings,
        elasticity,
        share,
        most,
        written.get("pieces", 10) if elasticity else 1,
        quantity(written.get("growth", "0 %/a"), "1/year"),
        None if churn is None else quantity(churn["rate"], "1"),
        quantity(written.get("joins", "0 user/month"), "user/month"),
        quantity(written.get("unserved_churn", "0 %"), "1"),
        pressures(written.get("trust", {"sensitivity": 0.0}), stages),
    )
