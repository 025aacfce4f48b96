"""Energy, work and tokens by bucket of time, and the states of replicas."""

from __future__ import annotations

import math

from headrace.models.fleet.kernel.compiled import hot, piece
from headrace.models.fleet.kernel.layout import (
    AWAKE,
    DOWN,
    ENERGY,
    GAP_LOW,
    GAP_STEP,
    GAPS,
    LOST,
    OFF,
    TOKENS,
    WORK,
    State,
)
from headrace.models.fleet.kernel.prefix import forget


@piece
def spread(world: State, pool: int, row: int, begin: float, end: float, amount: float) -> None:
    """Add `amount` [J, replica-seconds or tokens, by its row] to the buckets between two times [s],
    in proportion.
    """
    width = world.clock[0].bucket
    first, last = int(begin / width), int(end / width)
    if first == last or end <= begin:
        world.series[pool, row, last] += amount
        return
    rate = amount / (end - begin)
    for bucket in range(first, last + 1):
        left, right = max(begin, bucket * width), min(end, (bucket + 1) * width)
        world.series[pool, row, bucket] += rate * (right - left)


@hot
def meter_work(world: State, replica: int, now: float, tokens: float) -> None:
    """A replica computed from the start of its stretch until `now` [s] and made `tokens` [1]."""
    state = world.replicas[replica]
    pool, begin, spent = state.pool, state.begun, now - state.begun
    state.busy += spent
    if tokens > 0.0 and spent > 0.0:
        # the steps of a stretch share their mean: they differ by less than a bin in most
        at = int(math.log(spent * state.decoding / tokens / GAP_LOW) / GAP_STEP)
        world.gaps[min(max(at, 0), GAPS - 1)] += tokens
    width = world.clock[0].bucket
    bucket = int(begin / width)
    if now < (bucket + 1) * width:
        series = world.series
        series[pool, ENERGY, bucket] += spent * state.watts
        series[pool, WORK, bucket] += spent
        series[pool, TOKENS, bucket] += tokens
    else:
        spread(world, pool, ENERGY, begin, now, spent * state.watts)
        spread(world, pool, WORK, begin, now, spent)
        spread(world, pool, TOKENS, begin, now, tokens)


@piece
def enter_state(world: State, replica: int, state: int, now: float) -> None:
    """Meter the time in the state that ends at `now` [s] and begin another; a replica that sleeps
    or fails forgets its prefixes.
    """
    record = world.replicas[replica]
    if record.state == DOWN:
        spread(world, record.pool, LOST, record.since, now, now - record.since)
    elif record.state != OFF:
        spread(world, record.pool, AWAKE, record.since, now, now - record.since)
    if state in (OFF, DOWN) and record.state not in (OFF, DOWN):
        forget(world, replica)
    record.state = state
    record.since = now
