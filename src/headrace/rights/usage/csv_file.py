"""CSV files of millions of rows: DuckDB reads the plain lines, Python the odd ones.

A record is one line. A line is *odd* where that rule needs care: an odd number of quotes (one is
not closed on it), bytes that are not UTF-8, a zero byte, a million characters, or nothing at all.
Odd lines are set apart, so that none of them can swallow or shift its neighbours; each keeps its
number.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database

MOST_BYTES_OF_A_LINE = 1_000_000
_CHUNK = 1 << 24
_NEWLINE, _RETURN, _QUOTE, _SPACE = 10, 13, 34, 32
_BEGINS_WITH_SPACE = re.compile(rb"\n[\x00-\x20]")


@dataclass(frozen=True)
class SurveyedLines:
    """What stands on which line of a text file; lines count from 1.

    last: how many lines. odd: the lines that need care, with their bytes. quoted: whether any
        plain line holds quotes. returns: whether lines end with carriage returns.
    """

    last: int
    odd: dict[int, bytes]
    quoted: bool
    returns: bool


def survey(path: Path) -> SurveyedLines:
    """Find the odd lines of a file, reading it once."""
    odd: dict[int, bytes] = {}
    last, quoted, returns = 0, False, False
    for chunk in _chunks(path):
        if _is_plain(chunk):
            last += chunk.count(b"\n") + (not chunk.endswith(b"\n"))
            continue
        codes = np.frombuffer(chunk, dtype=np.uint8)
        ends = np.flatnonzero(codes == _NEWLINE)
        if not chunk.endswith(b"\n"):
            ends = np.append(ends, len(chunk))
        starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1] + 1))
        found = _odd(chunk, codes, starts, ends)
        quoted = quoted or bool((codes == _QUOTE).any())
        returns = returns or bool((codes == _RETURN).any())
        odd |= {last + 1 + k: chunk[starts[k] : ends[k]] for k in found}
        last += len(ends)
    return SurveyedLines(last, odd, quoted, returns)


def _chunks(path: Path) -> Iterator[bytes]:
    """The file in pieces that end with a line."""
    with path.open("rb") as stream:
        rest = b""
        while piece := stream.read(_CHUNK):
            whole, newline, tail = piece.rpartition(b"\n")
            if newline:
                yield rest + whole + newline
                rest = tail
            else:
                rest += piece
        if rest:
            yield rest


def _is_plain(chunk: bytes) -> bool:
    """Whether a glance shows that no line of a chunk needs care."""
    if not chunk.isascii() or any(mark in chunk for mark in (b'"', b"\x00", b"\r")):
        return False
    half = MOST_BYTES_OF_A_LINE // 2  # a newline in every half: no line is as long as a whole
    short = all(chunk.find(b"\n", at, at + half) >= 0 for at in range(0, len(chunk) - half, half))
    return short and chunk[0] > _SPACE and _BEGINS_WITH_SPACE.search(chunk) is None


def _odd(chunk: bytes, codes: np.ndarray, starts: Ints, ends: Ints) -> list[int]:
    """Positions of the odd lines among those of a chunk."""
    # The shortest line with anything on it holds one character that is no space.
    suspect = (ends - starts > MOST_BYTES_OF_A_LINE) | (ends == starts)
    first = codes[np.minimum(starts, len(codes) - 1)]
    suspect |= first <= _SPACE
    quotes = np.flatnonzero(codes == _QUOTE)
    if quotes.size:
        suspect |= np.bincount(np.searchsorted(ends, quotes), minlength=len(ends)) % 2 == 1
    inner = np.flatnonzero(codes == _RETURN)
    inner = inner[codes[np.minimum(inner + 1, len(codes) - 1)] != _NEWLINE]
    for strange in (np.flatnonzero(codes == 0), inner):
        suspect[np.searchsorted(ends, strange)] = True
    try:
        chunk.decode()
    except UnicodeDecodeError:
        suspect |= np.array([not _is_text(chunk[a:b]) for a, b in zip(starts, ends)])
    return [int(k) for k in np.flatnonzero(suspect)]


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def header(path: Path, known: Sequence[str]) -> list[str]:
    """The names in the first line. Raises InputError where it is none of ours."""
    with path.open("rb") as stream:
        raw = stream.readline(MOST_BYTES_OF_A_LINE)
    if not raw:
        raise InputError(InputFault(Place(str(path), 1), "the file is empty", ", ".join(known)))
    try:
        names = next(csv.reader([raw.decode("utf-8-sig").rstrip("\r\n")], strict=True))
    except (UnicodeDecodeError, csv.Error, StopIteration):
        raise InputError(InputFault(Place(str(path), 1), "the header cannot be read")) from None
    names = [name.strip() for name in names]
    unknown = [name for name in names if name not in known]
    if unknown or len(set(names)) != len(names):
        found = (
            f"columns we do not know: {', '.join(unknown)}" if unknown else "a column stands twice"
        )
        raise InputError(InputFault(Place(str(path), 1), found, ", ".join(known)))
    return names


@dataclass(frozen=True)
class PlainLines:
    """The plain lines of a file as a relation, and the odd ones apart.

    path: what is read. sql: to select from; a column of texts per name, NULL where empty. last: how
        many lines the file has. odd: the odd ones by number.
    """

    path: str
    sql: str
    names: tuple[str, ...]
    last: int
    odd: dict[int, bytes]

    def places(self, connection: duckdb.DuckDBPyConnection) -> Ints:
        """Line number of each record of the relation, in its order; call it after reading."""
        refused = np.array([at for at, _ in rejected(connection, self.path)], dtype=np.int64)
        return np.delete(self._read(), refused - 2) if refused.size else self._read()

    def refused(self, connection: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
        """Line number and fault of every plain line that is no record; call it after reading."""
        read, width = self._read(), len(self.names)
        return [
            (int(read[at - 2]), f"malformed: {cells} cells under {width} columns")
            for at, cells in rejected(connection, self.path)
        ]

    def _read(self) -> Ints:
        """The lines the reader was given, without the header, which it counts as line 1."""
        odd = np.fromiter(self.odd, np.int64, len(self.odd))
        return np.setdiff1d(np.arange(2, self.last + 1), odd, assume_unique=True)


def rejected(connection: duckdb.DuckDBPyConnection, path: str) -> list[tuple[int, int]]:
    """Line number and number of cells of each line that the reader set aside, in order."""
    rows = connection.execute(
        "SELECT line, any_value(csv_line) FROM reject_errors"
        " JOIN reject_scans USING (scan_id, file_id) WHERE file_path = ? GROUP BY 1 ORDER BY 1",
        [path],
    ).fetchall()
    return [(line, len(next(csv.reader([text or ""]), []))) for line, text in rows]


def plain_lines(path: Path, copy: Path, known: Sequence[str]) -> PlainLines:
    """The plain lines of a CSV file; `copy` is where they are written where odd ones stand between.

    Raises InputError where the header is none of ours.
    """
    names = header(path, known)
    surveyed = survey(path)
    odd = {at: raw for at, raw in surveyed.odd.items() if at != 1}
    where = path
    if odd or surveyed.returns:
        where = copy
        with path.open("rb") as source, copy.open("wb") as target:
            target.writelines(
                raw.rstrip(b"\r\n") + b"\n" for at, raw in enumerate(source, 1) if at not in odd
            )
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in names)
    quote = '"' if surveyed.quoted else ""
    sql = (
        f"read_csv({database.literal(where)}, auto_detect = false, header = true,"
        f" columns = {{{columns}}},"
        f" delim = ',', quote = '{quote}', escape = '{quote}', strict_mode = true,"
        f" store_rejects = true, rejects_limit = 0, max_line_size = {2 * MOST_BYTES_OF_A_LINE})"
    )
    return PlainLines(str(where.absolute()), sql, tuple(names), surveyed.last, odd)
