"""How far to go and going there: the largest relative decrease by hour, the step with its clip, and
the repair of prices.

A step multiplies every value by 1 + a * (relative move). The few hours left out of the step's
length are clipped: no value falls below `keep` of itself there, and a product that would collapse
is held up (docs/design/0032). `absorb` then restores exact dual feasibility in clipped hours by
raising reduced costs or rents, never by lowering one.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.plan.interior_point.kernels.layout import (
    LONG_DUAL,
    LONG_PRIMAL,
    MOVED_PRODUCTS,
    PIECE,
)
from headrace.plan.interior_point.kernels.right_hand_sides import relative, turned
from headrace.plan.interior_point.kernels.vector_ops import (
    A,
    copy,
    fill,
    increase,
    inner3,
    pull,
    reach_below,
    zero,
)

NEAR, FULL, STEP, ABSORB = 0, 1, 2, 3
"""What `travel` is for: the predictor's direction and how far it may go, the same for the corrected
direction, a step along it, or exact dual feasibility alone.
"""

STILL = (0.0, 0.0, 0.0, 0.0)
"""Lengths of a way on which nothing moves."""


@njit(**PIECE)
def begin(task: int, k: A, early: int, direction: A) -> None:
    """Before the hours are visited one chunk after the other: prices that reach across hours,
    nothing measured yet.
    """
    zero(k.worst_primal)
    zero(k.worst_dual)
    k.tell[LONG_PRIMAL] = k.tell[LONG_DUAL] = k.tell[MOVED_PRODUCTS] = 0.0
    for r in range(early, k.solve_y.shape[0]):
        price(task, direction[1][r], k.solve_y[r], k.near_y[r])
    price(task, direction[2], k.solve_w, k.near_w)


@njit(**PIECE)
def price(task: int, out: A, solved: A, near: A) -> None:
    """A price of the direction: what was solved for is the predictor's, or an increment to it."""
    copy(out, solved)
    if task == FULL:
        increase(out, near)


@njit(**PIECE)
def way(task: int, h: A, s: A, k: A, moves: A, aims: A, t0: int, n: int) -> None:
    """Visit every pair of values of a chunk with its relative moves. aims: (target, clamp),
    (primal, dual, keep, least product).

    NEAR, FULL: largest relative decreases by hour to worst_primal and worst_dual, of the long
        windows and the predictor's sum of products times their relative primal move to the
        statistics. STEP: takes the step in place. One kernel for all, because the moves are
        most of what is to be compiled. moves: (x, dx, near_x, dz, dy, dw).
    """
    aim, steps = aims
    worst = (k.worst_primal[t0 : t0 + n], k.worst_dual[t0 : t0 + n])
    a, b, c, d = k.scratch[0, :n], k.scratch[1, :n], k.scratch[2, :n], k.scratch[3, :n]
    for j in range(s.z.shape[0]):
        relative(h, s, k, aim, (j, t0), moves, (a, b, c, d))
        u, live = h.upper_at[j], (h.live[j] > 0, h.profiles[h.live[j], t0 : t0 + n])
        k.tell[MOVED_PRODUCTS] += _pass(
            task, live, (s.z[j, t0 : t0 + n], s.v[j, t0 : t0 + n]), (a, b), worst, steps
        )
        if u >= 0:
            k.tell[MOVED_PRODUCTS] += _pass(
                task, live, (s.t[u, t0 : t0 + n], s.w[u, t0 : t0 + n]), (c, d), worst, steps
            )
    always = (False, h.profiles[0, t0 : t0 + n])
    for r in range(s.s.shape[0]):
        pair = (s.s[r, t0 : t0 + n], s.y[r, t0 : t0 + n])
        turned(
            pair,
            (moves[4][r, t0 : t0 + n], k.near_y[r, t0 : t0 + n]),
            aim,
            (a, b),
            k.scratch[4, :n],
        )
        k.tell[MOVED_PRODUCTS] += _pass(task, always, pair, (a, b), worst, steps)


@njit(**PIECE)
def windows(task: int, h: A, s: A, k: A, aim: A, dw: A, steps: A) -> None:
    """The windows on the way."""
    for f in range(len(dw)):
        _window(task, h, s, k, aim, dw[f : f + 1], f, steps)


@njit(**PIECE)
def _window(task: int, h: A, s: A, k: A, aim: A, dw: A, f: int, steps: A) -> None:
    """One window on the way; it counts in its last hour, a long one by itself."""
    down, up = k.scratch[0, :1], k.scratch[1, :1]
    pair, t = (s.sw[f : f + 1], s.yw[f : f + 1]), h.window_hour[f]
    turned(pair, (dw, k.near_w[f : f + 1]), aim, (down, up), k.scratch[4, :1])
    if task == STEP:
        _pair(pair[0], pair[1], down, up, steps)
        return
    k.tell[MOVED_PRODUCTS] += pair[0][0] * pair[1][0] * down[0]
    if h.window_long[f] == 1:
        k.tell[LONG_PRIMAL] = max(k.tell[LONG_PRIMAL], -down[0])
        k.tell[LONG_DUAL] = max(k.tell[LONG_DUAL], -up[0])
    else:
        k.worst_primal[t], k.worst_dual[t] = (
            max(k.worst_primal[t], -down[0]),
            max(k.worst_dual[t], -up[0]),
        )


@njit(**PIECE)
def _pass(task: int, live: A, values: A, moves: A, worst: A, steps: A) -> Any:
    """One pair of vectors on the way; returns the predictor's sum of x y a.

    live: whether a mask says where the column lives, and the mask; a dead value keeps its place.
    """
    x, y = values
    a, b = moves
    if task != STEP:
        reach_below(worst[0], a)
        reach_below(worst[1], b)
        return inner3(x, y, a) if task == NEAR else 0.0
    if live[0]:
        _step_masked(live[1], values, moves, steps)
    else:
        _pair(x, y, a, b, steps)
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
    """In hours whose dual step was clipped, restore v - w = cost + A'y by raising v or w.

    Returns how many hours.
    """
    length, chunk = s.z.shape[1], k.scratch.shape[1]
    count = 0
    for t0 in range(0, length, chunk):
        n = min(chunk, length - t0)
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
    """Mark the hours of a chunk whose prices, or those of the hour before, were clipped; returns
    how many.
    """
    count = 0
    for i in range(len(clipped)):
        hit = k.worst_dual[t0 + i] > most or k.worst_dual[h.before_hour[t0 + i]] > most
        clipped[i] = 1.0 if hit else 0.0
        count += 1 if hit else 0
    return count


@njit(**PIECE)
def _absorb_column(h: A, s: A, at: A, price: A, clipped: A, live: A) -> None:
    """One column and chunk of `absorb`: price is its reduced cost at the new prices; dead hours
    keep their place.
    """
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
