"""Where to begin: orders inside their rows, columns at a typical size, products near one target.

The start is infeasible but centred, and the orders' reduced costs begin near the orders' costs:
that, not the hours, decided the number of iterations in deep trees (docs/decisions/0012).
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Flags, Floats, Ints
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
    told = np.zeros(orders.width, dtype=bool)
    for block, size in zip(problem.nodes, known):
        part = csr_array(block.map)
        feeders = np.maximum(np.diff(part.indptr), 1)
        row = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
        share = (
            0.5 * size.border[row] / np.maximum(np.abs(part.data), 1e-12) / np.sqrt(feeders[row])
        )
        np.add.at(guess, part.indices, share)
        np.add.at(count, part.indices, 1.0)
        told[part.indices[size.told[row]]] = True
    # where nothing can stand behind a border its size says nothing, and an order must begin above 0
    m = np.where(guess > 0, guess / np.maximum(count, 1.0), 1.0)
    half = np.where(np.isfinite(problem.master.upper), 0.5 * problem.master.upper + 1e-12, np.inf)
    # what is sold is measured by its box alone: begun at 1, it was a twentieth of what is served;
    # what is paid for has a box that says nothing (a hall of 100 GW)
    sold = ~told & np.isfinite(half) & (problem.master.cost < 0.0)
    m = np.where(sold, half, np.minimum(m, half))
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
    # the box of what brings money is worth about as much as its column brings
    box = np.where(inside == 1, abs(orders.rows).sign() @ np.maximum(-orders.cost, 0.0), 0.0)
    w = np.maximum(mu * share / s, 0.05 * mean)
    return MasterState(m, v, s, np.maximum(w, 0.5 * box))


def start_node(node: NodeArrays, size: Sizes, x: Floats, mu: float, soft: int = 0) -> None:
    """Columns at 0.4 of their bound, slacks at 0.6, rows at a tenth of their largest term; duals at
    target / primal. x: [unit of the border], mu: [kUSD]; soft: how many of the last window families
    only measure [1].
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
    given = np.diff(h.window_border.ptr) > 0
    measuring = _measuring(node, soft)
    closed = h.upper_at >= 0
    s.column[:] = np.where(closed[:, None], 0.4 * np.maximum(upper, least), 0.6 * column[:, None])
    s.upper_slack[:] = 0.6 * np.maximum(upper, least)[closed]
    s.row_slack[:] = (0.15 * row_sizes(node, column))[:, None]
    s.window_slack[:] = 0.4 * np.where(
        h.window_rhs != 0, np.abs(h.window_rhs), window_sizes(node, column)
    )
    for f in np.flatnonzero(given & ~measuring):
        at = slice(h.window_border.ptr[f], h.window_border.ptr[f + 1])
        room = float(np.abs(h.window_border.scale[at]) @ x[h.window_border.to[at]])
        s.window_slack[f] = max(0.4 * room, 0.1 * s.window_slack[f])
    s.column_dual[:], s.upper_dual[:], s.row_dual[:], s.window_dual[:] = (
        target / s.column,
        target / s.upper_slack,
        target / s.row_slack,
        target / s.window_slack,
    )
    # what these windows measure has a price in the master: theirs begins near it
    for f in np.flatnonzero(given & measuring):
        s.window_dual[f] = 0.5 / np.abs(h.window_border.scale[h.window_border.ptr[f]])
        s.window_slack[f] = target / s.window_dual[f]
    for j in ways_out(node):
        _start_way_out(node, j, upper[j], target)
    fix_zeros(node)


def _measuring(node: NodeArrays, soft: int) -> Flags:
    """Which kernel windows only measure: those of the last `soft` families [1]."""
    families = len(node.block.template.windows)
    return np.asarray(node.reduced.windows[:, 0] >= families - soft)


def ways_out(node: NodeArrays) -> Ints:
    """Kernel columns of broken promises: at rest, in windows alone. A thousand times as dear as
    what they stand for, they say nothing of the money that moves.
    """
    h, rest = node.reduced.hours, np.array(node.block.template.at_rest, dtype=np.int64)
    alone = (np.diff(h.in_hour.ptr) == 0) & (np.diff(h.in_window.ptr) > 0)
    return np.flatnonzero(np.isin(node.reduced.columns, rest) & alone & (h.upper_at >= 0))


def _start_way_out(node: NodeArrays, j: int, upper: Floats, target: float) -> None:
    """A broken promise begins near nothing, at its own price. upper: [unit of the column], target:
    [kUSD].
    """
    h, s, at = node.reduced.hours, node.state, node.reduced.hours.upper_at[j]
    room = np.maximum(upper, 1e-9)
    price = 0.9 * h.cost_scale[j] * h.profiles[h.cost_profile[j]]
    s.column[j] = np.minimum(target / np.maximum(price, 1e-300), 0.4 * room)
    s.column_dual[j] = target / s.column[j]
    s.upper_slack[at] = room - s.column[j]
    s.upper_dual[at] = target / s.upper_slack[at]


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


def first_target(nodes: list[NodeArrays], known: list[Sizes], soft: int = 0) -> float:
    """First value of the products: a fifth of the mean money that a column moves in an hour of the
    heaviest node, broken promises left out. soft: how many of the last window families only measure
    [1]. Returns [kUSD].
    """
    best = 0.0
    for node, size in zip(nodes, known):
        h = node.reduced.hours
        if not len(h.cost_scale):
            continue
        price = np.abs(h.cost_scale) * np.abs(h.profiles[h.cost_profile]).mean(axis=1)
        _measured(h, price, _measuring(node, soft))
        moved = np.delete(price * size.column[node.reduced.columns], ways_out(node))
        best = max(best, float(moved.mean()) if len(moved) else 0.0)
    return 0.2 * best if best > 0 else 1.0


def _measured(h: Hours, price: Floats, measuring: Flags) -> None:
    """Raise prices to what windows with a price of their own measure of a column."""
    owner = np.repeat(np.arange(len(h.in_window.ptr) - 1), np.diff(h.in_window.ptr))
    counted = np.array(
        [measuring[np.unique(row[row >= 0])].any() for row in h.window_at],
        dtype=bool,
    )
    for e in np.flatnonzero(counted[h.in_window.to]) if len(counted) else ():
        number = abs(h.in_window.scale[e]) * float(
            np.abs(h.profiles[h.in_window.profile[e]]).mean()
        )
        price[owner[e]] = max(price[owner[e]], number)
