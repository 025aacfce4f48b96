"""Where to begin: orders inside their rows, columns at a typical size, products near one target.

The start is infeasible but centred, and the orders' reduced costs begin near the orders' costs:
that, not the hours, decided the number of iterations in deep trees (docs/decisions/0012).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import Hours
from headrace.plan.interior_point.master_system import MasterState, Orders, make_orders
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.interior_point.typical_sizes import Sizes
from headrace.plan.lp.problem import Problem

TINY = 1e-100  # value of what has to be zero: its product is zero, its ratio one


def start_orders(problem: Problem, known: list[Sizes]) -> Floats:
    """Orders of a typical size, shrunk until every master row has a fifth of its room left. Returns
    [unit of the order].
    """
    orders = make_orders(problem)
    guess = np.zeros(orders.width)
    count = np.zeros(orders.width)
    for block, size in zip(problem.nodes, known):
        part = csr_array(block.map)
        feeders = np.maximum(np.diff(part.indptr), 1)
        row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        share = (
            0.5 * size.border[row] / np.maximum(np.abs(part.data), 1e-12) / np.sqrt(feeders[row])
        )
        np.add.at(guess, part.indices, share)
        np.add.at(count, part.indices, 1.0)
    # where nothing can stand behind a border its size says nothing, and an order must begin above 0
    m = np.where(guess > 0, guess / np.maximum(count, 1.0), 1.0)
    m = np.minimum(
        m, np.where(np.isfinite(problem.master.upper), 0.5 * problem.master.upper + 1e-12, np.inf)
    )
    return orders.full(shrink(orders, m[orders.nonzero]))


def shrink(orders: Orders, m: Floats) -> Floats:
    """Scale down, once per sweep, the columns that stand with a positive entry in a row that is too
    full. m: [unit of the order].
    """
    for _ in range(80):
        act = orders.rows @ m
        full = np.flatnonzero(
            (orders.rhs - act < 0.2 * np.maximum(np.abs(orders.rhs), 1e-9)) & (act > 0)
        )
        if not len(full):
            break
        part = csr_array(orders.rows[full])
        hit = np.unique(part.indices[part.data > 0])
        if not len(hit):
            break
        m[hit] *= 0.9
    return m


def start_master(orders: Orders, m: Floats, mu: float, share: float) -> MasterState:
    """Duals of the orders near their costs. share: weight of the master's products (T'/T in a
    coarse run). m: [unit of the order], mu: [kUSD], share: [1].
    """
    size = np.maximum(np.abs(orders.rhs), abs(orders.rows) @ m)
    s = np.maximum(orders.rhs - orders.rows @ m, 0.02 * size + 1e-9)
    paid = np.abs(orders.cost[orders.cost != 0])
    least = 0.1 * float(paid.min()) if len(paid) else 0.0
    cost = np.where(orders.cost > 0, orders.cost, least)
    v = np.maximum(mu * share / m, 0.3 * cost)
    inside = np.maximum(np.diff(orders.rows.indptr), 1)
    mean = (abs(orders.rows).sign() @ cost) / inside
    return MasterState(m, v, s, np.maximum(mu * share / s, 0.05 * mean))


def start_node(node: NodeArrays, size: Sizes, x: Floats, mu: float) -> None:
    """Columns at 0.4 of their bound, slacks at 0.6, rows at a tenth of their largest term; duals at
    target / primal. x: [unit of the border], mu: [kUSD].
    """
    h, s = node.reduced.hours, node.state
    column = size.column[node.reduced.columns]
    target = mu * node.target
    upper = h.upper_scale[:, None] * h.profiles[h.upper_profile]
    for j in range(len(column)):
        for e in range(h.upper_border.ptr[j], h.upper_border.ptr[j + 1]):
            upper[j] += (
                h.upper_border.scale[e]
                * h.profiles[h.upper_border.profile[e]]
                * x[h.upper_border.to[e]]
            )
    least = 0.01 * column[:, None]
    # an order gives these windows room: their price begins near its own
    priced = np.flatnonzero(np.diff(h.window_border.ptr))
    closed = h.upper_at >= 0
    s.column[:] = np.where(closed[:, None], 0.4 * np.maximum(upper, least), 0.6 * column[:, None])
    s.upper_slack[:] = 0.6 * np.maximum(upper, least)[closed]
    s.row_slack[:] = (0.15 * row_sizes(node, column))[:, None]
    s.window_slack[:] = 0.4 * np.where(
        h.window_rhs != 0, np.abs(h.window_rhs), window_sizes(node, column)
    )
    s.column_dual[:], s.upper_dual[:], s.row_dual[:], s.window_dual[:] = (
        target / s.column,
        target / s.upper_slack,
        target / s.row_slack,
        target / s.window_slack,
    )
    for f in priced:
        s.window_dual[f] = 0.5 / np.abs(h.window_border.scale[h.window_border.ptr[f]])
        s.window_slack[f] = target / s.window_dual[f]
    fix_zeros(node)


def row_sizes(node: NodeArrays, column: Floats) -> Floats:
    """Largest typical term of every kernel row. column: [its unit]; returns [unit of the row]."""
    h = node.reduced.hours
    size = np.full(node.pattern.rows, 1e-9)
    for part in (h.in_hour, h.in_previous):
        owner = np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr))
        term = np.abs(part.scale) * np.abs(h.profiles[part.profile]).mean(axis=1) * column[owner]
        np.maximum.at(size, part.to, term)
    rhs = np.abs(h.rhs_scale) * np.abs(h.profiles[h.rhs_profile]).mean(axis=1)
    return np.asarray(np.maximum(size, np.where(size <= 1e-9, np.maximum(rhs, 1.0), 0.0)))


def window_sizes(node: NodeArrays, column: Floats) -> Floats:
    """Largest typical term of every kernel window. column: [its unit]; returns [unit of the
    window].
    """
    h = node.reduced.hours
    owner = np.repeat(np.arange(len(h.in_window.ptr) - 1), np.diff(h.in_window.ptr))
    size = np.full(len(h.window_rhs), 1e-9)
    for e, c in enumerate(h.in_window.to.tolist()):
        inside = h.window_at[c] >= 0
        term = np.abs(h.in_window.scale[e] * h.profiles[h.in_window.profile[e]][inside])
        np.maximum.at(size, h.window_at[c][inside], term * column[owner[e]])
    return size


def fix_zeros(node: NodeArrays) -> None:
    """Hold what has to be zero in its place: tiny values whose products vanish."""
    h, s = node.reduced.hours, node.state
    for j in np.flatnonzero(h.mask > 0):
        dead = h.profiles[h.mask[j]] == 0.0
        s.column[j, dead] = s.column_dual[j, dead] = TINY
        if h.upper_at[j] >= 0:
            s.upper_slack[h.upper_at[j], dead] = s.upper_dual[h.upper_at[j], dead] = TINY


def fill_missing(node: NodeArrays) -> None:
    """What has no value yet gets the mean of its kind; what has to be zero is fixed there."""
    state = node.state
    for array in state:
        bad = ~np.isfinite(array) | (array < 1e-30)
        if bad.any():
            array[bad] = array[~bad].mean() if (~bad).any() else 1.0
    fix_zeros(node)


def first_target(nodes: list[NodeArrays], known: list[Sizes]) -> float:
    """First value of the products: a fifth of the mean money that a column moves in an hour of the
    heaviest node. Returns [kUSD].
    """
    best = 0.0
    for node, size in zip(nodes, known):
        h = node.reduced.hours
        if not len(h.cost_scale):
            continue
        price = np.abs(h.cost_scale) * np.abs(h.profiles[h.cost_profile]).mean(axis=1)
        _measured(h, price)
        best = max(best, float(np.mean(price * size.column[node.reduced.columns])))
    return 0.2 * best if best > 0 else 1.0


def _measured(h: Hours, price: Floats) -> None:
    """Raise prices to what windows with a price of their own measure of a column."""
    owner = np.repeat(np.arange(len(h.in_window.ptr) - 1), np.diff(h.in_window.ptr))
    sold = np.array(
        [(np.diff(h.window_border.ptr)[np.unique(row[row >= 0])] > 0).any() for row in h.window_at],
        dtype=bool,
    )
    for e in np.flatnonzero(sold[h.in_window.to]) if len(sold) else ():
        number = abs(h.in_window.scale[e]) * float(
            np.abs(h.profiles[h.in_window.profile[e]]).mean()
        )
        price[owner[e]] = max(price[owner[e]], number)
