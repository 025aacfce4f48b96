"""Forward and backward substitution with the factor of one node; borders are the last slots."""

from __future__ import annotations

from numba import njit

from headrace.plan.interior.arrays import CHUNK, PIECE
from headrace.plan.interior.vectors import A, inner, zero


@njit(**PIECE)
def forward(h: A, p: A, k: A) -> None:
    """Eliminate dy and dw in place; their effect on the borders is added to k.gradient.

    Right-hand sides of closers are minus k.closer_side, the g of their column at the first hour.
    """
    slots, late = p.windows + p.closers + p.borders, p.rows - p.early
    _forward_early(h, p, k)
    value, carry = k.slots[0, :slots], k.slots[1, :late]
    zero(value)
    zero(carry)
    event = 0
    for t in range(k.dy.shape[1]):
        for a in range(late):
            k.dy[p.early + a, t] += carry[a]
            carry[a] = 0.0
        _forward_hour(k.dy, k.late_factor[t], (p.early, t), value, carry)
        while event < len(h.event_hour) and h.event_hour[event] == t:
            _forward_event(h, p, k, event, (value, carry))
            event += 1
    for b in range(p.borders):
        k.gradient[b] += value[p.windows + p.closers + b]


@njit(**PIECE)
def _forward_early(h: A, p: A, k: A) -> None:
    """The early rows of all hours: into later rows, windows and borders."""
    length, border = k.dy.shape[1], p.rows + p.windows + p.closers
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        for a in range(p.early):
            r = k.dy[a, t0 : t0 + n]
            for e in range(p.pivot_ptr[a], p.pivot_ptr[a + 1]):
                to, share = p.pivot_to[e], k.early_factor[e, t0 : t0 + n]
                if to < p.rows:
                    out = k.dy[to, t0 : t0 + n]
                    for i in range(n):
                        out[i] -= share[i] * r[i]
                elif to >= border:
                    k.gradient[to - border] -= inner(share, r)
                else:
                    at = h.window_at[to - p.rows]
                    for i in range(n):
                        if at[t0 + i] >= 0:
                            k.dw[at[t0 + i]] -= share[i] * r[i]


@njit(**PIECE)
def _forward_hour(dy: A, factor: A, at: A, value: A, carry: A) -> None:
    """The late rows of one hour: into later rows, slots and the next hour."""
    first, t = at
    late, slots = len(carry), len(value)
    for a in range(late):
        r = dy[first + a, t]
        for b in range(a + 1, late):
            dy[first + b, t] -= factor[a, b] * r
        for b in range(slots):
            value[b] -= factor[a, late + b] * r
        for b in range(late):
            carry[b] -= factor[a, late + slots + b] * r


@njit(**PIECE)
def _forward_event(h: A, p: A, k: A, event: int, room: A) -> None:
    """A window or closer closes; its eliminated right-hand side is kept behind the stored inverse pivot."""
    value, carry = room
    slot, which, share = h.event_slot[event], h.event_of[event], k.event_factor[event]
    slots = len(value)
    if slot < p.windows:
        k.dw[which] += value[slot]
        r = k.dw[which]
    else:
        r = value[slot] - k.closer_side[slot - p.windows, which]
    k.closer_value[event] = r
    for a in range(slots):
        value[a] -= share[a] * r
    for a in range(len(carry)):
        carry[a] -= share[slots + a] * r
    value[slot] = 0.0


@njit(**PIECE)
def backward(h: A, p: A, k: A, dx: A) -> None:
    """Solve for dy and dw in place once the borders' move dx is known."""
    slots, late = p.windows + p.closers + p.borders, p.rows - p.early
    value, after = k.slots[0, :slots], k.slots[1, :late]
    zero(value)
    zero(after)
    for b in range(p.borders):
        value[p.windows + p.closers + b] = dx[b]
    event = len(h.event_hour) - 1
    for t in range(k.dy.shape[1] - 1, -1, -1):
        while event >= 0 and h.event_hour[event] == t:
            _backward_event(h, p, k, event, (value, after))
            event -= 1
        _backward_hour(k.dy, k.late_factor[t], (p.early, t), value, after)
    _backward_early(h, p, k, dx)


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
        k.dw[h.event_of[event]] = x


@njit(**PIECE)
def _backward_hour(dy: A, factor: A, at: A, value: A, after: A) -> None:
    """Late rows of one hour from the slots, the next hour and each other; leaves them in `after`."""
    first, t = at
    late, slots = len(after), len(value)
    for a in range(late - 1, -1, -1):
        x = dy[first + a, t] * factor[a, a]
        for b in range(slots):
            x -= factor[a, late + b] * value[b]
        for b in range(late):
            x -= factor[a, late + slots + b] * after[b]
        for b in range(a + 1, late):
            x -= factor[a, b] * dy[first + b, t]
        dy[first + a, t] = x
    for a in range(late):
        after[a] = dy[first + a, t]


@njit(**PIECE)
def _backward_early(h: A, p: A, k: A, dx: A) -> None:
    """The early rows of all hours from later rows, windows and borders."""
    length = k.dy.shape[1]
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        for a in range(p.early - 1, -1, -1):
            r, inverse = k.dy[a, t0 : t0 + n], k.early_inverse[a, t0 : t0 + n]
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
        x = k.dy[to, t0 : t0 + len(r)]
        for i in range(len(r)):
            r[i] -= share[i] * x[i]
    elif to >= p.rows + p.windows + p.closers:
        move = dx[to - p.rows - p.windows - p.closers]
        for i in range(len(r)):
            r[i] -= share[i] * move
    else:
        at_hour = h.window_at[to - p.rows]
        for i in range(len(r)):
            if at_hour[t0 + i] >= 0:
                r[i] -= share[i] * k.dw[at_hour[t0 + i]]
