"""Which whole orders are tried: planes of a quadratic against looking at every point."""

import itertools

import numpy as np
import pytest
from scipy.sparse import csc_array

from headrace.plan.lp import highs
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
    program = highs.LinearProgram(
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

    found = np.round(rounding._least(program, np.arange(width), bend, centre, SolverOptions()))
    best = min(map(worth, points))
    assert row @ found <= room + 1e-6
    assert worth(found) <= best + 2 * SolverOptions().integer_planes_gap * abs(best)
