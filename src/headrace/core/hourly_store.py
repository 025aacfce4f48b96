"""What flows in each hour of a tree node: written and read as Parquet by DuckDB, arrays in and
arrays out.

One file per node, hourly/node=000.parquet, in long form so that any tool can read it:

    hour    int       0, 1, 2, ... within the node
    weight  double    how many hours of a year this one stands for [h]
    value   double    positive into the bus, negative out of it, in `unit`
    site, bus, item, unit, title     text, for people
    book, part, bus_id, item_id      text: which balance, which line of it (`FlowSeries`)
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.core.atomic_write import replace_file, write_error
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.core.files.file_set import FileSet
from headrace.core.files.inputs import regular
from headrace.core.run_folder import HOURLY, RunFolder

if TYPE_CHECKING:
    import duckdb


DIGESTS = f"{HOURLY}/digests.json"
"""The SHA-256 of every file of hours, by its name; `plan.json` holds the digest of this one."""
AGAIN = "Run the plan again."
PARQUET = "Parquet, as a plan writes it"
_NAME = re.compile(r"node=(\d{3,6})\.parquet")
_KEYS = ("site", "bus", "item", "unit", "book", "part", "bus_id", "item_id", "title")
_COLUMNS = {"hour", "weight", "value", *_KEYS}

Book = Literal["carrier", "product", "market", "store", "plant"]
"""Which balance a line belongs to: a carrier at a site, a product where it is made or at its
market, the inside of a store, what is on line of a plant.
"""


@dataclass(frozen=True)
class FlowSeries:
    """One flow over the hours of a node: `values` in `unit`, shape (hour,), positive into the bus,
    negative out of it.

    bus, item, title: words for people. book, bus_id: which balance the line belongs to. part:
        "flow" for a converter or a store, whose identity is item_id, else what is left over
        ("idle", "curtailed", "sold", "lost", ...). Identities are text to compare, never to take
        apart.
    """

    site: str
    bus: str
    item: str
    unit: str
    values: Floats
    book: Book = "carrier"
    part: str = "flow"
    bus_id: str = ""
    item_id: str = ""
    title: str = ""


@dataclass(frozen=True)
class NodeHours:
    """All flows of one tree node. weight: how many hours of a year each hour stands for [h], shape
    (hour,).
    """

    node: int
    weight: Floats
    series: tuple[FlowSeries, ...]

    def check(self) -> None:
        """Raise InputError for NaN, infinities and series of another length than the weights."""
        for series in self.series:
            name = f"{series.site}/{series.bus}/{series.item}"
            if series.values.shape != self.weight.shape:
                raise InputError(
                    InputFault(
                        Place(name), f"{series.values.shape} values for {self.weight.shape} hours"
                    )
                )
            if not np.isfinite(series.values).all():
                hour = int(np.flatnonzero(~np.isfinite(series.values))[0])
                raise InputError(
                    InputFault(Place(name), f"is not a number at hour {hour}", "finite values")
                )


def file_of(node: int) -> str:
    """The name of a node's file inside the run folder."""
    return f"{HOURLY}/node={node:03d}.parquet"


def stored_nodes(folder: RunFolder) -> tuple[int, ...]:
    """Nodes that have hours in this folder, ascending."""
    found = (_NAME.fullmatch(path.name) for path in (folder.root / HOURLY).glob("node=*.parquet"))
    return tuple(sorted(int(match[1]) for match in found if match))


def write_hourly(folder: RunFolder, hourly: NodeHours, to: Path | None = None) -> Path:
    """Store one node's hours. to: where, if not in their place.

    Raises InputError for NaN, infinities and unequal lengths; DiskFull.
    """
    import duckdb

    hourly.check()
    name = file_of(hourly.node)
    path = to or folder.path(name)
    try:
        return replace_file(path, lambda temporary: _copy(hourly, temporary))
    except duckdb.Error as error:
        raise write_error(error, path) from error


def write_hours_of_plan(
    new: FileSet,
    hours: Callable[[int], NodeHours],
    nodes: int,
    threads: int,
    within: float = math.inf,
) -> str:
    """Store the hours of every node of a plan into a set of files, and their digests beside them;
    returns the digest of all, for `plan.json` to name: empty where none are stored, since all
    would have taken longer than `within` [s].

    hours: those of a node, made when its turn comes. threads: how many nodes at a time. Raises
    InputError as `write_hourly`; DiskFull.
    """
    import duckdb  # noqa: F401  # seconds of loading belong to no node

    def write(node: int) -> tuple[str, str]:
        name = file_of(node)
        path = write_hourly(RunFolder(new.root), hours(node), new.path(name))
        return name, sha256(path.read_bytes()).hexdigest()

    began = time.perf_counter()
    digests = dict([write(0)])
    if (time.perf_counter() - began) * nodes / threads > within:
        new.path(file_of(0)).unlink()
        return ""
    with ThreadPoolExecutor(threads) as pool:
        digests.update(pool.map(write, range(1, nodes)))
    text = json.dumps(digests, indent=0, sort_keys=True) + "\n"
    new.write(DIGESTS, text)
    return sha256(text.encode()).hexdigest()


def hours_again(folder: RunFolder, new: FileSet) -> str:
    """Take the hours that stand in a folder over into a new set of its files; returns the digest
    of all. Raises InputError, DiskFull.
    """
    names = [file_of(node) for node in stored_nodes(folder)]
    for name in (*names, DIGESTS):
        new.write_bytes(name, folder.path(name).read_bytes())
    return sha256(folder.path(DIGESTS).read_bytes()).hexdigest()


def refuse_other_hours(folder: RunFolder, digest: str) -> None:
    """Raise InputError where the stored hours are not those that a plan names.

    digest: as `plan.json` holds it; empty where it is of before hours were named, or without any.
    """
    path = folder.path(DIGESTS)
    if not digest or not path.parent.is_dir():
        return
    found = sha256(folder.read(DIGESTS).encode()).hexdigest() if path.is_file() else ""
    if found != digest:
        raise InputError(
            InputFault(
                Place(str(folder.root)),
                "holds hours that are not those of its plan",
                "a run folder whose files were written together",
                "Run the plan again.",
            )
        )


def _refuse_altered(folder: RunFolder, node: int, path: Path) -> None:
    """Raise InputError where a node's hours are not those that were written with the others."""
    digests = folder.path(DIGESTS)
    if not digests.is_file():
        return
    try:
        known = json.loads(folder.read(DIGESTS)).get(file_of(node))
    except (ValueError, AttributeError, RecursionError):
        known = ""
    if known is not None and sha256(path.read_bytes()).hexdigest() == known:
        return
    raise InputError(
        InputFault(Place(str(path)), "was altered since its plan was written", fix=AGAIN)
    )


def read_hourly(folder: RunFolder, node: int) -> NodeHours:
    """One node's hours as stored.

    Raises InputError where the file is absent, torn, altered or of another shape.
    """
    path = stored_hours(folder, node)
    _refuse_altered(folder, node, path)
    keys = ", ".join(f"CAST({key} AS VARCHAR) AS {key}" for key in _KEYS)
    order = ", ".join(_KEYS)
    # what is no number there is none here, and is refused below
    weight_, value = (f"coalesce(CAST({name} AS DOUBLE), 'nan')" for name in ("weight", "value"))
    with database.connect(path, threads=1) as store:
        database.afford_rows(store, path, len(_COLUMNS), PARQUET)
        source = f"read_parquet({database.literal(path)}, hive_partitioning=false)"
        _refuse_other_shapes(store, source, path)
        weight = query(
            store,
            f"SELECT CAST(hour AS BIGINT) AS hour, any_value({weight_}) AS weight FROM {source}"
            " GROUP BY ALL ORDER BY hour",
        )["weight"]
        names = store.execute(f"SELECT DISTINCT {keys} FROM {source} ORDER BY {order}").fetchall()
        # One sort for the whole node: then each series is one run of equal length.
        values = query(store, f"SELECT {value} AS value FROM {source} ORDER BY {order}, hour")[
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
    found = NodeHours(
        node,
        weight,
        tuple(
            FlowSeries(site, bus, item, unit, row, *rest)
            for (site, bus, item, unit, *rest), row in zip(names, rows)
        ),
    )
    found.check()
    return found


def stored_hours(folder: RunFolder, node: int) -> Path:
    """The file of one node's hours. Raises InputError where there is none."""
    path = folder.path(file_of(node))
    if not path.is_file():
        raise InputError(InputFault(Place(str(path)), f"node {node} has no stored hours"))
    return regular(path, database.MOST_BYTES, PARQUET)


def _refuse_other_shapes(store: duckdb.DuckDBPyConnection, source: str, path: Path) -> None:
    """Raise InputError for Parquet of another shape than ours, or none."""
    import duckdb

    try:
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
            InputFault(
                Place(HOURLY), "cannot be read as hours of a plan", fix="Run the plan again."
            )
        ) from error


def _copy(hourly: NodeHours, path: Path) -> None:
    hours, count = len(hourly.weight), len(hourly.series)
    columns = {
        "hour": np.tile(np.arange(hours, dtype=np.int32), count),
        "weight": np.tile(hourly.weight, count),
        "code": np.repeat(np.arange(count, dtype=np.int32), hours),
        "value": np.concatenate([series.values for series in hourly.series] or [np.empty(0)]),
    }
    keys, marks = ", ".join(_KEYS), ", ".join("?" for _ in _KEYS)
    # One thread keeps the order of the rows: to sort them takes as long as to write them.
    select = f"SELECT hour, weight, value, {keys} FROM hours JOIN series USING (code)"
    with database.connect(path, threads=1) as store:
        store.execute(
            f"CREATE TABLE series (code INTEGER, {', '.join(f'{key} TEXT' for key in _KEYS)})"
        )
        for code, series in enumerate(hourly.series):
            row = [code, *(getattr(series, key) for key in _KEYS)]
            store.execute(f"INSERT INTO series VALUES (?, {marks})", row)
        store.register("hours", columns)
        store.execute(
            f"COPY ({select}) TO {database.written_to(path)} (FORMAT parquet, COMPRESSION zstd)"
        )
