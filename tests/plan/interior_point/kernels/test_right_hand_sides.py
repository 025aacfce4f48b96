"""Scaling, residuals and right-hand sides against their formulas in numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import arrays, bounded_second_order, combined, dense_node, factorised
from tests.builders.plain_kernels import plain

from headrace.plan.interior_point.kernels.layout import StepStatistics


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_theta_is_the_scaling_of_every_column(seed):
    """1 / (v/z + w/t) where the column exists; what a cyclic variable would have is kept apart."""
    dense = dense_node(seed)
    h, _, s, work = arrays(dense)
    hours = s.column.shape[1]
    plain.right_hand_sides.scaling_matrix(h, s, work, 0, hours)
    wanted = s.column_dual / s.column
    for j in np.flatnonzero(h.upper_at >= 0):
        wanted[j] += s.upper_dual[h.upper_at[j]] / s.upper_slack[h.upper_at[j]]
    wanted = np.where(dense.lives.reshape(s.column.shape), 1.0 / wanted, 0.0)
    at = np.ix_(h.carried, h.first_hours)
    assert work.cyclic_theta == pytest.approx(wanted[at])
    wanted[at] = 0.0
    assert work.theta[:, :hours] == pytest.approx(wanted)


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_the_first_pass_returns_the_sum_of_all_products(seed):
    dense = dense_node(seed)
    z, v, slack, dual = dense.values
    assert factorised(plain.passes, dense) == pytest.approx(float(z @ v + slack @ dual))


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 5000))
def test_statistics_are_cost_turnover_and_residuals(seed):
    """With one chunk of hours the turnover is the sum of every column's absolute cost."""
    dense = dense_node(seed)
    factorised(plain.passes, dense)
    told = StepStatistics(*dense.node.work.statistics)
    z, v, slack, dual = dense.values
    shape = dense.node.state.column.shape
    money = (dense.cost * z).reshape(shape)
    assert told.cost == pytest.approx(money.sum(), abs=1e-9)
    assert told.turnover == pytest.approx(np.abs(money.sum(axis=1)).sum())
    there = dense.there
    far = np.abs(v - dense.cost - dense.matrix[there].T @ dual[there])[dense.lives]
    assert told.dual_residual == pytest.approx(far.max(initial=0.0))
    limit = dense.rhs + dense.border @ dense.x
    _, wide, _ = dense.split(np.where(there, limit - dense.matrix @ z - slack, 0.0))
    assert told.bound_residual == pytest.approx(np.abs(wide).max(initial=0.0))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000), st.floats(0.01, 2.0), st.floats(0.05, 5.0))
def test_the_corrector_aims_at_the_target_with_bounded_second_order_terms(seed, target, bound):
    """The combined direction is that of the dense system whose products go to the target, less the
    affine direction's second-order terms, each kept within the bound.
    """
    dense = dense_node(seed)
    dx = 0.7 * dense.dx + 0.1
    combined(plain.passes, dense, (target, bound), dx)
    second = bounded_second_order(dense, bound)
    dz, _, _, dy = dense.direction(dx, target, second)
    work, lives = dense.node.work, dense.lives.reshape(dense.node.state.column.shape)
    rows, _, windows = dense.split(dy)
    found = np.where(lives, work.combined_column, 0.0)
    assert found == pytest.approx(dz.reshape(lives.shape), rel=1e-5, abs=1e-6)
    assert work.combined_row_dual == pytest.approx(rows, rel=1e-5, abs=1e-6)
    assert work.combined_window_dual == pytest.approx(windows, rel=1e-5, abs=1e-6)


def test_the_second_order_term_by_hand():
    """x = 2, y = 3, dx = 1: dy = -y - y dx / x = -4.5, dx dy = -4.5. Target 0.5 with a bound of 3:
    (0.5 + 3) / 2; with a bound of 9: (0.5 + 4.5) / 2.
    """
    out = np.zeros(1)
    for bound, wanted in ((3.0, 1.75), (9.0, 2.5)):
        plain.right_hand_sides._second_order(
            np.array([2.0]), np.array([3.0]), np.array([1.0]), (0.5, bound), out
        )
        assert out == pytest.approx([wanted])
