"""Columns of the direction, and relative moves of every pair, against the dense solve."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import affine, arrays, bounded_second_order, combined, dense_node
from tests.builders.plain_kernels import plain

directions = plain.directions


def parts(dense, solved):
    """(dz, dv) by column and hour, and (dt, dw), (ds, dy) by bound and row, of a dense
    direction.
    """
    dz, dv, dslack, dy = solved
    shape = dense.node.state.column.shape
    rows, bounds, _ = zip(dense.split(dslack), dense.split(dy))
    return (dz.reshape(shape), dv.reshape(shape)), bounds, rows


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_columns_of_the_affine_direction_are_those_of_the_dense_solve(seed):
    dense = dense_node(seed)
    affine(plain.passes, dense)
    lives = dense.lives.reshape(dense.node.state.column.shape)
    wanted = dense.direction(dense.dx)[0].reshape(lives.shape)
    found = np.where(lives, dense.node.work.affine_column, 0.0)
    assert found == pytest.approx(wanted, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("centring", [None, (0.3, 0.8)])
@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5000))
def test_relative_moves_are_the_direction_over_the_values(centring, seed):
    """dz/z, dv/v, dt/t, dw/w of every column that exists; of either direction."""
    dense = dense_node(seed)
    h, _, s, work = arrays(dense)
    hours = s.column.shape[1]
    if centring is None:
        affine(plain.passes, dense)
        dx, told, column = dense.dx, (0.0, 1.0), work.affine_column
        solved = dense.direction(dx)
    else:
        dx, told = 0.5 * dense.dx, centring
        combined(plain.passes, dense, centring, dx)
        column = work.combined_column
        solved = dense.direction(dx, centring[0], bounded_second_order(dense, centring[1]))
    (dz, dv), (dt, dw), _ = parts(dense, solved)
    lives = dense.lives.reshape(s.column.shape)
    out = tuple(np.zeros(hours) for _ in range(4))
    for j in range(len(s.column)):
        moves = (dense.x, dx, dense.dx, column)
        directions.relative_moves(h, s, work, told, (j, 0), moves, out)
        there, u = lives[j], h.upper_at[j]
        pairs = [(out[0], dz[j] / s.column[j]), (out[1], dv[j] / s.column_dual[j])]
        if u >= 0:
            pairs += [(out[2], dt[u] / s.upper_slack[u]), (out[3], dw[u] / s.upper_dual[u])]
        for found, wanted in pairs:
            assert found[there] == pytest.approx(wanted[there], rel=1e-5, abs=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 5000))
def test_relative_moves_of_rows_are_turned_round(seed):
    """Of a row the dual is solved for; the slack follows from the complementarity."""
    dense = dense_node(seed)
    affine(plain.passes, dense)
    s, work = dense.node.state, dense.node.work
    _, _, (ds, dy) = parts(dense, dense.direction(dense.dx))
    out, room = (np.zeros(s.row_slack.shape[1]), np.zeros(s.row_slack.shape[1])), np.zeros(99)
    for r in range(len(s.row_slack)):
        pair, moves = (s.row_slack[r], s.row_dual[r]), (work.affine_row_dual[r],) * 2
        directions.relative_moves_of_row(pair, moves, (0.0, 1.0), out, room)
        assert out[0] == pytest.approx(ds[r] / s.row_slack[r], rel=1e-5, abs=1e-6)
        assert out[1] == pytest.approx(dy[r] / s.row_dual[r], rel=1e-5, abs=1e-6)


def test_a_pair_whose_product_goes_to_zero_by_hand():
    """x = 4, dx = -1: x moves by -1/4, y by -1 + 1/4."""
    out = (np.zeros(1), np.zeros(1))
    directions._affine_moves(np.array([4.0]), np.array([-1.0]), out)
    assert np.concatenate(out) == pytest.approx([-0.25, -0.75])
