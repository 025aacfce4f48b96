"""The chunk matrix, entry by entry, against the dense reduced matrix M theta M' + slack / dual."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import arrays, dense_node
from tests.builders.plain_kernels import plain


def reduced(dense):
    """Dense matrix between rows (row by hour) and windows after the columns are eliminated; columns
    at the first hour of a segment, which stay unknowns, do not count.
    """
    h, p, s, _ = arrays(dense)
    columns, hours = s.column.shape
    weight = s.column_dual / s.column
    for j in range(columns):
        if h.upper_at[j] >= 0:
            weight[j] += s.upper_dual[h.upper_at[j]] / s.upper_slack[h.upper_at[j]]
    theta = np.where(dense.lives.reshape(columns, hours), 1.0 / weight, 0.0)
    theta[np.ix_(h.carried, h.first_hours)] = 0.0
    keep = np.r_[0 : p.rows * hours, p.rows * hours + s.upper_slack.size : len(dense.matrix)]
    part = dense.matrix[keep]
    matrix = (part * theta.ravel()) @ part.T
    slack, dual = dense.values[2][keep], dense.values[3][keep]
    matrix[np.diag_indices(len(matrix))] += slack / dual
    return matrix, theta


def assembled(dense):
    """The node's chunk matrix and front before any elimination."""
    h, p, s, work = arrays(dense)
    plain.right_hand_sides.scaling_matrix(h, s, work, 0, s.column.shape[1])
    front = np.zeros_like(work.front)
    room = (work.chunk_matrix, front)
    plain.assembly.assemble_hours(h, p, s, work, (0, s.column.shape[1]), room)
    return work.chunk_matrix, front


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2000))
def test_rows_that_meet_in_an_hour_are_those_of_the_dense_matrix(seed):
    dense = dense_node(seed)
    p, hours = dense.node.pattern, dense.node.state.column.shape[1]
    chunk, _ = assembled(dense)
    matrix, _ = reduced(dense)
    for i in range(p.rows):
        for a in range(i + 1):
            found = chunk[p.entry[i, a], :hours] if p.entry[i, a] >= 0 else np.zeros(hours)
            wanted = matrix[i * hours + np.arange(hours), a * hours + np.arange(hours)]
            assert found == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2000))
def test_chains_meet_the_next_hours_rows_as_in_the_dense_matrix(seed):
    dense = dense_node(seed)
    h, p, s, _ = arrays(dense)
    hours, linking = s.column.shape[1], p.rows - p.local
    chunk, _ = assembled(dense)
    matrix, _ = reduced(dense)
    ahead = p.time_entry[:, p.time_entry.shape[1] - linking :]
    for t in range(hours - 1):
        if h.next_hour[t] != t + 1:
            continue
        for a in range(linking):
            for b in range(linking):
                found = chunk[ahead[a, b], t] if ahead[a, b] >= 0 else 0.0
                row, column = (p.local + a) * hours + t, (p.local + b) * hours + t + 1
                assert found == pytest.approx(matrix[row, column], rel=1e-9, abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2000))
def test_borders_behind_bounds_go_to_the_front(seed):
    """-U'(P - P theta P)U summed over the hours in which the column exists: nothing where it does
    not, whatever the coefficient of the border is there.
    """
    dense = dense_node(seed)
    h, p, s, work = arrays(dense)
    _, front = assembled(dense)
    _, upper, _ = dense.split(np.arange(len(dense.rhs)))
    wanted = np.zeros((p.borders, p.borders))
    for j in np.flatnonzero(h.upper_at >= 0):
        u = h.upper_at[j]
        for t in range(s.column.shape[1]):
            row = int(upper[u, t])
            share = s.upper_dual[u, t] / s.upper_slack[u, t] if dense.there[row] else 0.0
            share *= 1.0 - share * work.theta[j, t]
            wanted -= share * np.outer(dense.border[row], dense.border[row])
    first = p.windows + p.cyclic
    assert front[first : first + p.borders, first : first + p.borders] == pytest.approx(
        wanted, rel=1e-9, abs=1e-9
    )
