"""What a point costs and violates, recomputed in plain numpy from the numbers of `blocks` and
nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.plan.lp.problem import NodeBlock, Pattern, Problem, Solution, Values


@dataclass(frozen=True)
class Residuals:
    """Largest violation of each family, each divided by the row's largest term (or 1): 0 is a
    perfect point.
    """

    rows: float
    chains: float
    windows: float
    uppers: float
    master: float
    negative: float

    @property
    def largest(self) -> float:
        """The worst of them. Relative [1]."""
        return max(self.rows, self.chains, self.windows, self.uppers, self.master, self.negative)


@dataclass(frozen=True)
class Evaluation:
    """A point recomputed: its cost [USD, minimised] and how far it is from keeping every limit."""

    value: float
    residuals: Residuals


@dataclass(frozen=True)
class MatrixEntry:
    """One entry of a pattern in all hours; `number` is a float when no hour differs."""

    row: int
    column: int
    number: Floats | float


def entries(pattern: Pattern, values: Values, profiles: Floats) -> Iterator[MatrixEntry]:
    """Entries of a pattern one by one. profiles: [1], shape (profile, hour)."""
    for r, c, s, p in zip(
        pattern.row.tolist(),
        pattern.column.tolist(),
        values.scale.tolist(),
        values.profile.tolist(),
    ):
        yield MatrixEntry(r, c, s if p == 0 else s * profiles[p])


def fixed_upper(block: NodeBlock) -> Floats:
    """Fixed part of the bounds, shape (column, hour); inf where only a window closes the column.
    Returns [unit of the column].
    """
    scale = block.upper.scale
    finite = np.where(np.isfinite(scale), scale, 0.0)[:, None] * block.profiles[block.upper.profile]
    finite[unbounded(block)] = np.inf
    return finite


def unbounded(block: NodeBlock) -> NDArray[np.bool_]:
    """Columns that only a window closes, shape (column,)."""
    bordered = np.isin(np.arange(len(block.upper.scale)), block.template.upper_border.row)
    return np.asarray(~np.isfinite(block.upper.scale) & ~bordered)


def evaluate(problem: Problem, solution: Solution) -> Evaluation:
    """Recompute a point's cost and its violations from the numbers of the problem alone."""
    value = problem.constant + float(problem.master.cost @ solution.master)
    parts = []
    for block, node in zip(problem.nodes, solution.nodes):
        value += operating_cost(block, node.columns)
        parts.append(node_residuals(block, node.columns, block.start + block.map @ solution.master))
    master = problem.master
    matrix = csr_array(master.matrix)
    size = (
        np.maximum(abs(matrix) @ np.abs(solution.master), np.maximum(np.abs(master.rhs), 1.0))
        if len(master.rhs)
        else np.ones(0)
    )
    boxed = np.isfinite(master.upper)
    over = [
        0.0,
        *((matrix @ solution.master - master.rhs) / size).tolist(),
        *((solution.master - master.upper)[boxed] / _size(master.upper[boxed])).tolist(),
    ]
    most = [max((part[i] for part in parts), default=0.0) for i in range(5)]
    negative = max(most[4], float(np.max(-solution.master, initial=0.0)))
    return Evaluation(
        value, Residuals(most[0], most[1], most[2], most[3], float(max(over)), negative)
    )


def _size(upper: Floats | float) -> Floats:
    """Scale of a bound: itself, at least 1."""
    return np.asarray(np.maximum(np.abs(upper), 1.0))


def operating_cost(block: NodeBlock, columns: Floats) -> float:
    """Weighted USD of a node's hourly columns. columns: [their units], shape (column, hour);
    returns [kUSD].
    """
    return earnings(block, columns)[0]


def earnings(block: NodeBlock, columns: Floats) -> tuple[float, float]:
    """Operating cost of columns >= 0, and the part of it that is earned, both in weighted USD.
    columns: [their units], shape (column, hour); both in [kUSD].
    """
    cost = earned = 0.0
    for scale, profile, column in zip(
        block.cost.scale.tolist(), block.cost.profile.tolist(), columns
    ):
        if scale != 0.0:
            money = column * block.weights
            money *= scale * block.profiles[profile]
            cost += float(money.sum())
            earned -= float(np.minimum(money, 0.0, out=money).sum())
    return block.weight * cost, block.weight * earned


def node_residuals(
    block: NodeBlock, columns: Floats, x: Floats
) -> tuple[float, float, float, float, float]:
    """Largest relative violations of a node: rows, chains, windows, uppers, negativity. columns, x:
    [their units]; each violation relative to its row [1].
    """
    template, profiles = block.template, block.profiles
    rows = _Sums(-block.row_rhs.hourly(profiles))
    for e in entries(template.row_entries, block.row_entries, profiles):
        rows.add(e.row, e.number, columns[e.column])
    for e in entries(template.row_border, block.row_border, profiles):
        rows.add(e.row, e.number, -x[e.column])
    chains = _Sums(-block.chain_rhs.hourly(profiles))
    for e in entries(template.chain_now, block.chain_now, profiles):
        chains.add(e.row, e.number, columns[e.column])
    for e in entries(template.chain_next, block.chain_next, profiles):
        chains.add(e.row, e.number, columns[e.column][block.next_hour])
    return (
        rows.worst(),
        chains.worst(),
        _window_residual(block, columns, x),
        _upper_residual(block, columns, x),
        float(-np.min(columns, initial=0.0)),
    )


def _upper_residual(block: NodeBlock, columns: Floats, x: Floats) -> float:
    """Largest relative violation among the upper bounds."""
    scale = np.where(
        np.isfinite(block.upper.scale), block.upper.scale, np.where(unbounded(block), np.inf, 0.0)
    )
    upper: dict[int, Floats | float] = {}
    for j in np.flatnonzero(np.isfinite(scale)).tolist():
        profile = int(block.upper.profile[j])
        upper[j] = scale[j] if profile == 0 else scale[j] * block.profiles[profile]
    for e in entries(block.template.upper_border, block.upper_border, block.profiles):
        upper[e.row] = upper[e.row] + e.number * x[e.column]
    worst = 0.0
    for j, most in upper.items():
        over = columns[j] - most
        if over.max(initial=0.0) > 0.0:
            worst = max(worst, float(np.max(over / _size(most))))
    return worst


def window_limits(block: NodeBlock, x: Floats) -> list[Floats]:
    """Right-hand sides of all windows at capacities x, one array per family. x: [unit of the
    border]; returns [unit of the window].
    """
    limits = [np.asarray(rhs, dtype=np.float64).copy() for rhs in block.window_rhs]
    for f, k, b in zip(
        block.template.window_border.row, block.template.window_border.column, block.window_border
    ):
        limits[f] += b * x[k]
    return limits


def _window_residual(block: NodeBlock, columns: Floats, x: Floats) -> float:
    """Largest relative violation among the windows."""
    worst = 0.0
    sums = [np.zeros(len(rhs) + 1) for rhs in block.window_rhs]  # first what lies in no window
    for e in entries(block.template.window_entries, block.window_entries, block.profiles):
        sums[e.row] += np.bincount(
            block.window_of[e.row] + 1, e.number * columns[e.column], len(sums[e.row])
        )
    for total, rhs in zip(sums, window_limits(block, x)):
        worst = max(worst, float(np.max((total[1:] - rhs) / _size(rhs), initial=0.0)))
    return worst


class _Sums:
    """Row sums beside the size of their largest term."""

    def __init__(self, start: Floats) -> None:
        self.total = start
        self.size = np.maximum(np.abs(start), 1.0)
        self._term = np.zeros(start.shape[1])

    def add(self, row: int, number: Floats | float, amount: Floats | float) -> None:
        """Add number * amount in all hours of a row."""
        term = np.multiply(number, amount, out=self._term)
        self.total[row] += term
        np.maximum(self.size[row], np.abs(term, out=term), out=self.size[row])

    def worst(self) -> float:
        """Largest positive sum over its size."""
        return float(np.max(self.total / self.size, initial=0.0))
