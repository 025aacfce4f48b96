"""The worth of an order is what brute force says: the plan's value less the value of the best plan
without it.
"""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.studies import Solved, solve_text

from headrace.plan.lp import highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.scaling import MONEY
from headrace.plan.results.order_value import ValuationOptions, root_orders, value_orders
from headrace.plan.solve import solve as solving
from headrace.plan.solve.solve import without

STUDY = """
study: brute
money: {{discount: 5 %/a real}}
horizon:
  start: 2027-01
  stages: [12 months, 12 months]
  terminal_value: true
  hours: {{blocks: [6000 h, 2760 h]}}
technologies:
  cheap: {{capex: {a} USD/kW, variable: {va} USD/MWh, life: 10 years}}
  quick: {{capex: {b} USD/kW, variable: {vb} USD/MWh, life: 5 years}}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases:
      low: {{probability: {p} %, value: -50 %/a}}
      high: {{probability: {q} %, value: {g} %/a}}
sites: {{here: {{build: {{cheap: {{use: cheap, at_most: {m} MW}}, quick: quick}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: {price} USD/MWh}}}}
"""

studies = st.fixed_dictionaries(
    {
        "a": st.integers(50, 900),
        "b": st.integers(20, 400),
        "va": st.integers(0, 30),
        "vb": st.integers(10, 60),
        "g": st.integers(0, 200),
        "m": st.integers(2, 20),
        "price": st.integers(40, 150),
        "p": st.integers(1, 99),
    }
)


def _solved(numbers: dict[str, int]) -> Solved:
    return solve_text(STUDY.format(**numbers, q=100 - numbers["p"]))


def test_what_costs_nothing_is_named_last() -> None:
    """80 MW at no price beside 20 MW that are paid for: both are orders of this month."""
    found = solve_text(
        """
study: gift
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}, terminal_value: false}
technologies: {gift: {capex: 0 USD/kW}, bought: {capex: 10 USD/kW, life: 1 years}}
sites: {s: {build: {a: {use: gift, at_most: 80 MW}, b: {use: bought, at_most: 20 MW}}}}
products: {power: {kind: electricity, site: s, demand: 100 MW, price: 100 USD/MWh}}
"""
    )
    assets = found.formulation.system.assets
    named = root_orders(found.formulation, found.plan)
    keys = [assets[found.formulation.orders[n].asset].id.key for n in named]
    assert keys == ["b", "a"]
    worth = value_orders(found.formulation, found.plan, named, ValuationOptions(gap=1e-6)).values
    assert worth[1].low == pytest.approx(80 * 8760 * 100, rel=1e-6)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(studies)
def test_order_values_equal_brute_force(numbers: dict[str, int]) -> None:
    found = _solved(numbers)
    orders = root_orders(found.formulation, found.plan)
    for value in value_orders(
        found.formulation, found.plan, orders, ValuationOptions(gap=1e-6)
    ).values:
        alone = highs.solve(without(found.formulation.problem, value.order))
        cost = found.formulation.problem.constant + sum(
            float(b.weight * (b.cost.hourly(b.profiles) * n.columns).sum(axis=0) @ b.weights)
            for b, n in zip(found.formulation.problem.nodes, alone.nodes)
        )
        cost += float(found.formulation.problem.master.cost @ alone.master)
        brute = found.npv + cost * MONEY
        scale = max(abs(found.npv), 1.0)
        assert value.low - 1e-6 * scale <= brute <= value.high + 1e-6 * scale


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(studies)
def test_more_options_never_cost_more(numbers: dict[str, int]) -> None:
    more = _solved({**numbers, "m": numbers["m"] + 5})
    assert more.npv >= _solved(numbers).npv - 1e-6 * max(1.0, abs(more.npv))


@pytest.mark.parametrize("lead", [0, 3, 6, 12, 15])
def test_a_longer_lead_time_never_helps(lead: int) -> None:
    text = STUDY.replace(
        "cheap: {{capex: {a}", "cheap: {{{{lead: %d months, capex: {a}".replace("{{{{", "{{") % lead
    )
    numbers = {
        "a": 300,
        "b": 100,
        "va": 5,
        "vb": 40,
        "g": 80,
        "m": 12,
        "price": 90,
        "p": 50,
        "q": 50,
    }
    later = text.replace(f"lead: {lead} months", f"lead: {lead + 3} months")
    assert solve_text(later.format(**numbers)).npv <= solve_text(text.format(**numbers)).npv + 1e-6


NUMBERS = {"a": 300, "b": 100, "va": 5, "vb": 40, "g": 80, "m": 12, "price": 90, "p": 50}


INSIDE = SolverOptions(method="interior")


def _loose(numbers: dict[str, int]) -> tuple[Solved, list[int], dict[int, float]]:
    """A plan of the interior point at a coarse gap, its root orders, and what brute force says they
    are worth.
    """
    exact = _solved(numbers)
    problem = exact.formulation.problem
    loose = dataclasses.replace(exact, plan=solving.solve(problem, INSIDE.but(gap=5e-2)))
    orders = root_orders(exact.formulation, loose.plan)
    alone = {n: solving.bounded(problem, highs.solve(without(problem, n))).low for n in orders}
    return loose, orders, {n: exact.npv - worth for n, worth in alone.items()}


def test_intervals_are_solved_until_they_are_narrow() -> None:
    found, orders, brute = _loose(NUMBERS)
    said: list[str] = []
    valued = value_orders(
        found.formulation,
        found.plan,
        orders,
        ValuationOptions(gap=1e-1, told=lambda order, words: said.append(words), solver=INSIDE),
    )
    assert valued.plan.high - valued.plan.low < found.plan.high - found.plan.low
    assert "once more, tighter" in said
    assert len(valued.values) == len(orders)
    for value in valued.values:
        slack = 1e-9 * abs(found.npv)
        assert value.low - slack <= brute[value.order] <= value.high + slack
        assert value.narrow or value.high < 1e-5 * abs(found.npv)


def test_without_time_the_plan_s_own_proofs_give_the_lower_ends() -> None:
    found, orders, brute = _loose({**NUMBERS, "m": 4})
    valued = value_orders(
        found.formulation, found.plan, orders, ValuationOptions(stop=lambda: True, solver=INSIDE)
    )
    assert valued.plan is found.plan
    assert valued.values
    for value in valued.values:
        assert value.other is None
        assert value.decided
        assert value.high == float("inf")
        assert 0 < value.low <= brute[value.order] * (1 + 1e-9)
