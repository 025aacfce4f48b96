"""More years, resampled from one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import source_of, station
from headrace.energy.weather.years import DAYS, LABEL, resampled, resampled_days


@given(st.integers(1, 5), st.integers(0, 1000), st.integers(1, 40), st.integers(1, 10))
def test_days_stay_within_their_season(years, seed, window, run):
    """On the circle of the year no day is further than `window` from the one it stands for."""
    days = resampled_days(years, seed, window, run)
    assert days.shape == (years, DAYS)
    assert (days[0] == np.arange(DAYS)).all()
    away = np.abs(days - np.arange(DAYS))
    assert np.minimum(away, DAYS - away).max() <= window


def test_runs_have_the_mean_length_that_was_asked():
    """A run breaks with chance 1/4 a day; of 400 years the mean run is 4 days, within 2 %."""
    days = resampled_days(401, 1, run=4)[1:]
    together = (np.diff(days, axis=1) % DAYS == 1).mean()
    assert together == pytest.approx(0.75 + 0.25 / 31, abs=0.01)


def test_the_same_seed_gives_the_same_years():
    assert (resampled_days(3, 7) == resampled_days(3, 7)).all()
    assert (resampled_days(3, 7) != resampled_days(3, 8)).any()


def test_hours_move_with_their_day():
    values = np.arange(DAYS * 24, dtype=np.float64)
    days = resampled_days(3, 2)
    year = resampled(values, days)[2].reshape(DAYS, 24)
    assert (year[:, 0] == 24.0 * days[2]).all()
    assert (np.diff(year, axis=1) == 1.0).all()


@pytest.mark.parametrize("wrong", [{"years": 0}, {"window": 0}, {"run": 0}])
def test_settings_below_one_are_refused(wrong):
    with pytest.raises(InputError, match="at least 1"):
        resampled_days(**{"years": 2, "seed": 1} | wrong)


def test_a_drawn_year_is_named_like_any_weather_and_moves_all_series_together():
    """Year 2 of seed 7: the same days for every series and place, and a label that says so."""
    days = resampled_days(3, 7)[2]
    for key in ("tmy3:723170", "tm2:12839"):
        whole, drawn = station(key), station(f"{key}~7.2")
        for name in SERIES:
            values = getattr(whole, name).reshape(DAYS, 24)
            assert (getattr(drawn, name).reshape(DAYS, 24) == values[days]).all()
        assert LABEL in drawn.label
        assert drawn.key == f"{key}~7.2"
        assert (drawn.latitude, drawn.typical) == (whole.latitude, whole.typical)
        assert source_of(f"{key}~7.2") == source_of(key)


def test_a_file_may_be_called_like_a_drawn_year(tmp_path):
    named = tmp_path / "roof~1.2"
    named.write_text("no weather", encoding="utf-8")
    assert source_of("roof~1.2", tmp_path) == (named, False)
    with pytest.raises(InputError, match="neither a bundled station nor a file"):
        station("gone~1.2", tmp_path)
