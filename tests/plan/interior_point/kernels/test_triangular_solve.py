"""Forward and backward substitution: the duals of rows and windows of the dense solve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import affine, dense_node, factorised
from tests.builders.plain_kernels import plain


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_row_and_window_duals_are_those_of_the_dense_solve(seed):
    dense = dense_node(seed)
    affine(plain.passes, dense)
    rows, _, windows = dense.split(dense.direction(dense.dx)[3])
    work = dense.node.work
    assert work.affine_row_dual == pytest.approx(rows, rel=1e-6, abs=1e-7)
    assert work.affine_window_dual == pytest.approx(windows, rel=1e-6, abs=1e-7)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_the_forward_solve_leaves_the_gradient_of_the_borders(seed):
    """-B'(y + dy) at borders that do not move."""
    dense = dense_node(seed)
    factorised(plain.passes, dense)
    wanted = dense.border_gradient(dense.direction(np.zeros_like(dense.dx))[3])
    assert dense.node.work.border_rhs == pytest.approx(wanted, rel=1e-6, abs=1e-7)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5000), st.integers(1, 5))
def test_chunks_solve_the_same(seed, chunk):
    whole, parts = dense_node(seed), dense_node(seed, chunk=chunk)
    for dense in (whole, parts):
        affine(plain.passes, dense)
    assert parts.node.work.affine_row_dual == pytest.approx(
        whole.node.work.affine_row_dual, rel=1e-7, abs=1e-8
    )
    assert parts.node.work.affine_column == pytest.approx(
        whole.node.work.affine_column, rel=1e-7, abs=1e-8
    )
