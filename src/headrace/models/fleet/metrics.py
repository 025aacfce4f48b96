"""What a replay means: percentiles, promises kept, energy, fleet-hours; and the same over time.

The p-th percentile of n sorted values lies between two of them, linearly, at (n - 1) p / 100 from
the first (numpy's default). TPOT is the mean of a request's gaps between tokens; ITL is every such
gap, one value a token, read from bins 5 % wide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.kernel.layout import GAP_LOW, GAP_STEP
from headrace.models.fleet.simulator import Replay

QUANTILES = (50.0, 90.0, 95.0, 99.0)


@dataclass(frozen=True)
class Spread:
    """Mean and percentiles of a time [s]; NaN where nothing was measured."""

    mean: float
    p50: float
    p90: float
    p95: float
    p99: float


@dataclass(frozen=True)
class ClassSummary:
    """One service class: requests, share shed, and share of all its requests answered within both
    promises (goodput).
    """

    name: str
    requests: int
    shed_share: float
    good_share: float
    ttft: Spread
    tpot: Spread


@dataclass(frozen=True)
class Summary:
    """A replay in numbers.

    goodput [requests/s]: answered within the promises of their class. energy [J] at the wall, of
    all replicas, asleep ones included. joules_per_token: energy over output tokens. fleet_hours:
    replica-hours awake; accelerator_hours: the same times accelerators a replica. utilisation:
    computing share of awake time. hit_share: prompt tokens found in a cache. itl [s]: time between
    two tokens, over all tokens of the whole replay.
    """

    requests: int
    finished: int
    shed: int
    unserved: int
    output_tokens: float
    seconds: float
    goodput: float
    good_share: float
    ttft: Spread
    tpot: Spread
    e2e: Spread
    itl: Spread
    energy: float
    joules_per_token: float
    fleet_hours: float
    accelerator_hours: float
    utilisation: float
    hit_share: float
    preempted: int
    evicted: int
    classes: tuple[ClassSummary, ...]


@dataclass(frozen=True)
class Course:
    """A replay over time, by bucket; shape (bucket,) each.

    time [s]: start of the bucket. ttft, tpot: percentiles 50, 90, 99 of requests by their arrival
    [s], shape (3, bucket).
    arrivals, shed: requests. waiting: mean number of requests that have arrived and not started.
        power [W]: mean at the wall.
    awake: mean replicas. utilisation: computing share of awake time. tokens: output tokens per s.
    """

    time: Floats
    ttft: Floats
    tpot: Floats
    arrivals: Floats
    shed: Floats
    waiting: Floats
    power: Floats
    awake: Floats
    utilisation: Floats
    tokens: Floats


def spread(values: Floats) -> Spread:
    """Mean and percentiles of the finite values [s]."""
    kept = values[np.isfinite(values)]
    if not len(kept):
        return Spread(*[float("nan")] * 5)
    return Spread(float(kept.mean()), *(float(q) for q in np.percentile(kept, QUANTILES)))


def good(replay: Replay) -> NDArray[np.bool_]:
    """Which requests were answered within both promises of their class."""
    ttft = np.array([service.ttft for service in replay.fleet.classes])[replay.trace.service]
    tpot = np.array([service.tpot for service in replay.fleet.classes])[replay.trace.service]
    return replay.finished & (replay.ttft <= ttft) & (replay.tpot <= tpot)


def gap_spread(gaps: Floats) -> Spread:
    """Mean and percentiles of the time between two tokens [s], from the kernel's bins."""
    whole = gaps.sum()
    if not whole:
        return Spread(*[float("nan")] * 5)
    upto = np.concatenate([[0.0], np.cumsum(gaps)]) / whole
    edges = np.log(GAP_LOW) + GAP_STEP * np.arange(len(gaps) + 1)
    mean = float(gaps @ np.exp(edges[:-1] + GAP_STEP / 2) / whole)
    cuts = np.exp(np.interp(np.array(QUANTILES) / 100.0, upto, edges))
    return Spread(mean, *(float(cut) for cut in cuts))


def summarise(replay: Replay, after: float = 0.0) -> Summary:
    """The figures of one replay; latencies, shares and promises of requests that came `after` [s]
    or later, so that an empty fleet's first minutes may be left out. Energy, tokens and hours are
    those of the whole replay.
    """
    counted = replay.arrived >= after
    if not counted.any():
        found = f"no request comes after {after:g} s"
        raise InputError(InputFault(Place(key="skip"), found, "a time within the trace"))
    whole, replay = replay, requests_of(replay, counted)
    kept = good(replay)
    energy = sum(float(pool.energy.sum()) for pool in whole.pools)
    tokens = sum(float(pool.tokens.sum()) for pool in replay.pools)
    awake = [float(pool.awake.sum()) / 3600 for pool in replay.pools]
    busy = sum(float(pool.busy.sum()) / 3600 for pool in replay.pools)
    accelerators = [pool.table.accelerators for pool in replay.fleet.pools]
    count = len(replay.arrived)
    return Summary(
        requests=count,
        finished=int(replay.finished.sum()),
        shed=int(replay.shed.sum()),
        unserved=int((~replay.finished & ~replay.shed).sum()),
        output_tokens=tokens,
        seconds=replay.end,
        goodput=float(kept.sum()) / max(replay.end - after, 1e-9),
        good_share=float(kept.mean()),
        ttft=spread(replay.ttft),
        tpot=spread(replay.tpot[replay.trace.output > 1]),
        e2e=spread(replay.e2e),
        itl=gap_spread(whole.gaps),
        energy=energy,
        joules_per_token=energy / tokens if tokens else float("nan"),
        fleet_hours=sum(awake),
        accelerator_hours=sum(
            hours * each for hours, each in zip(awake, accelerators, strict=True)
        ),
        utilisation=busy / sum(awake) if sum(awake) else 0.0,
        hit_share=float(replay.hit.sum() / replay.trace.input.sum()),
        preempted=replay.preempted,
        evicted=replay.evicted,
        classes=tuple(
            class_summary(replay, kept, number) for number in range(len(replay.fleet.classes))
        ),
    )


def requests_of(replay: Replay, which: NDArray[np.bool_]) -> Replay:
    """The same replay with the columns of some requests only."""
    if which.all():
        return replay
    names = ("ttft", "tpot", "e2e", "started", "done", "arrived", "replica", "hit", "shed")
    trace = replay.trace
    own = {name: getattr(replay, name)[which] for name in (*names, "finished")}
    kept = replace(
        trace,
        **{name: getattr(trace, name)[which] for name in ("arrival", "input", "output", "service")},
        blocks=None,
        followers=None,
        users=0,
        lines=None,
    )
    return replace(replay, trace=kept, **own)


def class_summary(replay: Replay, kept: NDArray[np.bool_], number: int) -> ClassSummary:
    """The figures of service class `number`; kept: which requests kept both promises."""
    own = replay.trace.service == number
    count = int(own.sum())
    several = own & (replay.trace.output > 1)
    return ClassSummary(
        name=replay.fleet.classes[number].name,
        requests=count,
        shed_share=float(replay.shed[own].mean()) if count else 0.0,
        good_share=float(kept[own].mean()) if count else 0.0,
        ttft=spread(replay.ttft[own]),
        tpot=spread(replay.tpot[several]),
    )


def course(replay: Replay, width: float = 0.0) -> Course:
    """The same over time, in buckets of `width` [s]: a whole number of the intervals that the
    replay was metered in (0: those themselves), so that drawing wider never changes a figure.
    """
    several = max(1, round(width / replay.bucket))
    width = several * replay.bucket
    buckets = -(-len(replay.pools[0].energy) // several)
    edges: Floats = width * np.arange(buckets + 1, dtype=np.float64)
    span = np.maximum(np.minimum(edges[1:], replay.end) - edges[:-1], 1e-9)
    of = np.minimum((replay.arrived / width).astype(np.int64), buckets - 1)

    def summed(name: str) -> Floats:
        """A series over all pools, interval by interval, added up to buckets."""
        whole = sum((getattr(pool, name) for pool in replay.pools), np.zeros(1))
        return np.add.reduceat(whole, np.arange(0, len(whole), several))

    awake = summed("awake")
    # request-seconds between arrival and start (or shedding, or the end) by bucket, exactly: the
    # integral of the number waiting up to t is the sum of min(t, leaves) - min(t, arrives)
    leaves = np.where(np.isnan(replay.started), replay.done, replay.started)
    leaves = np.sort(np.where(np.isnan(leaves), replay.end, leaves))
    waiting = np.diff(_integral(leaves, edges) - _integral(np.sort(replay.arrived), edges))
    return Course(
        time=edges[:-1],
        ttft=_quantiles(replay.ttft, of, buckets),
        tpot=_quantiles(np.where(replay.trace.output > 1, replay.tpot, np.nan), of, buckets),
        arrivals=np.bincount(of, minlength=buckets).astype(np.float64),
        shed=np.bincount(of[replay.shed], minlength=buckets).astype(np.float64),
        waiting=waiting / span,
        power=summed("energy") / span,
        awake=awake / span,
        utilisation=summed("busy") / np.maximum(awake, 1e-9),
        tokens=summed("tokens") / span,
    )


def _quantiles(values: Floats, of: NDArray[np.int64], buckets: int) -> Floats:
    """Percentiles 50, 90 and 99 by bucket, NaN in empty ones; in order of arrival buckets are
    slices.
    """
    order = np.argsort(of, kind="stable")
    values, of = values[order], of[order]
    cuts = np.searchsorted(of, np.arange(buckets + 1))
    table = np.full((3, buckets), np.nan)
    for bucket in range(buckets):
        own = values[cuts[bucket] : cuts[bucket + 1]]
        own = own[np.isfinite(own)]
        if len(own):
            table[:, bucket] = np.percentile(own, (50, 90, 99))
    return table


def _integral(times: Floats, edges: Floats) -> Floats:
    """Sum over sorted `times` of min(edge, time), at every edge."""
    sums = np.concatenate([[0.0], np.cumsum(times)])
    before = np.searchsorted(times, edges)
    return np.asarray(sums[before] + edges * (len(times) - before), dtype=np.float64)
