"""Whole units around the interior point: as good as branch and bound on the extensive form."""

import numpy as np
import pytest
from tests.builders.problems import random_problem

from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve.branch_and_bound import solve_whole


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_whole_units_equal_branch_and_bound_on_the_extensive_form(seed):
    problem = random_problem(seed, units=True)
    best = evaluate(problem, highs.solve(problem)).value
    plan = solve_whole(problem, SolverOptions(gap=1e-4))
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-5 * size
    assert plan.upper >= best - 1e-5 * size
    whole = problem.master.unit > 0
    counts = plan.master[whole] / problem.master.unit[whole]
    assert counts == pytest.approx(np.round(counts), abs=1e-6)


@pytest.mark.parametrize("seed", [4, 9])
def test_the_bound_is_below_every_whole_plan(seed):
    """No other whole orders near the best ones can be operated for less than the bound."""
    problem = random_problem(seed, units=True)
    plan = solve_whole(problem, SolverOptions(gap=1e-3))
    rng, whole = np.random.default_rng(seed), problem.master.unit > 0
    for _ in range(5):
        m = np.where(whole, np.round(plan.master / np.where(whole, problem.master.unit, 1.0)), 0.0)
        m = (m + rng.integers(-1, 2, len(m))) * problem.master.unit
        m = np.where(whole, m, plan.master)
        limit = problem.master.matrix @ m <= problem.master.rhs
        if (m < 0).any() or (m > problem.master.upper).any() or not limit.all():
            continue
        cost = evaluate(problem, highs.solve_fixed(problem, m)).value
        assert plan.lower <= cost + 1e-6 * max(1.0, abs(cost))


def test_without_whole_orders_the_interior_point_is_enough():
    plan = solve_whole(random_problem(4), SolverOptions(gap=1e-4))
    assert plan.solver == "interior"


def test_passes_are_bounded_and_counted():
    problem = random_problem(9, units=True)
    plan = solve_whole(problem, SolverOptions(gap=1e-12, integer_passes=2))
    assert plan.iterations <= 2
    assert plan.stopped == "2 passes" or plan.gap <= 1e-12


def test_more_passes_never_lose():
    """Bounds of three passes are no worse than those of one."""
    problem = random_problem(9, units=True)
    one, three = (solve_whole(problem, SolverOptions(gap=1e-12, integer_passes=n)) for n in (1, 3))
    size = max(1.0, abs(one.upper))
    assert three.upper <= one.upper + 1e-7 * size
    assert three.lower >= one.lower - 1e-7 * size
