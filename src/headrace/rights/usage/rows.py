"""Files of records as tables of texts, nothing lost on the way: CSV, Parquet, JSON lines,
OpenTelemetry log lines.

Every physical line of a CSV or JSON-lines file becomes a row with its line number, also where it
cannot be read; then its `fault` says why. A record is one line: a line break inside quotes is a
fault, not a longer record, so that one forgotten quote cannot swallow the rest of the file. Parquet
rows are numbered from 1. Plain lines of a CSV file never pass through Python (csv_file.py).
"""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import duckdb
import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.core.files.inputs import open_input
from headrace.rights.usage.csv_file import MOST_BYTES_OF_A_LINE, plain_lines

_BATCH = 50_000
A_RECORD = 400.0
"""What a record takes until it is settled [byte]: 5 M uses take 2 GB, the program included."""
KINDS = (".csv", ".parquet", ".jsonl", ".ndjson")

# row number, values in the order of the columns (None where absent), fault or None
Record = tuple[int, Sequence[str | None], str | None]

# Takes a relation of texts (SQL) and the names of its columns; `fault` among them where it has one.
Fill = Callable[[str, Sequence[str]], None]

# : Attribute names of an OpenTelemetry log record, by column. `enduser.pseudo.id` is
# OpenTelemetry's own; the rest are ours.
TELEMETRY = {"user": "enduser.pseudo.id", "at": "timeUnixNano"}


@contextmanager
def opened(path: Path) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A DuckDB that may open this file and no other, and a place for a copy of its plain lines."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "plain.csv"
        with database.connect(path, copy) as connection:
            yield connection, copy


def load(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str], copy: Path
) -> None:
    """Make the table `raw` (row BIGINT, fault VARCHAR, one VARCHAR per column) out of a file;
    columns it lacks are NULL. For files that fit memory as texts; see scan.
    """
    listed = ", ".join(f'"{c}" VARCHAR' for c in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE told (fault VARCHAR, {listed})")

    def fill(relation: str, present: Sequence[str]) -> None:
        cells = [f'"{c}"' if c in present else "NULL" for c in ("fault", *columns)]
        connection.execute(f"INSERT INTO told SELECT {', '.join(cells)} FROM {relation}")

    places = scan(connection, path, columns, fill, copy)
    connection.register("places", {"row": places})
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE raw AS"
        " SELECT places.row, told.* FROM told POSITIONAL JOIN places"
    )
    connection.unregister("places")


def scan(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    columns: Sequence[str],
    fill: Fill,
    copy: Path,
) -> Ints:
    """Hand every record of a file to `fill`, part by part; returns the line (or row) of each, in
    the order in which they were filled.

    The kind is told by the name: .csv, .parquet, .jsonl or .ndjson (plain objects or OpenTelemetry
    exports, line by line). Raises InputError where there is no such file, no such kind, or a table
    has columns we do not know.
    """
    database.readable(path, len(columns), a_row=A_RECORD)
    kind = path.suffix.lower()
    if kind not in KINDS:
        fault = InputFault(
            Place(str(path)), f"files of kind `{kind}` are not read", " or ".join(KINDS)
        )
        raise InputError(fault)
    if kind == ".parquet":
        return _parquet(connection, path, columns, fill)
    if kind == ".csv":
        return _csv(connection, path, columns, fill, copy)
    return _through_python(connection, json_records(path, columns), columns, fill)


def _csv(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    columns: Sequence[str],
    fill: Fill,
    copy: Path,
) -> Ints:
    plain = plain_lines(path, copy, columns)
    fill(plain.sql, plain.names)
    places, refused = plain.places(connection), plain.refused(connection)
    nothing: Sequence[str | None] = [None] * len(columns)
    records: list[Record] = [(at, nothing, fault) for at, fault in refused]
    records += csv_records(plain.odd.items(), plain.names, columns)
    rest = _through_python(connection, sorted(records, key=lambda r: r[0]), columns, fill)
    return np.concatenate((places, rest))


def _through_python(
    connection: duckdb.DuckDBPyConnection,
    records: Iterable[Record],
    columns: Sequence[str],
    fill: Fill,
) -> Ints:
    """Records read in Python, through a table of their own; nothing where there are none."""
    listed = ", ".join(f'"{c}" VARCHAR' for c in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE odd (fault VARCHAR, {listed})")
    marks = ", ".join(f"unnest(${i + 2}::VARCHAR[])" for i in range(len(columns)))
    insert = f"INSERT INTO odd SELECT unnest($1::VARCHAR[]), {marks}"
    places: list[int] = []
    stream = iter(records)
    while batch := list(islice(stream, _BATCH)):
        cells = [list(column) for column in zip(*(values for _, values, _ in batch))]
        connection.execute(insert, [[fault for _, _, fault in batch], *cells])
        places += [row for row, _, _ in batch]
    if places:
        fill("odd", ("fault", *columns))
    return np.array(places, dtype=np.int64)


def _parquet(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str], fill: Fill
) -> Ints:
    where = f"read_parquet({database.literal(path)}, hive_partitioning = false)"
    try:
        told = connection.execute(f"DESCRIBE SELECT * FROM {where}").fetchall()
        found = {r[0]: r[1] for r in told}
        unknown = set(found) - set(columns)
        if unknown:
            names = f"columns we do not know: {', '.join(sorted(unknown))}"
            raise InputError(InputFault(Place(str(path)), names, ", ".join(columns)))
        cells = ", ".join(f'{_parquet_cell(c, found[c])} AS "{c}"' for c in found)
        fill(f"(SELECT {cells} FROM {where})", tuple(found))
        count = connection.execute(f"SELECT count(*) FROM {where}").fetchone()
    except duckdb.Error as error:
        fault = InputFault(Place(str(path)), database.unread(error), "a Parquet file of such rows")
        raise InputError(fault) from None
    return np.arange(1, (count or (0,))[0] + 1, dtype=np.int64)


def _parquet_cell(column: str, kind: str) -> str:
    if kind.startswith("MAP"):
        pair = "e -> e.key::VARCHAR || '=' || e.value::VARCHAR"
        return f"array_to_string(list_transform(map_entries(\"{column}\"), {pair}), ';')"
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"strftime(\"{column}\" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f'"{column}"::VARCHAR'


def csv_records(
    lines: Iterable[tuple[int, bytes]], names: Sequence[str], columns: Sequence[str]
) -> Iterator[Record]:
    """The records of lines of a CSV file whose columns are `names`, each with its number."""
    place = [names.index(c) if c in names else -1 for c in columns]
    nothing = [None] * len(columns)
    for number, text, fault in _texts(lines):
        cells = None if fault else _cells(text)
        if cells is None:
            yield number, nothing, fault or "malformed: a quote is not closed on its line"
        elif len(cells) != len(names):
            yield number, nothing, f"malformed: {len(cells)} cells under {len(names)} columns"
        else:
            yield number, [cells[i] or None if i >= 0 else None for i in place], None


def _texts(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, str, str | None]]:
    """Line number, text, fault; blank lines are no records.

    Bytes that are not UTF-8 and lines beyond a million bytes are faults.
    """
    for number, raw in lines:
        if len(raw) > MOST_BYTES_OF_A_LINE:
            yield number, "", "malformed: the line is longer than a million bytes"
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield number, "", "malformed: the line is not UTF-8 text"
            continue
        if "\x00" in text:
            yield number, "", "malformed: the line holds a zero byte"
        elif text.strip():
            yield number, text, None


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers; of one beyond a million bytes, its beginning."""
    with open_input(path, database.MOST_BYTES) as stream:
        for number, raw in enumerate(
            iter(lambda: stream.readline(MOST_BYTES_OF_A_LINE + 2), b""), 1
        ):
            yield number, raw
            while len(raw) > MOST_BYTES_OF_A_LINE and raw and not raw.endswith(b"\n"):
                raw = stream.readline(MOST_BYTES_OF_A_LINE)


def _cells(text: str) -> list[str] | None:
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error:
        return None


def json_records(path: Path, columns: Sequence[str]) -> Iterator[Record]:
    """The records of a JSON-lines file: plain objects, or OpenTelemetry exports."""
    nothing = [None] * len(columns)
    for number, text, fault in _texts(_lines(path)):
        if fault:
            yield number, nothing, fault
            continue
        try:
            cell = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
        except (json.JSONDecodeError, RecursionError):
            yield number, nothing, "malformed: the line is not JSON"
            continue
        if isinstance(cell, dict) and "resourceLogs" in cell:
            yield from _telemetry(number, cell, columns)
        else:
            yield _object(number, cell, columns)


def _object(number: int, cell: object, columns: Sequence[str]) -> Record:
    nothing = [None] * len(columns)
    if not isinstance(cell, dict):
        return number, nothing, "malformed: the line is no JSON object"
    unknown = sorted(set(cell) - set(columns))
    if unknown:
        return number, nothing, f"malformed: `{unknown[0]}` is not a field of a record"
    try:
        return number, [_text(cell.get(c)) for c in columns], None
    except ValueError as error:
        return number, nothing, f"malformed: {error}"


def _text(value: object) -> str | None:
    """A JSON value as the text that a CSV cell would hold; works may be an object of weights."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping) and all(isinstance(v, str) for v in value.values()):
        if any("=" in k or ";" in k for k in value):
            raise ValueError("a work's name holds ; or =")
        return ";".join(f"{k}={v}" for k, v in value.items()) or None
    raise ValueError(f"{json.dumps(value)[:60]} is neither a text, a number nor works with weights")


def _telemetry(number: int, cell: Mapping[str, object], columns: Sequence[str]) -> Iterator[Record]:
    """The log records of one OTLP/JSON export line; all share its line number.

    Our columns are the attributes `rights.<column>`, the user's pseudonym, and the record's time.
    """
    nothing = [None] * len(columns)
    try:
        records = [
            r
            for part in _list(cell, "resourceLogs")
            for scope in _list(part, "scopeLogs")
            for r in _list(scope, "logRecords")
        ]
    except ValueError as error:
        yield number, nothing, f"malformed: {error}"
        return
    for record in records:
        try:
            attributes: dict[str, object] = {}
            for one in _list(record, "attributes"):
                value = one.get("value")
                attributes[str(one.get("key"))] = (
                    _value(value) if isinstance(value, Mapping) else None
                )
            found = {c: attributes.get(TELEMETRY.get(c, f"rights.{c}")) for c in columns}
            nanoseconds = record.get("timeUnixNano")
            if "at" in found and isinstance(nanoseconds, str) and nanoseconds.isdigit():
                found["at"] = f"{int(nanoseconds) // 1000} us"
            yield _object(number, found, columns)
        except ValueError as error:
            yield number, nothing, f"malformed: {error}"


def _list(cell: object, key: str) -> list[Mapping[str, object]]:
    found = cell.get(key, []) if isinstance(cell, Mapping) else None
    if not isinstance(found, list) or any(not isinstance(x, Mapping) for x in found):
        raise ValueError(f"`{key}` is no list of objects")
    return found


def _value(value: Mapping[str, object]) -> object:
    """An AnyValue: stringValue, intValue, doubleValue, boolValue, or a kvlistValue of weights."""
    if "kvlistValue" in value:
        listed = _list(value["kvlistValue"], "values")
        return {
            str(x.get("key")): str(
                _value(inner) if isinstance(inner := x.get("value"), Mapping) else ""
            )
            for x in listed
        }  # type: ignore[arg-type]
    return next(
        (value[k] for k in ("stringValue", "intValue", "doubleValue", "boolValue") if k in value),
        None,
    )
