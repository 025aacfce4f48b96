"""Answers from plans: prices and thresholds against algebra, several crossings, no plan at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError, StoppedEarly
from headrace.science.discovery.plan_world import (
    AdvantageOf,
    PlanQuestion,
    PlanWorld,
    answered,
    put,
)
from headrace.science.discovery.recipe import Varied

STUDY = """\
study: tiny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [120 months], hours: {blocks: [6000 h, 2760 h]}}
technologies:
  plant: {capex: 1000 USD/kW, variable: 20 USD/MWh, life: 10 years}
  reactor: {capex: 3000 USD/kW, variable: 5 USD/MWh, life: 10 years}
sites:
  here:
    build:
      plant: {use: plant, at_most: 100 MW}
      reactor: {use: reactor, at_most: 100 MW}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 200 USD/MWh}
"""


def varied(name, key, low, high):
    return Varied.read(name, low, high, {key: (low, high)})


BURNT = varied("burnt", "technologies.plant.variable", "10 USD/MWh", "60 USD/MWh")


def test_a_break_even_is_algebra_in_the_flat_case():
    """One plant against one reactor at full load: the saving of a MWh pays the difference."""
    asked = PlanQuestion(STUDY, Path(), (BURNT,), about="capex:reactor")
    low, high = (answered(asked, np.array([x])) for x in (20.0, 50.0))
    # discounted hours of one kW, from the slope between two fuel costs [MWh/kW]
    hours = (high.value - low.value) / 30.0
    assert low.value == pytest.approx(1000 + 15 * hours, rel=1e-6)
    assert 8.76 * 7.0 < hours < 8.76 * 8.2  # ten years at 5 %
    assert low.plan == ("here/reactor",)
    assert low.solves > 2


def test_a_threshold_is_where_ordering_begins_to_pay():
    price = varied("price", "products.power.price", "10 USD/MWh", "100 USD/MWh")
    asked = PlanQuestion(STUDY, Path(), (BURNT,), threshold=AdvantageOf("anything", price, 5))
    found = answered(asked, np.array([20.0]))
    ((low, high),) = found.intervals
    assert high - low <= 0.2
    exact = PlanQuestion(STUDY, Path(), (BURNT,), about="capex:reactor")
    hours = (answered(exact, np.array([50.0])).value - answered(exact, np.array([20.0])).value) / 30
    assert low <= 20 + 1000 / hours <= high


def test_a_price_with_two_crossings_lists_both():
    """The price of power rises from below the reactor's cost, and the plant's fuel falls from dear
    to nothing: the reactor pays in between alone.
    """
    moved = Varied.read(
        "part",
        "0",
        "1",
        {
            "products.power.price": ("10 USD/MWh", "210 USD/MWh"),
            "technologies.plant.variable": ("200 USD/MWh", "0 USD/MWh"),
        },
    )
    asked = PlanQuestion(STUDY, Path(), (BURNT,), threshold=AdvantageOf("reactor", moved, 9))
    found = answered(asked, np.array([20.0]))
    (first, second) = found.intervals
    assert 0 < first[0] <= first[1] < second[0] <= second[1] < 1


def test_no_plan_and_no_study_are_answers_in_words():
    must = STUDY.replace("price: 200", "availability: 100 %, price: 200")
    demand = varied("demand", "products.power.demand", "10 MW", "500 MW")
    asked = PlanQuestion(must, Path(), (demand,), about="capex:reactor")
    assert answered(asked, np.array([400.0])).why.startswith("infeasible")
    assert answered(asked, np.array([-5.0])).why.startswith("no study")


def test_points_are_answered_in_order_by_any_number_of_workers():
    asked = PlanQuestion(STUDY, Path(), (BURNT,), about="capex:reactor")
    points = np.array([[20.0], [50.0], [30.0]])
    alone = [answer.value for answer in PlanWorld(asked, 0).ask(points)]
    assert alone[0] < alone[2] < alone[1]


def test_a_key_is_put_where_its_name_leads():
    data = {"technologies": {"gas.new": {"capex": "1 USD/kW"}}, "carbon": "5 USD/t"}
    put(data, "technologies.gas.new.capex", "2 USD/kW")
    put(data, "limits.spend", "3 USD")
    assert data["technologies"] == {"gas.new": {"capex": "2 USD/kW"}}
    data["tree"] = [{"node": "root"}, {"node": "leaf"}]
    put(data, "tree.1.probability", "30 %")
    assert data["tree"][1] == {"node": "leaf", "probability": "30 %"}
    assert data["limits"] == {"spend": "3 USD"}
    with pytest.raises(InputError, match="is no key there"):
        put(data, "carbon.price", "1")


@pytest.mark.slow
def test_a_process_that_is_ended_from_outside_is_a_stop_and_no_defect():
    """A signal to the whole group, as `timeout` sends it, reaches the workers as well."""
    world = PlanWorld(PlanQuestion(STUDY, Path(), (BURNT,), about="capex:reactor"), workers=1)
    asked = world.ask(np.linspace(10.0, 60.0, 30)[:, None])
    assert next(asked).single
    for process in list(world._pool._processes.values()):
        process.kill()
    with pytest.raises(StoppedEarly, match="ended"):
        list(asked)
    world.close()
