"""Plant at part load: fuel, starts, ramps, water."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.catalogue import Figure
from headrace.core.errors import InputError
from headrace.energy.technology import technologies, technology
from headrace.energy.thermal import efficiency_at, fuel_at
from headrace.energy.unit_dispatch import fuel_line, ramp_violations, replay

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
    assert found.unserved == 0
    assert found.water == pytest.approx(30 * 0.004)


def test_minimum_load_dumps_and_capacity_limits():
    """One unit of 100 MW with a minimum of 40 asked for 10, then 150: 30 MWh dumped, 50
    MWh short.
    """
    row = technology("gas.aeroderivative")
    found = replay(row, np.array([10.0, 150.0]), count=1, size=100.0)
    assert found.dumped == pytest.approx(30)
    assert found.unserved == pytest.approx(50)


def test_a_reactor_cannot_swing_within_the_hour_but_an_engine_can():
    swing = np.array([300.0, 130.0] * 10)
    slow = technology("nuclear.smr")
    assert replay(slow, swing, 1, 300.0).ramp_violations == 0  # 60 % an hour
    assert replay(technology("gas.engine"), swing, 16, 18.8).ramp_violations == 0
    from dataclasses import replace

    from headrace.core.catalogue import Figure

    slower = replace(slow, ramp=Figure(0.001, "1/min", "test", "2026", "assumption"))
    assert replay(slower, swing, 1, 300.0).ramp_violations == 19


@given(st.lists(st.floats(0, 400), min_size=1, max_size=48), st.integers(1, 10))
def test_replay_conserves_energy_and_never_beats_full_load_efficiency(output, count):
    row = technology("gas.ccgt")
    asked = np.array(output)
    found = replay(row, asked, count, 60.0)
    served = asked.sum() - found.unserved
    assert found.unserved >= -1e-9
    assert found.dumped >= -1e-9
    assert found.fuel >= row.heat_rate.value * served - 1e-6


def test_ramps_that_the_units_on_line_cannot_follow_by_hand():
    """Two units of 100 MW that may move 1 % a minute, 60 MW an hour each: from 60 to 180 MW is the
    most that both may do; 181 is too much; a third unit brings up to its own 100 MW.
    """
    row = replace(
        technology("gas.ccgt"), ramp=Figure(0.01, "1/min", "a test", "2026", "assumption")
    )
    both = np.array([2, 2])
    assert ramp_violations(row, np.array([60.0, 180.0]), both, 100.0) == 0
    assert ramp_violations(row, np.array([60.0, 181.0]), both, 100.0) == 1
    assert ramp_violations(row, np.array([60.0, 181.0]), np.array([2, 3]), 100.0) == 0
    assert ramp_violations(row, np.array([181.0, 60.0]), both, 100.0) == 1


def test_a_plant_without_a_ramp_follows_anything():
    row = replace(technology("gas.ccgt"), ramp=None)
    assert ramp_violations(row, np.array([0.0, 1e4]), np.array([9, 9]), 100.0) == 0


def test_a_year_that_closes_on_itself_starts_nothing_that_ran_at_its_end():
    """Two units in the first and the last hour: two starts, or none where the first hour follows
    the last.
    """
    row = technology("gas.engine")
    output = np.array([20.0, 20.0])
    assert replay(row, output, 2, 10.0).starts == 2
    assert replay(row, output, 2, 10.0, circle=True).starts == 0


def test_reserve_on_line_runs_more_units():
    """20 MW fill two units of 10; with 5 MW of reserve three run."""
    row = technology("gas.engine")
    assert replay(row, np.array([20.0]), 5, 10.0).running.tolist() == [2]
    assert replay(row, np.array([20.0]), 5, 10.0, spinning=5.0).running.tolist() == [3]
    with pytest.raises(InputError, match="negative"):
        replay(row, np.array([-1.0]), 5, 10.0)
