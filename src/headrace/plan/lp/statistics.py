"""What a solver is given, counted before it starts: rows, columns, and how far the sizes of the
numbers lie apart.

The size of an entry is that of its largest hour: a sun that rises slowly is no reason to warn, a
price in the wrong unit is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array

from headrace.core.arrays import Floats
from headrace.plan.lp.problem import NodeBlock, Pattern, Problem, Values

WIDE = 1e9
"""Largest over smallest size of one family from which a warning is due: double precision keeps
sixteen digits, prices need six.
"""


@dataclass(frozen=True)
class Extreme:
    """The size of one number, and where it stands in the names of the plan."""

    size: float
    where: str


@dataclass(frozen=True)
class Range:
    """Smallest and largest size of one family of numbers; zeros and absent limits do not count."""

    family: str
    least: Extreme
    most: Extreme

    @property
    def spread(self) -> float:
        """Largest over smallest [1]."""
        return self.most.size / self.least.size

    @property
    def warning(self) -> str:
        """What to say when the numbers lie too far apart, else empty."""
        if self.spread < WIDE:
            return ""
        return (
            f"{self.family} span {self.spread:.0e}: from {self.least.size:.2g} ({self.least.where})"
            f" to {self.most.size:.2g} ({self.most.where});"
            " look for a wrong unit there, the gap may stay wide"
        )


@dataclass(frozen=True)
class Statistics:
    """Counts of the whole plan and the ranges of its numbers. entries: nonzero coefficients of all
    hours.
    """

    nodes: int
    columns: int
    rows: int
    orders: int
    limits: int
    entries: int
    ranges: tuple[Range, ...]

    @property
    def words(self) -> str:
        """One line."""
        told = [f"{r.family} {r.least.size:.0e} to {r.most.size:.0e}" for r in self.ranges]
        hourly = f"{self.rows:,} hourly rows, {self.columns:,} columns, {self.entries:,} entries"
        counts = f"{hourly}, {self.orders} orders, {self.limits} limits"
        return "; ".join([counts, *told])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What should be mended before the result is trusted."""
        return tuple(r.warning for r in self.ranges if r.warning)


def statistics(problem: Problem) -> Statistics:
    """Counts and ranges of a plan.

    Costs are in the solver's money, weighted by node and hour; limits are finite upper bounds.
    """
    blocks = problem.nodes
    ranges = (
        _range(
            "coefficients",
            [found for block in blocks for found in _coefficients(block)] + _master_rows(problem),
        ),
        _range(
            "costs",
            [found for block in blocks for found in _costs(block)]
            + _named(problem.master.cost, problem.master.columns),
        ),
        _range(
            "limits",
            [found for block in blocks for found in _limits(block)]
            + _named(problem.master.upper, problem.master.columns),
        ),
    )
    return Statistics(
        nodes=len(blocks),
        columns=sum(len(block.template.columns) * block.hours for block in blocks),
        rows=sum(
            (len(block.template.rows) + len(block.template.chains)) * block.hours
            + sum(len(rhs) for rhs in block.window_rhs)
            for block in blocks
        ),
        orders=len(problem.master.columns),
        limits=len(problem.master.rows),
        entries=sum(
            block.hours * len(pattern)
            for block, t in ((block, block.template) for block in blocks)
            for pattern in (t.row_entries, t.chain_now, t.chain_next, t.window_entries)
        ),
        ranges=tuple(found for found in ranges if found is not None),
    )


def _range(family: str, found: Iterable[Extreme]) -> Range | None:
    """Smallest and largest of what is finite and not zero; None where nothing is."""
    counted = [each for each in found if 0.0 < each.size < np.inf]
    if not counted:
        return None
    return Range(family, min(counted, key=lambda e: e.size), max(counted, key=lambda e: e.size))


def _sizes(values: Values, block: NodeBlock) -> Floats:
    """Size of every entry in its largest hour."""
    top = np.abs(block.profiles).max(axis=1, initial=0.0)
    return np.asarray(np.abs(values.scale) * top[values.profile])


def _coefficients(block: NodeBlock) -> Iterator[Extreme]:
    t = block.template
    yield from _pairs(block, t.row_entries, block.row_entries, (t.rows, t.columns))
    yield from _pairs(block, t.chain_now, block.chain_now, (t.chains, t.columns))
    yield from _pairs(block, t.chain_next, block.chain_next, (t.chains, t.columns))
    yield from _pairs(block, t.row_border, block.row_border, (t.rows, t.borders))
    yield from _pairs(block, t.upper_border, block.upper_border, (t.columns, t.borders))
    yield from _pairs(block, t.window_entries, block.window_entries, (t.windows, t.columns))


def _pairs(
    block: NodeBlock,
    pattern: Pattern,
    values: Values,
    names: tuple[tuple[str, ...], tuple[str, ...]],
) -> Iterator[Extreme]:
    for size, r, c in zip(
        _sizes(values, block).tolist(), pattern.row.tolist(), pattern.column.tolist()
    ):
        yield Extreme(size, f"node {block.name}, {names[0][r]}, {names[1][c]}")


def _costs(block: NodeBlock) -> Iterator[Extreme]:
    weight = abs(block.weight) * float(np.abs(block.weights).max(initial=0.0))
    yield from _named(
        _sizes(block.cost, block) * weight,
        tuple(f"node {block.name}, {name}" for name in block.template.columns),
    )


def _limits(block: NodeBlock) -> Iterator[Extreme]:
    finite = np.where(np.isfinite(block.upper.scale), block.upper.scale, 0.0)
    sizes = _sizes(Values(finite, block.upper.profile), block)
    yield from _named(sizes, tuple(f"node {block.name}, {name}" for name in block.template.columns))
    for name, rhs in zip(block.template.windows, block.window_rhs):
        yield Extreme(float(np.abs(rhs).max(initial=0.0)), f"node {block.name}, {name}")


def _master_rows(problem: Problem) -> list[Extreme]:
    master = problem.master
    part = coo_array(master.matrix)
    return [
        Extreme(abs(value), f"{master.rows[r]}, {master.columns[c]}")
        for r, c, value in zip(part.row.tolist(), part.col.tolist(), part.data.tolist())
    ]


def _named(sizes: Floats, names: tuple[str, ...]) -> list[Extreme]:
    return [Extreme(abs(size), name) for size, name in zip(sizes.tolist(), names)]
