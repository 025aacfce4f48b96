"""Outages, maintenance and the store, against exact convolution and hand arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.outages import UnitGroup, capacity_table, expected_loss, maintenance, units_of
from headrace.energy.reliability import (
    PlantFleet,
    StoreSize,
    meet_target,
    n_minus_one,
    reserve_requirement,
    simulate,
    standard_error,
    with_more,
)
from headrace.energy.technology import technology
from headrace.energy.weather.years import resampled, resampled_days

FLAT = np.full(8760, 100.0)
NO_SUN = np.zeros((1, 8760))


def test_two_units_by_hand():
    """Two 60 MW units, 10 % forced, load 100 MW all year: lost unless both run, 1 - 0.81 = 0.19 of
    8,760 h = 1,664.4 h.

    Unserved: 2 x 0.1 x 0.9 x 40 MW + 0.01 x 100 MW = 8.2 MW -> 71,832 MWh.
    """
    hours, energy = expected_loss(FLAT, (UnitGroup("a", 2, 60, 0.1, 50),))
    assert hours == pytest.approx(1664.4)
    assert energy == pytest.approx(71_832)


def test_the_table_is_a_distribution_with_the_right_mean():
    """Mean outage: 3 x 10 x 0.2 + 2 x 25 x 0.05 = 8.5 MW."""
    table = capacity_table((UnitGroup("a", 3, 10, 0.2, 10), UnitGroup("b", 2, 25, 0.05, 10)))
    assert table.sum() == pytest.approx(1)
    assert table @ np.arange(len(table)) == pytest.approx(8.5)


def test_monte_carlo_meets_the_exact_expectation():
    units = (UnitGroup("big", 2, 60, 0.08, 60), UnitGroup("small", 4, 10, 0.04, 20))
    hours, energy = expected_loss(FLAT, units)
    drawn = simulate(PlantFleet(FLAT, NO_SUN, units), samples=600, seed=3)
    assert abs(drawn.hours_lost.mean() - hours) < 3.5 * standard_error(drawn.hours_lost)
    assert abs(drawn.unserved.mean() - energy) < 3.5 * standard_error(drawn.unserved)


def test_the_same_seed_gives_the_same_samples_and_another_does_not():
    fleet = PlantFleet(FLAT, NO_SUN, (UnitGroup("a", 3, 50, 0.1, 40),))
    first, second, other = (simulate(fleet, 20, seed) for seed in (5, 5, 6))
    assert (first.unserved == second.unserved).all()
    assert (first.unserved != other.unserved).any()


def test_a_store_bridges_what_it_holds_and_no_more():
    """100 MW load, sun of 0: a store of 50 MW and 200 MWh at 0.8 out gives 50 MW for 3.2 h: 160 of
    876,000 MWh.
    """
    drawn = simulate(PlantFleet(FLAT, NO_SUN, store=StoreSize(50, 200, 0.9, 0.8)), 1)
    assert drawn.unserved[0] == pytest.approx(876_000 - 160)
    assert drawn.hours_lost[0] == 8760
    assert drawn.worst_week[0] == pytest.approx(16_800)


def test_a_store_carries_the_night_with_its_losses():
    """Sun of 225 MW by day (12 h), load 100 MW: the night needs 1,200 / 0.9 = 1,333 MWh, the day
    leaves 1,500 x 0.9 = 1,350.
    """
    sun = np.where(np.arange(8760) % 24 < 12, 225.0, 0.0)[None, :]
    assert simulate(PlantFleet(FLAT, sun, store=StoreSize(125, 1334, 0.9, 0.9)), 1).unserved[
        0
    ] == pytest.approx(0)
    smaller = simulate(PlantFleet(FLAT, sun, store=StoreSize(125, 1300, 0.9, 0.9)), 1)
    # each night lacks (1,333.3 - 1,300) x 0.9 = 30 MWh
    assert smaller.unserved[0] == pytest.approx(365 * 30, rel=1e-6)


def test_maintenance_goes_where_the_burden_is_low_and_does_not_pile_up():
    load = np.where(np.arange(8760) < 4380, 100.0, 60.0)
    blocks = maintenance(load, (UnitGroup("a", 4, 40, 0.0, 1, planned=0.05),))
    assert (blocks[:, 1] - blocks[:, 0] == 438).all()
    assert (blocks[:, 0] >= 4380 - 24).all()
    order = blocks[np.argsort(blocks[:, 0])]
    assert (order[1:, 0] >= order[:-1, 1]).all()


def test_service_keeps_to_the_hours_in_which_it_may_fall():
    """The load is lowest late in the year; service may only fall in the first quarter."""
    load = np.where(np.arange(8760) < 4380, 100.0, 60.0)
    allowed = np.zeros((1, 8760))
    allowed[0, :2190] = 1.0
    blocks = maintenance(load, (UnitGroup("a", 3, 40, 0.0, 1, planned=0.05),), allowed)
    assert (blocks[:, 1] <= 2190).all()
    order = blocks[np.argsort(blocks[:, 0])]
    assert (order[1:, 0] >= order[:-1, 1]).all()


def test_hours_are_lost_where_energy_is_not_and_bounds_hold_what_few_draws_show():
    """Two units of 60 MW, 10 % forced, carry 100 MW in 81 % of hours and 91.8 % of the energy; of
    three, two carry it in 97.2 %: one more is enough for 95 % of hours and not for 98 %.
    """
    fleet = PlantFleet(FLAT, NO_SUN, (UnitGroup("a", 2, 60, 0.1, 50),))
    drawn = simulate(fleet, 400, 3)
    assert drawn.hours_served == pytest.approx(0.81, abs=0.01)
    assert drawn.availability == pytest.approx(0.918, abs=0.005)
    assert drawn.hours_bound < drawn.hours_served
    assert meet_target(fleet, "a", 0.95, 200, 1, of="hours").added == 1
    assert meet_target(fleet, "a", 0.98, 200, 1, of="hours").added == 2
    none_lost = simulate(PlantFleet(FLAT, NO_SUN + 100.0), 30)
    assert none_lost.hours_served == 1.0
    # the rule of three: an hour a year in three of thirty draws
    assert none_lost.hours_bound == pytest.approx(1 - 3 / 30 / 8760)


def test_units_are_added_to_their_kind_alone():
    fleet = PlantFleet(FLAT, NO_SUN, (UnitGroup("a", 2, 60, 0.1, 50), UnitGroup("b", 1, 5, 0, 1)))
    assert [kind.count for kind in with_more(fleet, "a", 3).units] == [5, 1]


def test_n_minus_one_finds_the_unit_that_must_not_fail():
    """120 MW in 60 + 30 + 30: without the 60 the load of 80 lacks 20 MW all year; without a 30, 90
    MW still carry it.
    """
    fleet = PlantFleet(
        np.full(8760, 80.0),
        NO_SUN,
        (UnitGroup("big", 1, 60, 0.1, 50), UnitGroup("small", 2, 30, 0.1, 50)),
    )
    big, small = n_minus_one(fleet)
    assert big.hours_lost == 8760
    assert big.unserved == pytest.approx(8760 * 20)
    assert small.hours_lost == 0
    assert reserve_requirement(fleet.units) == 60


def test_units_come_whole_from_the_catalogue():
    """100 MW of engines of 18.8 MW are 6 units; forced outage 0.025 of all hours is 0.025 / 0.965
    outside maintenance.
    """
    units = units_of(technology("gas.engine"), 100)
    assert units.count == 6
    assert units.forced == pytest.approx(0.025 / 0.965)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 0.3), st.integers(1, 6), st.floats(5, 60))
def test_more_units_never_lose_more(forced, count, size):
    def lost(n: int) -> float:
        return simulate(
            PlantFleet(FLAT[:800], NO_SUN[:, :800], (UnitGroup("a", n, size, forced, 30),)),
            3,
            planned=False,
        ).unserved.sum()

    # the first `count` units draw the same histories, so the larger fleet holds the smaller one
    assert lost(count + 1) <= lost(count) + 1e-6


def test_resampled_years_keep_the_season_and_move_whole_days():
    days = resampled_days(5, seed=1, window=10)
    assert (days[0] == np.arange(365)).all()
    distance = np.abs(days - np.arange(365))
    assert np.minimum(distance, 365 - distance).max() <= 10
    values = np.arange(8760.0)
    assert (resampled(values, days)[2].reshape(365, 24)[:, 0] == days[2] * 24).all()


@pytest.mark.parametrize(
    "fleet",
    [
        PlantFleet(FLAT, np.zeros((1, 10))),
        PlantFleet(FLAT * np.nan, NO_SUN),
        PlantFleet(FLAT, NO_SUN, (UnitGroup("a", 1, 10, 1.0, 10),)),
        PlantFleet(FLAT, NO_SUN, (UnitGroup("a", 1, 10, 0.99, 1),)),
        PlantFleet(FLAT, NO_SUN, store=StoreSize(1, 1, 0.0, 1.0)),
    ],
)
def test_what_cannot_be_is_refused_in_words(fleet):
    with pytest.raises(InputError):
        simulate(fleet, 2)


def test_an_availability_target_is_met_with_the_fewest_units_and_holds_for_another_seed():
    """Engines of 10 MW, 5 % forced, load 100 MW: ten lose about 5 %, 99.9 % takes three or four
    more.
    """
    fleet = PlantFleet(FLAT, NO_SUN, (UnitGroup("engine", 10, 10, 0.05, 30, 0.02),))
    met = meet_target(fleet, "engine", 0.999, samples=60)
    assert met.missed_by == 0
    assert 2 <= met.added <= 5
    assert simulate(met.fleet, 100, seed=99).availability > 0.9985
    fewer = meet_target(fleet, "engine", 0.999, samples=60, most=met.added - 1)
    assert fewer.missed_by > 0
    with pytest.raises(InputError, match="engine"):
        meet_target(fleet, "turbine", 0.999)


def test_no_loss_seen_is_no_proof_of_none():
    """100 samples without loss: three in a hundred of an hour of 100 MW, 3 of 876,000 MWh."""
    calm = simulate(PlantFleet(FLAT, NO_SUN, (UnitGroup("a", 1, 100, 0.0, 1),)), 100)
    assert calm.availability == 1.0
    assert calm.availability_bound == pytest.approx(1 - 3 / 876_000)
    assert calm.meets(0.9999)
    assert not calm.meets(0.999999)


def test_the_reliability_test_system():
    """IEEE RTS-79 with hourly load: 9.394 h and 1,176 MWh a year (Billinton and Allan)."""
    from headrace.verification import rts79

    hours, energy = expected_loss(rts79.load(), rts79.UNITS)
    assert hours == pytest.approx(9.394, rel=1e-4)
    assert energy == pytest.approx(1176, rel=1e-3)
    assert sum(units.capacity for units in rts79.UNITS) == 3405
