"""Derating by heat and altitude, money of other years, learning curves."""

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.energy.learning import curve
from headrace.energy.price_level import price_level
from headrace.energy.technology import fuel, in_money, learned, technology
from headrace.energy.thermal import derate
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


def test_money_of_other_years():
    """CPI-U 292.655 in 2022 and 313.689 in 2024: 100 USD of 2022 are 107.19 of 2024."""
    assert price_level(2024) / price_level(2022) == pytest.approx(1.07187, abs=1e-5)
    assert price_level(2026) > price_level(2025) > price_level(2024)
    smr = technology("nuclear.smr")
    assert in_money(smr.capex, "USD/kW", 2022) == 8000
    assert in_money(smr.capex, "USD/kW", 2024) == pytest.approx(8000 * 1.07187, rel=1e-4)
    assert in_money(smr.heat_rate, "MMBtu/MWh", 2024) == smr.heat_rate.value
    with pytest.raises(InputError):
        price_level(1990)


def test_curves_interpolate_and_hold_at_their_ends():
    """Wind moderate: 1,380 (2025) and 1,228 (2030) -> 1,319 in 2027; reactors begin in 2030."""
    path = curve("wind")
    assert path.at("capex", 2027) == pytest.approx(
        path.at("capex", 2025) * 0.6 + path.at("capex", 2030) * 0.4
    )
    assert curve("nuclear.smr").at("capex", 2026) == 8000
    assert path.at("capex", 2070) == path.at("capex", 2050)
    row = technology("wind.onshore")
    assert learned(row, 2025, "moderate") == row
    with pytest.raises(InputError):
        learned(row, 2030, "hopeful")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Known"):
        curve("steam")


def test_unknown_keys_name_the_nearest():
    with pytest.raises(InputError, match=r"gas\.ccgt"):
        technology("gas.cgt")
    with pytest.raises(InputError, match="gas, diesel"):
        fuel("peat")
