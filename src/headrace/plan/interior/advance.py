"""How far to go and going there: the largest relative decrease by hour, the step with its clip, and the repair of prices.

A step multiplies every value by 1 + a * (relative move). The few hours left out of the step's length are clipped: no
value falls below `keep` of itself there, and a product that would collapse is held up (docs/design/0032). `absorb` then
restores exact dual feasibility in clipped hours by raising reduced costs or rents, never by lowering one.
"""

from __future__ import annotations

from numba import njit

from headrace.plan.interior.arrays import CHUNK, FAST, INLINE
from headrace.plan.interior.columns import relative
from headrace.plan.interior.vectors import A, clamp, fill, pull, zero


@njit(**FAST)
def _row_moves(slack: float, y: float, dy: float, near: float, aim: A) -> A:
    """Relative moves (ds/s, dy/y) of one row or window."""
    target, most = aim
    up = dy / y
    down = -1.0 - up
    if target > 0.0:
        e = near / y
        p = slack * y
        down += (target - clamp(p * e * (-1.0 - e), most)) / p
    return down, up


@njit(**FAST)
def reach(h: A, s: A, k: A, aim: A, moves: A) -> None:
    """Largest relative decreases by hour to worst_primal and worst_dual; of the long windows to tell[3], tell[4]."""
    length = s.z.shape[1]
    zero(k.worst_primal)
    zero(k.worst_dual)
    k.tell[3], k.tell[4] = 0.0, 0.0
    scratch = k.scratch
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        primal, dual = k.worst_primal[t0 : t0 + n], k.worst_dual[t0 : t0 + n]
        a, b, c, d = scratch[0, :n], scratch[1, :n], scratch[2, :n], scratch[3, :n]
        for j in range(s.z.shape[0]):
            relative(h, s, k, aim, (j, t0), moves, (a, b, c, d))
            _lower(primal, dual, a, b)
            if h.upper_at[j] >= 0:
                _lower(primal, dual, c, d)
        for r in range(s.s.shape[0]):
            for i in range(n):
                a[i], b[i] = _row_moves(s.s[r, t0 + i], s.y[r, t0 + i], k.dy[r, t0 + i], k.near_y[r, t0 + i], aim)
            _lower(primal, dual, a, b)
    for f in range(len(k.dw)):
        down, up = _row_moves(s.sw[f], s.yw[f], k.dw[f], k.near_w[f], aim)
        t = h.window_hour[f]
        if h.window_long[f] == 1:
            k.tell[3], k.tell[4] = max(k.tell[3], -down), max(k.tell[4], -up)
        else:
            k.worst_primal[t], k.worst_dual[t] = max(k.worst_primal[t], -down), max(k.worst_dual[t], -up)


@njit(**FAST)
def _lower(primal: A, dual: A, a: A, b: A) -> None:
    """Keep the largest decrease of each hour."""
    for i in range(len(a)):
        primal[i] = max(primal[i], -a[i])
        dual[i] = max(dual[i], -b[i])


@njit(**FAST)
def product_after(h: A, s: A, k: A, aim: A, moves: A, steps: A) -> float:
    """Sum of all products after a clipped step; steps: (primal, dual, keep)."""
    length = s.z.shape[1]
    one, two, keep = steps
    total = 0.0
    scratch = k.scratch
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        a, b, c, d = scratch[0, :n], scratch[1, :n], scratch[2, :n], scratch[3, :n]
        for j in range(s.z.shape[0]):
            relative(h, s, k, aim, (j, t0), moves, (a, b, c, d))
            total += _product(s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n], a, b, steps)
            u = h.upper_at[j]
            if u >= 0:
                total += _product(s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n], c, d, steps)
        for r in range(s.s.shape[0]):
            for i in range(n):
                a[i], b[i] = _row_moves(s.s[r, t0 + i], s.y[r, t0 + i], k.dy[r, t0 + i], k.near_y[r, t0 + i], aim)
            total += _product(s.s[r, t0 : t0 + n], s.y[r, t0 : t0 + n], a, b, steps)
    for f in range(len(k.dw)):
        down, up = _row_moves(s.sw[f], s.yw[f], k.dw[f], k.near_w[f], aim)
        total += s.sw[f] * max(1.0 + one * down, keep) * s.yw[f] * max(1.0 + two * up, keep)
    return total


@njit(**FAST)
def _product(x: A, y: A, a: A, b: A, steps: A) -> float:
    """Sum of products after the step."""
    one, two, keep = steps
    total = 0.0
    for i in range(len(a)):
        total += x[i] * max(1.0 + one * a[i], keep) * y[i] * max(1.0 + two * b[i], keep)
    return total


@njit(**FAST)
def _pair(x: A, y: A, a: A, b: A, steps: A) -> None:
    """Step one pair of vectors in place; steps: (primal, dual, keep, least product)."""
    one, two, keep, least = steps
    for i in range(len(a)):
        p, q = 1.0 + one * a[i], 1.0 + two * b[i]
        up, vp = x[i] * max(p, keep), y[i] * max(q, keep)
        low = up * vp < least
        x[i] = least / vp if low and p < keep else up
        y[i] = least / up if low and q < keep <= p else vp


@njit(**FAST)
def step(h: A, s: A, k: A, aim: A, moves: A, steps: A) -> None:
    """Take the step in place."""
    length = s.z.shape[1]
    scratch = k.scratch
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        a, b, c, d = scratch[0, :n], scratch[1, :n], scratch[2, :n], scratch[3, :n]
        for j in range(s.z.shape[0]):
            relative(h, s, k, aim, (j, t0), moves, (a, b, c, d))
            z, v = s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n]
            u = h.upper_at[j]
            if h.live[j] > 0:
                _step_masked(h, (j, t0), (z, v), (a, b), steps)
                if u >= 0:
                    _step_masked(h, (j, t0), (s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]), (c, d), steps)
            else:
                _pair(z, v, a, b, steps)
                if u >= 0:
                    _pair(s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n], c, d, steps)
        for r in range(s.s.shape[0]):
            for i in range(n):
                a[i], b[i] = _row_moves(s.s[r, t0 + i], s.y[r, t0 + i], k.dy[r, t0 + i], k.near_y[r, t0 + i], aim)
            _pair(s.s[r, t0 : t0 + n], s.y[r, t0 : t0 + n], a, b, steps)
    down, up = k.scratch[0, :1], k.scratch[1, :1]
    for f in range(len(k.dw)):
        down[0], up[0] = _row_moves(s.sw[f], s.yw[f], k.dw[f], k.near_w[f], aim)
        _pair(s.sw[f : f + 1], s.yw[f : f + 1], down, up, steps)


@njit(**INLINE)
def _step_masked(h: A, at: A, values: A, moves: A, steps: A) -> None:
    """Step a column that does not live in all hours: a dead value keeps its place."""
    j, t0 = at
    x, y = values
    a, b = moves
    mask = h.profiles[h.live[j]]
    for i in range(len(a)):
        if mask[t0 + i] > 0.0:
            _pair(x[i : i + 1], y[i : i + 1], a[i : i + 1], b[i : i + 1], steps)


@njit(**FAST)
def absorb(h: A, s: A, k: A, most: float) -> int:
    """In hours whose dual step was clipped, restore v - w = cost + A'y by raising v or w. Returns how many hours."""
    price = k.scratch[0, :1]
    count = 0
    for t in range(s.z.shape[1]):
        if k.worst_dual[t] <= most and k.worst_dual[h.before_hour[t]] <= most:
            continue
        count += 1
        for j in range(s.z.shape[0]):
            if h.live[j] > 0 and h.profiles[h.live[j], t] == 0.0:
                continue
            fill(price, h.cost_scale[j], h.cost_profile[j], h.profiles, t)
            pull(h, j, t, price, s.y, s.yw)
            u = h.upper_at[j]
            short = price[0] - s.v[j, t] + (s.w[u, t] if u >= 0 else 0.0)
            if short > 0.0:
                s.v[j, t] += short
            elif u >= 0:
                s.w[u, t] -= short
    return count
