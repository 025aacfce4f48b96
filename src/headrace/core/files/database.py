"""DuckDB for a stranger's file: it reads that one file and nothing else, in bounded memory.

DuckDB reads a name with `*`, `?` or `[` as a pattern, so that `log[1].csv` would be answered by
`log1.csv`; and a Parquet file of a few kilobytes may unpack to gigabytes. Here the name is taken
literally, no other file of the machine can be opened from a query, extensions are neither fetched
nor loaded, memory is limited, and the rows of a Parquet file are counted before they are held.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import memory
from headrace.core.files.inputs import open_input, regular

if TYPE_CHECKING:
    import duckdb

MOST_BYTES = 64_000_000_000
"""Largest file that is handed to DuckDB [byte]; it reads in parts."""

MOST_COLUMNS, LONGEST_ROW = 2_000, 1_000_000
_PATTERN = "*?["
SHARE = 0.6
"""Of the memory that may be held, for DuckDB; the arrays made of its answer need the rest."""

CELL = 16
"""Bytes of a cell of a column that is held: DuckDB's text has as many, a number at most as many."""


def literal(path: Path) -> str:
    """A file's name as SQL text that means this file and no other: absolute, no pattern."""
    return "'" + pattern_of(path).replace("'", "''") + "'"


def pattern_of(path: Path) -> str:
    """The pattern that only this file's absolute name matches."""
    return "".join(f"[{sign}]" if sign in _PATTERN else sign for sign in str(path.absolute()))


def written_to(path: Path) -> str:
    """A file's name as SQL text after `COPY ... TO`, where nothing is a pattern."""
    return "'" + str(path.absolute()).replace("'", "''") + "'"


def connect(*files: Path, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that may open these files only, to read or to write.

    threads: how many; those of the machine where not given. Same rows, same order.
    """
    import duckdb

    for path in files:
        utf8(path)
    store = duckdb.connect(
        config={
            **({} if threads is None else {"threads": threads}),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
            "memory_limit": f"{int(SHARE * memory.limit() / 1e6)}MB",
            "temp_directory": "",  # a spill would fill the folder in which one stands
        }
    )
    names = [name for path in files for name in (str(path.absolute()), pattern_of(path))]
    store.execute("SET allowed_paths = ?", [names])
    store.execute("SET TimeZone = 'UTC'")  # what is read is the same wherever it is read
    store.execute("SET enable_external_access = false")
    store.execute("SET lock_configuration = true")
    return store


def readable(path: Path, columns: int, expected: str = "", a_row: float = 0.0) -> Path:
    """A regular file, of which so many columns can be held. a_row: what a row takes until all is
    done with it, where that is more than its cells [byte].

    The rows of a Parquet file are counted in its footer; those of a text cannot be more than its
    bytes. Raises InputError with the rows and the memory they would take.
    """
    if path.suffix.lower() != ".parquet":
        # A first row of more cells than any table of ours: DuckDB takes minutes to look at them.
        with open_input(path, MOST_BYTES, expected) as stream:
            first = stream.read(LONGEST_ROW).split(b"\n", 1)[0]
        cells = max(first.count(mark) for mark in (b",", b";", b"\t", b"|"))
        if cells > MOST_COLUMNS:
            found = f"has a first row of {cells + 1:,} cells"
            fault = InputFault(Place(str(path)), found, f"at most {MOST_COLUMNS:,} columns")
            raise InputError(fault)
        return path
    regular(path, MOST_BYTES, expected)
    with connect(path, threads=1) as store:
        afford_rows(store, path, columns, expected, a_row)
    return path


def afford_rows(
    store: duckdb.DuckDBPyConnection,
    path: Path,
    columns: int,
    expected: str = "",
    a_row: float = 0.0,
) -> None:
    """Raise InputError where the rows of a Parquet file, as its footer counts them, cannot be held.
    As `readable`, for whoever has it open: to open DuckDB takes longer than a small file.
    """
    import duckdb

    told = f"SELECT num_rows FROM parquet_file_metadata({literal(path)})"
    try:
        rows = sum(int(row[0]) for row in store.execute(told).fetchall())
    except duckdb.Error as error:
        raise InputError(InputFault(Place(str(path)), unread(error), expected)) from None
    what = f"{rows:,} rows of {columns} columns"
    memory.afford(rows * max(columns * CELL, a_row), what, Place(str(path)))


def utf8(path: Path) -> Path:
    """A path whose name is text to every library. Raises InputError for other bytes."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        found = "has a name that is not UTF-8 text"
        raise InputError(InputFault(Place(str(path)), found, fix="Give it another name.")) from None
    return path


def unread(error: Exception) -> str:
    """Why DuckDB could not read a file, in one line."""
    lines = str(error).splitlines() or [type(error).__name__]
    if "Out of Memory" in lines[0]:
        return f"needs more memory than {memory.gigabytes(SHARE * memory.limit())}: `--memory`"
    return f"cannot be read: {lines[0][:300]}"
