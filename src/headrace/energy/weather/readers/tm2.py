"""TMY2 of the National Renewable Energy Laboratory: one header line, fixed columns, hours named by
their end.

Source of the layout: Marion and Urban, User's Manual for TMY2s, NREL/SP-463-7668 (1995), table 3-2.
"""

from __future__ import annotations

import re

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import number, whole
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "TMY2"

# station, city, state, time zone, latitude, longitude (degree and minute each), altitude
_HEADER = re.compile(
    r"^\s*(\d{5})\s+(.+?)\s+([A-Z]{2})\s+(-?\d{1,2})"
    r"\s+([NS])\s+(\d{1,2})\s+(\d{1,2})\s+([EW])\s+(\d{1,3})\s+(\d{1,2})\s+(-?\d{1,4})\s*$"
)
# name -> (first column counted from 0, end, factor, missing code)
_FIELDS = {
    "ghi": (17, 21, 1.0, 9999.0),
    "dni": (23, 27, 1.0, 9999.0),
    "dhi": (29, 33, 1.0, 9999.0),
    "drybulb": (67, 71, 0.1, 9999.0),
    "dewpoint": (73, 77, 0.1, 9999.0),
    "humidity": (79, 82, 0.01, 999.0),
    "pressure": (84, 88, 1.0, 9999.0),
    "wind": (95, 98, 0.1, 999.0),
}
_DATES = ((1, 3), (3, 5), (5, 7), (7, 9))  # year of the 1900s, month, day, end of the hour


def recognises(lines: list[str]) -> bool:
    """Whether the first line is the header of a TMY2 file and rows follow it."""
    return len(lines) > 1 and _HEADER.match(lines[0]) is not None


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of a TMY2 file. Raises InputError where the header cannot be read."""
    head = _HEADER.match(lines[0])
    if head is None:
        raise InputError(InputFault(Place(file, 1), "is not the header of a TMY2 file"))
    line = np.array([i + 2 for i, text in enumerate(lines[1:]) if text.strip()], dtype=np.int64)
    body = [text for text in lines[1:] if text.strip()]
    year, month, day, hour = (whole(_field(body, *span)) for span in _DATES)
    values = {}
    for name, (begin, end, factor, missing) in _FIELDS.items():
        raw = _field(body, begin, end)
        values[name] = np.where(raw == missing, np.nan, raw * factor)
    north, east = (1 if head[5] == "N" else -1), (1 if head[8] == "E" else -1)
    return WeatherTable(
        format=NAME,
        place=f"{head[2].title()}, {head[3]}",
        typical=True,
        latitude=north * (int(head[6]) + int(head[7]) / 60),
        longitude=east * (int(head[9]) + int(head[10]) / 60),
        altitude=float(head[11]),
        timezone=float(head[4]),
        zone=float(head[4]),
        reading=FileReading(),
        line=line,
        year=np.where(year >= 0, year + 1900, -1),
        month=month,
        day=day,
        hour=hour - 1,
        **values,
    )


def _field(body: list[str], begin: int, end: int) -> Floats:
    return np.array([number(line[begin:end]) for line in body], dtype=np.float64)
