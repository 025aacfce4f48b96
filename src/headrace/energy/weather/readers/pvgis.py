"""PVGIS of the Joint Research Centre: the typical year (`tmy`) as CSV or JSON, in UTC, hours named
by their beginning.

The hourly series (`seriescalc`) has no humidity, so no wet bulb can be had of it; it is refused in
words. Source of the layout: European Commission, PVGIS 5.3 user manual, "API non-interactive
service", 2024.
"""

from __future__ import annotations

import json

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import (
    Rows,
    cells_of,
    column,
    missing_column,
    number,
    numbered,
    whole,
)
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "PVGIS"

INSTANTS = 0.7
"""How far the clock of PVGIS may stand from the middle of the hour [h]: values are satellite
images of one moment of the hour, which differs by region.
"""

_COLUMNS = {
    "ghi": "G(h)",
    "dni": "Gb(n)",
    "dhi": "Gd(h)",
    "drybulb": "T2m",
    "humidity": "RH",
    "pressure": "SP",
    "wind": "WS10m",
}


def recognises(lines: list[str]) -> bool:
    """Whether the file begins like an answer of PVGIS, as CSV or JSON."""
    start = "\n".join(lines[:3])[:400]
    return start.startswith("Latitude (decimal degrees)") or (
        start.lstrip().startswith("{") and '"inputs"' in start
    )


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of a PVGIS typical year.

    Raises InputError for other PVGIS products and broken files.
    """
    read = _from_json if lines[0].lstrip().startswith("{") else _from_csv
    place, names, body, line = read(lines, file)
    absent = [title for title in _COLUMNS.values() if title not in names]
    if absent:
        fix = "Download the typical year (tmy); the hourly series has no humidity."
        raise InputError(
            InputFault(Place(file), f"lacks {', '.join(absent)}", "the columns of PVGIS tmy", fix)
        )
    values = {key: column(body, names.index(title)) for key, title in _COLUMNS.items()}
    values["humidity"] = values["humidity"] / 100.0
    values["pressure"] = values["pressure"] / 100.0
    stamps = [row[0] if row and len(row[0]) == 13 else "" for row in body]  # YYYYMMDD:HHMM
    year, month, day, hour = (
        whole(np.array([number(stamp[first:end]) for stamp in stamps], dtype=np.float64))
        for first, end in ((0, 4), (4, 6), (6, 8), (9, 11))
    )
    latitude, longitude, altitude = place
    # PVGIS knows no civil time zones; the nautical one keeps noon within half an hour.
    zone = round(longitude / 15.0) if np.isfinite(longitude) else 0
    return WeatherTable(
        format=NAME,
        place=f"{latitude:g}, {longitude:g}",
        typical=True,
        latitude=latitude,
        longitude=longitude,
        altitude=altitude,
        timezone=float(zone),
        zone=0.0,
        line=line,
        reading=FileReading(
            limit=INSTANTS, notes=("rows in UTC; the time zone is the nautical one",)
        ),
        year=year,
        month=month,
        day=day,
        hour=hour,
        dewpoint=missing_column(body),
        **values,
    )


Parsed = tuple[tuple[float, float, float], list[str], Rows, Ints]


def _from_csv(lines: list[str], file: str) -> Parsed:
    start = next(
        (i for i, line in enumerate(lines) if line.startswith(("time(UTC)", "time,"))), None
    )
    if start is None:
        raise InputError(
            InputFault(Place(file), "has no column line", "a line that begins with time(UTC)")
        )
    place = tuple(number(line.partition(":")[2].strip()) for line in lines[:3])
    end = next(
        (i for i in range(start + 1, len(lines)) if not lines[i].lstrip(' "')[:1].isdigit()),
        len(lines),
    )
    names = cells_of(lines[start])
    body, line = numbered(lines[start + 1 : end], start + 2, file)
    return (place[0], place[1], place[2]), names, body, line


def _from_json(lines: list[str], file: str) -> Parsed:
    try:
        answer = json.loads("\n".join(lines))
        spot = answer["inputs"]["location"]
        records = answer["outputs"]["tmy_hourly"]
        names = list(records[0])
        body = [[str(record.get(name, "")) for name in names] for record in records]
        place = (float(spot["latitude"]), float(spot["longitude"]), float(spot["elevation"]))
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        fix = "Download the typical year (tmy) as JSON or CSV."
        raise InputError(
            InputFault(
                Place(file), f"is not a PVGIS typical year: {type(error).__name__} {error}", fix=fix
            )
        ) from error
    return place, names, body, np.arange(1, len(body) + 1)
