"""Typical sizes of columns and borders, found by propagating what the data say through the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Flags, Floats
from headrace.plan.lp.problem import NodeBlock
from headrace.plan.lp.residuals import entries, fixed_upper

PROPAGATIONS = 4
"""Rounds in which sizes spread from row to row [1]; later ones reach nothing new in practice."""


@dataclass(frozen=True)
class Sizes:
    """Typical size of each column and border of a node, in their own units. told: of which borders
    the data tell it; the others are at 1.
    """

    column: Floats
    border: Floats
    told: Flags


def typical_sizes(block: NodeBlock) -> Sizes:
    """Propagate what is known (fixed bounds, windows, what stands) through rows to what is not."""
    template = block.template
    known = known_sizes(block)
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
    for _ in range(PROPAGATIONS):
        _spread(known, border, (rows, edges, bounds), nr + len(template.chains))
    told = ~np.isnan(border)
    return Sizes(np.where(np.isnan(known), 1.0, known), np.where(told, border, 1.0), told)


Terms = list[tuple[int, int, float]]


def _spread(known: Floats, border: Floats, lists: tuple[Terms, Terms, Terms], count: int) -> None:
    """One round in place: borders and rows to columns, columns and rows to borders."""
    rows, edges, bounds = lists
    for j, k, u in bounds:
        _note(known, j, u * border[k])
    row = np.full(count, np.nan)  # largest known term of every row
    for r, j, a in rows:
        term = a * known[j]
        if a > 0 and not (np.isnan(term) or row[r] >= term):
            row[r] = term
    for r, j, a in rows:
        _note(known, j, row[r] / a if a > 0 else np.nan)
    for j, k, u in bounds:
        _note(border, k, known[j] / u if u > 0 else np.nan)
    for r, k, b in edges:
        _note(border, k, row[r] / b if b > 0 else np.nan)


def _note(sizes: Floats, item: int, size: float) -> None:
    """Note a size that was not known."""
    if np.isnan(sizes[item]) and not np.isnan(size):
        sizes[item] = size


def known_sizes(block: NodeBlock) -> Floats:
    """Sizes that the data tell: fixed upper bounds, and windows shared out over their hours; NaN
    elsewhere. Returns [unit of the column].
    """
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
