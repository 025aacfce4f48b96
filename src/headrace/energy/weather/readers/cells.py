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


def numbered(lines: Iterable[str], first: int, file: str) -> tuple[Rows, Ints]:
    """Comma-separated rows with the line each stands on, counted from `first`; rows without any
    text are dropped.

    Raises InputError where the quoting is broken.
    """
    reader = csv.reader(lines)
    rows, at = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(row)
                at.append(first + reader.line_num - 1)
    except csv.Error as error:
        place = Place(file, first + reader.line_num - 1)
        raise InputError(InputFault(place, f"is not comma-separated text: {error}")) from error
    return rows, np.array(at, dtype=np.int64)


def split(lines: Iterable[str], file: str) -> Rows:
    """Comma-separated rows; rows without any text are dropped.

    Raises InputError where the quoting is broken.
    """
    return numbered(lines, 1, file)[0]


def cells_of(line: str) -> list[str]:
    """The cells of one line, without spaces and quotes around them; of broken quotes, the parts
    between commas.
    """
    try:
        return [cell.strip() for cell in next(iter(csv.reader([line])), [])]
    except csv.Error:
        return [cell.strip(' "') for cell in line.split(",")]


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
    """Numbers of a calendar [1] as integers; what is no number, or none a calendar has, becomes -1,
    which none knows.
    """
    fits = np.isfinite(values) & (np.abs(values) < 1e5)
    return np.where(fits, values, -1.0).astype(np.int64)


def missing_column(rows: Sequence[object]) -> Floats:
    """A column the file does not have: NaN [any unit] for each row."""
    return np.full(len(rows), np.nan)
