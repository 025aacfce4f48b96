"""EnergyPlus weather (EPW): eight header lines, 35 columns, hours named by their end (1 to 24),
local standard time.

Source of the layout: EnergyPlus documentation, Auxiliary Programs, "EnergyPlus Weather File (EPW)
Data Dictionary".
"""

from __future__ import annotations

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers.cells import cells_of, column, number, numbered, whole
from headrace.energy.weather.readers.table import FileReading, WeatherTable

NAME = "EPW"

# name -> (column, missing codes)
_COLUMNS = {
    "ghi": (13, (9999.0,)),
    "dni": (14, (9999.0,)),
    "dhi": (15, (9999.0,)),
    "drybulb": (6, (99.9,)),
    "dewpoint": (7, (99.9,)),
    "humidity": (8, (999.0,)),
    "pressure": (9, (999999.0,)),
    "wind": (21, (999.0,)),
}
_TYPICAL_SOURCES = ("TMY", "TRY", "IWEC", "CWEC", "TYP", "CSWD", "RMY", "SWERA")


def recognises(lines: list[str]) -> bool:
    """Whether the file begins with a LOCATION line that holds the place, not names of columns."""
    head = [cell.lower() for cell in cells_of(lines[0])] if lines else []
    return head[:1] == ["location"] and "lat" not in head and "latitude" not in head


def parse(lines: list[str], file: str) -> WeatherTable:
    """The rows of an EPW file. A file whose rows carry one calendar year and a data period saying
    so is still called typical unless its source field names no typical year. Raises InputError
    where the header is too short.
    """
    head = cells_of(lines[0])
    if len(head) < 10 or len(lines) < 9:
        raise InputError(
            InputFault(
                Place(file, 1),
                f"has {len(lines)} lines and {len(head)} header fields",
                "8 header lines, 10 fields",
            )
        )
    body, line = numbered(lines[8:], 9, file)
    values = {name: column(body, index, missing) for name, (index, missing) in _COLUMNS.items()}
    values["humidity"] = values["humidity"] / 100.0
    values["pressure"] = values["pressure"] / 100.0
    year = whole(column(body, 0))
    source = head[4].strip()
    # months from several years are typical; one year alone only where the source says so
    typical = len(set(year.tolist())) != 1 or any(
        word in source.upper() for word in _TYPICAL_SOURCES
    )
    return WeatherTable(
        format=f"{NAME}, {source}" if source else NAME,
        place=", ".join(part.strip() for part in head[1:4] if part.strip(" -")),
        typical=typical,
        latitude=number(head[6]),
        longitude=number(head[7]),
        altitude=number(head[9]),
        timezone=number(head[8]),
        zone=number(head[8]),
        reading=FileReading(),
        line=line,
        year=year,
        month=whole(column(body, 1)),
        day=whole(column(body, 2)),
        hour=whole(column(body, 3)) - 1,
        **values,
    )
