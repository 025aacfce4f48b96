"""How a run ended, and what its numbers are about. A plan gives advice only when it is finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["finished", "stopped", "infeasible"]
Holds = Literal["certified plan", "best so far", "do nothing", "no plan"]
WeatherKind = Literal["typical", "actual", "none"]
GapOf = Literal["full hours", "kept hours", "relaxed units"]


@dataclass(frozen=True)
class FullHours:
    """The orders of a plan on kept hours, operated in every hour of the study [USD].

    kept_usd, full_usd: what the plan costs, less what it sells, in the kept hours and in every one;
    paid_usd: all that it pays in every one; open_usd: between the bounds of that operation. words:
    what every hour shows besides; full_usd is null where the check did not end.
    """

    kept_usd: float
    full_usd: float | None = None
    paid_usd: float | None = None
    open_usd: float | None = None
    words: str = ""

    @property
    def miss_usd(self) -> float | None:
        """What every hour costs more than the kept ones say [USD]."""
        return None if self.full_usd is None else self.full_usd - self.kept_usd

    @property
    def miss(self) -> float | None:
        """The same as a share of all that is paid [1]."""
        if self.miss_usd is None or not self.paid_usd:
            return None
        return self.miss_usd / self.paid_usd

    @property
    def sentence(self) -> str:
        """By how much the kept hours miss, in words."""
        if self.miss is None or self.miss_usd is None:
            return f"How far the kept hours miss the full-hours cost is not known: {self.words}"
        if abs(self.miss) < 5e-5:
            told = "The kept hours miss the full-hours cost by less than 0.01%"
            return f"{told}; {self.words}" if self.words else told
        within = self.open_usd or 0.0
        way = "too dear" if self.miss_usd < 0 else "too cheap"
        told = (
            f"The kept hours miss the full-hours cost by {abs(self.miss):.2%} "
            f"({abs(self.miss_usd) / 1e6:,.3g} M USD {way}"
            f"{f', to within {within / 1e6:,.2g}' if within > 1e4 else ''})"
        )
        return f"{told}; {self.words}" if self.words else told


@dataclass(frozen=True)
class PlanStatus:
    """How the run ended (state, why, after_seconds [s]), which plan the file holds, and which
    problem its gap is about.

    state: finished: the gap asked for was met and every order has its worth, or the time for that
        was up; stopped: before that; infeasible: no plan keeps every limit.
    holds: "do nothing" orders nothing and serves nothing: it is there however soon one stops.
    hours_kept: hours of a node that were planned, in words. weather: "typical" where that of any
        site is stitched from several years. Both, and gap_of, are empty or null where not known.
    gap_of: "full hours" of the study; only the "kept hours"; or a problem in which units on line
        are not whole ("relaxed units").
    """

    state: State
    why: str = ""
    after_seconds: float | None = None
    holds: Holds = "certified plan"
    hours_kept: str = ""
    weather: WeatherKind | None = None
    gap_of: GapOf | None = None
