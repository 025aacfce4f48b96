"""Column passes of a Newton step: weights, right-hand sides, and the move of every column relative
to its value.

Newton, for a column with reduced cost v, upper slack t and rent w (docs/design/0031):

    theta = 1 / (v/z + w/t),  P = w/t,  room = upper(x) - z - t
    predictor   g = P room - cost - A'y - V'yw
    corrector   g += (target - dz dv)/z - (target - dt dw)/t      second-order terms clamped to +-3
                targets
    move        dz = theta (g + P U dx - A'dy - V'dyw)
"""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.plan.interior_point.kernels.layout import (
    BOUND_RESIDUAL,
    COST,
    DUAL_RESIDUAL,
    INLINE,
    PIECE,
    TURNOVER,
)
from headrace.plan.interior_point.kernels.vector_ops import (
    A,
    clamp,
    copy,
    dot,
    fill,
    increase,
    inner,
    less,
    limit,
    masked,
    moved,
    pull,
    push,
    ratio,
    reach,
    right_side,
    zero,
)


@njit(**PIECE)
def weigh(h: A, s: A, k: A, lo: int, hi: int) -> Any:
    """theta of every column in hours lo .. hi-1 (0 where it does not live, 0 for closers, whose own
    go to first_theta); returns their sum of z v + t w.
    """
    total = 0.0
    for j in range(s.z.shape[0]):
        z, v, theta, u = s.z[j, lo:hi], s.v[j, lo:hi], k.theta[j, lo:hi], h.upper_at[j]
        if u >= 0:
            t, w = s.t[u, lo:hi], s.w[u, lo:hi]
            for i in range(len(z)):
                theta[i] = z[i] * t[i] / (v[i] * t[i] + w[i] * z[i])
            total += inner(t, w)
        else:
            ratio(theta, z, v)
        masked(h, j, lo, theta)
        total += inner(z, v)
    for f in range(len(h.firsts)):
        if lo <= h.firsts[f] < hi:
            for c in range(len(h.carried)):
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
def start_rows(h: A, x: A, rows: A, t0: int, n: int) -> None:
    """rows = -(rhs + B x), hour by hour."""
    for r in range(rows.shape[0]):
        out = rows[r, t0 : t0 + n]
        right_side(h, r, t0, out, x)
        for i in range(n):
            out[i] = -out[i]


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
    n = len(out)
    less(out, s.z[j, t0 : t0 + n])
    less(out, s.t[h.upper_at[j], t0 : t0 + n])
    masked(h, j, t0, out)


@njit(**INLINE)
def borders_of(h: A, j: int, t0: int, x: A, gradient: A) -> None:
    """gradient[k] += sum of u_jk x over the chunk."""
    for e in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
        gradient[h.bound.to[e]] += dot(h.bound.scale[e], h.bound.profile[e], h.profiles, t0, x)


@njit(**PIECE)
def begin_direct(h: A, s: A, k: A, x: A) -> None:
    """What of `direct` is not hour by hour: windows and edges."""
    for f in range(len(k.solve_w)):
        k.solve_w[f] = -h.window_rhs[f]
        for e in range(h.quota.ptr[f], h.quota.ptr[f + 1]):
            k.solve_w[f] -= h.quota.scale[e] * x[h.quota.to[e]]
    zero(k.tell)
    _edge_gradient(h, s, k.gradient)


@njit(**PIECE)
def direct(h: A, s: A, k: A, x: A, t0: int, n: int) -> None:
    """Predictor right-hand side of a chunk: rows to solve_y, windows to solve_w, columns to g,
    borders to gradient.

    Statistics: cost and turnover of the columns, largest dual and bound residual.
    """
    start_rows(h, x, k.solve_y, t0, n)
    price, rent, q, far, wide = (
        k.scratch[0, :n],
        k.scratch[1, :n],
        k.scratch[2, :n],
        k.scratch[3, :n],
        k.scratch[4, :n],
    )
    zero(far)
    zero(wide)
    for j in range(s.z.shape[0]):
        fill(price, h.cost_scale[j], h.cost_profile[j], h.profiles, t0)
        cost = inner(price, s.z[j, t0 : t0 + n])
        k.tell[COST] += cost
        k.tell[TURNOVER] += abs(cost)
        pull(h, j, t0, price, s.y, s.yw)
        _direct_column(h, s, k, x, (j, t0), (price, rent, q, far, wide))
        push(h, j, t0, q, k.solve_y, k.solve_w)
        keep_carried(h, j, t0, q, k.carried)
    for i in range(n):
        k.tell[DUAL_RESIDUAL] = max(k.tell[DUAL_RESIDUAL], far[i])
        k.tell[BOUND_RESIDUAL] = max(k.tell[BOUND_RESIDUAL], wide[i])


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
def closer_sides(h: A, k: A, keep: float) -> None:
    """Right-hand sides of the closers: g of their column at the first hour, plus keep times what
    was there.
    """
    for c in range(len(h.carried)):
        for f in range(len(h.firsts)):
            k.closer_side[c, f] = k.g[h.carried[c], h.firsts[f]] + keep * k.closer_side[c, f]


@njit(**INLINE)
def _direct_column(h: A, s: A, k: A, x: A, at: A, room: A) -> None:
    """One column and chunk of `direct`: g, q = theta g + z, and what the bound tells its borders.

    room: far and wide keep the largest |v - w - cost - A'y| and |upper - z - t| of each hour; a
        dead hour has neither.
    """
    j, t0 = at
    price, rent, q, far, wide = room
    n, u = len(q), h.upper_at[j]
    z, v, g, theta = (
        s.z[j, t0 : t0 + n],
        s.v[j, t0 : t0 + n],
        k.g[j, t0 : t0 + n],
        k.theta[j, t0 : t0 + n],
    )
    for i in range(n):
        q[i] = v[i] - price[i]
        g[i] = -price[i]
    if u >= 0:
        room_of(h, s, j, t0, rent, x)
        t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
        reach(wide, rent)
        less(q, w)
        for i in range(n):
            price[i] = w[i] / t[i]
            rent[i] *= price[i]
        increase(g, rent)
    masked(h, j, t0, q)
    reach(far, q)
    for i in range(n):
        q[i] = theta[i] * g[i]
    if u >= 0:
        for i in range(n):
            rent[i] -= price[i] * q[i]
        borders_of(h, j, t0, rent, k.gradient)
    increase(q, z)


@njit(**PIECE)
def begin_second(s: A, k: A, aim: A) -> None:
    """What of `second` is not hour by hour: windows."""
    zero(k.gradient)
    _curved(s.yw, s.sw, k.near_w, aim, k.solve_w)


@njit(**PIECE)
def second(h: A, s: A, k: A, moves: A, aim: A, t0: int, n: int) -> None:
    """Corrector increments of a chunk: g grows in place; those of rows, windows, borders go to
    solve_y, solve_w, gradient.

    moves: borders and the predictor's move of them; aim: (target product, clamp of the second-order
        terms).
    """
    x, near_x = moves
    for r in range(s.s.shape[0]):
        pair = (s.s[r, t0 : t0 + n], s.y[r, t0 : t0 + n])
        _curved(pair[1], pair[0], k.near_y[r, t0 : t0 + n], aim, k.solve_y[r, t0 : t0 + n])
    room, q = k.scratch[0, :n], k.scratch[1, :n]
    for j in range(s.z.shape[0]):
        if h.upper_at[j] >= 0:
            room_of(h, s, j, t0, room, x)
            moved(h, j, t0, room, near_x)
        _second_column(h, s, k, aim, (j, t0), (room, q))
        push(h, j, t0, q, k.solve_y, k.solve_w)
        keep_carried(h, j, t0, q, k.carried)


@njit(**PIECE)
def _curved(x: A, y: A, near: A, aim: A, out: A) -> None:
    """What the target and the predictor's second-order terms add to a pair's dual value: (target -
    dx dy) / x, clamped.
    """
    target, most = aim
    for i in range(len(out)):
        r = 1.0 / x[i]
        out[i] = (target - clamp(near[i] * y[i] * (-1.0 - near[i] * r), most)) * r


@njit(**INLINE)
def _second_column(h: A, s: A, k: A, aim: A, at: A, room: A) -> None:
    """One column and chunk of `second`; room: on entry upper - z - t and its move, and what goes to
    the rows.
    """
    j, t0 = at
    far, q = room
    n, u = len(q), h.upper_at[j]
    near, theta, g = k.near_z[j, t0 : t0 + n], k.theta[j, t0 : t0 + n], k.g[j, t0 : t0 + n]
    _curved(s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n], near, aim, q)
    if u >= 0:
        t, w, rent = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n], k.scratch[2, :n]
        less(far, near)
        _curved(t, w, far, aim, rent)
        less(q, rent)
    masked(h, j, t0, q)
    for i in range(n):
        g[i] += q[i]
        q[i] *= theta[i]
    if u >= 0:
        for i in range(n):
            rent[i] = -rent[i] - w[i] / t[i] * q[i]
        masked(h, j, t0, rent)
        borders_of(h, j, t0, rent, k.gradient)


@njit(**PIECE)
def move(h: A, s: A, k: A, dx: A, direction: A, t0: int, n: int) -> None:
    """Columns of the direction (dz, dy, dw) in a chunk, from its prices and the borders' move dx."""
    charge, push_out = k.scratch[0, :n], k.scratch[1, :n]
    to, prices, rents = direction
    for j in range(s.z.shape[0]):
        zero(charge)
        pull(h, j, t0, charge, prices, rents)
        g, theta, dz, u = (
            k.g[j, t0 : t0 + n],
            k.theta[j, t0 : t0 + n],
            to[j, t0 : t0 + n],
            h.upper_at[j],
        )
        if u >= 0 and h.bound.ptr[j] < h.bound.ptr[j + 1]:
            t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
            zero(push_out)
            moved(h, j, t0, push_out, dx)
            for i in range(n):
                charge[i] -= w[i] / t[i] * push_out[i]
        for i in range(n):
            dz[i] = theta[i] * (g[i] - charge[i])
        _closers(h, k, (j, t0), charge, to)


@njit(**INLINE)
def _closers(h: A, k: A, at: A, charge: A, to: A) -> None:
    """The move of a carried column at the first hour of a segment, whose theta is kept apart."""
    j, t0 = at
    for c in range(len(h.carried)):
        if h.carried[c] == j:
            for f in range(len(h.firsts)):
                i = h.firsts[f] - t0
                if 0 <= i < len(charge):
                    to[j, t0 + i] = k.first_theta[c, f] * (k.g[j, t0 + i] - charge[i])


@njit(**INLINE)
def relative(h: A, s: A, k: A, aim: A, at: A, moves: A, out: A) -> None:
    """Moves of column j in a chunk, relative to its value: out = (dz/z, dv/v, dt/t, dw/w).

    moves: (x, dx, near_x) of the borders and dz of the columns; aim: (target, clamp), target 0 in
        the predictor (then nothing of second order).
    """
    j, t0 = at
    target = aim[0]
    a, b, c, d = out
    n, u = len(a), h.upper_at[j]
    z, v = s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n]
    dz, near = moves[3][j, t0 : t0 + n], k.near_z[j, t0 : t0 + n]
    if target > 0.0:
        _corrected((z, v), (dz, near), aim, (a, b), k.scratch[4, :n])
    else:
        _straight(z, dz, (a, b))
    masked(h, j, t0, b)
    if u >= 0:
        t, w = s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]
        dt, near_t = k.scratch[5, :n], k.scratch[6, :n]
        room_of(h, s, j, t0, dt, moves[0])
        if target > 0.0:
            copy(near_t, dt)
            moved(h, j, t0, near_t, moves[2])
            less(near_t, near)
        moved(h, j, t0, dt, moves[1])
        less(dt, dz)
        if target > 0.0:
            _corrected((t, w), (dt, near_t), aim, (c, d), k.scratch[4, :n])
        else:
            _straight(t, dt, (c, d))
        masked(h, j, t0, c)
        masked(h, j, t0, d)


@njit(**PIECE)
def _straight(x: A, dx: A, out: A) -> None:
    """Relative moves of a pair whose product goes to zero: (dx/x, -1 - dx/x)."""
    a, b = out
    for i in range(len(a)):
        a[i] = dx[i] / x[i]
        b[i] = -1.0 - a[i]


@njit(**PIECE)
def _corrected(pair: A, moves: A, aim: A, out: A, per: A) -> None:
    """Relative moves of a pair (x, y) whose product goes to the target, with the second-order terms
    of the predictor's move.
    """
    x, y = pair
    dx, near = moves
    target, most = aim
    a, b = out
    for i in range(len(a)):
        per[i] = 1.0 / (x[i] * y[i])
        a[i] = dx[i] * y[i] * per[i]
    for i in range(len(a)):
        e = near[i] * y[i]
        b[i] = (target - clamp(e * (-1.0 - e * per[i]), most)) * per[i] - 1.0 - a[i]


@njit(**PIECE)
def turned(pair: A, moves: A, aim: A, out: A, per: A) -> None:
    """The same for a row or window, whose price moves first: pair (slack, price), moves of the
    price; out stays (slack, price).
    """
    slack, y = pair
    if aim[0] > 0.0:
        _corrected((y, slack), moves, aim, (out[1], out[0]), per)
    else:
        _straight(y, moves[0], (out[1], out[0]))


__all__ = [
    "begin_direct",
    "begin_second",
    "closer_sides",
    "direct",
    "move",
    "products",
    "relative",
    "second",
    "turned",
    "weigh",
]
