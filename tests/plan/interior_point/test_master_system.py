"""The master as the interior point sees it: rows, boxes, and the dense system of the orders."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.problems import engine, random_problem

from headrace.plan.interior_point.master_system import cholesky, make_orders


def test_a_box_that_no_row_implies_is_a_row():
    """The engine's box of 100 and no other row: 1 m <= 100."""
    orders = make_orders(engine())
    assert orders.rows.toarray().tolist() == [[1.0]]
    assert orders.rhs.tolist() == [100.0]
    assert orders.number.tolist() == [0]


def test_a_box_that_a_row_implies_is_none():
    """2 m <= 50 implies m <= 25 < 100: one row, scaled to largest entry 1."""
    problem = engine()
    master = dataclasses.replace(
        problem.master, rows=("land",), matrix=csr_array(np.array([[2.0]])), rhs=np.array([50.0])
    )
    orders = make_orders(dataclasses.replace(problem, master=master))
    assert orders.rows.toarray().tolist() == [[1.0]]
    assert orders.rhs.tolist() == [25.0]
    assert orders.size.tolist() == [2.0]


def test_orders_that_cannot_be_placed_are_not_there():
    orders = make_orders(engine(most=0.0))
    assert len(orders.nonzero) == 0
    assert orders.full(np.zeros(0)).tolist() == [0.0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_borders_moves_and_adjoint_are_the_maps(seed):
    """x = start + map m, dx = map dm, and the adjoint is the transpose of the moves."""
    problem, rng = random_problem(seed), np.random.default_rng(seed)
    orders = make_orders(problem)
    m = rng.uniform(0.0, 2.0, len(orders.cost))
    full = orders.full(m)
    for x, dx, block in zip(orders.borders(m), orders.border_moves(m), problem.nodes):
        assert x == pytest.approx(block.start + block.map @ full)
        assert dx == pytest.approx(block.map @ full)
    gradients = [rng.normal(size=len(block.start)) for block in problem.nodes]
    inner = sum(float(g @ dx) for g, dx in zip(gradients, orders.border_moves(m)))
    assert float(orders.adjoint(gradients) @ m) == pytest.approx(inner)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_dense_system_is_the_sum_over_nodes(seed):
    """H = sum map' S map + diag + rows' D rows."""
    problem, rng = random_problem(seed), np.random.default_rng(seed)
    orders = make_orders(problem)
    schur = []
    for block in problem.nodes:
        root = rng.normal(size=(len(block.start),) * 2)
        schur.append(root @ root.T)
    diagonal = rng.uniform(0.1, 1.0, len(orders.cost))
    weight = rng.uniform(0.1, 1.0, len(orders.rhs))
    wanted = np.diag(diagonal) + orders.rows.T @ np.diag(weight) @ orders.rows.toarray()
    for block, each in zip(problem.nodes, schur):
        part = block.map.toarray()[:, orders.nonzero]
        wanted = wanted + part.T @ each @ part
    found = orders.normal_matrix(schur, diagonal, weight)
    assert found == pytest.approx(wanted)
    rhs = rng.normal(size=len(diagonal))
    assert cholesky(found.copy())(rhs) == pytest.approx(np.linalg.solve(wanted, rhs), rel=1e-6)


@given(st.floats(1e-12, 1e12), st.floats(1e-12, 1e12))
def test_the_factor_does_not_mind_scales(a, b):
    """A matrix whose diagonal spans many orders of magnitude is scaled to one first."""
    found = cholesky(np.diag([a, b]))(np.array([a, 2.0 * b]))
    assert found == pytest.approx([1.0, 2.0])


def test_a_pivot_lost_to_rounding_is_helped_and_an_indefinite_matrix_refused():
    singular = np.ones((2, 2))
    assert np.isfinite(cholesky(singular)(np.ones(2))).all()
    with pytest.raises(FloatingPointError, match="definiteness"):
        cholesky(np.array([[1.0, 5.0], [5.0, 1.0]]))


def test_an_order_whose_curvature_was_lost_stays_and_the_others_move():
    """As where a battery's energy is held at nothing: its power is worth nothing, and rounding of
    1e14 leaves -90 of its curvature.
    """
    matrix = np.array([[4.0, 3.0, 1.0], [3.0, -90.0, 2.0], [1.0, 2.0, 1e14]])
    left = np.ix_([0, 2], [0, 2])
    factor = cholesky(matrix.copy())
    assert factor.factor[0][1, 1] == 1.0  # a pivot of its own: no help that would bend the others
    found = factor(np.array([1.0, 5.0, 2.0]))
    assert found[1] == 0.0
    assert found[[0, 2]] == pytest.approx(np.linalg.solve(matrix[left], [1.0, 2.0]))
