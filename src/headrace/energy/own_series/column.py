"""One column of a table, checked: every hour of a year, or steps by month or year.

A file is refused with all that is wrong with it: units, rows that are missing, doubled or out of
order, daylight saving, cells that are no numbers, numbers beyond what the key can hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Flags, Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.foreign_money import unit_in_dollars
from headrace.core.quantities import month_text
from headrace.core.units import UnitError, convert
from headrace.core.varying import SeriesFile
from headrace.energy.own_series.stamps import NAMED, Resolution, RowStamps, row_stamps
from headrace.energy.own_series.table import SeriesTable
from headrace.energy.weather.readers.calendar_check import Stamps, stamp_faults

Bounds = tuple[float, float]
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Wanted:
    """What a key asks of a column: its unit, the least and most that it may hold [unit], and the
    clock of its site [h east of Greenwich] (NaN: whatever the table has). rates: what one of
    another currency is worth [USD].
    """

    unit: str
    bounds: Bounds = (-np.inf, np.inf)
    zone: float = float("nan")
    first_weekday: int = 0
    rates: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class OwnSeries:
    """A column as a plan takes it.

    values [unit]: every hour of the weather year on the site's clock, shape (8760,); or, by month
    and year, of each step. months: where the steps begin, since year 0; empty by hour. zone: of the
    table's clock [h].
    """

    name: str
    file: str
    unit: str
    resolution: Resolution
    values: Floats
    months: Ints
    zone: float
    sha256: str
    notes: tuple[str, ...]


def own_series(table: SeriesTable, named: SeriesFile, wanted: Wanted) -> OwnSeries:
    """The column that a key names. Raises InputError with everything that is wrong with it."""
    column = named.column or (table.series[0] if len(table.series) == 1 else "")
    if column not in table.columns:
        known = ", ".join(f"`{named.file}#{name}`" for name in table.series[:12])
        found = f"has no column `{column}`" if column else f"has {len(table.series)} columns"
        raise InputError(InputFault(Place(table.file), found, known or "a column with a unit"))
    faults: list[InputFault] = []
    values = _numbers(table, column, wanted, faults)
    try:
        stamps = row_stamps(table)
    except InputError as error:
        raise InputError([*faults, *error.problems]) from None
    rows = _of_year(table, stamps, named, faults)
    _told(table, column, values, wanted, rows, faults)
    notes = [*table.notes, *stamps.notes]
    if stamps.resolution == "hour":
        hours = _hours(table, stamps, rows, values, faults, notes)
        values, months = _moved(hours, stamps.zone, wanted.zone, notes), np.zeros(0, np.int64)
        _weekdays(stamps, rows, wanted, notes)
    else:
        values, months = _steps(table, stamps, rows, values, faults)
    if faults:
        raise InputError(faults)
    return OwnSeries(
        str(SeriesFile(named.file, column, named.year)),
        table.file,
        wanted.unit,
        stamps.resolution,
        values,
        months,
        stamps.zone,
        table.sha256,
        tuple(notes),
    )


def _numbers(table: SeriesTable, column: str, wanted: Wanted, faults: list[InputFault]) -> Floats:
    """Numbers of a column [the key's unit]; NaN where a cell holds none."""
    titled, factor = table.columns[column], 1.0
    title = Place(table.file, max(0, int(table.line[0]) - 1) if len(table.line) else 0)
    if not titled.unit:
        fix = f"Write `{column} [{wanted.unit}]` in the row of titles."
        faults.append(InputFault(title, f"column `{column}` has no unit", f"[{wanted.unit}]", fix))
    else:
        try:
            unit, worth = unit_in_dollars(titled.unit, wanted.rates)
            factor = worth * convert(1.0, unit, wanted.unit)
        except UnitError as error:
            faults.append(InputFault(title, f"column `{column} [{titled.unit}]`: {error}"))
    found = np.empty(len(titled.cells))
    for at, cell in enumerate(titled.cells):
        try:
            found[at] = float(cell)
        except ValueError:
            found[at] = np.nan
    return np.asarray(np.where(np.isfinite(found), found, np.nan) * factor)


def _of_year(
    table: SeriesTable, stamps: RowStamps, named: SeriesFile, faults: list[InputFault]
) -> Ints:
    """The rows that are meant: of the year that the key names, or all."""
    every = np.arange(len(stamps.minutes))
    if stamps.resolution != "hour":
        return every
    years = stamps.minutes.astype("datetime64[m]").astype("datetime64[Y]").astype(np.int64) + 1970
    known = [str(year) for year in np.unique(years)]
    if named.year:
        rows = np.flatnonzero(years == int(named.year)) if named.year in known else every[:0]
        if not len(rows):
            expected = f"one of {', '.join(known[:30])}"
            faults.append(InputFault(Place(table.file), f"has no year {named.year}", expected))
        return rows
    if len(every) > 1.5 * 8784 * 60 / stamps.step:
        column = named.column or table.series[0]
        fix = f"Write for example `{named.file}#{column}#{known[-1]}`."
        found = f"holds {len(known)} years"
        faults.append(InputFault(Place(table.file), found, "one, by name", fix))
        return every[:0]
    return every


def _told(
    table: SeriesTable,
    column: str,
    values: Floats,
    wanted: Wanted,
    rows: Ints,
    faults: list[InputFault],
) -> None:
    """Cells that are no numbers, and numbers that the key cannot hold."""
    least, most = wanted.bounds
    cells, unit = table.columns[column].cells, wanted.unit
    room = 1e-9 * max(1.0, *(abs(b) for b in wanted.bounds if np.isfinite(b)), 1.0)
    chosen = values[rows]
    none = rows[np.isnan(chosen)]
    with np.errstate(invalid="ignore"):
        low, high = rows[chosen < least - room], rows[chosen > most + room]
    percent = len(high) and most == 1.0 and unit == "1" and 1 < np.nanmax(chosen) <= 100
    fixes = {
        "none": "Fill gaps before: nobody but you knows what belongs there.",
        "low": "A key says which way is positive." if least == 0 else "",
        "high": f"In percent? Then write `{column} [%]`." if percent else "",
    }
    for at, words in ((none, "none"), (low, "low"), (high, "high")):
        for row in at[:NAMED]:
            written = cells[row].strip()
            found = f"`{written}` is no number" if words == "none" else f"{values[row]:g} {unit}"
            found = "an empty cell" if not written else found
            expected = "a number" if words == "none" else _range(least, most, unit)
            place = Place(table.file, int(table.line[row]), key=column)
            faults.append(InputFault(place, found, expected, fixes[words] if row == at[0] else ""))
        if len(at) > NAMED:
            found = f"{len(at):,} rows are like that"
            faults.append(InputFault(Place(table.file, key=column), found))


def _range(least: float, most: float, unit: str) -> str:
    if not np.isfinite(most):
        return f"at least {least:g} {unit}"
    return (
        f"{least:g} to {most:g} {unit}".replace(" 1", "", 1)
        if unit == "1"
        else (f"{least:g} to {most:g} {unit}")
    )


def _hours(
    table: SeriesTable,
    stamps: RowStamps,
    rows: Ints,
    values: Floats,
    faults: list[InputFault],
    notes: list[str],
) -> Floats:
    """The 8,760 hours on the table's own clock; 29 February is left out."""
    begins = stamps.minutes[rows].astype("datetime64[m]")
    months, days = begins.astype("datetime64[M]"), begins.astype("datetime64[D]")
    month = months.astype(np.int64) % 12 + 1
    day = (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    minute = (begins - days.astype("datetime64[m]")).astype(np.int64)
    leap = bool(((month == 2) & (day == 29)).any())
    at = Stamps(month, day, minute, table.line[rows], leap)
    since, taken = at.since_january(), values[rows]
    if np.all(np.diff(begins.astype(np.int64)) == stamps.step):
        order = np.argsort(since, kind="stable")  # twelve months from any month on
        at = Stamps(month[order], day[order], minute[order], table.line[rows][order], leap)
        since, taken = since[order], taken[order]
    wrong = stamp_faults(at, stamps.step, table.file) if len(rows) else []
    faults += wrong
    per_hour, want = 60 // stamps.step, 366 * 24 if leap else 365 * 24
    if wrong or len(rows) != want * per_hour:
        return np.zeros(HOURS_PER_YEAR)
    hours = taken.reshape(want, per_hour).mean(axis=1)
    if per_hour > 1:
        notes.append(f"rows every {stamps.step} minutes are averaged to hours")
    if leap:
        notes.append("29 February is left out")
        hours = np.delete(hours, slice(59 * 24, 60 * 24))
    return np.asarray(hours)


def _moved(hours: Floats, zone: float, wanted: float, notes: list[str]) -> Floats:
    """Hours on the site's clock [same unit]: moved round the year by whole hours, and by a part of
    one between its two neighbours.
    """
    shift = wanted - zone
    if not np.isfinite(shift) or shift == 0:
        return hours
    notes.append(f"moved from UTC{zone:+g} to the site's UTC{wanted:+g}")
    whole = int(np.floor(shift))
    part = shift - whole
    moved = (1 - part) * np.roll(hours, whole) + part * np.roll(hours, whole + 1)
    return np.asarray(moved)


def _weekdays(stamps: RowStamps, rows: Ints, wanted: Wanted, notes: list[str]) -> None:
    if not len(rows) or np.isnan(stamps.zone):
        return
    year = int(stamps.minutes[rows[0]].astype("datetime64[m]").astype("datetime64[Y]").astype(int))
    first = date(year + 1970, 1, 1).weekday()
    if first != wanted.first_weekday:
        notes.append(
            f"rows are taken by their dates: {year + 1970} begins on a {DAYS[first]}, the study's "
            f"year on a {DAYS[wanted.first_weekday]}"
        )


def _steps(
    table: SeriesTable, stamps: RowStamps, rows: Ints, values: Floats, faults: list[InputFault]
) -> tuple[Floats, Ints]:
    """Values and first months of the steps, which follow each other without a gap."""
    months, step = stamps.minutes[rows], 12 if stamps.resolution == "year" else 1
    apart: Flags = np.diff(months) != step
    for at in np.flatnonzero(apart)[:NAMED]:
        faults.append(
            InputFault(
                Place(table.file, int(table.line[at + 1])),
                f"{month_text(int(months[at + 1]))} follows {month_text(int(months[at]))}",
                f"every {stamps.resolution} once, in order",
            )
        )
    return values[rows], months
