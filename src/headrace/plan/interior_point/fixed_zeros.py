"""What can be non-zero in a node: found by propagating limits that leave no room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Flags, Floats, Ints
from headrace.plan.lp.problem import NodeBlock, Pattern, Values
from headrace.plan.lp.residuals import entries, fixed_upper

ROUNDS = 6


@dataclass(frozen=True)
class Closed:
    """A row without room in some hours: it forces its columns to zero. columns: (column, numbers,
    hour index it reads).
    """

    row: int
    hours: Flags
    columns: tuple[tuple[int, Floats, Ints], ...]


@dataclass(frozen=True)
class Nonzeros:
    """What can be non-zero: columns (column, hour), rows with chains (row, hour) and windows (one
    array per family).
    """

    columns: Flags
    rows: Flags
    windows: tuple[Flags, ...]
    closed: tuple[Closed, ...]


def hourly(values: Values, block: NodeBlock) -> Floats:
    """All numbers of a pattern's entries, shape (entry, hour) [unit of the entry]."""
    return values.hourly(block.profiles)


def can_stand(block: NodeBlock) -> Flags:
    """Borders behind which something stands or can be ordered: all that `find_nonzeros` asks of
    a node's capacity.
    """
    return np.asarray((block.start > 0) | (np.diff(block.map.indptr) > 0))


def find_nonzeros(block: NodeBlock) -> Nonzeros:
    """Find what can be non-zero, by propagating limits that leave no room."""
    standing = can_stand(block)
    upper = fixed_upper(block)
    live = ~np.isfinite(upper) | (upper > 0)
    ub = block.template.upper_border
    for i, (column, border) in enumerate(zip(ub.row, ub.column)):
        if standing[border]:
            live[column] |= (
                block.upper_border.scale[i] * block.profiles[block.upper_border.profile[i]] != 0.0
            )
    rhs = np.vstack([hourly(block.row_rhs, block), hourly(block.chain_rhs, block)])
    edges = np.zeros(rhs.shape, dtype=bool)  # rows with a border term that can be non-zero
    for e in entries(block.template.row_border, block.row_border, block.profiles):
        if standing[e.column]:
            edges[e.row] |= e.number != 0.0
    rows = np.ones(rhs.shape, dtype=bool)
    windows: tuple[Flags, ...] = ()
    closed: list[Closed] = []
    for _ in range(ROUNDS):
        before = int(live.sum())
        positive, negative = _signs(block, live)
        rows = positive | negative | edges
        closed += zeros_by_rows(block, live, positive & ~negative & ~edges & (rhs <= 0))
        windows = tuple(
            zeros_by_windows(block, live, f) for f in range(len(block.template.windows))
        )
        if int(live.sum()) == before:
            break
    return Nonzeros(live, rows, windows, tuple(closed))


def _signs(block: NodeBlock, live: Flags) -> tuple[Flags, Flags]:
    """Whether a row (or chain) has a live positive, and a live negative entry, in each hour."""
    template, nr = block.template, len(block.template.rows)
    positive = np.zeros((nr + len(template.chains), block.hours), dtype=bool)
    negative = positive.copy()
    for pattern, values, shift, first in _row_lists(block):
        for e in entries(pattern, values, block.profiles):
            there = live[e.column][block.next_hour] if shift else live[e.column]
            if np.any(e.number > 0):
                positive[first + e.row] |= there & (e.number > 0)
            if np.any(e.number < 0):
                negative[first + e.row] |= there & (e.number < 0)
    return positive, negative


def _row_lists(block: NodeBlock) -> tuple[tuple[Pattern, Values, bool, int], ...]:
    """Patterns with hourly columns: (pattern, values, reads the next hour, number of the first
    row).
    """
    template, nr = block.template, len(block.template.rows)
    return (
        (template.row_entries, block.row_entries, False, 0),
        (template.chain_now, block.chain_now, False, nr),
        (template.chain_next, block.chain_next, True, nr),
    )


def zeros_by_rows(block: NodeBlock, live: Flags, closed: Flags) -> list[Closed]:
    """In a closed row (positive entries only, no room) every column with an entry has to be zero;
    kills them in place.
    """
    if not closed.any():
        return []
    same = np.arange(block.hours)
    held: dict[int, list[tuple[int, Floats, Ints]]] = {
        int(r): [] for r in np.flatnonzero(closed.any(axis=1))
    }
    for pattern, values, shift, first in _row_lists(block):
        numbers = hourly(values, block)
        for i, (row, column) in enumerate(zip(pattern.row, pattern.column)):
            if first + row in held:
                at = block.next_hour if shift else same
                held[int(first + row)].append((int(column), numbers[i], at))
                live[column, at[closed[first + row] & (numbers[i] > 0)]] = False
    return [Closed(row, closed[row].copy(), tuple(columns)) for row, columns in held.items()]


def zeros_by_windows(block: NodeBlock, live: Flags, family: int) -> Flags:
    """Columns of a window without room have to be zero; returns which windows still hold a live
    column.
    """
    where, rhs = block.window_of[family], block.window_rhs[family]
    inside = where >= 0
    found = [
        e
        for e in entries(block.template.window_entries, block.window_entries, block.profiles)
        if e.row == family
    ]
    bought = family in block.template.window_border.row  # then an order may give it room
    negative = np.full(len(rhs), bought)
    for e in found:
        if np.any(e.number < 0):
            negative[where[inside & live[e.column] & (e.number < 0)]] = True
    closed = np.append((rhs <= 0) & ~negative, False)
    held = np.zeros(len(rhs), dtype=bool)
    for e in found:
        if closed.any():
            live[e.column, closed[where] & (e.number > 0)] = False
        held[where[inside & live[e.column] & (e.number != 0)]] = True
    return held
