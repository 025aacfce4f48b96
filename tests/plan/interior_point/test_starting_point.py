"""Where orders, duals and columns begin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import dense_node
from tests.builders.problems import engine, random_problem

from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.master_system import make_orders
from headrace.plan.interior_point.starting_point import (
    TINY,
    fill_missing,
    first_target,
    fix_zeros,
    shrink,
    start_master,
    start_orders,
)
from headrace.plan.interior_point.typical_sizes import typical_sizes


def test_an_order_begins_at_half_of_what_is_used():
    """10 MW are the engine's typical size; 5 are ordered, well inside the box of 100."""
    problem = engine(demand=10.0)
    assert start_orders(problem, [typical_sizes(problem.nodes[0])]).tolist() == [5.0]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_orders_begin_above_zero_inside_their_box_and_rows(seed):
    problem = random_problem(seed)
    known = [typical_sizes(block) for block in problem.nodes]
    m, orders = start_orders(problem, known), make_orders(problem)
    assert (m[orders.nonzero] > 0).all()
    assert (m <= 0.5 * problem.master.upper + 1e-9).all()
    room = orders.rhs - orders.rows @ m[orders.nonzero]
    assert (room >= 0.15 * np.abs(orders.rhs)).all()


def test_shrinking_stops_at_a_fifth_of_the_room():
    """Of a limit of 100 the engine's order of 99 comes down to at most 80."""
    orders = make_orders(engine())
    m = shrink(orders, np.array([99.0]))
    assert 80.0 * 0.9 <= m[0] <= 80.0


def test_duals_of_orders_begin_near_their_costs():
    """Cost 3: at least 0.3 of it; a product of 1 over an order of 0.1 is more, 10."""
    orders = make_orders(engine())
    assert start_master(orders, np.array([5.0]), 1.0, 1.0).orders_dual == pytest.approx([0.9])
    assert start_master(orders, np.array([0.1]), 1.0, 1.0).orders_dual == pytest.approx([10.0])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000))
def test_what_has_to_be_zero_is_held_there(seed):
    dense = dense_node(seed)
    node = dense.node
    node.state.column[:] = 5.0
    fix_zeros(node)
    z = node.state.column.ravel()
    assert (z[~dense.lives] == TINY).all()
    assert (z[dense.lives] == 5.0).all()


def test_missing_values_get_the_mean_of_their_kind():
    dense = next(d for d in map(dense_node, range(50)) if d.lives.all())
    column = dense.node.state.column
    column[:] = 2.0
    column.flat[0], column.flat[1] = np.nan, 0.0
    fill_missing(dense.node)
    assert (column == 2.0).all()


def test_the_first_target_is_a_fifth_of_the_money_a_column_moves():
    """Prices 1 and 5, sizes 10 and 10: a fifth of their mean 30."""
    problem = engine(demand=10.0)
    nodes = make_tree(problem, None).nodes
    assert first_target(nodes, [typical_sizes(problem.nodes[0])]) == pytest.approx(6.0)
    assert first_target([], []) == 1.0
