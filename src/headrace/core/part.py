"""The base of every part of a study, and the parts that say what a unit of a plant can do and how a
plan is sought.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from headrace.core.quantities import Power, Ramp, Seconds, Share, StartCost


class StudyPart(BaseModel):
    """Base of every part of a study: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Units(StudyPart):
    """What a unit of a technology of the study's own can do, where `commitment`, `ramps` or
    `spinning_reserve` ask for it.
    """

    size: Power = Field(
        0.0, ge=0, description="Size of one unit; 0 has none that could be lost at once."
    )
    minimum_load: Share = Field(0.0, description="Least output of what is on line.")
    no_load: Share = Field(
        0.0, description="Share of the full-load fuel burnt on line without output."
    )
    start_cost: StartCost = Field(0.0, description="Cost of a start for each MW.")
    ramp: Ramp | None = Field(
        None,
        description="Most change of output, as a share of the capacity; without one there is no limit.",
    )


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
