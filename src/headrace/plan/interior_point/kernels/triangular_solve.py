"""Forward and backward substitution with the factor of one node, in place in solve_y and solve_w;
borders are the last slots.
"""

from __future__ import annotations

from numba import njit

from headrace.plan.interior_point.kernels.layout import PIECE
from headrace.plan.interior_point.kernels.vector_ops import A, inner, zero


@njit(**PIECE)
def forward_early(h: A, p: A, k: A, t0: int, n: int) -> None:
    """Eliminate the early rows of a chunk in place: into later rows, windows and borders
    (k.gradient).
    """
    border = p.rows + p.windows + p.closers
    for a in range(p.early):
        r = k.solve_y[a, t0 : t0 + n]
        for e in range(p.pivot_ptr[a], p.pivot_ptr[a + 1]):
            to, share = p.pivot_to[e], k.early_factor[e, t0 : t0 + n]
            if to < p.rows:
                out = k.solve_y[to, t0 : t0 + n]
                for i in range(n):
                    out[i] -= share[i] * r[i]
            elif to >= border:
                k.gradient[to - border] -= inner(share, r)
            else:
                at = h.window_at[to - p.rows, t0 : t0 + n]
                for i in range(n):
                    if at[i] >= 0:
                        k.solve_w[at[i]] -= share[i] * r[i]


@njit(**PIECE)
def forward_late(h: A, p: A, k: A) -> None:
    """Eliminate the late rows and windows in place, once the early rows of all hours are; borders'
    share goes to k.gradient.

    Right-hand sides of closers are minus k.closer_side, the g of their column at the first hour.
    """
    slots, late = p.windows + p.closers + p.borders, p.rows - p.early
    value, carry = k.slots[0, :slots], k.slots[1, :late]
    zero(value)
    zero(carry)
    event, t = 0, 0
    while t < k.solve_y.shape[1]:
        stop = h.event_hour[event] + 1 if event < len(h.event_hour) else k.solve_y.shape[1]
        _forward_late(k.solve_y, k.late_factor, (p.early, t, stop), value, carry)
        t = stop
        while event < len(h.event_hour) and h.event_hour[event] == t - 1:
            _forward_event(h, p, k, event, (value, carry))
            event += 1
    for b in range(p.borders):
        k.gradient[b] += value[p.windows + p.closers + b]


@njit(**PIECE)
def _forward_late(dy: A, factor: A, span: A, value: A, carry: A) -> None:
    """The late rows of a stretch without closings: hour by hour into later rows and the next hour,
    then into the slots.
    """
    first, start, stop = span
    late, slots = len(carry), len(value)
    for t in range(start, stop):
        for a in range(late):
            dy[first + a, t] += carry[a]
            carry[a] = 0.0
        for a in range(late):
            r = dy[first + a, t]
            for b in range(a + 1, late):
                dy[first + b, t] -= factor[a, b, t] * r
            for b in range(late):
                carry[b] -= factor[a, late + slots + b, t] * r
    for a in range(late):
        for b in range(slots):
            value[b] -= inner(factor[a, late + b, start:stop], dy[first + a, start:stop])


@njit(**PIECE)
def _forward_event(h: A, p: A, k: A, event: int, room: A) -> None:
    """A window or closer closes; its eliminated right-hand side is kept behind the stored inverse
    pivot.
    """
    value, carry = room
    slot, which, share = h.event_slot[event], h.event_of[event], k.event_factor[event]
    slots = len(value)
    if slot < p.windows:
        k.solve_w[which] += value[slot]
        r = k.solve_w[which]
    else:
        r = value[slot] - k.closer_side[slot - p.windows, which]
    k.closer_value[event] = r
    for a in range(slots):
        value[a] -= share[a] * r
    for a in range(len(carry)):
        carry[a] -= share[slots + a] * r
    value[slot] = 0.0


@njit(**PIECE)
def backward_late(h: A, p: A, k: A, dx: A) -> None:
    """Solve for late rows and windows in place once the borders' move dx is known."""
    slots, late = p.windows + p.closers + p.borders, p.rows - p.early
    value, after = k.slots[0, :slots], k.slots[1, :late]
    zero(value)
    zero(after)
    for b in range(p.borders):
        value[p.windows + p.closers + b] = dx[b]
    event, stop = len(h.event_hour) - 1, k.solve_y.shape[1]
    while stop > 0:
        while event >= 0 and h.event_hour[event] == stop - 1:
            _backward_event(h, p, k, event, (value, after))
            event -= 1
        start = h.event_hour[event] + 1 if event >= 0 else 0
        _backward_late(k.solve_y, k.late_factor, (p.early, start, stop), value, after)
        stop = start


@njit(**PIECE)
def _backward_event(h: A, p: A, k: A, event: int, room: A) -> None:
    """Value of a window or closer from the slots and rows that closed later."""
    value, after = room
    slot, share = h.event_slot[event], k.event_factor[event]
    slots = len(value)
    value[slot] = 0.0
    x = k.closer_value[event] * share[slots + len(after)]
    for a in range(slots):
        x -= share[a] * value[a]
    for a in range(len(after)):
        x -= share[slots + a] * after[a]
    value[slot] = x
    if slot < p.windows:
        k.solve_w[h.event_of[event]] = x


@njit(**PIECE)
def _backward_late(dy: A, factor: A, span: A, value: A, after: A) -> None:
    """Late rows of a stretch without closings, from the slots, the next hour and each other; leaves
    its first hour's in `after`.
    """
    first, start, stop = span
    late, slots = len(after), len(value)
    for a in range(late):
        x, inverse = dy[first + a, start:stop], factor[a, a, start:stop]
        for i in range(len(x)):
            x[i] *= inverse[i]
        for b in range(slots):
            share, known = factor[a, late + b, start:stop], value[b]
            for i in range(len(x)):
                x[i] -= share[i] * known
    for t in range(stop - 1, start - 1, -1):
        for a in range(late - 1, -1, -1):
            x_a = dy[first + a, t]
            for b in range(late):
                x_a -= factor[a, late + slots + b, t] * after[b]
            for b in range(a + 1, late):
                x_a -= factor[a, b, t] * dy[first + b, t]
            dy[first + a, t] = x_a
        for a in range(late):
            after[a] = dy[first + a, t]


@njit(**PIECE)
def backward_early(h: A, p: A, k: A, dx: A, t0: int, n: int) -> None:
    """The early rows of a chunk in place, from later rows, windows and borders."""
    for a in range(p.early - 1, -1, -1):
        r, inverse = k.solve_y[a, t0 : t0 + n], k.early_inverse[a, t0 : t0 + n]
        for i in range(n):
            r[i] *= inverse[i]
        for e in range(p.pivot_ptr[a], p.pivot_ptr[a + 1]):
            _known(h, p, k, dx, (p.pivot_to[e], t0), (r, k.early_factor[e, t0 : t0 + n]))


@njit(**PIECE)
def _known(h: A, p: A, k: A, dx: A, at: A, room: A) -> None:
    """r -= share times the value of an unknown that is solved already."""
    to, t0 = at
    r, share = room
    if to < p.rows:
        x = k.solve_y[to, t0 : t0 + len(r)]
        for i in range(len(r)):
            r[i] -= share[i] * x[i]
    elif to >= p.rows + p.windows + p.closers:
        move = dx[to - p.rows - p.windows - p.closers]
        for i in range(len(r)):
            r[i] -= share[i] * move
    else:
        at_hour = h.window_at[to - p.rows, t0 : t0 + len(r)]
        for i in range(len(r)):
            if at_hour[i] >= 0:
                r[i] -= share[i] * k.solve_w[at_hour[i]]
