"""One week for load, tariff and weather: that of the study's first year."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.calendar import first_weekday, weekday_of_hour


@pytest.mark.parametrize(
    ("year", "day"), [(2027, 4), (2028, 5), (2029, 0), (2000, 5), (2100, 4), (2101, 5)]
)
def test_the_first_of_january_by_the_wall_calendar(year: int, day: int) -> None:
    """2028 and 2000 are leap years, 2100 is none: each shifts the next year by what it has."""
    assert first_weekday(12 * year) == day


@given(st.integers(1900, 2200), st.integers(0, 11))
def test_every_month_of_a_year_has_the_week_of_its_first_day(year: int, month: int) -> None:
    assert first_weekday(12 * year + month) == date(year, 1, 1).weekday()


@given(st.integers(1990, 2100).filter(lambda year: year % 4 != 0), st.integers(0, 8759))
def test_an_hour_falls_on_the_day_that_its_date_says(year: int, hour: int) -> None:
    at = datetime(year, 1, 1) + timedelta(hours=hour)
    assert weekday_of_hour(first_weekday(12 * year))[hour] == at.weekday()


def test_a_year_is_one_day_more_than_52_weeks() -> None:
    found = weekday_of_hour(6)
    assert found.shape == (8760,)
    assert found[:48].tolist() == [6] * 24 + [0] * 24
    assert np.bincount(found).tolist() == [52 * 24] * 6 + [53 * 24]
