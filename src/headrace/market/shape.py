"""Hourly shapes of demand over a year.

A day is a raised cosine between the shape's trough and peak, skewed by a power so that its mean is
one; weekends are lower by a factor. The year is scaled to mean one, so a demand's yearly amount
does not depend on its shape.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Floats
from headrace.core.calendar import weekday_of_hour
from headrace.core.catalogue import entry


@lru_cache(maxsize=32)
def hourly(key: str, first: int) -> Floats:
    """Shape `key` of the market's catalogue by hour of the year [1], mean one, shape (8760,).

    first: day of the week of 1 January, Monday is 0 (`core/calendar.py`).
    """
    row = entry("market", "shapes", key)
    peak, trough = row.value("peak", "1"), row.value("trough", "1")
    day = daily(peak, trough, row.value("peak_hour", "h"))
    hours = np.arange(HOURS_PER_YEAR)
    weekend = weekday_of_hour(first) >= 5
    year = day[hours % 24] * np.where(weekend, row.value("weekend", "1"), 1.0)
    return np.asarray(year / year.mean())


def daily(peak: float, trough: float, peak_hour: float) -> Floats:
    """Twenty-four hours with mean one [1], between `trough` [1] and `peak` [1] at `peak_hour` [h];
    flat where the peak is no peak.

    Hours are valued in their middle, so a peak or trough at the turn of an hour is not reached.
    """
    if peak <= trough:
        return np.ones(24)
    wave = (1 + np.cos(2 * np.pi * (np.arange(24) + 0.5 - peak_hour) / 24)) / 2
    wanted = (1 - trough) / (peak - trough)
    low, high = (
        0.05,
        20.0,
    )  # the skew, by bisection on its logarithm: a higher power lowers the mean
    for _ in range(60):
        power = np.sqrt(low * high)
        low, high = (power, high) if (wave**power).mean() > wanted else (low, power)
    day = trough + (peak - trough) * wave**power
    return np.asarray(day / day.mean())
