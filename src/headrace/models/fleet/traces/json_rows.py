"""Requests as JSON lines.

    Mooncake      timestamp [ms], input_length, output_length, hash_ids      blocks of 512 tokens
    Bailian       the same with chat_id and turn                             seconds, 16 tokens
    sessions      session_id; the first turn with timestamp, each further one with `delay` [ms]
                  after the turn before has been answered
    agentic       Mooncake's of AISimulate and Dynamo: a first line with schema and block_size, then
                  request_id, not_before_ms and, in dependencies, the request_id that a request
                  waits for and delay_ms after it has been answered

n blocks of b tokens hold more than b (n - 1) tokens and at most b n: a row that says otherwise is
refused, since hits would be counted from it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import numpy as np

from headrace.core.arrays import Flags, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.traces.clocks import (
    MOST_PROBLEMS,
    SECONDS,
    Unit,
    refuse_fractions,
    seconds,
)
from headrace.models.fleet.traces.csv_rows import RequestRows, whole
from headrace.models.fleet.types import Followers, PrefixBlocks

MOONCAKE_BLOCK, BAILIAN_BLOCK = 512, 16
_SIZES = (8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096)


@dataclass(frozen=True)
class JsonRow:
    """One line: time, or None where it follows the latest row called `after` by `delay`; lengths
    [tokens]; block hashes; what it is called: its session, or its own identifier.
    """

    line: int
    time: float | None
    prompt: float
    answer: float
    hashes: list[int]
    name: str
    after: str
    delay: float


@dataclass(frozen=True)
class JsonRows:
    """Rows, blocks and turns of a file, one entry a line, in the order in which they stand."""

    columns: RequestRows
    blocks: PrefixBlocks | None
    followers: Followers | None = field(default=None)


def read_json(text: str, file: str, unit: Unit | None, block: int) -> JsonRows:
    """The rows of a text of JSON lines. block: tokens a block holds, 0: the format's. Raises
    InputError.
    """
    rows, problems, bailian, agentic = [], [], False, False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            raw = json.loads(line)
            if isinstance(raw, dict) and "schema" in raw:
                block = block or header_block(raw)
                continue
            agentic, bailian = agentic or is_agentic(raw), bailian or "chat_id" in raw
            rows.append(agentic_row(raw, number) if is_agentic(raw) else json_row(raw, number))
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
            what = f"no {error}" if isinstance(error, KeyError) else f"{error}"
            problems.append(InputFault(Place(file, number), f"not a request: {what}"))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    usual: Unit = "s" if bailian else "ms"
    lines = np.array([row.line for row in rows], dtype=np.int64)
    prompt, answer = (
        whole(np.array([getattr(row, name) for row in rows]), lines, file, f"{key}_length")
        for name, key in (("prompt", "input"), ("answer", "output"))
    )
    told = np.array([row.time for row in rows if row.time is not None], dtype=np.float64)
    if unit is None and not bailian and not agentic:
        refuse_fractions(told, file)
    followers = turns_of(rows, file, SECONDS[unit or usual])
    arrival, timed = np.zeros(len(rows)), np.array([row.time is not None for row in rows])
    arrival[timed] = seconds(told, unit, usual, lines[timed], file)
    if followers is not None:
        for i, before in enumerate(followers.before):
            if before >= 0:
                arrival[i] = arrival[before] + followers.pause[i]
    source = "Qwen-Bailian usage traces, Apache-2.0" if bailian else "Mooncake FAST'25, Apache-2.0"
    size = block or (BAILIAN_BLOCK if bailian else MOONCAKE_BLOCK)
    return JsonRows(
        RequestRows(arrival, prompt, answer, lines, source),
        blocks_of(rows, prompt, size, file),
        followers,
    )


def header_block(header: dict[str, object]) -> int:
    """Tokens of a block as the first line of an agentic trace says. Raises ValueError for another
    schema.
    """
    size = header.get("block_size", 0)
    if header["schema"] != "dynamo.agentic_mooncake":
        raise ValueError(f"its schema is `{header['schema']}`, not `dynamo.agentic_mooncake`")
    if type(size) is not int or not 0 <= size <= 1_000_000:
        raise ValueError(f"a block_size of {size}")
    return size


def is_agentic(row: object) -> bool:
    """Whether a line is one of an agentic trace."""
    return isinstance(row, dict) and "request_id" in row and "timestamp" not in row


def agentic_row(row: dict[str, object], line: int) -> JsonRow:
    """One line of an agentic trace: at `not_before_ms`, or after the request that it waits for,
    whatever not_before_ms says then. Raises TypeError, ValueError or KeyError for what is none.
    """
    waits = row.get("dependencies") or []
    if not isinstance(waits, list) or len(waits) > 1 or not all(isinstance(w, dict) for w in waits):
        raise ValueError("it waits for several requests; one is understood")
    if any(wait.get("trigger", "completion") != "completion" for wait in waits):
        raise ValueError("it waits for something else than the completion of a request")
    plain = {name: row[name] for name in ("input_length", "output_length")}
    plain |= {"hash_ids": row.get("hash_ids"), "session_id": row["request_id"]}
    if not waits:
        return json_row(plain | {"timestamp": row.get("not_before_ms", 0)}, line)
    found = json_row(plain | {"delay": waits[0].get("delay_ms", 0)}, line)
    return replace(found, after=str(waits[0]["request_id"]))


def json_row(row: object, line: int) -> JsonRow:
    """One line's request. Raises TypeError or KeyError for what is none."""
    if not isinstance(row, dict):
        raise TypeError("it is not an object")
    hashes = row.get("hash_ids") or []
    if not isinstance(hashes, list) or not all(type(block) is int for block in hashes):
        raise TypeError("hash_ids is not a list of whole numbers")
    follows = "timestamp" not in row and "delay" in row
    if follows and "session_id" not in row:
        raise KeyError("session_id")
    names = ("delay" if follows else "timestamp", "input_length", "output_length")
    values = [row[name] for name in names]
    for name, value in zip(names, values):
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise TypeError(f"{name} is not a number")
    time, prompt, answer = (float(value) for value in values)
    if follows and not 0 <= time < float("inf"):
        raise ValueError(f"a delay of {time:g}")
    session = str(row.get("session_id", ""))
    when, delay = (None, time) if follows else (time, 0.0)
    return JsonRow(line, when, prompt, answer, hashes, session, session, delay)


def turns_of(rows: list[JsonRow], file: str, length: float) -> Followers | None:
    """Which turn each follows, and after how long; None where every row has its own time."""
    if all(row.time is not None for row in rows):
        return None
    latest: dict[str, int] = {}
    before, pause, problems = np.full(len(rows), -1), np.zeros(len(rows)), []
    for i, row in enumerate(rows):
        if row.time is None:
            if row.after not in latest:
                words = f"a delay, yet nothing of session `{row.after}` stands above it"
                problems.append(InputFault(Place(file, row.line), words, "a timestamp first"))
            before[i], pause[i] = latest.get(row.after, -1), row.delay * length
        if row.name:
            latest[row.name] = i
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    return Followers(before.astype(np.int64), pause)


def blocks_of(rows: list[JsonRow], prompt: Ints, size: int, file: str) -> PrefixBlocks | None:
    """Prefix blocks of the rows, each of `size` tokens; None where no row has any. Raises
    InputError with every row whose blocks cannot hold its prompt.
    """
    counts = np.array([len(row.hashes) for row in rows], dtype=np.int64)
    if not counts.any():
        return None
    bad = odd_rows(prompt, counts, size)
    if bad.any():
        fitting = [b for b in _SIZES if not odd_rows(prompt, counts, b).any()]
        fix = f"All rows fit blocks of {fitting[-1]}: `--block {fitting[-1]}`." if fitting else ""
        raise InputError(
            [
                InputFault(
                    Place(file, rows[i].line, key="hash_ids"),
                    f"{counts[i]:,} blocks for {prompt[i]:,} tokens ({int(bad.sum()):,} such rows)",
                    f"{-(-prompt[i] // size):,} blocks of {size}",
                    fix,
                )
                for i in np.flatnonzero(bad)[:MOST_PROBLEMS]
            ]
        )
    # hashes become 0, 1, ... in the order in which they first stand in the file
    numbers: dict[int, int] = {}
    ids = [numbers.setdefault(block, len(numbers)) for row in rows for block in row.hashes]
    pointer = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return PrefixBlocks(pointer, np.array(ids, dtype=np.int64), size)


def odd_rows(prompt: Ints, counts: Ints, size: int) -> Flags:
    """Rows whose number of blocks does not hold their prompt [tokens]; rows without blocks say
    nothing.
    """
    return np.asarray((counts > 0) & (counts != -(-prompt // size)))
