"""Amounts by bucket of time: nothing is lost, nothing is counted twice."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import metering
from headrace.models.fleet.kernel.layout import (
    AWAKE,
    DOWN,
    ENERGY,
    GAP_LOW,
    GAP_STEP,
    LOST,
    OFF,
    ON,
    TOKENS,
    WORK,
)
from headrace.models.fleet.types import Fleet, Pool

HOUR = 3600.0


def an_hour():
    """One replica, sixty buckets of a minute."""
    return world_of(trace([0.0, HOUR], [1, 1], [1, 1]), Fleet((Pool("a", round_table(), 1),)))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, HOUR - 1), st.floats(0, HOUR - 1), st.floats(0, 1e6))
def test_an_amount_is_spread_whole_and_only_where_it_belongs(one, other, amount):
    world, (begin, end) = an_hour(), sorted((one, other))
    metering.spread(world, 0, ENERGY, begin, end, amount)
    row = world.series[0, ENERGY]
    assert row.sum() == pytest.approx(amount, abs=1e-6)
    outside = np.ones(len(row), dtype=bool)
    outside[int(begin // 60) : int(end // 60) + 1] = False
    assert (row[outside] == 0).all()


def test_half_a_minute_before_and_a_minute_and_a_half_after_the_turn():
    """From 30 s to 150 s: a quarter, a half and a quarter of 120 lie in minutes 0, 1 and 2."""
    world = an_hour()
    metering.spread(world, 0, WORK, 30.0, 150.0, 120.0)
    assert world.series[0, WORK, :4].tolist() == pytest.approx([30.0, 60.0, 30.0, 0.0])


@pytest.mark.parametrize("end", [50.0, 70.0, 200.0])
def test_a_stretch_is_work_energy_and_tokens(end):
    """500 W from 10 s on, ten tokens; within a bucket and over several."""
    world = an_hour()
    state = world.replicas[0]
    state.begun, state.watts, state.decoding = 10.0, 500.0, 2
    metering.meter_work(world, 0, end, 10.0)
    totals = world.series[0].sum(axis=1)
    assert totals[WORK] == pytest.approx(end - 10.0)
    assert totals[ENERGY] == pytest.approx(500.0 * (end - 10.0))
    assert totals[TOKENS] == pytest.approx(10.0)
    assert state.busy == pytest.approx(end - 10.0)
    # five steps for two requests: the time between two tokens is a fifth of the stretch
    at = int(world.gaps.argmax())
    assert world.gaps.sum() == 10.0
    low = GAP_LOW * np.exp(GAP_STEP * at)
    assert low <= (end - 10.0) / 5 < low * np.exp(GAP_STEP) * (1 + 1e-9)


def test_a_minute_awake_a_minute_down_a_minute_asleep():
    world = an_hour()
    for state, now in ((DOWN, 60.0), (OFF, 120.0), (ON, 180.0), (OFF, 240.0)):
        metering.enter_state(world, 0, state, now)
    assert world.series[0, AWAKE].sum() == pytest.approx(120.0)
    assert world.series[0, LOST].sum() == pytest.approx(60.0)
    assert world.replicas[0].since == 240.0
