"""Histories: what was seen of an uncertain thing, each value with its source, date and status.

A CSV file with one row a value: series, date, value, unit, meaning, source, status (or
`confidence`), and optionally censored: `low` where rationing kept what was seen below what was
wanted, `high` where it is an upper bound; and class, the row of the prior it takes. A row that
makes no sense is named; none is dropped.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast, get_args

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.catalogue import Status, entries
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text

Censored = Literal["", "low", "high"]
BIAS: Mapping[Censored, str] = {
    "": "",
    "low": "what was seen was rationed: as a measure of demand it is too low",
    "high": "what was seen is an upper bound: as a measure of the thing it is too high",
}
COLUMNS = ("series", "date", "value", "unit", "meaning", "source", "status", "censored", "class")
OPTIONAL = ("censored", "class")
ENOUGH = 4
"""Values below which a history hardly moves the prior; the forecast then says "prior only"."""
DAYS_PER_YEAR = 365.25
MOST_BYTES = 10_000_000
_PERIODS = {
    "daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter",
    "yearly": "year", "annual": "year", "quarter": "quarter", "month": "month", "week": "week",
}  # fmt: skip


@dataclass(frozen=True)
class Observation:
    """One value that was seen. line: of its file; 0 where it stands in none."""

    date: date
    value: float
    source: str
    status: Status
    censored: Censored = ""
    line: int = 0


@dataclass(frozen=True)
class History:
    """What was seen of one series, oldest first; all values in `unit`. group: its class in the
    record of priors, where the file says one. file: that it stands in, empty for none.
    """

    series: str
    unit: str
    meaning: str
    observations: tuple[Observation, ...]
    group: str = ""
    file: str = ""

    @property
    def values(self) -> Floats:
        """The values [unit], oldest first."""
        return np.array([seen.value for seen in self.observations])

    @property
    def years(self) -> Floats:
        """When they were seen, after the first of them [year]."""
        first = self.observations[0].date
        return np.array([years_between(first, seen.date) for seen in self.observations])

    @property
    def last(self) -> Observation:
        """The newest of them."""
        return self.observations[-1]

    @property
    def bias(self) -> str:
        """In which direction rationing or bounds move what was seen, in words; empty for none."""
        kinds = {seen.censored for seen in self.observations} - {""}
        return "; ".join(BIAS[kind] for kind in sorted(kinds))

    def until(self, cutoff: date) -> History:
        """The same series as it stood on a day."""
        seen = tuple(one for one in self.observations if one.date <= cutoff)
        return replace(self, observations=seen)


ABOVE_ZERO = "a finite number above 0"


def years_between(first: date, second: date) -> float:
    """From one day to another [year of 365.25 days]; negative where the second comes before."""
    return (second - first).days / DAYS_PER_YEAR


def read_histories(
    path: Path, cutoff: date | None = None, *, outcomes: bool = False
) -> dict[str, History]:
    """The histories in a CSV file, by series.

    cutoff: no row may be later than this day; one that is is refused, not left out. outcomes:
    whether they are what came, so that an event of unit 1 may be 0. Raises InputError with every
    row that makes no sense.
    """
    text = read_text(path, MOST_BYTES, "histories as CSV")
    return parse_histories(text, path.name, cutoff, outcomes=outcomes)


def parse_histories(
    text: str, file: str, cutoff: date | None = None, *, outcomes: bool = False
) -> dict[str, History]:
    """The histories in the text of a CSV file, by series. Raises InputError as read_histories."""
    lines = csv_lines(text, file)
    header = [name.lower() for name in (lines[0][1] if lines else [])]
    header = ["status" if name == "confidence" else name for name in header]
    missing = [name for name in COLUMNS if name not in (*header, *OPTIONAL)]
    unknown = [name for name in header if name not in COLUMNS]
    if missing or unknown or len(set(header)) != len(header):
        parts = [f"no column {name}" for name in missing] + [f"unknown {n}" for n in unknown]
        found = "; ".join(parts) or "a column stands twice"
        raise InputError(InputFault(Place(file, 1), found, ", ".join(COLUMNS)))
    problems: list[InputFault] = []
    by_series: dict[str, list[tuple[dict[str, str], Observation]]] = {}
    for line, cells in lines[1:]:
        place = Place(file, line)
        if len(cells) != len(header):
            found = f"{len(cells)} cells under {len(header)} columns"
            problems.append(InputFault(place, found))
            continue
        row = dict(zip(header, cells))
        faults = list(_row_faults(row, place, cutoff))
        if outcomes and row["unit"] == "1" and row["value"].strip() in ("0", "0.0"):
            faults = [fault for fault in faults if not fault.expected.startswith(ABOVE_ZERO)]
        problems.extend(faults)
        if not faults:
            seen = Observation(
                date.fromisoformat(row["date"]),
                float(row["value"]),
                row["source"],
                cast("Status", row["status"]),
                cast("Censored", row.get("censored", "")),
                place.line,
            )
            by_series.setdefault(row["series"], []).append((row, seen))
    for rows in by_series.values():
        problems.extend(_series_faults(rows, file))
    if not by_series and not problems:
        problems.append(InputFault(Place(file), "the file holds no values"))
    if problems:
        raise InputError(sorted(problems, key=lambda fault: fault.where.line))
    return {
        series: History(
            series,
            rows[0][0]["unit"],
            rows[0][0]["meaning"],
            tuple(seen for _, seen in rows),
            rows[0][0].get("class", ""),
            file,
        )
        for series, rows in by_series.items()
    }


def csv_lines(text: str, file: str) -> list[tuple[int, list[str]]]:
    """The lines of a CSV text that are not empty: their number and their cells without blanks.

    Raises InputError for a line that is no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=None), strict=True)
    found = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                found.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise InputError(InputFault(Place(file, reader.line_num), f"no CSV: {error}")) from None
    return found


def _row_faults(row: dict[str, str], place: Place, cutoff: date | None) -> Iterator[InputFault]:
    """What is wrong with one row by itself."""
    yield from _value_faults(row, place)
    for name in ("series", "unit", "source"):
        if not row[name]:
            yield InputFault(place, f"the {name} is empty")
    try:
        when = date.fromisoformat(row["date"])
    except ValueError:
        yield InputFault(place, f"`{row['date'][:20]}` is no date", "YYYY-MM-DD")
    else:
        if cutoff is not None and when > cutoff:
            found = f"{row['series']} of {when} is later than the cut-off {cutoff}"
            yield InputFault(place, found, fix="A forecast may know nothing after its cut-off.")
    if row["status"] not in get_args(Status):
        yield InputFault(place, f"status `{row['status']}`", "fact, estimate or assumption")
    if row.get("censored", "") not in BIAS:
        yield InputFault(place, f"censored `{row['censored']}`", "low, high or nothing")


def _value_faults(row: dict[str, str], place: Place) -> Iterator[InputFault]:
    """Whether the value is a number of which growth can be taken, and a share at most 1."""
    try:
        value = float(row["value"])
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value <= 0:
        found = f"the value `{row['value'][:20]}` is not above 0"
        yield InputFault(place, found, f"{ABOVE_ZERO} (growth is taken on a log scale)")
    elif value > 1 and row["unit"] in ("1", "share"):
        fix = "Write a percentage as a fraction: 0.05, not 5."
        yield InputFault(place, f"a share of {value:g} is above 1", "0 to 1", fix)


def _series_faults(
    rows: list[tuple[dict[str, str], Observation]], file: str
) -> Iterator[InputFault]:
    """What is wrong between the rows of one series: units, periods, order of dates."""
    first, previous = rows[0][0], rows[0][1]
    tables = [entries("beliefs", table) for table in ("classes", "lead_classes")]
    group, classes = first.get("class", ""), [name for table in tables for name in table]
    if group and group not in classes:
        near = get_close_matches(group, classes, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else ""
        found = f"`{group[:40]}` is no class of the record"
        yield InputFault(Place(file, previous.line), found, ", ".join(classes), fix)
    for row, seen in rows[1:]:
        place = Place(file, seen.line)
        name = row["series"]
        if row["unit"] != first["unit"]:
            found = f"{name} is in {row['unit']} here and in {first['unit']} above"
            yield InputFault(place, found, "one unit in one series")
        if row.get("class", "") != first.get("class", ""):
            yield InputFault(place, f"{name} has a second class here", "one class for one series")
        mine, theirs = periods(row["meaning"]), periods(first["meaning"])
        if mine != theirs and mine and theirs:
            found = f"`{row['meaning']}` stands in a series of `{first['meaning']}`"
            fix = "Weekly and monthly counts are different things: give each a series of its own."
            yield InputFault(place, found, "one period in one series", fix)
        if seen.date <= previous.date:
            word = "twice" if seen.date == previous.date else "after a later one"
            yield InputFault(place, f"{name} of {seen.date} stands {word}", "rising dates")
        previous = seen


def periods(meaning: str) -> frozenset[str]:
    """The periods of counting that a meaning speaks of: a week, a month, a year."""
    words = re.findall(r"[a-z]+", meaning.lower())
    return frozenset(_PERIODS[word] for word in words if word in _PERIODS)
