"""Technologies and fuels of the study's own, beside those of the catalogue."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from headrace.core.quantities import (
    Emission,
    EnergyCapex,
    EnergyPrice,
    FuelAmount,
    HeatRate,
    Hours,
    Month,
    Months,
    Name,
    Power,
    PowerPrice,
    PowerPriceMonth,
    PowerPriceYear,
    Ramp,
    Share,
    StartCost,
    Weeks,
    WholeHours,
    Years,
)
from headrace.core.study.part import StudyPart
from headrace.core.varying import VaryingFuelPrice


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
    least_up: WholeHours = Field(
        0, description="Hours that a unit stays on line at least once it was started."
    )
    least_down: WholeHours = Field(
        0, description="Hours that a unit stays off line at least once it was stopped."
    )
    start_hours: WholeHours = Field(
        0, description="Hours on line in which a unit that was started gives nothing yet."
    )
    ramp: Ramp | None = Field(
        None,
        description=(
            "Most change of output, as a share of the capacity; without one there is no limit."
        ),
    )
    repair: Hours = Field(
        50.0, ge=1, description="Mean time to repair a unit that broke; for draws of outages."
    )
    planned: Weeks = Field(
        0.0,
        description="Weeks a year in which a unit is in service, of what `availability` lacks.",
    )


class Technology(StudyPart):
    """A technology of the study's own, beside those of the catalogue."""

    kind: Literal["generator", "battery", "ppa"] = Field(
        "generator",
        description="What it is; `ppa` is energy of others, at `variable`, as it is produced.",
    )
    capex: PowerPrice = Field(0.0, description="Price of power, paid at the order.")
    energy_capex: EnergyCapex = Field(0.0, description="Price of stored energy (battery).")
    fixed: PowerPriceYear = Field(0.0, description="Fixed cost a year.")
    variable: EnergyPrice = Field(0.0, description="Cost of a MWh, without fuel.")
    heat_rate: HeatRate = Field(0.0, description="Fuel per MWh.")
    fuel: Name = Field("", description="Name of the fuel.")
    availability: Share = Field(1.0, description="Share of the capacity that is there.")
    lead: Months = Field(0.0, description="From order to operation.")
    life: Years = Field(100.0, description="Years of operation.")
    efficiency: Share = Field(1.0, description="Round trip of a battery.")
    rent: PowerPriceMonth = Field(
        0.0,
        description=(
            "Rent while it stands; with one, `capex` is what bringing and removing it costs."
        ),
    )
    least: Months = Field(
        1.0,
        gt=0,
        description=(
            "Shortest rent; it runs on to the end of its stage and can be kept on from there."
        ),
    )
    take_or_pay: Share = Field(
        1.0,
        description="Share of the yearly energy of a `ppa` that is paid even if it is not taken.",
    )
    take_or_pay_period: Literal["year", "month"] = Field(
        "year", description="Over which `take_or_pay` is counted: `year` or `month`."
    )
    units: Units = Field(Units(), description="What its units can do.")
    source: str = Field("the study's own", description="Where the figures come from.")


class FuelContract(StudyPart):
    """A fuel of which a least amount is paid for, burnt or not."""

    least: FuelAmount = Field(description="Least amount of a year.")
    period: Literal["year", "month"] = Field(
        "year",
        description="Over which it is counted; a `month` owes its share of the year's hours.",
    )
    until: Month | None = Field(
        None, description="First month in which it does not hold any more; none means for ever."
    )


class Fuel(StudyPart):
    """A fuel."""

    price: VaryingFuelPrice = Field(
        description="Delivered price: a number, a path by date, or `FILE#COLUMN`."
    )
    co2: Emission = Field(0.0, description="CO2 when burnt.")
    take_or_pay: FuelContract | None = Field(
        None, description="A least amount of a year that is paid for, burnt or not."
    )
    source: str = Field("", description="Where the figures come from.")
