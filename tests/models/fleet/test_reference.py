"""The compiled kernel, with and without jumps, against the step-by-step twin: every request, on
hundreds of odd worlds.
"""

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace

from headrace.models.fleet.reference import TwinReplay, twin
from headrace.models.fleet.simulator import Replay, replay
from headrace.models.fleet.types import (
    ROUTERS,
    Autoscale,
    Fleet,
    Followers,
    Outages,
    Pool,
    PrefixBlocks,
    ReplicaLimits,
    ServiceClass,
    Trace,
    Transfer,
)

CLOSE = 1e-6


def random_trace(
    rng: np.random.Generator, *, requests: int, classes: int, blocks: bool, pace: float
) -> Trace:
    arrival = np.cumsum(rng.exponential(pace, requests) * (rng.random(requests) < 0.8))
    prompt = rng.integers(1, 1500, requests)
    answer = np.where(rng.random(requests) < 0.1, 1, rng.integers(1, 200, requests))
    known = None
    if blocks:
        counts = -(-prompt // 64)
        pointer = np.concatenate([[0], np.cumsum(counts)])
        # A few families of prompts that share their beginnings.
        ids = np.concatenate(
            [rng.integers(0, 4) * 30 + np.arange(count) for count in counts]
        ).astype(np.int64)
        known = PrefixBlocks(pointer, ids, 64)
    return trace(arrival, prompt, answer, rng.integers(0, classes, requests), known)


def random_world(seed: int) -> tuple[Trace, Fleet, ReplicaLimits | None, Outages]:
    rng = np.random.default_rng(seed)
    blocks = bool(rng.random() < 0.4)
    classes = int(rng.integers(1, 4))
    load = random_trace(
        rng, requests=70, classes=classes, blocks=blocks, pace=float(rng.choice([0.005, 0.05, 0.3]))
    )
    tight = int(rng.choice([1_900, 4_000, 1_000_000]))
    batch = int(rng.choice([3, 16, 64]))
    table = round_table(kv_tokens=tight)
    split = bool(rng.random() < 0.4)
    names = ("prefill", "decode") if split else ("mixed",)
    pools = tuple(
        Pool(
            name,
            table,
            int(rng.integers(1, 5)),
            role=name,
            max_batch=batch,
            token_budget=int(rng.choice([batch + 1, 512, 2048])) if batch < 512 else 2048,
            warm_up=float(rng.choice([0.0, 1.3])),
            autoscale=_scale(rng),
            mixed_steps="added" if seed % 3 == 0 else "fused",
        )
        for name in names
    )
    services = tuple(
        ServiceClass(
            f"class {k}",
            patience=float(rng.choice([np.inf, 0.4, 3.0])),
            admit_below=float(rng.choice([np.inf, 4, 12])),
        )
        for k in range(classes)
    )
    fleet = Fleet(
        pools,
        router=ROUTERS[int(rng.integers(0, 4))],
        classes=services,
        transfer=Transfer(0.01, 1e-6),
        cache_blocks=int(rng.choice([5, 60])) if blocks else 0,
    )
    return load, fleet, _limits(rng, fleet), _outages(rng, fleet)


def _scale(rng: np.random.Generator) -> Autoscale | None:
    if rng.random() < 0.5:
        return None
    if rng.random() < 0.5:
        return Autoscale("busy", 0.5, least=1, period=0.7, hold=3)
    return Autoscale(
        "outstanding",
        float(rng.choice([2.0, 6.0])),
        least=int(rng.integers(0, 2)),
        period=0.7,
        hold=2,
    )


def _limits(rng: np.random.Generator, fleet: Fleet) -> ReplicaLimits | None:
    if rng.random() < 0.4:
        return None
    times = np.sort(rng.uniform(0, 8, 4))
    counts = np.array([[rng.integers(0, pool.replicas + 1) for pool in fleet.pools] for _ in times])
    counts[-1] = [pool.replicas for pool in fleet.pools]
    return ReplicaLimits(times, counts, rng.random(4) < 0.5)


def _outages(rng: np.random.Generator, fleet: Fleet) -> Outages:
    if rng.random() < 0.4:
        return Outages(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))
    down = rng.uniform(0, 4, fleet.replicas)
    return Outages(np.arange(fleet.replicas), down, down + rng.uniform(0.1, 3, fleet.replicas))


def same(ours: Replay, theirs: TwinReplay) -> None:
    for name in ("ttft", "tpot", "e2e"):
        np.testing.assert_allclose(
            getattr(ours, name),
            getattr(theirs, name),
            rtol=0,
            atol=CLOSE,
            equal_nan=True,
            err_msg=name,
        )
    np.testing.assert_array_equal(ours.shed, theirs.shed)
    np.testing.assert_array_equal(ours.hit, theirs.hit)
    np.testing.assert_array_equal(ours.replica, theirs.replica)
    assert (ours.steps, ours.preempted) == (theirs.steps, theirs.preempted)
    busy, awake = sum(p.busy.sum() for p in ours.pools), sum(p.awake.sum() for p in ours.pools)
    assert awake == pytest.approx(theirs.awake, abs=1e-6)
    assert busy <= awake + 1e-9


@pytest.mark.parametrize("seed", range(60))
def test_kernel_is_the_twin(seed: int) -> None:
    load, fleet, limits, outages = random_world(seed)
    theirs = twin(load, fleet, limits=limits, outages=outages, seed=seed)
    for jump in (True, False):
        same(
            replay(load, fleet, limits=limits, outages=outages, seed=seed, jump=jump, bucket=1.7),
            theirs,
        )


def conversations(seed: int, requests: int = 60) -> Trace:
    """Chains of up to five turns with pauses, their prompts made of blocks."""
    rng = np.random.default_rng(seed)
    load = random_trace(rng, requests=requests, classes=1, blocks=True, pace=0.05)
    before, pause = np.full(requests, -1), np.zeros(requests)
    for i in range(1, requests):
        if rng.random() < 0.6 and not (before == i - 1).any():
            before[i], pause[i] = i - 1, rng.uniform(0, 1)
    return replace(load, followers=Followers(before, pause))


@pytest.mark.parametrize("seed", range(12))
def test_turns_that_follow_turns_are_those_of_the_twin(seed: int) -> None:
    """With a prefix cache that shares the KV of a small replica."""
    load = conversations(seed)
    fleet = Fleet(
        (Pool("a", round_table(6000), 2, max_batch=16),),
        router=ROUTERS[seed % 4],
        classes=(ServiceClass("all", admit_below=6 if seed % 3 == 0 else np.inf),),
        cache_blocks=60,
    )
    theirs = twin(load, fleet, seed=seed)
    for jump in (True, False):
        ours = replay(load, fleet, seed=seed, jump=jump)
        same(ours, theirs)
        turns = load.followers.before
        ended = ours.done[turns[turns >= 0]]
        assert ours.arrived[turns >= 0] == pytest.approx(
            ended + load.followers.pause[turns >= 0], abs=1e-9
        )


@pytest.mark.parametrize("users", [1, 3, 20])
def test_a_closed_loop_is_that_of_the_twin(users: int) -> None:
    """Never more than `users` under way; with one, each begins when the one before has ended."""
    load = random_trace(np.random.default_rng(5), requests=70, classes=2, blocks=False, pace=0.05)
    fleet = Fleet(
        (Pool("a", round_table(4000), 2, max_batch=16),),
        classes=(ServiceClass("a"), ServiceClass("b")),
    )
    load = load.closed(users)
    ours = replay(load, fleet)
    same(ours, twin(load, fleet))
    moments = np.sort(ours.arrived)[:, None] + 1e-9
    under_way = ((ours.arrived <= moments) & (ours.done > moments)).sum(axis=1)
    assert under_way.max() == users
    if users == 1:
        assert ours.arrived[1:] == pytest.approx(ours.done[:-1])


def test_a_cache_takes_its_room_from_the_replica() -> None:
    """However many blocks may be remembered, requests under way come first: a replica with room for
    two prompts of 1,000 remembers fewer than one with room for a hundred.
    """
    hits = []
    for kv in (4_000, 400_000):
        load = random_trace(
            np.random.default_rng(8), requests=80, classes=1, blocks=True, pace=0.05
        )
        fleet = Fleet((Pool("a", round_table(kv), 1, max_batch=16),), cache_blocks=100_000)
        hits.append(int(replay(load, fleet).hit.sum()))
    assert 0 < hits[0] < 0.9 * hits[1]


def test_the_odd_worlds_are_odd_enough() -> None:
    """Otherwise the test above proves little: preemption, shedding, evictions and cache hits all
    happen, often.
    """
    seen = np.zeros(4)
    for seed in range(60):
        load, fleet, limits, outages = random_world(seed)
        result = replay(load, fleet, limits=limits, outages=outages, seed=seed)
        seen += [result.preempted > 0, result.shed.any(), result.evicted > 0, result.hit.any()]
    assert (seen >= 5).all(), seen


def test_energy_is_that_of_the_twin() -> None:
    """With nobody asleep, wall energy = computing as the twin reckons it + idle power over the rest
    of the time.
    """
    rng = np.random.default_rng(3)
    load = random_trace(rng, requests=80, classes=1, blocks=False, pace=0.05)
    fleet = Fleet((Pool("a", round_table(4000), 2, max_batch=16),))
    ours, theirs = replay(load, fleet, bucket=0.9), twin(load, fleet)
    idle = 200.0 * (2 * ours.end - ours.pools[0].busy.sum())
    assert ours.pools[0].energy.sum() == pytest.approx(theirs.compute_energy + idle, rel=1e-9)
    assert ours.pools[0].tokens.sum() == pytest.approx(load.output.sum())


def test_a_defect_would_be_seen() -> None:
    """The comparison is not vacuous: one KV token less, and some world differs."""
    differs = 0
    for seed in range(12):
        load, fleet, _, _ = random_world(seed)
        other = replace(
            fleet, pools=tuple(replace(pool, max_batch=pool.max_batch - 1) for pool in fleet.pools)
        )
        differs += not np.array_equal(
            replay(load, fleet).ttft, replay(load, other).ttft, equal_nan=True
        )
    assert differs
