"""Requests in a CSV file: quoted fields, own column names, commas, semicolons or tabs between
fields, and every bad row with its line.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.traces.clocks import MOST_PROBLEMS, Unit, dates, seconds


@dataclass(frozen=True)
class TraceFormat:
    """The header's names (lower case) of time, prompt and answer; numbers of time are seconds."""

    name: str
    time: str
    prompt: str
    answer: str
    source: str


FORMATS = (
    TraceFormat(
        "azure",
        "timestamp",
        "contexttokens",
        "generatedtokens",
        "Azure LLM inference trace, CC BY 4.0",
    ),
    TraceFormat(
        "burstgpt", "timestamp", "request tokens", "response tokens", "BurstGPT, CC BY 4.0"
    ),
    TraceFormat("servegen", "timestamp", "input_tokens", "output_tokens", "ServeGen workload"),
    TraceFormat(
        "vidur", "arrived_at", "num_prefill_tokens", "num_decode_tokens", "Vidur trace, MIT"
    ),
    TraceFormat(
        "splitwise", "time", "prompttokencount", "completiontokencount", "Vidur trace, MIT"
    ),
)


@dataclass(frozen=True)
class RequestRows:
    """The rows of a file: arrival [s] from the first, not yet checked for order; prompt, answer
    [tokens]; the line each stands in; where it comes from.
    """

    arrival: Floats
    prompt: Ints
    answer: Ints
    lines: Ints
    source: str


def read_csv(text: str, file: str, unit: Unit | None, columns: tuple[str, ...]) -> RequestRows:
    """The rows of a CSV text. columns: own names of time, prompt and answer. Raises InputError."""
    head = text.partition("\n")[0]
    between = "," if "," in head else next((mark for mark in ";\t" if mark in head), ",")
    reader = csv.reader(io.StringIO(text), delimiter=between, strict=True)
    rows, lines = [], []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                lines.append(reader.line_num)
    except csv.Error as error:
        raise InputError(InputFault(Place(file, reader.line_num), f"not CSV: {error}")) from None
    header = [name.lower() for name in rows[0]]
    found = format_of(header, file, columns)
    uneven = [
        InputFault(Place(file, line), f"{len(row)} fields", f"{len(header)}, as in the header")
        for row, line in zip(rows[1:], lines[1:])
        if len(row) != len(header)
    ]
    if uneven:
        raise InputError(uneven[:MOST_PROBLEMS])
    at = np.array(lines[1:], dtype=np.int64)
    time, prompt, answer = (
        [row[header.index(name)] for row in rows[1:]]
        for name in (found.time, found.prompt, found.answer)
    )
    if not time or _is_number(time[0]):
        arrival = seconds(numbers(time, at, file, found.time), unit, "s", at, file)
    elif unit is not None:
        raise InputError(InputFault(Place(file, key="--unit"), "the stamps are dates", "no unit"))
    else:
        arrival = dates(time, at, file)
    return RequestRows(
        arrival,
        whole(numbers(prompt, at, file, found.prompt), at, file, found.prompt),
        whole(numbers(answer, at, file, found.answer), at, file, found.answer),
        at,
        found.source,
    )


def format_of(header: list[str], file: str, columns: tuple[str, ...]) -> TraceFormat:
    """The format whose columns the header has, or the user's own. Raises InputError."""
    if columns:
        named = [name.strip().lower() for name in columns]
        missing = [name for name in named if name not in header]
        if len(named) != 3 or missing:
            words = f"no column {', '.join(missing)}" if missing else f"{len(named)} names"
            raise InputError(
                InputFault(
                    Place(file, 1, key="--columns"),
                    words,
                    f"three of {', '.join(header)[:200]}: time, prompt, answer",
                )
            )
        return TraceFormat("own", named[0], named[1], named[2], "the user's own trace")
    known = next((f for f in FORMATS if {f.time, f.prompt, f.answer} <= set(header)), None)
    if known is None:
        names = "; ".join(f"{f.time}, {f.prompt}, {f.answer} ({f.name})" for f in FORMATS)
        fix = 'Rename the columns, or name them: `--columns "time, prompt, answer"`.'
        raise InputError(
            InputFault(Place(file, 1), f"columns {', '.join(header)[:200]}", names, fix)
        )
    return known


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return not any(digit in word for digit in "0123456789")
    return True


def numbers(words: list[str], lines: Ints, file: str, column: str) -> Floats:
    """A column of numbers. Raises InputError with the line of each that is none."""
    try:
        return np.array(words, dtype=np.float64)
    except ValueError:
        problems = []
        for line, word in zip(lines, words):
            try:
                float(word)
            except ValueError:
                place = Place(file, int(line), key=column)
                problems.append(InputFault(place, f"`{word[:40]}`", "a number"))
        raise InputError(problems[:MOST_PROBLEMS]) from None


def whole(values: Floats, lines: Ints, file: str, column: str) -> Ints:
    """A column of token counts. Raises InputError with the line of each that is none."""
    bad = ~np.isfinite(values) | (values != np.rint(values)) | (values < 0) | (values > 1e9)
    if bad.any():
        raise InputError(
            [
                InputFault(
                    Place(file, int(lines[at]), key=column),
                    f"a length of {values[at]:g} tokens",
                    "a whole number, 0 to 1e9",
                )
                for at in np.flatnonzero(bad)[:MOST_PROBLEMS]
            ]
        )
    return values.astype(np.int64)
