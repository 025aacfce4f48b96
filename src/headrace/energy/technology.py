"""What can be built or bought to carry a campus: one catalogue row per technology, every figure
with its source.

smr = technology("nuclear.smr")
smr.capex                      # Figure(8000.0, "USD/kW", ...)
smr.capex.to("USD/MW")         # 8,000,000
smr.overnight("USD/MW", 2026)  # capex and connection together, in money of 2026
technology("solar.single_axis", order_year=2030, scenario="advanced")   # further down its ATB
    learning curve
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Literal, get_args

from headrace.core.catalogue import CatalogueRow, Figure, entries
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.learning import SCENARIOS, LearningCurve, Scenario, curve
from headrace.energy.price_level import price_level

Kind = Literal["solar", "wind", "battery", "thermal", "nuclear", "grid"]

TABLES = ("sun_and_wind", "storage", "gas", "reactors", "supply")
"""Catalogue files of this room that hold technologies."""

_NEEDED = (
    "capex", "fixed_cost", "unit_size", "lead", "build", "life",
    "forced_outage", "planned_outage", "repair",
)  # fmt: skip
_MAY_BE_ABSENT = (
    "variable_cost", "connection", "heat_rate", "efficiency", "energy_capex", "energy_fixed_cost",
    "keep", "calendar_fade", "cycle_fade", "replace_at", "replacement", "fade", "heat_rate_fade",
    "part_load", "minimum_load", "ramp", "start_fuel", "start_cost", "start_failure",
    "heat_derate", "rated_temperature", "altitude_derate", "capture", "water", "land", "earliest",
    "energy_price", "demand_charge", "capacity_charge", "curtailment_days", "co2_rate",
)  # fmt: skip


@dataclass(frozen=True)
class TechnologyRow:
    """One way to get electrons. Figures that do not apply are None.

    capex: overnight, per unit of power [USD/kW]; connection: spur line and substation [USD/kW];
        energy_capex [USD/kWh].
    augmented: its fixed cost pays for keeping the capacity constant, so that ageing costs nothing
        more.
    schedule: share of the capex spent in each year of construction, the last year ending at
        operation. fixed_cost [USD/kW-year], energy_fixed_cost [USD/kWh-year], variable_cost
        [USD/MWh], heat_rate [MMBtu/MWh] (higher heating value, full load, ISO); fuel: name of the
        fuel or "". lead: from order to operation [month], of which `build` years of construction
        come last. life [year]; unit_size [MW], 0 where any size can be had.
    forced_outage, planned_outage: share of all hours [1]; repair: mean time to repair [h].
    efficiency: round trip of a store, or from the meter to the site's bus [1]; keep: share of the
        level kept an hour [1].
    fade: loss of capacity a year; calendar_fade [1/year] and cycle_fade [1 per full cycle] of
        stored energy; replace_at [1].
    part_load: share of efficiency lost at no load, linear in load; minimum_load [1]; ramp [1/min].
    heat_derate: loss of capacity per kelvin above rated_temperature; altitude_derate: share of the
        missing air pressure lost.
    capture: share of CO2 kept out of the air; water [m3/MWh]; land [acre/MW]; earliest: first year
        of operation.
    """

    key: str
    kind: Kind
    title: str
    fuel: str
    schedule: tuple[float, ...]
    learning: str
    capex: Figure
    fixed_cost: Figure
    unit_size: Figure
    lead: Figure
    build: Figure
    life: Figure
    forced_outage: Figure
    planned_outage: Figure
    repair: Figure
    variable_cost: Figure | None = None
    connection: Figure | None = None
    heat_rate: Figure | None = None
    efficiency: Figure | None = None
    energy_capex: Figure | None = None
    energy_fixed_cost: Figure | None = None
    keep: Figure | None = None
    calendar_fade: Figure | None = None
    cycle_fade: Figure | None = None
    replace_at: Figure | None = None
    replacement: Figure | None = None
    fade: Figure | None = None
    heat_rate_fade: Figure | None = None
    part_load: Figure | None = None
    minimum_load: Figure | None = None
    ramp: Figure | None = None
    start_fuel: Figure | None = None
    start_cost: Figure | None = None
    start_failure: Figure | None = None
    heat_derate: Figure | None = None
    rated_temperature: Figure | None = None
    altitude_derate: Figure | None = None
    capture: Figure | None = None
    water: Figure | None = None
    land: Figure | None = None
    earliest: Figure | None = None
    energy_price: Figure | None = None
    demand_charge: Figure | None = None
    capacity_charge: Figure | None = None
    curtailment_days: Figure | None = None
    co2_rate: Figure | None = None
    augmented: bool = False

    @property
    def availability(self) -> float:
        """Share of the year in which it can run: neither broken nor in planned outage [1]."""
        return 1.0 - self.forced_outage.value - self.planned_outage.value

    @property
    def co2(self) -> float:
        """CO2 to the air at full load [t/MWh], from the fuel's carbon and the capture share; of the
        grid, its mean rate.
        """
        if self.kind == "grid":
            return value_of(self.co2_rate, "t/MWh")
        if self.heat_rate is None or not self.fuel:
            return 0.0
        burnt = self.heat_rate.to("MMBtu/MWh") * fuel(self.fuel).co2.to("t/MMBtu")
        return burnt * (1.0 - value_of(self.capture, "1"))

    def overnight(self, unit: str = "USD/MW", money_year: int | None = None) -> float:
        """Capex and connection per unit of power [`unit`]; in the row's own money, or in that of
        `money_year`.
        """
        return in_money(self.capex, unit, money_year) + (
            in_money(self.connection, unit, money_year) if self.connection else 0.0
        )

    def figures(self) -> dict[str, Figure]:
        """Every figure of the row by its attribute, for tables of sources."""
        values = {name: getattr(self, name) for name in (*_NEEDED, *_MAY_BE_ABSENT)}
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True)
class FuelRow:
    """A fuel: delivered price [USD/MMBtu], CO2 when burnt and upstream [kg/MMBtu]."""

    key: str
    title: str
    price: Figure
    co2: Figure
    upstream: Figure


def technology(
    key: str, order_year: int | None = None, scenario: Scenario = "moderate"
) -> TechnologyRow:
    """The catalogue's technology `key`; with an order year, capex, fixed cost and heat rate moved
    along the ATB curve.

    The curve is relative: a market price of today keeps its distance from ATB. Raises InputError
    with the nearest key.
    """
    row = _row(key)
    if row is None:
        known = [one.key for one in technologies()]
        near = get_close_matches(key, known, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."
        raise InputError(
            InputFault(Place(), f"`{key}` is not in the catalogue of energy", fix=hint)
        )
    return row if order_year is None else learned(row, order_year, scenario)


def is_technology(key: str) -> bool:
    """Whether the catalogue has a technology `key`."""
    return _row(key) is not None


def technologies() -> tuple[TechnologyRow, ...]:
    """Every technology of the catalogue, in its order."""
    found = (_row(key) for table in TABLES for key in entries("energy", table))
    return tuple(row for row in found if row is not None)


@lru_cache(maxsize=16)
def fuel(name: str) -> FuelRow:
    """The catalogue's fuel `name` (gas, diesel, uranium, fusion). Raises InputError for others."""
    rows = entries("energy", "supply")
    row = rows.get(f"fuel.{name}")
    if row is None:
        known = ", ".join(key.removeprefix("fuel.") for key in rows if key.startswith("fuel."))
        raise InputError(
            InputFault(Place(), f"`{name}` is not a fuel of the catalogue", fix=f"Known: {known}.")
        )
    return FuelRow(
        row.key, row.title, row.figure("price"), row.figure("co2"), row.figure("upstream")
    )


def value_of(figure: Figure | None, unit: str, default: float = 0.0) -> float:
    """The figure [`unit`], or `default` where it does not apply."""
    return default if figure is None else figure.to(unit)


def in_money(figure: Figure, unit: str, money_year: int | None) -> float:
    """A money figure [`unit`] at the price level of `money_year` (None: left in its own)."""
    if money_year is None or figure.money_year == 0:
        return figure.to(unit)
    return figure.to(unit) * (price_level(money_year) / price_level(figure.money_year))


def learned(row: TechnologyRow, order_year: int, scenario: Scenario) -> TechnologyRow:
    """`row` as it would be ordered in `order_year`: ATB's curve of `scenario`, relative to the
    row's anchor year.

    Rows without a curve come back unchanged. Raises InputError for an unknown scenario.
    """
    if scenario not in SCENARIOS:
        raise InputError(
            InputFault(Place(), f"scenario `{scenario}`", f"one of {', '.join(get_args(Scenario))}")
        )
    if not row.learning:
        return row
    path = curve(row.learning, scenario)
    changed = _moved(row, ("capex", "fixed_cost", "heat_rate"), path, order_year, scenario)
    if row.energy_capex is not None:
        energy = curve(f"{row.learning}.energy", scenario)
        other = _moved(row, ("energy_capex", "energy_fixed_cost"), energy, order_year, scenario)
        changed = replace(
            changed, energy_capex=other.energy_capex, energy_fixed_cost=other.energy_fixed_cost
        )
    return changed


def price_factor(key: str, year: int, overnight: float | None, money_year: int) -> float:
    """Price of a technology ordered in `year` over its catalogue price [1]: along its learning
    curve, or as believed.

    overnight: believed price instead of the curve's, in the study's money [USD/kW].
    """
    row = technology(key)
    base = row.overnight("USD/kW", money_year)
    if overnight is None:
        overnight = learned(row, year, "moderate").overnight("USD/kW", money_year)
    return overnight / base


def _moved(
    row: TechnologyRow, names: tuple[str, ...], path: LearningCurve, year: int, scenario: str
) -> TechnologyRow:
    changes = {}
    for name in names:
        figure: Figure | None = getattr(row, name)
        factor = path.factor(name.removeprefix("energy_"), year)
        if figure is not None and factor != 1.0:
            source = f"{figure.source}; moved to {year} by the {scenario} curve of NREL ATB 2024"
            changes[name] = figure.but(
                figure.value * factor, source=source, date=figure.date, status="estimate"
            )
    return replace(row, **changes)  # type: ignore[arg-type]


@lru_cache(maxsize=1024)
def _row(key: str) -> TechnologyRow | None:
    """A row of the catalogue as a technology; None where it is none."""
    for table in TABLES:
        row = entries("energy", table).get(key)
        if row is not None and row.kind in get_args(Kind):
            problems: list[InputFault] = []
            found = _technology(row, f"catalogue/{table}.yaml", problems)
            if problems:
                raise InputError(problems)
            return found
    return None


def _technology(row: CatalogueRow, file: str, problems: list[InputFault]) -> TechnologyRow:
    unknown = [name for name in row.figures if name not in (*_NEEDED, *_MAY_BE_ABSENT)]
    problems += [
        InputFault(Place(file, key=f"{row.key}.{name}"), "is not a figure of a technology")
        for name in unknown
    ]
    schedule = tuple(float(share) for share in row.words.get("schedule", "1").split())
    years = Place(file, key=f"{row.key}.schedule")
    if not math.isclose(sum(schedule), 1.0, abs_tol=1e-9):
        problems.append(InputFault(years, f"adds up to {sum(schedule)}", "1"))
    needed = {name: row.figure(name) for name in _NEEDED}
    if len(schedule) != needed["build"].to("year"):
        problems.append(InputFault(years, f"{len(schedule)} years", "as many as `build`"))
    others = {name: row.figures.get(name) for name in _MAY_BE_ABSENT}
    return TechnologyRow(
        key=row.key,
        kind=row.kind,  # type: ignore[arg-type]
        title=row.title,
        fuel=row.words.get("fuel", ""),
        schedule=schedule,
        learning=row.words.get("learning", ""),
        augmented=row.words.get("augmentation", "") == "in the fixed cost",
        **needed,
        **others,  # type: ignore[arg-type]
    )
