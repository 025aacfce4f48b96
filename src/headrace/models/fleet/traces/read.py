"""A file into a Trace: Azure, BurstGPT, ServeGen, Vidur (CSV), Mooncake, Qwen-Bailian, sessions
(JSON lines), or own columns; plain or gzipped.

The first arrival becomes time 0. Nothing is sorted or repaired in silence: a row that cannot be
served is an error with its line, unless the user says to leave out rows without prompt or answer
(BurstGPT logs failures so), and then they are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Flags, Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import memory
from headrace.core.files.packed import unpacked
from headrace.models.fleet.traces.clocks import (
    MOST_PROBLEMS,
    SECONDS,
    Unit,
    doubts,
    spread_within_tick,
)
from headrace.models.fleet.traces.csv_rows import RequestRows, read_csv
from headrace.models.fleet.traces.json_rows import read_json
from headrace.models.fleet.types import Followers, PrefixBlocks, Trace

MOST_BYTES = 4_000_000_000
LONGEST_LINE = 1_000_000
"""Characters of a first line of CSV; a gigabyte without a line break takes minutes to split."""
TIMES_ITS_TEXT = 12
"""Memory that a trace takes while it is read, in bytes of its text: lines, cells and numbers."""


@dataclass(frozen=True)
class TraceOptions:
    """How a file is to be read.

    drop_empty: leave out rows without prompt or answer. unit: of numeric stamps; None: the
    format's. spread: draw arrivals that share a coarse stamp within its tick (seed). columns: own
    names of time, prompt, answer. block: tokens a prefix block holds, 0: the format's.
    """

    drop_empty: bool = False
    unit: Unit | None = None
    spread: bool = False
    seed: int = 0
    columns: tuple[str, ...] = ()
    block: int = 0

    def faults(self) -> list[InputFault]:
        """Options that cannot be."""
        found = []
        if self.unit is not None and self.unit not in SECONDS:
            found.append(InputFault(Place(key="--unit"), f"`{self.unit}`", ", ".join(SECONDS)))
        if not 0 <= self.block <= 1_000_000:
            found.append(InputFault(Place(key="--block"), f"{self.block} tokens", "1 to 1,000,000"))
        return found


def read_trace(
    path: Path,
    *,
    drop_empty: bool = False,
    unit: Unit | None = None,
    spread: bool = False,
    seed: int = 0,
    columns: tuple[str, ...] = (),
    block: int = 0,
) -> Trace:
    """The trace in a file, its format told from its first line; what is odd stands in its `notes`.

    The options are those of `TraceOptions`. Raises InputError with every problem found.
    """
    how = TraceOptions(drop_empty, unit, spread, seed, columns, block)
    if faults := how.faults():
        raise InputError(faults)
    text = text_of(path)
    if not text.strip():
        raise InputError(InputFault(Place(path.name), "the file is empty", "a request trace"))
    if text.lstrip().startswith("{"):
        found = read_json(text, path.name, how.unit, how.block)
        return _trace(found.columns, path.name, how, found.blocks, found.followers)
    if len(text) > LONGEST_LINE and "\n" not in text[:LONGEST_LINE]:
        long = f"has a first line of more than {LONGEST_LINE:,} characters"
        raise InputError(InputFault(Place(path.name), long, "a request trace"))
    return _trace(read_csv(text, path.name, how.unit, how.columns), path.name, how)


def text_of(path: Path) -> str:
    """The text of a plain or gzipped file, as large as memory holds while it is read. Raises
    InputError.
    """
    most = int(min(MOST_BYTES, memory.limit() / TIMES_ITS_TEXT))
    try:
        return unpacked(path, most, "a request trace").decode("utf-8-sig")
    except ValueError as error:
        found = f"this is not readable text: {error}"
        raise InputError(InputFault(Place(path.name), found)) from None


def _trace(
    rows: RequestRows,
    file: str,
    how: TraceOptions,
    blocks: PrefixBlocks | None = None,
    followers: Followers | None = None,
) -> Trace:
    empty = (rows.prompt < 1) | (rows.answer < 1)
    if empty.any() and not how.drop_empty:
        raise InputError(empty_faults(rows, empty, file))
    if followers is not None and empty.any():
        words = "turns without prompt or answer cannot be left out of sessions"
        raise InputError(InputFault(Place(file), words, "whole sessions"))
    open_rows = np.ones(len(empty), bool) if followers is None else followers.before < 0
    keep = ~empty
    check_order(rows.arrival[open_rows & keep], rows.lines[open_rows & keep], file)
    order = np.argsort(rows.arrival[keep], kind="stable")
    arrival = rows.arrival[keep][order]
    arrival = arrival - arrival[0] if len(arrival) else arrival
    dropped = int(empty.sum())
    notes = [f"{dropped:,} rows without prompt or answer were left out"] if dropped else []
    if how.spread:
        arrival = spread_within_tick(arrival, how.seed)
    notes += doubts(arrival, how.unit is not None) if followers is None else []
    trace = Trace(
        file,
        rows.source,
        arrival,
        rows.prompt[keep][order],
        rows.answer[keep][order],
        np.zeros(len(arrival), np.int64),
        None if blocks is None else blocks.of(np.flatnonzero(keep)[order]),
        None if followers is None else followers.reordered(order),
    )
    return replace(trace, notes=tuple(notes), dropped=dropped, lines=rows.lines[keep][order])


def empty_faults(rows: RequestRows, empty: Flags, file: str) -> list[InputFault]:
    """Rows without prompt or answer, by their lines."""
    found = []
    for at in np.flatnonzero(empty)[:MOST_PROBLEMS]:
        what = "prompt" if rows.prompt[at] < 1 else "answer"
        words = f"its {what} is empty ({int(empty.sum()):,} such rows)"
        fix = "Leave such rows out: `--drop-empty`."
        found.append(InputFault(Place(file, int(rows.lines[at])), words, "at least 1 token", fix))
    return found


def check_order(arrival: Floats, lines: Ints, file: str) -> None:
    """Raise InputError where times [s] of rows with a stamp fall or are none; lines: where each
    row stands.
    """
    problems = []
    if not np.isfinite(arrival).all():
        line = int(lines[np.argmax(~np.isfinite(arrival))])
        problems.append(InputFault(Place(file, line), "no finite timestamp"))
    falls = np.flatnonzero(np.diff(arrival) < 0)
    if len(falls):
        found = f"this row comes before the one above it ({len(falls):,} such rows)"
        fix = "Sort the file by its timestamp."
        place = Place(file, int(lines[falls[0] + 1]))
        problems.append(InputFault(place, found, "rising timestamps", fix))
    if problems:
        raise InputError(problems)
