"""Symbolic factorisation: which entries the elimination of one hour fills in.

Done once per structure, never compiled: all hours of a node, and all nodes with the same template,
share the pattern (as sparse direct solvers analyse once and factorise often).
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Flags, Ints
from headrace.plan.interior_point.kernels.layout import FillPattern, Hours


def analyse(hours: Hours, local: int, borders: int) -> FillPattern:
    """Pattern of one hour for the given number of local rows and borders."""
    rows, windows, cyclic = len(hours.rhs_scale), len(hours.window_at), len(hours.carried)
    first_cyclic, first_border = rows + windows, rows + windows + cyclic
    filled = np.tril(fill_in(hours, local, first_border, first_border + borders))
    filled[first_border:, first_border:] = False  # goes straight to the front
    filled[first_cyclic:first_border] = False
    filled[:, first_cyclic:first_border] = False
    filled[first_cyclic:first_border, local:rows] = True

    entry = np.full(filled.shape, -1, dtype=np.int64)
    where = np.argwhere(filled.T)  # by pivot, then unknown
    entry[where[:, 1], where[:, 0]] = np.arange(len(where))
    pivots = [a + 1 + np.flatnonzero(entry[a + 1 :, a] >= 0) for a in range(local)]
    pivot_ptr = np.cumsum([0, *(len(below) for below in pivots)]).astype(np.int64)
    pivot_to = np.concatenate([np.zeros(0, dtype=np.int64), *pivots]).astype(np.int64)
    time_entry, count = time_linking_entries(hours, entry, local, rows)
    pairs = np.argwhere(entry[rows:, rows:first_cyclic] >= 0) + rows
    return FillPattern(
        local,
        rows,
        windows,
        cyclic,
        borders,
        count,
        entry,
        time_entry,
        pivot_ptr,
        pivot_to,
        pairs[pairs[:, 1] <= pairs[:, 0]].astype(np.int64).reshape(-1, 2),
    )


def fill_in(hours: Hours, local: int, first_border: int, total: int) -> Flags:
    """Which unknowns meet, before and by the elimination of the local rows."""
    rows = len(hours.rhs_scale)
    filled = np.zeros((total, total), dtype=bool)
    filled[np.arange(rows), np.arange(rows)] = True
    for j in range(len(hours.unknowns.ptr) - 1):
        meets = _of(hours.unknowns.ptr, hours.unknowns.to, j)
        filled[np.ix_(meets, meets)] = True
    for r in range(rows):
        filled[first_border + _of(hours.row_border.ptr, hours.row_border.to, r), r] = True
    filled[local:rows, local:rows] = True
    for j in hours.carried:  # chain rows meet what the carried columns meet in the next hour
        meets = _of(hours.unknowns.ptr, hours.unknowns.to, j)
        for chain in _of(hours.in_previous.ptr, hours.in_previous.to, j):
            filled[meets[meets >= rows], chain] = True
    for a in range(local):
        below = a + 1 + np.flatnonzero(filled[a + 1 :, a])
        filled[np.ix_(below, below)] = True
    return filled


def _of(ptr: Ints, to: Ints, owner: int) -> Ints:
    """What an owner's entries point at."""
    return to[ptr[owner] : ptr[owner + 1]]


def time_linking_entries(hours: Hours, entry: Ints, local: int, rows: int) -> tuple[Ints, int]:
    """Entries of the time-linking rows with each other, the trailing unknowns and the next hour's
    time-linking rows; the last kind is numbered here. Returns how many entries there are.
    """
    count, linking, trailing = int(entry.max(initial=-1)) + 1, rows - local, len(entry) - rows
    table = np.full((linking, linking + trailing + linking), -1, dtype=np.int64)
    for a in range(linking):
        for b in range(linking):
            table[a, b] = entry[local + max(a, b), local + min(a, b)]
        table[a, linking : linking + trailing] = entry[rows:, local + a]
    ahead = table[:, linking + trailing :]
    for j in hours.carried:
        for chain in _of(hours.in_previous.ptr, hours.in_previous.to, j) - local:
            for row in _of(hours.in_hour.ptr, hours.in_hour.to, j) - local:
                if ahead[chain, row] < 0:
                    ahead[chain, row] = count
                    count += 1
    return table, count
