"""Windows in classes that never overlap, closings in order, and circles of hours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.plan.interior_point.fixed_zeros import find_nonzeros
from headrace.plan.interior_point.window_classes import (
    WindowClass,
    WindowClasses,
    classify,
    events,
    segments,
    spans,
    window_border,
    window_hours,
    window_rhs,
)


def test_segments_by_hand():
    """Hours 0 .. 3 and 4 .. 5, each a circle."""
    firsts, lasts = segments(np.array([1, 2, 3, 0, 5, 4]))
    assert (firsts.tolist(), lasts.tolist()) == ([0, 4], [3, 5])
    assert [part.tolist() for part in segments(np.array([0]))] == [[0], [0]]


@pytest.mark.parametrize("following", [[1, 0, 2, 3], [2, 0, 1], [1, 2, 3, 1]])
def test_circles_that_are_no_runs_are_refused(following):
    if following == [1, 0, 2, 3]:  # a circle of two hours, then circles of one: those are runs
        assert segments(np.array(following))[0].tolist() == [0, 2, 3]
        return
    with pytest.raises(ValueError, match="consecutive"):
        segments(np.array(following))


def test_spans_by_hand():
    """Window 0 in hours 1 and 3, window 1 in hour 2, window 2 nowhere."""
    first, last = spans(np.array([-1, 0, 1, 0]), 3)
    assert first.tolist() == [1, 2, 4]
    assert last.tolist() == [3, 2, -1]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_windows_of_a_class_never_overlap_and_each_non_zero_one_is_in_a_class(seed):
    for block in random_problem(seed).nodes:
        nonzeros = find_nonzeros(block)
        found = classify(block, nonzeros)
        listed = {tuple(each) for each in found.windows.tolist()}
        wanted = {
            (f, w) for f, held in enumerate(nonzeros.windows) for w in np.flatnonzero(held).tolist()
        }
        assert listed == wanted
        assert len(found.windows) == len(listed)
        for c, each in enumerate(found.classes):
            where = block.window_of[each.family]
            for t, kernel_window in enumerate(found.at[c]):
                inside = where[t] in each.members
                assert (kernel_window >= 0) == inside
                if inside:
                    assert found.windows[kernel_window].tolist() == [each.family, where[t]]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_closings_come_in_order_and_each_thing_closes_once(seed):
    for block in random_problem(seed).nodes:
        found = classify(block, find_nonzeros(block))
        _, lasts = segments(block.next_hour)
        hour, slot, which = events(found, 2, lasts)
        assert (np.diff(hour) >= 0).all()
        closed = list(zip(slot.tolist(), which.tolist()))
        assert len(set(closed)) == len(closed) == len(found.windows) + 2 * len(lasts)
        for t, c, w in zip(hour, slot, which):
            if c < len(found.classes):
                assert t == np.flatnonzero(found.at[c] == w).max()
            else:
                assert t == lasts[w]


def test_long_windows_by_hand():
    """One class: window 0 in hours 0 .. 2, window 1 in hours 3 .. 4; more than two hours
    are long.
    """
    one = WindowClasses(
        (WindowClass(0, np.array([0, 1])),),
        np.array([[0, 0], [0, 1]]),
        np.array([[0, 0, 0, 1, 1]]),
    )
    last, long = window_hours(one, 2)
    assert (last.tolist(), long.tolist()) == ([2, 4], [1, 0])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_right_sides_and_borders_are_those_of_the_block(seed):
    for block in random_problem(seed).nodes:
        nonzeros = find_nonzeros(block)
        found = classify(block, nonzeros)
        rhs, border = window_rhs(block, nonzeros, found), window_border(block, found)
        pattern = block.template.window_border
        for k, (f, w) in enumerate(found.windows.tolist()):
            assert rhs[k] == block.window_rhs[f][w]
            part = slice(border.ptr[k], border.ptr[k + 1])
            told = sorted(zip(border.to[part].tolist(), border.scale[part].tolist()))
            mine = pattern.row == f
            assert told == sorted(
                zip(pattern.column[mine].tolist(), block.window_border[mine].tolist())
            )
