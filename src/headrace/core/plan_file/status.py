"""How a run ended, and what its numbers are about. A plan gives advice only when it is finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["finished", "stopped", "infeasible"]
Holds = Literal["certified plan", "best so far", "do nothing", "no plan"]
WeatherKind = Literal["typical", "actual", "none"]
GapOf = Literal["full hours", "kept hours", "relaxed units"]


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
