"""Column passes of a Newton step: weights, right-hand sides, and the move of every column relative to its value.

Newton, for a column with reduced cost v, upper slack t and rent w (docs/design/0031):

    theta = 1 / (v/z + w/t),  P = w/t,  room = upper(x) - z - t
    predictor   g = P room - cost - A'y - V'yw
    corrector   g += (target - dz dv)/z - (target - dt dw)/t      second-order terms clamped to +-3 targets
    move        dz = theta (g + P U dx - A'dy - V'dyw)
"""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.plan.interior.arrays import CHUNK, INLINE, PIECE
from headrace.plan.interior.vectors import (
    A,
    add_times,
    clamp,
    copy,
    dot,
    fill,
    inner,
    limit,
    moved,
    pull,
    push,
    push_after,
    right_side,
    zero,
)


@njit(**PIECE)
def weigh(h: A, s: A, k: A) -> Any:
    """theta of every column (0 where it does not live, 0 for closers, whose own go to first_theta); returns sum z v + t w."""
    length = s.z.shape[1]
    total = 0.0
    for j in range(s.z.shape[0]):
        z, v, theta, u = s.z[j], s.v[j], k.theta[j], h.upper_at[j]
        if u >= 0:
            t, w = s.t[u], s.w[u]
            for i in range(length):
                theta[i] = z[i] * t[i] / (v[i] * t[i] + w[i] * z[i])
            total += inner(t, w)
        else:
            for i in range(length):
                theta[i] = z[i] / v[i]
        if h.live[j] > 0:
            mask = h.profiles[h.live[j]]
            for i in range(length):
                theta[i] *= mask[i]
        total += inner(z, v)
    for c in range(len(h.carried)):
        for f in range(len(h.firsts)):
            k.first_theta[c, f] = k.theta[h.carried[c], h.firsts[f]]
            k.theta[h.carried[c], h.firsts[f]] = 0.0
    return total


@njit(**PIECE)
def products(s: A) -> Any:
    """Sum of slack times price of rows and windows."""
    total = inner(s.sw, s.yw)
    for r in range(s.s.shape[0]):
        total += inner(s.s[r], s.y[r])
    return total


@njit(**PIECE)
def start_rows(h: A, x: A, rows: A) -> None:
    """rows = -(rhs + B x), hour by hour."""
    n = rows.shape[1]
    for r in range(rows.shape[0]):
        right_side(h, r, 0, rows[r], x)
        for i in range(n):
            rows[r, i] = -rows[r, i]


@njit(**INLINE)
def keep_carried(h: A, j: int, t0: int, q: A, carried: A) -> None:
    """Remember q when column j is carried: its chain rows stand one hour earlier."""
    for c in range(len(h.carried)):
        if h.carried[c] == j:
            copy(carried[c, t0 : t0 + len(q)], q)


@njit(**INLINE)
def room_of(h: A, s: A, j: int, t0: int, out: A, x: A) -> None:
    """out = upper(x) - z - t, 0 where the column does not live."""
    limit(h, j, t0, out, x)
    z, t = s.z[j], s.t[h.upper_at[j]]
    for i in range(len(out)):
        out[i] -= z[t0 + i] + t[t0 + i]
    if h.live[j] > 0:
        mask = h.profiles[h.live[j]]
        for i in range(len(out)):
            out[i] *= mask[t0 + i]


@njit(**INLINE)
def borders_of(h: A, j: int, t0: int, x: A, gradient: A) -> None:
    """gradient[k] += sum of u_jk x over the chunk."""
    for e in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
        gradient[h.bound.to[e]] += dot(h.bound.scale[e], h.bound.profile[e], h.profiles, t0, x)


@njit(**PIECE)
def direct(h: A, s: A, k: A, x: A) -> None:
    """Predictor right-hand side: rows to dy, windows to dw, columns to g, borders to gradient.

    tell[0] = sum cost z, tell[1] = largest dual residual, tell[2] = largest bound residual.
    """
    length = s.z.shape[1]
    start_rows(h, x, k.dy)
    for f in range(len(k.dw)):
        k.dw[f] = -h.window_rhs[f]
        for e in range(h.quota.ptr[f], h.quota.ptr[f + 1]):
            k.dw[f] -= h.quota.scale[e] * x[h.quota.to[e]]
    zero(k.tell)
    _edge_gradient(h, s, k.gradient)
    carried = k.carried
    price, rent, q = k.scratch[0], k.scratch[1], k.scratch[2]
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        for j in range(s.z.shape[0]):
            fill(price[:n], h.cost_scale[j], h.cost_profile[j], h.profiles, t0)
            k.tell[0] += inner(price[:n], s.z[j, t0 : t0 + n])
            pull(h, j, t0, price[:n], s.y, s.yw)
            _direct_column(h, s, k, x, (j, t0), (price[:n], rent[:n], q[:n]))
            push(h, j, t0, q[:n], k.dy, k.dw)
            keep_carried(h, j, t0, q[:n], carried)
    push_after(h, carried, k.dy)
    _closer_sides(h, k, 0.0)


@njit(**PIECE)
def _edge_gradient(h: A, s: A, gradient: A) -> None:
    """gradient = -B'y."""
    zero(gradient)
    for r in range(s.y.shape[0]):
        for e in range(h.edge.ptr[r], h.edge.ptr[r + 1]):
            gradient[h.edge.to[e]] -= dot(h.edge.scale[e], h.edge.profile[e], h.profiles, 0, s.y[r])
    for f in range(len(s.yw)):
        for e in range(h.quota.ptr[f], h.quota.ptr[f + 1]):
            gradient[h.quota.to[e]] -= h.quota.scale[e] * s.yw[f]


@njit(**PIECE)
def _closer_sides(h: A, k: A, keep: float) -> None:
    """Right-hand sides of the closers: g of their column at the first hour, plus keep times what was there."""
    for c in range(len(h.carried)):
        for f in range(len(h.firsts)):
            k.closer_side[c, f] = k.g[h.carried[c], h.firsts[f]] + keep * k.closer_side[c, f]


@njit(**INLINE)
def _direct_column(h: A, s: A, k: A, x: A, at: A, room: A) -> None:
    """One column and chunk of `direct`: g, q = theta g + z, and what the bound tells its borders."""
    j, t0 = at
    price, rent, q = room
    n, u = len(q), h.upper_at[j]
    z, v, g, theta = s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n], k.g[j, t0 : t0 + n], k.theta[j, t0 : t0 + n]
    if u >= 0:
        room_of(h, s, j, t0, rent, x)
        t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
        wide = 0.0
        for i in range(n):
            wide = max(wide, abs(rent[i]))
            p = w[i] / t[i]
            push_out = p * rent[i]
            g[i] = push_out - price[i]
            q[i] = theta[i] * g[i]
            rent[i] = push_out - p * q[i]
            q[i] += z[i]
        k.tell[1] = max(k.tell[1], _off(h, (j, t0), v, w, price))
        k.tell[2] = max(k.tell[2], wide)
        borders_of(h, j, t0, rent, k.gradient)
    else:
        for i in range(n):
            g[i] = -price[i]
            q[i] = theta[i] * g[i] + z[i]


@njit(**INLINE)
def _off(h: A, at: A, v: A, w: A, price: A) -> Any:
    """Largest |v - w - cost - A'y| where the column lives: a dead hour has no reduced cost that could fit."""
    j, t0 = at
    far = 0.0
    if h.live[j] > 0:
        mask = h.profiles[h.live[j]]
        for i in range(len(price)):
            far = max(far, mask[t0 + i] * abs(v[i] - w[i] - price[i]))
    else:
        for i in range(len(price)):
            far = max(far, abs(v[i] - w[i] - price[i]))
    return far


@njit(**INLINE)
def keep_near(k: A) -> None:
    """Keep the predictor's direction."""
    for j in range(k.dz.shape[0]):
        copy(k.near_z[j], k.dz[j])
    for r in range(k.dy.shape[0]):
        copy(k.near_y[r], k.dy[r])
    copy(k.near_w, k.dw)


@njit(**INLINE)
def add_near(k: A) -> None:
    """Prices of the direction from the corrector's increments."""
    for r in range(k.dy.shape[0]):
        for t in range(k.dy.shape[1]):
            k.dy[r, t] += k.near_y[r, t]
    for f in range(len(k.dw)):
        k.dw[f] += k.near_w[f]


@njit(**PIECE)
def second(h: A, s: A, k: A, x: A, near_x: A, aim: A) -> None:
    """Corrector increments: g grows in place; the increment of rows, windows, borders goes to dy, dw, gradient.

    aim: (target product, clamp of the second-order terms); near_x: predictor's move of the borders.
    """
    length = s.z.shape[1]
    target, most = aim
    zero(k.gradient)
    carried = k.carried
    _closer_sides(h, k, 0.0)
    for r in range(s.s.shape[0]):
        slack, y, near, out = s.s[r], s.y[r], k.near_y[r], k.dy[r]
        for i in range(length):
            d = near[i] / y[i]
            out[i] = (target - clamp(slack[i] * y[i] * d * (-1.0 - d), most)) / y[i]
    for f in range(len(k.dw)):
        d = k.near_w[f] / s.yw[f]
        k.dw[f] = (target - clamp(s.sw[f] * s.yw[f] * d * (-1.0 - d), most)) / s.yw[f]
    room, q = k.scratch[0], k.scratch[1]
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        for j in range(s.z.shape[0]):
            if h.upper_at[j] >= 0:
                room_of(h, s, j, t0, room[:n], x)
                moved(h, j, t0, room[:n], near_x)
            _second_column(h, s, k, aim, (j, t0), (room[:n], q[:n]))
            push(h, j, t0, q[:n], k.dy, k.dw)
            keep_carried(h, j, t0, q[:n], carried)
    push_after(h, carried, k.dy)
    _closer_sides(h, k, -1.0)


@njit(**INLINE)
def _second_column(h: A, s: A, k: A, aim: A, at: A, room: A) -> None:
    """One column and chunk of `second`."""
    j, t0 = at
    target, most = aim
    rent, q = room
    n, u = len(q), h.upper_at[j]
    z, v, near = s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n], k.near_z[j, t0 : t0 + n]
    for i in range(n):
        d = near[i] / z[i]
        q[i] = (target - clamp(z[i] * v[i] * d * (-1.0 - d), most)) / z[i]
    theta, g = k.theta[j, t0 : t0 + n], k.g[j, t0 : t0 + n]
    if u >= 0:
        t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
        for i in range(n):
            d = (rent[i] - near[i]) / t[i]
            e = (target - clamp(t[i] * w[i] * d * (-1.0 - d), most)) / t[i]
            q[i] -= e
            rent[i] = -e
    _masked(h, j, t0, q)
    for i in range(n):
        g[i] += q[i]
        q[i] *= theta[i]
    if u >= 0:
        for i in range(n):
            rent[i] -= w[i] / t[i] * q[i]
        _masked(h, j, t0, rent)
        borders_of(h, j, t0, rent, k.gradient)


@njit(**INLINE)
def _masked(h: A, j: int, t0: int, x: A) -> None:
    """x = 0 where column j does not live."""
    if h.live[j] > 0:
        mask = h.profiles[h.live[j]]
        for i in range(len(x)):
            x[i] *= mask[t0 + i]


@njit(**PIECE)
def move(h: A, s: A, k: A, dx: A) -> None:
    """dz from the solved prices dy, dw and the borders' move dx."""
    length = s.z.shape[1]
    charge, push_out = k.scratch[0], k.scratch[1]
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        for j in range(s.z.shape[0]):
            zero(charge[:n])
            pull(h, j, t0, charge[:n], k.dy, k.dw)
            g, theta, dz = k.g[j, t0 : t0 + n], k.theta[j, t0 : t0 + n], k.dz[j, t0 : t0 + n]
            u = h.upper_at[j]
            if u >= 0 and h.bound.ptr[j] < h.bound.ptr[j + 1]:
                t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
                zero(push_out[:n])
                moved(h, j, t0, push_out[:n], dx)
                for i in range(n):
                    charge[i] -= w[i] / t[i] * push_out[i]
            for i in range(n):
                dz[i] = theta[i] * (g[i] - charge[i])
            _closers(h, k, (j, t0), charge[:n])


@njit(**INLINE)
def _closers(h: A, k: A, at: A, charge: A) -> None:
    """The move of a carried column at the first hour of a segment, whose theta is kept apart."""
    j, t0 = at
    for c in range(len(h.carried)):
        if h.carried[c] == j:
            for f in range(len(h.firsts)):
                i = h.firsts[f] - t0
                if 0 <= i < len(charge):
                    k.dz[j, t0 + i] = k.first_theta[c, f] * (k.g[j, t0 + i] - charge[i])


@njit(**INLINE)
def relative(h: A, s: A, k: A, aim: A, at: A, moves: A, out: A) -> None:
    """Moves of column j in a chunk, relative to its value: out = (dz/z, dv/v, dt/t, dw/w).

    moves: (x, dx, near_x); aim: (target, clamp), target 0 in the predictor (then nothing of second order).
    """
    j, t0 = at
    target, most = aim
    a, b, c, d = out
    n, u = len(a), h.upper_at[j]
    z, v = s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n]
    dz, near = k.dz[j, t0 : t0 + n], k.near_z[j, t0 : t0 + n]
    for i in range(n):
        a[i] = dz[i] / z[i]
        b[i] = -1.0 - a[i]
    if target > 0.0:
        for i in range(n):
            p = z[i] * v[i]
            e = near[i] / z[i]
            b[i] += (target - clamp(p * e * (-1.0 - e), most)) / p
    _masked(h, j, t0, b)
    if u >= 0:
        room_of(h, s, j, t0, c, moves[0])
        if target > 0.0:
            copy(d, c)
            moved(h, j, t0, d, moves[2])
        moved(h, j, t0, c, moves[1])
        _relative_slack(s, (u, t0), aim, (dz, near), (c, d))
        _masked(h, j, t0, c)
        _masked(h, j, t0, d)


@njit(**INLINE)
def _relative_slack(s: A, at: A, aim: A, moves: A, out: A) -> None:
    """The slack's part of `relative`: on entry c = room + U dx and d = room + U near_x."""
    u, t0 = at
    target, most = aim
    dz, near = moves
    c, d = out
    n = len(c)
    t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
    if target > 0.0:
        for i in range(n):
            p = t[i] * w[i]
            e = (d[i] - near[i]) / t[i]
            c[i] = (c[i] - dz[i]) / t[i]
            d[i] = -1.0 - c[i] + (target - clamp(p * e * (-1.0 - e), most)) / p
    else:
        for i in range(n):
            c[i] = (c[i] - dz[i]) / t[i]
            d[i] = -1.0 - c[i]


__all__ = ["add_times", "direct", "move", "products", "relative", "second", "weigh"]
