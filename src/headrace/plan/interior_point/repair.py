"""From a nearly feasible iterate to a point that keeps every limit, in one pass over the hours.

1. orders: rows that are too full give up their positive entries in proportion;
2. columns go inside their bounds; 3. stores: the level follows what charging and discharging leave,
  discharge is cut where the level would fall below zero or could not return to its start, and what
  a store may not throw away is spilled at its price; 4. windows that are too full shrink;
5. rows that are too full first raise columns that help (generation) as far as other rows allow,
  cheapest first, then lower columns that burden (demand) as far as other rows allow, least
  valuable first. What is still violated is told to the caller (docs/theory/repair.md).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.kernels.entry import repair
from headrace.plan.interior_point.kernels.layout import RepairRoles
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.lp.measured_windows import relieved_rows
from headrace.plan.lp.problem import Problem


def roles(node: NodeArrays, soft: int = 0) -> RepairRoles:
    """Read the roles off the signs of the entries. soft: how many of the last window classes need
    not be kept.
    """
    h, p = node.reduced.hours, node.pattern
    nc, first_chain = len(h.cost_scale), p.rows - node.reduced.chains
    owner = np.repeat(np.arange(nc), np.diff(h.in_hour.ptr))
    low = (
        h.in_hour.scale[:, None] * h.profiles[h.in_hour.profile] if len(owner) else np.zeros((0, 1))
    )
    local = h.in_hour.to < first_chain
    drains = (low.min(axis=1, initial=0.0) < 0) & ~local
    carried = np.isin(np.arange(nc), h.carried)
    window_owner = np.repeat(np.arange(nc), np.diff(h.in_window.ptr))
    hard = h.in_window.to < p.windows - soft
    in_window = np.isin(np.arange(nc), window_owner[hard & (h.in_window.scale > 0)])
    given = np.isin(np.arange(nc), window_owner[hard & (h.in_window.scale < 0)])
    helps, only_burdens = ~carried & ~in_window, ~carried & ~given
    np.logical_and.at(helps, owner, local)
    np.logical_and.at(only_burdens, owner, ~drains)
    price = h.cost_scale * h.profiles[h.cost_profile].mean(axis=1)
    measured = h.in_window.scale * h.profiles[h.in_window.profile].mean(axis=1)
    np.add.at(price, window_owner[~hard], measured[~hard])  # soft windows cost as well
    helpers, burdens = [], []
    for r in range(first_chain):
        at = np.flatnonzero(h.in_hour.to == r).tolist()
        up = [e for e in at if helps[owner[e]] and h.in_hour.scale[e] < 0]
        down = [e for e in at if only_burdens[owner[e]] and h.in_hour.scale[e] > 0]
        helpers.append(sorted(up, key=lambda e: price[owner[e]] / -h.in_hour.scale[e]))
        burdens.append(sorted(down, key=lambda e: -price[owner[e]] / h.in_hour.scale[e]))
    spill, spill_entry = spills(node, owner, first_chain)
    level, level_entry, free = store_levels(node, first_chain, price, hard, spill)
    mixed = [
        f >= p.windows - soft or bool((h.in_window.scale[h.in_window.to == f] < 0).any())
        for f in range(p.windows)
    ]
    shrinkable = np.array([int(not each) for each in mixed], dtype=np.int64)
    lists = (*_flat(helpers, owner), *_flat(burdens, owner))
    count = np.bincount(h.in_hour.to, minlength=p.rows)
    single = np.flatnonzero(
        (count[h.in_hour.to] == 1) & (h.in_hour.to < first_chain) & (h.in_hour.scale > 0)
    )
    below, chained = np.ones(first_chain, np.bool_), np.zeros(first_chain, np.bool_)
    stored = np.isin(owner, owner[h.in_hour.to >= first_chain])
    np.logical_and.at(below, h.in_hour.to[local], low[local].min(axis=1, initial=0.0) >= 0)
    np.logical_or.at(chained, h.in_hour.to[local], stored[local])
    shared = np.flatnonzero(below & chained & (count[:first_chain] > 1)).astype(np.int64)
    order = np.array(sorted(range(first_chain), key=lambda r: len(helpers[r]) > 0), dtype=np.int64)
    return RepairRoles(
        *lists,
        owner.astype(np.int64),
        level,
        level_entry,
        free,
        spill,
        spill_entry,
        shrinkable,
        single,
        shared,
        order,
    )


def _flat(lists: list[list[int]], owner: Ints) -> tuple[Ints, Ints, Ints]:
    """Pointers, columns and entries of lists by row."""
    ptr = np.concatenate([[0], np.cumsum([len(one) for one in lists])]).astype(np.int64)
    entry = np.array([e for one in lists for e in one], dtype=np.int64)
    return ptr, owner[entry].astype(np.int64) if len(entry) else entry, entry


def spills(node: NodeArrays, owner: Ints, first_chain: int) -> tuple[Ints, Ints]:
    """Of each chain the column that stands nowhere else and makes room in it, and its entry; -1
    where there is none. owner: column of every entry.
    """
    h, count = node.reduced.hours, node.reduced.chains
    column, entry = (np.full(count, -1, dtype=np.int64) for _ in range(2))
    for c in range(count):
        for e in np.flatnonzero((h.in_hour.to == first_chain + c) & (h.in_hour.scale < 0)):
            j = int(owner[e])
            ends = (h.in_hour.ptr[j + 1] - h.in_hour.ptr[j], h.in_previous.ptr[j + 1])
            if ends == (1, h.in_previous.ptr[j]) and h.in_window.ptr[j + 1] == h.in_window.ptr[j]:
                column[c], entry[c] = j, e
    return column, entry


def store_levels(
    node: NodeArrays,
    first_chain: int,
    price: Floats,
    hard: NDArray[np.bool_],
    spill: Ints,
) -> tuple[Ints, Ints, Ints]:
    """Carried column of each chain, its entry, and whether it may rise freely; a level may stand in
    a second chain, from which something is spilled. price: [kUSD/unit of the column].
    """
    h = node.reduced.hours
    owner = np.repeat(np.arange(len(h.in_previous.ptr) - 1), np.diff(h.in_previous.ptr))
    count = node.reduced.chains
    level, entry, free = (np.full(count, -1, dtype=np.int64) for _ in range(3))
    for c in range(count):
        at = np.flatnonzero(h.in_previous.to == first_chain + c)
        if len(at) != 1 or h.in_previous.scale[at[0]] <= 0:
            continue
        j = int(owner[at[0]])
        others = np.flatnonzero((owner == j) & (np.arange(len(owner)) != at[0]))
        spilled = spill[h.in_previous.to[others] - first_chain] >= 0
        if not (spilled & (h.in_previous.scale[others] < 0)).all():
            continue
        level[c], entry[c] = j, at[0]
        rows = slice(h.in_hour.ptr[j], h.in_hour.ptr[j + 1])
        local = h.in_hour.to[rows] < first_chain
        elsewhere = (h.in_hour.to[rows] >= first_chain) & (h.in_hour.to[rows] != first_chain + c)
        quiet = not hard[h.in_window.ptr[j] : h.in_window.ptr[j + 1]].any() and price[j] == 0
        alone = not elsewhere.any() and not (h.in_hour.scale[rows][local] > 0).any()
        free[c] = int(quiet and alone)
    return level, entry, free


def repair_orders(problem: Problem, m: Floats) -> Floats:
    """Orders inside their box and rows, near m. m: [unit of the order]."""
    master = problem.master
    m = np.minimum(np.maximum(m, 0.0), master.upper)
    rows, filled = csr_array(master.matrix), relieved_rows(problem)
    for _ in range(60):
        over = rows @ m - master.rhs
        over[filled] = 0.0  # with money, once the hours are known
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


def eased_orders(problem: Problem, m: Floats, share: float) -> Floats:
    """The same orders, less a share [1] of all that owe something to windows of the hours: what is
    sold owes its work. m: [unit of the order].
    """
    owing = np.zeros(len(m), dtype=np.bool_)
    for block in problem.nodes:
        owed = np.unique(block.template.window_border.column[block.window_border < 0])
        owing[csr_array(block.map)[owed].indices] = True
    return np.where(owing, (1.0 - share) * m, m)


def repair_node(node: NodeArrays, role: RepairRoles, x: Floats) -> None:
    """Write columns near the node's iterate that try to keep every limit at capacities x to
    `work.dz`, (kernel column, hour). x: [unit of the border].
    """
    h, k = node.reduced.hours, node.work
    repair(
        h,
        role,
        node.pattern.rows - node.reduced.chains,
        node.state.column,
        x,
        (k.row_rhs, k.column_rhs, k.combined_column, k.window_rhs),
    )
