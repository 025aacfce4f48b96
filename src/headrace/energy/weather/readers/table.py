"""From the rows of any weather file to checked years of 8,760 hours in local standard time.

Gaps of up to six hours in temperature, humidity, pressure and wind are filled linearly and noted;
longer gaps, gaps in the sun, missing rows, repeated rows and impossible values are refused, all of
them at once.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.moist_air import humidity_from_dewpoint, pressure_at, wetbulb
from headrace.energy.weather.series import HOURS, SERIES, Weather

LONGEST_GAP = 6
"""Longest run of missing hours that is filled."""

_BOUNDS = {
    "ghi": (0.0, 1600.0),
    "dni": (0.0, 1500.0),
    "dhi": (0.0, 1200.0),
    "drybulb": (-90.0, 60.0),
    "dewpoint": (-100.0, 45.0),
    "humidity": (0.0, 1.1),
    "pressure": (450.0, 1100.0),
    "wind": (0.0, 110.0),
}
_UNITS = {
    "ghi": "W/m2",
    "dni": "W/m2",
    "dhi": "W/m2",
    "drybulb": "degC",
    "dewpoint": "degC",
    "humidity": "1",
}
_SUN = ("ghi", "dni", "dhi")
_MOST_PROBLEMS = 20


@dataclass(frozen=True, eq=False)
class WeatherTable:
    """Rows of a weather file as read: NaN where the file says missing.

    year, month, day, hour: of the hour's beginning in the file's own zone; hour 0 to 23. shift:
        hours to add to the file's zone to reach `timezone`. humidity [1] or dewpoint [degC] may be
        all NaN, not both. line: of the first row.
    """

    format: str
    place: str
    typical: bool
    latitude: float
    longitude: float
    altitude: float
    timezone: float
    shift: int
    line: int
    year: Ints
    month: Ints
    day: Ints
    hour: Ints
    ghi: Floats
    dni: Floats
    dhi: Floats
    drybulb: Floats
    dewpoint: Floats
    humidity: Floats
    pressure: Floats
    wind: Floats


def assemble(table: WeatherTable, file: str) -> tuple[Weather, ...]:
    """The years of a table, checked.

    Raises InputError with every problem (the first twenty are named).
    """
    bounds = {"latitude": 90.0, "longitude": 180.0, "timezone": 14.0, "altitude": 6000.0}
    problems = [
        InputFault(Place(file), f"{name} {getattr(table, name)}", f"at most {limit:g} in size")
        for name, limit in bounds.items()
        if not abs(getattr(table, name)) <= limit
    ]
    if len(table.year):
        problems += [fault for rows in _years(table) for fault in year_faults(table, rows, file)]
    else:
        problems.append(InputFault(Place(file, table.line), "holds no rows", "8,760 hours"))
    series, notes = {}, []
    for name in _BOUNDS:
        values = getattr(table, name)
        if name in ("dewpoint", "humidity", "pressure") and np.isnan(values).all():
            series[name] = values
            continue
        filled, count = fill_gaps(values, 0 if name in _SUN else LONGEST_GAP)
        problems += _value_faults(name, filled, table, file)
        series[name] = filled
        notes += [f"{count} hours of {name} filled between their neighbours"] if count else []
    if np.isnan(table.humidity).all() and np.isnan(table.dewpoint).all():
        found = "has neither relative humidity nor dew point"
        problems.append(InputFault(Place(file), found, "one of them, for the wet bulb"))
    if beyond := problems[_MOST_PROBLEMS:]:
        problems[_MOST_PROBLEMS:] = [InputFault(Place(file), f"and {len(beyond)} more problems")]
    if problems:
        raise InputError(problems)
    return tuple(_one_year(table, series, rows, file, notes) for rows in _years(table))


def _one_year(
    table: WeatherTable, series: dict[str, Floats], rows: Ints, file: str, notes: list[str]
) -> Weather:
    """The hours `rows` of a checked table, in local standard time and without a leap day."""
    years = tuple(int(y) for y in np.unique(table.year[rows]))
    leap = (table.month[rows] == 2) & (table.day[rows] == 29)
    kept = np.roll(rows[~leap], table.shift)
    values = {name: column[kept] for name, column in series.items()}
    notes = [*notes, "29 February is left out"] if leap.any() else list(notes)
    if np.isnan(values["pressure"]).all():
        values["pressure"] = np.full(HOURS, pressure_at(table.altitude))
        notes.append("pressure is that of the standard atmosphere at the site's altitude")
    humid = values["humidity"]
    if np.isnan(humid).all():
        humid = humidity_from_dewpoint(values["drybulb"], values["dewpoint"])
    wet = wetbulb(values["drybulb"], humid, values["pressure"])
    kind = (
        f"typical year ({table.format}, stitched of {years[0]} to {years[-1]})"
        if table.typical
        else f"actual year {years[0]} ({table.format})"
    )
    return Weather(
        key=file if table.typical else f"{file}#{years[0]}",
        place=table.place,
        label="; ".join([f"{table.place}: {kind}", *notes]),
        typical=table.typical,
        years=years,
        latitude=table.latitude,
        longitude=table.longitude,
        altitude=table.altitude,
        timezone=table.timezone,
        wetbulb=wet,
        notes=tuple(notes),
        **{name: values[name] for name in SERIES if name != "wetbulb"},
    )


def _years(table: WeatherTable) -> list[Ints]:
    if table.typical:
        return [np.arange(len(table.year))]
    return [np.flatnonzero(table.year == year) for year in np.unique(table.year)]


def year_faults(table: WeatherTable, rows: Ints, file: str) -> list[InputFault]:
    """A year must hold each of its hours once, in order."""
    year = int(table.year[rows[0]])
    name = "the typical year" if table.typical else f"year {year}"
    leap = bool(((table.month[rows] == 2) & (table.day[rows] == 29)).any())
    expected = (
        8784
        if leap or (not table.typical and calendar.isleap(year) and len(rows) != HOURS)
        else HOURS
    )
    if len(rows) != expected:
        return [InputFault(Place(file), f"{name} has {len(rows):,} rows", f"{expected:,} hours")]
    wanted = calendar_of(2000 if leap else 2001)
    stamps = np.stack([table.month[rows], table.day[rows], table.hour[rows]])
    wrong = np.flatnonzero((stamps != wanted).any(axis=0))
    if not len(wrong):
        return []
    first = int(wrong[0])
    found, meant = (
        f"{s[0]:02d}-{s[1]:02d} {s[2]:02d} h" for s in (stamps[:, first], wanted[:, first])
    )
    return [
        InputFault(
            Place(file, table.line + int(rows[first])),
            f"the row of {found}",
            f"{meant} (every hour once, in order)",
        )
    ]


def calendar_of(year: int) -> Ints:
    """Month, day, hour of every hour of a year, shape (3, hours)."""
    begin = np.datetime64(f"{year}-01-01T00", "h")
    hours = np.arange(begin, np.datetime64(f"{year + 1}-01-01T00", "h"))
    month = hours.astype("datetime64[M]")
    day = hours.astype("datetime64[D]")
    parts = (
        month.astype(np.int64) % 12 + 1,
        (day - month).astype(np.int64) + 1,
        (hours - day).astype(np.int64),
    )
    return np.stack(parts)


def fill_gaps(values: Floats, longest: int) -> tuple[Floats, int]:
    """Runs of NaN up to `longest` [h] replaced by the straight line between their neighbours [the
    unit of values]; and how many hours that were.
    """
    missing = np.isnan(values)
    if not missing.any() or missing.all():
        return values, 0
    known = np.flatnonzero(~missing)
    run = np.diff(known, prepend=known[0], append=known[-1]) - 1
    short = np.zeros(len(values), dtype=bool)
    for index in np.flatnonzero((run > 0) & (run <= longest)):
        short[known[index - 1] + 1 : known[index]] = True
    filled = values.copy()
    filled[short] = np.interp(np.flatnonzero(short), known, values[known])
    return filled, int(short.sum())


def _value_faults(name: str, values: Floats, table: WeatherTable, file: str) -> list[InputFault]:
    """Values that are missing or that no weather can have: the first twenty, and how many."""
    low, high = _BOUNDS[name]
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero(~((values >= low) & (values <= high)))
    unit = _UNITS.get(name, "")
    found = [
        InputFault(
            Place(file, table.line + int(row), key=name),
            "is missing" if np.isnan(values[row]) else f"{values[row]:g}",
            f"{low:g} to {high:g} {unit}".rstrip(),
        )
        for row in bad[:_MOST_PROBLEMS]
    ]
    if len(bad) > _MOST_PROBLEMS:
        count = f"{len(bad):,} hours are missing or impossible"
        found.append(InputFault(Place(file, key=name), count))
    return found
