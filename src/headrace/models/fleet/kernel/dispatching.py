"""Requests find their way: into the queue of a replica, into a lobby, or out."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math

from headrace.models.fleet.kernel.batching import fits
from headrace.models.fleet.kernel.compiled import hot, piece
from headrace.models.fleet.kernel.heaps import reorder
from headrace.models.fleet.kernel.layout import NEVER, NOBODY, SHED, State
from headrace.models.fleet.kernel.loads import hold
from headrace.models.fleet.kernel.queues import append, drop_first, is_next
from headrace.models.fleet.kernel.releasing import release
from headrace.models.fleet.kernel.routing import choose
from headrace.models.fleet.kernel.stepping import end_of, steps_within


@piece
def wait(world: State, gate: int, who: int) -> None:
    """Put a request into the lobby of a gate; the loop routes it as soon as the gate is open."""
    append(world, len(world.load) + gate, who)
    world.gates[gate].waiting += 1


@piece
def call(world: State, gate: int) -> int:
    """Take the next request out of a lobby: the first of the highest class."""
    lobby = len(world.load) + gate
    service = 0
    while world.queues[lobby, service].first < 0:
        service += 1
    who = world.queues[lobby, service].first
    drop_first(world, lobby, service)
    world.gates[gate].waiting -= 1
    return who


@hot
def send(world: State, who: int, gate: int, now: float) -> int:
    """Route a request at `now` [s] into a queue; the replica that must plan because of it, or
    NOBODY.

    A new request is refused where the chosen replica already holds as many as its class admits.
    """
    replica = choose(world, gate, who, now)
    if replica < 0:
        wait(world, gate, who)
        return NOBODY
    request = world.requests[who]
    if request.started < 0.0 and world.load[replica] >= world.services[request.service].admit_below:
        request.status, request.done = SHED, now
        world.clock[0].shed += 1
        world.clock[0].finished += 1
        release(world, who, now)
        return NOBODY
    append(world, replica, who)
    hold(world, replica, 1)
    state = world.replicas[replica]
    state.backlog += request.need - request.filled
    if state.due == NEVER:
        return replica
    if (
        state.pure
        and state.stretch > 1
        and is_next(world, replica, who)
        and fits(world, replica, request.need)
    ):
        _cut(world, replica, now)
    return NOBODY


@hot
def _cut(world: State, replica: int, now: float) -> None:
    """End the stretch at the step under way, so that the newcomer may join the next one."""
    state = world.replicas[replica]
    steps = max(1, math.ceil(steps_within(state, now - state.begun) - 1e-9))
    if steps < state.stretch:
        state.stretch = steps
        state.due = end_of(state, steps)
        reorder(world.replicas, world.heap, replica)
