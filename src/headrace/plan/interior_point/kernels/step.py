"""The ratio test by hour, the step with its truncation, and the restoration of dual feasibility.

A step multiplies every value by 1 + a * (relative move), so the largest relative decrease bounds a
(the ratio test of every interior point; Nocedal and Wright 2006, ch. 14 and 16.6). A few hours of
scarcity would keep it short for ever. Here the worst share of hours is left out of the test and its
own step truncated: no value falls below `keep` of itself there, and a product that would collapse
is held up (docs/decisions/0012). `restore_duals` then restores exact dual feasibility in truncated
hours by raising reduced costs or upper duals, never by lowering one.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.directions import relative_moves, relative_moves_of_row
from headrace.plan.interior_point.kernels.layout import (
    LONG_DUAL,
    LONG_PRIMAL,
    MOVED_PRODUCTS,
    PIECE,
    Hours,
    Iterate,
    Work,
)
from headrace.plan.interior_point.kernels.vector_ops import (
    add_to,
    add_transposed,
    copy,
    inner3,
    raise_to_minus,
    set_to,
    zero,
)

AFFINE, COMBINED, STEP, RESTORE = 0, 1, 2, 3
"""What `advance` is for: the affine direction and its ratio test, the same for the combined
direction, a step along it, or exact dual feasibility alone.
"""

NO_STEP = (0.0, 0.0, 0.0, 0.0)
"""Step lengths where nothing moves."""


@njit(**PIECE)
def begin_direction(task: int, work: Work, local: int, direction: tuple[Floats, ...]) -> None:
    """Before the hours are visited one chunk after the other: duals that reach across hours,
    nothing measured yet. Duals are in [kUSD/unit of the row].
    """
    zero(work.primal_decrease)
    zero(work.dual_decrease)
    work.statistics[LONG_PRIMAL] = work.statistics[LONG_DUAL] = 0.0
    work.statistics[MOVED_PRODUCTS] = 0.0
    for r in range(local, work.row_rhs.shape[0]):
        dual_direction(task, direction[1][r], work.row_rhs[r], work.affine_row_dual[r])
    dual_direction(task, direction[2], work.window_rhs, work.affine_window_dual)


@njit(**PIECE)
def dual_direction(task: int, out: Floats, solved: Floats, affine: Floats) -> None:
    """A dual of the direction: what was solved for is the affine one, or an increment to it. All in
    [kUSD/unit of the row].
    """
    copy(out, solved)
    if task == COMBINED:
        add_to(out, affine)


@njit(**PIECE)
def traverse_hours(
    task: int,
    hours: Hours,
    iterate: Iterate,
    work: Work,
    moves: tuple[Floats, ...],
    lengths: tuple[tuple[float, float], tuple[float, ...]],
    t0: int,
    n: int,
) -> None:
    """Visit every pair of values of a chunk with its relative moves. lengths: (target, bound),
    (primal, dual, keep, least product).

    AFFINE, COMBINED: the ratio test: largest relative decreases by hour to primal_decrease and
        dual_decrease, of the long windows to the statistics, with the predictor's sum of products
        times their relative primal move. STEP: takes the step in place. One kernel for all, because
        the moves are most of what is to be compiled. moves: (x, dx, affine_x, dz, dy, dw).
    Decreases and step lengths are in [1], products in [kUSD].
    """
    centring, steps = lengths
    worst = (work.primal_decrease[t0 : t0 + n], work.dual_decrease[t0 : t0 + n])
    a, b, c, d = work.scratch[0, :n], work.scratch[1, :n], work.scratch[2, :n], work.scratch[3, :n]
    for j in range(iterate.column.shape[0]):
        relative_moves(hours, iterate, work, centring, (j, t0), moves, (a, b, c, d))
        u, live = hours.upper_at[j], (hours.mask[j] > 0, hours.profiles[hours.mask[j], t0 : t0 + n])
        work.statistics[MOVED_PRODUCTS] += _traverse_pair(
            task,
            live,
            (iterate.column[j, t0 : t0 + n], iterate.column_dual[j, t0 : t0 + n]),
            (a, b),
            worst,
            steps,
        )
        if u >= 0:
            work.statistics[MOVED_PRODUCTS] += _traverse_pair(
                task,
                live,
                (iterate.upper_slack[u, t0 : t0 + n], iterate.upper_dual[u, t0 : t0 + n]),
                (c, d),
                worst,
                steps,
            )
    always = (False, hours.profiles[0, t0 : t0 + n])
    for r in range(iterate.row_slack.shape[0]):
        pair = (iterate.row_slack[r, t0 : t0 + n], iterate.row_dual[r, t0 : t0 + n])
        relative_moves_of_row(
            pair,
            (moves[4][r, t0 : t0 + n], work.affine_row_dual[r, t0 : t0 + n]),
            centring,
            (a, b),
            work.scratch[4, :n],
        )
        work.statistics[MOVED_PRODUCTS] += _traverse_pair(task, always, pair, (a, b), worst, steps)


@njit(**PIECE)
def traverse_windows(
    task: int,
    hours: Hours,
    iterate: Iterate,
    work: Work,
    centring: tuple[float, float],
    dw: Floats,
    steps: tuple[float, ...],
) -> None:
    """Ratio test or step of the windows. dw: [kUSD/unit of the window]; steps: [1], the last one in
    [kUSD].
    """
    for f in range(len(dw)):
        _traverse_window(task, hours, iterate, work, centring, dw[f : f + 1], f, steps)


@njit(**PIECE)
def _traverse_window(
    task: int,
    hours: Hours,
    iterate: Iterate,
    work: Work,
    centring: tuple[float, float],
    dw: Floats,
    f: int,
    steps: tuple[float, ...],
) -> None:
    """One window; it counts in its last hour, a long one by itself."""
    down, up = work.scratch[0, :1], work.scratch[1, :1]
    pair, t = (
        (iterate.window_slack[f : f + 1], iterate.window_dual[f : f + 1]),
        hours.window_last[f],
    )
    relative_moves_of_row(
        pair, (dw, work.affine_window_dual[f : f + 1]), centring, (down, up), work.scratch[4, :1]
    )
    if task == STEP:
        _step_pair(pair[0], pair[1], down, up, steps)
        return
    work.statistics[MOVED_PRODUCTS] += pair[0][0] * pair[1][0] * down[0]
    if hours.window_long[f] == 1:
        work.statistics[LONG_PRIMAL] = max(work.statistics[LONG_PRIMAL], -down[0])
        work.statistics[LONG_DUAL] = max(work.statistics[LONG_DUAL], -up[0])
    else:
        work.primal_decrease[t], work.dual_decrease[t] = (
            max(work.primal_decrease[t], -down[0]),
            max(work.dual_decrease[t], -up[0]),
        )


@njit(**PIECE)
def _traverse_pair(
    task: int,
    mask: tuple[bool, Floats],
    values: tuple[Floats, ...],
    moves: tuple[Floats, ...],
    decrease: tuple[Floats, ...],
    steps: tuple[float, ...],
) -> Any:
    """Ratio test or step of one pair of vectors; returns the predictor's sum of x y a.

    mask: whether one says where the column exists, and the mask; elsewhere values stay.
    """
    x, y = values
    a, b = moves
    if task != STEP:
        raise_to_minus(decrease[0], a)
        raise_to_minus(decrease[1], b)
        return inner3(x, y, a) if task == AFFINE else 0.0
    if mask[0]:
        _step_masked(mask[1], values, moves, steps)
    else:
        _step_pair(x, y, a, b, steps)
    return 0.0


@njit(**PIECE)
def _step_masked(
    mask: Floats, values: tuple[Floats, ...], moves: tuple[Floats, ...], steps: tuple[float, ...]
) -> None:
    """Step the hours in which a column exists."""
    x, y = values
    a, b = moves
    for i in range(len(a)):
        if mask[i] > 0.0:
            _step_pair(x[i : i + 1], y[i : i + 1], a[i : i + 1], b[i : i + 1], steps)


@njit(**PIECE)
def _step_pair(x: Floats, y: Floats, a: Floats, b: Floats, steps: tuple[float, ...]) -> None:
    """Step one pair of vectors in place; steps: (primal, dual, keep, least product)."""
    one, two, keep, least = steps
    for i in range(len(a)):
        p, q = 1.0 + one * a[i], 1.0 + two * b[i]
        up, vp = x[i] * max(p, keep), y[i] * max(q, keep)
        low = up * vp < least
        x[i] = least / vp if low and p < keep else up
        y[i] = least / up if low and q < keep <= p else vp


@njit(**PIECE)
def restore_duals(hours: Hours, iterate: Iterate, work: Work, most: float) -> int:
    """In hours whose dual step was truncated, restore v - w = cost + A'y by raising v or w.

    Returns how many hours. most: relative decrease beyond which an hour's duals were truncated [1].
    """
    length, chunk = iterate.column.shape[1], work.scratch.shape[1]
    count = 0
    for t0 in range(0, length, chunk):
        n = min(chunk, length - t0)
        price, truncated = work.scratch[0, :n], work.scratch[1, :n]
        here = _truncated(hours, work, t0, truncated, most)
        count += here
        for j in range(iterate.column.shape[0] if here else 0):
            set_to(price, hours.cost_scale[j], hours.cost_profile[j], hours.profiles, t0)
            add_transposed(hours, j, t0, price, iterate.row_dual, iterate.window_dual)
            if hours.mask[j] > 0:
                _restore_column(
                    hours,
                    iterate,
                    (j, t0),
                    price,
                    truncated,
                    hours.profiles[hours.mask[j], t0 : t0 + n],
                )
            else:
                _restore_column(hours, iterate, (j, t0), price, truncated, truncated)
    return count


@njit(**PIECE)
def _truncated(hours: Hours, work: Work, t0: int, truncated: Floats, most: float) -> int:
    """Mark the hours of a chunk whose prices, or those of the hour before, were truncated; returns
    how many.
    """
    count = 0
    for i in range(len(truncated)):
        hit = (
            work.dual_decrease[t0 + i] > most
            or work.dual_decrease[hours.previous_hour[t0 + i]] > most
        )
        truncated[i] = 1.0 if hit else 0.0
        count += 1 if hit else 0
    return count


@njit(**PIECE)
def _restore_column(
    hours: Hours,
    iterate: Iterate,
    at: tuple[int, int],
    price: Floats,
    truncated: Floats,
    mask: Floats,
) -> None:
    """One column and chunk of `restore_duals`: price is its reduced cost at the new duals; hours
    without the column stay.
    """
    j, t0 = at
    u = hours.upper_at[j]
    for i in range(len(price)):
        if truncated[i] == 0.0 or mask[i] == 0.0:
            continue
        short = (
            price[i]
            - iterate.column_dual[j, t0 + i]
            + (iterate.upper_dual[u, t0 + i] if u >= 0 else 0.0)
        )
        if short > 0.0:
            iterate.column_dual[j, t0 + i] += short
        elif u >= 0:
            iterate.upper_dual[u, t0 + i] -= short
