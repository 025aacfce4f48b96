"""NSRDB (PSM) CSV: a line of names, a line of values, a line of columns; rows every 5 to 60
minutes, averaged to hours.

Source of the layout: NREL, National Solar Radiation Database, "Download file formats",
nsrdb.nrel.gov.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import Rows, column, missing_column, number, split, whole
from headrace.energy.weather.readers.table import WeatherTable

NAME = "NSRDB"

_COLUMNS = {
    "ghi": "GHI", "dni": "DNI", "dhi": "DHI", "drybulb": "Temperature", "dewpoint": "Dew Point",
    "humidity": "Relative Humidity", "pressure": "Pressure", "wind": "Wind Speed",
}  # fmt: skip
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
    per_hour = _per_hour(body, names, file)
    values = {key: _hourly(body, names, title, per_hour) for key, title in _COLUMNS.items()}
    values["humidity"] = values["humidity"] / 100.0
    dates = {name: _first(body, names, name, per_hour) for name in ("Year", "Month", "Day", "Hour")}
    zone, local = (
        number(head.get("Time Zone", "nan")),
        number(head.get("Local Time Zone", head.get("Time Zone", "nan"))),
    )
    shift = int(local - zone) if np.isfinite(local - zone) else 0
    return WeatherTable(
        format=NAME, place=_place(head), typical=len(set(dates["Year"].tolist())) > 1 and len(body) == 8760 * per_hour,
        latitude=number(head.get("Latitude", "nan")), longitude=number(head.get("Longitude", "nan")),
        altitude=number(head.get("Elevation", "nan")), timezone=local, shift=shift, line=4,
        year=dates["Year"], month=dates["Month"], day=dates["Day"], hour=dates["Hour"], **values,
    )  # fmt: skip


def _place(head: dict[str, str]) -> str:
    named = [head.get(name, "").strip(' "-') for name in ("City", "State", "Country")]
    return (
        ", ".join(part for part in named if part)
        or f"{head.get('Latitude', '?')}, {head.get('Longitude', '?')}"
    )


def _per_hour(body: Rows, names: list[str], file: str) -> int:
    """Rows in an hour, from the minutes of the file.

    Raises InputError where hours have differing numbers of rows.
    """
    minutes = {
        cell for row in body[:24] for cell in row[names.index("Minute") : names.index("Minute") + 1]
    }
    per_hour = max(1, len(minutes))
    if len(body) % per_hour:
        found = f"{len(body):,} rows of {per_hour} in an hour"
        raise InputError(
            InputFault(Place(file), found, "whole hours", "Are rows missing at the end?")
        )
    return per_hour


def _hourly(body: Rows, names: list[str], title: str, per_hour: int) -> Floats:
    if title not in names:
        return missing_column(range(len(body) // per_hour))
    return np.asarray(column(body, names.index(title), _MISSING).reshape(-1, per_hour).mean(axis=1))


def _first(body: Rows, names: list[str], title: str, per_hour: int) -> Ints:
    return whole(column(body, names.index(title)))[::per_hour]
