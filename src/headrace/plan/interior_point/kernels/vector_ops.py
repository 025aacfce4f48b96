"""Small vector loops that every kernel is made of: one entry of a pattern, a chunk of hours at a
time.
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import INLINE, PIECE, Hours


@njit(**PIECE)
def set_to(out: Floats, scale: float, profile: int, profiles: Floats, t0: int) -> None:
    """out = scale * profile. scale: [unit of the entry], profiles: [1]."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] = scale
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] = scale * row[i]


@njit(**PIECE)
def add(out: Floats, scale: float, profile: int, profiles: Floats, t0: int) -> None:
    """out += scale * profile. scale: [unit of the entry], profiles: [1]."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] += scale
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] += scale * row[i]


@njit(**PIECE)
def times(out: Floats, scale: float, profile: int, profiles: Floats, t0: int) -> None:
    """out *= scale * profile. scale: [unit of the entry], profiles: [1]."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] *= scale
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] *= scale * row[i]


@njit(**PIECE)
def add_times(
    out: Floats, scale: float, profile: int, profiles: Floats, t0: int, x: Floats
) -> None:
    """out += scale * profile * x. scale: [unit of the entry], profiles: [1], x: [any unit]."""
    n = len(out)
    if profile == 0:
        for i in range(n):
            out[i] += scale * x[i]
    else:
        row = profiles[profile, t0 : t0 + n]
        for i in range(n):
            out[i] += scale * row[i] * x[i]


@njit(**PIECE)
def dot(scale: float, profile: int, profiles: Floats, t0: int, x: Floats) -> float:
    """Sum of scale * profile * x. scale: [unit of the entry], profiles: [1], x: [any unit]."""
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
def inner(x: Floats, y: Floats) -> float:
    """Sum of x * y. x, y: [any unit]."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


@njit(**PIECE)
def inner3(x: Floats, y: Floats, z: Floats) -> float:
    """Sum of x * y * z. x, y, z: [any unit]."""
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i] * z[i]
    return total


@njit(**INLINE)
def add_transposed(hours: Hours, j: int, t0: int, out: Floats, y: Floats, price: Floats) -> None:
    """out += (A'y + V' price) of column j: what the rows of its hour, of the hour before and its
    windows charge it. y, price: duals [kUSD/unit of the row]; out: [kUSD/unit of the column].
    """
    n = len(out)
    for e in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
        add_times(
            out,
            hours.in_hour.scale[e],
            hours.in_hour.profile[e],
            hours.profiles,
            t0,
            y[hours.in_hour.to[e], t0 : t0 + n],
        )
    for e in range(hours.in_previous.ptr[j], hours.in_previous.ptr[j + 1]):
        row, scale, profile = (
            y[hours.in_previous.to[e]],
            hours.in_previous.scale[e],
            hours.profiles[hours.in_previous.profile[e]],
        )
        before = hours.previous_hour[t0 : t0 + n]
        for i in range(n):
            out[i] += scale * profile[before[i]] * row[before[i]]
    for e in range(hours.in_window.ptr[j], hours.in_window.ptr[j + 1]):
        at, profile = (
            hours.window_at[hours.in_window.to[e], t0 : t0 + n],
            hours.profiles[hours.in_window.profile[e], t0 : t0 + n],
        )
        scale = hours.in_window.scale[e]
        for i in range(n):
            if at[i] >= 0:
                out[i] += scale * profile[i] * price[at[i]]


@njit(**INLINE)
def add_product(hours: Hours, j: int, t0: int, q: Floats, rows: Floats, windows: Floats) -> None:
    """rows += A q and windows += V q of column j in the rows of its own hour (`push_after` does the
    hour before). q: [unit of the column]; rows, windows: [their units].
    """
    n = len(q)
    for e in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
        add_times(
            rows[hours.in_hour.to[e], t0 : t0 + n],
            hours.in_hour.scale[e],
            hours.in_hour.profile[e],
            hours.profiles,
            t0,
            q,
        )
    for e in range(hours.in_window.ptr[j], hours.in_window.ptr[j + 1]):
        at, profile = (
            hours.window_at[hours.in_window.to[e], t0 : t0 + n],
            hours.profiles[hours.in_window.profile[e], t0 : t0 + n],
        )
        scale = hours.in_window.scale[e]
        for i in range(n):
            if at[i] >= 0:
                windows[at[i]] += scale * profile[i] * q[i]


@njit(**PIECE)
def add_product_previous(hours: Hours, carried: Floats, rows: Floats) -> None:
    """Add the carried columns' values to the chain rows of the hour before; carried: shape (carried
    column, hour). carried: [unit of the column]; rows: [their units].
    """
    for c in range(len(hours.carried)):
        j = hours.carried[c]
        for e in range(hours.in_previous.ptr[j], hours.in_previous.ptr[j + 1]):
            out, scale, profile = (
                rows[hours.in_previous.to[e]],
                hours.in_previous.scale[e],
                hours.profiles[hours.in_previous.profile[e]],
            )
            for t in range(rows.shape[1]):
                out[t] += scale * profile[t] * carried[c, hours.next_hour[t]]


@njit(**INLINE)
def upper_bound(hours: Hours, j: int, t0: int, out: Floats, x: Floats) -> None:
    """out = upper bound of column j at capacities x. x: [unit of the border]; out: [unit of the
    column].
    """
    set_to(out, hours.upper_scale[j], hours.upper_profile[j], hours.profiles, t0)
    for e in range(hours.upper_border.ptr[j], hours.upper_border.ptr[j + 1]):
        add(
            out,
            hours.upper_border.scale[e] * x[hours.upper_border.to[e]],
            hours.upper_border.profile[e],
            hours.profiles,
            t0,
        )


@njit(**INLINE)
def add_bound_move(hours: Hours, j: int, t0: int, out: Floats, dx: Floats) -> None:
    """out += change of column j's upper bound when the capacities move by dx. dx: [unit of the
    border]; out: [unit of the column].
    """
    for e in range(hours.upper_border.ptr[j], hours.upper_border.ptr[j + 1]):
        add(
            out,
            hours.upper_border.scale[e] * dx[hours.upper_border.to[e]],
            hours.upper_border.profile[e],
            hours.profiles,
            t0,
        )


@njit(**INLINE)
def apply_mask(hours: Hours, j: int, t0: int, x: Floats) -> None:
    """x = 0 where column j does not exist. x: [any unit]."""
    if hours.mask[j] > 0:
        times(x, 1.0, hours.mask[j], hours.profiles, t0)


@njit(**INLINE)
def row_limit(hours: Hours, r: int, t0: int, out: Floats, x: Floats) -> None:
    """out = right-hand side of row r at capacities x. x: [unit of the border]; out: [unit of the
    row].
    """
    set_to(out, hours.rhs_scale[r], hours.rhs_profile[r], hours.profiles, t0)
    for e in range(hours.row_border.ptr[r], hours.row_border.ptr[r + 1]):
        add(
            out,
            hours.row_border.scale[e] * x[hours.row_border.to[e]],
            hours.row_border.profile[e],
            hours.profiles,
            t0,
        )


@njit(**PIECE)
def bounded(x: float, most: float) -> float:
    """x between -most and most. x, most: [one unit]."""
    return min(most, max(-most, x))


@njit(**PIECE)
def zero(x: Floats) -> None:
    """x = 0 (one axis). x: [any unit]."""
    for i in range(len(x)):
        x[i] = 0.0


@njit(**PIECE)
def raise_to_abs(out: Floats, x: Floats) -> None:
    """out = max(out, |x|), in words that the compiler can vectorise (it makes a branch of max).
    out, x: [one unit].
    """
    for i in range(len(out)):
        out[i] -= min(0.0, out[i] - abs(x[i]))


@njit(**PIECE)
def raise_to_minus(out: Floats, x: Floats) -> None:
    """out = max(out, -x), likewise. out, x: [one unit]."""
    for i in range(len(out)):
        out[i] -= min(0.0, x[i] + out[i])


@njit(**PIECE)
def add_to(out: Floats, x: Floats) -> None:
    """out += x. out, x: [one unit]."""
    for i in range(len(out)):
        out[i] += x[i]


@njit(**PIECE)
def divide(out: Floats, x: Floats, y: Floats) -> None:
    """out = x / y. x, y: [any units]."""
    for i in range(len(out)):
        out[i] = x[i] / y[i]


@njit(**PIECE)
def subtract(out: Floats, x: Floats) -> None:
    """out -= x. out, x: [one unit]."""
    for i in range(len(out)):
        out[i] -= x[i]


@njit(**PIECE)
def copy(out: Floats, x: Floats) -> None:
    """out = x. out, x: [one unit]."""
    for i in range(len(out)):
        out[i] = x[i]


@njit(**PIECE)
def zero_matrix(x: Floats) -> None:
    """x = 0 (two axes). x: [any unit]."""
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            x[i, j] = 0.0
