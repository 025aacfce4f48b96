"""How far to go and going there: the largest relative decrease by hour, the step with its clip, and the repair of prices.

A step multiplies every value by 1 + a * (relative move). The few hours left out of the step's length are clipped: no
value falls below `keep` of itself there, and a product that would collapse is held up (docs/design/0032). `absorb` then
restores exact dual feasibility in clipped hours by raising reduced costs or rents, never by lowering one.
"""

from __future__ import annotations

from numba import njit

from headrace.plan.interior.arrays import CHUNK, PIECE
from headrace.plan.interior.columns import relative
from headrace.plan.interior.vectors import A, clamp, fill, pull, zero


@njit(**PIECE)
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


REACH, AFTER, STEP = 0, 1, 2
"""What `travel` does on its way: measure the largest decreases, sum the products after a step, or take the step."""

STILL = (0.0, 0.0, 0.0, 0.0)
"""Lengths of a way on which nothing moves."""


@njit(**PIECE)
def travel(task: int, h: A, s: A, k: A, aim: A, moves: A, steps: A) -> float:
    """Visit every pair of values with its relative moves. steps: (primal, dual, keep, least product).

    REACH: largest relative decreases by hour to worst_primal and worst_dual, of the long windows to tell[3], tell[4].
    AFTER: returns the sum of all products after the clipped step. STEP: takes it in place.
    One kernel for all three, because the moves are most of what is to be compiled.
    """
    length = s.z.shape[1]
    total = 0.0
    if task == REACH:
        zero(k.worst_primal)
        zero(k.worst_dual)
        k.tell[3], k.tell[4] = 0.0, 0.0
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        worst = (k.worst_primal[t0 : t0 + n], k.worst_dual[t0 : t0 + n])
        a, b, c, d = k.scratch[0, :n], k.scratch[1, :n], k.scratch[2, :n], k.scratch[3, :n]
        for j in range(s.z.shape[0]):
            relative(h, s, k, aim, (j, t0), moves, (a, b, c, d))
            u, live = h.upper_at[j], (h.live[j] > 0, h.profiles[h.live[j], t0 : t0 + n])
            total += _pass(task, live, (s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n]), (a, b), worst, steps)
            if u >= 0:
                total += _pass(task, live, (s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]), (c, d), worst, steps)
        always = (False, h.profiles[0, t0 : t0 + n])
        for r in range(s.s.shape[0]):
            slack, y = s.s[r, t0 : t0 + n], s.y[r, t0 : t0 + n]
            for i in range(n):
                a[i], b[i] = _row_moves(slack[i], y[i], k.dy[r, t0 + i], k.near_y[r, t0 + i], aim)
            total += _pass(task, always, (slack, y), (a, b), worst, steps)
    down, up = k.scratch[0, :1], k.scratch[1, :1]
    for f in range(len(k.dw)):
        down[0], up[0] = _row_moves(s.sw[f], s.yw[f], k.dw[f], k.near_w[f], aim)
        t = h.window_hour[f]
        if task == REACH and h.window_long[f] == 1:
            k.tell[3], k.tell[4] = max(k.tell[3], -down[0]), max(k.tell[4], -up[0])
        else:
            worst = (k.worst_primal[t : t + 1], k.worst_dual[t : t + 1])
            total += _pass(task, (False, h.profiles[0, :1]), (s.sw[f : f + 1], s.yw[f : f + 1]), (down, up), worst, steps)
    return total


@njit(**PIECE)
def _pass(task: int, live: A, values: A, moves: A, worst: A, steps: A) -> float:
    """One pair of vectors on the way; returns its products after the step when these are asked for.

    live: whether a mask says where the column lives, and the mask; a dead value keeps its place.
    """
    x, y = values
    a, b = moves
    if task == REACH:
        _lower(worst[0], worst[1], a, b)
    elif task == STEP and live[0]:
        _step_masked(live[1], values, moves, steps)
    elif task == STEP:
        _pair(x, y, a, b, steps)
    else:
        return float(_product(x, y, a, b, steps))
    return 0.0


@njit(**PIECE)
def _step_masked(mask: A, values: A, moves: A, steps: A) -> None:
    """Step the hours in which a column lives."""
    x, y = values
    a, b = moves
    for i in range(len(a)):
        if mask[i] > 0.0:
            _pair(x[i : i + 1], y[i : i + 1], a[i : i + 1], b[i : i + 1], steps)


@njit(**PIECE)
def _lower(primal: A, dual: A, a: A, b: A) -> None:
    """Keep the largest decrease of each hour."""
    for i in range(len(a)):
        primal[i] = max(primal[i], -a[i])
        dual[i] = max(dual[i], -b[i])


@njit(**PIECE)
def _product(x: A, y: A, a: A, b: A, steps: A) -> float:
    """Sum of products after the step."""
    one, two, keep, _ = steps
    total = 0.0
    for i in range(len(a)):
        total += x[i] * max(1.0 + one * a[i], keep) * y[i] * max(1.0 + two * b[i], keep)
    return total


@njit(**PIECE)
def _pair(x: A, y: A, a: A, b: A, steps: A) -> None:
    """Step one pair of vectors in place; steps: (primal, dual, keep, least product)."""
    one, two, keep, least = steps
    for i in range(len(a)):
        p, q = 1.0 + one * a[i], 1.0 + two * b[i]
        up, vp = x[i] * max(p, keep), y[i] * max(q, keep)
        low = up * vp < least
        x[i] = least / vp if low and p < keep else up
        y[i] = least / up if low and q < keep <= p else vp


@njit(**PIECE)
def absorb(h: A, s: A, k: A, most: float) -> int:
    """In hours whose dual step was clipped, restore v - w = cost + A'y by raising v or w. Returns how many hours."""
    length = s.z.shape[1]
    count = 0
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        price, clipped = k.scratch[0, :n], k.scratch[1, :n]
        here = _clipped(h, k, t0, clipped, most)
        count += here
        for j in range(s.z.shape[0] if here else 0):
            fill(price, h.cost_scale[j], h.cost_profile[j], h.profiles, t0)
            pull(h, j, t0, price, s.y, s.yw)
            if h.live[j] > 0:
                _absorb_column(h, s, (j, t0), price, clipped, h.profiles[h.live[j], t0 : t0 + n])
            else:
                _absorb_column(h, s, (j, t0), price, clipped, clipped)
    return count


@njit(**PIECE)
def _clipped(h: A, k: A, t0: int, clipped: A, most: float) -> int:
    """Mark the hours of a chunk whose prices, or those of the hour before, were clipped; returns how many."""
    count = 0
    for i in range(len(clipped)):
        hit = k.worst_dual[t0 + i] > most or k.worst_dual[h.before_hour[t0 + i]] > most
        clipped[i] = 1.0 if hit else 0.0
        count += 1 if hit else 0
    return count


@njit(**PIECE)
def _absorb_column(h: A, s: A, at: A, price: A, clipped: A, live: A) -> None:
    """One column and chunk of `absorb`: price is its reduced cost at the new prices; dead hours keep their place."""
    j, t0 = at
    u = h.upper_at[j]
    for i in range(len(price)):
        if clipped[i] == 0.0 or live[i] == 0.0:
            continue
        short = price[i] - s.v[j, t0 + i] + (s.w[u, t0 + i] if u >= 0 else 0.0)
        if short > 0.0:
            s.v[j, t0 + i] += short
        elif u >= 0:
            s.w[u, t0 + i] -= short
