"""TMY3 of the National Renewable Energy Laboratory: two header lines, 68 or 71 columns, hours named
by their end.

Source of the layout: Wilcox and Marion, Users Manual for TMY3 Data Sets, NREL/TP-581-43156 (2008).
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import cells_of, column, number, numbered, whole
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "TMY3"

_MISSING = (-9900.0,)
_COLUMNS = {
    "ghi": "GHI (W/m^2)",
    "dni": "DNI (W/m^2)",
    "dhi": "DHI (W/m^2)",
    "drybulb": "Dry-bulb (C)",
    "dewpoint": "Dew-point (C)",
    "humidity": "RHum (%)",
    "pressure": "Pressure (mbar)",
    "wind": "Wspd (m/s)",
}


def recognises(lines: list[str]) -> bool:
    """Whether the second line is the column line of a TMY3 file."""
    names = [cell.lower() for cell in cells_of(lines[1])[:2]] if len(lines) > 1 else []
    return names == ["date (mm/dd/yyyy)", "time (hh:mm)"]


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of a TMY3 file. Raises InputError where header or columns are not those of TMY3."""
    head = cells_of(lines[0])
    names = [name.lower() for name in cells_of(lines[1])]
    body, line = numbered(lines[2:], 3, file)
    absent = [title for title in _COLUMNS.values() if title.lower() not in names]
    if len(head) < 7 or absent:
        raise InputError(
            InputFault(
                Place(file, 1),
                f"lacks {', '.join(absent) or 'parts of its header'}",
                "the columns of TMY3",
            )
        )
    values = {
        key: column(body, names.index(title.lower()), _MISSING) for key, title in _COLUMNS.items()
    }
    values["humidity"] = values["humidity"] / 100.0
    stamps: Floats = np.array([_month_day_year_hour(row) for row in body]).reshape(-1, 4)
    return WeatherTable(
        format=NAME,
        place=f"{head[1].strip().title()}, {head[2].strip()}",
        typical=True,
        latitude=number(head[4]),
        longitude=number(head[5]),
        altitude=number(head[6]),
        timezone=number(head[3]),
        zone=number(head[3]),
        reading=FileReading(),
        line=line,
        year=whole(stamps[:, 2]),
        month=whole(stamps[:, 0]),
        day=whole(stamps[:, 1]),
        hour=whole(stamps[:, 3] - 1.0),
        **values,
    )


def _month_day_year_hour(row: list[str]) -> tuple[float, float, float, float]:
    """MM/DD/YYYY, or YYYY-MM-DD as a spreadsheet saves it, and the hour's end [h] as HH:MM, 01:00
    to 24:00; NaN where there is none.
    """
    date = row[0].strip().split("/") if row else []
    if row and len(iso := row[0].strip().split("-")) == 3:
        date = [iso[1], iso[2], iso[0]]
    clock = row[1].split(":") if len(row) > 1 else []
    if len(date) != 3 or len(clock) not in (2, 3):
        return (np.nan, np.nan, np.nan, np.nan)
    return number(date[0]), number(date[1]), number(date[2]), number(clock[0])
