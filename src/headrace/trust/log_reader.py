"""Read a log from Parquet or CSV with DuckDB: only the columns that play a part, as arrays, sorted
by query.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.trust.log import AuditLog, Columns, from_arrays
from headrace.trust.refuse import after_ranking

READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".tsv": "read_csv", ".gz": "read_csv"}
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_NUMERIC = (*_WHOLE, "UBIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "BOOLEAN")
MOST_ROWS = 200_000_000


def read_log(path: Path, columns: Columns | None = None) -> AuditLog:
    """Read a log. Without any relevance named, columns called `relevance...` or `score...` are
    taken as proxies.

    Raises InputError naming every column that is absent or is not numeric, an unreadable file, and
    empty cells.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        ending = f"{path.suffix or 'no'} file ending"
        readable = "a .parquet, .csv, .tsv or .csv.gz file"
        raise InputError(InputFault(Place(str(path)), ending, readable))
    if not path.is_file():
        raise InputError(InputFault(Place(str(path)), "no such file"))
    wanted = columns or Columns()
    with duckdb.connect() as base:
        # The name is quoted as a literal; brackets and stars in it would be read as a pattern.
        literal = str(path).replace("'", "''")
        table = f"{reader}('{literal}')"
        try:
            described = base.execute(f"DESCRIBE SELECT * FROM {table}").fetchall()
        except duckdb.Error as error:
            found = f"cannot be read: {str(error).splitlines()[0]}"
            raise InputError(InputFault(Place(str(path)), found)) from None
        types = {str(row[0]): str(row[1]).split("(")[0] for row in described}
        wanted = _guess(wanted, types)
        problems = tuple(_unfit(path, wanted, types))
        if problems:
            raise InputError(problems)
        return _rows(base, path, table, wanted, types[wanted.query])


def _guess(wanted: Columns, types: dict[str, str]) -> Columns:
    if wanted.covariates:
        return wanted
    found = tuple(
        name
        for name, kind in types.items()
        if name.startswith(("relevance", "score")) and kind in _NUMERIC and not after_ranking(name)
    )
    propensity = wanted.propensity or ("propensity" if types.get("propensity") in _NUMERIC else "")
    return replace(wanted, relevance=found, propensity=propensity)


def _unfit(path: Path, wanted: Columns, types: dict[str, str]) -> Iterator[InputFault]:
    numeric = (
        wanted.rank,
        wanted.paid,
        *wanted.covariates,
        *((wanted.propensity,) if wanted.propensity else ()),
    )
    for name in dict.fromkeys((wanted.query, *numeric)):
        if name not in types:
            known = ", ".join(list(types)[:12])
            yield InputFault(
                Place(str(path), key=name),
                "no such column",
                f"one of {known}",
                "Name it with --query, --rank, --paid, ...",
            )
        elif name in numeric and types[name] not in _NUMERIC:
            yield InputFault(
                Place(str(path), key=name),
                f"a column of type {types[name]}",
                "numbers or true/false",
            )


def _rows(
    base: duckdb.DuckDBPyConnection, path: Path, table: str, wanted: Columns, query_type: str
) -> AuditLog:
    source = table
    code = f"CAST({_name(wanted.query)} AS BIGINT)"
    try:
        if query_type not in _WHOLE:
            # Text, a date or a fraction: the queries are numbered, and joined to their rows.
            query = _name(wanted.query)
            base.execute(
                "CREATE TEMP TABLE codes AS SELECT q, row_number() OVER () AS code"
                f" FROM (SELECT DISTINCT {query} AS q FROM {table})"
            )
            source = (
                f"(SELECT t.*, codes.code FROM {table} t LEFT JOIN codes ON t.{query} = codes.q)"
            )
            code = "code"
        names = list(
            dict.fromkeys(
                (wanted.rank, wanted.paid, *wanted.covariates, *filter(None, [wanted.propensity]))
            )
        )
        casts = ", ".join(f"CAST({_name(n)} AS DOUBLE) AS {_name(n)}" for n in names)
        limit = f"LIMIT {MOST_ROWS + 1}"
        found = base.execute(
            f"SELECT {code} AS code_of_query, {casts} FROM {source} {limit}"
        ).fetchnumpy()
    except duckdb.Error as error:
        raise InputError(
            InputFault(Place(str(path)), f"cannot be read: {str(error).splitlines()[0]}")
        ) from None
    holes = [name for name, values in found.items() if np.ma.is_masked(values)]
    if holes:
        holes = [wanted.query if name == "code_of_query" else name for name in holes]
        raise InputError(
            tuple(
                InputFault(Place(str(path), key=name), "empty cells", "a value in every row")
                for name in holes
            )
        )
    return _arrays(path, wanted, {name: np.asarray(values) for name, values in found.items()})


def _arrays(path: Path, wanted: Columns, found: dict[str, NDArray[np.generic]]) -> AuditLog:
    rows = len(found["code_of_query"])
    if not rows:
        raise InputError(InputFault(Place(str(path)), "no rows"))
    if rows > MOST_ROWS:
        raise InputError(
            InputFault(
                Place(str(path)),
                f"more than {MOST_ROWS:,} rows",
                fix="Audit a random sample of whole queries.",
            )
        )
    rank = found[wanted.rank].astype(np.float64, copy=False)
    if (
        not np.all(np.isfinite(rank))
        or not np.all(rank == np.round(rank))
        or np.abs(rank).max() > 2**31 - 2
    ):
        raise InputError(
            InputFault(
                Place(str(path), key=wanted.rank),
                "ranks that are not whole numbers",
                "1, 2, 3, ... within each query",
            )
        )
    covariates = np.empty((rows, len(wanted.covariates)))
    for j, name in enumerate(wanted.covariates):
        covariates[:, j] = found[name]
    propensity: Floats | None = (
        found[wanted.propensity].astype(np.float64) if wanted.propensity else None
    )
    return from_arrays(
        found["code_of_query"].astype(np.int64),
        rank.astype(np.int32),
        found[wanted.paid].astype(np.float64),
        covariates,
        propensity,
        wanted,
        path.name,
    )


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
