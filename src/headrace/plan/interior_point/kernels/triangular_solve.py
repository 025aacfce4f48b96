"""Forward and backward substitution with the factor of one node, in place in row_rhs and
window_rhs; borders are the last trailing unknowns.
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import PIECE, FillPattern, Hours, Work
from headrace.plan.interior_point.kernels.vector_ops import inner, zero


@njit(**PIECE)
def forward_local(hours: Hours, pattern: FillPattern, work: Work, t0: int, n: int) -> None:
    """Eliminate the local rows of a chunk in place: into later rows, windows and borders
    (border_rhs).
    """
    border = pattern.rows + pattern.windows + pattern.cyclic
    for a in range(pattern.local):
        r = work.row_rhs[a, t0 : t0 + n]
        for e in range(pattern.pivot_ptr[a], pattern.pivot_ptr[a + 1]):
            to, share = pattern.pivot_to[e], work.local_factor[e, t0 : t0 + n]
            if to < pattern.rows:
                out = work.row_rhs[to, t0 : t0 + n]
                for i in range(n):
                    out[i] -= share[i] * r[i]
            elif to >= border:
                work.border_rhs[to - border] -= inner(share, r)
            else:
                at = hours.window_at[to - pattern.rows, t0 : t0 + n]
                for i in range(n):
                    if at[i] >= 0:
                        work.window_rhs[at[i]] -= share[i] * r[i]


@njit(**PIECE)
def forward_in_time(hours: Hours, pattern: FillPattern, work: Work) -> None:
    """Eliminate the time-linking rows and windows in place, once the local rows of all hours are;
    borders' share goes to border_rhs.

    Right-hand sides of cyclic variables are minus cyclic_rhs, the right-hand side of their column
    at the first hour.
    """
    trailing, linking = (
        pattern.windows + pattern.cyclic + pattern.borders,
        pattern.rows - pattern.local,
    )
    value, carry = work.trailing[0, :trailing], work.trailing[1, :linking]
    zero(value)
    zero(carry)
    event, t = 0, 0
    while t < work.row_rhs.shape[1]:
        stop = (
            hours.event_hour[event] + 1 if event < len(hours.event_hour) else work.row_rhs.shape[1]
        )
        _forward_stretch(work.row_rhs, work.time_factor, (pattern.local, t, stop), value, carry)
        t = stop
        while event < len(hours.event_hour) and hours.event_hour[event] == t - 1:
            _forward_event(hours, pattern, work, event, (value, carry))
            event += 1
    for b in range(pattern.borders):
        work.border_rhs[b] += value[pattern.windows + pattern.cyclic + b]


@njit(**PIECE)
def _forward_stretch(
    dy: Floats, factor: Floats, span: tuple[int, int, int], value: Floats, carry: Floats
) -> None:
    """The time-linking rows of a stretch without closings: hour by hour into later rows and the
    next hour, then into the trailing unknowns.
    """
    first, start, stop = span
    linking, trailing = len(carry), len(value)
    for t in range(start, stop):
        for a in range(linking):
            dy[first + a, t] += carry[a]
            carry[a] = 0.0
        for a in range(linking):
            r = dy[first + a, t]
            for b in range(a + 1, linking):
                dy[first + b, t] -= factor[a, b, t] * r
            for b in range(linking):
                carry[b] -= factor[a, linking + trailing + b, t] * r
    for a in range(linking):
        for b in range(trailing):
            value[b] -= inner(factor[a, linking + b, start:stop], dy[first + a, start:stop])


@njit(**PIECE)
def _forward_event(
    hours: Hours, pattern: FillPattern, work: Work, event: int, room: tuple[Floats, ...]
) -> None:
    """A window or cyclic variable closes; its eliminated right-hand side is kept behind the stored
    inverse pivot.
    """
    value, carry = room
    slot, which, share = hours.event_slot[event], hours.event_of[event], work.event_factor[event]
    trailing = len(value)
    if slot < pattern.windows:
        work.window_rhs[which] += value[slot]
        r = work.window_rhs[which]
    else:
        r = value[slot] - work.cyclic_rhs[slot - pattern.windows, which]
    work.event_value[event] = r
    for a in range(trailing):
        value[a] -= share[a] * r
    for a in range(len(carry)):
        carry[a] -= share[trailing + a] * r
    value[slot] = 0.0


@njit(**PIECE)
def backward_in_time(hours: Hours, pattern: FillPattern, work: Work, dx: Floats) -> None:
    """Solve for time-linking rows and windows in place once the borders' move dx is known. dx:
    [unit of the border].
    """
    trailing, linking = (
        pattern.windows + pattern.cyclic + pattern.borders,
        pattern.rows - pattern.local,
    )
    value, after = work.trailing[0, :trailing], work.trailing[1, :linking]
    zero(value)
    zero(after)
    for b in range(pattern.borders):
        value[pattern.windows + pattern.cyclic + b] = dx[b]
    event, stop = len(hours.event_hour) - 1, work.row_rhs.shape[1]
    while stop > 0:
        while event >= 0 and hours.event_hour[event] == stop - 1:
            _backward_event(hours, pattern, work, event, (value, after))
            event -= 1
        start = hours.event_hour[event] + 1 if event >= 0 else 0
        _backward_stretch(
            work.row_rhs, work.time_factor, (pattern.local, start, stop), value, after
        )
        stop = start


@njit(**PIECE)
def _backward_event(
    hours: Hours, pattern: FillPattern, work: Work, event: int, room: tuple[Floats, ...]
) -> None:
    """Value of a window or cyclic variable from what closed later."""
    value, after = room
    slot, share = hours.event_slot[event], work.event_factor[event]
    trailing = len(value)
    value[slot] = 0.0
    x = work.event_value[event] * share[trailing + len(after)]
    for a in range(trailing):
        x -= share[a] * value[a]
    for a in range(len(after)):
        x -= share[trailing + a] * after[a]
    value[slot] = x
    if slot < pattern.windows:
        work.window_rhs[hours.event_of[event]] = x


@njit(**PIECE)
def _backward_stretch(
    dy: Floats, factor: Floats, span: tuple[int, int, int], value: Floats, after: Floats
) -> None:
    """Time-linking rows of a stretch without closings, from the trailing unknowns, the next hour
    and each other; leaves its first hour's in `after`.
    """
    first, start, stop = span
    linking, trailing = len(after), len(value)
    for a in range(linking):
        x, inverse = dy[first + a, start:stop], factor[a, a, start:stop]
        for i in range(len(x)):
            x[i] *= inverse[i]
        for b in range(trailing):
            share, known = factor[a, linking + b, start:stop], value[b]
            for i in range(len(x)):
                x[i] -= share[i] * known
    for t in range(stop - 1, start - 1, -1):
        for a in range(linking - 1, -1, -1):
            x_a = dy[first + a, t]
            for b in range(linking):
                x_a -= factor[a, linking + trailing + b, t] * after[b]
            for b in range(a + 1, linking):
                x_a -= factor[a, b, t] * dy[first + b, t]
            dy[first + a, t] = x_a
        for a in range(linking):
            after[a] = dy[first + a, t]


@njit(**PIECE)
def backward_local(
    hours: Hours, pattern: FillPattern, work: Work, dx: Floats, t0: int, n: int
) -> None:
    """The local rows of a chunk in place, from later rows, windows and borders. dx: [unit of the
    border].
    """
    for a in range(pattern.local - 1, -1, -1):
        r, inverse = work.row_rhs[a, t0 : t0 + n], work.local_inverse[a, t0 : t0 + n]
        for i in range(n):
            r[i] *= inverse[i]
        for e in range(pattern.pivot_ptr[a], pattern.pivot_ptr[a + 1]):
            _subtract_known(
                hours,
                pattern,
                work,
                dx,
                (pattern.pivot_to[e], t0),
                (r, work.local_factor[e, t0 : t0 + n]),
            )


@njit(**PIECE)
def _subtract_known(
    hours: Hours,
    pattern: FillPattern,
    work: Work,
    dx: Floats,
    at: tuple[int, int],
    room: tuple[Floats, ...],
) -> None:
    """r -= share times the value of an unknown that is solved already."""
    to, t0 = at
    r, share = room
    if to < pattern.rows:
        x = work.row_rhs[to, t0 : t0 + len(r)]
        for i in range(len(r)):
            r[i] -= share[i] * x[i]
    elif to >= pattern.rows + pattern.windows + pattern.cyclic:
        move = dx[to - pattern.rows - pattern.windows - pattern.cyclic]
        for i in range(len(r)):
            r[i] -= share[i] * move
    else:
        at_hour = hours.window_at[to - pattern.rows, t0 : t0 + len(r)]
        for i in range(len(r)):
            if at_hour[i] >= 0:
                r[i] -= share[i] * work.window_rhs[at_hour[i]]
