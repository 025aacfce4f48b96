"""Where the sun stands."""

import numpy as np
import pandas as pd
import pytest
from pvlib import solarposition

from headrace.energy.weather.readers.table import calendar_of
from headrace.energy.weather.sun import (
    SAMPLES,
    Clock,
    HoursOfYear,
    cosine_of_zenith,
    lit,
    outside_the_atmosphere,
)


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(36.1, -79.95, -5.0), (-33.9, 18.4, 2.0), (28.6, 77.2, 5.5), (69.7, 18.9, 1.0)],
)
def test_the_zenith_is_that_of_the_full_algorithm(latitude, longitude, zone):
    """Against NREL's solar position algorithm, good to .0003 degree: within .012 of the cosine."""
    hours = HoursOfYear.of(*calendar_of(2001))
    ours = cosine_of_zenith(hours, Clock(latitude, longitude, zone), np.array([0.5]))[:, 0]
    moments = pd.date_range("2001-01-01 00:30", periods=8760, freq="h", tz="UTC")
    place = solarposition.get_solarposition(moments - pd.Timedelta(hours=zone), latitude, longitude)
    theirs = np.cos(np.radians(place["zenith"].to_numpy()))
    assert ours == pytest.approx(theirs, abs=0.012)


def test_noon_at_greenwich_on_an_equinox_is_a_cosine_of_latitude():
    """21 March, 12:07 (the sun is 7 minutes late) at 60 north: cos 60 = .5."""
    noon = HoursOfYear.of(np.array([3]), np.array([21]), np.array([12]))
    found = cosine_of_zenith(noon, Clock(60.0, 0.0, 0.0), np.array([7 / 60]))
    assert found[0, 0] == pytest.approx(0.5, abs=0.01)


def test_a_year_of_light_over_the_poles_is_half_dark():
    hours = HoursOfYear.of(*calendar_of(2001))
    light = lit(cosine_of_zenith(hours, Clock(90.0, 0.0, 0.0), SAMPLES))
    assert (light > 0).mean() == pytest.approx(0.5, abs=0.02)
    assert light.min() == 0.0


def test_the_sun_is_nearest_in_january():
    """1,361 W/m2 at the mean distance, 3.4 % more at the nearest point."""
    found = outside_the_atmosphere(HoursOfYear.of(*calendar_of(2001)))
    assert found.max() == pytest.approx(1.034 * 1361, rel=1e-3)
    assert np.argmax(found) < 24 * 10 or np.argmax(found) > 24 * 360
