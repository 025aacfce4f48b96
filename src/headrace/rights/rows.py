"""Files of records into one table of texts, nothing lost on the way: CSV, Parquet, JSON lines,
OpenTelemetry log lines.

Every physical line of a CSV or JSON-lines file becomes a row with its line number, also where it
cannot be read; then its `fault` says why. A record is one line: a line break inside quotes is a
fault, not a longer record, so that one forgotten quote cannot swallow the rest of the file. Parquet
rows are numbered from 1.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import duckdb

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.core.files.inputs import open_input

_BATCH = 50_000
_MOST_CHARACTERS = 1_000_000

# row number, values in the order of the columns (None where absent), fault or None
Record = tuple[int, Sequence[str | None], str | None]

# : Attribute names of an OpenTelemetry log record, by column. `enduser.pseudo.id` is
# OpenTelemetry's own; the rest are ours.
TELEMETRY = {"user": "enduser.pseudo.id", "at": "timeUnixNano"}


def load(connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str]) -> None:
    """Make the table `raw` (row BIGINT, fault VARCHAR, one VARCHAR per column) out of a file;
    columns it lacks are NULL.

    The kind is told by the name: .csv, .parquet, .jsonl or .ndjson (plain objects or OpenTelemetry
    exports, line by line). Raises InputError where there is no such file, no such kind, or a CSV
    file has columns we do not know.
    """
    database.readable(path, len(columns))
    listed = ", ".join(f'"{c}" VARCHAR' for c in columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE raw (row BIGINT, fault VARCHAR, {listed})")
    kind = path.suffix.lower()
    if kind == ".parquet":
        return _parquet(connection, path, columns)
    if kind not in READERS:
        raise InputError(
            InputFault(
                Place(str(path)),
                f"files of kind `{kind}` are not read",
                ".csv, .parquet, .jsonl or .ndjson",
            )
        )
    records = READERS[kind](path, columns)
    marks = ", ".join(f"unnest(${i + 3}::VARCHAR[])" for i in range(len(columns)))
    insert = f"INSERT INTO raw SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[]), {marks}"
    while batch := list(islice(records, _BATCH)):
        cells = [list(column) for column in zip(*(values for _, values, _ in batch))]
        connection.execute(
            insert, [[row for row, _, _ in batch], [fault for _, _, fault in batch], *cells]
        )
    return None


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path, columns: Sequence[str]) -> None:
    where, named = str(path), database.pattern_of(path)
    try:
        found = {
            r[0]: r[1]
            for r in connection.execute(
                "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [named]
            ).fetchall()
        }
        unknown = set(found) - set(columns)
        if unknown:
            raise InputError(
                InputFault(
                    Place(where),
                    f"columns we do not know: {', '.join(sorted(unknown))}",
                    ", ".join(columns),
                )
            )
        cells = ", ".join(_parquet_cell(c, found[c]) if c in found else "NULL" for c in columns)
        connection.execute(
            f"INSERT INTO raw SELECT file_row_number + 1, NULL, {cells}"
            " FROM read_parquet(?, file_row_number = true, hive_partitioning = false)",
            [named],
        )
    except duckdb.Error as error:
        raise InputError(
            InputFault(Place(where), database.unread(error), "a Parquet file of such rows")
        ) from None


def _parquet_cell(column: str, kind: str) -> str:
    if kind.startswith("MAP"):
        pair = "e -> e.key::VARCHAR || '=' || e.value::VARCHAR"
        return f"array_to_string(list_transform(map_entries(\"{column}\"), {pair}), ';')"
    if kind.startswith("TIMESTAMP WITH TIME ZONE"):
        return f"strftime(\"{column}\" AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')"
    return f'"{column}"::VARCHAR'


def _lines(path: Path) -> Iterator[tuple[int, str, str | None]]:
    """Line number, text, fault.

    Bytes that are not UTF-8 and lines beyond a million characters are faults.
    """
    with open_input(path, database.MOST_BYTES) as stream:
        for number, raw in enumerate(iter(lambda: stream.readline(_MOST_CHARACTERS + 2), b""), 1):
            if len(raw) > _MOST_CHARACTERS:
                while not raw.endswith(b"\n") and raw:
                    raw = stream.readline(_MOST_CHARACTERS)
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


def csv_records(path: Path, columns: Sequence[str]) -> Iterator[Record]:
    """The records of a CSV file, whose first line names the columns. Raises InputError."""
    lines = _lines(path)
    number, text, fault = next(lines, (1, "", "malformed: the file is empty"))
    header = _cells(text)
    if fault or header is None:
        raise InputError(InputFault(Place(str(path), number), fault or "the header cannot be read"))
    names = [name.strip() for name in header]
    unknown = [name for name in names if name not in columns]
    if unknown or len(set(names)) != len(names):
        found = (
            f"columns we do not know: {', '.join(unknown)}" if unknown else "a column stands twice"
        )
        raise InputError(InputFault(Place(str(path), number), found, ", ".join(columns)))
    place = [names.index(c) if c in names else -1 for c in columns]
    nothing = [None] * len(columns)
    for number, text, fault in lines:
        cells = None if fault else _cells(text)
        if cells is None:
            yield number, nothing, fault or "malformed: a quote is not closed on its line"
        elif len(cells) != len(names):
            yield number, nothing, f"malformed: {len(cells)} cells under {len(names)} columns"
        else:
            yield number, [cells[i] or None if i >= 0 else None for i in place], None


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
    for number, text, fault in _lines(path):
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


READERS: dict[str, Callable[[Path, Sequence[str]], Iterator[Record]]] = {
    ".csv": csv_records,
    ".jsonl": json_records,
    ".ndjson": json_records,
}
"""Readers of text files by the ending of their name; Parquet goes straight into the table."""
