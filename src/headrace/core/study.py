"""The study: one YAML document, every key with a unit, a meaning and a default.

An attribute is declared once, here; the JSON Schema, the error texts and `headrace explain` come
from it.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.part import StudyPart, Units
from headrace.core.quantities import (
    AcceleratorHourPrice,
    AcceleratorPrice,
    CarbonPrice,
    Change,
    Dollars,
    Emission,
    Energy,
    EnergyCapex,
    EnergyPrice,
    FuelPrice,
    HeatRate,
    Hours,
    Month,
    Months,
    Power,
    PowerPrice,
    PowerPriceMonth,
    PowerPriceYear,
    Seconds,
    Share,
    Written,
    Years,
    read_deadline,
    read_real_rate,
)
from headrace.core.units import Unit

CLOUD = "cloud"
"""The place of rented accelerators, beside the study's sites."""


class Risk(StudyPart):
    """How much the worst branches count."""

    alpha: Share = Field(
        0.9,
        description="Tail level of CVaR, the mean of the worst 1 - alpha; 1 is the worst branch.",
    )
    omega: Share = Field(
        0.0, description="Weight of CVaR in the goal; 0 is expected value only, 1 is CVaR only."
    )


class Goal(StudyPart):
    """What is maximised."""

    maximise: Literal["npv"] = Field(
        "npv", description="Net present value of cash plus terminal value."
    )
    risk: Risk = Field(Risk(), description="Aversion to the worst branches.")


class Money(StudyPart):
    """The money of the study."""

    unit: Literal["USD"] = Field("USD", description="Currency of every amount.")
    year: int = Field(
        2026,
        ge=1990,
        le=2100,
        description="Money year: prices are of this year, without inflation.",
    )
    discount: Annotated[
        float,
        BeforeValidator(read_real_rate),
        Field(ge=0, le=1),
        WithJsonSchema({"type": "string", "examples": ["8 %/a real"]}),
    ] = Field(0.08, description="Discount rate, real, before tax.")


class HoursKept(StudyPart):
    """Which hours of a year are simulated: all, representative weeks with the hardest days, or load
    blocks.
    """

    weeks: int | None = Field(
        None, ge=1, le=52, description="Representative weeks of a year; none means all hours."
    )
    extreme_days: int = Field(
        1, ge=0, le=10, description="Days of the dearest residual load, kept as they are."
    )
    blocks: list[Hours] | None = Field(
        None, description="Load blocks of a year instead of hours: no order in time, no stores."
    )

    @model_validator(mode="before")
    @classmethod
    def _all(cls, written: object) -> object:
        return {} if written == "all" else written


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


class Case(StudyPart):
    """One way a belief may turn out."""

    probability: Share = Field(
        description="How likely you hold it; the cases of a belief add up to 1."
    )
    value: Written = Field(description="The value in this case, with its unit.")


class Belief(StudyPart):
    """Something you cannot know yet, and when you will."""

    about: str = Field(
        description="`demand` or `demand:PRODUCT` (growth), `fuel:NAME` (price), `capex:TECHNOLOGY` (overnight cost)."
    )
    before: Written = Field(description="The value that holds until it is revealed, with its unit.")
    reveal: int = Field(ge=2, description="Stage at whose start the case is known; 1 is the root.")
    cases: dict[str, Case] = Field(description="The ways it may turn out.", min_length=1)
    source: str = Field("", description="Where the cases come from.")


class TreeNode(StudyPart):
    """One node of a tree written by hand."""

    node: str = Field(description="Name of the node.")
    parent: str = Field("", description="Name of its parent; empty for the root.")
    probability: Share = Field(1.0, description="Probability given the parent.")
    values: dict[str, Written] = Field(
        {}, description="Values that hold here: `demand`, `fuel:gas`, `capex:nuclear.smr`, ..."
    )
    demand: dict[str, list[Power]] = Field(
        {}, description="Demand by block, for electricity products of block studies."
    )


class Technology(StudyPart):
    """A technology of the study's own, beside those of the catalogue."""

    kind: Literal["generator", "battery"] = Field("generator", description="What it is.")
    capex: PowerPrice = Field(0.0, description="Price of power, paid at the order.")
    energy_capex: EnergyCapex = Field(0.0, description="Price of stored energy (battery).")
    fixed: PowerPriceYear = Field(0.0, description="Fixed cost a year.")
    variable: EnergyPrice = Field(0.0, description="Cost of a MWh, without fuel.")
    heat_rate: HeatRate = Field(0.0, description="Fuel per MWh.")
    fuel: str = Field("", description="Name of the fuel.")
    availability: Share = Field(1.0, description="Share of the capacity that is there.")
    lead: Months = Field(0.0, description="From order to operation.")
    life: Years = Field(100.0, description="Years of operation.")
    efficiency: Share = Field(1.0, description="Round trip of a battery.")
    rent: PowerPriceMonth = Field(
        0.0,
        description="Rent while it stands; with one, `capex` is what bringing and removing it costs.",
    )
    least: Months = Field(
        1.0,
        gt=0,
        description="Shortest rent; it runs on to the end of its stage and can be kept on from there.",
    )
    units: Units = Field(Units(), description="What its units can do.")
    source: str = Field("the study's own", description="Where the figures come from.")


class Named(StudyPart):
    """A part that may be written as the bare catalogue key."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, written: object) -> object:
        return {"use": written} if isinstance(written, str) else written


class Reserve(Named):
    """A place in a maker's queue: a deposit now for the right to order later at a shorter lead
    time.
    """

    use: str = Field(
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


class Build(Named):
    """A technology that may be built at a site, with what differs here."""

    use: str = Field(
        description="Catalogue key of a technology or of bridge power, or a name under `technologies`."
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
    capex: PowerPrice | None = Field(None, description="Overnight price here, if it differs.")
    reserve: Reserve | None = Field(None, description="A slot that may be reserved for it.")
    whole: bool = Field(
        False,
        description="Order whole units only, of the catalogue's size or of `unit`; a battery's of power.",
    )
    unit: Power | None = Field(
        None, gt=0, description="Size of one unit; with it only whole units are ordered."
    )
    commitment: Literal["none", "relaxed"] = Field(
        "none",
        description="`relaxed`: units on line are a quantity, with minimum load, no-load fuel and starts.",
    )
    ramps: bool = Field(
        False, description="Whether the change of output from hour to hour is limited."
    )


class TimeOfUse(StudyPart):
    """Hours of a tariff that cost something else than the rest."""

    energy: EnergyPrice = Field(description="Price of a MWh in these hours.")
    begin: int = Field(ge=0, le=23, description="First hour of the day, local standard time.")
    end: int = Field(
        ge=0,
        le=24,
        description="Hour before which it ends; at or before `begin` it runs over midnight.",
    )
    months: list[Annotated[int, Field(ge=1, le=12)]] = Field(
        [], description="Months, 1 to 12; none means all."
    )
    weekdays: bool = Field(
        False,
        description="Monday to Friday only; 1 January of the weather year is taken as a Monday.",
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


class Hall(Named):
    """Buildings with cooling and power path, sized by IT power."""

    use: str = Field("hall.ai", description="Catalogue key.")
    stands: Power = Field(0.0, ge=0, description="IT power that stands already.")
    at_most: Power | None = Field(None, description="Most IT power on the land.")
    unit: Power | None = Field(
        None, gt=0, description="IT power of one hall; with it only whole halls are ordered."
    )
    lead: Months | None = Field(None, description="Lead time here, if it differs.")


class Site(StudyPart):
    """A place with weather, a grid, and what may be built there."""

    weather: str = Field("", description="`tmy3:723170`, `tm2:12839`, or a file.")
    grid: Grid | None = Field(None, description="The grid right, if there is one.")
    build: dict[str, Build] = Field(
        {}, description="What may be built: name -> technology, with overrides."
    )
    hall: Hall | None = Field(
        None, description="The halls; without one no accelerator can stand here."
    )
    spinning_reserve: Literal["none", "largest unit"] = Field(
        "none",
        description="`largest unit`: headroom kept in every hour for the loss of any one unit on line.",
    )


class Chip(Named):
    """An accelerator that may be bought."""

    use: str = Field(description="Catalogue key of the accelerator.")
    supply: float = Field(1e9, ge=0, description="Accelerators that can be had in a year.")
    stands: dict[str, float] = Field({}, description="Accelerators that stand already, by site.")
    stands_for: Years = Field(4.0, description="How much longer those will stand.")
    price: AcceleratorPrice | None = Field(None, description="Installed price here, if it differs.")
    available_from: Month | None = Field(
        None, description="First month in which it may be ordered."
    )


class Rental(Named):
    """An accelerator that may be rented by the hour in somebody else's hall; power and hall are in
    the rent.
    """

    use: str = Field(description="Catalogue key of the rental, for example `h100.cloud`.")
    supply: float = Field(1e9, ge=0, description="Accelerators that can be had in a year.")
    price: AcceleratorHourPrice | None = Field(
        None, description="Rent of an accelerator-hour here, if it differs."
    )
    lead: Months | None = Field(
        None, description="From the order to the first hour, if it differs."
    )
    term: Months | None = Field(
        None, gt=0, description="Months of a commitment, after which they go back, if it differs."
    )


class FleetChoices(StudyPart):
    """Which accelerators may be bought or rented."""

    may_buy: dict[str, Chip] = Field(
        {}, description="Name -> accelerator of the catalogue, with overrides."
    )
    may_rent: dict[str, Rental] = Field(
        {}, description="Name -> rental of the catalogue, with overrides."
    )

    def parts(self) -> tuple[str, ...]:
        """Every name an accelerator goes by."""
        return (*self.may_buy, *self.may_rent)


class Model(StudyPart):
    """A model that is served or trained."""

    shape: str = Field(description="Catalogue key of its architecture.")
    precision: Literal["bf16", "fp8", "fp4"] = Field("fp8", description="Number format in serving.")


class Promise(StudyPart):
    """What users are promised: percentiles, or means where only those are written."""

    ttft_p95: Seconds | None = Field(
        2.0, description="Time to first token, 95th percentile of requests."
    )
    tpot_p95: Seconds | None = Field(
        0.05, description="Mean time per further token of a request, 95th percentile of requests."
    )
    ttft: Seconds | None = Field(
        None,
        description="Time to first token, mean over requests; written alone, no percentile is promised.",
    )
    tpot: Seconds | None = Field(
        None, description="Time per further token, mean; written alone, no percentile is promised."
    )

    @model_validator(mode="before")
    @classmethod
    def _means_alone(cls, written: object) -> object:
        if not isinstance(written, dict):
            return written
        alone = {f"{name}_p95": None for name in ("ttft", "tpot") if name in written}
        return alone | written


class Product(StudyPart):
    """What is sold."""

    title: str = Field("", description="In words.")
    kind: Literal["tokens", "video", "training", "electricity"] = Field(
        "tokens", description="What is delivered."
    )
    model: str = Field("", description="Name of the model that serves it.")
    site: str = Field("", description="Site of an electricity product.")
    isl: int = Field(1000, ge=1, description="Input tokens of a request.")
    osl: int = Field(300, ge=1, description="Output tokens of a request.")
    promise: Promise = Field(Promise(), description="Latency promise.")
    demand: Written = Field(
        description="Mean demand now: `2 Gtok/h` of output tokens, `1e6 video-second/day`, `4e26 FLOP/a`, `100 MW`."
    )
    price: Written = Field(
        description="Price: `8 USD/Mtok` of output tokens, `0.1 USD/video-second`, `1 USD/EFLOP`, `60 USD/MWh`."
    )
    price_change: Change = Field(0.0, description="Yearly change of the price, in real terms.")
    shape: str = Field("flat", description="Hourly shape: a row of the market's catalogue.")
    deadline: Annotated[Literal["now", "day", "year"] | float, BeforeValidator(read_deadline)] = (
        Field("now", description="`now`, a length of time such as `4 h`, `day`, `year`.")
    )
    availability: Share = Field(0.0, description="Share of the yearly demand that must be served.")
    served_from: int = Field(1, ge=1, description="First stage in which `availability` binds.")
    source: str = Field("", description="Where demand and price come from.")


class Fuel(StudyPart):
    """A fuel."""

    price: FuelPrice = Field(description="Delivered price.")
    co2: Emission = Field(0.0, description="CO2 when burnt.")
    source: str = Field("", description="Where the figures come from.")


class Limits(StudyPart):
    """Limits over everything."""

    spend: list[Dollars] | None = Field(
        None, description="Most that may be committed to orders in each stage."
    )


class Study(StudyPart):
    """A whole study."""

    study: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$", description="Name of the study."
    )
    title: str = Field("", description="In words.")
    goal: Goal = Field(Goal(), description="What is maximised.")
    money: Money = Field(Money(), description="Currency, money year, discount rate.")
    horizon: Horizon = Field(description="Stages and hours.")
    carbon: CarbonPrice = Field(0.0, description="Price of CO2.")
    fuels: dict[str, Fuel] = Field({}, description="Fuels by name.")
    technologies: dict[str, Technology] = Field({}, description="Technologies of the study's own.")
    beliefs: dict[str, Belief] = Field({}, description="What you cannot know yet; makes the tree.")
    tree: list[TreeNode] = Field([], description="A tree written by hand, instead of `beliefs`.")
    sites: dict[str, Site] = Field(description="Places.", min_length=1, max_length=20)
    fleet: FleetChoices = Field(
        FleetChoices(), description="Accelerators that may be bought or rented."
    )
    models: dict[str, Model] = Field({}, description="Models.")
    products: dict[str, Product] = Field(description="What is sold.", min_length=1, max_length=50)
    limits: Limits = Field(Limits(), description="Limits over everything.")

    @model_validator(mode="after")
    def _one_tree(self) -> Study:
        if self.beliefs and self.tree:
            raise ValueError("write either `beliefs` or `tree`, not both")
        return self


def schema() -> dict[str, Any]:
    """JSON Schema of a study, for editors and forms; units stand in `x-unit`."""
    return Study.model_json_schema()


def explain(key: str) -> str:
    """Meaning, unit and default of a key such as `sites.grid.limit`.

    Raises InputError with the nearest key.
    """
    from difflib import get_close_matches

    known = dict(_keys(Study, ""))
    found = [text for name, text in known.items() if name == key or name.endswith(f".{key}")]
    if found:
        return "\n".join(found)
    near = get_close_matches(key, known, n=1, cutoff=0.3)
    raise InputError(
        InputFault(
            Place(key=key),
            f"`{key}` is not a key of a study",
            fix=f"Did you mean `{near[0]}`?" if near else "",
        )
    )


def _keys(model: type[StudyPart], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        unit = next((m.symbol for m in info.metadata if isinstance(m, Unit)), "")
        default = "required" if info.is_required() else f"default {info.default}"
        rows.append((path, f"{path}{f' [{unit}]' if unit else ''}: {info.description} ({default})"))
        for part in parts_of(info.annotation):
            rows.extend(_keys(part, f"{path}."))
    return rows


def parts_of(annotation: object) -> list[type[StudyPart]]:
    """The study parts that an annotation may hold (through dict, list, union and Annotated)."""
    if isinstance(annotation, type) and issubclass(annotation, StudyPart):
        return [annotation]
    return [part for inner in getattr(annotation, "__args__", ()) for part in parts_of(inner)]
