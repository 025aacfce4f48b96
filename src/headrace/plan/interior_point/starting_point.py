"""Where to begin: sizes of everything by propagation, orders inside their rows, products near one
target.

The start is infeasible but centred, and the orders' reduced costs begin near the orders' costs:
that, not the hours, decided the number of iterations in deep trees (docs/design/0032).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import Hours
from headrace.plan.interior_point.master_system import Orders, make_orders
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.lp.problem import NodeBlock, Problem
from headrace.plan.lp.residuals import entries, fixed_upper

TINY = 1e-100  # value of what does not live: its product is zero, its ratio one
ROUNDS = 4


@dataclass
class MasterState:
    """Orders m with reduced costs v, slacks s of the master rows with prices l."""

    m: Floats
    v: Floats
    s: Floats
    l: Floats  # noqa: E741


@dataclass(frozen=True)
class Sizes:
    """Typical size of each column and border of a node, in their own units."""

    column: Floats
    border: Floats


def sizes(block: NodeBlock) -> Sizes:
    """Propagate what is known (fixed bounds, windows, what stands) through rows to what is not."""
    template = block.template
    known = _known(block)
    border = np.where(block.start > 0, block.start, np.nan)
    rows = [
        (e.row, e.column, _mean(e.number))
        for e in entries(template.row_entries, block.row_entries, block.profiles)
    ]
    nr = len(template.rows)
    for pattern, values in (
        (template.chain_now, block.chain_now),
        (template.chain_next, block.chain_next),
    ):
        rows += [
            (nr + e.row, e.column, _mean(e.number))
            for e in entries(pattern, values, block.profiles)
        ]
    edges = [
        (e.row, e.column, _mean(e.number))
        for e in entries(template.row_border, block.row_border, block.profiles)
    ]
    bounds = [
        (e.row, e.column, _mean(e.number))
        for e in entries(template.upper_border, block.upper_border, block.profiles)
    ]
    for _ in range(ROUNDS):
        _spread(known, border, (rows, edges, bounds), nr + len(template.chains))
    return Sizes(np.where(np.isnan(known), 1.0, known), np.where(np.isnan(border), 1.0, border))


Terms = list[tuple[int, int, float]]


def _spread(known: Floats, border: Floats, lists: tuple[Terms, Terms, Terms], count: int) -> None:
    """One round in place: borders to columns, rows to columns, columns to borders, rows to borders."""
    rows, edges, bounds = lists
    for j, k, u in bounds:
        _tell(known, j, u * border[k])
    row = _row_sizes(rows, known, count)
    for r, j, a in rows:
        _tell(known, j, row[r] / a if a > 0 else np.nan)
    for j, k, u in bounds:
        _tell(border, k, known[j] / u if u > 0 else np.nan)
    for r, k, b in edges:
        _tell(border, k, row[r] / b if b > 0 else np.nan)


def _tell(sizes_: Floats, item: int, size: float) -> None:
    """Note a size that was not known."""
    if np.isnan(sizes_[item]) and not np.isnan(size):
        sizes_[item] = size


def _known(block: NodeBlock) -> Floats:
    """Sizes that the data tell: fixed upper bounds, and windows shared out over their hours."""
    upper = fixed_upper(block)
    shown = np.where(np.isfinite(upper), upper, 0.0).max(axis=1)
    known = np.where(shown > 0, shown, np.nan)
    for e in entries(block.template.window_entries, block.window_entries, block.profiles):
        where = block.window_of[e.row]
        hours = np.bincount(where[where >= 0], minlength=len(block.window_rhs[e.row]))
        share = np.mean(block.window_rhs[e.row] / np.maximum(hours, 1)) / max(
            _mean(e.number), 1e-12
        )
        if np.isnan(known[e.column]) and share > 0:
            known[e.column] = share
    return np.asarray(known)


def _mean(number: Floats | float) -> float:
    """Mean size of an entry over its hours."""
    return float(np.mean(np.abs(number)))


def _row_sizes(rows: Terms, known: Floats, count: int) -> Floats:
    """Largest known term of every row."""
    size = np.full(count, np.nan)
    for r, j, a in rows:
        term = a * known[j]
        if a > 0 and not (np.isnan(term) or size[r] >= term):
            size[r] = term
    return size


def start_orders(problem: Problem, known: list[Sizes]) -> Floats:
    """Orders of a typical size, shrunk until every master row has a fifth of its room left."""
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
    m = np.where(count > 0, guess / np.maximum(count, 1.0), 1.0)
    m = np.minimum(
        m, np.where(np.isfinite(problem.master.upper), 0.5 * problem.master.upper + 1e-12, np.inf)
    )
    return orders.full(shrink(orders, m[orders.live]))


def shrink(orders: Orders, m: Floats) -> Floats:
    """Scale down, once per sweep, the columns that stand with a positive entry in a row that is too
    full.
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
    coarse run).
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
    target / primal.
    """
    h, s = node.reduced.hours, node.state
    column = size.column[node.reduced.columns]
    target = mu * node.target
    upper = h.upper_scale[:, None] * h.profiles[h.upper_profile]
    for j in range(len(column)):
        for e in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
            upper[j] += h.bound.scale[e] * h.profiles[h.bound.profile[e]] * x[h.bound.to[e]]
    least = 0.01 * column[:, None]
    # an order gives these windows room: their price begins near its own
    priced = np.flatnonzero(np.diff(h.quota.ptr))
    closed = h.upper_at >= 0
    s.z[:] = np.where(closed[:, None], 0.4 * np.maximum(upper, least), 0.6 * column[:, None])
    s.t[:] = 0.6 * np.maximum(upper, least)[closed]
    s.s[:] = (0.15 * _row_scale(node, column))[:, None]
    s.sw[:] = 0.4 * np.maximum(np.abs(h.window_rhs), 1e-9)
    s.v[:], s.w[:], s.y[:], s.yw[:] = target / s.z, target / s.t, target / s.s, target / s.sw
    for f in priced:
        s.yw[f] = 0.5 / np.abs(h.quota.scale[h.quota.ptr[f]])
        s.sw[f] = target / s.yw[f]
    bury(node)


def _row_scale(node: NodeArrays, column: Floats) -> Floats:
    """Largest typical term of every kernel row."""
    h = node.reduced.hours
    size = np.full(node.pattern.rows, 1e-9)
    for part in (h.here, h.after):
        owner = np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr))
        term = np.abs(part.scale) * np.abs(h.profiles[part.profile]).mean(axis=1) * column[owner]
        np.maximum.at(size, part.to, term)
    rhs = np.abs(h.rhs_scale) * np.abs(h.profiles[h.rhs_profile]).mean(axis=1)
    return np.asarray(np.maximum(size, np.where(size <= 1e-9, np.maximum(rhs, 1.0), 0.0)))


def bury(node: NodeArrays) -> None:
    """Give what does not live its place: tiny values whose products vanish."""
    h, s = node.reduced.hours, node.state
    for j in np.flatnonzero(h.live > 0):
        dead = h.profiles[h.live[j]] == 0.0
        s.z[j, dead] = s.v[j, dead] = TINY
        if h.upper_at[j] >= 0:
            s.t[h.upper_at[j], dead] = s.w[h.upper_at[j], dead] = TINY


def revive(node: NodeArrays) -> None:
    """What has no value yet but lives here gets the mean of its kind; what does not live is buried."""
    state = node.state
    for array in state:
        bad = ~np.isfinite(array) | (array < 1e-30)
        if bad.any():
            array[bad] = array[~bad].mean() if (~bad).any() else 1.0
    bury(node)


def start_target(nodes: list[NodeArrays], known: list[Sizes]) -> float:
    """First value of the products: a fifth of the mean money that a column moves in an hour of the
    heaviest node.
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
    owner = np.repeat(np.arange(len(h.window.ptr) - 1), np.diff(h.window.ptr))
    sold = np.array(
        [(np.diff(h.quota.ptr)[np.unique(row[row >= 0])] > 0).any() for row in h.window_at],
        dtype=bool,
    )
    for e in np.flatnonzero(sold[h.window.to]) if len(sold) else ():
        number = abs(h.window.scale[e]) * float(np.abs(h.profiles[h.window.profile[e]]).mean())
        price[owner[e]] = max(price[owner[e]], number)
