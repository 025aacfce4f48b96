"""Which whole orders are tried: planes of a quadratic against looking at every point."""

import itertools

import numpy as np
import pytest
from scipy.sparse import csc_array
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.driver import WarmStartPolicy
from headrace.plan.lp import linear_program
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve import rounding


@pytest.mark.parametrize("seed", range(8))
def test_planes_find_the_best_whole_point_of_a_quadratic(seed):
    """Two to five counts between 0 and 3 under one row: as good as the best of all of them, each
    looked at.
    """
    random = np.random.default_rng(seed)
    width = int(random.integers(2, 6))
    root, centre = random.normal(size=(width, width)), random.uniform(0.0, 3.0, width)
    bend, cost, row = root @ root.T, random.normal(size=width), random.uniform(0.5, 2.0, width)
    room = float(row @ centre)
    program = linear_program.LinearProgram(
        matrix=csc_array(row[None]), cost=cost, lower=np.zeros(width), upper=np.full(width, 3.0),
        row_lower=np.array([-np.inf]), row_upper=np.array([room]), integer=np.arange(width),
    )  # fmt: skip
    points = [
        np.array(p, dtype=float)
        for p in itertools.product(range(4), repeat=width)
        if row @ np.array(p) <= room + 1e-9
    ]

    def worth(point):
        return cost @ point + 0.5 * (point - centre) @ bend @ (point - centre)

    found = np.round(
        rounding.quadratic_optimum(program, np.arange(width), bend, centre, SolverOptions())
    )
    best = min(map(worth, points))
    assert row @ found <= room + 1e-6
    assert worth(found) <= best + 2 * SolverOptions().integer_planes_gap * abs(best)


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_first_orders_stand_beside_the_relaxed_ones(seed):
    """Each whole order is the relaxed count rounded down or up, the rest inside its box."""
    problem = random_problem(seed, units=True)
    plain = solve(problem, SolverOptions(gap=1e-4), series=WarmStartPolicy(keep="orders"))
    m = rounding.first(problem, plain, SolverOptions())
    whole = problem.master.unit > 0
    counts, relaxed = (x[whole] / problem.master.unit[whole] for x in (m, plain.master))
    assert counts == pytest.approx(np.round(counts), abs=1e-9)
    assert (np.abs(counts - relaxed) <= 1 + 1e-6).all()
    assert (m <= problem.master.upper + 1e-9).all()


def test_without_curvature_there_is_no_first_guess():
    problem = random_problem(4, units=True)
    plain = solve(problem, SolverOptions(gap=1e-4))
    assert rounding.first(problem, plain, SolverOptions()) is None


def test_what_was_tried_is_not_tried_again_while_anything_else_is_left():
    problem = random_problem(4, units=True)
    plain = solve(problem, SolverOptions(gap=1e-4))
    tried: set[bytes] = set()
    whole = problem.master.unit > 0
    seen = []
    for _ in range(3):
        m = rounding.following(problem, list(plain.pool), plain.master, tried, 1)
        seen.append(m[whole].tobytes())
    assert len(tried) == len(set(seen))


def test_curvature_of_some_orders_when_others_follow():
    """[[2, 1], [1, 1]] in the first order when the second follows: 2 - 1 * 1 / 1 = 1."""
    found = rounding.reduced_curvature(np.array([[2.0, 1.0], [1.0, 1.0]]), np.array([0]))
    assert found == pytest.approx(np.ones((1, 1)))
