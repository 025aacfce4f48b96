"""NSRDB (PSM) CSV and SAM CSV: a line of names, a line of values, a line of columns; rows every 5
to 60 minutes, averaged to hours.

Sources of the layout: NREL, National Solar Radiation Database, "Download file formats",
nsrdb.nrel.gov; NREL, System Advisor Model, help, "Weather File Formats", SAM CSV (also its older
form that begins with `Location,City`).
"""

from __future__ import annotations

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import (
    cells_of,
    column,
    number,
    numbered,
    whole,
)
from headrace.energy.weather.readers.hours import RowTimes, TimedRows, hours_of
from headrace.energy.weather.readers.named import SUN, VALUES, places_of, read_values
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "NSRDB"

_TITLES = {
    "year": "Year", "month": "Month", "day": "Day", "hour": "Hour", "ghi": "GHI", "dni": "DNI",
    "dhi": "DHI", "drybulb": "Temperature", "wind": "Wind Speed",
}  # fmt: skip
_UNITS = dict.fromkeys(SUN, "w/m2") | {
    "drybulb": "c", "dewpoint": "c", "humidity": "%", "pressure": "hpa", "wind": "m/s",
}  # fmt: skip
_MISSING = (-9999.0, -999.0)
_TYPICAL = ("tmy", "tgy", "tdy", "typical")


def recognises(lines: list[str]) -> bool:
    """Whether the first line names metadata and the third the columns of the time."""
    if len(lines) < 3:
        return False
    keys = _keys(lines[0])
    names = places_of(cells_of(lines[2]))
    return bool(
        keys[:1] in (["source"], ["location"])
        and {"latitude", "lat"} & set(keys)
        and ("year" in names or "month" in names)
    )


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of an NSRDB or SAM file.

    Raises InputError where columns lack or the rows do not divide the hour evenly.
    """
    head = dict(zip(_keys(lines[0]), cells_of(lines[1])))
    at = places_of(cells_of(lines[2]))
    derived = next((name for name in ("ghi", "dhi") if name not in at), "")
    absent = [title for name, title in _TITLES.items() if name not in at and name != derived]
    if absent:
        raise InputError(
            InputFault(
                Place(file, 3),
                f"lacks the columns {', '.join(absent)}",
                "the columns of the NSRDB or of SAM",
            )
        )
    body, line = numbered(lines[3:], 4, file)
    time = {part: whole(column(body, at[part])) for part in ("year", "month", "day", "hour")}
    notes = []
    if (time["hour"] == 24).any() and not (time["hour"] == 0).any():
        time["hour"] = time["hour"] - 1
        notes.append("hours are 1 to 24: read as named by their end")
    if "minute" not in at:
        notes.append("no minute is given: rows are read as means of their hour")
    minute = whole(column(body, at["minute"])) if "minute" in at else np.full(len(body), 30)
    zone = _told(head, "time zone", "timezone", "tz")
    local = _told(head, "local time zone", "time zone", "timezone", "tz")
    source = head.get("source", "").strip()
    hours = hours_of(
        TimedRows(
            RowTimes(**time, minute=minute),
            line=line,
            values=read_values(body, at, {name: _UNITS[name] for name in VALUES}, _MISSING),
            zone=zone,
            file=file,
        ),
        local,
        any(word in source.lower() for word in _TYPICAL),
    )
    latitude, longitude = _told(head, "latitude", "lat"), _told(head, "longitude", "lng", "lon")
    named = [head.get(name, "").strip(' "-') for name in ("city", "state", "region", "country")]
    return WeatherTable(
        format=NAME if source.upper().startswith(NAME) else f"SAM CSV, {source}".rstrip(", "),
        place=", ".join(part for part in named if part) or f"{latitude:g}, {longitude:g}",
        typical=hours.typical,
        latitude=latitude,
        longitude=longitude,
        altitude=_told(head, "elevation", "elev", "altitude"),
        zone=hours.zone,
        timezone=local,
        line=hours.line,
        year=hours.year,
        month=hours.month,
        day=hours.day,
        hour=hours.hour,
        reading=FileReading(
            minute=hours.minute,
            derived=derived,
            faults=hours.faults,
            notes=(*notes, *hours.notes),
        ),
        **hours.values,
    )


def _keys(line: str) -> list[str]:
    return [cell.lower() for cell in cells_of(line)]


def _told(head: dict[str, str], *names: str) -> float:
    """A number of the metadata under the first of its names [degree, m or h]; NaN where none is."""
    return next((number(head[name]) for name in names if name in head), float("nan"))
