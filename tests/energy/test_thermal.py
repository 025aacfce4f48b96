"""Derating by heat and altitude, and fuel at part load."""

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.catalogue import Figure
from headrace.energy.technology import technologies, technology
from headrace.energy.thermal import available_share, derate, efficiency_at, fuel_at
from headrace.energy.weather.series import station


def test_derate_by_hand_at_altitude_and_in_heat():
    """Denver air (834 hPa) at 35 degC: turbine (1 - 0.010 x 20) x 834 / 1013.25 = 0.6585; engine
    half of the thin air, 3 K over 32: (1 - 0.007 x 3)(1 - 0.5 x 0.1769) = 0.8924.
    """
    weather = replace(
        station("tmy3:723170"), drybulb=np.full(8760, 35.0), pressure=np.full(8760, 834.0)
    )
    assert derate(technology("gas.aeroderivative"), weather)[0] == pytest.approx(
        0.8 * 834 / 1013.25
    )
    assert derate(technology("gas.engine"), weather)[0] == pytest.approx(
        (1 - 0.021) * (1 - 0.5 * (1 - 834 / 1013.25))
    )


def test_cold_air_is_not_credited():
    weather = replace(
        station("tmy3:723170"), drybulb=np.full(8760, -20.0), pressure=np.full(8760, 1040.0)
    )
    assert (derate(technology("gas.aeroderivative"), weather) == 1.0).all()


def test_fuel_at_part_load_by_hand():
    """Efficiency falls by k (1 - load): at half load fuel is heat rate x 0.5 / (1 - k / 2)."""
    row = technology("gas.ccgt")
    k = row.part_load.value
    assert efficiency_at(row, np.array([0.5]))[0] == pytest.approx(1 - k / 2)
    assert fuel_at(row, np.array([0.5]))[0] == pytest.approx(
        row.heat_rate.value * 0.5 / (1 - k / 2)
    )
    assert fuel_at(row, np.array([0.0]))[0] == 0.0


@pytest.mark.parametrize("row", technologies(), ids=lambda row: row.key)
def test_what_weather_leaves_is_a_share_of_the_nameplate(row):
    share = derate(row, station("tm2:12839"))
    assert share.shape == (8760,)
    assert (share > 0).all()
    assert share.max() <= 1.0
    whole = available_share(row, station("tm2:12839"))
    assert whole == pytest.approx(share * row.availability)


def test_beyond_the_range_of_the_linear_rule_a_fifth_is_left():
    hot = replace(
        station("tmy3:723170"), drybulb=np.full(8760, 59.0), pressure=np.full(8760, 500.0)
    )
    steep = replace(
        technology("gas.aeroderivative"),
        heat_derate=Figure(0.05, "1/degC", "a test", "2026", "assumption"),
    )
    assert (derate(steep, hot) == 0.2).all()
