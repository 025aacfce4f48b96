"""From duals and border moves to the direction of every column, and every value's relative move.

dz = theta (g + P U dx - A'dy - V'dyw)         back-substitution into the eliminated columns
dx/x and dy/y of each complementarity pair     what the ratio test and the step read
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import INLINE, PIECE, Hours, Iterate, Work
from headrace.plan.interior_point.kernels.right_hand_sides import bound_residual
from headrace.plan.interior_point.kernels.vector_ops import (
    add_bound_move,
    add_transposed,
    apply_mask,
    bounded,
    copy,
    subtract,
    zero,
)


@njit(**PIECE)
def column_direction(
    hours: Hours,
    iterate: Iterate,
    work: Work,
    dx: Floats,
    direction: tuple[Floats, ...],
    t0: int,
    n: int,
) -> None:
    """Columns of the direction in a chunk, from its duals and the borders' move dx.

    direction: (columns, row duals, window duals); the columns are written. dx: [unit of the
    border]; duals [kUSD/unit], columns [their units].
    """
    charge, push_out = work.scratch[0, :n], work.scratch[1, :n]
    to, prices, rents = direction
    for j in range(iterate.column.shape[0]):
        zero(charge)
        add_transposed(hours, j, t0, charge, prices, rents)
        g, theta, dz, u = (
            work.column_rhs[j, t0 : t0 + n],
            work.theta[j, t0 : t0 + n],
            to[j, t0 : t0 + n],
            hours.upper_at[j],
        )
        if u >= 0 and hours.upper_border.ptr[j] < hours.upper_border.ptr[j + 1]:
            t, w = iterate.upper_slack[u, t0 : t0 + n], iterate.upper_dual[u, t0 : t0 + n]
            zero(push_out)
            add_bound_move(hours, j, t0, push_out, dx)
            for i in range(n):
                charge[i] -= w[i] / t[i] * push_out[i]
        for i in range(n):
            dz[i] = theta[i] * (g[i] - charge[i])
        _cyclic_direction(hours, work, (j, t0), charge, to)


@njit(**INLINE)
def _cyclic_direction(
    hours: Hours, work: Work, at: tuple[int, int], charge: Floats, to: Floats
) -> None:
    """The move of a carried column at the first hour of a segment, whose theta is kept apart."""
    j, t0 = at
    for c in range(len(hours.carried)):
        if hours.carried[c] == j:
            for f in range(len(hours.first_hours)):
                i = hours.first_hours[f] - t0
                if 0 <= i < len(charge):
                    to[j, t0 + i] = work.cyclic_theta[c, f] * (
                        work.column_rhs[j, t0 + i] - charge[i]
                    )


@njit(**INLINE)
def relative_moves(
    hours: Hours,
    iterate: Iterate,
    work: Work,
    centring: tuple[float, float],
    at: tuple[int, int],
    moves: tuple[Floats, ...],
    out: tuple[Floats, ...],
) -> None:
    """Moves of column j in a chunk, relative to its value: out = (dz/z, dv/v, dt/t, dw/w).

    moves: (x, dx, affine_x) of the borders and dz of the columns; centring: (target, bound), target
    0 in
        the predictor (then nothing of second order).
    Relative moves are in [1].
    """
    j, t0 = at
    target = centring[0]
    a, b, c, d = out
    n, u = len(a), hours.upper_at[j]
    z, v = iterate.column[j, t0 : t0 + n], iterate.column_dual[j, t0 : t0 + n]
    dz, affine = moves[3][j, t0 : t0 + n], work.affine_column[j, t0 : t0 + n]
    if target > 0.0:
        _combined_moves((z, v), (dz, affine), centring, (a, b), work.scratch[4, :n])
    else:
        _affine_moves(z, dz, (a, b))
    apply_mask(hours, j, t0, b)
    if u >= 0:
        t, w = iterate.upper_slack[u, t0 : t0 + n], iterate.upper_dual[u, t0 : t0 + n]
        dt, affine_t = work.scratch[5, :n], work.scratch[6, :n]
        bound_residual(hours, iterate, j, t0, dt, moves[0])
        if target > 0.0:
            copy(affine_t, dt)
            add_bound_move(hours, j, t0, affine_t, moves[2])
            subtract(affine_t, affine)
        add_bound_move(hours, j, t0, dt, moves[1])
        subtract(dt, dz)
        if target > 0.0:
            _combined_moves((t, w), (dt, affine_t), centring, (c, d), work.scratch[4, :n])
        else:
            _affine_moves(t, dt, (c, d))
        apply_mask(hours, j, t0, c)
        apply_mask(hours, j, t0, d)


@njit(**PIECE)
def _affine_moves(x: Floats, dx: Floats, out: tuple[Floats, ...]) -> None:
    """Relative moves of a pair whose product goes to zero: (dx/x, -1 - dx/x)."""
    a, b = out
    for i in range(len(a)):
        a[i] = dx[i] / x[i]
        b[i] = -1.0 - a[i]


@njit(**PIECE)
def _combined_moves(
    pair: tuple[Floats, ...],
    moves: tuple[Floats, ...],
    centring: tuple[float, float],
    out: tuple[Floats, ...],
    per: Floats,
) -> None:
    """Relative moves of a pair (x, y) whose product goes to the target, with the second-order terms
    of the predictor's move.
    """
    x, y = pair
    dx, affine = moves
    target, most = centring
    a, b = out
    for i in range(len(a)):
        per[i] = 1.0 / (x[i] * y[i])
        a[i] = dx[i] * y[i] * per[i]
    for i in range(len(a)):
        e = affine[i] * y[i]
        b[i] = (target - bounded(e * (-1.0 - e * per[i]), most)) * per[i] - 1.0 - a[i]


@njit(**PIECE)
def relative_moves_of_row(
    pair: tuple[Floats, ...],
    moves: tuple[Floats, ...],
    centring: tuple[float, float],
    out: tuple[Floats, ...],
    per: Floats,
) -> None:
    """The same for a row or window, whose dual moves first: pair (slack, dual), moves of the dual;
    out stays (slack, dual). Relative moves are in [1].
    """
    slack, y = pair
    if centring[0] > 0.0:
        _combined_moves((y, slack), moves, centring, (out[1], out[0]), per)
    else:
        _affine_moves(y, moves[0], (out[1], out[0]))
