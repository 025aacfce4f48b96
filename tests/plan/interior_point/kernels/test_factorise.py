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


@pytest.mark.parametrize("seed", range(40))
def test_no_pivot_is_less_than_the_rows_own_slack_over_dual(seed):
    """Rows without room, columns far from theirs: what rows share is 1e16 times what is their own,
    and rounding leaves nothing of it, or less. The store of a random study had pivots of 0.
    """
    dense = dense_node(seed)
    state, pattern, work = dense.node.state, dense.node.pattern, dense.node.work
    rng = np.random.default_rng(seed)
    for name, size in (("row", 1e-8), ("window", 1e-8), ("upper", 1.0)):
        slack, dual = getattr(state, f"{name}_slack"), getattr(state, f"{name}_dual")
        slack[:] = size * rng.uniform(0.5, 2.0, slack.shape)
        dual[:] = 1e-8 / size
    state.column[:], state.column_dual[:] = 1.0, 1e-8
    factorised(plain.passes, dense)
    most = state.row_dual / state.row_slack * (1.0 + 1e-12)
    local = pattern.local
    assert (work.local_inverse > 0).all()
    assert (work.local_inverse <= most[:local]).all()
    for a in range(pattern.rows - local):
        assert (work.time_factor[a, a] > 0).all()
        assert (work.time_factor[a, a] <= most[local + a]).all()
    hours = dense.node.reduced.hours
    for event in np.flatnonzero(hours.event_slot < pattern.windows):
        which = hours.event_of[event]
        inverse = work.event_factor[event, work.front.shape[0]]
        own = state.window_dual[which] / state.window_slack[which]
        assert 0 < inverse <= own * (1 + 1e-12)
    assert np.isfinite(work.schur).all()


def test_without_borders_there_is_no_complement():
    dense = next(d for d in map(dense_node, range(50)) if not d.node.pattern.borders)
    factorised(plain.passes, dense)
    assert dense.node.work.schur.shape == (0, 0)
