"""Into the queue of a replica, into a lobby, or out."""

import numpy as np
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import batching, control, dispatching
from headrace.models.fleet.kernel.layout import ARRIVALS, NOBODY, OFF, SHED
from headrace.models.fleet.types import Fleet, Pool, ServiceClass


def world_with(services, *, admit_below=np.inf, replicas=1):
    count = len(services)
    classes = tuple(ServiceClass(f"class {k}", admit_below=admit_below) for k in range(3))
    load = trace(np.zeros(count), np.full(count, 100), np.full(count, 50), np.array(services))
    pool = Pool("a", round_table(), replicas, max_batch=8, token_budget=1008)
    world = world_of(load, Fleet((pool,), classes=classes))
    control.open_gates(world)
    return world


def test_a_lobby_calls_the_highest_class_first_and_then_in_order():
    world = world_with([2, 0, 1, 0])
    for who in range(4):
        dispatching.wait(world, ARRIVALS, who)
    assert world.gates[ARRIVALS].waiting == 4
    assert [int(dispatching.call(world, ARRIVALS)) for _ in range(4)] == [1, 3, 2, 0]
    assert world.gates[ARRIVALS].waiting == 0


def test_while_nobody_is_awake_requests_wait_in_the_lobby():
    world = world_with([0])
    world.replicas[0].state = OFF
    control.open_gates(world)
    assert dispatching.send(world, 0, ARRIVALS, 1.0) == NOBODY
    assert world.gates[ARRIVALS].waiting == 1
    assert world.load[0] == 0


def test_an_idle_replica_must_plan_and_a_busy_one_need_not():
    world = world_with([0, 0])
    assert dispatching.send(world, 0, ARRIVALS, 1.0) == 0
    batching.plan(world, 0, 1.0)
    assert dispatching.send(world, 1, ARRIVALS, 1.001) == NOBODY
    assert (world.load[0], world.replicas[0].backlog) == (2, 200)


def test_whoever_finds_too_many_is_refused():
    world = world_with([0, 0], admit_below=1)
    dispatching.send(world, 0, ARRIVALS, 1.0)
    assert dispatching.send(world, 1, ARRIVALS, 2.0) == NOBODY
    assert (world.requests[1].status, world.requests[1].done) == (SHED, 2.0)
    assert (world.clock[0].shed, world.clock[0].finished, world.load[0]) == (1, 1, 1)


def test_a_newcomer_cuts_a_long_stretch_at_the_step_under_way():
    """A pure decode stretch begun at 0 s; a request at 25 ms joins after the third step, which ends
    at 3 x 10.1 ms + 1e-7 s x (100 + 101 + 102).
    """
    world = world_with([0, 0])
    dispatching.send(world, 0, ARRIVALS, 0.0)
    world.requests[0].started = 0.0
    world.requests[0].admitted = 1
    state = world.replicas[0]
    state.kv, state.filling, state.backlog = 100, 1, 0
    batching.start_decoding(world, 0, 0)
    batching.plan(world, 0, 0.0)
    assert state.stretch > 3
    dispatching.send(world, 1, ARRIVALS, 0.025)
    assert state.stretch == 3
    assert abs(state.due - (3 * 0.0101 + 1e-7 * 303)) < 1e-12
    assert world.heap[0].due == state.due
