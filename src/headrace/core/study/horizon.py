"""When decisions are taken, and which hours are simulated in between."""

from __future__ import annotations

from pydantic import Field, model_validator

from headrace.core.quantities import Hours, Month, Months, Whole
from headrace.core.study.part import StudyPart


class HoursKept(StudyPart):
    """Which hours of a year are simulated: all, representative weeks or days with the hardest days,
    or load blocks.
    """

    weeks: Whole | None = Field(
        None, ge=1, le=52, description="Representative weeks of a year; none means all hours."
    )
    days: Whole | None = Field(
        None,
        ge=1,
        le=365,
        description=(
            "Representative days instead of weeks: stores close within a day, and nothing tells a "
            "weekend."
        ),
    )
    extreme_days: Whole = Field(
        1, ge=0, le=10, description="Days of the dearest residual load, kept as they are."
    )
    blocks: list[Hours] | None = Field(
        None,
        max_length=8784,
        description=(
            "Load blocks instead of hours, 8,760 h together: no order in time, no stores."
        ),
    )

    @model_validator(mode="before")
    @classmethod
    def _all(cls, written: object) -> object:
        return {} if written == "all" else written

    @property
    def every(self) -> bool:
        """Whether all hours are simulated."""
        return self.weeks is None and self.days is None and self.blocks is None


class Horizon(StudyPart):
    """When decisions are taken, and which hours are simulated in between."""

    start: Month = Field(description="First month; the root's orders are placed now.")
    stages: list[Months] = Field(
        description="Length of each stage; they begin short and lengthen.",
        min_length=1,
        max_length=40,
    )
    hours: HoursKept = Field(
        HoursKept(), description="`all` hours, representative weeks, or blocks."
    )
    terminal_value: bool = Field(True, description="Count what still stands at the horizon's end.")
