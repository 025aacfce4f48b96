"""Times of steps by hand, and a formula against its inverse."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import records, world_of

from headrace.models.fleet.kernel import layout, stepping
from headrace.models.fleet.types import Fleet, Pool

AS_IS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def stretch(begun, rate, growth):
    replica = records(np.zeros(1, layout.REPLICA))[0]
    replica.begun, replica.rate, replica.growth = begun, rate, growth
    return replica


def test_three_growing_steps_by_hand():
    """The first takes 10 ms, each further one 2 x 0.5 = 1 ms more: 10 + 11 + 12 = 33 ms."""
    replica = stretch(1.0, 0.010, 0.0005)
    assert stepping.end_of(replica, 1) == pytest.approx(1.010)
    assert stepping.end_of(replica, 3) == pytest.approx(1.033)
    assert stepping.steps_within(replica, 0.033) == pytest.approx(3.0)


@AS_IS
@given(
    st.integers(1, 10_000),
    st.floats(1e-3, 0.1),
    st.floats(0.0, 0.5),
)
def test_steps_within_the_time_of_k_steps_are_k(steps, rate, ratio):
    """ratio: growth over the rate; a step never takes less than the one before."""
    replica = stretch(5.0, rate, ratio * rate)
    elapsed = stepping.end_of(replica, steps) - 5.0
    assert stepping.steps_within(replica, elapsed) == pytest.approx(steps, rel=1e-6)


@AS_IS
@given(st.floats(0, 30_000), st.floats(0, 30_000))
def test_attention_is_that_of_the_step_table(chunk, before):
    """The kernel's search over knots, its last slopes too, against the table's own
    bilinear rule.
    """
    table = round_table()
    world = world_of(trace([0.0], [1], [1]), Fleet((Pool("a", table, 1),)))
    found = stepping.attention(world, 0, chunk, before)
    assert found == pytest.approx(table.attention_time(chunk, before), abs=1e-9)
