"""A tree without values, and the centred point at which it begins."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.objective import Expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_every_value_is_positive_and_every_product_near_its_target(seed):
    """Pairs of one node begin at one product, but for windows that an order gives room."""
    problem = random_problem(seed)
    tree = make_tree(problem, None)
    cold_start(Expected(problem), tree)
    for node in tree.nodes:
        s = node.state
        assert all((values > 0).all() for values in s)
        products = s.row_slack * s.row_dual
        if products.size:
            assert products == pytest.approx(np.full(products.shape, products.flat[0]))
    assert (tree.master.orders > 0).all()
    assert (
        tree.orders.rows @ tree.master.orders <= tree.orders.rhs + tree.master.slack + 1e9
    ).all()


def test_heavier_nodes_aim_at_larger_products():
    problem = random_problem(4)
    light = dataclasses.replace(
        problem,
        nodes=tuple(
            dataclasses.replace(b, weight=4.0 if n == 0 else 1.0)
            for n, b in enumerate(problem.nodes)
        ),
    )
    targets = [node.target for node in make_tree(light, None).nodes]
    assert targets[0] == 1.0
    assert targets[1:] == pytest.approx([0.5] * (len(targets) - 1))


def test_nodes_of_one_structure_share_their_pattern():
    problem = engine()
    twice = dataclasses.replace(problem, nodes=problem.nodes * 2, parent=np.array([-1, 0]))
    one, other = make_tree(twice, None).nodes
    assert one.pattern is other.pattern
    assert one.state.column is not other.state.column


def test_orders_that_cannot_be_placed_reach_no_node():
    """A box of 0: the border reads no order, so that nothing waits for it."""
    (node,) = make_tree(engine(most=0.0), None).nodes
    assert node.block.map.nnz == 0
    assert node.state.column.size == 0


def test_nodes_with_the_same_data_are_taken_over():
    problem = engine()
    first = make_tree(problem, None)
    dearer = dataclasses.replace(
        problem, master=dataclasses.replace(problem.master, cost=np.array([9.0]))
    )
    again = make_tree(dearer, None, tuple(first.nodes))
    assert again.nodes[0].state is first.nodes[0].state
    assert again.orders.cost.tolist() == [9.0]
