"""Cells of text to numbers, without a traceback: what is not a number is NaN, and the checks of
`table` name it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place

Rows = list[list[str]]


def split(lines: Iterable[str], file: str) -> Rows:
    """Comma-separated rows; blank lines are dropped.

    Raises InputError where the quoting is broken.
    """
    try:
        return [row for row in csv.reader(lines) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(
            InputFault(Place(file), f"is not comma-separated text: {error}")
        ) from error


def number(text: str) -> float:
    """The number in a cell [the file's unit]; NaN where there is none or it is infinite."""
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if abs(value) < 1e12 else float("nan")


def column(rows: Rows, index: int, missing: Sequence[float] = ()) -> Floats:
    """Column `index` of the rows as numbers [the file's unit]; NaN where a row is short, a cell is
    no number, or one of `missing`.
    """
    values = np.array(
        [number(row[index]) if index < len(row) else np.nan for row in rows], dtype=np.float64
    )
    for code in missing:
        values[values == code] = np.nan
    return values


def whole(values: Floats) -> Ints:
    """Numbers of a calendar [1] as integers; what is no number becomes -1, which none knows."""
    return np.where(np.isfinite(values), values, -1.0).astype(np.int64)


def missing_column(rows: Sequence[object]) -> Floats:
    """A column the file does not have: NaN [any unit] for each row."""
    return np.full(len(rows), np.nan)
