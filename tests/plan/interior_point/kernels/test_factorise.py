"""The Schur complement on the borders against dense elimination."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.builders.newton import dense_node, factorised
from tests.builders.plain_kernels import plain


def schur(dense):
    """Derivative of the borders' gradient in their moves, by one dense solve for each."""
    still = dense.border_gradient(dense.direction(np.zeros_like(dense.dx))[3])
    moved = [dense.border_gradient(dense.direction(e)[3]) - still for e in np.eye(len(dense.dx))]
    return np.array(moved).reshape(len(moved), len(moved)).T


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
@example(3)  # masked hours behind a border: they once stiffened the master for nothing
@example(53)
def test_the_complement_is_that_of_the_dense_system(seed):
    dense = dense_node(seed)
    factorised(plain.passes, dense)
    assert dense.node.work.schur == pytest.approx(schur(dense), rel=1e-6, abs=1e-7)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5000))
def test_the_complement_is_symmetric_and_positive(seed):
    """It is the curvature of a convex cost in the capacities."""
    dense = dense_node(seed)
    factorised(plain.passes, dense)
    found = dense.node.work.schur
    assert found == pytest.approx(found.T, rel=1e-8, abs=1e-9)
    assert np.linalg.eigvalsh(found).min(initial=0.0) >= -1e-8 * max(
        1.0, np.abs(found).max(initial=0)
    )


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5))
def test_the_size_of_a_chunk_changes_nothing(seed, chunk):
    whole, parts = dense_node(seed), dense_node(seed, chunk=chunk)
    for dense in (whole, parts):
        factorised(plain.passes, dense)
    assert parts.node.work.schur == pytest.approx(whole.node.work.schur, rel=1e-8, abs=1e-9)
    assert parts.node.work.border_rhs == pytest.approx(
        whole.node.work.border_rhs, rel=1e-7, abs=1e-8
    )


def test_without_borders_there_is_no_complement():
    dense = next(d for d in map(dense_node, range(50)) if not d.node.pattern.borders)
    factorised(plain.passes, dense)
    assert dense.node.work.schur.shape == (0, 0)
