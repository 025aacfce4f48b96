"""The repair alone operates a node near what was best before."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.problems import daily_engine, engine

from headrace.plan.interior_point.operate_again import operate_again
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.residuals import node_residuals, operating_cost


def test_less_capacity_serves_less_by_hand():
    """10 MW were burnt and sold in both hours; 4 MW stand now: 4 are burnt and sold."""
    block = engine().nodes[0]
    found = operate_again(block, np.full((2, 2), 10.0), np.array([4.0]), {})
    assert found == pytest.approx(np.full((2, 2), 4.0))


def test_a_must_that_nothing_can_serve_is_told():
    """3 MW have to be given in every hour and 2 MW stand."""
    block = engine(must=3.0, start=2.0).nodes[0]
    assert operate_again(block, np.zeros((2, 2)), np.array([2.0]), {}) is None
    assert operate_again(block, np.zeros((2, 2)), np.array([5.0]), {}) is not None


@pytest.mark.parametrize("seed", range(3))
def test_any_operation_is_brought_inside_and_costs_no_less_than_the_best(seed):
    block = daily_engine(3, seed).nodes[0]
    x = np.array([7.0])
    best, cost = FixedNode(block).solve(x)
    rng = np.random.default_rng(seed)
    known = {}
    for columns in (best.columns, best.columns * rng.uniform(0.5, 2.0, best.columns.shape)):
        found = operate_again(block, columns, x, known)
        assert max(node_residuals(block, found, x)) <= 1e-9
        assert operating_cost(block, found) >= cost - 1e-9
    assert operating_cost(block, operate_again(block, best.columns, x, known)) == pytest.approx(
        cost
    )
    assert len(known) == 1
