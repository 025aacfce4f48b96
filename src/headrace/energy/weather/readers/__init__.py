"""Readers of weather files: TMY3, TM2, EPW, PVGIS, NSRDB. Each turns text into a `Table`;
`assemble` makes years of it.

The format is recognised by the file's first lines, not by its name. Nothing here needs pandas.
"""

from __future__ import annotations

from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers import epw, nsrdb, pvgis, tm2, tmy3
from headrace.energy.weather.readers.table import assemble
from headrace.energy.weather.series import Weather

LARGEST = 200_000_000
"""Largest weather file that is read [bytes]: twenty years of five-minute rows."""

FORMATS = (tmy3, tm2, epw, pvgis, nsrdb)
"""Modules with `NAME`, `recognises(lines)` and `parse(lines, file) -> Table`."""


def read(file: Path) -> tuple[Weather, ...]:
    """Every year of a weather file. Raises InputError with all problems of the file."""
    place = Place(str(file))
    try:
        if file.stat().st_size > LARGEST:
            found = f"is larger than {LARGEST // 1_000_000} MB"
            raise InputError(InputFault(place, found, "one weather file"))
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        found = f"cannot be read: {error.strerror or error}"
        raise InputError(InputFault(place, found)) from error
    for form in FORMATS:
        if form.recognises(lines):
            return assemble(form.parse(lines, str(file)), str(file))
    known = ", ".join(form.NAME for form in FORMATS)
    raise InputError(InputFault(place, "is not a weather file that we know", known))
