"""Take-or-pay by month, by hand and in random studies: the rebuild and the plan agree."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.oracle import study_generator
from tests.oracle.compare import compare, plan, rebuild

FUEL = """
study: gas
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
fuels:
  gas: {price: {2027-01: 2 USD/MMBtu, 2027-02: 40 USD/MMBtu},
    take_or_pay: {least: 60000 MMBtu/a, TERMS}}
technologies: {plant: {heat_rate: 1 MMBtu/MWh, fuel: gas}}
sites: {here: {build: {plant: {use: plant, at_most: 10 MW, stands: 10 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}
"""
OWED = 60_000 / 8760
"""Of an hour [MMBtu]: 5,096 in January, when 7,440 are burnt at a gain of 8, and 4,603 in February,
when burning would cost 30, more than the 21 that are paid for what is not burnt."""
FUELS = {
    "period: month": 7440 * 8 - 672 * OWED * 21,
    "period: year": 7440 * 8 - (1416 * OWED - 7440) * 21,
    "period: month, until: 2027-02": 7440 * 8,
    "period: year, until: 2027-02": 7440 * 8,
}

DEAL = """
study: deal
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [2 months], terminal_value: false}
technologies: {deal: {kind: ppa, variable: 4 USD/MWh, take_or_pay: 25 %,
  take_or_pay_period: PERIOD}}
sites:
  here:
    grid: {limit: 10 MW, stands: 10 MW, energy: {2027-01: 0 USD/MWh, 2027-02: 50 USD/MWh}}
    build: {deal: {use: deal, at_most: 20 MW, stands: 20 MW}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 10 USD/MWh}}
"""
DEALS = {"month": 4 * (5 * 744 + 10 * 672), "year": 4 * 5 * 1416}
"""Paid: 5 of 20 MW in January, when the grid is free, and the 10 that are taken in February, which
are 360 MWh short of 5 MW in both months [USD]."""


def loaded(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))
    return found


def comes_to(study: dict[str, Any], expected: float) -> None:
    found, planned = rebuild(study), plan(study)
    assert found is not None
    assert not isinstance(planned, str), planned
    for value in (found.objective, planned.lower, planned.upper):
        assert value == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("terms", FUELS)
def test_a_fuel_by_the_month(terms: str) -> None:
    comes_to(loaded(FUEL.replace("TERMS", terms)), FUELS[terms])


@pytest.mark.parametrize("period", DEALS)
def test_an_agreement_by_the_month(period: str) -> None:
    comes_to(loaded(DEAL.replace("PERIOD", period)), 1416 * 10 * 10 - DEALS[period])


def by_month(seed: int) -> dict[str, Any]:
    """A random study of prices that move whose contracts are counted by month. Seed 4 has limits of
    curtailment and stores on kept weeks, and pivots of 0 without what the kernels know of them.
    """
    found = study_generator.study(study_generator.FIRST_MOVING + seed)
    dice = random.Random(f"months {seed}")
    for name, fuel in found["fuels"].items():
        if any(one.get("fuel") == name for one in found["technologies"].values()):
            terms = fuel.setdefault(
                "take_or_pay", {"least": f"{dice.uniform(1e4, 4e5):.4g} MMBtu/a"}
            )
            terms["period"] = "month"
    deal = found["technologies"].setdefault(
        "deal",
        {"kind": "ppa", "variable": f"{dice.uniform(15, 60):.4g} USD/MWh", "life": "5 years"},
    )
    deal |= {"take_or_pay": f"{dice.choice([30, 60, 80])} %", "take_or_pay_period": "month"}
    site = next(iter(found["sites"].values()))
    site["build"].setdefault("agreed", {"use": "deal", "at_most": "12 MW", "stands": "4 MW"})
    if "blocks" not in found["horizon"]["hours"] and dice.random() < 0.7:
        site["build"]["agreed"]["profile"] = "table1.csv#share"
    return found


QUICK, MANY = tuple(range(10)), tuple(range(10, 60))


@pytest.mark.parametrize("seed", QUICK)
def test_a_plan_by_month_is_that_of_the_rebuild(seed: int) -> None:
    found = compare(by_month(seed))
    assert found.agrees, str(found)
    assert not found.strange_orders, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_many_plans_by_month_are_those_of_the_rebuild(seed: int) -> None:
    found = compare(by_month(seed))
    assert found.agrees, str(found)
    assert not found.strange_orders, str(found)
