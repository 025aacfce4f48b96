"""Whole passes: the compiled kernels do what the same sources do as plain Python, chunk
by chunk.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import NO_STEP, affine, arrays, combined, dense_node, factorised
from tests.builders.plain_kernels import plain

from headrace.plan.interior_point.kernels import entry

CENTRING = (0.3, 0.8)


@pytest.mark.parametrize("seed", [0, 7, 19, 33])
def test_compiled_and_plain_kernels_agree(seed):
    """One iteration of either: every array of the room and of the iterate."""
    one, other = dense_node(seed), dense_node(seed)
    for passes, dense in ((entry, one), (plain.passes, other)):
        combined(passes, dense, CENTRING, 0.5 * dense.dx)
        moves = (dense.x, 0.5 * dense.dx, dense.dx, dense.dx)
        passes.advance(2, *arrays(dense), CENTRING, moves, (0.3, 0.2, 0.3, 1e-3))
    for a, b in zip(one.node.state, other.node.state):
        assert a == pytest.approx(b, rel=1e-7, abs=1e-9)
    work = one.node.work._asdict()
    for name in ("schur", "border_rhs", "combined_column", "primal_decrease", "statistics"):
        again = getattr(other.node.work, name)
        assert work[name] == pytest.approx(again, rel=1e-7, abs=1e-8), name


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5000), st.integers(1, 4))
def test_passes_in_small_chunks_are_those_in_one(seed, chunk):
    """The ratio test, the directions and the step do not know how the hours were cut."""
    whole, parts = dense_node(seed), dense_node(seed, chunk=chunk)
    for dense in (whole, parts):
        combined(plain.passes, dense, CENTRING, 0.5 * dense.dx)
        moves = (dense.x, 0.5 * dense.dx, dense.dx, dense.dx)
        plain.passes.advance(2, *arrays(dense), CENTRING, moves, (0.2, 0.2, 0.3, 0.0))
    for a, b in zip(parts.node.state, whole.node.state):
        assert a == pytest.approx(b, rel=1e-6, abs=1e-8)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5000))
def test_predicting_again_restores_the_right_hand_sides(seed):
    """After something else has used the room, PREDICT makes them anew and leaves the factor."""
    dense = dense_node(seed)
    factorised(plain.passes, dense)
    work = dense.node.work
    kept = [values.copy() for values in (work.row_rhs, work.window_rhs, work.border_rhs)]
    for values in (work.row_rhs, work.window_rhs, work.border_rhs, work.column_rhs):
        values[:] = 9.0
    plain.passes.assemble(1, *arrays(dense), dense.x, dense.x, (0.0, 1.0))
    for values, wanted in zip((work.row_rhs, work.window_rhs, work.border_rhs), kept):
        assert values == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 5000))
def test_full_newton_steps_leave_no_residual(seed):
    """A Newton step of length one along the affine direction makes every linear equation exact."""
    dense = dense_node(seed)
    affine(plain.passes, dense)
    dz, dv, dslack, dy = dense.direction(dense.dx)
    z, v, slack, dual = (a + b for a, b in zip(dense.values, (dz, dv, dslack, dy)))
    r, k = dense.there, dense.lives
    primal = dense.matrix[np.ix_(r, k)] @ z[k] + slack[r]
    assert primal == pytest.approx(
        (dense.rhs + dense.border @ (dense.x + dense.dx))[r], rel=1e-7, abs=1e-7
    )
    left = dense.cost + dense.matrix[r].T @ dual[r] - v
    assert np.abs(left[k]).max(initial=0.0) <= 1e-7
    work, lives = dense.node.work, dense.lives.reshape(dense.node.state.column.shape)
    found = np.where(lives, dense.node.state.column + work.affine_column, 0.0)
    assert found.ravel()[k] == pytest.approx(z[k], rel=1e-6, abs=1e-7)


def test_no_step_moves_nothing():
    dense = dense_node(4)
    affine(plain.passes, dense)
    before = [values.copy() for values in dense.node.state]
    moves = (dense.x, dense.dx, dense.dx, dense.dx)
    plain.passes.advance(0, *arrays(dense), (0.0, 1.0), moves, NO_STEP)
    assert all(np.array_equal(a, b) for a, b in zip(dense.node.state, before))
