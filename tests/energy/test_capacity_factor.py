"""One question for every technology."""

import numpy as np
import pytest

from headrace.energy import solar, wind
from headrace.energy.capacity_factor import dispatchable, hourly_share
from headrace.energy.technology import technologies, technology
from headrace.energy.weather.series import station


@pytest.mark.parametrize(
    "key",
    [
        "wind.onshore",
        "solar.fixed",
        "gas.ccgt",
        "nuclear.smr",
        "battery.lfp",
        "geothermal.enhanced",
    ],
)
def test_hourly_shares_are_shares(key):
    share = hourly_share(technology(key), station("tmy3:703165"))
    assert share.shape == (8760,)
    assert share.min() >= 0
    assert share.max() <= 1


def test_sun_and_wind_give_their_output_times_availability():
    weather = station("tmy3:723170")
    for key, output in (
        ("solar.single_axis", solar.single_axis(weather)),
        ("solar.fixed", solar.fixed_tilt(weather)),
        ("wind.onshore", wind.capacity_factor(weather)),
    ):
        row = technology(key)
        assert hourly_share(row, weather) == pytest.approx(output * row.availability)


def test_what_needs_no_weather_is_there_evenly():
    row = technology("battery.lfp")
    assert (hourly_share(row, station("tmy3:723170")) == row.availability).all()


def test_only_sun_and_wind_cannot_be_called():
    called = {row.key for row in technologies() if not dispatchable(row)}
    assert called == {row.key for row in technologies() if row.kind in ("solar", "wind")}
    assert np.all([key.startswith(("solar.", "wind.")) for key in called])
