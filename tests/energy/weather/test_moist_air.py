"""Psychrometrics against published table values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.energy.weather.moist_air import (
    SEA_LEVEL,
    humidity_from_dewpoint,
    pressure_at,
    saturation,
    wetbulb,
)


def test_saturation_pressure_of_the_tables():
    """ASHRAE Handbook 2017, chapter 1, table 3: 0.6112 kPa at 0 degC, 2.3393 at 20, 7.3844 at 40;
    over ice 0.10326 at -20.
    """
    found = saturation(np.array([0.0, 20.0, 40.0, -20.0]))
    assert found == pytest.approx([6.112, 23.393, 73.844, 1.0326], rel=1e-3)


def test_a_classic_wet_bulb():
    """30 degC at 50 % and sea level: 22.0 degC (psychrometric chart)."""
    assert wetbulb(np.array([30.0]), np.array([0.5]), np.array([SEA_LEVEL]))[0] == pytest.approx(
        22.0, abs=0.1
    )


def test_saturated_air_has_one_temperature_and_altitude_thins_it():
    assert wetbulb(np.array([15.0]), np.array([1.0]), np.array([SEA_LEVEL]))[0] == pytest.approx(
        15.0, abs=1e-4
    )
    assert humidity_from_dewpoint(np.array([20.0]), np.array([20.0]))[0] == 1.0
    assert pressure_at(0) == SEA_LEVEL
    assert pressure_at(1500) == pytest.approx(845.6, abs=0.5)


@given(st.floats(-30, 45), st.floats(0.02, 1.0), st.floats(600, 1080))
def test_the_wet_bulb_lies_between_far_below_and_the_dry_bulb(dry, humid, pressure):
    wet = wetbulb(np.array([dry]), np.array([humid]), np.array([pressure]))[0]
    assert dry - 60 < wet <= dry + 1e-9
    drier = wetbulb(np.array([dry]), np.array([humid * 0.9]), np.array([pressure]))[0]
    assert drier <= wet + 1e-6
