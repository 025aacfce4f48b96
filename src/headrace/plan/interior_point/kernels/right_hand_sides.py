"""Right-hand sides of a Newton step, column by column.

For a column z with reduced cost v, upper slack t and upper dual w (docs/theory/interior-point.md):

    theta = 1 / (v/z + w/t),  P = w/t,  residual = upper(x) - z - t
    affine      g = P residual - cost - A'y - V'yw
    corrector   g += (target - dz dv)/z - (target - dt dw)/t

The affine (predictor) direction aims at products of zero; the corrector adds the target sigma mu
and the second-order terms of the affine direction (Mehrotra 1992), bounded by a few targets so that
a poor prediction does no harm (after Gondzio 1996). Only the increment over the affine direction is
solved for, so residuals are computed once an iteration.
"""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import (
    BOUND_RESIDUAL,
    COST,
    DUAL_RESIDUAL,
    INLINE,
    PIECE,
    TURNOVER,
    Hours,
    Iterate,
    Work,
)
from headrace.plan.interior_point.kernels.vector_ops import (
    add_bound_move,
    add_product,
    add_to,
    add_transposed,
    apply_mask,
    bounded,
    copy,
    divide,
    dot,
    inner,
    raise_to_abs,
    row_limit,
    set_to,
    subtract,
    upper_bound,
    zero,
)


@njit(**PIECE)
def scaling_matrix(hours: Hours, iterate: Iterate, work: Work, lo: int, hi: int) -> Any:
    """theta of every column in hours lo .. hi-1 (0 where it does not exist, 0 for cyclic variables,
    whose own go to cyclic_theta); returns their sum of z v + t w.
    """
    total = 0.0
    for j in range(iterate.column.shape[0]):
        z, v, theta, u = (
            iterate.column[j, lo:hi],
            iterate.column_dual[j, lo:hi],
            work.theta[j, lo:hi],
            hours.upper_at[j],
        )
        if u >= 0:
            t, w = iterate.upper_slack[u, lo:hi], iterate.upper_dual[u, lo:hi]
            for i in range(len(z)):
                theta[i] = z[i] * t[i] / (v[i] * t[i] + w[i] * z[i])
            total += inner(t, w)
        else:
            divide(theta, z, v)
        apply_mask(hours, j, lo, theta)
        total += inner(z, v)
    for f in range(len(hours.first_hours)):
        if lo <= hours.first_hours[f] < hi:
            for c in range(len(hours.carried)):
                work.cyclic_theta[c, f] = work.theta[hours.carried[c], hours.first_hours[f]]
                work.theta[hours.carried[c], hours.first_hours[f]] = 0.0
    return total


@njit(**PIECE)
def row_products(iterate: Iterate) -> Any:
    """Sum of slack times dual of rows and windows."""
    total = inner(iterate.window_slack, iterate.window_dual)
    for r in range(iterate.row_slack.shape[0]):
        total += inner(iterate.row_slack[r], iterate.row_dual[r])
    return total


@njit(**PIECE)
def start_rows(hours: Hours, x: Floats, rows: Floats, t0: int, n: int) -> None:
    """rows = -(rhs + B x), hour by hour. x: [unit of the border], rows: [their units], shape (row,
    hour).
    """
    for r in range(rows.shape[0]):
        out = rows[r, t0 : t0 + n]
        row_limit(hours, r, t0, out, x)
        for i in range(n):
            out[i] = -out[i]


@njit(**INLINE)
def keep_carried(hours: Hours, j: int, t0: int, q: Floats, carried: Floats) -> None:
    """Remember q when column j is carried: its chain rows stand one hour earlier. q: [unit of the
    column].
    """
    for c in range(len(hours.carried)):
        if hours.carried[c] == j:
            copy(carried[c, t0 : t0 + len(q)], q)


@njit(**INLINE)
def bound_residual(hours: Hours, iterate: Iterate, j: int, t0: int, out: Floats, x: Floats) -> None:
    """out = upper(x) - z - t, 0 where the column does not exist. x: [unit of the border]; out:
    [unit of the column].
    """
    upper_bound(hours, j, t0, out, x)
    n = len(out)
    subtract(out, iterate.column[j, t0 : t0 + n])
    subtract(out, iterate.upper_slack[hours.upper_at[j], t0 : t0 + n])
    apply_mask(hours, j, t0, out)


@njit(**INLINE)
def add_to_borders(hours: Hours, j: int, t0: int, x: Floats, gradient: Floats) -> None:
    """gradient[k] += sum of u_jk x over the chunk."""
    for e in range(hours.upper_border.ptr[j], hours.upper_border.ptr[j + 1]):
        gradient[hours.upper_border.to[e]] += dot(
            hours.upper_border.scale[e], hours.upper_border.profile[e], hours.profiles, t0, x
        )


@njit(**PIECE)
def begin_affine(hours: Hours, iterate: Iterate, work: Work, x: Floats) -> None:
    """What of `direct` is not hour by hour: windows and edges. x: [unit of the border]."""
    for f in range(len(work.window_rhs)):
        work.window_rhs[f] = -hours.window_rhs[f]
        for e in range(hours.window_border.ptr[f], hours.window_border.ptr[f + 1]):
            work.window_rhs[f] -= hours.window_border.scale[e] * x[hours.window_border.to[e]]
    zero(work.statistics)
    _border_residual(hours, iterate, work.border_rhs)


@njit(**PIECE)
def affine_rhs(hours: Hours, iterate: Iterate, work: Work, x: Floats, t0: int, n: int) -> None:
    """Predictor right-hand side of a chunk: rows to row_rhs, windows to window_rhs, columns to g,
    borders to border_rhs.

    Statistics: cost and turnover of the columns, largest dual and bound residual. x: [unit of the
    border]; right-hand sides of columns in [kUSD/unit], of rows in [their units].
    """
    start_rows(hours, x, work.row_rhs, t0, n)
    price, rent, q, far, wide = (
        work.scratch[0, :n],
        work.scratch[1, :n],
        work.scratch[2, :n],
        work.scratch[3, :n],
        work.scratch[4, :n],
    )
    zero(far)
    zero(wide)
    for j in range(iterate.column.shape[0]):
        set_to(price, hours.cost_scale[j], hours.cost_profile[j], hours.profiles, t0)
        cost = inner(price, iterate.column[j, t0 : t0 + n])
        work.statistics[COST] += cost
        work.statistics[TURNOVER] += abs(cost)
        add_transposed(hours, j, t0, price, iterate.row_dual, iterate.window_dual)
        _affine_column(hours, iterate, work, x, (j, t0), (price, rent, q, far, wide))
        add_product(hours, j, t0, q, work.row_rhs, work.window_rhs)
        keep_carried(hours, j, t0, q, work.carried_rhs)
    for i in range(n):
        work.statistics[DUAL_RESIDUAL] = max(work.statistics[DUAL_RESIDUAL], far[i])
        work.statistics[BOUND_RESIDUAL] = max(work.statistics[BOUND_RESIDUAL], wide[i])


@njit(**PIECE)
def _border_residual(hours: Hours, iterate: Iterate, gradient: Floats) -> None:
    """gradient = -B'y."""
    zero(gradient)
    for r in range(iterate.row_dual.shape[0]):
        for e in range(hours.row_border.ptr[r], hours.row_border.ptr[r + 1]):
            gradient[hours.row_border.to[e]] -= dot(
                hours.row_border.scale[e],
                hours.row_border.profile[e],
                hours.profiles,
                0,
                iterate.row_dual[r],
            )
    for f in range(len(iterate.window_dual)):
        for e in range(hours.window_border.ptr[f], hours.window_border.ptr[f + 1]):
            gradient[hours.window_border.to[e]] -= (
                hours.window_border.scale[e] * iterate.window_dual[f]
            )


@njit(**PIECE)
def set_cyclic_rhs(hours: Hours, work: Work, keep: float) -> None:
    """Right-hand sides of the cyclic variables: g of their column at the first hour, plus keep
    times what was there. keep: a factor [1].
    """
    for c in range(len(hours.carried)):
        for f in range(len(hours.first_hours)):
            work.cyclic_rhs[c, f] = (
                work.column_rhs[hours.carried[c], hours.first_hours[f]]
                + keep * work.cyclic_rhs[c, f]
            )


@njit(**INLINE)
def _affine_column(
    hours: Hours,
    iterate: Iterate,
    work: Work,
    x: Floats,
    at: tuple[int, int],
    room: tuple[Floats, ...],
) -> None:
    """One column and chunk of `direct`: g, q = theta g + z, and what the bound tells its borders.

    room: far and wide keep the largest |v - w - cost - A'y| and |upper - z - t| of each hour; a
        masked hour has neither.
    """
    j, t0 = at
    price, rent, q, far, wide = room
    n, u = len(q), hours.upper_at[j]
    z, v, g, theta = (
        iterate.column[j, t0 : t0 + n],
        iterate.column_dual[j, t0 : t0 + n],
        work.column_rhs[j, t0 : t0 + n],
        work.theta[j, t0 : t0 + n],
    )
    for i in range(n):
        q[i] = v[i] - price[i]
        g[i] = -price[i]
    if u >= 0:
        bound_residual(hours, iterate, j, t0, rent, x)
        t, w = iterate.upper_slack[u, t0 : t0 + n], iterate.upper_dual[u, t0 : t0 + n]
        raise_to_abs(wide, rent)
        subtract(q, w)
        for i in range(n):
            price[i] = w[i] / t[i]
            rent[i] *= price[i]
        add_to(g, rent)
    apply_mask(hours, j, t0, q)
    raise_to_abs(far, q)
    for i in range(n):
        q[i] = theta[i] * g[i]
    if u >= 0:
        for i in range(n):
            rent[i] -= price[i] * q[i]
        add_to_borders(hours, j, t0, rent, work.border_rhs)
    add_to(q, z)


@njit(**PIECE)
def begin_corrector(iterate: Iterate, work: Work, centring: tuple[float, float]) -> None:
    """What of `second` is not hour by hour: windows. centring: (target product, bound of
    second-order terms) [kUSD].
    """
    zero(work.border_rhs)
    _second_order(
        iterate.window_dual,
        iterate.window_slack,
        work.affine_window_dual,
        centring,
        work.window_rhs,
    )


@njit(**PIECE)
def corrector_rhs(
    hours: Hours,
    iterate: Iterate,
    work: Work,
    moves: tuple[Floats, Floats],
    centring: tuple[float, float],
    t0: int,
    n: int,
) -> None:
    """Corrector increments of a chunk: g grows in place; those of rows, windows, borders go to
    row_rhs, window_rhs, gradient.

    moves: borders and the predictor's move of them; centring: (target product, bound of the
    second-order
        terms).
    x: [unit of the border]; products in [kUSD].
    """
    x, affine_x = moves
    for r in range(iterate.row_slack.shape[0]):
        pair = (iterate.row_slack[r, t0 : t0 + n], iterate.row_dual[r, t0 : t0 + n])
        _second_order(
            pair[1],
            pair[0],
            work.affine_row_dual[r, t0 : t0 + n],
            centring,
            work.row_rhs[r, t0 : t0 + n],
        )
    room, q = work.scratch[0, :n], work.scratch[1, :n]
    for j in range(iterate.column.shape[0]):
        if hours.upper_at[j] >= 0:
            bound_residual(hours, iterate, j, t0, room, x)
            add_bound_move(hours, j, t0, room, affine_x)
        _corrector_column(hours, iterate, work, centring, (j, t0), (room, q))
        add_product(hours, j, t0, q, work.row_rhs, work.window_rhs)
        keep_carried(hours, j, t0, q, work.carried_rhs)


@njit(**PIECE)
def _second_order(
    x: Floats, y: Floats, affine: Floats, centring: tuple[float, float], out: Floats
) -> None:
    """What the target and the predictor's second-order terms add to a pair's dual value: (target -
    dx dy) / x, bounded.
    """
    target, most = centring
    for i in range(len(out)):
        r = 1.0 / x[i]
        out[i] = (target - bounded(affine[i] * y[i] * (-1.0 - affine[i] * r), most)) * r


@njit(**INLINE)
def _corrector_column(
    hours: Hours,
    iterate: Iterate,
    work: Work,
    centring: tuple[float, float],
    at: tuple[int, int],
    room: tuple[Floats, ...],
) -> None:
    """One column and chunk of `second`; room: on entry upper - z - t and its move, and what goes to
    the rows.
    """
    j, t0 = at
    far, q = room
    n, u = len(q), hours.upper_at[j]
    affine, theta, g = (
        work.affine_column[j, t0 : t0 + n],
        work.theta[j, t0 : t0 + n],
        work.column_rhs[j, t0 : t0 + n],
    )
    _second_order(
        iterate.column[j, t0 : t0 + n], iterate.column_dual[j, t0 : t0 + n], affine, centring, q
    )
    if u >= 0:
        t, w, rent = (
            iterate.upper_slack[u, t0 : t0 + n],
            iterate.upper_dual[u, t0 : t0 + n],
            work.scratch[2, :n],
        )
        subtract(far, affine)
        _second_order(t, w, far, centring, rent)
        subtract(q, rent)
    apply_mask(hours, j, t0, q)
    for i in range(n):
        g[i] += q[i]
        q[i] *= theta[i]
    if u >= 0:
        for i in range(n):
            rent[i] = -rent[i] - w[i] / t[i] * q[i]
        apply_mask(hours, j, t0, rent)
        add_to_borders(hours, j, t0, rent, work.border_rhs)
