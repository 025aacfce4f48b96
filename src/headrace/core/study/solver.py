"""How a plan is sought, where the study says so; the plan's own defaults suit nearly every
study.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from headrace.core.quantities import Seconds, Share
from headrace.core.study.part import StudyPart


class Solver(StudyPart):
    """How well and how the plan is sought; what is left out suits nearly every study."""

    gap: Share = Field(
        1e-4,
        gt=0,
        description="Gap between the plan and the bound above all plans at which it is done.",
    )
    method: Literal["auto", "interior", "highs"] = Field(
        "auto",
        description="The structured interior point, HiGHS on the whole problem, or by its size.",
    )
    threads: int = Field(2, ge=1, le=256, description="Threads that work on one plan.")
    time_limit: Seconds | None = Field(
        None, description="Time after which the best plan so far is taken with its own gap."
    )
    iterations: int = Field(
        200, ge=1, le=10_000, description="Most iterations of the interior point."
    )
    step: Share = Field(
        0.995, gt=0, lt=1, description="Share of the way to the nearest bound that a step goes."
    )
    truncated: Share = Field(
        1e-3,
        description="Share of all hours left out of the length of a step; 0 is the textbook rule.",
    )
    highs_columns: int = Field(
        20_000, ge=0, description="Hourly columns up to which `auto` asks HiGHS."
    )
