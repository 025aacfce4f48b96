"""Blocks in, a certified plan out: which method, what is certified, what is finished."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import daily_engine, engine, random_problem

from headrace.plan.interior_point import SolverProgress
from headrace.plan.interior_point.driver import STOPPED
from headrace.plan.interior_point.driver import solve as interior
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve import solve as solving
from headrace.plan.solve.solve import (
    bounded,
    by_highs,
    columns,
    finished,
    nothing,
    solve,
    told,
    without,
)


def test_columns_are_counted_by_hour():
    assert columns(engine()) == 4
    assert columns(daily_engine(10)) == 480


def test_the_method_is_chosen_by_size():
    problem = engine()
    assert by_highs(problem, SolverOptions())
    assert not by_highs(problem, SolverOptions(highs_columns=3))
    assert by_highs(problem, SolverOptions(method="highs", highs_columns=3))
    assert not by_highs(problem, SolverOptions(method="interior"))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3000))
def test_low_is_the_plan_s_value_and_high_no_plan_s(seed):
    """Both in dollars of the objective that is maximised."""
    problem = random_problem(seed)
    plan = solve(problem)
    best = evaluate(problem, highs.solve(problem)).value
    assert plan.low == pytest.approx(-MONEY * plan.evaluation.value)
    slack = 1e-5 * max(1.0, abs(best)) * MONEY
    assert plan.low <= -MONEY * best + slack <= plan.high + 2 * slack


@pytest.mark.parametrize("seed", [3, 8])
def test_both_methods_bracket_each_other(seed):
    problem = random_problem(seed)
    one = solve(problem, SolverOptions(method="highs"))
    other = solve(problem, SolverOptions(method="interior", gap=1e-6))
    slack = 1e-6 * abs(one.low)
    assert one.low <= other.high + slack
    assert other.low <= one.high + slack
    assert one.finished
    assert other.finished


def test_the_plan_that_does_nothing_is_there_and_bounded():
    problem = engine(start=3.0)
    plan = bounded(problem, nothing(problem))
    assert plan.low == 0.0
    assert plan.high >= 80_000.0 - 1.0
    assert plan.evaluation.residuals.largest == 0.0


def test_without_an_order_its_box_is_empty_and_nothing_else_is_touched():
    problem = random_problem(4)
    missing = without(problem, 1)
    assert missing.master.upper[1] == 0.0
    rest = np.arange(len(problem.master.upper)) != 1
    assert np.array_equal(missing.master.upper[rest], problem.master.upper[rest])
    assert problem.master.upper[1] > 0


def test_a_watcher_of_costs_is_told_values_in_dollars():
    """Costs between 2 and 5 thousand are values between -5,000 and -2,000, counted on
    from run 1.
    """
    heard = []
    told(lambda *each: heard.append(each), before=7)(SolverProgress(3, 1.0, 2.0, 5.0, 0.1, 0.1))
    assert heard == [(10, -5000.0, -2000.0)]
    told(None)(SolverProgress(3, 1.0, 2.0, 5.0, 0.1, 0.1))


def test_a_run_is_finished_at_its_gap_or_by_itself_near_it():
    plan = interior(random_problem(8), SolverOptions(gap=1e-4))
    assert finished(plan, 0.0)
    missed = dataclasses.replace(plan, stopped="200 iterations", gap=5e-4)
    assert finished(missed, 1e-3)
    assert not finished(missed, 1e-4)
    assert not finished(dataclasses.replace(missed, stopped=STOPPED), 1e-3)


def test_time_is_a_stop_and_a_stop_is_one_too(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(solving.time, "monotonic", lambda: now[0])
    assert solving.limited_stop(None, np.inf) is None
    asked = [False]
    limited = solving.limited_stop(lambda: asked[0], 5.0)
    assert not limited()
    now[0] = 5.1
    assert limited()
    now[0], asked[0] = 1.0, True
    assert limited()


def test_a_plan_nearby_is_where_the_search_starts():
    problem = random_problem(8)
    dearer = dataclasses.replace(
        problem, master=dataclasses.replace(problem.master, cost=1.02 * problem.master.cost)
    )
    options = SolverOptions(method="interior", gap=1e-5)
    near = solve(problem, options)
    warm, cold = solve(dearer, options, near=near), solve(dearer, options)
    slack = 1e-5 * abs(cold.low)
    assert warm.low <= cold.high + slack
    assert cold.low <= warm.high + slack
    assert near.solution.memory is not None
