"""The tree of minima against a plain search."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import control, loads
from headrace.models.fleet.kernel.layout import ARRIVALS
from headrace.models.fleet.types import Fleet, Pool


def world_of_replicas(count):
    return world_of(trace([0.0], [1], [1]), Fleet((Pool("a", round_table(), count),)))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 9),
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 4), st.booleans()), max_size=30),
)
def test_the_least_loaded_open_replica_is_found(count, changes):
    world = world_of_replicas(count)
    control.open_gates(world)
    open_ = np.ones(count, dtype=bool)
    for number, more, takes in changes:
        replica = number % count
        loads.hold(world, replica, more)
        loads.take_requests(world, replica, takes)
        open_[replica] = takes
        if open_.any():
            expected = np.argmin(np.where(open_, world.load, 1 << 50))
            assert loads.least_loaded(world, ARRIVALS) == expected


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_of_equals_the_first(count):
    world = world_of_replicas(count)
    control.open_gates(world)
    assert loads.least_loaded(world, ARRIVALS) == 0
    loads.hold(world, 0, 1)
    assert loads.least_loaded(world, ARRIVALS) == (1 if count > 1 else 0)
