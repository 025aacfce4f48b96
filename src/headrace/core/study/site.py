"""A place: its weather, its right to grid power, its halls, and what may be built there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from headrace.core.quantities import (
    Energy,
    EnergyPrice,
    Months,
    Name,
    Power,
    PowerPrice,
    PowerPriceYear,
    Share,
    Weeks,
    Whole,
    Years,
)
from headrace.core.study.grid import Grid
from headrace.core.study.part import CatalogueReference, StudyPart
from headrace.core.varying import SeriesColumn


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


class PlannedOutage(StudyPart):
    """When the units of a plant are in service, one after the other as far as the load allows."""

    length: Weeks | None = Field(
        None, description="Weeks a year for each unit; none means what the technology says."
    )
    months: list[Annotated[Whole, Field(ge=1, le=12)]] = Field(
        [], description="Months in which it may fall, 1 to 12; none means all."
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
    planned_outage: PlannedOutage | None = Field(
        None, description="When its units are in service, if it differs here."
    )
    stored_at_start: Share = Field(
        0.0,
        description=(
            "Share of its energy that a battery may hold as a span with all its hours opens, given "
            "back at its end; 0 % begins empty, 100 % as it ends."
        ),
    )
    stored_at_end: Share = Field(
        0.0,
        description="Share of its energy that a battery holds at least as such a span closes.",
    )
    capacity_payment: PowerPriceYear = Field(
        0.0, description="What the system pays a year for each kW that stands."
    )
    curtailment: EnergyPrice = Field(
        0.0, ge=0, description="What a MWh costs that sun or wind offers and nobody takes."
    )
    curtailment_limit: Share = Field(
        1.0, description="Share of a year's sun or wind that may be offered and not taken."
    )
    profile: SeriesColumn | None = Field(
        None,
        description=(
            "Hourly output as a share of capacity, `FILE#COLUMN`, instead of what weather gives."
        ),
    )


class Hall(CatalogueReference):
    """Buildings with cooling and power path, sized by IT power."""

    use: Name = Field("hall.ai", description="Catalogue key.")
    stands: Power = Field(0.0, ge=0, description="IT power that stands already.")
    at_most: Power | None = Field(None, description="Most IT power on the land.")
    unit: Power | None = Field(
        None, gt=0, description="IT power of one hall; with it only whole halls are ordered."
    )
    lead: Months | None = Field(None, description="Lead time here, if it differs.")


class ReliabilityPromise(StudyPart):
    """What must hold when units fail one by one, judged on drawn outages after the plan; where it
    does not hold, the plan is made again with more capacity that can be called.
    """

    hours: Share = Field(
        0.0,
        lt=1,
        description=(
            "Share of the hours of every year in which the whole load is carried; 0 is only told."
        ),
    )
    n_minus_one: bool = Field(
        False,
        description="Whether the load is carried in all hours without any one unit, else intact.",
    )
    samples: Whole = Field(400, ge=10, le=100_000, description="Years of outages that are drawn.")
    seed: Whole = Field(1, ge=0, le=1_000_000, description="Of the draws that judge the plan.")
    rounds: Whole = Field(5, ge=1, le=20, description="How often the plan is made at most.")


class WeatherYears(StudyPart):
    """Several years of weather under one decision; of all sites together, year by year."""

    years: list[Annotated[str, Field(min_length=1, max_length=1000)]] = Field(
        min_length=1,
        max_length=100,
        description="Weather of each year, as `weather` names one; the same years at all sites.",
    )
    bootstrap: Whole = Field(
        0,
        ge=0,
        le=99,
        description=(
            "How many more years are drawn from the days of these, each from the same season, and "
            "at all sites the same days; they hold no weather that the files have not seen."
        ),
    )
    seed: Whole = Field(1, ge=0, le=999_999_999, description="Of the days that are drawn.")
    weights: list[Share] = Field(
        [],
        description=(
            "How much each year counts, the drawn ones last, adding up to 1; equally if not given."
        ),
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Weather of all years, named ones first, then those drawn from one after another."""
        count = len(self.years)
        drawn = (f"{self.years[k % count]}~{self.seed}.{k + 1}" for k in range(self.bootstrap))
        return (*self.years, *drawn)

    @property
    def titles(self) -> tuple[str, ...]:
        """What each year is called in words."""
        count = len(self.years)
        drawn = (f"year {k + 1} drawn from {self.years[k % count]}" for k in range(self.bootstrap))
        return (*self.years, *drawn)

    @property
    def shares(self) -> tuple[float, ...]:
        """How much each year counts [1]."""
        count = len(self.years) + self.bootstrap
        return tuple(self.weights) or (1.0 / count,) * count


class Site(StudyPart):
    """A place with weather, a grid, and what may be built there."""

    weather: str = Field(
        "",
        max_length=1000,
        description=(
            "`tmy3:723170`, `tm2:12839`, or a file; or `{years: [...], bootstrap: 9, weights: "
            "[...]}`, several years under one decision."
        ),
    )
    weather_years: WeatherYears | None = Field(
        None, description="The several years that `weather` may be written as."
    )
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
    reliability: ReliabilityPromise | None = Field(
        None, description="What must hold when units fail one by one, by drawn outages."
    )

    @model_validator(mode="before")
    @classmethod
    def _several_years(cls, written: object) -> object:
        """`weather: {years: [...]}` is its first year and all of them."""
        if not isinstance(written, dict) or not isinstance(written.get("weather"), dict):
            return written
        several = written["weather"]
        years = several.get("years")
        first = years[0] if isinstance(years, list) and years else ""
        return written | {"weather": first, "weather_years": several}
