"""Plant at part load, fleets with age, paths to the chip, contracts, wind."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.battery import ageing, heat_rate_after, left_after, wear
from headrace.energy.capacity_factor import hourly_share
from headrace.energy.contracts import (
    bridge_power,
    contracts,
    power_purchase,
    reservation,
    staged_payments,
)
from headrace.energy.power_path import power_path
from headrace.energy.technology import learned, technologies, technology
from headrace.energy.thermal import efficiency_at, fuel_at
from headrace.energy.unit_dispatch import fuel_line, replay
from headrace.energy.weather.series import station
from headrace.energy.wind import WindDesign, capacity_factor, scale_for

PLANTS = [row for row in technologies() if row.heat_rate is not None]


def test_half_load_burns_more_per_mwh_by_hand():
    """Combined cycle, k = 0.12: at half load efficiency is 0.94 of full, fuel 6.168 x 0.5 / 0.94 =
    3.2809 MMBtu/h per MW.
    """
    ccgt = technology("gas.ccgt")
    assert efficiency_at(ccgt, np.array([0.5]))[0] == pytest.approx(0.94)
    assert fuel_at(ccgt, np.array([0.5, 1.0])) == pytest.approx([6.168 * 0.5 / 0.94, 6.168])


@pytest.mark.parametrize("row", PLANTS, ids=lambda row: row.key)
def test_the_plans_line_meets_the_exact_curve_at_both_ends(row):
    line = fuel_line(row)
    for load in (line.minimum, 1.0):
        assert line.no_load + line.slope * load == pytest.approx(
            float(fuel_at(row, np.array([load]))[0])
        )
    assert line.worst < 0.03


def test_replay_of_two_hours_by_hand():
    """Engines of 18.8 MW, k = 0.12: 30 MW needs two at 30 / 37.6; then none.

    Two starts of 0.2 MMBtu and 5 USD per MW.
    """
    engine = technology("gas.engine")
    found = replay(engine, np.array([30.0, 0.0]), count=3, size=18.8)
    load = 30 / 37.6
    assert list(found.running) == [2, 0]
    assert found.fuel == pytest.approx(30 * 8.6 / (1 - 0.12 * (1 - load)))
    assert found.starts == 2
    assert found.start_fuel == pytest.approx(2 * 18.8 * 0.2)
    assert found.start_cost == pytest.approx(2 * 18.8 * 5)
    assert found.dumped == 0
    assert found.short == 0
    assert found.water == pytest.approx(30 * 0.004)


def test_minimum_load_dumps_and_capacity_limits():
    """One unit of 100 MW with a minimum of 40 asked for 10, then 150: 30 MWh dumped, 50 MWh short."""
    row = technology("gas.aeroderivative")
    found = replay(row, np.array([10.0, 150.0]), count=1, size=100.0)
    assert found.dumped == pytest.approx(30)
    assert found.short == pytest.approx(50)


def test_a_reactor_cannot_swing_within_the_hour_but_an_engine_can():
    swing = np.array([300.0, 130.0] * 10)
    slow = technology("nuclear.smr")
    assert replay(slow, swing, 1, 300.0).steep == 0  # 60 % an hour
    assert replay(technology("gas.engine"), swing, 16, 18.8).steep == 0
    from dataclasses import replace

    from headrace.core.catalogue import Figure

    slower = replace(slow, ramp=Figure(0.001, "1/min", "test", "2026", "assumption"))
    assert replay(slower, swing, 1, 300.0).steep == 19


@given(st.lists(st.floats(0, 400), min_size=1, max_size=48), st.integers(1, 10))
def test_replay_conserves_energy_and_never_beats_full_load_efficiency(output, count):
    row = technology("gas.ccgt")
    asked = np.array(output)
    found = replay(row, asked, count, 60.0)
    served = asked.sum() - found.short
    assert found.short >= -1e-9
    assert found.dumped >= -1e-9
    assert found.fuel >= row.heat_rate.value * served - 1e-6


def test_a_battery_is_replaced_when_it_is_worn_by_hand():
    """1.2 % a year and 365 x 0.00003 = 1.095 %: 2.295 % a year; below 0.65 after 16 years (0.6328)."""
    row = technology("battery.lfp")
    found = ageing(row, 365, 20)
    assert found.left[0] == pytest.approx(1 - 0.02295)
    assert found.replaced == (16,)
    assert found.left[16] == pytest.approx(1 - 0.02295)
    assert 0.7 < found.mean < 1
    # 0.00003 / 0.35 x 0.5 x 309,900 = 13.28 USD/MWh
    assert wear(row, 309_900) == pytest.approx(0.00003 / 0.35 * 0.5 * 309_900)
    with pytest.raises(InputError):
        ageing(technology("gas.engine"), 365, 20)


def test_fade_compounds():
    assert left_after(technology("solar.single_axis"), 2) == pytest.approx((1 - 0.0055) ** 2)
    assert heat_rate_after(technology("gas.ccgt"), 10) == pytest.approx(6.168 * 1.003**10)


def test_payments_add_up_and_end_at_operation():
    """An SMR over 96 months with five years of building: a tenth now, the rest from month 42 to
    month 90.
    """
    row = technology("nuclear.smr")
    paid = staged_payments(row, 1000.0)
    assert sum(one.usd for one in paid) == pytest.approx(1000)
    assert [one.month for one in paid] == [0, 42, 54, 66, 78, 90]
    squeezed = staged_payments(technology("gas.fuel_cell"), 1000.0)
    assert [one.month for one in squeezed] == [0, 3]


@pytest.mark.parametrize("row", technologies(), ids=lambda row: row.key)
def test_every_technology_can_be_paid_learned_and_given_hours(row):
    assert sum(one.usd for one in staged_payments(row, 1.0)) == pytest.approx(1)
    for scenario in ("advanced", "moderate", "conservative"):
        late = learned(row, 2050, scenario)
        assert late.overnight() > 0
    assert (
        learned(row, 2050, "advanced").overnight()
        <= learned(row, 2050, "conservative").overnight() + 1e-9
    )


def test_the_atb_curve_is_relative_to_its_moderate_anchor():
    """PV moderate 2030: 1,044 of 1,323; SMR advanced 2050: 2,000 of 8,000 (ATB 2024)."""
    assert technology("solar.single_axis", 2030).capex.value == pytest.approx(
        1323 * 1043.5 / 1322.9, rel=2e-3
    )
    assert technology("nuclear.smr", 2050, "advanced").capex.value == pytest.approx(2000)
    assert technology("battery.lfp", 2030).energy_capex.value == pytest.approx(245.7, rel=1e-3)


def test_contracts_load_and_do_what_they_say():
    kinds = contracts()
    assert {"reservation", "bridge", "ppa"} == set(kinds.values())
    slot = reservation("reserve.turbine")
    ccgt = technology(slot.technology)
    assert slot.conversion(2_400_000) == 2_400_000 - 30_000
    assert slot.given_up() == pytest.approx(0.8 * 30_000)
    assert slot.converted_lead(ccgt) == 36
    rented = bridge_power("bridge.engine")
    assert rented.cost(6) == rented.cost(12) == 12 * 26_000 + 60_000
    assert power_purchase("ppa.solar").paid(1000.0, 700.0, 0) == 55 * 1000
    with pytest.raises(InputError, match="not a bridge"):
        bridge_power("ppa.solar")
    for key, kind in kinds.items():
        {"reservation": reservation, "bridge": bridge_power, "ppa": power_purchase}[kind](key)


def test_paths_to_the_chip():
    """AC from the grid: 0.98 x 0.94 x 0.99 x 0.94 = 0.8573; part load is worse; DC saves most for
    the battery.
    """
    ac = power_path("path.ac", "grid")
    assert ac.efficiency == pytest.approx(0.98 * 0.94 * 0.99 * 0.94)
    at = ac.at(np.array([0.0, 0.25, 0.5, 1.0]))
    assert at[0] == 0
    assert (np.diff(at) > 0).all()
    assert at[-1] == pytest.approx(ac.efficiency)
    gain = {
        s: power_path("path.dc", s).efficiency / power_path("path.ac", s).efficiency
        for s in ("grid", "solar", "battery")
    }
    assert gain["battery"] > gain["grid"] > 1
    with pytest.raises(InputError, match="Known"):
        power_path("path.dc", "moon")  # type: ignore[arg-type]


def test_wind_rises_with_the_mast_and_is_calibrated():
    weather = station("tm2:12839")
    low, high = (capacity_factor(weather, WindDesign(hub=h)).mean() for h in (80, 140))
    assert 0 < low < high < 1
    scale = scale_for(weather, 0.40)
    assert capacity_factor(weather, WindDesign(scale=scale)).mean() == pytest.approx(0.40, abs=1e-4)
    with pytest.raises(InputError, match="up to"):
        scale_for(weather, 0.95)


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
