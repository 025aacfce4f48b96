"""Where a request goes: one of the replicas that take its kind, or a lobby while there is none."""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math

import numpy as np

from headrace.models.fleet.kernel.compiled import hot
from headrace.models.fleet.kernel.layout import (
    ARRIVALS,
    HANDOVERS,
    LEAST_OUTSTANDING,
    NEVER,
    NOBODY,
    POWER_OF_TWO,
    ROUND_ROBIN,
    Record,
    State,
)
from headrace.models.fleet.kernel.loads import least_loaded
from headrace.models.fleet.kernel.prefix import hit_tokens, squeeze
from headrace.models.fleet.kernel.stepping import steps_within

EMPTIER = 1e-6  # tokens a block remembered counts for: decides between equals only


@hot
def draw(clock: Record, count: int) -> int:
    """The next pseudo-random index below `count` (splitmix64)."""
    clock.random += np.uint64(0x9E3779B97F4A7C15)
    z = clock.random
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return int((z >> np.uint64(11)) % np.uint64(count))


@hot
def _forget_grown(world: State, replica: int, now: float) -> None:
    """Forget what the decode steps of the stretch under way have taken room for by `now` [s]."""
    state = world.replicas[replica]
    if state.held > 0 and state.pure and state.stretch > 1 and state.due != NEVER:
        steps = max(0, math.ceil(steps_within(state, now - state.begun)) - 1)
        squeeze(world, replica, state.kv + (steps + 1) * state.decoding)


@hot
def _best_prefix(world: State, who: int, now: float) -> int:
    """The replica with the fewest tokens to compute before and for this request; of equals, the one
    that remembers least.
    """
    weight = world.clock[0].load_weight
    best, lowest = 0, NEVER
    for at in range(world.gates[ARRIVALS].open):
        replica = world.ready[ARRIVALS, at]
        _forget_grown(world, replica, now)
        own = world.requests[who].need - hit_tokens(world, replica, who)
        state = world.replicas[replica]
        score = state.backlog + own + weight * world.load[replica] + EMPTIER * state.held
        if score < lowest:
            best, lowest = replica, score
    return best


@hot
def choose(world: State, gate: int, who: int, now: float) -> int:
    """The replica for a request at a gate at `now` [s], or -1.

    Hand-overs always go where the fewest requests are.
    """
    count = world.gates[gate].open
    clock = world.clock[0]
    if count == 0:
        return NOBODY
    if gate == HANDOVERS or clock.router == LEAST_OUTSTANDING:
        return least_loaded(world, gate)
    if clock.router == ROUND_ROBIN:
        clock.turn += 1
        return world.ready[gate, (clock.turn - 1) % count]
    if clock.router == POWER_OF_TWO:
        one = world.ready[gate, draw(clock, count)]
        other = world.ready[gate, draw(clock, count)]
        return one if world.load[one] <= world.load[other] else other
    return _best_prefix(world, who, now)
