"""From a nearly feasible iterate to a point that keeps every limit, in one pass over the hours.

1. orders: rows that are too full give up their positive entries in proportion;
2. columns go inside their bounds; 3. stores: the level follows what charging and discharging leave, discharge is cut
where the level would fall below zero or could not return to its start; 4. windows that are too full shrink;
5. rows that are too full first raise columns that help (generation) as far as other rows allow, cheapest first, then lower
columns that only burden (demand), least valuable first. What is still violated is told to the caller (docs/design/0034).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.sparse import csr_array

from headrace.plan.blocks import Floats, Ints, Problem
from headrace.plan.interior.arrays import FAST, PIECE
from headrace.plan.interior.node import Node
from headrace.plan.interior.vectors import A, limit, right_side

PASSES = 12


class Roles(NamedTuple):
    """Who may move when a row is too full, as index lists by row; givers: columns that draw on a chain's level.

    level: carried column of each chain row (-1: more than one); free: 1 if the level may rise as far as it can.
    single: entries that stand alone in their row, which is then a bound of their column. order: rows as they are mended,
    those that nothing helps first: what they shed makes room for the others.
    """

    helper_ptr: Ints
    helper: Ints
    helper_entry: Ints
    burden_ptr: Ints
    burden: Ints
    burden_entry: Ints
    owner: Ints
    level: Ints
    level_entry: Ints
    free: Ints
    shrinkable: Ints
    single: Ints
    order: Ints


def roles(node: Node, soft: int = 0) -> Roles:
    """Read the roles off the signs of the entries. soft: how many of the last window classes need not be kept."""
    h, p = node.reduced.hours, node.pattern
    nc, first_chain = len(h.cost_scale), p.rows - node.reduced.chains
    owner = np.repeat(np.arange(nc), np.diff(h.here.ptr))
    low = h.here.scale[:, None] * h.profiles[h.here.profile] if len(owner) else np.zeros((0, 1))
    least = low.min(axis=1, initial=0.0)
    carried = np.isin(np.arange(nc), h.carried)
    window_owner = np.repeat(np.arange(nc), np.diff(h.window.ptr))
    hard = h.window.to < p.windows - soft
    in_window = np.isin(np.arange(nc), window_owner[hard & (h.window.scale > 0)])
    given = np.isin(np.arange(nc), window_owner[hard & (h.window.scale < 0)])
    helps, only_burdens = ~carried & ~in_window, ~carried & ~given
    np.logical_and.at(helps, owner, h.here.to < first_chain)
    np.logical_and.at(only_burdens, owner, least >= 0)
    price = _prices(node, window_owner[~hard], ~hard)
    helpers, burdens = [], []
    for r in range(first_chain):
        at = np.flatnonzero(h.here.to == r).tolist()
        up = [e for e in at if helps[owner[e]] and h.here.scale[e] < 0]
        down = [e for e in at if only_burdens[owner[e]] and h.here.scale[e] > 0]
        helpers.append(sorted(up, key=lambda e: price[owner[e]] / -h.here.scale[e]))
        burdens.append(sorted(down, key=lambda e: -price[owner[e]] / h.here.scale[e]))
    level, level_entry, free = _levels(node, first_chain, price, hard)
    mixed = [f >= p.windows - soft or bool((h.window.scale[h.window.to == f] < 0).any()) for f in range(p.windows)]
    shrinkable = np.array([int(not each) for each in mixed], dtype=np.int64)
    lists = (*_flat(helpers, owner), *_flat(burdens, owner))
    count = np.bincount(h.here.to, minlength=p.rows)
    single = np.flatnonzero((count[h.here.to] == 1) & (h.here.to < first_chain) & (h.here.scale > 0))
    order = np.array(sorted(range(first_chain), key=lambda r: len(helpers[r]) > 0), dtype=np.int64)
    return Roles(*lists, owner.astype(np.int64), level, level_entry, free, shrinkable, single, order)


def _prices(node: Node, owner: Ints, soft: NDArray[np.bool_]) -> Floats:
    """Mean cost of every column, what soft windows measure included."""
    h = node.reduced.hours
    price = h.cost_scale * h.profiles[h.cost_profile].mean(axis=1)
    np.add.at(price, owner, h.window.scale[soft] * h.profiles[h.window.profile[soft]].mean(axis=1))
    return np.asarray(price)


def _flat(lists: list[list[int]], owner: Ints) -> tuple[Ints, Ints, Ints]:
    """Pointers, columns and entries of lists by row."""
    ptr = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    entry = np.array([e for one in lists for e in one], dtype=np.int64)
    return ptr, owner[entry].astype(np.int64) if len(entry) else entry, entry


def _levels(node: Node, first_chain: int, price: Floats, hard: NDArray[np.bool_]) -> tuple[Ints, Ints, Ints]:
    """Carried column of each chain, its entry, and whether it may rise freely."""
    h = node.reduced.hours
    owner = np.repeat(np.arange(len(h.after.ptr) - 1), np.diff(h.after.ptr))
    count = node.reduced.chains
    level, entry, free = (np.full(count, -1, dtype=np.int64) for _ in range(3))
    for c in range(count):
        at = np.flatnonzero(h.after.to == first_chain + c)
        if len(at) != 1 or h.after.scale[at[0]] <= 0 or (owner == owner[at[0]]).sum() != 1:
            continue
        j = int(owner[at[0]])
        level[c], entry[c] = j, at[0]
        rows = slice(h.here.ptr[j], h.here.ptr[j + 1])
        local = h.here.to[rows] < first_chain
        others = (h.here.to[rows] >= first_chain) & (h.here.to[rows] != first_chain + c)
        quiet = not hard[h.window.ptr[j] : h.window.ptr[j + 1]].any() and price[j] == 0
        free[c] = int(quiet and not others.any() and not (h.here.scale[rows][local] > 0).any())
    return level, entry, free


def repair_orders(problem: Problem, m: Floats) -> Floats:
    """Orders inside their box and rows, near m."""
    master = problem.master
    m = np.minimum(np.maximum(m, 0.0), master.upper)
    rows = csr_array(master.matrix)
    for _ in range(60):
        over = rows @ m - master.rhs
        full = np.flatnonzero(over > 0)
        if not len(full):
            break
        for r in full:
            part = slice(rows.indptr[r], rows.indptr[r + 1])
            index, value = rows.indices[part], rows.data[part]
            index, value = index[value > 0], value[value > 0]
            total = float(value @ m[index])
            if total > 0:
                m[index] *= max(0.0, 1.0 - over[r] * (1.0 + 1e-9) / total - 1e-12)
    return m


def repair_node(node: Node, role: Roles, x: Floats) -> Floats:
    """Columns of the node near its iterate that try to keep every limit at capacities x, shape (kernel column, hour)."""
    h, k = node.reduced.hours, node.work
    upper, z = k.g, k.dz
    rhs = k.dy
    _inside(h, node.state.z, x, (rhs, upper), z)
    _alone(h, role, rhs, upper, z)
    first_chain = node.pattern.rows - node.reduced.chains
    for c in range(node.reduced.chains):
        if role.level[c] >= 0:
            for _ in range(PASSES):
                if not _store(h, role, (first_chain, c), rhs[first_chain + c], z, upper):
                    break
    _windows(h, role, z, x, k.dw)
    _rows(h, role, first_chain, rhs, z, upper)
    return z


@njit(**FAST)
def _inside(h: A, values: A, x: A, limits: A, z: A) -> None:
    """z = values inside [0, upper], 0 where the column does not live; right-hand sides and uppers are computed here."""
    rhs, upper = limits
    for r in range(rhs.shape[0]):
        right_side(h, r, 0, rhs[r], x)
    length = z.shape[1]
    for j in range(z.shape[0]):
        if h.upper_at[j] >= 0:
            limit(h, j, 0, upper[j], x)
        for t in range(length):
            live = h.live[j] == 0 or h.profiles[h.live[j], t] > 0.0
            if h.upper_at[j] < 0:
                upper[j, t] = np.inf
            upper[j, t] = max(upper[j, t], 0.0) if live else 0.0
            z[j, t] = min(values[j, t], upper[j, t]) if live else 0.0


@njit(**FAST)
def _alone(h: A, role: A, rhs: A, upper: A, z: A) -> None:
    """A row with one column is a bound of that column."""
    for e in role.single:
        j, scale, number = role.owner[e], h.here.scale[e], h.profiles[h.here.profile[e]]
        for t in range(z.shape[1]):
            if number[t] > 0.0:
                upper[j, t] = min(upper[j, t], max(rhs[h.here.to[e], t], 0.0) / (scale * number[t]))
                z[j, t] = min(z[j, t], upper[j, t])


@njit(**FAST)
def _store(h: A, role: A, at: A, rhs: A, z: A, upper: A) -> bool:
    """Let a level follow its chain round every circle; True when discharge had to be cut to return to the start."""
    first_chain, c = at
    j, entry, cut = role.level[c], role.level_entry[c], False
    scale, row = h.after.scale[entry], h.profiles[h.after.profile[entry]]
    for f in range(len(h.firsts)):
        first, last = h.firsts[f], h.lasts[f]
        for t in range(first, last + 1):
            allowed = (rhs[t] - _drawn(h, role, first_chain + c, t, z)) / (scale * row[t])
            if allowed < 0.0:
                allowed += _cut(h, role, first_chain + c, (t, -allowed * scale * row[t]), z) / (scale * row[t])
            if t < last:
                top = min(max(allowed, 0.0), upper[j, t + 1])
                z[j, t + 1] = top if role.free[c] == 1 else min(z[j, t + 1], top)
            elif allowed < z[j, first] and last > first:
                cut = True
                _return(h, role, (first_chain + c, j, first, last), (z[j, first] - allowed) * scale * row[t], z, upper)
            elif allowed < z[j, first]:
                z[j, first] = max(allowed, 0.0)
    return cut


@njit(**PIECE)
def _drawn(h: A, role: A, row: int, t: int, z: A) -> float:
    """Sum of the chain row's terms of hour t, without the next level."""
    total = 0.0
    for e in range(len(role.owner)):
        if h.here.to[e] == row:
            total += h.here.scale[e] * h.profiles[h.here.profile[e], t] * z[role.owner[e], t]
    return total


@njit(**PIECE)
def _cut(h: A, role: A, row: int, need: A, z: A) -> float:
    """Lower the columns that draw on the chain in hour t until `missing` is covered; returns what was."""
    t, missing = need
    done = 0.0
    for e in range(len(role.owner)):
        if h.here.to[e] == row and missing > done:
            number = h.here.scale[e] * h.profiles[h.here.profile[e], t]
            if number > 0.0:
                part = min(z[role.owner[e], t], (missing - done) / number)
                z[role.owner[e], t] -= part
                done += part * number
    return done


@njit(**PIECE)
def _return(h: A, role: A, at: A, missing: float, z: A, upper: A) -> None:
    """Cut discharge from the end backwards, as far as the levels after it have head-room; the start takes the rest."""
    row, j, first, last = at
    head = np.inf
    missing *= 1.0 + 1e-9
    for t in range(last, first - 1, -1):
        if missing <= 0.0:
            return
        if t < last:
            head = min(head, upper[j, t + 1] - z[j, t + 1])
        if head <= 0.0:
            break
        missing -= _cut(h, role, row, (t, min(missing, head)), z)
    z[j, first] = max(z[j, first] - missing, 0.0)


@njit(**FAST)
def _windows(h: A, role: A, z: A, x: A, used: A) -> None:
    """Shrink the columns of windows that are too full."""
    for w in range(len(used)):
        used[w] = 0.0
    for turn in range(2):
        if turn == 1:
            _shares(h, x, used)
        for j in range(z.shape[0]):
            for e in range(h.window.ptr[j], h.window.ptr[j + 1]):
                at, number = h.window_at[h.window.to[e]], h.profiles[h.window.profile[e]]
                for t in range(z.shape[1]):
                    w = at[t]
                    if w >= 0 and turn == 0:
                        used[w] += h.window.scale[e] * number[t] * z[j, t]
                    elif w >= 0 and used[w] < 1.0 and role.shrinkable[h.window.to[e]] == 1:
                        z[j, t] *= used[w]


@njit(**PIECE)
def _shares(h: A, x: A, used: A) -> None:
    """From what each window holds to the share of it that may stay."""
    for w in range(len(used)):
        room = h.window_rhs[w]
        for e in range(h.quota.ptr[w], h.quota.ptr[w + 1]):
            room += h.quota.scale[e] * x[h.quota.to[e]]
        used[w] = max(room, 0.0) / used[w] * (1.0 - 1e-12) if used[w] > room else 1.0


@njit(**FAST)
def _rows(h: A, role: A, rows: int, rhs: A, z: A, upper: A) -> None:
    """Mend rows that are too full, hour by hour: `rhs` becomes the excess."""
    length = z.shape[1]
    for r in range(rows):
        for t in range(length):
            rhs[r, t] = -rhs[r, t]
    for e in range(len(role.owner)):
        r, j = h.here.to[e], role.owner[e]
        if r < rows:
            for t in range(length):
                rhs[r, t] += h.here.scale[e] * h.profiles[h.here.profile[e], t] * z[j, t]
    for r in role.order:
        for t in range(length):
            if rhs[r, t] > 0.0:
                _mend(h, role, r, t, rhs, (z, upper))


@njit(**PIECE)
def _mend(h: A, role: A, r: int, t: int, excess: A, columns: A) -> None:
    """Raise helpers, lower burdens, then helpers for which that made room, until row r holds in hour t."""
    _help(h, role, r, t, excess, columns)
    z = columns[0]
    for i in range(role.burden_ptr[r], role.burden_ptr[r + 1]):
        j, e = role.burden[i], role.burden_entry[i]
        number = h.here.scale[e] * h.profiles[h.here.profile[e], t]
        if excess[r, t] > 0.0 and number > 0.0 and z[j, t] > 0.0:
            _shift(h, j, t, -min(z[j, t], excess[r, t] / number), z, excess)
    if excess[r, t] > 0.0:
        _help(h, role, r, t, excess, columns)


@njit(**PIECE)
def _help(h: A, role: A, r: int, t: int, excess: A, columns: A) -> None:
    """Raise columns that relieve row r, as far as their bounds and the other rows they stand in allow."""
    z, upper = columns
    for i in range(role.helper_ptr[r], role.helper_ptr[r + 1]):
        j, e = role.helper[i], role.helper_entry[i]
        number = -h.here.scale[e] * h.profiles[h.here.profile[e], t]
        if excess[r, t] <= 0.0 or number <= 0.0:
            continue
        room = min(upper[j, t] - z[j, t], excess[r, t] / number)
        for a in range(h.here.ptr[j], h.here.ptr[j + 1]):
            burden = h.here.scale[a] * h.profiles[h.here.profile[a], t]
            if burden > 0.0:
                room = min(room, -excess[h.here.to[a], t] / burden)
        if room > 0.0:
            _shift(h, j, t, room, z, excess)


@njit(**PIECE)
def _shift(h: A, j: int, t: int, move: float, z: A, excess: A) -> None:
    """Move one column in one hour and keep the excess of its rows up to date."""
    z[j, t] += move
    for e in range(h.here.ptr[j], h.here.ptr[j + 1]):
        excess[h.here.to[e], t] += h.here.scale[e] * h.profiles[h.here.profile[e], t] * move
