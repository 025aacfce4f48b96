"""The reduced Newton matrix of a node's hours, before anything is eliminated.

After the columns are eliminated (their block is diagonal: theta), two unknowns that meet in a
column share its theta times their coefficients; a row meets itself by slack over dual:

    K  =  A theta A'  +  diag(slack / dual)          a border's coefficient in a column is -(w/t) u

This is the normal-equations form of the augmented system (Wright 1997, ch. 11), by hour.
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import (
    INLINE,
    PIECE,
    FillPattern,
    Hours,
    Iterate,
    Work,
)
from headrace.plan.interior_point.kernels.vector_ops import (
    add_times,
    apply_mask,
    copy,
    divide,
    inner,
    set_to,
    times,
    zero,
)


@njit(**PIECE)
def assemble_hours(
    hours: Hours,
    pattern: FillPattern,
    iterate: Iterate,
    work: Work,
    span: tuple[int, int],
    room: tuple[Floats, ...],
) -> None:
    """The chunk's hour matrices, one row of `hour` per entry; border by border goes straight to the
    front. Entries of two rows are in [unit squared/kUSD], those of a row and a border in [unit of
    the row/unit of the border].
    """
    t0, n = span
    hour, front = room
    for e in range(pattern.entries):
        zero(hour[e, :n])
    for r in range(pattern.rows):
        divide(
            hour[pattern.entry[r, r], :n],
            iterate.row_slack[r, t0 : t0 + n],
            iterate.row_dual[r, t0 : t0 + n],
        )
        first = pattern.rows + pattern.windows + pattern.cyclic
        for e in range(hours.row_border.ptr[r], hours.row_border.ptr[r + 1]):
            set_to(
                hour[pattern.entry[first + hours.row_border.to[e], r], :n],
                hours.row_border.scale[e],
                hours.row_border.profile[e],
                hours.profiles,
                t0,
            )
    value, share = work.scratch[0], work.scratch[1]
    for j in range(iterate.column.shape[0]):
        u = hours.upper_at[j]
        if u >= 0:
            slack, dual = iterate.upper_slack[u, t0 : t0 + n], iterate.upper_dual[u, t0 : t0 + n]
            divide(share[:n], dual, slack)
            apply_mask(hours, j, t0, share[:n])  # no bound where there is no column
        _add_column(hours, pattern, work, (j, t0), (hour, front), (value[:n], share[:n]))
    for c in range(len(hours.carried)):
        _add_carried(
            hours,
            pattern,
            iterate,
            work,
            (hours.carried[c], t0, min(n, iterate.column.shape[1] - 1 - t0)),
            hour,
        )
    _add_cyclic(hours, pattern, span, hour)


@njit(**INLINE)
def _add_column(
    hours: Hours,
    pattern: FillPattern,
    work: Work,
    at: tuple[int, int],
    room: tuple[Floats, ...],
    scratch: tuple[Floats, ...],
) -> None:
    """Products of the unknowns that meet in column j; a border's entry is -P u."""
    j, t0 = at
    hour, front = room
    value, share = scratch
    n, border = len(value), pattern.rows + pattern.windows + pattern.cyclic
    theta = work.theta[j, t0 : t0 + n]
    for a in range(hours.unknowns.ptr[j], hours.unknowns.ptr[j + 1]):
        to = hours.unknowns.to[a]
        copy(value, theta)
        times(value, hours.unknowns.scale[a], hours.unknowns.profile[a], hours.profiles, t0)
        if to >= border:
            for i in range(n):
                value[i] *= -share[i]
        for b in range(hours.unknowns.ptr[j], a + 1):
            if hours.unknowns.to[b] < border:
                out = hour[pattern.entry[to, hours.unknowns.to[b]], :n]
                add_times(
                    out,
                    hours.unknowns.scale[b],
                    hours.unknowns.profile[b],
                    hours.profiles,
                    t0,
                    value,
                )
    if hours.upper_border.ptr[j] < hours.upper_border.ptr[j + 1]:
        for i in range(n):
            share[i] *= 1.0 - share[i] * theta[i]
        _add_bounds(hours, j, t0, (front, border - pattern.rows), (value, share))


@njit(**INLINE)
def _add_bounds(
    hours: Hours, j: int, t0: int, room: tuple[Floats, int], scratch: tuple[Floats, ...]
) -> None:
    """front -= U' P (1 - P theta) U of column j."""
    front, first = room
    value, share = scratch
    for a in range(hours.upper_border.ptr[j], hours.upper_border.ptr[j + 1]):
        copy(value, share)
        times(value, hours.upper_border.scale[a], hours.upper_border.profile[a], hours.profiles, t0)
        for b in range(hours.upper_border.ptr[j], hours.upper_border.ptr[j + 1]):
            total = 0.0
            if hours.upper_border.profile[b] == 0:
                for i in range(len(value)):
                    total += value[i]
            else:
                total = inner(
                    value, hours.profiles[hours.upper_border.profile[b], t0 : t0 + len(value)]
                )
            front[first + hours.upper_border.to[a], first + hours.upper_border.to[b]] -= (
                hours.upper_border.scale[b] * total
            )


@njit(**PIECE)
def _add_carried(
    hours: Hours,
    pattern: FillPattern,
    iterate: Iterate,
    work: Work,
    at: tuple[int, int, int],
    hour: Floats,
) -> None:
    """A carried column of the next hour: with its chain rows of this hour, and of these with next
    hour's trailing unknowns.
    """
    j, t0, n = at
    if n <= 0:
        return
    border = pattern.rows + pattern.windows + pattern.cyclic
    # first column of the next hour's time-linking rows in p.late, for row numbers
    linking = border + pattern.borders - 2 * pattern.local
    value, share = work.scratch[0, :n], work.scratch[1, :n]
    for a in range(hours.in_previous.ptr[j], hours.in_previous.ptr[j + 1]):
        copy(value, work.theta[j, t0 + 1 : t0 + 1 + n])
        times(value, hours.in_previous.scale[a], hours.in_previous.profile[a], hours.profiles, t0)
        for b in range(hours.in_previous.ptr[j], hours.in_previous.ptr[j + 1]):
            if hours.in_previous.to[b] <= hours.in_previous.to[a]:
                out = hour[pattern.entry[hours.in_previous.to[a], hours.in_previous.to[b]], :n]
                add_times(
                    out,
                    hours.in_previous.scale[b],
                    hours.in_previous.profile[b],
                    hours.profiles,
                    t0,
                    value,
                )
        for b in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
            out = hour[
                pattern.time_entry[
                    hours.in_previous.to[a] - pattern.local, linking + hours.in_hour.to[b]
                ],
                :n,
            ]
            add_times(
                out, hours.in_hour.scale[b], hours.in_hour.profile[b], hours.profiles, t0 + 1, value
            )
        for b in range(hours.unknowns.ptr[j], hours.unknowns.ptr[j + 1]):
            if hours.unknowns.to[b] >= pattern.rows:
                out = hour[pattern.entry[hours.unknowns.to[b], hours.in_previous.to[a]], :n]
                if hours.unknowns.to[b] >= border:
                    u = hours.upper_at[j]
                    divide(
                        share,
                        iterate.upper_dual[u, t0 + 1 : t0 + 1 + n],
                        iterate.upper_slack[u, t0 + 1 : t0 + 1 + n],
                    )
                    for i in range(n):
                        share[i] *= -value[i]
                else:
                    copy(share, value)
                add_times(
                    out,
                    hours.unknowns.scale[b],
                    hours.unknowns.profile[b],
                    hours.profiles,
                    t0 + 1,
                    share,
                )


@njit(**PIECE)
def _add_cyclic(hours: Hours, pattern: FillPattern, span: tuple[int, int], hour: Floats) -> None:
    """The time-linking rows of a segment's first hour, and the chains of its last, meet the cyclic
    variables.
    """
    t0, n = span
    linking = pattern.rows - pattern.local
    for f in range(len(hours.first_hours)):
        first, last = hours.first_hours[f] - t0, hours.last_hours[f] - t0
        for c in range(len(hours.carried)):
            j, slot = hours.carried[c], linking + pattern.windows + c
            if 0 <= first < n:
                for e in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
                    value = (
                        hours.in_hour.scale[e]
                        * hours.profiles[hours.in_hour.profile[e], t0 + first]
                    )
                    hour[pattern.time_entry[hours.in_hour.to[e] - pattern.local, slot], first] -= (
                        value
                    )
            if 0 <= last < n:
                for e in range(hours.in_previous.ptr[j], hours.in_previous.ptr[j + 1]):
                    value = (
                        hours.in_previous.scale[e]
                        * hours.profiles[hours.in_previous.profile[e], t0 + last]
                    )
                    hour[
                        pattern.time_entry[hours.in_previous.to[e] - pattern.local, slot], last
                    ] -= value
