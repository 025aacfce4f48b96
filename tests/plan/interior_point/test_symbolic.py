"""The symbolic step: places for everything that meets, and no more than elimination can fill."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.newton import dense_node

from headrace.plan.interior_point.symbolic import analyse


def meets(dense):
    """Which rows share a column in some hour, by the node's own entries."""
    h, p = dense.node.reduced.hours, dense.node.pattern
    found = np.eye(p.rows, dtype=bool)
    for j in range(len(h.cost_scale)):
        rows = h.in_hour.to[h.in_hour.ptr[j] : h.in_hour.ptr[j + 1]]
        found[np.ix_(rows, rows)] = True
    return found


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_rows_that_share_a_column_have_a_place(seed):
    dense = dense_node(seed)
    entry = dense.node.pattern.entry
    for i, a in np.argwhere(np.tril(meets(dense))):
        assert entry[i, a] >= 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_places_are_numbered_once_each_below_the_diagonal(seed):
    pattern = dense_node(seed).node.pattern
    used = np.sort(pattern.entry[pattern.entry >= 0])
    assert np.array_equal(used, np.arange(len(used)))
    assert (pattern.entry[np.triu_indices(len(pattern.entry), 1)] < 0).all()
    linking = pattern.rows - pattern.local
    ahead = pattern.time_entry[:, pattern.time_entry.shape[1] - linking :]
    more = np.sort(ahead[ahead >= 0])
    assert np.array_equal(more, len(used) + np.arange(len(more)))
    assert pattern.entries == len(used) + len(more)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_pivots_list_what_stands_below_them(seed):
    """For every local row the unknowns after it that it meets, in order; each pair of
    these meets.
    """
    pattern = dense_node(seed).node.pattern
    borders = pattern.rows + pattern.windows + pattern.cyclic
    for a in range(pattern.local):
        below = pattern.pivot_to[pattern.pivot_ptr[a] : pattern.pivot_ptr[a + 1]]
        assert below.tolist() == [
            i for i in range(a + 1, len(pattern.entry)) if pattern.entry[i, a] >= 0
        ]
        for i in below:
            for k in below[below <= i]:
                assert pattern.entry[i, k] >= 0 or k >= borders


def test_nothing_at_all_has_an_empty_pattern():
    """A node without rows, windows and borders: nothing to eliminate."""
    hours = dense_node(0).node.reduced.hours
    none = hours.in_hour._replace(
        ptr=np.zeros(1, np.int64),
        to=np.zeros(0, np.int64),
        scale=np.zeros(0),
        profile=np.zeros(0, np.int64),
    )
    empty = hours._replace(
        in_hour=none,
        in_previous=none,
        in_window=none,
        upper_border=none,
        row_border=none,
        unknowns=none,
        rhs_scale=np.zeros(0),
        window_at=np.zeros((0, hours.window_at.shape[1]), np.int64),
        carried=np.zeros(0, np.int64),
    )
    pattern = analyse(empty, 0, 0)
    assert (pattern.entries, pattern.rows, len(pattern.pivot_to), len(pattern.window_pairs)) == (
        0,
    ) * 4


@pytest.mark.parametrize("seed", range(8))
def test_time_linking_rows_have_places_for_each_other_and_for_all_trailing_unknowns(seed):
    """The table of a row repeats the entries of the lower triangle from its own side."""
    pattern = dense_node(seed).node.pattern
    linking, trailing = pattern.rows - pattern.local, len(pattern.entry) - pattern.rows
    for a in range(linking):
        for b in range(linking):
            i, k = pattern.local + max(a, b), pattern.local + min(a, b)
            assert pattern.time_entry[a, b] == pattern.entry[i, k] >= 0
        for c in range(trailing):
            wanted = pattern.entry[pattern.rows + c, pattern.local + a]
            assert pattern.time_entry[a, linking + c] == wanted
