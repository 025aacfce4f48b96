"""What a record says of itself beyond its fields."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import OrderRecord, RiskRecord, WholeUnits

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def order(**more) -> OrderRecord:
    return OrderRecord("here", "plant", 40.0, "MW", "2027-01", "2028-01", **more)


def test_an_order_is_called_by_its_title_and_counted_where_it_comes_in_units():
    assert (order().name, order(title="gas engines").name) == ("plant", "gas engines")
    assert order().units is None
    assert order(unit_size=10.0).units == 4
    assert order(unit_size=9.3).units == 4  # 40 / 9.3 = 4.3


@pytest.mark.parametrize(
    ("omega", "words"),
    [
        (0.3, "70 % mean + 30 % CVaR 0.9"),
        (1.0, "100 % CVaR 0.9"),
        (0.005, "99.5 % mean + 0.5 % CVaR 0.9"),
    ],
)
def test_the_mixture_in_words(omega, words):
    assert RiskRecord(0.9, omega, 3.0, 2.0, 1.0).mixture == words


def test_whole_units_cost_more_by_a_share_of_all_running_cost():
    """Planned 90 of fuel and 10 of starts, exact 95 and 15: 110 / 100 - 1 = 10 %."""
    plant = WholeUnits("here", "plant", "plant", 3, 10.0, 90.0, 95.0, 10.0, 15.0)
    assert plant.difference == pytest.approx(0.1)
    assert WholeUnits("here", "plant", "plant", 3, 10.0, 0.0, 0.0).difference is None


def test_a_plan_knows_its_root_its_sites_and_its_measure():
    assert PLAN.root().parent is None
    assert PLAN.sites() == ("greensboro", "miami")
    assert PLAN.measure == "NPV"


def test_only_a_finished_plan_is_advice():
    raw = toy_plan.plan()
    for state, finished in (("finished", True), ("stopped", False), ("infeasible", False)):
        raw["status"] = {"state": state}
        assert plan_file.parse(json.dumps(raw)).finished is finished
