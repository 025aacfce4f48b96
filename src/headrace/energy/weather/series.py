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
from headrace.core.study_lock import locked_file
from headrace.energy.weather.download import cached_path, cached_station
from headrace.energy.weather.readers import read
from headrace.energy.weather.record import Weather
from headrace.energy.weather.years import DRAWN, resampled_year

BUNDLED = {
    "tmy3:723170": ("723170TYA.CSV", "Greensboro, North Carolina"),
    "tmy3:703165": ("703165TY.csv", "Sand Point, Alaska"),
    "tm2:12839": ("12839.tm2", "Miami, Florida"),
}
"""Stations that travel in the pvlib wheel: key -> (file, place)."""


def station(key: str, folder: Path | None = None) -> Weather:
    """The weather that a study calls `key`: a bundled station, or a file (relative to `folder`),
    `#year` choosing a year; `~SEED.YEAR` after either draws one from its days (`years.py`).

    Raises InputError for an unknown key, an unreadable file, missing rows, or values no weather can
    have.
    """
    if key in BUNDLED:
        return _bundled(key)
    if (drawn := DRAWN.fullmatch(key)) is not None and not named_file(key, folder)[0].is_file():
        base, seed, number = drawn.groups()
        return resampled_year(station(base, folder), int(seed), int(number))
    if key.startswith("pvgis:"):
        copy = locked_file(key, folder)
        return cached_station(key) if copy is None else replace(read(copy)[0], key=key)
    file, year = named_file(key, folder)
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
    # named as the study names it: a copy in a run folder, or another folder, gives the same plan
    years = [replace(weather, key=key) for weather in read(file)]
    if not year and len(years) == 1:
        return years[0]
    actual = {str(weather.years[0]): weather for weather in years if not weather.typical}
    if year in actual:
        return actual[year]
    found = f"has no year {year}" if year else "holds several years"
    known = f"one of: {', '.join(actual) or 'one typical year only'}"
    fix = f"Write for example `{file.name}#{years[-1].years[0]}`."
    raise InputError(InputFault(Place(str(file)), found, known, fix))


def named_file(key: str, folder: Path | None = None) -> tuple[Path, str]:
    """The file that a key means, whether it is there or not, and the year it chooses.

    In a run folder it is the copy that was locked with the plan. A `#` is part of the name where a
    file is called so. Raises InputError where the copy was altered.
    """
    path, _, year = key.partition("#")
    locked = locked_file(key, folder)
    if locked is not None:
        return locked, year if year.isdigit() else ""
    whole = (folder or Path()) / key
    if year and whole.is_file():
        return whole, ""
    return (folder or Path()) / path, year


def source_of(key: str, folder: Path | None = None) -> tuple[Path, bool]:
    """The file behind a key of weather, and whether it travels with a package.

    Raises InputError where it cannot be known.
    """
    if (drawn := DRAWN.fullmatch(key)) is not None and not named_file(key, folder)[0].is_file():
        return source_of(drawn.group(1), folder)
    if key in BUNDLED:
        return _beside_pvlib(BUNDLED[key][0]), True
    if key.startswith("pvgis:") and locked_file(key, folder) is None:
        return cached_path(key), False
    return named_file(key, folder)[0], False


@lru_cache(maxsize=8)
def _bundled(key: str) -> Weather:
    name, place = BUNDLED[key]
    # the check against the sun would import pandas for a file that cannot change
    weather = read(_beside_pvlib(name), vetted=True)[0]
    return replace(weather, key=key, place=place, label=weather.label.replace(weather.place, place))


def _beside_pvlib(name: str) -> Path:
    """A file that travels in the pvlib wheel. Raises InputError where that is not installed."""
    spec = find_spec("pvlib")  # finds the folder without importing pvlib, which would bring pandas
    if spec is None or spec.origin is None:
        found = f"`{name}` travels in the pvlib wheel, which is not installed"
        raise InputError(InputFault(Place(), found, fix="pip install pvlib"))
    return Path(spec.origin).parent / "data" / name
