"""The IEEE Reliability Test System of 1979 as printed: units, peak, weeks, days, hours."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.verification import rts79


def hour(week: int, day: int, hour: int) -> int:
    """Place of an hour in the year; all count from 1, day 1 is Monday."""
    return (week - 1) * 168 + (day - 1) * 24 + hour - 1


def test_thirty_two_units_of_3405_mw():
    """5 x 12 + 4 x 20 + 6 x 50 + 4 x 76 + 3 x 100 + 4 x 155 + 3 x 197 + 350 + 2 x 400 = 3,405."""
    assert sum(unit.count for unit in rts79.UNITS) == 32
    assert sum(unit.capacity for unit in rts79.UNITS) == 3405


def test_the_year_has_52_weeks_and_one_peak():
    """Week 51 is 100 %, its Tuesday 100 %, a winter weekday's 18th and 19th hours 100 %."""
    load = rts79.load()
    assert load.shape == (8736,)
    assert load.max() == rts79.PEAK == 2850.0
    assert set(np.flatnonzero(load == 2850.0)) == {hour(51, 2, 18), hour(51, 2, 19)}


@pytest.mark.parametrize(
    ("week", "day", "clock", "percent"),
    [
        (1, 1, 1, 86.2 * 93 * 67),  # winter, Monday
        (8, 7, 1, 80.6 * 75 * 78),  # winter, Sunday
        (9, 1, 12, 74.0 * 93 * 99),  # between
        (18, 3, 12, 83.7 * 98 * 100),  # summer begins
        (30, 6, 24, 88.0 * 77 * 80),  # summer, Saturday
        (31, 5, 1, 72.2 * 94 * 63),  # between again
        (44, 4, 18, 88.1 * 96 * 100),  # winter begins
    ],
)
def test_an_hour_is_the_product_of_week_day_and_hour(week, day, clock, percent):
    assert rts79.load()[hour(week, day, clock)] == pytest.approx(2850.0 * percent / 1e6)


def test_the_mean_load_is_the_published_share_of_the_peak():
    """The system's annual load factor is 61.4 %."""
    assert rts79.load().mean() / rts79.PEAK == pytest.approx(0.614, abs=5e-4)
