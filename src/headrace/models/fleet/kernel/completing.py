"""What a finished step, or stretch of steps, changes."""

from __future__ import annotations

import numpy as np

from headrace.models.fleet.kernel.batching import start_decoding
from headrace.models.fleet.kernel.compiled import hot
from headrace.models.fleet.kernel.heaps import lower_seat, schedule
from headrace.models.fleet.kernel.layout import DECODE, DONE, HANDOFF, PREFILL, TOKENS, State
from headrace.models.fleet.kernel.loads import hold
from headrace.models.fleet.kernel.metering import meter_work
from headrace.models.fleet.kernel.prefix import remember, squeeze
from headrace.models.fleet.kernel.queues import drop_first
from headrace.models.fleet.kernel.releasing import release


@hot
def settle(world: State, replica: int, steps: int, now: float) -> None:
    """`steps` steps of the stretch are over at `now` [s]: every decode holds that many tokens
    more.
    """
    state = world.replicas[replica]
    tokens = steps * state.decoding
    meter_work(world, replica, now, float(tokens))
    state.steps += steps
    state.kv += tokens
    state.kv_read += tokens
    world.clock[0].steps += steps
    squeeze(world, replica, state.kv)


@hot
def finish(world: State, replica: int, now: float) -> None:
    """The whole stretch is over at `now` [s]: decodes that end, and prompts that are complete."""
    state = world.replicas[replica]
    settle(world, replica, state.stretch, now)
    seats = world.seats[replica]
    while state.decoding > 0 and seats[0].end <= state.steps:
        who = np.int64(seats[0].who)
        state.decoding -= 1
        lower_seat(seats, state.decoding)
        held = world.requests[who].need + state.steps - world.requests[who].since
        state.kv -= held
        state.kv_read -= held
        _leave(world, replica, who, now)
    for at in range(state.prompts):
        _fill(world, replica, np.int64(seats[at].prompt), np.int64(seats[at].chunk), now)
    state.prompts = 0


@hot
def _fill(world: State, replica: int, who: int, chunk: int, now: float) -> None:
    state, request = world.replicas[replica], world.requests[who]
    request.filled += chunk
    state.backlog -= chunk
    if request.filled == request.need:
        _first_token(world, replica, who, now)


@hot
def _first_token(world: State, replica: int, who: int, now: float) -> None:
    """A prompt is complete: its step has made one token."""
    state, request, clock = world.replicas[replica], world.requests[who], world.clock[0]
    if request.first < 0.0:
        request.first = now
    request.made += 1
    world.series[state.pool, TOKENS, int(now / clock.bucket)] += 1.0
    role = world.pools[state.pool].role
    if clock.cache_blocks > 0 and role != DECODE:
        remember(world, replica, who)
    if request.made < request.output and role != PREFILL:
        start_decoding(world, replica, who)
        return
    drop_first(world, replica, request.service)
    state.filling -= 1
    state.kv -= request.need
    if request.made < request.output:
        request.admitted = 0
        hold(world, replica, -1)
        schedule(
            clock, world.agenda, now + clock.latency + clock.per_token * request.need, HANDOFF, who
        )
    else:
        _leave(world, replica, who, now)


@hot
def _leave(world: State, replica: int, who: int, now: float) -> None:
    world.requests[who].done = now
    world.requests[who].status = DONE
    hold(world, replica, -1)
    world.clock[0].finished += 1
    release(world, who, now)
