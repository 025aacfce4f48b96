"""Orders in words."""

from __future__ import annotations

from types import SimpleNamespace as Namespace
from typing import Any

import numpy as np
import pytest
from tests.builders.studies import BELIEFS, PLANT, solved_once

from headrace.plan.results import order_text
from headrace.plan.results.order_text import amount, months, why
from headrace.plan.results.order_value import ValuationOptions, value_orders


@pytest.mark.parametrize(
    ("quantity", "unit", "words"),
    [
        (312.4, "MW", "312 MW"),
        (12_400.0, "accelerator", "12,400 accelerators"),
        (1.23456, "MWh", "1.23 MWh"),
        (99.96, "MW", "100 MW"),
        (0.0, "MW", "0 MW"),
    ],
)
def test_a_quantity_in_words(quantity: float, unit: str, words: str) -> None:
    assert amount(quantity, unit) == words


def test_when_to_order_and_when_it_arrives() -> None:
    """January 2027 and a lead of 15 months: April 2028."""
    text = BELIEFS.replace("heat_rate", "lead: 15 months, heat_rate")
    assert months(solved_once(text).formulation, 2027 * 12, 0) == ("2027-01", "2028-04")


def test_without_a_value_the_lead_time_is_the_reason() -> None:
    found = solved_once(PLANT)
    assert why(found.formulation, found.plan, None, 0) == "it takes 0 months to arrive"


def test_without_the_only_plant_nothing_is_served() -> None:
    found = solved_once(PLANT)
    (value,) = value_orders(found.formulation, found.plan, [0], ValuationOptions(1e-6)).values
    words = why(found.formulation, found.plan, value, 0)
    assert words.endswith("without it 100% of power goes unserved")


def test_a_second_plant_would_be_ordered_instead() -> None:
    """A dearer twin of the plant takes its place, megawatt for megawatt."""
    second = PLANT.replace(
        "build: {plant: {use: t, at_most: 8 MW}}",
        "build: {plant: {use: t, at_most: 8 MW}, twin: {use: u, at_most: 8 MW}}",
    ).replace("technologies: {", "technologies: {u: {capex: 120 USD/kW, variable: 20 USD/MWh}, ")
    found = solved_once(second.replace("demand: 10 MW", "demand: 8 MW"))
    orders = found.formulation.orders
    own = next(
        i
        for i, o in enumerate(orders)
        if found.formulation.system.assets[o.asset].id.key == "plant"
    )
    (value,) = value_orders(found.formulation, found.plan, [own], ValuationOptions(1e-6)).values
    words = why(found.formulation, found.plan, value, own)
    assert "the plan would order 8 MW more twin at Here instead" in words


def test_a_slot_that_is_given_up_less_often_is_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up at a price below zero: 300 MW less of that were told as -300 MW more."""
    assets = [
        Namespace(price=price, unit="MW", title=title, site="here")
        for price, title in ((30.0, "slot"), (-20.0, "slot, given up or sold"))
    ]
    orders = [Namespace(asset=i, node=0, date=12.0 * i) for i in (0, 1)]
    formulation: Any = Namespace(
        orders=orders, nodes=[Namespace(probability=1.0)], system=Namespace(assets=assets)
    )
    placed = {"with": np.array([300.0, 300.0]), "without": np.zeros(2)}
    monkeypatch.setattr(order_text, "ordered", lambda _, solution: placed[solution])
    mine: Any = Namespace(solution="with")
    other: Any = Namespace(solution="without")
    assert order_text._instead(formulation, mine, other, 0) == ""
    placed["without"] = np.array([0.0, 700.0])
    told = order_text._instead(formulation, mine, other, 0)
    assert told == ""  # a gain of money is no order of it either
