"""The right to take power from the grid, and what the utility asks for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from headrace.core.quantities import (
    EnergyPrice,
    Months,
    Power,
    PowerPrice,
    PowerPriceMonth,
    Share,
    Whole,
)
from headrace.core.study.part import StudyPart
from headrace.core.varying import SeriesColumn, VaryingEnergyPrice, VaryingIntensity


class TimeOfUse(StudyPart):
    """Hours of a tariff that cost something else than the rest."""

    energy: EnergyPrice = Field(description="Price of a MWh in these hours.")
    begin: Whole = Field(ge=0, le=23, description="First hour of the day, local standard time.")
    end: Whole = Field(
        ge=0,
        le=24,
        description="Hour before which it ends; at or before `begin` it runs over midnight.",
    )
    months: list[Annotated[Whole, Field(ge=1, le=12)]] = Field(
        [], description="Months, 1 to 12; none means all."
    )
    weekdays: bool = Field(
        False,
        description="Monday to Friday only, by the dates of the study's first year.",
    )


class Grid(StudyPart):
    """The right to take power from the grid."""

    limit: Power = Field(ge=0, description="Largest right that can be had.")
    stands: Power = Field(0.0, ge=0, description="Right that is there already.")
    queue: Months = Field(0.0, description="From application to power.")
    price: PowerPrice = Field(0.0, description="Connection cost, paid as built.")
    energy: VaryingEnergyPrice = Field(
        description="Price of a MWh: a number, a path by date, or `FILE#COLUMN`."
    )
    hourly_limit: SeriesColumn | None = Field(
        None, description="Most that may be taken in each hour [MW], `FILE#COLUMN`."
    )
    co2: VaryingIntensity = Field(
        0.0, description="CO2 of a MWh taken, which pays the price of `carbon`."
    )
    demand: PowerPriceMonth = Field(0.0, description="Charge on each billing period's peak.")
    billing: Literal["month", "year"] = Field(
        "year", description="Period whose peak is charged (year: a full ratchet)."
    )
    loss: Share = Field(0.0, description="Share lost between the meter and the site's bus.")
    times: list[TimeOfUse] = Field(
        [], max_length=24, description="Time-of-use prices; later ones win over earlier ones."
    )
    source: str = Field("", description="Where the figures come from.")
