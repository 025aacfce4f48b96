"""A CSV or Parquet file to titled columns: the only place that opens a planner's table.

    time [UTC-5], day_ahead [USD/MWh], load [MW], wind [1]
    2027-01-01 00:00, 31.2, 280, 0.41

The first row names the columns, each with its unit. Lines that begin with # are remarks. What a
spreadsheet does to a file is undone: byte order marks, UTF-16, semicolons and tabs, quotes, decimal
commas between semicolons.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.core.files.inputs import read_bytes
from headrace.energy.weather.readers.text import decode

LARGEST = 200_000_000
"""Largest table that is read [bytes]."""
MOST_ROWS = 2_000_000
MOST_COLUMNS = 2_000
TIME, TIME_END = "time", "time_end"
_TITLE = re.compile(r"^(.*?)\s*(?:\[(.*)\])?$")
_DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+(?:[eE][-+]?\d+)?$")
_ARCHIVES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")


@dataclass(frozen=True)
class TitledColumn:
    """Cells of one column as text, and the unit that its title names ("" where it names none)."""

    unit: str
    cells: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SeriesTable:
    """A table as written. line: of each row in the file (of a Parquet file, its number). sha256: of
    its bytes. notes: what was undone.
    """

    file: str
    columns: Mapping[str, TitledColumn]
    line: Ints
    sha256: str
    notes: tuple[str, ...] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the columns that are no stamps."""
        return tuple(name for name in self.columns if name not in (TIME, TIME_END))


def read_table(path: Path) -> SeriesTable:
    """The table in a file. Raises InputError where it is missing, too large, or no table."""
    place = Place(path.name)
    content = read_bytes(path, LARGEST, "a table")
    digest = hashlib.sha256(content).hexdigest()
    if content.startswith(_ARCHIVES):
        fix = "Unpack it, or save the sheet as CSV."
        raise InputError(InputFault(place, "is a workbook or an archive", "text", fix))
    if content.startswith(b"PAR1"):
        return _parquet(path, digest)
    return _csv(decode(content), path.name, digest)


def _csv(text: str, file: str, digest: str) -> SeriesTable:
    lines = text.splitlines()
    numbers = [n for n, line in enumerate(lines, 1) if line.strip(' ,;\t"') and line[0] != "#"]
    if not numbers:
        raise InputError(InputFault(Place(file), "holds nothing", "a row of titles, then rows"))
    if len(numbers) > MOST_ROWS:
        raise InputError(
            InputFault(Place(file), f"{len(numbers):,} rows", f"at most {MOST_ROWS:,}")
        )
    titles = lines[numbers[0] - 1]
    mark = next((sign for sign in ";\t" if sign in titles), ",")
    kept = "\n".join(lines[n - 1] for n in numbers)
    try:
        rows = list(csv.reader(io.StringIO(kept), delimiter=mark, skipinitialspace=True))
    except csv.Error as error:
        raise InputError(InputFault(Place(file), f"is no table of text: {error}")) from None
    head, body = rows[0], rows[1:]
    while head and not head[-1].strip():  # a spreadsheet's trailing separators
        head = head[:-1]
    faults, names = _named(head, file, numbers[0])
    if len(body) != len(numbers) - 1:
        faults.append(InputFault(Place(file), "a quote opens and does not close on its line"))
        raise InputError(faults)
    long = [i for i, row in enumerate(body) if any(cell.strip() for cell in row[len(head) :])]
    faults += [
        InputFault(
            Place(file, numbers[1 + i]),
            f"{len(body[i])} cells under {len(head)} titles",
            f"{len(head)} cells",
            "A comma parts cells; decimals are written with a point." if mark == "," else "",
        )
        for i in long[:5]
    ]
    if faults:
        raise InputError(faults)
    points = 0
    columns = {}
    for at, (name, unit) in enumerate(names):
        cells = [row[at].strip() if at < len(row) else "" for row in body]
        if mark != "," and name not in (TIME, TIME_END):
            changed = [c.replace(",", ".") if _DECIMAL_COMMA.match(c) else c for c in cells]
            points += sum(a != b for a, b in zip(cells, changed))
            cells = changed
        columns[name] = TitledColumn(unit, tuple(cells))
    notes = (f"decimal commas are read as points in {points:,} cells",) if points else ()
    return SeriesTable(file, columns, np.array(numbers[1:], np.int64), digest, notes)


def _named(
    titles: list[str], file: str, line: int
) -> tuple[list[InputFault], list[tuple[str, str]]]:
    """Name and unit of every column, and what is wrong with the titles."""
    parts = [_TITLE.match(title.strip()) for title in titles[:MOST_COLUMNS]]
    names = [(m[1].strip(), (m[2] or "").strip()) if m else ("", "") for m in parts]
    faults = []
    if len(titles) > MOST_COLUMNS:
        found = f"{len(titles):,} columns"
        faults.append(InputFault(Place(file, line), found, f"at most {MOST_COLUMNS:,}"))
    for at, (name, _) in enumerate(names):
        if name.lower() in (TIME, TIME_END):
            names[at] = (name.lower(), names[at][1])
    told = [name for name, _ in names]
    for name in dict.fromkeys(told):
        if told.count(name) > 1:
            found = f"{told.count(name)} columns are called `{name}`"
            faults.append(InputFault(Place(file, line), found, "a name of its own for each"))
    if TIME in told and TIME_END in told:
        found = "has both `time` and `time_end`"
        faults.append(InputFault(Place(file, line), found, "one of them"))
    if all(re.fullmatch(r"[-+.\deE]*", name) for name in told):
        fix = "Write a first row such as `time [UTC-5], price [USD/MWh]`."
        faults.append(InputFault(Place(file, line), "begins without titles", "a title row", fix))
    return faults, names


def _parquet(path: Path, digest: str) -> SeriesTable:
    import duckdb

    try:
        with database.connect(path) as base:
            database.readable(path, 1)
            found = base.from_parquet(database.pattern_of(path))
            if len(found.columns) > MOST_COLUMNS or len(found) > MOST_ROWS:
                size = f"{len(found):,} rows of {len(found.columns):,} columns"
                raise InputError(InputFault(Place(path.name), size, f"at most {MOST_ROWS:,} rows"))
            texts = [f'CAST("{c.replace(chr(34), chr(34) * 2)}" AS VARCHAR)' for c in found.columns]
            rows = found.project(", ".join(texts)).fetchall()
            titles = list(found.columns)
    except duckdb.Error as error:
        words = str(error).splitlines()[0]
        raise InputError(InputFault(Place(path.name), f"is no Parquet table: {words}")) from None
    faults, names = _named(titles, path.name, 0)
    if faults:
        raise InputError(faults)
    columns = {
        name: TitledColumn(unit, tuple("" if row[at] is None else str(row[at]) for row in rows))
        for at, (name, unit) in enumerate(names)
    }
    return SeriesTable(path.name, columns, np.arange(1, len(rows) + 1, dtype=np.int64), digest)
