"""One table of expected objectives: a change of a figure, a rule or a solver shows here before
anybody reads a report.

The values are our own, kept so that changes are seen and explained; they are no evidence (that is
`headrace verify`).
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pytest
from tests.builders.studies import Solved, solve_text

ROWS = list(
    csv.DictReader(
        Path(__file__).with_name("examples.csv").read_text(encoding="utf-8").splitlines()
    )
)


def text_of(name: str) -> str:
    return (files("headrace") / "examples" / name / "study.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=4)
def found(name: str) -> Solved:
    return solve_text(text_of(name))


@pytest.mark.parametrize("row", ROWS, ids=[r["study"] for r in ROWS])
def test_the_objective_is_what_it_was(row: dict[str, str]) -> None:
    plan = found(row["study"]).plan
    expected, tolerance = float(row["npv_usd"]), float(row["relative"])
    slack = tolerance * abs(expected) + (plan.high - plan.low)
    assert plan.low <= plan.high * (1 + 1e-9)
    assert plan.low == pytest.approx(expected, abs=slack)


def test_the_two_rules_for_an_idle_hour_order_differently() -> None:
    """Who prices an idle hour at retail buys cells and more panels for the year before the grid
    comes.
    """
    plan = found("time_to_power")
    assert plan.quantity("n000", "retail_rule", "pv") > 1.2 * plan.quantity(
        "n000", "opportunity_rule", "pv"
    )
    assert plan.quantity("n000", "retail_rule", "battery", "build_energy") > 50
    assert plan.quantity("n000", "opportunity_rule", "battery", "build_energy") < 1
    assert plan.quantity("n000", "opportunity_rule", "", "grid") > 90


def test_gas_comes_first() -> None:
    plan = found("gas_first")
    assert plan.quantity("n000", "greensboro", "engines") > 90
    assert plan.quantity("n000", "greensboro", "smr") < 1


def test_rented_power_bridges_the_months_before_the_engines() -> None:
    """It is there from month 6; the engines follow in month 15; after its shortest rent, in month
    18, it goes back.
    """
    plan = found("gas_first")
    assert plan.quantity("n000", "greensboro", "bridge") > 100
    kept = sum(plan.quantity(f"n{n:03d}", "greensboro", "bridge") for n in range(1, 9))
    assert kept < 0.05 * plan.quantity("n000", "greensboro", "bridge")
