"""The four kinds of large plans: mean or CVaR, with or without whole orders."""

import dataclasses

import numpy as np
import pytest
from tests.builders.problems import random_problem
from tests.builders.trees import random_tree

from headrace.core.errors import StoppedEarly
from headrace.plan.lp import highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import RiskMeasure
from headrace.plan.lp.residuals import operating_cost
from headrace.plan.lp.risk_measure import value
from headrace.plan.solve.small import exact
from headrace.plan.solve.strategy import SolveRequest, large

RISK = RiskMeasure(0.5, 0.5)


@pytest.mark.parametrize("risk", [None, RISK], ids=["mean", "cvar"])
@pytest.mark.parametrize("units", [False, True], ids=["any", "whole"])
@pytest.mark.parametrize("seed", [4, 9])
def test_every_kind_agrees_with_highs_on_the_extensive_form(risk, units, seed):
    problem = dataclasses.replace(random_problem(seed, units=units), risk=risk)
    best = exact(problem)
    cost = value(problem, best.solution)
    size = max(1.0, abs(cost))
    found = large(problem, SolveRequest(SolverOptions(gap=1e-4)))
    assert found.lower <= cost + 1e-4 * size
    assert found.upper >= cost - 1e-4 * size
    assert found.upper == pytest.approx(value(problem, found), rel=1e-6, abs=1e-6)
    if units:
        whole = problem.master.unit > 0
        counts = found.master[whole] / problem.master.unit[whole]
        assert counts == pytest.approx(np.round(counts), abs=1e-6)


def test_whole_orders_are_not_sought_closer_than_the_search_can():
    """Asked for 1e-9, the search ends at its own finest gap."""
    problem = random_problem(4, units=True)
    options = SolverOptions(gap=1e-9, integer_gap=2e-2)
    found = large(problem, SolveRequest(options))
    assert found.gap <= 2e-2 or found.stopped


def test_a_stop_before_any_whole_plan_is_none():
    problem = random_problem(4, units=True)
    with pytest.raises(StoppedEarly):
        large(problem, SolveRequest(SolverOptions(), stop=lambda: True))


@pytest.mark.parametrize("risk", [None, RISK], ids=["mean", "cvar"])
def test_of_a_relaxed_plan_only_the_bound_is_heard(risk):
    """Its cost is no plan's: whoever watches hears no upper bound before whole orders are there."""
    problem = dataclasses.replace(random_problem(9, units=True), risk=risk)
    heard = []
    request = SolveRequest(SolverOptions(gap=1e-3), progress=heard.append)
    found = large(problem, request)
    finite = [each for each in heard if np.isfinite(each.upper)]
    assert heard
    for each in finite:
        assert each.upper >= found.lower - 1e-6 * max(1.0, abs(found.lower))
    for each in heard:
        assert each.lower <= found.upper + 1e-6 * max(1.0, abs(found.upper))


def test_nodes_that_the_tail_leaves_without_weight_are_operated_at_their_best():
    """With CVaR alone the plan's other branches cost no more than their own best operation."""
    problem = dataclasses.replace(random_tree(7), risk=RiskMeasure(0.5, 1.0))
    found = large(problem, SolveRequest(SolverOptions(gap=1e-5)))
    best = highs.solve_fixed(problem, found.master)
    for block, node, other in zip(problem.nodes, found.nodes, best.nodes):
        cost, least = operating_cost(block, node.columns), operating_cost(block, other.columns)
        assert cost <= least + 2e-2 * max(1.0, abs(least))


def test_a_request_within_another_gap_is_the_same_otherwise():
    request = SolveRequest(SolverOptions(threads=3), keep="numbers")
    tighter = request.within(1e-7)
    assert (tighter.gap, tighter.options.threads, tighter.keep) == (1e-7, 3, "numbers")
    assert not request.over
    assert SolveRequest(stop=lambda: True).over
