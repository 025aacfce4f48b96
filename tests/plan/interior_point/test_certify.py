"""Bounds of an iterate: valid from the first one on, and only ever better."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.interior_point import certify as certify_
from headrace.plan.interior_point.certify import Best, certify, judged
from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.objective import Expected
from headrace.plan.interior_point.predictor_corrector import iterate
from headrace.plan.interior_point.repair import eased_orders
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.problem import Solution
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5000))
def test_bounds_hold_from_the_first_iterate_on_and_only_improve(seed):
    problem = random_problem(seed)
    value = evaluate(problem, highs.solve(problem)).value
    size = max(1.0, abs(value))
    measure, tree, best = Expected(problem), make_tree(problem, None), Best()
    if tree.targets == 0:
        return
    cold_start(measure, tree)
    lower, upper = -np.inf, np.inf
    for _ in range(8):
        iterate(tree)
        certify(measure, tree, best, exact=True)
        assert best.lower <= value + 1e-7 * size
        assert best.upper >= value - 1e-7 * size
        assert best.lower >= lower
        assert best.upper <= upper
        lower, upper = best.lower, best.upper


@pytest.mark.parametrize("seed", [2, 5, 8])
def test_the_plan_of_the_upper_bound_costs_it_and_keeps_every_limit(seed):
    problem = random_problem(seed)
    measure, tree, best = Expected(problem), make_tree(problem, None), Best()
    cold_start(measure, tree)
    for _ in range(10):
        iterate(tree)
    certify(measure, tree, best, exact=True)
    found = evaluate(problem, Solution(best.master, best.nodes, 0.0, 0, ""))
    assert found.value == pytest.approx(best.upper, rel=1e-9, abs=1e-9)
    assert found.residuals.largest <= 1e-8
    assert best.gross >= abs(best.upper - problem.constant) * (1 - 1e-9)


def test_without_bounds_the_gap_is_infinite():
    assert Best().gap == np.inf
    assert Best(lower=0.0).gap == np.inf


def test_the_pool_keeps_the_last_iterates_only():
    problem = random_problem(2)
    measure, tree, best = Expected(problem), make_tree(problem, None), Best()
    cold_start(measure, tree)
    for _ in range(tree.options.bounds_pool + 3):
        iterate(tree)
        certify(measure, tree, best)
    assert len(best.pool) == tree.options.bounds_pool


def test_windows_that_only_measure_are_left_out():
    problem = random_problem(
        next(s for s in range(50) if len(random_problem(s).nodes[0].window_rhs))
    )
    node = highs.solve(problem).nodes[0]
    more = dataclasses.replace(node, windows=(*node.windows, np.ones(1)))
    assert len(judged(problem.nodes[0], more).windows) == len(node.windows)


SOLD = """\
study: sold
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [5000 h, 3760 h]}}
sites: {here: {grid: {limit: 12 MW, stands: 8 MW, queue: 12 months, price: 100 USD/kW,
  energy: 5 USD/MWh}}}
products:
  power:
    kind: electricity
    site: here
    refund: 3 USD/MWh
    offers:
      plan: {kind: tier, users: 7300 user, use: 1 MWh/user-month, price: 40 USD/user-month,
        churn: {rate: 3 %}, joins: 150 user/month, unserved_churn: 50 %, elasticity: 1.5, most: 1}
"""


def first_plan(problem, iterations=12):
    """The first iteration after which a plan is there without HiGHS, and the bounds at the end."""
    measure, tree, best = Expected(problem), make_tree(problem, None), Best()
    cold_start(measure, tree)
    first = None
    for number in range(iterations):
        iterate(tree)
        certify(measure, tree, best)
        first = number if first is None and np.isfinite(best.upper) else first
    return first, best


def test_who_owes_work_owes_a_little_less_where_the_hours_miss_a_little(monkeypatch):
    """What is sold owes its work: where the repaired hours miss it by less than a thousandth, a
    little less is sold, and a plan is there iterations earlier.
    """
    problem = formulate(expand(study_of(parse_text(SOLD)))).problem
    eased = eased_orders(problem, np.ones(len(problem.master.cost)), 0.25)
    sold = np.array(["sold" in name for name in problem.master.columns])
    assert eased.tolist() == np.where(sold, 0.75, 1.0).tolist()
    assert 0 < sold.sum() < len(sold)
    early, best = first_plan(problem)
    found = evaluate(problem, Solution(best.master, best.nodes, 0.0, 0, ""))
    assert found.residuals.largest <= 1e-8
    assert found.value == pytest.approx(best.upper, rel=1e-9)
    monkeypatch.setattr(certify_, "LITTLE", 0.0)
    late, _ = first_plan(problem)
    assert early < late
