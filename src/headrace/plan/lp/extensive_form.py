"""One sparse matrix from `blocks.Problem`: the extensive form, for HiGHS, for residuals and for
tests.

Columns: master m | borders x of every node | hourly columns of every node, column-major (column j,
    hour t at j*T + t).
Rows: x - map m = start | master rows | per node: rows, chains, bounded columns that have a border,
    windows. A bound without a border stays a column bound (compact), which general solvers need.
    Integer master columns are counted in units: the assembled column is m / unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_diag, coo_array, csc_array, csr_array

from headrace.core.arrays import Floats, Ints
from headrace.plan.lp.problem import Master, NodeBlock, Pattern, Problem, Values


@dataclass(frozen=True)
class Triplets:
    """Entries of a sparse matrix while it is being put together."""

    row: Ints
    column: Ints
    value: Floats


@dataclass(frozen=True)
class NodeMatrix:
    """The rows of one node: hourly @ z - border @ x <= rhs, and 0 <= z <= upper for columns that
    have no border.

    hourly: shape (rows + chains + bounded columns, all times hours, + windows; columns times
        hours).
    priced: row families in order: rows, chains, uppers (with border), windows.
    """

    hourly: csr_array
    border: csr_array
    rhs: Floats
    upper: Floats
    cost: Floats
    bounded: Ints


@dataclass(frozen=True)
class Extensive:
    """The whole problem: minimise cost.v + constant, row_lower <= matrix v <= row_upper, lower <= v
    <= upper.
    """

    matrix: csc_array
    cost: Floats
    lower: Floats
    upper: Floats
    row_lower: Floats
    row_upper: Floats
    unit: Floats
    nodes: tuple[NodeMatrix, ...]


def spread(
    pattern: Pattern, values: Values, profiles: Floats, rows: Ints, columns: Ints
) -> Triplets:
    """Entries of a pattern in all hours; `rows` and `columns` give the index of (r, t) as base[r] +
    at[t] arrays.
    """
    numbers = values.hourly(profiles)
    row = rows[pattern.row]
    column = columns[pattern.column]
    keep = numbers.ravel() != 0.0
    return Triplets(row.ravel()[keep], column.ravel()[keep], numbers.ravel()[keep])


def grid(count: int, hours: int) -> Ints:
    """Indices of (item, hour), shape (count, hours): item * hours + hour."""
    return np.arange(count * hours, dtype=np.int64).reshape(count, hours)


def window_starts(block: NodeBlock) -> list[int]:
    """First row of each window family inside the node's window rows, with the total last."""
    return [0, *np.cumsum([len(rhs) for rhs in block.window_rhs]).tolist()]


def _windows(block: NodeBlock, columns: Ints, first: int) -> Triplets:
    """Entries of the window rows: column j of hour t stands in the window of each family that holds
    the hour.
    """
    pattern, numbers = block.template.window_entries, block.window_entries.hourly(block.profiles)
    starts = np.array(window_starts(block)[:-1], dtype=np.int64)
    where = block.window_of[pattern.row]
    row = first + (starts[pattern.row][:, None] if len(starts) else 0) + where
    keep = (where >= 0) & (numbers != 0.0)
    return Triplets(row[keep], columns[pattern.column][keep], numbers[keep])


def _window_borders(block: NodeBlock, first: int) -> Triplets:
    """Entries of the window rows with the borders: the same in every window of a family."""
    pattern, starts = block.template.window_border, window_starts(block)
    rows = [first + np.arange(starts[f], starts[f + 1], dtype=np.int64) for f in pattern.row]
    count = [len(each) for each in rows]
    row = np.concatenate([np.zeros(0, dtype=np.int64), *rows])
    return Triplets(row, np.repeat(pattern.column, count), np.repeat(block.window_border, count))


def fixed_uppers(block: NodeBlock) -> Floats:
    """Fixed part of every column's bound, shape (column, hour); a column with borders and scale inf
    counts as 0. Returns [unit of the column].
    """
    open_above = ~np.isfinite(block.upper.scale)
    scale = np.where(open_above, 0.0, block.upper.scale)
    fixed = scale[:, None] * block.profiles[block.upper.profile]
    has_border = np.isin(np.arange(len(scale)), block.template.upper_border.row)
    fixed[open_above & ~has_border] = np.inf
    return fixed


def node_matrix(block: NodeBlock) -> NodeMatrix:
    """All rows of one node as sparse matrices over its hourly columns and its borders."""
    template, hours = block.template, block.hours
    nr, ns, nc, nb = (
        len(template.rows),
        len(template.chains),
        len(template.columns),
        len(template.borders),
    )
    bounded = np.unique(template.upper_border.row)
    z = grid(nc, hours)
    x = np.broadcast_to(np.arange(nb, dtype=np.int64)[:, None], (nb, hours))
    row, chain = grid(nr, hours), nr * hours + grid(ns, hours)
    bound = np.zeros((nc, hours), dtype=np.int64)
    bound[bounded] = (nr + ns) * hours + grid(len(bounded), hours)
    first_window = (nr + ns + len(bounded)) * hours
    total = first_window + window_starts(block)[-1]
    hourly = [
        spread(template.row_entries, block.row_entries, block.profiles, row, z),
        spread(template.chain_now, block.chain_now, block.profiles, chain, z),
        spread(template.chain_next, block.chain_next, block.profiles, chain, z[:, block.next_hour]),
        Triplets(bound[bounded].ravel(), z[bounded].ravel(), np.ones(len(bounded) * hours)),
        _windows(block, z, first_window),
    ]
    border = [
        spread(template.row_border, block.row_border, block.profiles, row, x),
        spread(template.upper_border, block.upper_border, block.profiles, bound, x),
        _window_borders(block, first_window),
    ]
    fixed = fixed_uppers(block)
    rhs = np.concatenate(
        [
            block.row_rhs.hourly(block.profiles).ravel(),
            block.chain_rhs.hourly(block.profiles).ravel(),
            fixed[bounded].ravel(),
            *block.window_rhs,
        ]
    )
    upper = fixed.copy()
    upper[bounded] = np.inf
    cost = block.weight * block.weights * block.cost.hourly(block.profiles)
    return NodeMatrix(
        _csr(hourly, (total, nc * hours)),
        _csr(border, (total, nb)),
        rhs,
        upper.ravel(),
        cost.ravel(),
        bounded,
    )


def _csr(parts: list[Triplets], shape: tuple[int, int]) -> csr_array:
    """Sparse matrix of the sum of the parts."""
    row = np.concatenate([part.row for part in parts])
    column = np.concatenate([part.column for part in parts])
    value = np.concatenate([part.value for part in parts])
    return csr_array(coo_array((value, (row, column)), shape=shape))


def counted(master: Master) -> Floats:
    """Step in which each master column is counted: its unit size [its unit], or 1 if continuous."""
    return np.where(master.unit > 0, master.unit, 1.0)


def extensive(problem: Problem) -> Extensive:
    """The whole problem as one sparse matrix."""
    master = problem.master
    nodes = tuple(node_matrix(block) for block in problem.nodes)
    unit = counted(master)
    scale = csr_array(
        coo_array(
            (unit, (np.arange(len(unit)), np.arange(len(unit)))), shape=(len(unit), len(unit))
        )
    )
    borders = [len(block.template.borders) for block in problem.nodes]
    top = stack_maps(problem) @ scale
    eye = csr_array(
        coo_array(
            (np.ones(sum(borders)), (np.arange(sum(borders)),) * 2), shape=(sum(borders),) * 2
        )
    )
    wide = sum(node.hourly.shape[1] for node in nodes)
    matrix = block_matrix(
        [
            [-top, eye, None],
            [csr_array(master.matrix) @ scale, None, None],
            [
                None,
                -block_diag([node.border for node in nodes], format="csr"),
                block_diag([n.hourly for n in nodes], format="csr"),
            ],
        ],
        (len(unit), sum(borders), wide),
    )
    start = np.concatenate([block.start for block in problem.nodes])
    rhs = np.concatenate([master.rhs, *(node.rhs for node in nodes)])
    count = np.where(master.unit > 0, np.floor(master.upper / unit + 1e-9), master.upper)
    return Extensive(
        matrix=matrix,
        cost=np.concatenate(
            [master.cost * unit, np.zeros(len(start)), *(node.cost for node in nodes)]
        ),
        lower=np.concatenate([np.zeros(len(unit)), np.full(len(start), -np.inf), np.zeros(wide)]),
        upper=np.concatenate([count, np.full(len(start), np.inf), *(node.upper for node in nodes)]),
        row_lower=np.concatenate([start, np.full(len(rhs), -np.inf)]),
        row_upper=np.concatenate([start, rhs]),
        unit=unit,
        nodes=nodes,
    )


def stack_maps(problem: Problem) -> csr_array:
    """All borders from the master: shape (sum of borders, master columns)."""
    parts = [coo_array(block.map) for block in problem.nodes]
    offset = np.cumsum([0, *(part.shape[0] for part in parts)])
    row = (
        np.concatenate([part.row + first for part, first in zip(parts, offset)])
        if parts
        else np.zeros(0, np.int64)
    )
    column = np.concatenate([part.col for part in parts]) if parts else np.zeros(0, np.int64)
    value = np.concatenate([part.data for part in parts]) if parts else np.zeros(0)
    return csr_array(
        coo_array((value, (row, column)), shape=(int(offset[-1]), len(problem.master.columns)))
    )


def block_matrix(
    grid_of_blocks: list[list[csr_array | None]], widths: tuple[int, ...]
) -> csc_array:
    """Block matrix whose absent blocks are zero, also when a whole row of blocks is empty."""
    rows: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    values: list[Floats] = []
    top = 0
    for line in grid_of_blocks:
        height = next(block.shape[0] for block in line if block is not None)
        for left, block in zip(np.cumsum([0, *widths[:-1]]), line):
            if block is None:
                continue
            part = coo_array(block)
            rows.append(part.row.astype(np.int64) + top)
            columns.append(part.col.astype(np.int64) + int(left))
            values.append(part.data)
        top += height
    triplets = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return csc_array(coo_array(triplets, shape=(top, sum(widths))))
