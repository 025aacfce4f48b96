"""Cost of a campus that feeds itself from sun, batteries and gas: from sizes and a solar share to a
level price.

The flows of energy come from elsewhere (a plan, or a stated share); this file turns them into a
`Project`. The rules are those of the public off-grid calculator, so that its published results can
be checked (docs/decisions/0021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from headrace.core.catalogue import CatalogueRow, Figure, entry
from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.project import Project, level_price

GeneratorKind = Literal["engine", "turbine"]


@dataclass(frozen=True)
class CampusTerms:
    """Unit costs and money of an off-grid campus; see `catalogue/offgrid.yaml` for units and
    sources.
    """

    solar: Figure
    battery: Figure
    engine: Figure
    turbine: Figure
    integration: Figure
    soft_cost: Figure
    solar_fixed: Figure
    battery_fixed: Figure
    engine_fixed: Figure
    turbine_fixed: Figure
    load_fixed: Figure
    other_fixed: Figure
    engine_variable: Figure
    turbine_variable: Figure
    engine_heat_rate: Figure
    turbine_heat_rate: Figure
    fuel_price: Figure
    fuel_growth: Figure
    cost_growth: Figure
    tax: Figure
    itc: Figure
    debt_share: Figure
    interest: Figure
    equity_return: Figure
    years: Figure


@dataclass(frozen=True)
class Campus:
    """Sizes and yearly energy. load [MW], energy [MWh/year] served; solar [MW of DC]; battery [MW]
    of `hours`; generator [MW] of a kind; solar_share of the energy [1], the rest burns fuel. None
    takes the terms' own money.
    """

    load: float
    energy: float
    solar: float
    battery: float
    hours: float
    generator: float
    kind: GeneratorKind
    solar_share: float
    fuel_price: float | None = None
    itc: float | None = None
    interest: float | None = None
    equity_return: float | None = None
    debt_share: float | None = None

    def check(self) -> None:
        """Raise InputError with every size that is negative or not finite."""
        sizes = (
            self.load,
            self.energy,
            self.solar,
            self.battery,
            self.hours,
            self.generator,
        )
        problems = [
            InputFault(Place(), f"a size of {size}", "zero or more, finite")
            for size in sizes
            if not (0 <= size < 1e12)
        ]
        if not 0 <= self.solar_share <= 1:
            problems.append(InputFault(Place(), f"a solar share of {self.solar_share:g}", "0 to 1"))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True)
class CampusPrice:
    """What the campus pays: capex [USD], level nominal price [USD/MWh]."""

    capex: float
    price: float


def terms(key: str = "offgrid.2024") -> CampusTerms:
    """The catalogue's terms. Raises InputError with the nearest key."""
    row: CatalogueRow = entry("finance", "offgrid", key)
    return CampusTerms(**{name: row.figure(name) for name in CampusTerms.__dataclass_fields__})


def price(campus: Campus, money: CampusTerms | None = None) -> CampusPrice:
    """Capex and the level nominal price at which the owners get their return."""
    project = as_project(campus, money or terms())
    return CampusPrice(sum(project.spending), level_price(project))


def as_project(campus: Campus, money: CampusTerms) -> Project:
    """The campus as a levered project: two years of building, half of the money in each.

    Raises InputError for bad sizes.
    """
    campus.check()
    renewable = (
        1e6 * money.solar.to("MUSD/MW") * campus.solar
        + money.battery.to("USD/MWh") * campus.battery * campus.hours
    )
    gear = money.engine if campus.kind == "engine" else money.turbine
    hard = (
        renewable
        + gear.to("USD/MW") * campus.generator
        + money.integration.to("USD/MW") * campus.load
    )
    total = hard * (1 + money.soft_cost.value)
    credit = total * renewable / hard * _or(campus.itc, money.itc)
    years = int(money.years.value)
    return Project(
        spending=(total / 2, total / 2),
        operating_cost=_operating_cost(campus, money, hard, years),
        energy=np.full(years, campus.energy),
        credit=credit,
        basis=total - credit / 2,
        debt_share=_or(campus.debt_share, money.debt_share),
        interest=_or(campus.interest, money.interest),
        debt_years=years,
        tax=money.tax.value,
        equity_return=_or(campus.equity_return, money.equity_return),
    )


def _operating_cost(
    campus: Campus, money: CampusTerms, hard: float, years: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    engine = campus.kind == "engine"
    burnt = campus.energy * (1 - campus.solar_share)
    fixed = (
        money.solar_fixed.to("USD/MW-year") * campus.solar
        + money.battery_fixed.to("USD/MW-year") * campus.battery
        + (money.engine_fixed if engine else money.turbine_fixed).to("USD/MW-year")
        * campus.generator
        + money.load_fixed.to("USD/MW-year") * campus.load
        + money.other_fixed.value * hard
    )
    variable = (money.engine_variable if engine else money.turbine_variable).value * burnt
    heat_rate = (money.engine_heat_rate if engine else money.turbine_heat_rate).value
    year = np.arange(years)
    fuel = (
        burnt
        * heat_rate
        * _or(campus.fuel_price, money.fuel_price)
        * (1 + money.fuel_growth.value) ** year
    )
    return np.asarray((fixed + variable) * (1 + money.cost_growth.value) ** year + fuel)


def _or(value: float | None, figure: Figure) -> float:
    return figure.value if value is None else value
