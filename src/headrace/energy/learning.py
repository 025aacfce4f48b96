"""Learning curves to 2050: the Annual Technology Baseline's scenarios, read from
`catalogue/learning.csv`.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np

from headrace.core.errors import InputError, InputFault, Place

Scenario = Literal["advanced", "moderate", "conservative"]
SCENARIOS = get_args(Scenario)

ANCHOR = 2025
"""Order year in which the catalogue's figures hold; curves that begin later hold from their first
year.
"""

SOURCE = "NREL ATB 2024, extract of June 2024"


@dataclass(frozen=True)
class LearningCurve:
    """One technology under one scenario: years, and capex [USD/kW or USD/kWh], fixed cost
    [USD/kW-year or USD/kWh-year], heat rate [MMBtu/MWh, empty where there is none] at these years.
    All in money of 2022.
    """

    learning: str
    scenario: Scenario
    years: tuple[int, ...]
    capex: tuple[float, ...]
    fixed_cost: tuple[float, ...]
    heat_rate: tuple[float, ...]

    def at(self, name: str, year: float) -> float:
        """The figure `name` [its unit, see the class] in `year`: linear between the points,
        constant beyond them.
        """
        return float(np.interp(year, self.years, getattr(self, name)))

    def factor(self, name: str, year: float) -> float:
        """The figure in `year` over the *moderate* figure of the anchor year [1]; 1 where the curve
        has no such figure.
        """
        if not getattr(self, name):
            return 1.0
        return self.at(name, year) / curve(self.learning, "moderate").at(name, ANCHOR)


def curve(learning: str, scenario: Scenario = "moderate") -> LearningCurve:
    """The curve called `learning`. Raises InputError for an unknown one."""
    found = _curves().get((learning, scenario))
    if found is None:
        known = ", ".join(sorted({name for name, _ in _curves()}))
        raise InputError(
            InputFault(
                Place(),
                f"there is no learning curve `{learning}`, {scenario}",
                fix=f"Known: {known}.",
            )
        )
    return found


@lru_cache(maxsize=1)
def _curves() -> dict[tuple[str, str], LearningCurve]:
    text = (files("headrace.energy") / "catalogue" / "learning.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    curves = {}
    for key in dict.fromkeys((row["learning"], row["scenario"]) for row in rows):
        own = [row for row in rows if (row["learning"], row["scenario"]) == key]
        curves[key] = LearningCurve(
            learning=key[0],
            scenario=key[1],  # type: ignore[arg-type]
            years=tuple(int(row["year"]) for row in own),
            capex=tuple(float(row["capex"]) for row in own),
            fixed_cost=tuple(float(row["fixed_cost"]) for row in own),
            heat_rate=tuple(float(row["heat_rate"]) for row in own if row["heat_rate"]),
        )
    return curves
