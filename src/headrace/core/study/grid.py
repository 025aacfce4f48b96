"""The right to take power from the grid, and what the utility asks for it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from headrace.core.quantities import (
    Energy,
    EnergyPrice,
    Months,
    Power,
    PowerPrice,
    PowerPriceMonth,
    PowerPriceYear,
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


class DemandPeriod(StudyPart):
    """A charge on the highest power taken in some hours of the week, beside `demand`."""

    charge: PowerPriceMonth = Field(description="Charge on the peak within these hours.")
    begin: Whole = Field(0, ge=0, le=23, description="First hour of the day.")
    end: Whole = Field(
        24,
        ge=0,
        le=24,
        description="Hour before which it ends; at or before `begin` it runs over midnight.",
    )
    months: list[Annotated[Whole, Field(ge=1, le=12)]] = Field(
        [], description="Months that are charged, 1 to 12; none means all."
    )
    weekdays: bool = Field(False, description="Monday to Friday only.")
    ratchet: Share = Field(
        0.0, description="Share of the year's highest such peak that a month is charged at least."
    )


class Tier(StudyPart):
    """What is taken in a month beyond an amount costs more."""

    above: Energy = Field(ge=0, description="Energy of a month up to which nothing is added.")
    adds: EnergyPrice = Field(ge=0, description="What each further MWh costs more.")


class Export(StudyPart):
    """Electricity given back through the grid right."""

    price: VaryingEnergyPrice = Field(
        0.0, description="Paid for a MWh at the meter: a number, a path by date, or `FILE#COLUMN`."
    )
    limit: Power | None = Field(
        None, ge=0, description="Most that may be given in an hour; none means the grid right."
    )
    hourly_limit: SeriesColumn | None = Field(
        None, description="Most that may be given in each hour [MW], `FILE#COLUMN`."
    )
    meter: Literal["net", "generation"] = Field(
        "net",
        description=(
            "`net`: one meter, which takes or gives. `generation`: what the site's plants give has "
            "a meter of its own, while the site takes what it needs."
        ),
    )
    net_metering: Literal["none", "month", "year"] = Field(
        "none",
        description=(
            "Period in which what is given is taken off what is bought, at the price of the hour."
        ),
    )


class Grid(StudyPart):
    """The right to take power from the grid."""

    limit: Power = Field(ge=0, description="Largest right that can be had.")
    stands: Power = Field(0.0, ge=0, description="Right that is there already.")
    queue: Months = Field(0.0, description="From application to power.")
    price: PowerPrice = Field(0.0, description="Connection cost, paid as built.")
    energy: VaryingEnergyPrice | None = Field(
        None,
        description=(
            "Price of a MWh: a number, a path by date, or `FILE#COLUMN`; needed without `tariff`."
        ),
    )
    hourly_limit: SeriesColumn | None = Field(
        None, description="Most that may be taken in each hour [MW], `FILE#COLUMN`."
    )
    co2: VaryingIntensity = Field(
        0.0, description="CO2 of a MWh taken, which pays the price of `carbon`."
    )
    tiers: list[Tier] = Field(
        [], max_length=8, description="Surcharges on what is taken in a month beyond an amount."
    )
    demand: PowerPriceMonth = Field(0.0, description="Charge on each billing period's peak.")
    billing: Literal["month", "year"] = Field(
        "year", description="Period whose peak is charged (year: a full ratchet)."
    )
    ratchet: Share = Field(
        0.0,
        description=(
            "With `billing: month`, share of the year's highest peak that a month is charged at "
            "least."
        ),
    )
    demands: list[DemandPeriod] = Field(
        [], max_length=12, description="Further charges on the peaks within some hours."
    )
    capacity: PowerPriceYear = Field(
        0.0, description="Capacity payment for each kW of the right that is held."
    )
    export: Export | None = Field(None, description="What may be given back, and for how much.")
    tariff: str = Field(
        "",
        max_length=1000,
        description=(
            "A tariff of the Utility Rate Database, `FILE.json`: energy, tiers and demand charges."
        ),
    )
    loss: Share = Field(0.0, description="Share lost between the meter and the site's bus.")
    times: list[TimeOfUse] = Field(
        [], max_length=24, description="Time-of-use prices; later ones win over earlier ones."
    )
    source: str = Field("", description="Where the figures come from.")
