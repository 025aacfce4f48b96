"""Replicas come and go."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import control, loads
from headrace.models.fleet.kernel.layout import (
    ARRIVALS,
    DOWN,
    DRAINING,
    FAIL,
    HARD,
    LIMIT,
    OFF,
    ON,
    REPAIR,
    SOFT,
    TICK,
    WARM,
    WARMING,
)
from headrace.models.fleet.types import Autoscale, Fleet, Pool, ReplicaLimits


def world_with(replicas=3, *, start=None, warm_up=0.0, autoscale=None, limits=None):
    pool = Pool("a", round_table(), replicas, start=start, warm_up=warm_up, autoscale=autoscale)
    world = world_of(trace([0.0, 500.0], [1, 1], [1, 1]), Fleet((pool,)), limits)
    control.open_gates(world)
    return world


def states(world):
    return [int(state) for state in world.replicas["state"]]


def test_a_limit_wakes_and_retires_the_least_loaded_from_the_back():
    """Of three, loaded 0, 2 and 0: the last idle one sleeps first, then the first; the busy one
    drains.
    """
    limits = ReplicaLimits(np.array([1.0, 2.0, 3.0]), np.array([[2], [1], [0]]))
    world = world_with(limits=limits)
    loads.hold(world, 1, 2)
    control.follow(world, LIMIT, 0, 1.0)
    assert states(world) == [ON, ON, OFF]
    control.follow(world, LIMIT, 1, 2.0)
    assert states(world) == [OFF, ON, OFF]
    control.follow(world, LIMIT, 2, 3.0)
    assert states(world) == [OFF, DRAINING, OFF]
    assert world.gates[ARRIVALS].open == 0


def test_a_draining_replica_is_woken_before_one_that_sleeps():
    world = world_with()
    loads.hold(world, 2, 1)
    world.pools[0].limit = 0
    control.balance(world, 0, 1.0, SOFT)
    assert states(world) == [OFF, OFF, DRAINING]
    world.pools[0].limit = 1
    control.balance(world, 0, 2.0, SOFT)
    assert states(world) == [OFF, OFF, ON]


def test_warming_takes_its_time_and_a_cancelled_warm_up_is_forgotten():
    """Woken at 0 s, put back at 5 s, woken again at 8 s: what was to end at 10 s ends at 18 s."""
    world = world_with(1, start=0, warm_up=10.0, autoscale=Autoscale("outstanding", 1.0, least=0))
    for wanted, now in ((1, 0.0), (0, 5.0), (1, 8.0)):
        world.pools[0].wanted = wanted
        control.balance(world, 0, now, SOFT)
        assert states(world) == [WARMING if wanted else OFF]
    control.follow(world, WARM, 0, 10.0)
    assert states(world) == [WARMING]
    control.follow(world, WARM, 0, 18.0)
    assert states(world) == [ON]
    assert world.gates[ARRIVALS].open == 1


def test_a_failure_is_replaced_by_one_that_sleeps_and_repaired_into_sleep():
    world = world_with(3, start=2)
    control.follow(world, FAIL, 0, 1.0)
    assert states(world) == [DOWN, ON, ON]
    control.follow(world, REPAIR, 0, 2.0)
    assert states(world) == [OFF, ON, ON]


def test_a_hard_limit_lets_nobody_drain():
    world = world_with()
    world.pools[0].limit = 0
    control.balance(world, 0, 1.0, HARD)
    assert states(world) == [OFF, OFF, OFF]


@pytest.mark.parametrize(("outstanding", "wanted"), [(0, 1), (4, 1), (5, 2), (12, 3), (100, 25)])
def test_one_look_of_an_autoscaler_by_hand(outstanding, wanted):
    """Four outstanding requests a replica, at least one; as many wake as stand."""
    scale = Autoscale("outstanding", 4.0, least=1, period=60.0, hold=1)
    world = world_with(3, autoscale=scale)
    loads.hold(world, 0, outstanding)
    control.follow(world, TICK, 0, 60.0)
    assert world.pools[0].wanted == wanted
    assert states(world).count(ON) == min(3, wanted)


def test_an_autoscaler_holds_the_highest_of_its_last_looks():
    """Twelve outstanding, then none: three replicas are kept for the two looks it holds."""
    scale = Autoscale("outstanding", 4.0, least=1, period=60.0, hold=2)
    world = world_with(3, autoscale=scale)
    wanted = []
    for now, load in ((60.0, 12), (120.0, 0), (180.0, 0)):
        loads.hold(world, 0, load - int(world.load[0]))
        control.follow(world, TICK, 0, now)
        wanted.append(int(world.pools[0].wanted))
    assert wanted == [3, 3, 1]


def test_a_busy_pool_wants_its_seconds_over_the_target():
    """120 replica-seconds of work in a minute, half busy wanted: 2 / 0.5 = 4 replicas."""
    world = world_with(8, autoscale=Autoscale("busy", 0.5, least=1, period=60.0, hold=1))
    world.replicas[0].busy = 50.0
    world.replicas[1].busy = 70.0
    control.follow(world, TICK, 0, 60.0)
    assert world.pools[0].wanted == 4
    control.follow(world, TICK, 0, 120.0)
    assert world.pools[0].wanted == 1
