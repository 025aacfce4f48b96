"""Read a log with DuckDB from Parquet or CSV, a data frame or columns by name: only the columns
that play a part, as arrays, sorted by query.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database, memory
from headrace.trust.log import AuditLog, Columns, RowCodes, from_arrays
from headrace.trust.refuse import FEWEST_QUERIES, after_ranking
from headrace.trust.scrapes import closed_up, in_steps

READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv", ".gz": "read_csv"}
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_NUMERIC = (*_WHOLE, "UBIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
MOST_ROWS = 200_000_000
LONG = 1_000_000
"""Rows of a log from which on its queries are counted before it is held."""
BYTES_A_CELL = 40
"""What a cell takes from DuckDB's answer to the audit's sums [byte]."""


def read_log(path: Path, columns: Columns | None = None) -> AuditLog:
    """Read a log from a file. Without any relevance named, columns called `relevance...` or
    `score...` are taken as proxies.

    Raises InputError naming every column that is absent or is not numeric, an unreadable file, and
    empty cells where the log is not declared a scrape.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        ending = f"{path.suffix or 'no'} file ending"
        readable = "a .parquet, .csv, .tsv or .csv.gz file"
        raise InputError(InputFault(Place(str(path)), ending, readable))
    database.readable(path, 1)
    with database.connect(path) as base:
        source = f"{reader}({database.literal(path)}, hive_partitioning=false)"
        table = LogTable(base, str(path), path.name, source, path)
        return table.read(columns or Columns())


def read_table(data: object, columns: Columns | None = None, name: str = "table") -> AuditLog:
    """Read a log from a data frame (pandas, polars), an Arrow table, or columns by name.

    Raises InputError as `read_log` does, and for anything that is no table.
    """
    given = data
    if isinstance(data, Mapping):
        import pandas

        try:
            given = pandas.DataFrame({str(key): list(values) for key, values in data.items()})
        except (TypeError, ValueError) as error:
            found = f"columns that make no table: {error}"
            raise InputError(InputFault(Place(name), found)) from None
    with database.connect() as base:
        try:
            base.register("given", given)
        except (duckdb.Error, TypeError):
            found = f"a {type(data).__name__}"
            expected = "a data frame, an Arrow table, or columns by name"
            raise InputError(InputFault(Place(name), found, expected)) from None
        return LogTable(base, name, name, "given").read(columns or Columns())


@dataclass(frozen=True)
class LogTable:
    """A table that DuckDB can read. place: how errors call it; name: how reports do; table: its
    name in SQL; file: where it is one.
    """

    base: duckdb.DuckDBPyConnection
    place: str
    name: str
    table: str
    file: Path | None = None

    def read(self, wanted: Columns) -> AuditLog:
        """The columns that play a part, as a log. Raises InputError."""
        try:
            described = self.base.execute(f"DESCRIBE SELECT * FROM {self.table}").fetchall()
        except duckdb.Error as error:
            raise InputError(InputFault(Place(self.place), database.unread(error))) from None
        types = {str(row[0]): str(row[1]).split("(")[0] for row in described}
        wanted = _guess(wanted, types)
        problems = tuple(_unfit(self.place, wanted, types))
        if problems:
            raise InputError(problems)
        if self.file is not None:
            database.readable(self.file, 3 + len(wanted.covariates))
        self.refuse_alike(wanted.query)
        return _log(self, wanted, self.rows(wanted, types[wanted.query]))

    def refuse_alike(self, query: str) -> None:
        """Raise InputError for a long log of too few queries, before any of it is held: a packed
        file of a few kilobytes may hold millions of equal rows.
        """
        name = _name(query)
        part = f"SELECT count(DISTINCT {name}), count(*) FROM (SELECT {name} FROM {self.table}"
        try:
            for ending in (f" LIMIT {LONG})", ")"):
                found, rows = self.base.execute(part + ending).fetchall()[0]
                if found >= FEWEST_QUERIES or rows < LONG:
                    return
        except duckdb.Error as error:
            raise InputError(InputFault(Place(self.place), database.unread(error))) from None
        told = f"{found:,} queries in {rows:,} rows"
        fault = InputFault(Place(self.place, key=query), told, f"at least {FEWEST_QUERIES} queries")
        raise InputError(fault)

    def rows(self, wanted: Columns, query_type: str) -> dict[str, NDArray[np.generic]]:
        """Codes of query, slot and group, and the numeric columns, in file order; NaN for empty
        cells that a scrape may have. Raises InputError for other empty cells.
        """
        names = dict.fromkeys((wanted.rank, wanted.paid, *wanted.covariates))
        names |= dict.fromkeys(filter(None, [wanted.propensity]))
        source, codes = self.table, {CODE[0]: f"CAST({_name(wanted.query)} AS BIGINT)"}
        text = {CODE[1]: wanted.slot, CODE[2]: wanted.by}
        if query_type not in _WHOLE:
            text[CODE[0]] = wanted.query  # text, a date or a fraction: numbered
        try:
            for number, (code, column) in enumerate((c, n) for c, n in text.items() if n):
                self.base.execute(
                    f"CREATE TEMP TABLE codes{number} AS SELECT q, row_number() OVER (ORDER BY q)"
                    f" - 1 AS code FROM (SELECT DISTINCT {_name(column)} AS q FROM {self.table})"
                )
                source += f" LEFT JOIN codes{number} ON t.{_name(column)} = codes{number}.q"
                codes[code] = f"codes{number}.code"
            source = source.replace(self.table, f"{self.table} t", 1)
            casts = [f"CAST(t.{_name(n)} AS DOUBLE) AS {_name(n)}" for n in names]
            chosen = ", ".join([f"{sql} AS {code}" for code, sql in codes.items()] + casts)
            limit = f"LIMIT {_most_rows(len(codes) + len(casts)) + 1}"
            found = self.base.execute(f"SELECT {chosen} FROM {source} {limit}").fetchnumpy()
        except duckdb.Error as error:
            raise InputError(InputFault(Place(self.place), database.unread(error))) from None
        may_be_empty = {wanted.rank, *wanted.covariates} - {wanted.paid, *wanted.also}
        may_be_empty = may_be_empty if wanted.scraped else set()
        holes = [n for n, v in found.items() if np.ma.is_masked(v) and n not in may_be_empty]
        if holes:
            called = dict(zip(CODE, (wanted.query, wanted.slot, wanted.by)))
            fix = "If it is a scrape, say --scraped." if set(holes) & set(wanted.covariates) else ""
            raise InputError(
                tuple(
                    InputFault(
                        Place(self.place, key=called.get(name, name)),
                        "empty cells",
                        "a value in every row",
                        fix,
                    )
                    for name in holes
                )
            )
        return {
            name: np.ma.filled(values, np.nan) if np.ma.is_masked(values) else np.asarray(values)
            for name, values in found.items()
        }

    def values(self, column: str) -> tuple[str, ...]:
        """The values of a column as text, in the order of its codes."""
        query = f"SELECT DISTINCT {_name(column)} AS q FROM {self.table} ORDER BY q"
        return tuple(str(row[0]) for row in self.base.execute(query).fetchall())


CODE = ("code_of_query", "code_of_slot", "code_of_group")


def _guess(wanted: Columns, types: dict[str, str]) -> Columns:
    if wanted.relevance or wanted.platform_score:
        return wanted
    found = tuple(
        name
        for name, kind in types.items()
        if name.startswith(("relevance", "score"))
        and kind in _NUMERIC
        and not after_ranking(name)
        and name not in (wanted.paid, *wanted.also, wanted.rank, wanted.query)
    )
    propensity = wanted.propensity or ("propensity" if types.get("propensity") in _NUMERIC else "")
    return replace(wanted, relevance=found, propensity=propensity)


def _unfit(place: str, wanted: Columns, types: dict[str, str]) -> Iterator[InputFault]:
    numeric = (
        wanted.rank,
        wanted.paid,
        *wanted.covariates,
        *filter(None, [wanted.propensity]),
    )
    others = filter(None, (wanted.slot, wanted.by))
    for name in dict.fromkeys((wanted.query, *numeric, *others)):
        if name not in types:
            known = ", ".join(list(types)[:12])
            yield InputFault(
                Place(place, key=name),
                "no such column",
                f"one of {known}",
                "Name it with --query, --rank, --paid, ...",
            )
        elif name in numeric and types[name] not in _NUMERIC:
            yield InputFault(
                Place(place, key=name),
                f"a column of type {types[name]}",
                "numbers or true/false",
            )


def _most_rows(columns: int) -> int:
    """Rows of so many columns that can be held and audited; a packed log does not say its own."""
    return int(min(MOST_ROWS, memory.limit() / (BYTES_A_CELL * columns)))


def _log(source: LogTable, wanted: Columns, found: dict[str, NDArray[np.generic]]) -> AuditLog:
    rows, place = len(found[CODE[0]]), source.place
    if not rows:
        raise InputError(InputFault(Place(place), "no rows"))
    most = _most_rows(len(found))
    if rows > most:
        raise InputError(
            InputFault(
                Place(place),
                f"more than {most:,} rows",
                fix="Audit a random sample of whole queries.",
            )
        )
    rank = found[wanted.rank].astype(np.float64, copy=False)
    shown = rank[~np.isnan(rank)] if wanted.scraped else rank
    whole = np.all(np.isfinite(shown)) and np.all(shown == np.round(shown))
    if not whole or np.abs(shown).max(initial=0.0) > 2**31 - 2:
        raise InputError(
            InputFault(
                Place(place, key=wanted.rank),
                "ranks that are not whole numbers",
                "1, 2, 3, ... within each query",
            )
        )
    if wanted.scraped and np.any(shown < 0):
        found_here, expected = "places below nought", "1 at the top, larger further down"
        raise InputError(InputFault(Place(place, key=wanted.rank), found_here, expected))
    covariates = np.empty((rows, len(wanted.covariates)))
    for j, name in enumerate(wanted.covariates):
        covariates[:, j] = found[name]
    slot, group = (
        found[code].astype(np.int64) if named else None
        for code, named in ((CODE[1], wanted.slot), (CODE[2], wanted.by))
    )
    log = from_arrays(
        found[CODE[0]].astype(np.int64),
        rank if wanted.scraped else rank.astype(np.int32),
        found[wanted.paid].astype(np.float64),
        covariates,
        found[wanted.propensity].astype(np.float64) if wanted.propensity else None,
        wanted,
        source.name,
        RowCodes(slot, group, source.values(wanted.by) if wanted.by else ()),
    )
    return in_steps(closed_up(log) if wanted.scraped and log.rows else log)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
