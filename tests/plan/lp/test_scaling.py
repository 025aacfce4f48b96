"""Money is scaled once: a plan in dollars and in thousands is the same plan."""

import dataclasses

import pytest
from tests.builders.problems import random_problem

from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve.solve import bounded


@pytest.mark.parametrize("seed", range(4))
def test_costs_in_another_money_are_the_same_plan(seed):
    problem = random_problem(seed)
    nodes = tuple(dataclasses.replace(b, weight=b.weight * MONEY) for b in problem.nodes)
    master = dataclasses.replace(problem.master, cost=problem.master.cost * MONEY)
    dollars = dataclasses.replace(
        problem, nodes=nodes, master=master, constant=problem.constant * MONEY
    )
    one, other = highs.solve(problem), highs.solve(dollars)
    value = evaluate(problem, one).value
    assert evaluate(dollars, other).value == pytest.approx(MONEY * value, rel=1e-6, abs=1e-3)


def test_bounds_leave_the_solver_in_dollars():
    problem = random_problem(2)
    plan = bounded(problem, highs.solve(problem))
    assert plan.low == pytest.approx(-MONEY * plan.evaluation.value)
    assert plan.high >= plan.low - 1e-9 * abs(plan.low)
