"""One gap for every route: its definition, its laws, and plans of value zero that can
still finish.
"""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve as interior
from headrace.plan.lp import highs
from headrace.plan.lp.gap import gross_of, plan_size, relative_gap
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import RiskMeasure
from headrace.plan.solve.branch_and_bound import solve_whole
from headrace.plan.solve.cvar import solve_risk
from headrace.plan.solve.solve import CertifiedPlan, small

MONEY_ = st.floats(-1e9, 1e9)


def of_no_value(problem):
    """The same plan with its best cost moved to zero, so that only the gross is left to compare
    with.
    """
    return dataclasses.replace(problem, constant=problem.constant + small(problem).low / 1e3)


def test_the_gap_by_hand():
    """Bounds -103 and -100 on a plan of cost -100: 3 / 100. With a gross of 60,000 the size is 600:
    3 / 600. With neither value nor gross it is one dollar, 0.001 kUSD: 0.002 / 0.001.
    """
    assert relative_gap(-103.0, -100.0) == pytest.approx(0.03)
    assert relative_gap(-103.0, -100.0, 60_000.0) == pytest.approx(0.005)
    assert relative_gap(-0.002, 0.0) == pytest.approx(2.0)


def test_the_size_of_a_plan_is_its_cost_not_its_bound():
    """A bound of -200 above a plan of cost -100 is a gap of one, not of a half."""
    assert relative_gap(-200.0, -100.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "bounds", [(-np.inf, 1.0), (1.0, np.inf), (np.nan, 1.0), (-np.inf, np.inf)]
)
def test_a_missing_bound_is_an_infinite_gap(bounds):
    assert relative_gap(*bounds) == np.inf


def test_bounds_that_cross_by_rounding_have_no_gap():
    assert relative_gap(1.0 + 1e-12, 1.0) == 0.0


@given(MONEY_, MONEY_, st.floats(0, 1e9), st.floats(0, 1e9))
def test_more_gross_never_widens_a_gap(lower, upper, one, other):
    few, many = sorted((one, other))
    assert relative_gap(lower, upper, many) <= relative_gap(lower, upper, few)


@given(MONEY_, st.floats(0, 1e9))
def test_a_size_is_never_less_than_value_share_of_gross_or_a_dollar(value, gross):
    assert plan_size(value, gross) >= max(abs(value), 0.01 * gross, 1e-3)


def test_a_plan_tells_the_gap_that_its_solver_stopped_at():
    """Low 100 and high 103 million USD, revenue 9 and cost 12 billion: 3 / max(100, 90, 120)."""
    plan = CertifiedPlan(None, None, 100e6, 103e6)
    assert plan.gap(9e9, -12e9) == pytest.approx(3 / 120)


def test_the_gross_is_what_is_paid_or_what_is_earned():
    """Recomputed from the dense costs: positive parts and orders on one side, negative parts on the
    other.
    """
    problem = random_problem(5)
    found = highs.solve(problem)
    paid = float(np.abs(problem.master.cost * found.master).sum())
    earned = 0.0
    for block, node in zip(problem.nodes, found.nodes):
        money = block.cost.hourly(block.profiles) * node.columns * block.weight * block.weights
        paid += float(money[money > 0].sum())
        earned -= float(money[money < 0].sum())
    assert gross_of(problem, found.master, found.nodes) == pytest.approx(max(paid, earned))


def test_fixing_orders_leaves_the_gross_as_it_was():
    """What was paid for held orders still changes hands."""
    from headrace.plan.lp.fix_orders import held

    problem = random_problem(8)
    found = highs.solve(problem)
    rest = held(problem, np.arange(len(found.master)), found.master)
    assert gross_of(rest, np.zeros(0), found.nodes) == pytest.approx(
        gross_of(problem, found.master, found.nodes)
    )


@pytest.mark.parametrize("seed", [2, 8])
def test_the_interior_point_finishes_a_plan_of_no_value(seed):
    plan = interior(of_no_value(random_problem(seed)), SolverOptions(gap=1e-3))
    assert plan.stopped == ""
    assert plan.gap <= 1e-3
    assert plan.solver == "interior"
    assert abs(plan.upper) < 0.01 * plan.gross


@pytest.mark.parametrize("seed", [2, 8])
def test_whole_orders_of_no_value_finish(seed):
    problem = of_no_value(random_problem(seed, units=True))
    plan = solve_whole(problem, SolverOptions(gap=1e-2))
    assert plan.stopped == ""
    assert plan.gap <= 1e-2
    assert relative_gap(plan.lower, plan.upper, plan.gross) == plan.gap


@pytest.mark.parametrize("seed", [2, 8])
def test_a_risk_averse_plan_of_no_value_finishes(seed):
    risk = RiskMeasure(0.5, 0.4)
    problem = of_no_value(dataclasses.replace(random_problem(seed), risk=risk))
    plan = solve_risk(dataclasses.replace(problem, risk=None), risk, SolverOptions(gap=1e-3))
    assert plan.stopped == ""
    assert plan.gap <= 1e-3
