"""Readers of weather files. Each turns text into a `WeatherTable`; `assemble` makes years of it.

text            bytes to lines: UTF-16, semicolons, decimal commas, quotes
cells           cells of text to numbers
named           columns by their names and units
hours           rows of 5 to 60 minutes to hours
tmy3, tm2, epw, pvgis, nsrdb (and SAM CSV), power (NASA), plain (CSV)    one format each
calendar_check  rows missing, doubled, out of order
table           checked rows to years of 8,760 hours

The format is recognised by the file's first lines, not by its name. Nothing here needs pandas, but
the check against the sun does.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes
from headrace.energy.weather.readers import epw, nsrdb, plain, power, pvgis, tm2, tmy3
from headrace.energy.weather.readers.table import assemble
from headrace.energy.weather.readers.text import comma_separated, decode
from headrace.energy.weather.record import Weather

LARGEST = 200_000_000
"""Largest weather file that is read [bytes]: twenty years of five-minute rows."""

FORMATS = (tmy3, tm2, epw, pvgis, nsrdb, power, plain)
"""Modules with `NAME`, `recognises(lines)` and `parse(lines, file) -> Table`."""


def read(file: Path, *, vetted: bool = False) -> tuple[Weather, ...]:
    """Every year of a weather file. vetted: a station of a package, whose sun a test has checked,
    is not checked again.

    Raises InputError with all problems of the file.
    """
    place = Place(str(file))
    content = read_bytes(file, LARGEST, "one weather file")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        fix = "Unpack it, or save the sheet as CSV."
        raise InputError(InputFault(place, "is a workbook or an archive", "text", fix))
    lines, notes = comma_separated(decode(content))
    for form in FORMATS:
        if form.recognises(lines):
            table = form.parse(lines, str(file))
            reading = replace(table.reading, notes=(*notes, *table.reading.notes))
            return assemble(replace(table, reading=reading), str(file), check=not vetted)
    known = ", ".join(form.NAME for form in FORMATS)
    start = " | ".join(line[:50] for line in lines[:3]) or "nothing"
    found = f"is not a weather file that we know; it begins `{start}`"
    fix = (
        "A plain CSV needs lines `latitude, 36.1`, `longitude, -79.95`, `altitude, 273` and "
        "`timezone, -5`, then columns such as `time, ghi [W/m2], dni [W/m2], dhi [W/m2], "
        "drybulb [degC], humidity [%], wind [m/s]`."
    )
    raise InputError(InputFault(place, found, known, fix))
