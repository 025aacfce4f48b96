"""Weather of a site, hour by hour: sun, temperature, wind. The rooms below take it from here and
nowhere else.

`station("tmy3:723170")` is a station of the pvlib wheel and needs no network;
`station("my/file.epw")` is the user's own file (TMY3, TM2, EPW, PVGIS, NSRDB, SAM CSV, NASA
POWER, plain CSV),
`station("years.csv#2019")` one year of a file of several, and `station("pvgis:36.1,-79.95")` a
typical year that `headrace fetch weather` has put into the cache.

Hours begin: element 0 is the hour from 00:00 to 01:00 local standard time on 1 January. There is no
daylight saving.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.download import cached_station
from headrace.energy.weather.readers import read
from headrace.energy.weather.record import Weather

BUNDLED = {
    "tmy3:723170": ("723170TYA.CSV", "Greensboro, North Carolina"),
    "tmy3:703165": ("703165TY.csv", "Sand Point, Alaska"),
    "tm2:12839": ("12839.tm2", "Miami, Florida"),
}
"""Stations that travel in the pvlib wheel: key -> (file, place)."""


def station(key: str, folder: Path | None = None) -> Weather:
    """The weather that a study calls `key`: a bundled station, or a file (relative to `folder`),
    `#year` choosing a year.

    Raises InputError for an unknown key, an unreadable file, missing rows, or values no weather can
    have.
    """
    if key in BUNDLED:
        return _bundled(key)
    if key.startswith("pvgis:"):
        return cached_station(key)
    path, _, year = key.partition("#")
    file = (folder or Path()) / path
    if not file.is_file():
        near = get_close_matches(key, BUNDLED, n=1)
        fix = (
            f"Did you mean `{near[0]}`?"
            if near
            else f"Known stations: {', '.join(BUNDLED)}; or give a file."
        )
        raise InputError(
            InputFault(Place(), f"`{key}` is neither a bundled station nor a file", fix=fix)
        )
    years = read(file)
    if not year and len(years) == 1:
        return years[0]
    actual = {str(weather.years[0]): weather for weather in years if not weather.typical}
    if year in actual:
        return actual[year]
    found = f"has no year {year}" if year else "holds several years"
    known = f"one of: {', '.join(actual) or 'one typical year only'}"
    fix = f"Write for example `{file.name}#{years[-1].years[0]}`."
    raise InputError(InputFault(Place(str(file)), found, known, fix))


@lru_cache(maxsize=8)
def _bundled(key: str) -> Weather:
    name, place = BUNDLED[key]
    spec = find_spec("pvlib")  # finds the folder without importing pvlib, which would bring pandas
    if spec is None or spec.origin is None:
        raise InputError(
            InputFault(
                Place(),
                f"`{key}` travels in the pvlib wheel, which is not installed",
                fix="pip install pvlib",
            )
        )
    # the check against the sun would import pandas for a file that cannot change
    weather = read(Path(spec.origin).parent / "data" / name, vetted=True)[0]
    return replace(weather, key=key, place=place, label=weather.label.replace(weather.place, place))
