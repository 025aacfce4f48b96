"""Wind at a mast to the output of a turbine."""

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.energy.weather.series import station
from headrace.energy.wind import WindDesign, capacity_factor, scale_for


def test_wind_rises_with_the_mast_and_is_calibrated():
    weather = station("tm2:12839")
    low, high = (capacity_factor(weather, WindDesign(hub=h)).mean() for h in (80, 140))
    assert 0 < low < high < 1
    scale = scale_for(weather, 0.40)
    assert capacity_factor(weather, WindDesign(scale=scale)).mean() == pytest.approx(0.40, abs=1e-4)
    with pytest.raises(InputError, match="up to"):
        scale_for(weather, 0.95)


def at_speed(speed, **changes):
    """A year of one wind speed at hub height, at standard density (1.225 kg/m3)."""
    drybulb = 1013.25 * 100 / (287.05 * 1.225) - 273.15
    weather = replace(
        station("tmy3:723170"),
        wind=np.full(8760, float(speed)),
        drybulb=np.full(8760, drybulb),
        pressure=np.full(8760, 1013.25),
    )
    return capacity_factor(weather, WindDesign(hub=10, shear=0.0, wakes=0.0, **changes))[0]


@pytest.mark.parametrize(
    ("speed", "share"), [(2, 0), (7, 0.42), (7.5, 0.515), (12, 1), (25, 1), (26, 0.5), (30, 0)]
)
def test_the_power_curve_at_standard_density(speed, share):
    """Between 7 (0.42) and 8 m/s (0.61) linear; cut out between 25 and 28 m/s."""
    assert at_speed(speed) == pytest.approx(share, abs=1e-9)


def test_shear_and_wakes_by_hand():
    """5 m/s at 10 m are 5 x 10^0.16 = 7.227 m/s at 100 m: 0.42 + 0.227 x 0.19 = 0.4632; 9
    % lost.
    """
    weather = replace(
        station("tmy3:723170"),
        wind=np.full(8760, 5.0),
        drybulb=np.full(8760, 1013.25 * 100 / (287.05 * 1.225) - 273.15),
        pressure=np.full(8760, 1013.25),
    )
    found = capacity_factor(weather, WindDesign(hub=100.0))[0]
    hub = 5.0 * 10**0.16
    assert found == pytest.approx((0.42 + 0.19 * (hub - 7)) * 0.91, abs=1e-6)


def test_thin_air_gives_less_and_never_more_than_the_nameplate():
    weather = station("tmy3:723170")
    thin = replace(weather, pressure=weather.pressure * 0.8)
    assert capacity_factor(thin).mean() < capacity_factor(weather).mean()
    assert capacity_factor(weather, WindDesign(wakes=0.0)).max() <= 1.0


@pytest.mark.parametrize("wrong", [{"hub": 5}, {"shear": 0.7}, {"wakes": 1.0}, {"scale": 0.0}])
def test_farms_that_cannot_be_are_refused(wrong):
    with pytest.raises(InputError, match="hub of 10"):
        capacity_factor(station("tmy3:723170"), WindDesign(**wrong))
