"""Time-linking rows: recurrences by hand, stretches, and circles that close on themselves."""

import numpy as np
import pytest
from tests.builders.newton import affine, dense_node
from tests.builders.plain_kernels import plain

in_time = plain.factorise_in_time


def test_a_recurrence_by_hand():
    """x = (8, 4, 2), share 0.5: 8, then 4 - 0.5 * 8 = 0, then 2 - 0.5 * 0 = 2."""
    x = np.array([8.0, 4.0, 2.0])
    in_time._recurrence(x, np.array([0.5, 0.5, 9.0]))
    assert x == pytest.approx([8.0, 0.0, 2.0])


def test_coupled_rows_with_one_row_are_the_plain_recurrence():
    """With one row nothing couples inside the hour; multipliers of the next hour stand at
    `after`.
    """
    share = np.array([0.3, -0.2, 0.7, 0.1])
    factor = np.zeros((1, 2, 4))
    factor[0, 1] = share
    one, other = np.arange(1.0, 5.0), np.arange(1.0, 5.0)[None].copy()
    in_time._recurrence(one, share)
    in_time._coupled_recurrence(other, factor, 1)
    assert other[0] == pytest.approx(one)


def test_a_stretch_ends_behind_a_closing_and_before_an_opening():
    """Closings in hours 3 and 7, segments that begin in hours 0 and 5: from hour 1 to behind 3,
    from hour 4 to before 5, from hour 5 to behind 7, and to the end of the chunk at last.
    """

    class Hours:
        event_hour = np.array([3, 7])
        first_hours = np.array([0, 5])

    assert in_time._stretch(Hours, 0, 1, 9) == 4
    assert in_time._stretch(Hours, 1, 4, 9) == 5
    assert in_time._stretch(Hours, 1, 5, 9) == 8
    assert in_time._stretch(Hours, 2, 8, 9) == 9


def test_pivoting_one_row_of_two_by_hand():
    """[[2, 1], [1, 3]]: the multiplier is 1/2, what is left of the other row 3 - 1/2 = 5/2, and the
    pivot is kept as its inverse 1/2. Nothing reaches the next hour.
    """
    hour, front = np.zeros((2, 4)), np.zeros((2, 2))
    hour[:2, :2] = [[2.0, 1.0], [1.0, 3.0]]
    in_time._pivot(hour, front, 0, 2)
    assert hour[0, :2] == pytest.approx([0.5, 0.5])
    assert hour[1, 1] == pytest.approx(2.5)
    assert not front.any()


@pytest.mark.parametrize("kind", ["two segments", "one hour", "two chains"])
def test_circles_of_every_kind_solve_the_dense_system(kind):
    """Stores that close on themselves in two segments, in a single hour, and side by side."""
    wanted = {
        "two segments": lambda h, p: len(h.first_hours) > 1 and p.cyclic > 0,
        "one hour": lambda h, p: h.profiles.shape[1] == 1 and p.cyclic > 0,
        "two chains": lambda h, p: p.cyclic > 1,
    }[kind]
    found = 0
    for seed in range(400):
        dense = dense_node(seed)
        if not wanted(dense.node.reduced.hours, dense.node.pattern):
            continue
        affine(plain.passes, dense)
        rows, _, windows = dense.split(dense.direction(dense.dx)[3])
        assert dense.node.work.affine_row_dual == pytest.approx(rows, rel=1e-6, abs=1e-7)
        assert dense.node.work.affine_window_dual == pytest.approx(windows, rel=1e-6, abs=1e-7)
        found += 1
        if found == 4:
            return
    assert found > 0
