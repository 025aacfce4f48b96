"""The loop: the agenda first, then arrivals, then finished steps, in order of time."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from numba import njit

from headrace.core.compiled_code import can_be_kept
from headrace.models.fleet.kernel.batching import plan
from headrace.models.fleet.kernel.compiled import hot
from headrace.models.fleet.kernel.completing import finish
from headrace.models.fleet.kernel.control import follow, open_gates
from headrace.models.fleet.kernel.dispatching import call, send
from headrace.models.fleet.kernel.heaps import take_next
from headrace.models.fleet.kernel.layout import (
    ARRIVALS,
    DRAINING,
    HANDOVERS,
    NEVER,
    NOBODY,
    OFF,
    State,
)
from headrace.models.fleet.kernel.metering import enter_state
from headrace.models.fleet.kernel.releasing import next_arrival

FINISHED, CARRY_ON, LONGER = 0, 1, 2


def fingerprint() -> str:
    """Of every source of the kernel: part of the key under which compiled code is kept."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


@hot
def _open_lobby(world: State) -> int:
    """A gate that is open and where somebody waits, or -1."""
    for gate in (ARRIVALS, HANDOVERS):
        if world.gates[gate].waiting > 0 and world.gates[gate].open > 0:
            return gate
    return NOBODY


@hot
def _step(world: State, now: float) -> int:
    """The next replica finishes its stretch; it plans again."""
    replica = world.heap[0].replica
    finish(world, replica, now)
    if world.replicas[replica].state == DRAINING and world.load[replica] == 0:
        enter_state(world, replica, OFF, now)
    return int(replica)


@hot
def _event(world: State, last: float) -> int:
    """One event; CARRY_ON, or why there is none."""
    clock, requests = world.clock[0], world.requests
    step = world.heap[0].due
    arrival = next_arrival(world)
    item = world.agenda[0].time if clock.agenda > 0 else NEVER
    now = min(item, min(arrival, step))
    gate = _open_lobby(world)
    who, replica = NOBODY, NOBODY
    if gate >= 0:
        now, who = clock.now, call(world, gate)
    elif clock.finished == len(requests) or now == NEVER:
        return FINISHED
    elif now >= last:
        return LONGER
    elif item == now:
        _, kind, which = take_next(clock, world.agenda)
        follow(world, kind, which, now)
    elif arrival == now:
        gate, who = ARRIVALS, clock.arrived
        clock.arrived += 1
    else:
        replica = _step(world, now)
    if who >= 0:
        replica = send(world, who, gate, now)
    if replica >= 0:
        plan(world, replica, now)
    clock.now = now
    clock.events += 1
    return CARRY_ON


def _compiled(key: str) -> tuple[Callable[..., int], Callable[..., None]]:
    @njit(cache=can_be_kept(), nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True)
    def advance(world: State, most_events: int) -> int:
        """Work off up to `most_events` events.

        FINISHED: every request is done or shed, or nothing will ever happen again. CARRY_ON: call
            again. LONGER: the series end before the next event; lengthen them and call again.
        """
        len(key)
        last = world.series.shape[2] * world.clock[0].bucket
        for _ in range(most_events):
            outcome = _event(world, last)
            if outcome != CARRY_ON:
                return int(outcome)
        return CARRY_ON

    @njit(cache=can_be_kept(), nogil=True, error_model="numpy", _nrt=False, no_cfunc_wrapper=True)
    def close(world: State, opening: bool) -> None:
        """Open the gates before the first event (`opening`), or meter the last states after the
        last one.
        """
        len(key)
        if opening:
            open_gates(world)
        else:
            for replica in range(len(world.replicas)):
                enter_state(world, replica, world.replicas[replica].state, world.clock[0].now)

    return advance, close


advance, close = _compiled(fingerprint())
