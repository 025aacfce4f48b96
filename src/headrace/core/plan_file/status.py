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
        if self.miss_usd == 0 and not self.paid_usd:
            return "Nothing is paid in the kept hours, nor in every hour"
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
class SiteAvailability:
    """How a site carries its load when its units fail one by one: by draws of outages, in that of
    its operated years (from `start` on) in which it does so least.

    hours: share of the hours in which the whole load is carried [1]; energy: share of what is asked
    for that is served [1]; each with the lower bound at 95 % confidence. mean_hours: over all
    years. longest_h: longest run of hours short in any draw [h]. asked_hours, asked_n_minus_one:
    what the study promises (0: nothing). hangs_on: plants of which the loss of one unit, all else
    intact, leaves some hour short. rounds: how often the plan was made; ended: why no more was
    done where a promise is not kept. never_out: what stands in that year and never fails in the
    draws, since nobody states units of it (sun, cells, wires, agreements), each with its size in
    words: its mean share counts in every hour.
    """

    site: str
    start: str
    hours: float
    hours_low: float
    energy: float
    energy_low: float
    mean_hours: float
    longest_h: float
    asked_hours: float = 0.0
    asked_n_minus_one: bool = False
    hangs_on: tuple[str, ...] = ()
    samples: int = 0
    seed: int = 0
    rounds: int = 1
    ended: str = ""
    never_out: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether all that is promised holds, of hours with 95 % confidence."""
        secure = not (self.asked_n_minus_one and self.hangs_on)
        return secure and self.hours_low >= self.asked_hours

    @property
    def sentence(self) -> str:
        """Both availabilities and what is promised, in words."""
        told = (
            f"Availability of {self.site} with outages drawn unit by unit: the whole load in "
            f"{_share(self.hours)} of hours (at least {_share(self.hours_low)} with 95% "
            f"confidence), {_share(self.energy)} of energy, in the worst year, from {self.start} on"
        )
        if self.asked_n_minus_one:
            lost = f"not without one unit of {', '.join(self.hangs_on)}"
            told += f"; {lost}" if self.hangs_on else "; without any one unit all the same"
        if self.never_out:
            told += f"; outages of {', '.join(self.never_out)} are not drawn (their mean counts)"
        if not (self.asked_hours or self.asked_n_minus_one):
            return f"{told}; of hours nothing is promised (`reliability`)"
        asked = f"{_share(self.asked_hours)} of hours" if self.asked_hours else "N-1"
        plans = f"after {self.rounds} plan{'s' if self.rounds > 1 else ''}"
        if self.kept:
            return f"{told}: {asked} is kept {plans}"
        return f"{told}: {asked} is NOT kept {plans}{f', {self.ended}' if self.ended else ''}"


def _share(value: float) -> str:
    return f"{100 * value:.4g}%" if value < 0.9999 else f"{100 * value:.6g}%"


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


@dataclass(frozen=True)
class MadeBy:
    """What made the file: the version of Headrace, the hash of the study's text (its lock names the
    rest), the day it was planned (YYYY-MM-DD). Empty in files of before they were written.
    """

    version: str = ""
    study_sha256: str = ""
    planned: str = ""
