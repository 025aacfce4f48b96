"""What a solver is given, told before it starts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.problems import engine, random_problem

from headrace.plan.lp.extensive_form import extensive
from headrace.plan.lp.problem import Values
from headrace.plan.lp.statistics import WIDE, statistics


def test_counts_and_ranges_by_hand():
    """Two columns and one row in two hours; costs 1, 5 and 3; the limits are 10 of demand and 100
    of orders.
    """
    found = statistics(engine())
    assert (found.nodes, found.columns, found.rows, found.entries, found.orders, found.limits) == (
        1,
        4,
        2,
        4,
        1,
        0,
    )
    ranges = {each.family: each for each in found.ranges}
    assert (ranges["costs"].least.size, ranges["costs"].most.size) == (1.0, 5.0)
    assert (ranges["limits"].least.size, ranges["limits"].most.size) == (10.0, 100.0)
    assert "order engine" in ranges["limits"].most.where
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("factor", "warned"), [(0.9 * WIDE / 5, False), (1.1 * WIDE / 5, True), (1e12, True)]
)
def test_the_two_extremes_are_named_from_a_billion_on(factor, warned):
    problem = engine()
    block = problem.nodes[0]
    wide = replace(
        block, cost=Values(block.cost.scale * np.array([1.0, factor]), block.cost.profile)
    )
    found = statistics(replace(problem, nodes=(wide,))).warnings
    assert bool(found) == warned
    if warned:
        assert "burn" in found[0]
        assert "serve" in found[0]


def test_zeros_and_absent_limits_are_no_extremes():
    found = statistics(engine(demand=0.0, most=np.inf))
    assert all(each.family != "limits" for each in found.ranges)


@pytest.mark.parametrize("seed", range(20))
def test_no_entry_of_the_whole_matrix_is_larger_than_told(seed):
    problem = random_problem(seed)
    told = next(each for each in statistics(problem).ranges if each.family == "coefficients")
    assert told.most.size <= np.abs(extensive(problem).matrix.data).max() * (1 + 1e-12)
