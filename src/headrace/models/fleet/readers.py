"""Public request traces: Azure LLM inference, BurstGPT, Mooncake, and workloads written by
ServeGen.

    Azure      CSV    TIMESTAMP, ContextTokens, GeneratedTokens                      date and time
               to 100 ns
    BurstGPT   CSV    Timestamp, Model, Request tokens, Response tokens, ...         seconds
    ServeGen   CSV    timestamp, input_tokens, output_tokens (and any others)        seconds
    Mooncake   JSONL  timestamp, input_length, output_length, hash_ids               milliseconds,
               blocks of 512 tokens

A file may be gzipped (`.gz`). The first arrival becomes time 0. Nothing is sorted or repaired in
silence: a row that cannot be served is an error, unless `drop_empty` says to leave out rows without
prompt or answer (BurstGPT logs failures so).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import memory
from headrace.core.files.packed import unpacked
from headrace.models.fleet.types import PrefixBlocks, Trace

MOONCAKE_BLOCK = 512
MOST_BYTES = 4_000_000_000
TIMES_ITS_TEXT = 12
"""Memory that a trace takes while it is read, in bytes of its text: lines, cells and numbers."""
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Format:
    """A CSV format: the header's names (lower case) of time, prompt and answer; whether time is a
    date.
    """

    name: str
    time: str
    prompt: str
    answer: str
    dated: bool
    source: str


FORMATS = (
    Format(
        "azure",
        "timestamp",
        "contexttokens",
        "generatedtokens",
        True,
        "Azure LLM inference trace, CC BY 4.0",
    ),
    Format(
        "burstgpt", "timestamp", "request tokens", "response tokens", False, "BurstGPT, CC BY 4.0"
    ),
    Format("servegen", "timestamp", "input_tokens", "output_tokens", False, "ServeGen workload"),
)


def read_trace(path: Path, *, drop_empty: bool = False) -> Trace:
    """The trace in a file, its format told from its first line.

    Raises InputError with every problem found.
    """
    raw = unpacked(path, _most_bytes(), "a request trace")
    try:
        text = raw.decode("utf-8-sig")
    except ValueError as error:
        found = f"this is not readable text: {error}"
        raise InputError(InputFault(Place(path.name), found)) from None
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise InputError(InputFault(Place(path.name), "the file is empty", "a request trace"))
    if lines[0].lstrip().startswith("{"):
        return _mooncake(lines, path.name, drop_empty=drop_empty)
    return _csv(lines, path.name, drop_empty=drop_empty)


def _most_bytes() -> int:
    """Largest text of a trace that can be held while it is read [byte]."""
    return int(min(MOST_BYTES, memory.limit() / TIMES_ITS_TEXT))


def _csv(lines: list[str], file: str, *, drop_empty: bool) -> Trace:
    header = [name.strip().strip('"').lower() for name in lines[0].split(",")]
    found = next((f for f in FORMATS if {f.time, f.prompt, f.answer} <= set(header)), None)
    if found is None:
        known = "; ".join(f"{f.time}, {f.prompt}, {f.answer} ({f.name})" for f in FORMATS)
        raise InputError(
            InputFault(
                Place(file, 1), f"columns {', '.join(header)[:200]}", known, "Rename the columns."
            )
        )
    columns = [header.index(name) for name in (found.time, found.prompt, found.answer)]
    rows = [line.split(",") for line in lines[1:]]
    short = [number for number, row in enumerate(rows) if len(row) < len(header)]
    if short:
        problems = [
            InputFault(Place(file, n + 2), f"{len(rows[n])} fields", f"{len(header)}")
            for n in short[:MOST_PROBLEMS]
        ]
        raise InputError(problems)
    time, prompt, answer = ([row[column].strip().strip('"') for row in rows] for column in columns)
    arrival = seconds_of(time, file) if found.dated else _numbers(time, file, found.time)
    lengths = (
        _whole(_numbers(prompt, file, found.prompt), file),
        _whole(_numbers(answer, file, found.answer), file),
    )
    return _trace(file, found.source, arrival, *lengths, drop_empty=drop_empty)


def _numbers(words: list[str], file: str, column: str) -> Floats:
    try:
        return np.array(words, dtype=np.float64)
    except ValueError:
        problems = []
        for line, word in enumerate(words, start=2):
            try:
                float(word)
            except ValueError:
                problems.append(InputFault(Place(file, line, key=column), f"`{word}`", "a number"))
        raise InputError(problems[:MOST_PROBLEMS]) from None


def seconds_of(words: list[str], file: str) -> Floats:
    """Seconds since the first of these dates [s]. numpy keeps nanoseconds, so that 100 ns of the
    Azure logs are not lost in a float. Raises InputError for what is no date.
    """
    try:
        stamps = np.array(
            [word.replace(" ", "T", 1).split("+")[0].rstrip("Z") for word in words],
            dtype="datetime64[ns]",
        )
    except ValueError as error:
        raise InputError(
            InputFault(Place(file, key="timestamp"), f"{error}", "YYYY-MM-DD HH:MM:SS.fffffff")
        ) from None
    if np.isnat(stamps).any():
        raise InputError(
            InputFault(
                Place(file, int(np.argmax(np.isnat(stamps))) + 2),
                "no timestamp",
                "YYYY-MM-DD HH:MM:SS.fffffff",
            )
        )
    return (stamps - stamps[0]).astype(np.int64) / 1e9 if len(stamps) else np.zeros(0)


def _whole(values: Floats, file: str) -> Ints:
    bad = ~np.isfinite(values) | (values != np.rint(values)) | (np.abs(values) > 1e9)
    if bad.any():
        at = int(np.argmax(bad))
        raise InputError(
            InputFault(
                Place(file, at + 2), f"a length of {values[at]} tokens", "a whole number below 1e9"
            )
        )
    return values.astype(np.int64)


def _trace(
    file: str, source: str, arrival: Floats, prompt: Ints, answer: Ints, *, drop_empty: bool
) -> Trace:
    if drop_empty:
        keep = (prompt > 0) & (answer > 0)
        arrival, prompt, answer = arrival[keep], prompt[keep], answer[keep]
    if len(arrival):
        check_order(arrival, file)
        arrival = arrival - arrival[0]
    return Trace(file, source, arrival, prompt, answer, np.zeros(len(arrival), np.int64))


def check_order(arrival: Floats, file: str) -> None:
    """Raise InputError where the file's times [s] fall, before they are shifted to begin at 0."""
    problems = []
    if not np.isfinite(arrival).all():
        problems.append(
            InputFault(
                Place(file, int(np.argmax(~np.isfinite(arrival))) + 2), "no finite timestamp"
            )
        )
    elif (arrival < 0).any():
        problems.append(
            InputFault(
                Place(file, int(np.argmax(arrival < 0)) + 2), "a negative timestamp", "times >= 0"
            )
        )
    falls = np.flatnonzero(np.diff(arrival) < 0)
    if len(falls):
        found = f"this row comes before the one above it ({len(falls):,} such rows)"
        problems.append(
            InputFault(
                Place(file, int(falls[0]) + 3),
                found,
                "rising timestamps",
                "Sort the file by its timestamp.",
            )
        )
    if problems:
        raise InputError(problems)


def _mooncake(lines: list[str], file: str, *, drop_empty: bool) -> Trace:
    rows, problems = [], []
    for number, line in enumerate(lines):
        try:
            rows.append(mooncake_row(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
            problems.append(
                InputFault(
                    Place(file, number + 1),
                    f"not a Mooncake request: {type(error).__name__} {error}",
                )
            )
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    if drop_empty:
        rows = [row for row in rows if row[1] > 0 and row[2] > 0]
    time, prompt, answer = (np.array([row[k] for row in rows], dtype=np.float64) for k in range(3))
    plain = _trace(
        file,
        "Mooncake FAST'25, Apache-2.0",
        time / 1e3,
        _whole(prompt, file),
        _whole(answer, file),
        drop_empty=False,
    )
    # hashes become 0, 1, ... in the order in which they first stand in the file
    numbers: dict[int, int] = {}
    ids = [numbers.setdefault(block, len(numbers)) for row in rows for block in row[3]]
    pointer = np.concatenate([[0], np.cumsum([len(row[3]) for row in rows])]).astype(np.int64)
    blocks = PrefixBlocks(pointer, np.array(ids, dtype=np.int64), MOONCAKE_BLOCK)
    return replace(plain, blocks=blocks)


def mooncake_row(row: dict[str, object]) -> tuple[float, float, float, list[int]]:
    """Time [ms], prompt and answer [tokens], and block hashes of one line. Raises TypeError or
    KeyError for what is no request.
    """
    if not isinstance(row, dict):
        raise TypeError("it is not an object")
    hashes = row.get("hash_ids", [])
    if not isinstance(hashes, list) or not all(isinstance(block, int) for block in hashes):
        raise TypeError("hash_ids is not a list of whole numbers")
    values = [row["timestamp"], row["input_length"], row["output_length"]]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise TypeError("timestamp, input_length and output_length are numbers")
    time, prompt, answer = (float(value) for value in values)  # type: ignore[arg-type]
    return time, prompt, answer, hashes
