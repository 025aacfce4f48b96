"""More weather than one typical year: days resampled from the same season. Labelled as resampling
wherever it is shown.

Runs of days are drawn from up to `window` days around the calendar date, with all series of a site
moved together, so sun, heat and load stay consistent within a day and mostly from day to day. It
widens the spread of hard weeks that one typical year hides; it cannot make weather the file has
never seen. Actual years are better: give them as files. The sun stands where the calendar has it,
which is off by at most the window's days.

A year so drawn has a name of its own, `tmy3:723170~SEED.YEAR`, as any weather has.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.record import HOURS, Weather

DAYS = HOURS // 24
LABEL = "weather resampled from one year"
DRAWN = re.compile(r"(.+)~(\d{1,9})\.(\d{1,3})", re.DOTALL)
"""Name of a drawn year: of the weather it is drawn from, the seed, and which of its years."""


def resampled_days(years: int, seed: int, window: int = 15, run: int = 4) -> Ints:
    """Which day of the file stands for each day of each resampled year, shape (year, 365); year 0
    is the file itself.

    run: mean length of the runs of consecutive days [day]. Raises InputError for settings below 1.
    """
    if years < 1 or window < 1 or run < 1:
        raise InputError(
            InputFault(Place(), f"{years} years, window {window}, run {run}", "at least 1 of each")
        )
    draw = np.random.default_rng(seed)
    days = np.empty((years, DAYS), dtype=np.int64)
    days[0] = np.arange(DAYS)
    for year in range(1, years):
        breaks = draw.random(DAYS) < 1.0 / run
        breaks[0] = True
        # every run has its own shift from the calendar
        shifts = draw.integers(-window, window + 1, DAYS)[np.cumsum(breaks) - 1]
        days[year] = (np.arange(DAYS) + shifts) % DAYS
    return days


def resampled(values: Floats, days: Ints) -> Floats:
    """A series of 8,760 hours in every resampled year [its own unit], shape (year, 8760)."""
    return np.ascontiguousarray(values.reshape(DAYS, 24)[days].reshape(len(days), HOURS))


def resampled_year(weather: Weather, seed: int, year: int) -> Weather:
    """Year number `year` drawn with a seed from one year of weather; of all places the same days
    where seed and number are. Year 0 is the weather itself.
    """
    days = resampled_days(year + 1, seed)[-1:]

    def on(values: Floats) -> Floats:
        return np.asarray(resampled(values, days)[0])

    return replace(
        weather,
        key=f"{weather.key}~{seed}.{year}",
        label=f"{weather.label}; {LABEL}, seed {seed}, year {year}",
        ghi=on(weather.ghi),
        dni=on(weather.dni),
        dhi=on(weather.dhi),
        drybulb=on(weather.drybulb),
        wetbulb=on(weather.wetbulb),
        pressure=on(weather.pressure),
        wind=on(weather.wind),
    )
