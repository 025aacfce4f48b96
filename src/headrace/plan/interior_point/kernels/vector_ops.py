"""Small vector loops that every kernel is made of: one entry of a pattern, a chunk of hours at a
time.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.plan.interior_point.kernels.layout import INLINE, PIECE

A = Any  # kernels take arrays and the tuples of `arrays`; numba infers their types


@njit(**PIECE)
def fill(out: A, scale: float, profile: int, profiles: A, t0: int) -> None:
    """out = scale * profile."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] = scale
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] = scale * row[i]


@njit(**PIECE)
def add(out: A, scale: float, profile: int, profiles: A, t0: int) -> None:
    """out += scale * profile."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] += scale
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] += scale * row[i]


@njit(**PIECE)
def times(out: A, scale: float, profile: int, profiles: A, t0: int) -> None:
    """out *= scale * profile."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] *= scale
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] *= scale * row[i]


@njit(**PIECE)
def add_times(out: A, scale: float, profile: int, profiles: A, t0: int, x: A) -> None:
    """out += scale * profile * x."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] += scale * x[i]
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] += scale * row[i] * x[i]


@njit(**PIECE)
def dot(scale: float, profile: int, profiles: A, t0: int, x: A) -> float:
    """Sum of scale * profile * x."""
    n = len(x)
    total = 0.0
    if profile == 0:
        for i in range(n):
            total += x[i]
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            total += row[i] * x[i]
    return scale * total


@njit(**PIECE)
def inner(x: A, y: A) -> float:
    """Sum of x * y."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


@njit(**PIECE)
def inner3(x: A, y: A, z: A) -> float:
    """Sum of x * y * z."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i] * z[i]
    return total


@njit(**INLINE)
def pull(h: A, j: int, t0: int, out: A, y: A, price: A) -> None:
    """out += (A'y + V' price) of column j: what the rows of its hour, of the hour before and its
    windows charge it.
    """
    n = len(out)
    for e in range(h.here.ptr[j], h.here.ptr[j + 1]):
        add_times(
            out, h.here.scale[e], h.here.profile[e], h.profiles, t0, y[h.here.to[e], t0 : t0 + n]
        )
    for e in range(h.after.ptr[j], h.after.ptr[j + 1]):
        row, scale, profile = y[h.after.to[e]], h.after.scale[e], h.profiles[h.after.profile[e]]
        before = h.before_hour[t0 : t0 + n]
        for i in range(n):
            out[i] += scale * profile[before[i]] * row[before[i]]
    for e in range(h.window.ptr[j], h.window.ptr[j + 1]):
        at, profile = (
            h.window_at[h.window.to[e], t0 : t0 + n],
            h.profiles[h.window.profile[e], t0 : t0 + n],
        )
        scale = h.window.scale[e]
        for i in range(n):
            if at[i] >= 0:
                out[i] += scale * profile[i] * price[at[i]]


@njit(**INLINE)
def push(h: A, j: int, t0: int, q: A, rows: A, windows: A) -> None:
    """rows += A q and windows += V q of column j in the rows of its own hour (`push_after` does the
    hour before).
    """
    n = len(q)
    for e in range(h.here.ptr[j], h.here.ptr[j + 1]):
        add_times(
            rows[h.here.to[e], t0 : t0 + n], h.here.scale[e], h.here.profile[e], h.profiles, t0, q
        )
    for e in range(h.window.ptr[j], h.window.ptr[j + 1]):
        at, profile = (
            h.window_at[h.window.to[e], t0 : t0 + n],
            h.profiles[h.window.profile[e], t0 : t0 + n],
        )
        scale = h.window.scale[e]
        for i in range(n):
            if at[i] >= 0:
                windows[at[i]] += scale * profile[i] * q[i]


@njit(**PIECE)
def push_after(h: A, carried: A, rows: A) -> None:
    """Add the carried columns' values to the chain rows of the hour before; carried: shape (carried
    column, hour).
    """
    for c in range(len(h.carried)):
        j = h.carried[c]
        for e in range(h.after.ptr[j], h.after.ptr[j + 1]):
            out, scale, profile = (
                rows[h.after.to[e]],
                h.after.scale[e],
                h.profiles[h.after.profile[e]],
            )
            for t in range(rows.shape[1]):
                out[t] += scale * profile[t] * carried[c, h.after_hour[t]]


@njit(**INLINE)
def limit(h: A, j: int, t0: int, out: A, x: A) -> None:
    """out = upper bound of column j at capacities x."""
    fill(out, h.upper_scale[j], h.upper_profile[j], h.profiles, t0)
    for e in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
        add(out, h.bound.scale[e] * x[h.bound.to[e]], h.bound.profile[e], h.profiles, t0)


@njit(**INLINE)
def moved(h: A, j: int, t0: int, out: A, dx: A) -> None:
    """out += change of column j's upper bound when the capacities move by dx."""
    for e in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
        add(out, h.bound.scale[e] * dx[h.bound.to[e]], h.bound.profile[e], h.profiles, t0)


@njit(**INLINE)
def masked(h: A, j: int, t0: int, x: A) -> None:
    """x = 0 where column j does not live."""
    if h.live[j] > 0:
        times(x, 1.0, h.live[j], h.profiles, t0)


@njit(**INLINE)
def right_side(h: A, r: int, t0: int, out: A, x: A) -> None:
    """out = right-hand side of row r at capacities x."""
    fill(out, h.rhs_scale[r], h.rhs_profile[r], h.profiles, t0)
    for e in range(h.edge.ptr[r], h.edge.ptr[r + 1]):
        add(out, h.edge.scale[e] * x[h.edge.to[e]], h.edge.profile[e], h.profiles, t0)


@njit(**PIECE)
def clamp(x: float, most: float) -> float:
    """x between -most and most."""
    return min(most, max(-most, x))


@njit(**PIECE)
def zero(x: A) -> None:
    """x = 0 (one axis)."""
    for i in range(len(x)):
        x[i] = 0.0


@njit(**PIECE)
def reach(out: A, x: A) -> None:
    """out = max(out, |x|), in words that the compiler can vectorise (it makes a branch of max)."""
    for i in range(len(out)):
        out[i] -= min(0.0, out[i] - abs(x[i]))


@njit(**PIECE)
def reach_below(out: A, x: A) -> None:
    """out = max(out, -x), likewise."""
    for i in range(len(out)):
        out[i] -= min(0.0, x[i] + out[i])


@njit(**PIECE)
def increase(out: A, x: A) -> None:
    """out += x."""
    for i in range(len(out)):
        out[i] += x[i]


@njit(**PIECE)
def ratio(out: A, x: A, y: A) -> None:
    """out = x / y."""
    for i in range(len(out)):
        out[i] = x[i] / y[i]


@njit(**PIECE)
def less(out: A, x: A) -> None:
    """out -= x."""
    for i in range(len(out)):
        out[i] -= x[i]


@njit(**PIECE)
def copy(out: A, x: A) -> None:
    """out = x."""
    for i in range(len(out)):
        out[i] = x[i]


@njit(**PIECE)
def zero2(x: A) -> None:
    """x = 0 (two axes)."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = 0.0
