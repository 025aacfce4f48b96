"""What flows in each hour of a tree node: written and read as Parquet by DuckDB, arrays in and
arrays out.

One file per node, hourly/node=000.parquet, in long form so that any tool can read it:

    hour    int       0, 1, 2, ... within the node
    weight  double    how many hours of a year this one stands for [h]
    site, bus, item   text
    value   double    positive into the bus, negative out of it, in `unit`
    unit    text
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError, InputError, InputFault, Place
from headrace.core.run_folder import HOURLY, DiskFull, RunFolder

if TYPE_CHECKING:
    import duckdb


_NAME = re.compile(r"node=(\d{3,6})\.parquet")
_COLUMNS = {"hour", "weight", "site", "bus", "item", "value", "unit"}


@dataclass(frozen=True)
class FlowSeries:
    """One flow over the hours of a node: `values` in `unit`, shape (hour,), positive into the bus,
    negative out of it.
    """

    site: str
    bus: str
    item: str
    unit: str
    values: Floats


@dataclass(frozen=True)
class NodeHours:
    """All flows of one tree node. weight: how many hours of a year each hour stands for [h], shape
    (hour,).
    """

    node: int
    weight: Floats
    series: tuple[FlowSeries, ...]


def file_of(node: int) -> str:
    """The name of a node's file inside the run folder."""
    return f"{HOURLY}/node={node:03d}.parquet"


def stored_nodes(folder: RunFolder) -> tuple[int, ...]:
    """Nodes that have hours in this folder, ascending."""
    found = (_NAME.fullmatch(path.name) for path in (folder.root / HOURLY).glob("node=*.parquet"))
    return tuple(sorted(int(match[1]) for match in found if match))


def write_hourly(folder: RunFolder, hourly: NodeHours) -> Path:
    """Store one node's hours.

    Raises InputError for NaN, infinities and unequal lengths; DiskFull.
    """
    _check(hourly)
    return folder.replace(file_of(hourly.node), lambda temporary: _copy(hourly, temporary))


def read_hourly(folder: RunFolder, node: int) -> NodeHours:
    """One node's hours as stored.

    Raises InputError where the file is absent, torn or of another shape.
    """
    with connect() as store:
        source = hours_of(folder, node)
        weight = query(
            store,
            f"SELECT hour, any_value(weight) AS weight FROM {source} GROUP BY hour ORDER BY hour",
        )["weight"]
        names = store.execute(
            f"SELECT DISTINCT site, bus, item, unit FROM {source} ORDER BY ALL"
        ).fetchall()
        # One sort for the whole node: then each series is one run of equal length.
        values = query(store, f"SELECT value FROM {source} ORDER BY site, bus, item, unit, hour")[
            "value"
        ]
    if len(values) != len(names) * len(weight):
        raise InputError(
            InputFault(
                Place(file_of(node)),
                "has hours missing in some series",
                "every series at every hour",
            )
        )
    rows = values.reshape(len(names), len(weight)) if names else np.empty((0, len(weight)))
    return NodeHours(
        node,
        weight,
        tuple(
            FlowSeries(site, bus, item, unit, row)
            for (site, bus, item, unit), row in zip(names, rows)
        ),
    )


def connect() -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB: one thread, nothing loaded or fetched, same rows same order."""
    import duckdb

    return duckdb.connect(
        config={
            "threads": 1,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
    )


def hours_of(folder: RunFolder, node: int) -> str:
    """The SQL source of one node's hours.

    Raises InputError where they are absent or not of our shape.
    """
    import duckdb

    path = folder.path(file_of(node))
    if not path.is_file():
        raise InputError(InputFault(Place(str(path)), f"node {node} has no stored hours"))
    source = f"read_parquet({_quoted(path)}, hive_partitioning=false)"
    try:
        with connect() as store:
            names = {row[0] for row in store.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    except duckdb.Error as error:
        raise InputError(
            InputFault(Place(str(path)), "cannot be read as Parquet", fix="Run the plan again.")
        ) from error
    if not names >= _COLUMNS:
        raise InputError(
            InputFault(
                Place(str(path)),
                f"lacks {', '.join(sorted(_COLUMNS - names))}",
                ", ".join(sorted(_COLUMNS)),
            )
        )
    return source


def query(store: duckdb.DuckDBPyConnection, sql: str) -> dict[str, NDArray[np.float64]]:
    """Run one query; each column comes back as an array.

    Raises InputError where the file behind it is torn.
    """
    import duckdb

    try:
        return {
            name: np.asarray(column) for name, column in store.execute(sql).fetchnumpy().items()
        }
    except duckdb.Error as error:
        raise InputError(
            InputFault(Place(HOURLY), "cannot be read as Parquet", fix="Run the plan again.")
        ) from error


def _check(hourly: NodeHours) -> None:
    for series in hourly.series:
        name = f"{series.site}/{series.bus}/{series.item}"
        if series.values.shape != hourly.weight.shape:
            raise InputError(
                InputFault(
                    Place(name), f"{series.values.shape} values for {hourly.weight.shape} hours"
                )
            )
        if not np.isfinite(series.values).all():
            hour = int(np.flatnonzero(~np.isfinite(series.values))[0])
            raise InputError(
                InputFault(Place(name), f"is not a number at hour {hour}", "finite values")
            )


def _copy(hourly: NodeHours, path: Path) -> None:
    import duckdb

    hours, count = len(hourly.weight), len(hourly.series)
    columns = {
        "hour": np.tile(np.arange(hours, dtype=np.int32), count),
        "weight": np.tile(hourly.weight, count),
        "code": np.repeat(np.arange(count, dtype=np.int32), hours),
        "value": np.concatenate([series.values for series in hourly.series] or [np.empty(0)]),
    }
    try:
        with connect() as store:
            store.execute(
                "CREATE TABLE series (code INTEGER, site TEXT, bus TEXT, item TEXT, unit TEXT)"
            )
            for code, series in enumerate(hourly.series):
                store.execute(
                    "INSERT INTO series VALUES (?, ?, ?, ?, ?)",
                    [code, series.site, series.bus, series.item, series.unit],
                )
            store.register("hours", columns)
            select = "SELECT hour, weight, site, bus, item, value, unit FROM hours JOIN series USING (code) ORDER BY code, hour"
            store.execute(f"COPY ({select}) TO {_quoted(path)} (FORMAT parquet, COMPRESSION zstd)")
    except duckdb.Error as error:
        raise _spoken(error, path) from error


def _spoken(error: duckdb.Error, path: Path) -> HeadraceError:
    text = str(error)
    if any(
        words in text
        for words in (
            "No space left",
            "File too large",
            "quota exceeded",
            "Could not write all bytes",
        )
    ):
        return DiskFull(
            f"No room left on the disk to write {path}. What was saved before is whole; free some space and run again."
        )
    return InputError(InputFault(Place(str(path)), f"cannot be written: {text.splitlines()[0]}"))


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
