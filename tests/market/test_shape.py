"""Hourly shapes of demand: mean one, peak and trough where they are said to be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.catalogue import entries
from headrace.core.errors import InputError
from headrace.market.shape import daily, hourly

SHAPES = tuple(entries("market", "shapes"))


@pytest.mark.parametrize("key", SHAPES)
def test_a_years_amount_does_not_depend_on_its_shape(key):
    year = hourly(key, 4)
    assert year.shape == (8760,)
    assert year.mean() == pytest.approx(1.0)
    assert (year > 0).all()


FRIDAY = 4


def test_the_flat_shape_is_flat():
    assert hourly("flat", FRIDAY) == pytest.approx(np.ones(8760))


def test_a_day_reaches_its_peak_and_its_trough_where_an_hour_is_centred_on_them():
    """Peak at 14:30: that hour is 1.33 and the hour at 02:30 is 0.27, up to one common scale."""
    day = daily(1.33, 0.27, 14.5)
    assert day[14] / day[2] == pytest.approx(1.33 / 0.27)
    assert (day.argmax(), day.argmin()) == (14, 2)


def test_between_hours_the_trough_is_not_reached():
    """Peak at 15:00: both hours beside 03:00 lie above the trough."""
    days = hourly("chat", FRIDAY).reshape(365, 24)
    monday = days[(7 - FRIDAY) % 7]
    assert monday[2] == pytest.approx(monday[3])
    assert 0.27 < monday.min() < 0.5
    assert monday.argmax() in (14, 15)


def test_weekends_are_lower_by_their_factor():
    """2027-01-01 is a Friday: days 1 and 2 are the weekend, 0.85 of a working day for chat."""
    days = hourly("chat", FRIDAY).reshape(365, 24).sum(axis=1)
    assert days[1] == pytest.approx(0.85 * days[0])
    assert days[2] == pytest.approx(days[1])
    assert days[3] == pytest.approx(days[0])


@given(st.floats(1.05, 3.0), st.floats(0.0, 0.9), st.floats(0, 23.5))
def test_a_day_has_mean_one_and_keeps_between_trough_and_peak(peak, trough, hour):
    """Up to the last scaling, which the bisection leaves within a few per cent of one."""
    day = daily(peak, trough, hour)
    assert day.shape == (24,)
    assert day.mean() == pytest.approx(1.0)
    assert day.min() >= 0
    assert abs(day.argmax() + 0.5 - hour) % 24 <= 0.5001 or day.max() == pytest.approx(
        day[int(hour)]
    )


@given(st.floats(1.1, 2.5), st.floats(0.1, 0.8), st.integers(0, 23))
def test_moving_the_peak_moves_the_day(peak, trough, hour):
    moved = daily(peak, trough, hour + 0.5)
    assert moved == pytest.approx(np.roll(daily(peak, trough, 0.5), hour), abs=1e-9)


@pytest.mark.parametrize("peak", [1.0, 0.5])
def test_a_peak_below_its_trough_is_no_peak(peak):
    assert (daily(peak, 1.0, 12.0) == 1.0).all()


def test_an_unknown_shape_names_the_nearest():
    with pytest.raises(InputError, match="Did you mean `chat`"):
        hourly("chatt", FRIDAY)
