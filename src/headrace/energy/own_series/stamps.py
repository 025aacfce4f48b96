"""What a row is called, to what it is: an hour of a year on one clock, a month, or a year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.quantities import read_month
from headrace.energy.own_series.table import TIME, TIME_END, SeriesTable

Resolution = Literal["hour", "month", "year"]
NAMED = 5
_YEAR = re.compile(r"^\d{4}$")
_MONTH = re.compile(r"^\d{4}-\d{2}$")
_SHORT_HOUR = re.compile(r"^(\d{4}-\d{2}-\d{2})[ T](\d)(:.*)$")
_ZONE = re.compile(r"^(?:UTC|GMT)?\s*(?:([+-])\s*(\d{1,2})(?::?(\d{2}))?)?$", re.IGNORECASE)
STEPS = (60, 30, 20, 15, 10, 5)


@dataclass(frozen=True, eq=False)
class RowStamps:
    """When the rows of a table are.

    resolution: of the table. minutes: when hourly rows begin, since 1970 on the table's own clock
    [min], or which month the others are [since year 0]. step: of hourly rows [min]. zone: of the
    clock [h east of Greenwich], NaN for rows without stamps, which are in the site's time.
    """

    resolution: Resolution
    minutes: Ints
    step: int
    zone: float
    notes: tuple[str, ...] = ()


def row_stamps(table: SeriesTable) -> RowStamps:
    """When the rows of a table are. Raises InputError for stamps that are none, or of no clock."""
    name = TIME_END if TIME_END in table.columns else TIME
    titled = table.columns.get(name)
    if titled is None:
        return _counted(table)
    cells = titled.cells
    if not cells:
        raise InputError(InputFault(Place(table.file), "holds no rows", "8,760 hours"))
    for pattern, resolution, tail in ((_YEAR, "year", "-01"), (_MONTH, "month", "")):
        if all(pattern.match(cell) for cell in cells):
            try:
                months = [read_month(f"{cell}{tail}") for cell in cells]
            except ValueError as error:
                raise InputError(InputFault(Place(table.file), str(error))) from None
            at = np.array(months, np.int64)
            return RowStamps("year" if resolution == "year" else "month", at, 0, 0.0)
    moments = _moments(cells, table)
    begins, zone, notes = _on_one_clock(moments, titled.unit, table, name)
    step = _step(begins, table)
    if name == TIME_END:
        begins = begins - step
    elif len(begins) > 1 and begins[0] % 1440 == step and begins[-1] % 1440 == 0:
        begins_of_year = np.datetime64(int(begins[0]), "m").astype("datetime64[M]")
        if str(begins_of_year).endswith("-01"):
            fix = f"Call the column `{TIME_END}`: its stamps name the ends of their rows."
            fault = InputFault(
                Place(table.file, int(table.line[0])),
                "begins one row after midnight and ends at midnight",
                "rows named by their beginning",
                fix,
            )
            raise InputError(fault)
    return RowStamps("hour", begins, step, zone, notes)


def _counted(table: SeriesTable) -> RowStamps:
    """Rows without stamps are the hours of a year, in order."""
    count = len(table.line)
    if count not in (8760, 8784):
        fix = f"Or name each row in a column `{TIME} [UTC-5]`."
        fault = InputFault(
            Place(table.file), f"{count:,} rows without stamps", "8,760 or 8,784 rows", fix
        )
        raise InputError(fault)
    year = "2000" if count == 8784 else "2001"
    begin = np.datetime64(f"{year}-01-01", "m").astype(np.int64)
    note = "rows are the hours of a year in the site's standard time"
    return RowStamps("hour", begin + 60 * np.arange(count), 60, float("nan"), (note,))


def _moments(cells: Sequence[str], table: SeriesTable) -> list[datetime]:
    found, faults = [], []
    for at, cell in enumerate(cells):
        short = _SHORT_HOUR.match(cell)
        try:
            found.append(
                datetime.fromisoformat(f"{short[1]} 0{short[2]}{short[3]}" if short else cell)
            )
        except (ValueError, OverflowError):
            faults.append(at)
    if faults:
        first = InputFault(
            Place(table.file, int(table.line[faults[0]])),
            f"`{cells[faults[0]][:40]}` is no moment"
            + (f"; nor in {len(faults) - 1:,} more rows" if faults[1:] else ""),
            "2027-02-01 00:00, 2027-02 or 2027, the same in every row",
            "Day and month of 01/02/2027 could be either.",
        )
        raise InputError(first)
    return found


def _on_one_clock(
    moments: Sequence[datetime], titled: str, table: SeriesTable, name: str
) -> tuple[Ints, float, tuple[str, ...]]:
    """Minutes since 1970 on one clock, its zone [h], and what was assumed."""
    offsets = {moment.utcoffset() for moment in moments}
    place = Place(table.file, max(0, int(table.line[0]) - 1))
    if None in offsets and len(offsets) > 1:
        raise InputError(InputFault(place, "some stamps name a time zone, others none", "one form"))
    begin = datetime(1970, 1, 1)
    if offsets == {None}:
        if not titled:
            fix = (
                f"Write `{name} [UTC-5]`, the hours of standard time east of Greenwich, or stamps "
                "such as 2027-01-01T00:00-05:00."
            )
            raise InputError(InputFault(place, "does not say its time zone", "a zone", fix))
        written = _ZONE.match(titled.strip())
        if written is None:
            fix = f"Write `{name} [UTC-5]`."
            raise InputError(InputFault(place, f"`{titled}` is no time zone", "UTC-5, UTC", fix))
        zone = int(written[2] or 0) + int(written[3] or 0) / 60
        zone = -zone if written[1] == "-" else zone
        plain = [(m - begin) / timedelta(minutes=1) for m in moments]
        notes: tuple[str, ...] = ()
    else:
        known = [offset for offset in offsets if offset is not None]
        standard = min(known)  # a clock put forward in summer is farther east
        zone = standard / timedelta(hours=1)
        plain = [
            (m.replace(tzinfo=None) - (m.utcoffset() or standard) + standard - begin)
            / timedelta(minutes=1)
            for m in moments
        ]
        moved = len(known) > 1
        notes = ("daylight saving is undone by the zones of the stamps",) if moved else ()
    if abs(zone) > 14:
        raise InputError(InputFault(place, f"a time zone of {zone:+g} h", "-14 to +14"))
    return np.array(plain, np.float64).round().astype(np.int64), zone, notes


def _step(begins: Ints, table: SeriesTable) -> int:
    if len(begins) < 2:
        raise InputError(InputFault(Place(table.file), "holds one row", "every hour of a year"))
    steps, counts = np.unique(np.diff(begins), return_counts=True)
    step = int(steps[counts.argmax()])
    if step not in STEPS or np.any(begins % step):
        found = f"rows every {step} minutes" if step not in STEPS else "stamps between the rows"
        expected = "rows every 60, 30, 20, 15, 10 or 5 minutes, on the hour"
        raise InputError(InputFault(Place(table.file), found, expected))
    return step
