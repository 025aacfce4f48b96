"""Replay a trace on a fleet: the front door of the simulator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace as dataclass_replace

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.models.fleet.kernel import layout
from headrace.models.fleet.size import refuse_too_large
from headrace.models.fleet.to_arrays import check, pack
from headrace.models.fleet.types import NO_OUTAGES, Fleet, Outages, ReplicaLimits, Trace, no_limits

EVENTS_A_CALL = 400_000
BUCKETS_AHEAD = 64


@dataclass(frozen=True)
class ReplayProgress:
    """How far a replay is: requests done or shed of all, simulated time [s], events worked off."""

    finished: int
    requests: int
    now: float
    events: int


@dataclass(frozen=True)
class PoolSeries:
    """What one pool did, by bucket of time; shape (bucket,) each.

    energy [J] at the wall. busy, awake [replica-seconds]: computing; powered up (warming and
    draining included).
    tokens: output tokens made.
    """

    name: str
    energy: Floats
    busy: Floats
    awake: Floats
    tokens: Floats


@dataclass(frozen=True)
class Replay:
    """What came of a replay. Times in s; NaN where a thing never happened (a shed request has no
    first token).

    ttft, e2e, tpot: time to first token, to the last, and mean time per further token (0 for
        one-token answers).
    started, done: clock time of first admission and of the end. arrived: when it came, which the
        trace does not say where the end of another lets it come. replica: where it was served last,
        -1 nowhere.
    hit: prompt tokens found in a prefix cache. gaps: tokens by the time since the token before
        (`kernel.layout.GAPS` bins). shed: refused or dropped. finished: answered in
        full.
    """

    trace: Trace
    fleet: Fleet
    bucket: float
    end: float
    ttft: Floats
    tpot: Floats
    e2e: Floats
    started: Floats
    done: Floats
    arrived: Floats
    replica: Ints
    hit: Ints
    shed: NDArray[np.bool_]
    finished: NDArray[np.bool_]
    gaps: Floats
    pools: tuple[PoolSeries, ...]
    events: int
    steps: int
    preempted: int
    evicted: int


def replay(
    trace: Trace,
    fleet: Fleet,
    *,
    limits: ReplicaLimits | None = None,
    outages: Outages = NO_OUTAGES,
    bucket: float = 300.0,
    seed: int = 0,
    jump: bool = True,
    progress: Callable[[ReplayProgress], None] | None = None,
) -> Replay:
    """Serve every request of `trace` on `fleet`, engine step by engine step.

    limits: how many replicas may be awake when. bucket [s]: width of the series. seed: of the
        power-of-two router.
    jump: closed-form decode stretches; False walks every step, for comparison. progress: called now
        and then. Raises InputError where trace and fleet do not fit together (docs/decisions/0033
        says what the words mean).
    """
    limits = no_limits(len(fleet.pools)) if limits is None else limits
    check(trace, fleet, limits, outages)
    refuse_too_large(trace, fleet, bucket)
    state = pack(trace, fleet, limits, outages, bucket=bucket, seed=seed, jump=jump)
    from headrace.models.fleet.kernel import loop

    clock = state.clock[0]
    loop.close(state, True)
    while (outcome := loop.advance(state, EVENTS_A_CALL)) != loop.FINISHED:
        if outcome == loop.LONGER:
            pools, rows, buckets = state.series.shape
            series = np.zeros((pools, rows, 2 * buckets + BUCKETS_AHEAD))
            series[:, :, :buckets] = state.series
            state = state._replace(series=series)
        if progress is not None:
            progress(
                ReplayProgress(
                    int(clock["finished"]),
                    len(state.requests),
                    float(clock["now"]),
                    int(clock["events"]),
                )
            )
    loop.close(state, False)
    return as_replay(trace, fleet, state)


def load_kernel(fleet: Fleet) -> None:
    """Compile the simulator, or load what was compiled before, by serving one short request on
    `fleet`, so that the time of the next replay is its own.
    """
    one = np.ones(1, dtype=np.int64)
    request = Trace("one request", "", np.zeros(1), one, one, 0 * one)
    replay(request, dataclass_replace(fleet, cache_blocks=0))


def as_replay(trace: Trace, fleet: Fleet, state: layout.State) -> Replay:
    """What came of it, from the state the kernel has left."""
    from headrace.models.fleet.kernel.columns import read_requests

    clock, count = state.clock[0], len(trace)
    times, whole, flags = (
        np.empty((6, count)),
        np.empty((2, count), np.int64),
        np.empty((2, count), np.bool_),
    )
    read_requests(state.requests, times, whole, flags)
    return Replay(
        trace=trace,
        fleet=fleet,
        bucket=float(clock["bucket"]),
        end=float(clock["now"]),
        ttft=times[0],
        tpot=times[1],
        e2e=times[2],
        started=times[3],
        done=times[4],
        arrived=times[5],
        replica=whole[0],
        hit=whole[1],
        shed=flags[0],
        finished=flags[1],
        gaps=state.gaps,
        pools=tuple(pool_series(fleet, state, number) for number in range(len(fleet.pools))),
        events=int(clock["events"]),
        steps=int(clock["steps"]),
        preempted=int(clock["preempted"]),
        evicted=int(clock["evicted"]),
    )


def pool_series(fleet: Fleet, state: layout.State, number: int) -> PoolSeries:
    """What pool `number` did. Awake replicas that do not compute draw idle power; those that sleep,
    sleep power; those that failed, none.
    """
    pool = fleet.pools[number]
    width, end = float(state.clock[0]["bucket"]), float(state.clock[0]["now"])
    buckets = int(end / width) + 1
    series = state.series[number][:, :buckets]
    busy, awake, lost = series[layout.WORK], series[layout.AWAKE], series[layout.LOST]
    span = np.clip(end - width * np.arange(buckets), 0.0, width) * pool.replicas
    power = pool.table.power
    idle = power.idle * (awake - busy) + power.sleep * np.maximum(span - awake - lost, 0.0)
    return PoolSeries(
        pool.name,
        series[layout.ENERGY] + idle,
        busy.copy(),
        awake.copy(),
        series[layout.TOKENS].copy(),
    )
