"""From the rows of any weather file to checked years of 8,760 hours in local standard time.

Gaps of up to six hours in temperature, humidity, pressure and wind are filled linearly and noted;
longer gaps, gaps in the sun, missing rows, repeated rows, impossible values and a sun that is not
that of the place and clock are refused, all of them at once.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.moist_air import humidity_from_dewpoint, pressure_at, wetbulb
from headrace.energy.weather.readers.calendar_check import Stamps, stamp_faults
from headrace.energy.weather.record import HOURS, SERIES, Weather
from headrace.energy.weather.sun import SAMPLES, Clock, HoursOfYear, cosine_of_zenith, lit
from headrace.energy.weather.sun_check import CLOCK_LIMIT, SunRows, check_sun

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


@dataclass(frozen=True)
class FileReading:
    """What a reader knows beside the rows.

    minute: at which hourly rows are stamped [min], 30 for means of the hour. derived: which of ghi
    and dhi the file has not, to be had of the other two. limit: largest error of the clock that is
    only noted [h]. faults, notes: what it found and what it assumed.
    """

    minute: float = 30.0
    derived: str = ""
    limit: float = CLOCK_LIMIT
    faults: tuple[InputFault, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class WeatherTable:
    """Rows of a weather file as read: NaN where the file says missing.

    year, month, day, hour: of the hour's beginning on the clock of `zone`; hour 0 to 23; line: of
        each row in the file. timezone: of the place, to which rows are moved by whole hours.
        humidity [1] or dewpoint [degC] may be all NaN, not both.
    """

    format: str
    place: str
    typical: bool
    latitude: float
    longitude: float
    altitude: float
    zone: float
    timezone: float
    reading: FileReading
    line: Ints
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


def assemble(table: WeatherTable, file: str, *, check: bool = True) -> tuple[Weather, ...]:
    """The years of a table, checked; against the sun only where `check`.

    Raises InputError with every problem (the first twenty are named).
    """
    problems = _place_faults(table, file)
    notes = list(table.reading.notes)
    if not len(table.year):
        problems.append(InputFault(Place(file), "holds no rows", "8,760 hours"))
    elif not problems and (check or table.reading.derived):
        table, faults, told = _against_the_sun(table, file)
        problems += faults
        notes += told
    problems += table.reading.faults
    if len(table.year) and not table.reading.faults:
        problems += [fault for rows in _years(table) for fault in year_faults(table, rows, file)]
    other_unit = any(" kWh/m2 a year" in problem.found for problem in problems)
    series = {}
    for name in _BOUNDS:
        values = getattr(table, name)
        if name in ("dewpoint", "humidity", "pressure") and np.isnan(values).all():
            series[name] = values
            continue
        filled, count = fill_gaps(values, 0 if name in _SUN else LONGEST_GAP)
        if not (other_unit and name in _SUN):
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


def _place_faults(table: WeatherTable, file: str) -> list[InputFault]:
    limits = {
        "latitude": 90.0,
        "longitude": 180.0,
        "timezone": 14.0,
        "zone": 14.0,
        "altitude": 6000.0,
    }
    same = table.zone == table.timezone or np.isnan([table.zone, table.timezone]).all()
    return [
        InputFault(
            Place(file),
            f"{'time zone of the rows' if name == 'zone' else name} {getattr(table, name):g}",
            f"at most {limit:g} in size",
            f"Write {table.longitude - 360:g}; east is positive, west negative."
            if name == "longitude" and 180 < table.longitude <= 360
            else "",
        )
        for name, limit in limits.items()
        if not abs(getattr(table, name)) <= limit and not (name == "zone" and same)
    ]


def _against_the_sun(
    table: WeatherTable, file: str
) -> tuple[WeatherTable, tuple[InputFault, ...], list[str]]:
    """The table with the sun it has not (`derived`) or that stands at another minute, and what the
    sun says of it.
    """
    hours = HoursOfYear.of(table.month, table.day, table.hour)
    clock = Clock(table.latitude, table.longitude, table.zone)
    notes = []
    derived = table.reading.derived
    if derived:
        beam = table.dni * lit(cosine_of_zenith(hours, clock, SAMPLES))
        if derived == "ghi":
            table = replace(table, ghi=table.dhi + beam)
        else:
            table = replace(table, dhi=np.maximum(table.ghi - beam, 0.0))
        notes.append(f"{derived} is computed of the other two and the height of the sun")
    minute = table.reading.minute
    early = (minute - 30.0) / 60.0
    limit = max(table.reading.limit, abs(early) + 0.15)
    rows = SunRows(table.ghi, table.dni, table.dhi, hours, table.line, clock, file, derived, limit)
    verdict = check_sun(rows)
    if early == 0.0 or verdict.faults:
        return table, verdict.faults, [*notes, *verdict.notes]
    if abs(verdict.late - early) >= abs(verdict.late):
        notes.append(f"minute {minute:g} names the hour: by the sun, values are its means")
        return table, (), [*notes, *verdict.notes]
    notes.append(f"the sun is moved from minute {minute:g} to the middle of the hour")
    # On the line between neighbours, the year a circle.
    back, share = (1 if early > 0 else -1), abs(early)
    given = (getattr(table, name) for name in _SUN)
    ghi, dni, dhi = ((1.0 - share) * values + share * np.roll(values, back) for values in given)
    return replace(table, ghi=ghi, dni=dni, dhi=dhi), (), notes


def _one_year(
    table: WeatherTable, series: dict[str, Floats], rows: Ints, file: str, notes: list[str]
) -> Weather:
    """The hours `rows` of a checked table, in local standard time and without a leap day."""
    years = tuple(int(y) for y in np.unique(table.year[rows]))
    leap = (table.month[rows] == 2) & (table.day[rows] == 29)
    # whole hours only: of a zone of half an hour the hours stay whole, and the clock says so
    shift = int(np.floor(table.timezone - table.zone + 1e-9))
    zone = table.zone + shift
    kept = np.roll(rows[~leap], shift)
    values = {name: column[kept] for name, column in series.items()}
    notes = [*notes, "29 February is left out"] if leap.any() else list(notes)
    if shift:
        ends = "first" if shift > 0 else "last"
        notes.append(f"rows are moved by {shift:+d} h; the {ends} {abs(shift)} of the year wrap")
    if zone != table.timezone:
        notes.append(f"hours are those of time zone {zone:+g}, not {table.timezone:+g}")
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
        timezone=zone,
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
    hour = np.where((table.hour[rows] >= 0) & (table.hour[rows] < 24), table.hour[rows] * 60, -1)
    stamps = Stamps(table.month[rows], table.day[rows], hour, table.line[rows], expected == 8784)
    faults = stamp_faults(stamps, 60, file)
    if len(rows) != expected:
        found = f"{name} has {len(rows):,} rows"
        faults.insert(0, InputFault(Place(file), found, f"{expected:,} hours"))
    return faults


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
    fix = "Write 0 for a meter's small negatives at night." if name in _SUN else ""
    found = [
        InputFault(
            Place(file, int(table.line[row]), key=name),
            "is missing" if np.isnan(values[row]) else f"{values[row]:g}",
            f"{low:g} to {high:g} {unit}".rstrip(),
            fix if values[row] < 0 else "",
        )
        for row in bad[:_MOST_PROBLEMS]
    ]
    if len(bad) > _MOST_PROBLEMS:
        count = f"{len(bad):,} hours are missing or impossible"
        found.append(InputFault(Place(file, key=name), count))
    return found
