import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, vstack
from tests.builders.studies import solve_text
from tests.builders.trees import random_tree

from headrace.core.errors import Infeasible
from headrace.plan.analysis.mean_value import mean, mean_study
from headrace.plan.analysis.value_of_information import (
    NEVER,
    Interval,
    conditional_value_at_risk,
    value_of_information,
)
from headrace.plan.analysis.wait_and_see import branch
from headrace.plan.lp import highs
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve.solve import solve
from headrace.verification import registry
from headrace.verification.plan_stochastic import farmer

TINY = 1e-6


def npv(problem):
    return -evaluate(problem, highs.solve(problem)).value * MONEY


def tied(problem, columns, values):
    """The tree with some orders held by rows, not by taking them out as `held` does."""
    master = problem.master
    tie = csr_array(np.eye(len(master.columns))[columns])
    rows = csr_array(vstack([csr_array(master.matrix), tie, -tie]))
    names = (*master.rows, *(f"tie {i}" for i in range(2 * len(columns))))
    rhs = np.concatenate([master.rhs, values + 1e-9, -values + 1e-9])
    return dataclasses.replace(
        problem, master=dataclasses.replace(master, rows=names, matrix=rows, rhs=rhs)
    )


def covers(interval, value, size):
    return interval.low - TINY * size <= value <= interval.high + TINY * size


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 100_000))
def test_the_mean_s_plan_is_no_better_than_recourse_and_recourse_no_better_than_waiting(seed):
    """EEV <= RP <= WS on random trees, each computed by HiGHS in another form; and the intervals
    hold these values.
    """
    problem = random_tree(seed)
    found = value_of_information(problem)
    ends = leaves(problem)
    recourse = npv(problem)
    waiting = float(problem.probability[ends] @ [npv(branch(problem, int(leaf))) for leaf in ends])
    middle = mean(problem)
    try:
        naive = npv(tied(problem, middle.here, found.mean_orders))
    except Infeasible:  # the mean budget allows what some branch's does not
        assert found.mean_plan == NEVER
        assert found.stochastic_solution.low == np.inf
        return
    size = max(1.0, abs(recourse), abs(waiting), abs(naive))
    assert naive <= recourse + TINY * size
    assert recourse <= waiting + TINY * size
    assert covers(found.recourse, recourse, size)
    assert covers(found.wait_and_see, waiting, size)
    assert covers(found.mean_plan, naive, size)
    assert covers(found.expected_value, npv(middle.problem), size)
    assert covers(found.stochastic_solution, recourse - naive, size)
    assert covers(found.perfect_information, waiting - recourse, size)
    assert found.stochastic_solution.high - found.stochastic_solution.low <= 1e-4 * size


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 100_000), st.floats(0.0, 0.95))
def test_outcomes_average_to_the_plan_and_the_tail_is_no_better(seed, alpha):
    problem = random_tree(seed)
    plan = solve(problem)
    found = value_of_information(problem, plan=plan, alpha=alpha)
    mean_low = sum(b.probability * b.outcome.low for b in found.branches)
    assert mean_low == pytest.approx(plan.low, rel=1e-9, abs=1e-6)
    assert found.worst.low <= found.cvar.low + 1e-6
    assert found.cvar.low <= plan.low + 1e-6
    for b in found.branches:
        assert b.outcome.low <= b.outcome.high
        assert b.outcome.low <= b.foreseen.high + 1e-6 * max(1.0, abs(b.foreseen.high))


def test_holding_an_order_by_hand():
    """The farmer who plants 100, 100 and 300 acres whatever comes: -65,000 of planting and the
    sales of a mean year.
    """
    problem = farmer((1.0,))
    fixed = held(problem, np.arange(3), np.array([100.0, 100.0, 300.0]))
    assert len(fixed.master.columns) == 0
    planting = 100 * 150 + 100 * 230 + 300 * 260
    sales = 50 * 170 + 60 * 150 + 6000 * 36
    assert npv(fixed) == pytest.approx(sales - planting)


def test_cvar_of_intervals_by_hand():
    """Outcomes 10 and 4 to 6 at even odds: the worst half is between 4 and 6, the worst three
    quarters between 6 and 22/3.
    """
    values, odds = [Interval(10.0, 10.0), Interval(4.0, 6.0)], np.array([0.5, 0.5])
    assert conditional_value_at_risk(values, odds, 0.5) == Interval(4.0, 6.0)
    assert conditional_value_at_risk(values, odds, 0.25) == Interval(6.0, pytest.approx(22 / 3))


def test_one_certain_future_leaves_nothing_to_know():
    found = value_of_information(farmer((1.0,)))
    assert found.perfect_information.high == pytest.approx(0.0, abs=1e-6)
    assert found.stochastic_solution.high == pytest.approx(0.0, abs=1e-6)


def test_a_stop_leaves_bounds_and_no_guesses():
    """Stopped at once: recourse is known; waiting is worth at least that, the mean's plan at most
    that.
    """
    problem = farmer()
    found = value_of_information(problem, plan=solve(problem), stop=lambda: True)
    assert found.recourse.low == pytest.approx(108_390)
    assert found.wait_and_see == Interval(pytest.approx(108_390), np.inf)
    assert found.mean_plan == Interval(-np.inf, pytest.approx(108_390))
    assert found.perfect_information == Interval(0.0, np.inf)
    assert found.stochastic_solution == Interval(0.0, np.inf)
    assert found.mean_orders is None


def test_every_value_is_told_once_it_is_known():
    told = {}
    value_of_information(farmer(), on_value=told.__setitem__)
    assert list(told) == [
        "recourse",
        "branch 1",
        "branch 2",
        "branch 3",
        "expected_value",
        "mean_plan",
    ]


def test_the_farmer_and_the_capacity_tree_are_as_published():
    """The small sibling of `headrace verify --only plan`."""
    rows = [
        row
        for name in ("plan.farmer", "plan.capacity_tree")
        for c in registry.registered(name)
        for row in registry.run(c)
    ]
    assert len(rows) == 11
    assert [row.id for row in rows if row.status != "pass"] == []


STUDY = """
study: lead
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies:
  plant: {capex: 500 USD/kW, lead: 12 months, life: 2 years}
  quick: {capex: 200 USD/kW, variable: 60 USD/MWh, life: 1 years}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {low: {probability: 60 %, value: -90 %/a}, high: {probability: 40 %, value: 300 %/a}}
sites: {here: {build: {plant: plant, quick: quick}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""


def test_a_study_that_must_order_before_it_knows():
    """The plant takes a year: it has to be ordered before the demand is known, so knowing is worth
    something.
    """
    f = solve_text(STUDY).formulation
    found = value_of_information(f.problem, believed=mean_study(f))
    assert found.perfect_information.low > 1e5
    assert found.stochastic_solution.low > 1e3
    assert found.mean_plan.high < found.recourse.low < found.wait_and_see.low


def test_a_mean_plan_that_breaks_a_promise_is_none():
    """All that is asked for in the second year is promised, and only what was ordered before it is
    known can be there: the mean's plan orders for less than the high branch asks.
    """
    text = STUDY.replace("quick: quick", "").replace("price: 100 USD/MWh}}", PROMISED)
    f = solve_text(text).formulation
    found = value_of_information(f.problem, believed=mean_study(f))
    assert "the promise for `power` breaks" in found.breaks
    assert found.mean_plan.high == -np.inf
    assert 0 < found.perfect_information.low < 1e9


PROMISED = "price: 100 USD/MWh, availability: 100 %, served_from: 2}}"
