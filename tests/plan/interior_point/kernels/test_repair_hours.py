"""The repair of hours: laws on random nodes, and single stages by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import dense_node
from tests.builders.plain_kernels import plain

from headrace.plan.interior_point.repair import roles

hours_of = plain.repair_hours


def repaired(dense, values):
    """Columns that the plain repair makes of some values at the node's capacities."""
    node = dense.node
    h, k = node.reduced.hours, node.work
    z = np.zeros_like(node.state.column)
    room = (np.zeros_like(k.row_rhs), np.zeros_like(z), z, np.zeros_like(k.window_rhs))
    hours_of.repair(h, roles(node), node.pattern.rows - node.reduced.chains, values, dense.x, room)
    return z


def excess(dense, z):
    """How far rows, bounds and windows are exceeded by columns z."""
    over = dense.matrix @ z.ravel() - dense.rhs - dense.border @ dense.x
    return dense.split(np.where(dense.there, over, -1.0))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_columns_are_inside_their_bounds_and_gone_where_they_do_not_exist(seed):
    dense = dense_node(seed)
    z = repaired(dense, dense.node.state.column)
    assert (z >= 0).all()
    assert excess(dense, z)[1].max(initial=0.0) <= 1e-9
    assert not z.ravel()[~dense.lives].any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_nothing_at_all_stays_nothing_where_it_is_allowed(seed):
    """Zero columns keep every limit with a right side of zero or more: they are left as
    they are.
    """
    dense = dense_node(seed)
    rows, _, windows = dense.split(dense.rhs + dense.border @ dense.x)
    if rows.min(initial=0.0) < 0 or windows.min(initial=0.0) < 0:
        return
    z = repaired(dense, np.zeros_like(dense.node.state.column))
    over = [part.max(initial=0.0) for part in excess(dense, z)]
    assert max(over) <= 1e-9


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_repairing_what_was_repaired_changes_little(seed):
    """A point that keeps every limit is its own repair, up to levels that may rise."""
    dense = dense_node(seed)
    once = repaired(dense, dense.node.state.column)
    if max(part.max(initial=0.0) for part in excess(dense, once)) > 1e-9:
        return
    twice = repaired(dense, once)
    assert max(part.max(initial=0.0) for part in excess(dense, twice)) <= 1e-8


@pytest.mark.parametrize("seed", range(6))
def test_windows_that_shrink_are_kept_whatever_they_held(seed):
    """Windows without negative entries and without chains are full to their limit at most."""
    dense = dense_node(seed)
    h = dense.node.reduced.hours
    if h.carried.size or (h.in_window.scale < 0).any():
        return
    z = repaired(dense, 10.0 * dense.node.state.column)
    _, _, windows = excess(dense, z)
    assert windows.max(initial=0.0) <= 1e-9


def test_relieving_columns_rise_before_loading_ones_fall():
    """Demand 5 against generation 2 of at most 4: generation rises to 4, the demand falls to 4."""

    class Hours:
        profiles = np.ones((1, 1))

        class in_hour:  # noqa: N801
            ptr = np.array([0, 1, 2])
            to = np.array([0, 0])
            scale = np.array([-1.0, 1.0])
            profile = np.array([0, 0])

    class Role:
        relieving_ptr, relieving, relieving_entry = np.array([0, 1]), np.array([0]), np.array([0])
        loading_ptr, loading, loading_entry = np.array([0, 1]), np.array([1]), np.array([1])

    z, upper = np.array([[2.0], [5.0]]), np.array([[4.0], [9.0]])
    over = np.array([[3.0]])
    hours_of._repair_row(Hours, Role, 0, 0, over, (z, upper))
    assert z.ravel() == pytest.approx([4.0, 4.0])
    assert over == pytest.approx(0.0)


def test_a_relieving_column_stops_where_another_row_is_full():
    """It may rise by 3 for this row, by 1 until the fuel row, which it loads by 2, is full."""

    class Hours:
        profiles = np.ones((1, 1))

        class in_hour:  # noqa: N801
            ptr = np.array([0, 2])
            to = np.array([0, 1])
            scale = np.array([-1.0, 2.0])
            profile = np.array([0, 0])

    class Role:
        relieving_ptr, relieving, relieving_entry = np.array([0, 1]), np.array([0]), np.array([0])

    z, over = np.array([[0.0]]), np.array([[3.0], [-2.0]])
    hours_of._raise_relieving(Hours, Role, 0, 0, over, (z, np.array([[9.0]])))
    assert z == pytest.approx(1.0)
    assert over.ravel() == pytest.approx([2.0, 0.0])


def test_shares_of_windows_by_hand():
    """Windows of 10 and 4, the second with 0.5 per unit of a border of which 6 stand: 4 + 3 = 7.
    Held 20 and 7: the first may keep a half, the second all.
    """

    class Hours:
        window_rhs = np.array([10.0, 4.0])

        class window_border:  # noqa: N801
            ptr = np.array([0, 0, 1])
            to = np.array([0])
            scale = np.array([0.5])

    used = np.array([20.0, 7.0])
    hours_of._shares(Hours, np.array([6.0]), used)
    assert used == pytest.approx([0.5, 1.0])
