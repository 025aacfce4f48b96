"""Rows of any step to hours: every row is checked against the calendar before rows are averaged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputFault, Place
from headrace.energy.weather.readers.calendar_check import Stamps, stamp_faults


class RowTimes(NamedTuple):
    """Calendar and clock of the beginning of every row; -1 for what is no number."""

    year: Ints
    month: Ints
    day: Ints
    hour: Ints
    minute: Ints


@dataclass(frozen=True, eq=False)
class TimedRows:
    """Rows with a stamp on the clock of `zone` [h]; values: series by name, in the units of a
    `WeatherTable`.
    """

    at: RowTimes
    line: Ints
    values: dict[str, Floats]
    zone: float
    file: str


@dataclass(frozen=True, eq=False)
class HourRows:
    """Rows of an hour each, what was wrong with those they are made of, and what was assumed.

    zone: of their clock [h], moved by a part of an hour where rows are short enough for that.
    minute: at which hourly rows are stamped [min].
    """

    year: Ints
    month: Ints
    day: Ints
    hour: Ints
    line: Ints
    values: dict[str, Floats]
    zone: float
    minute: float
    typical: bool
    faults: tuple[InputFault, ...] = ()
    notes: tuple[str, ...] = ()


def hours_of(rows: TimedRows, local: float, typical_source: bool = False) -> HourRows:
    """The hours of rows every 5 to 60 minutes, averaged; `local` is the zone that is wanted [h]."""
    minutes, counts = np.unique(rows.at.minute, return_counts=True)
    usual = minutes[(counts * 4 >= counts.max()) & (minutes >= 0)] if len(minutes) else minutes
    per_hour = max(1, len(usual))
    # months of different years and none of two make a typical year, whole or with gaps
    months = np.unique(rows.at.year * 13 + rows.at.month)
    years = np.unique(rows.at.year)
    stitched = len(years) > 1 and len(months) <= 14 and len(rows.line) > 24
    typical = typical_source or stitched
    if 60 % per_hour:
        found = f"rows at {per_hour} different minutes of the hour"
        fault = InputFault(Place(rows.file), found, "rows every 5, 10, 15, 20, 30 or 60 minutes")
        return _plain(rows, typical, 30.0, (fault,))
    if per_hour == 1:
        return _plain(rows, typical, float(usual[0]) if len(usual) else 30.0, ())
    step = 60 // per_hour
    faults: list[InputFault] = []
    parts = [rows.at.year == year for year in years]
    for chosen in [np.full(len(rows.line), True)] if typical else parts:
        leap = bool(((rows.at.month[chosen] == 2) & (rows.at.day[chosen] == 29)).any())
        stamps = Stamps(
            rows.at.month[chosen],
            rows.at.day[chosen],
            np.where(
                rows.at.minute[chosen] >= 0, rows.at.hour[chosen] * 60 + rows.at.minute[chosen], -1
            ),
            rows.line[chosen],
            leap,
        )
        faults += stamp_faults(stamps, step, rows.file)
    part = (local - rows.zone) % 1.0
    moved = round(part * per_hour) if np.isfinite(part) else 0
    exact = bool(moved and not faults and abs(part * per_hour - moved) < 1e-9)
    key = ((rows.at.year * 13 + rows.at.month) * 32 + rows.at.day) * 25 + rows.at.hour
    _, first, hour = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)  # hours in the order of the file
    many = np.bincount(hour)
    values = {
        name: (np.bincount(hour, np.roll(series, moved) if exact else series) / many)[order]
        for name, series in rows.values.items()
    }
    at = first[order]
    notes = [f"rows every {step} minutes are averaged to hours"]
    if exact:
        notes.append(f"rows are moved by {part:g} h to the time zone {local:+g}")
    return HourRows(
        rows.at.year[at],
        rows.at.month[at],
        rows.at.day[at],
        rows.at.hour[at],
        rows.line[at],
        values,
        rows.zone + part if exact else rows.zone,
        30.0,
        typical,
        tuple(faults),
        tuple(notes),
    )


def _plain(
    rows: TimedRows, typical: bool, minute: float, faults: tuple[InputFault, ...]
) -> HourRows:
    return HourRows(
        rows.at.year,
        rows.at.month,
        rows.at.day,
        rows.at.hour,
        rows.line,
        rows.values,
        rows.zone,
        minute,
        typical,
        faults,
    )
