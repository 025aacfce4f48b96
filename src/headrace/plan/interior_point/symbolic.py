"""The symbolic step: which entries the elimination of one hour fills in.

Done once per structure, never compiled.
"""

from __future__ import annotations

import numpy as np

from headrace.plan.interior_point.kernels.layout import FillPattern, Hours


def analyse(hours: Hours, early: int, borders: int) -> FillPattern:
    """Pattern of one hour for the given number of early rows and borders."""
    rows, windows, closers = len(hours.rhs_scale), len(hours.window_at), len(hours.carried)
    total = rows + windows + closers + borders
    first_border = rows + windows + closers
    filled = np.zeros((total, total), dtype=bool)
    _columns(hours, filled)
    for r in range(rows):
        filled[r, r] = True
        filled[first_border + hours.edge.to[hours.edge.ptr[r] : hours.edge.ptr[r + 1]], r] = True
    filled[early:rows, early:rows] = True
    _carried(hours, filled, rows, first_border)
    for a in range(early):
        below = np.flatnonzero(filled[:, a])
        below = below[below > a]
        filled[np.ix_(below, below)] = True
    filled = np.tril(filled)
    filled[first_border:, first_border:] = False
    filled[rows + windows : first_border] = False
    filled[:, rows + windows : first_border] = False
    filled[rows + windows : first_border, early:rows] = True
    entry = np.full((total, total), -1, dtype=np.int64)
    where = np.argwhere(filled.T)  # by pivot, then unknown
    entry[where[:, 1], where[:, 0]] = np.arange(len(where))
    ptr, to = _pivots(entry, early)
    late, count = _late(hours, entry, early, rows, len(where))
    flush = np.array(
        [
            (i, a)
            for i in range(rows, total)
            for a in range(rows, rows + windows)
            if a <= i and entry[i, a] >= 0
        ]
    )
    return FillPattern(
        early,
        rows,
        windows,
        closers,
        borders,
        count,
        entry,
        late,
        ptr,
        to,
        flush.astype(np.int64).reshape(-1, 2),
    )


def _columns(hours: Hours, filled: np.ndarray) -> None:
    """Unknowns that meet in a column."""
    terms = hours.terms
    for j in range(len(terms.ptr) - 1):
        to = terms.to[terms.ptr[j] : terms.ptr[j + 1]]
        filled[np.ix_(to, to)] = True


def _carried(hours: Hours, filled: np.ndarray, rows: int, first_border: int) -> None:
    """Chain rows meet the windows and borders of the next hour through the carried columns."""
    for j in hours.carried:
        slots = hours.terms.to[hours.terms.ptr[j] : hours.terms.ptr[j + 1]]
        chains = hours.after.to[hours.after.ptr[j] : hours.after.ptr[j + 1]]
        for c in chains:
            filled[slots[slots >= rows], c] = True
    del first_border


def _late(
    hours: Hours, entry: np.ndarray, early: int, rows: int, count: int
) -> tuple[np.ndarray, int]:
    """Entries of the late rows with late rows, slots and the next hour's late rows; the last kind
    is numbered here.
    """
    late, slots = rows - early, len(entry) - rows
    table = np.full((late, late + slots + late), -1, dtype=np.int64)
    for a in range(late):
        for b in range(late):
            table[a, b] = entry[max(early + a, early + b), min(early + a, early + b)]
        table[a, late : late + slots] = entry[rows:, early + a]
    for j in hours.carried:
        for chain in hours.after.to[hours.after.ptr[j] : hours.after.ptr[j + 1]]:
            for row in hours.here.to[hours.here.ptr[j] : hours.here.ptr[j + 1]]:
                if table[chain - early, late + slots + row - early] < 0:
                    table[chain - early, late + slots + row - early] = count
                    count += 1
    return table, count


def _pivots(entry: np.ndarray, early: int) -> tuple[np.ndarray, np.ndarray]:
    """For every early row the unknowns after it that it meets, in order."""
    lists = [np.flatnonzero(entry[:, a] >= 0) for a in range(early)]
    lists = [below[below > a] for a, below in enumerate(lists)]
    ptr = np.concatenate([[0], np.cumsum([len(below) for below in lists])]).astype(np.int64)
    to = np.concatenate([np.zeros(0, dtype=np.int64), *lists]).astype(np.int64)
    return ptr, to
