"""NSRDB (PSM) CSV: a line of names, a line of values, a line of columns; rows every 5 to 60
minutes, averaged to hours.

Source of the layout: NREL, National Solar Radiation Database, "Download file formats",
nsrdb.nrel.gov.
"""

from __future__ import annotations

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import column, missing_column, number, split, whole
from headrace.energy.weather.readers.table import WeatherTable
from headrace.energy.weather.series import HOURS

NAME = "NSRDB"

_COLUMNS = {
    "ghi": "GHI",
    "dni": "DNI",
    "dhi": "DHI",
    "drybulb": "Temperature",
    "dewpoint": "Dew Point",
    "humidity": "Relative Humidity",
    "pressure": "Pressure",
    "wind": "Wind Speed",
}
_NEEDED = (
    "Year",
    "Month",
    "Day",
    "Hour",
    "Minute",
    "GHI",
    "DNI",
    "DHI",
    "Temperature",
    "Wind Speed",
)
_MISSING = (-9999.0,)


def recognises(lines: list[str]) -> bool:
    """Whether the first line names the metadata of the NSRDB."""
    return (
        len(lines) > 2
        and lines[0].startswith("Source,Location ID")
        and lines[2].startswith("Year,Month,Day,Hour,Minute")
    )


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of an NSRDB file.

    Raises InputError where columns lack or the rows do not divide the hour evenly.
    """
    keys, told = (next(iter(split(lines[row : row + 1], file)), []) for row in (0, 1))
    head = dict(zip(keys, told))
    names, body = [name.strip() for name in split(lines[2:3], file)[0]], split(lines[3:], file)
    absent = [name for name in _NEEDED if name not in names]
    if absent:
        raise InputError(
            InputFault(
                Place(file, 3), f"lacks the columns {', '.join(absent)}", "the columns of the NSRDB"
            )
        )
    # rows in an hour, from the minutes that the first day names
    at = {name: names.index(name) for name in _NEEDED}
    per_hour = max(1, len({row[at["Minute"]] for row in body[:24] if len(row) > at["Minute"]}))
    if len(body) % per_hour:
        found = f"{len(body):,} rows of {per_hour} in an hour"
        raise InputError(
            InputFault(Place(file), found, "whole hours", "Are rows missing at the end?")
        )
    values = {}
    for key, title in _COLUMNS.items():
        if title in names:
            rows = column(body, names.index(title), _MISSING)
            values[key] = np.asarray(rows.reshape(-1, per_hour).mean(axis=1))
        else:
            values[key] = missing_column(range(len(body) // per_hour))
    values["humidity"] = values["humidity"] / 100.0
    year, month, day, hour = (
        whole(column(body, at[name]))[::per_hour] for name in ("Year", "Month", "Day", "Hour")
    )
    zone = number(head.get("Time Zone", "nan"))
    local = number(head.get("Local Time Zone", head.get("Time Zone", "nan")))
    named = [head.get(name, "").strip(' "-') for name in ("City", "State", "Country")]
    coordinates = f"{head.get('Latitude', '?')}, {head.get('Longitude', '?')}"
    return WeatherTable(
        format=NAME,
        place=", ".join(part for part in named if part) or coordinates,
        typical=len(set(year.tolist())) > 1 and len(body) == HOURS * per_hour,
        latitude=number(head.get("Latitude", "nan")),
        longitude=number(head.get("Longitude", "nan")),
        altitude=number(head.get("Elevation", "nan")),
        timezone=local,
        shift=int(local - zone) if np.isfinite(local - zone) else 0,
        line=4,
        year=year,
        month=month,
        day=day,
        hour=hour,
        **values,
    )
