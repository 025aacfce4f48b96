"""NASA POWER, hourly, as CSV: a header between `-BEGIN HEADER-` and `-END HEADER-`, then columns
by the names of POWER; local solar time or UTC.

Source of the layout: NASA Langley Research Center, POWER Project, "Hourly API" documentation,
power.larc.nasa.gov.
"""

from __future__ import annotations

import re

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import cells_of, column, numbered, whole
from headrace.energy.weather.readers.hours import RowTimes, TimedRows, hours_of
from headrace.energy.weather.readers.named import (
    SUN,
    VALUES,
    places_of,
    plain_unit,
    read_values,
    units_of,
)
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "NASA POWER"

_UNITS = dict.fromkeys(SUN, "w/m2") | {
    "drybulb": "c", "dewpoint": "c", "humidity": "%", "pressure": "kpa", "wind": "m/s",
}  # fmt: skip
_TITLES = {
    "year": "YEAR", "month": "MO", "day": "DY", "hour": "HR", "ghi": "ALLSKY_SFC_SW_DWN",
    "dni": "ALLSKY_SFC_SW_DNI", "dhi": "ALLSKY_SFC_SW_DIFF", "drybulb": "T2M", "wind": "WS10M",
}  # fmt: skip
_NUMBER = r"\s*:?=?\s*(-?\d+(?:\.\d+)?)"


def recognises(lines: list[str]) -> bool:
    """Whether the file begins with the header of POWER."""
    return bool(lines) and lines[0].strip(' ",').upper() == "-BEGIN HEADER-"


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of a POWER file. Raises InputError where header or columns lack."""
    end = next(
        (i for i, line in enumerate(lines) if line.strip(' ",').upper() == "-END HEADER-"), None
    )
    if end is None or len(lines) <= end + 1:
        raise InputError(InputFault(Place(file), "its header does not end", "a line -END HEADER-"))
    header = "\n".join(lines[:end])
    at = places_of(cells_of(lines[end + 1]))
    derived = next((name for name in ("ghi", "dhi") if name not in at), "")
    absent = [title for name, title in _TITLES.items() if name not in at and name != derived]
    if absent:
        fix = "Ask POWER for hourly values of these, with T2MDEW or RH2M, and PS."
        found = f"lacks the columns {', '.join(absent)}"
        raise InputError(InputFault(Place(file, end + 2), found, "hourly values", fix))
    body, line = numbered(lines[end + 2 :], end + 3, file)
    missing = _told(header, r"missing[^\n]*?")
    longitude = _told(header, r"\bLongitude")
    solar = re.search(r"\b(LST|local solar time)\b", header, re.IGNORECASE) is not None
    nautical = float(round(longitude / 15.0)) if np.isfinite(longitude) else float("nan")
    units = dict(_UNITS)
    for name in (name for name in VALUES if name in at):
        # the unit stands in the last brackets of what the header says of a parameter
        title = re.escape(cells_of(lines[end + 1])[at[name]])
        known = re.search(rf"^\s*\"?{title}\b[^\n]*\(([^()\n]*)\)[^()\n]*$", header, re.M)
        unit = plain_unit(known[1]) if known else ""
        if unit in units_of(name):
            units[name] = unit
    hours = hours_of(
        TimedRows(
            RowTimes(
                **{
                    part: whole(column(body, at[part])) for part in ("year", "month", "day", "hour")
                },
                minute=np.full(len(body), 30),
            ),
            line=line,
            values=read_values(body, at, units, (-999.0, -9999.0, missing)),
            zone=nautical if solar else 0.0,
            file=file,
        ),
        nautical,
    )
    latitude = _told(header, r"\bLatitude")
    clock = "local solar time" if solar else "UTC"
    return WeatherTable(
        format=NAME,
        place=f"{latitude:g}, {longitude:g}",
        typical=hours.typical,
        latitude=latitude,
        longitude=longitude,
        altitude=_told(header, r"Elevation[^\n]*?(?:=|region:?)"),
        zone=hours.zone,
        timezone=nautical,
        line=hours.line,
        year=hours.year,
        month=hours.month,
        day=hours.day,
        hour=hours.hour,
        reading=FileReading(
            minute=30.0,
            derived=derived,
            faults=hours.faults,
            notes=(f"rows in {clock}; the time zone is the nautical one", *hours.notes),
        ),
        **hours.values,
    )


def _told(header: str, name: str) -> float:
    """The number [its own unit] that follows a name in the header; NaN where there is none."""
    found = re.search(name + _NUMBER, header, re.IGNORECASE)
    return float(found[1]) if found else float("nan")
