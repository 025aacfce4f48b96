"""Exact outages of units, and where maintenance goes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.outages import UnitGroup, capacity_table, expected_loss, maintenance, units_of
from headrace.energy.technology import technology


def test_three_of_four_by_hand():
    """Four units of 1 MW, each out one hour in ten: exactly one out with 4 x 0.1 x 0.9^3 =
    0.2916.
    """
    table = capacity_table((UnitGroup("a", 4, 1.0, 0.1, 24.0),))
    assert table == pytest.approx([0.6561, 0.2916, 0.0486, 0.0036, 0.0001])


@given(st.floats(0.01, 0.5), st.floats(1, 1000))
def test_time_to_failure_gives_back_the_share_out(forced, repair):
    """Out for `repair` of every cycle of failure and repair: repair / (repair + time to
    failure).
    """
    group = UnitGroup("a", 1, 1.0, forced, repair)
    assert repair / (repair + group.time_to_failure) == pytest.approx(forced)


def test_what_never_fails_never_fails():
    assert UnitGroup("a", 1, 1.0, 0.0, 24.0).time_to_failure == np.inf


@settings(deadline=None)
@given(st.integers(1, 6), st.floats(0.0, 0.5), st.floats(0.5, 6.0))
def test_expected_loss_is_the_sum_over_every_outcome(count, forced, load):
    """Brute force over all subsets of units out."""
    lost = energy = 0.0
    for state in range(1 << count):
        out = state.bit_count()
        chance = forced**out * (1 - forced) ** (count - out)
        short = load - (count - out)
        lost += chance * (short > 1e-9)
        energy += chance * max(0.0, short)
    found = expected_loss(np.array([load]), (UnitGroup("a", count, 1.0, forced, 24.0),))
    assert found == pytest.approx((lost, energy), abs=1e-9)


def test_maintenance_takes_the_quiet_days_by_hand():
    """Ten days, the sixth and seventh quiet; a unit needs a fifth of the time: those two days."""
    load = np.full(240, 10.0)
    load[120:168] = 2.0
    blocks = maintenance(load, (UnitGroup("a", 1, 3.0, 0.05, 24.0, planned=0.2),))
    assert blocks.tolist() == [[120, 168]]


def test_a_second_unit_goes_elsewhere_and_one_without_plan_nowhere():
    """The quiet days carry 2 + 9 of the first unit; the second finds 10 elsewhere lower than 11."""
    load = np.full(240, 10.0)
    load[120:168] = 2.0
    groups = (
        UnitGroup("a", 2, 9.0, 0.05, 24.0, planned=0.2),
        UnitGroup("b", 1, 1.0, 0.05, 24.0),
    )
    first, second, none = maintenance(load, groups)
    assert first.tolist() == [120, 168]
    assert second[1] <= 120 or second[0] >= 168
    assert none.tolist() == [0, 0]


def test_whole_units_and_steps_only():
    assert units_of(technology("gas.engine"), 0.0).count == 0
    assert units_of(technology("gas.engine"), 100.0, unit_size=30.0).count == 4
    with pytest.raises(InputError, match="zero or more"):
        units_of(technology("gas.engine"), -1.0)
    with pytest.raises(InputError, match="whole steps"):
        capacity_table((UnitGroup("a", 1, 1.5, 0.1, 24.0),), step=1.0)
