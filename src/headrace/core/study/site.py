"""A place: its weather, its right to grid power, its halls, and what may be built there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from headrace.core.quantities import (
    Energy,
    EnergyPrice,
    Months,
    Name,
    Power,
    PowerPrice,
    PowerPriceMonth,
    Share,
    Whole,
    Years,
)
from headrace.core.study.part import CatalogueReference, StudyPart


class Reserve(CatalogueReference):
    """A place in a maker's queue: a deposit now for the right to order later at a shorter lead
    time.
    """

    use: Name = Field(
        "", description="Catalogue key of the reservation; without one its terms are written here."
    )
    deposit: PowerPrice | None = Field(
        None, description="Paid now, and taken off the price when the slot is used."
    )
    window: Months | None = Field(
        None, gt=0, description="How long the slot can be used or given up."
    )
    saves: Months | None = Field(None, description="By how much the slot shortens the lead time.")
    back: Share | None = Field(
        None, description="Share of the deposit that giving up or selling the slot brings back."
    )


class Build(CatalogueReference):
    """A technology that may be built at a site, with what differs here."""

    use: Name = Field(
        description=(
            "Catalogue key of a technology or of bridge power, or a name under `technologies`."
        )
    )
    at_most: Power | None = Field(None, description="Most that may stand at once.")
    at_most_energy: Energy | None = Field(
        None, description="Most stored energy that may stand at once."
    )
    stands: Power = Field(0.0, ge=0, description="What stands already.")
    stands_energy: Energy = Field(0.0, ge=0, description="Stored energy that stands already.")
    stands_for: Years = Field(100.0, description="How much longer it will stand.")
    lead: Months | None = Field(None, description="Lead time here, if it differs.")
    life: Years | None = Field(None, description="Life here, if it differs.")
    capex: PowerPrice | None = Field(
        None, description="Overnight price here, if it differs; the same in every year of order."
    )
    learns: bool = Field(
        False,
        description=(
            "Whether `capex` is a price of today that moves along the technology's learning curve."
        ),
    )
    reserve: Reserve | None = Field(None, description="A slot that may be reserved for it.")
    whole: bool = Field(
        False,
        description=(
            "Order whole units only, of the catalogue's size or of `unit`; a battery's of power."
        ),
    )
    unit: Power | None = Field(
        None, gt=0, description="Size of one unit; with it only whole units are ordered."
    )
    commitment: Literal["none", "relaxed"] = Field(
        "none",
        description=(
            "`relaxed`: units on line are a quantity, with minimum load, no-load fuel and starts."
        ),
    )
    ramps: bool = Field(
        False, description="Whether the change of output from hour to hour is limited."
    )


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
    energy: EnergyPrice = Field(description="Price of a MWh.")
    demand: PowerPriceMonth = Field(0.0, description="Charge on each billing period's peak.")
    billing: Literal["month", "year"] = Field(
        "year", description="Period whose peak is charged (year: a full ratchet)."
    )
    loss: Share = Field(0.0, description="Share lost between the meter and the site's bus.")
    times: list[TimeOfUse] = Field(
        [], max_length=24, description="Time-of-use prices; later ones win over earlier ones."
    )
    source: str = Field("", description="Where the figures come from.")


class Hall(CatalogueReference):
    """Buildings with cooling and power path, sized by IT power."""

    use: Name = Field("hall.ai", description="Catalogue key.")
    stands: Power = Field(0.0, ge=0, description="IT power that stands already.")
    at_most: Power | None = Field(None, description="Most IT power on the land.")
    unit: Power | None = Field(
        None, gt=0, description="IT power of one hall; with it only whole halls are ordered."
    )
    lead: Months | None = Field(None, description="Lead time here, if it differs.")


class Site(StudyPart):
    """A place with weather, a grid, and what may be built there."""

    weather: str = Field("", max_length=1000, description="`tmy3:723170`, `tm2:12839`, or a file.")
    grid: Grid | None = Field(None, description="The grid right, if there is one.")
    build: dict[str, Build] = Field(
        {}, description="What may be built: name -> technology, with overrides."
    )
    hall: Hall | None = Field(
        None, description="The halls; without one no accelerator can stand here."
    )
    spinning_reserve: Literal["none", "largest unit"] = Field(
        "none",
        description=(
            "`largest unit`: headroom kept in every hour for the loss of any one unit on line."
        ),
    )
