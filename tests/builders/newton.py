"""One tiny node with a random iterate, and its Newton system written down densely in numpy.

The dense system is read from the documented meaning of `Hours` (kernels/layout.py), with loops over
entries and hours and no elimination, so that every kernel can be compared with `numpy.linalg`:

    minimise c z   with   M z + slack = rhs + B x,   z, slack >= 0
    rows of M: rows and chains by hour, then upper bounds by hour, then windows

    affine      c + M'(y + dy) - (v + dv) = 0      M (z + dz) + slack + dslack = rhs + B (x + dx)
                z dv + v dz = -z v                 slack dy + y dslack = -slack y
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.builders.problems import random_problem

from headrace.plan.interior_point.kernels.layout import ArrayPool
from headrace.plan.interior_point.node import make_node
from headrace.plan.interior_point.starting_point import fix_zeros


@dataclass
class DenseNode:
    """The node, what stands behind its borders and how it moves, and its dense arrays.

    c, lives: cost and existence of every (column, hour) in one line; matrix, rhs, border: all rows
    as told above; there: which of the rows exist (an upper bound of a masked hour does not).
    """

    node: object
    x: np.ndarray
    dx: np.ndarray
    cost: np.ndarray
    lives: np.ndarray
    matrix: np.ndarray
    rhs: np.ndarray
    border: np.ndarray
    there: np.ndarray

    @property
    def values(self):
        """(z, v, slack, y) of the iterate, in the order of the dense system."""
        s = self.node.state
        slack = [s.row_slack.ravel(), s.upper_slack.ravel(), s.window_slack]
        dual = [s.row_dual.ravel(), s.upper_dual.ravel(), s.window_dual]
        return (
            s.column.ravel(),
            s.column_dual.ravel(),
            np.concatenate(slack),
            np.concatenate(dual),
        )

    def split(self, rows):
        """What belongs to rows, upper bounds and windows in a vector over all dense rows."""
        s = self.node.state
        a, b = s.row_slack.size, s.row_slack.size + s.upper_slack.size
        return (
            rows[:a].reshape(s.row_slack.shape),
            rows[a:b].reshape(s.upper_slack.shape),
            rows[b:],
        )

    def direction(self, dx, target=0.0, second=None):
        """(dz, dv, dslack, dy) of the Newton system at border moves dx; `second`: second-order
        terms (of columns, of rows) that the products also have to make up for.
        """
        z, v, slack, y = self.values
        of_z, of_row = (np.zeros(len(z)), np.zeros(len(slack))) if second is None else second
        k, r = np.flatnonzero(self.lives), np.flatnonzero(self.there)
        m = self.matrix[np.ix_(r, k)]
        left = np.block([[np.diag(v[k] / z[k]), m.T], [m, -np.diag(slack[r] / y[r])]])
        right = np.concatenate(
            [
                -self.cost[k] - m.T @ y[r] + (target - of_z[k]) / z[k],
                (self.rhs + self.border @ (self.x + dx))[r]
                - m @ z[k]
                - (target - of_row[r]) / y[r],
            ]
        )
        solved = np.linalg.solve(left, right)
        dz, dy = np.zeros(len(z)), np.zeros(len(y))
        dz[k], dy[r] = solved[: len(k)], solved[len(k) :]
        dv, dslack = np.zeros(len(z)), np.zeros(len(y))
        dv[k] = (target - of_z[k] - z[k] * v[k] - v[k] * dz[k]) / z[k]
        dslack[r] = (target - of_row[r] - slack[r] * y[r] - slack[r] * dy[r]) / y[r]
        return dz, dv, dslack, dy

    def border_gradient(self, dy):
        """What the duals after the move charge every border: -B'(y + dy)."""
        r = np.flatnonzero(self.there)
        return -self.border[r].T @ (self.values[3][r] + dy[r])


def dense_node(seed, *, number=0, chunk=None):
    """The node of a random problem with a random iterate; chunk: hours handled together [h]."""
    rng = np.random.default_rng(seed)
    blocks = random_problem(seed).nodes
    node = make_node(blocks[number % len(blocks)], {}, ArrayPool(), 200)
    if chunk is not None:
        node.work = node.work._replace(
            scratch=np.zeros((7, chunk)),
            chunk_matrix=np.zeros((node.pattern.entries, chunk)),
            unscaled=np.zeros((*node.work.unscaled.shape[:2], chunk)),
        )
    for values in node.state:
        values[:] = rng.uniform(0.2, 3.0, values.shape)
    fix_zeros(node)
    x = rng.uniform(0.1, 2.0, node.pattern.borders)
    return _dense(node, x, rng.uniform(-0.3, 0.3, len(x)))


def _entries(part, owner):
    """(to, scale, profile) of an owner's entries."""
    for e in range(part.ptr[owner], part.ptr[owner + 1]):
        yield part.to[e], part.scale[e], part.profile[e]


def _dense(node, x, dx):
    """The dense arrays, family by family of rows."""
    h, p = node.reduced.hours, node.pattern
    hours, windows = node.state.column.shape[1], len(h.window_rhs)
    count = node.state.row_slack.size + node.state.upper_slack.size + windows
    matrix, rhs = np.zeros((count, node.state.column.size)), np.zeros(count)
    border, there = np.zeros((count, p.borders)), np.ones(count, dtype=bool)
    cost, lives = np.zeros(matrix.shape[1]), np.ones(matrix.shape[1], dtype=bool)
    for j in range(len(node.state.column)):
        for t in range(hours):
            cost[j * hours + t] = h.cost_scale[j] * h.profiles[h.cost_profile[j], t]
            lives[j * hours + t] = h.mask[j] == 0 or h.profiles[h.mask[j], t] > 0
            _add_column(h, matrix, j, t, count - windows)
    for t in range(hours):
        for r in range(p.rows):
            rhs[r * hours + t] = h.rhs_scale[r] * h.profiles[h.rhs_profile[r], t]
            for k, scale, profile in _entries(h.row_border, r):
                border[r * hours + t, k] += scale * h.profiles[profile, t]
        for j in np.flatnonzero(h.upper_at >= 0):
            row, at = (p.rows + h.upper_at[j]) * hours + t, j * hours + t
            matrix[row, at], there[row] = 1.0, lives[at]
            rhs[row] = h.upper_scale[j] * h.profiles[h.upper_profile[j], t]
            for k, scale, profile in _entries(h.upper_border, j):
                border[row, k] += scale * h.profiles[profile, t]
    for w in range(windows):
        rhs[count - windows + w] = h.window_rhs[w]
        for k, scale, _ in _entries(h.window_border, w):
            border[count - windows + w, k] += scale
    return DenseNode(node, x, dx, cost, lives, matrix, rhs, border, there)


def _add_column(h, matrix, j, t, first_window):
    """Entries of column j in hour t: in its hour's rows, in the chains of the hour before, in
    windows.
    """
    hours = h.profiles.shape[1]
    at, before = j * hours + t, h.previous_hour[t]
    for r, scale, profile in _entries(h.in_hour, j):
        matrix[r * hours + t, at] += scale * h.profiles[profile, t]
    for r, scale, profile in _entries(h.in_previous, j):
        matrix[r * hours + before, at] += scale * h.profiles[profile, before]
    for c, scale, profile in _entries(h.in_window, j):
        if h.window_at[c, t] >= 0:
            matrix[first_window + h.window_at[c, t], at] += scale * h.profiles[profile, t]


AFFINE_CENTRING = (0.0, 1.0)
NO_STEP = (0.0, 0.0, 0.0, 0.0)


def arrays(dense):
    """What every pass takes: hours, pattern, iterate, room."""
    node = dense.node
    return node.reduced.hours, node.pattern, node.state, node.work


def factorised(passes, dense):
    """The node with its factor and affine right-hand sides; returns the sum of its products."""
    with np.errstate(divide="ignore", invalid="ignore"):  # as numba's own error model
        return passes.assemble(0, *arrays(dense), dense.x, dense.x, AFFINE_CENTRING)


def affine(passes, dense):
    """The node with its affine direction at border moves `dense.dx`."""
    total = factorised(passes, dense)
    moves = (dense.x, dense.dx, dense.dx, dense.dx)
    passes.advance(0, *arrays(dense), AFFINE_CENTRING, moves, NO_STEP)
    return total


def combined(passes, dense, centring, dx):
    """The node with its combined direction at border moves dx, after the affine one."""
    affine(passes, dense)
    passes.assemble(2, *arrays(dense), dense.x, dense.dx, centring)
    moves = (dense.x, dx, dense.dx, dx - dense.dx)
    passes.advance(1, *arrays(dense), centring, moves, NO_STEP)


def bounded_second_order(dense, bound):
    """Second-order terms dz dv and dslack dy of the affine direction, each within the bound."""
    dz, dv, dslack, dy = dense.direction(dense.dx)
    return np.clip(dz * dv, -bound, bound), np.clip(dslack * dy, -bound, bound)
