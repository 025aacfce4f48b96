"""Plain CSV: lines of `latitude, 36.1` and the like, then a line of columns with their units, then
rows with a stamp each.

    latitude, 36.1
    longitude, -79.95
    altitude, 273
    timezone, -5
    hours, begin
    time, ghi [W/m2], dni [W/m2], dhi [W/m2], drybulb [degC], humidity [%], wind [m/s]
    2019-01-01 00:00, 0, 0, 0, 3.1, 84, 2.0
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import Rows, cells_of, column, number, numbered, whole
from headrace.energy.weather.readers.hours import RowTimes, TimedRows, hours_of
from headrace.energy.weather.readers.named import (
    SUN,
    VALUES,
    known_name,
    places_of,
    read_values,
    units_of,
)
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "plain CSV"

_HEAD = {
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon", "lng", "long"),
    "altitude": ("altitude", "elevation", "elev"),
    "timezone": ("timezone", "time zone", "tz", "utc offset"),
}
_MEANT = {
    "latitude": "degrees, north positive",
    "longitude": "degrees, east positive",
    "altitude": "metres above the sea",
    "timezone": "hours east of Greenwich, as in -5",
}
_LOOKED_AT = 60
_MISSING = (-9999.0, -999.0, -9900.0)


def recognises(lines: list[str]) -> bool:
    """Whether a line near the top names columns of sun and of time."""
    return _title_line(lines) is not None


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of a plain CSV. Raises InputError with everything that lacks in head and columns."""
    start = _title_line(lines) or 0
    head: dict[str, str] = {}
    for line in lines[:start]:
        key, _, value = line.lstrip("# ").replace(":", ",", 1).partition(",")
        head[key.strip(' "').lower()] = value.strip(' ,"')
    titles = cells_of(lines[start])
    at = places_of(titles)
    body, line_of = numbered(lines[start + 1 :], start + 2, file)
    moments = _moments(body, line_of, titles, at, file)
    told = {
        name: next(
            (number(head[key].replace(",", ".").partition(" ")[0]) for key in keys if key in head),
            float("nan"),
        )
        for name, keys in _HEAD.items()
    }
    if np.isnan(told["timezone"]):
        told["timezone"] = moments.zone
    derived = next((name for name in ("ghi", "dhi", "dni") if name not in at), "")
    faults = [*moments.faults, *_head_faults(told, file)]
    faults += _title_faults(titles, at, derived, Place(file, start + 1))
    named_by, begins = _named_by(head, moments)
    if named_by not in ("begin", "middle", "end"):
        faults.append(InputFault(Place(file), f"hours, {named_by}", "begin, middle or end"))
    if faults:
        raise InputError(faults)
    units = {name: known_name(titles[at[name]])[1] for name in VALUES if name in at}
    hours = hours_of(
        TimedRows(
            begins,
            line_of,
            read_values(body, at, units, _MISSING),
            moments.zone if np.isfinite(moments.zone) else told["timezone"],
            file,
        ),
        told["timezone"],
    )
    spot = f"{told['latitude']:g}, {told['longitude']:g}"
    assumed = "" if "hours" in head else ", which the file does not say"
    return WeatherTable(
        format=NAME,
        place=head.get("place", head.get("name", "")) or spot,
        typical=hours.typical,
        latitude=told["latitude"],
        longitude=told["longitude"],
        altitude=told["altitude"],
        timezone=told["timezone"],
        zone=hours.zone,
        line=hours.line,
        year=hours.year,
        month=hours.month,
        day=hours.day,
        hour=hours.hour,
        reading=FileReading(
            minute=30.0,
            derived=derived,
            faults=hours.faults,
            notes=(f"stamps name the {named_by} of their row{assumed}", *hours.notes),
        ),
        **hours.values,
    )


def _title_line(lines: list[str]) -> int | None:
    """Index of the line that names columns, if there is one."""
    for index, line in enumerate(lines[:_LOOKED_AT]):
        if line.count(",") < 3:
            continue
        names = places_of(cells_of(line))
        if len(names.keys() & set(SUN)) >= 1 and (
            "time" in names or {"month", "hour"} <= set(names)
        ):
            return index
    return None


@dataclass(frozen=True, eq=False)
class _Moments:
    """Stamps of the rows, -1 for what is none; the zone that they name [h], NaN for none."""

    parts: RowTimes
    zone: float
    faults: tuple[InputFault, ...]


def _moments(body: Rows, line: Ints, titles: list[str], at: dict[str, int], file: str) -> _Moments:
    """Year, month, day, hour and minute of every row, from one stamp or from columns of their
    own.
    """
    if "time" not in at or {"month", "hour"} <= at.keys():
        year, month, day, hour, minute = (
            whole(column(body, at[part])) if part in at else np.full(len(body), other)
            for part, other in (
                ("year", 2001),
                ("month", -1),
                ("day", -1),
                ("hour", -1),
                ("minute", 0),
            )
        )
        return _Moments(RowTimes(year, month, day, hour, minute), float("nan"), ())
    parsed = [_moment(row[at["time"]]) if at["time"] < len(row) else None for row in body]
    parts = np.array(
        [(m.year, m.month, m.day, m.hour, m.minute) if m else (-1,) * 5 for m in parsed],
        dtype=np.int64,
    ).reshape(-1, 5)
    faults = []
    unread = [row for row, moment in enumerate(parsed) if moment is None]
    if unread:
        cell = body[unread[0]][at["time"]][:40] if at["time"] < len(body[unread[0]]) else ""
        found = f"`{cell}` is no moment" + (f"; nor in {len(unread):,} rows" if unread[1:] else "")
        fix = "Day and month of 01/02/2019 could be either."
        place = Place(file, int(line[unread[0]]))
        faults.append(InputFault(place, found, "2019-02-01 00:00", fix))
    offsets = {moment.utcoffset() for moment in parsed if moment}
    if len(offsets) > 1:
        found = f"stamps name {len(offsets)} time zones"
        fix = "Daylight saving? Write standard time, or UTC, all year."
        faults.append(InputFault(Place(file), found, "one time zone", fix))
    offset = next(iter(offsets)) if len(offsets) == 1 else None
    if offset is None and "utc" in titles[at["time"]].lower():
        offset = timedelta(0)
    zone = float("nan") if offset is None else offset / timedelta(hours=1)
    year, month, day, hour, minute = (np.ascontiguousarray(part) for part in parts.T)
    return _Moments(RowTimes(year, month, day, hour, minute), zone, tuple(faults))


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        return None


def _named_by(head: dict[str, str], moments: _Moments) -> tuple[str, RowTimes]:
    """What a stamp names of its row (begin, middle or end) and the stamps of the beginnings.

    Where the head does not say: the end, if the first is an hour after a year began and the last at
    the beginning of one; else the beginning, or the middle at minute 30 of hourly rows.
    """
    year, month, day, hour, minute = moments.parts
    count = len(year)
    hourly = len(np.unique(minute)) == 1
    by_end = count > 1 and (month[0], day[0], hour[0], minute[0]) == (1, 1, 1, 0)
    by_end = by_end and (month[-1], day[-1], hour[-1]) in ((1, 1, 0), (12, 31, 24))
    guess = "end" if by_end else "middle" if hourly and count and minute[0] == 30 else "begin"
    told = head.get("hours", guess).strip().lower()
    told = {"beginning": "begin", "start": "begin", "ending": "end"}.get(told, told)
    if told == "middle" and hourly:
        minute = np.zeros_like(minute)
    if told != "end" or not count:
        return told, RowTimes(year, month, day, hour, minute)
    step = 60 // max(1, len(np.unique(minute)))
    known = (year > 0) & (month >= 1) & (month <= 12) & (day >= 1) & (hour >= 0) & (minute >= 0)
    days = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    ends = days.astype("datetime64[D]").astype("datetime64[m]") + (
        ((day - 1) * 24 + hour) * 60 + minute
    )
    begins = ends - np.timedelta64(step, "m")
    months, dates = begins.astype("datetime64[M]"), begins.astype("datetime64[D]")
    parts = (
        begins.astype("datetime64[Y]").astype(np.int64) + 1970,
        months.astype(np.int64) % 12 + 1,
        (dates - months.astype("datetime64[D]")).astype(np.int64) + 1,
        (begins - dates.astype("datetime64[m]")).astype(np.int64) // 60,
        (begins - begins.astype("datetime64[h]").astype("datetime64[m]")).astype(np.int64),
    )
    return told, RowTimes(*(np.where(known, part, -1) for part in parts))


def _head_faults(told: dict[str, float], file: str) -> list[InputFault]:
    return [
        InputFault(
            Place(file, 1),
            f"does not say its {name}",
            _MEANT[name],
            f"Write a line `{name}, NUMBER` above the columns.",
        )
        for name, value in told.items()
        if np.isnan(value)
    ]


def _title_faults(
    titles: list[str], at: dict[str, int], derived: str, place: Place
) -> list[InputFault]:
    """Columns that lack, that stand twice, or that have no unit or an unknown one."""
    lacks = [name for name in ("drybulb", "wind") if name not in at]
    if sum(name in at for name in SUN) < 2:
        lacks.append("two of ghi, dni and dhi")
    if derived == "dni":
        lacks.append("dni (ghi and dhi alone fix it badly at a low sun)")
    faults = []
    if lacks:
        fix = "A typical year or reanalysis has them."
        faults.append(InputFault(place, f"lacks {', '.join(lacks)}", "a column of each", fix))
    for name in VALUES:
        twice = [title for title in titles if known_name(title)[0] == name]
        if len(twice) > 1:
            found = f"columns {' and '.join(twice)} both mean {name}"
            faults.append(InputFault(place, found, "one column"))
        unit = known_name(twice[0])[1] if twice else ""
        if twice and unit not in units_of(name):
            found = f"column `{twice[0]}` has {'the unit ' + unit if unit else 'no unit'}"
            example = f"{name} [{next(iter(units_of(name)))}]"
            meant = f"one of {', '.join(units_of(name))}"
            faults.append(InputFault(place, found, meant, f"Write `{example}`."))
    return faults
