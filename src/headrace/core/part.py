"""The base of every part of a study, and the part that says what a unit of a plant can do."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from headrace.core.quantities import Power, Ramp, Share, StartCost


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
