"""A year must hold each of its rows once, in order: what is missing, doubled or misplaced is named
with its line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Flags, Ints
from headrace.core.errors import InputFault, Place

NAMED = 5
"""How many rows of one kind of fault are named; the others are counted."""

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, eq=False)
class Stamps:
    """When the rows of one year begin: month, day, minute of the day; line: of each in the file.

    leap: whether 29 February is among the days that are wanted.
    """

    month: Ints
    day: Ints
    minute: Ints
    line: Ints
    leap: bool

    def since_january(self) -> Ints:
        """Minutes since 1 January, 00:00; -1 where the calendar has no such day or minute."""
        lengths = np.array([0, *_LENGTHS]) + np.array([0, 0, int(self.leap), *[0] * 10])
        month = np.where((self.month >= 1) & (self.month <= 12), self.month, 0)
        known = (self.day >= 1) & (self.day <= lengths[month])
        known &= (self.minute >= 0) & (self.minute < 1440)
        before = np.cumsum(lengths) - lengths
        found = (before[month] + self.day - 1) * 1440 + self.minute
        return np.where(known, found, -1)

    def written(self, minutes: int) -> str:
        """A moment of the year in words."""
        begin = np.datetime64("2000-01-01" if self.leap else "2001-01-01", "m")
        moment = str(begin + np.timedelta64(minutes, "m"))
        return f"{moment[5:10]} {moment[11:13]} h" + ("" if moment[14:] == "00" else moment[13:])


def stamp_faults(stamps: Stamps, step: int, file: str) -> list[InputFault]:
    """What keeps rows of `step` minutes from being a year: no such moment, doubled, missing, out of
    order.
    """
    since = stamps.since_january()
    faults = _named(since < 0, stamps, file, "has no moment of the calendar", "a month, day, hour")
    good = np.flatnonzero(since >= 0)
    slot = since[good] // step
    if not len(good):
        return faults
    first = np.full((366 if stamps.leap else 365) * 1440 // step, -1)
    first[slot[::-1]] = good[::-1]
    again = good[first[slot] != good]
    faults += [
        InputFault(
            Place(file, int(stamps.line[row])),
            f"the row of {stamps.written(int(since[row]))} stands a second time",
            f"every {'hour' if step == 60 else 'row'} once, in order",
            f"The first is line {stamps.line[first[since[row] // step]]}.",
        )
        for row in again[:NAMED]
    ]
    if len(again) > NAMED:
        faults.append(InputFault(Place(file), f"{len(again):,} rows stand a second time"))
    # First index and length of each run of moments without a row.
    edges = np.diff(np.concatenate([[0], (first < 0).astype(np.int64), [0]]))
    begins, ends = np.flatnonzero(edges > 0), np.flatnonzero(edges < 0)
    gaps = [(int(b), int(e - b)) for b, e in zip(begins, ends)]
    faults += _gap_faults(gaps, stamps, step, first, file)
    if len(again) == 0 and not gaps:
        back = good[1:][np.diff(slot) < 0]
        for row in back[:NAMED]:
            found = f"the row of {stamps.written(int(since[row]))} stands behind a later one"
            place = Place(file, int(stamps.line[row]))
            faults.append(InputFault(place, found, "every hour once, in order"))
    elif len(gaps) == 1 and gaps[0][1] * step == len(again) * step == 60:
        fix = "This looks like daylight saving: write standard time all year."
        faults.append(InputFault(Place(file), "lacks one hour and has another twice", fix=fix))
    return faults


def _gap_faults(
    gaps: list[tuple[int, int]], stamps: Stamps, step: int, first: Ints, file: str
) -> list[InputFault]:
    faults = []
    for begin, count in gaps[:NAMED]:
        known = np.flatnonzero(first[:begin] >= 0)
        line = int(stamps.line[first[known[-1]]]) if len(known) else int(stamps.line[0])
        last = stamps.written((begin + count - 1) * step)
        words = stamps.written(begin * step) + (f" to {last}" if count > 1 else "")
        fix = (
            "Where a leap year must have 365 days, leave out 29 February instead."
            if stamps.leap and count * step == 1440 and begin + count == len(first)
            else "The rows before are at this line."
        )
        found = f"{count:,} row{'s' if count > 1 else ''} missing: {words}"
        faults.append(InputFault(Place(file, line), found, "every hour once, in order", fix))
    if len(gaps) > NAMED:
        missing = sum(count for _, count in gaps)
        faults.append(InputFault(Place(file), f"{missing:,} rows missing in {len(gaps):,} places"))
    return faults


def _named(wrong: Flags, stamps: Stamps, file: str, found: str, meant: str) -> list[InputFault]:
    rows = np.flatnonzero(wrong)
    faults = [
        InputFault(
            Place(file, int(stamps.line[row])),
            f"{found}: month {stamps.month[row]}, day {stamps.day[row]}, "
            f"hour {stamps.minute[row] // 60}",
            meant,
            "Hours of this format may be counted from 0, or from 1." if len(rows) > 300 else "",
        )
        for row in rows[:NAMED]
    ]
    if len(rows) > NAMED:
        faults.append(InputFault(Place(file), f"{len(rows):,} rows have no moment of the calendar"))
    return faults
