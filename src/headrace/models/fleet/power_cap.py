"""The link from a plan to its service: power by the hour and replicas that stand, replayed request
by request.

A plan says how much power a site has in every hour and how many replicas stand. Here that becomes a
number of replicas awake at every time, a replay under it, and an answer to: what does a 20 %
curtailment for one hour do to p99?
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.metrics import Course, course
from headrace.models.fleet.simulator import Replay, ReplayProgress, replay
from headrace.models.fleet.types import NO_OUTAGES, Fleet, Outages, ReplicaLimits, Trace

MOST_TRIES = 12
METERED = 60.0
"""A cap holds for the mean of so long [s], if no other is asked for: a meter of a minute."""


@dataclass(frozen=True)
class PowerPlan:
    """From time[k] [s] on: at most cap[k] [W] at the wall for all replicas (inf: no cap),
    replicas[k, p] standing in pool p.

    time begins at 0 and rises. Shapes (k,), (k,), (k, pool). outages: replicas that fail meanwhile.
    """

    time: Floats
    cap: Floats
    replicas: Ints
    outages: Outages = NO_OUTAGES

    def but_at_most(self, cap: float, begin: float, end: float) -> PowerPlan:
        """The plan with at most `cap` [W] from `begin` [s] to `end` [s]."""
        time = np.unique([*self.time, begin, end])
        of = np.searchsorted(self.time, time, side="right") - 1
        inside = (time >= begin) & (time < end)
        lower = np.where(inside, np.minimum(self.cap[of], cap), self.cap[of])
        return PowerPlan(time, lower, self.replicas[of], self.outages)

    def faults(self, pools: int) -> list[InputFault]:
        """Times that do not rise from 0, shapes that do not fit `pools`, negative values."""
        place, found = Place("power plan"), []
        if not len(self.time) or self.time[0] != 0 or (np.diff(self.time) <= 0).any():
            found.append(InputFault(place, "its times do not rise from 0"))
        if self.cap.shape != self.time.shape or self.replicas.shape != (len(self.time), pools):
            shapes = f"shapes {self.cap.shape} and {self.replicas.shape}"
            found.append(InputFault(place, shapes, "one a time (and pool)"))
        elif np.isnan(self.cap).any() or (self.cap < 0).any() or (self.replicas < 0).any():
            found.append(InputFault(place, "a negative cap or count", "values >= 0"))
        return found


@dataclass(frozen=True)
class Followed:
    """A replay that follows a power plan.

    limits: replicas awake by time. watts: what an awake replica of each pool was reckoned to draw
        [W]. cap [W]: the lowest cap within each bucket of the replay. worst: highest ratio of a
        bucket's mean power to its cap; above 1 the cap is broken, which only happens when even
        sleeping replicas draw more. tries: replays it took.
    """

    replay: Replay
    limits: ReplicaLimits
    watts: tuple[float, ...]
    cap: Floats
    worst: float
    tries: int


@dataclass(frozen=True)
class Curtailment:
    """A fleet with and without a cut of its power. window [s]: (begin, end); cap [W] within it;
    drawn [W]: what it drew there without the cut; left [W]: what it drew there with it. `base` and
    `cut` are courses over the same buckets, `width` wide [s].
    """

    window: tuple[float, float]
    cap: float
    drawn: float
    left: float
    base_replay: Replay
    cut_replay: Followed
    base: Course
    cut: Course
    width: float

    def during(self, values: Floats) -> Floats:
        """The buckets of a course [its unit] that lie in the window (those a shorter replay lacks
        are left out).
        """
        start = self.width * np.arange(values.shape[-1])
        return np.asarray(
            values[..., (start >= self.window[0] - 1e-9) & (start < self.window[1] - 1e-9)],
            dtype=np.float64,
        )

    def drawn_with(self, width: float) -> Curtailment:
        """The same with courses of wider buckets [s], for drawing: no figure changes."""
        base, cut = course(self.base_replay, width), course(self.cut_replay.replay, width)
        metered = self.base_replay.bucket
        wide = max(1, round(width / metered)) * metered
        return replace(self, base=base, cut=cut, width=wide)


def uncapped(fleet: Fleet, outages: Outages = NO_OUTAGES) -> PowerPlan:
    """Every replica may be awake, always, but for those that fail."""
    standing = np.array([[pool.replicas for pool in fleet.pools]])
    return PowerPlan(np.zeros(1), np.full(1, np.inf), standing, outages)


def hourly_plan(cap: Floats, replicas: Ints, *, step: float = 3600.0) -> PowerPlan:
    """A power plan from values per hour (or per `step` [s]): cap [W], shape (hour,), and replicas,
    shape (hour, pool).
    """
    return PowerPlan(
        step * np.arange(len(cap), dtype=np.float64),
        np.asarray(cap, dtype=np.float64),
        np.asarray(replicas),
    )


def limits_of(fleet: Fleet, plan: PowerPlan, watts: tuple[float, ...]) -> ReplicaLimits:
    """How many replicas may be awake, when an awake one of pool p draws watts[p] and the others
    sleep.

    Every pool keeps the same share of its replicas, rounded down; what is left over wakes one more
    where it fits, the pool with the largest remainder first. Where the cap binds the limit is hard:
    surplus replicas stop at once.
    """
    if faults := plan.faults(len(fleet.pools)):
        raise InputError(faults)
    sleep = np.array([pool.table.power.sleep for pool in fleet.pools])
    extra = np.maximum(np.array(watts) - sleep, 1e-9)
    all_asleep = float(sleep @ [pool.replicas for pool in fleet.pools])
    counts = np.minimum(plan.replicas, [pool.replicas for pool in fleet.pools]).astype(np.int64)
    hard = np.zeros(len(plan.time), bool)
    for k, cap in enumerate(plan.cap):
        room, wish = cap - all_asleep, float(extra @ counts[k])
        if wish > room:
            hard[k] = True
            fair = counts[k] * max(room, 0.0) / wish
            kept = np.floor(fair + 1e-9).astype(np.int64)
            left = max(room, 0.0) - float(extra @ kept)
            for pool in np.argsort(kept - fair, kind="stable"):
                if kept[pool] < counts[k, pool] and extra[pool] <= left + 1e-9:
                    kept[pool] += 1
                    left -= extra[pool]
            counts[k] = kept
    return ReplicaLimits(plan.time, counts, hard)


def follow(
    trace: Trace,
    fleet: Fleet,
    plan: PowerPlan,
    *,
    bucket: float = 300.0,
    seed: int = 0,
    progress: Callable[[ReplayProgress], None] | None = None,
) -> Followed:
    """Replay a trace under a power plan, so that the mean power of no `bucket` [s] exceeds its cap.

    What an awake replica draws depends on its work, so it is found: first what it draws with no
    cap, then more, replay by replay, until every bucket keeps its cap. At its highest power in any
    phase the cap is kept for certain.
    """
    if faults := plan.faults(len(fleet.pools)):
        raise InputError(faults)
    outages = plan.outages
    free = PowerPlan(plan.time, np.full(len(plan.cap), np.inf), plan.replicas)
    ceiling = tuple(pool.table.power.busiest() for pool in fleet.pools)
    limits = limits_of(fleet, free, ceiling)
    found = replay(
        trace, fleet, limits=limits, outages=outages, bucket=bucket, seed=seed, progress=progress
    )
    watts = tuple(drawn_awake(found, number) for number in range(len(fleet.pools)))
    for tries in range(1, MOST_TRIES + 1):
        worst = _worst(found, plan)
        if worst <= 1.0:
            break
        if tries > 1:
            watts = tuple(
                min(most, each * max(1.02, worst))
                for each, most in zip(watts, ceiling, strict=True)
            )
        watts = ceiling if tries == MOST_TRIES - 1 else watts
        narrower = limits_of(fleet, plan, watts)
        limits = narrower
        found = replay(
            trace,
            fleet,
            limits=limits,
            outages=outages,
            bucket=bucket,
            seed=seed,
            progress=progress,
        )
        if watts == ceiling:
            tries += 1
            break
    return Followed(found, limits, watts, _cap_by_bucket(found, plan), _worst(found, plan), tries)


def drawn_awake(found: Replay, number: int) -> float:
    """Mean power of an awake replica of pool `number` [W]; its busiest where none was awake."""
    pool, power = found.pools[number], found.fleet.pools[number].table.power
    asleep = found.fleet.pools[number].replicas * found.end - pool.awake.sum()
    awake = float(pool.awake.sum())
    return float((pool.energy.sum() - power.sleep * asleep) / awake) if awake else power.busiest()


def _cap_by_bucket(found: Replay, plan: PowerPlan) -> Floats:
    """The lowest cap that holds at any time of each bucket."""
    buckets = len(found.pools[0].energy)
    start = found.bucket * np.arange(buckets)
    at = np.searchsorted(plan.time, start, side="right") - 1
    last = np.searchsorted(plan.time, start + found.bucket - 1e-9, side="right") - 1
    return np.array([plan.cap[i : j + 1].min() for i, j in zip(at, last, strict=True)])


def _worst(found: Replay, plan: PowerPlan) -> float:
    cap = _cap_by_bucket(found, plan)
    return (
        float((course(found).power / np.maximum(cap, 1e-9)).max())
        if np.isfinite(cap).any()
        else 0.0
    )


def curtail(
    trace: Trace,
    fleet: Fleet,
    *,
    begin: float,
    seconds: float = 3600.0,
    cut: float = 0.2,
    plan: PowerPlan | None = None,
    metered: float = METERED,
    seed: int = 0,
) -> Curtailment:
    """The fleet as it is, beside the fleet whose power is cut by the share `cut` [1] of what it
    draws, for `seconds` [s] from `begin` [s].

    plan: what both follow (none: every replica awake, no cap). metered [s]: the cap holds for the
        mean of each interval, as a meter reads; the courses have these. Raises InputError for a
        window outside the trace or shorter than an interval, or a share outside 0 to 1.
    """
    end = begin + seconds
    if not (0 <= begin < trace.duration and seconds > 0 and 0 < cut <= 1):
        found = f"from {begin:g} s for {seconds:g} s, by {cut:g}"
        raise InputError(
            InputFault(Place("curtailment"), found, f"within 0 to {trace.duration:g} s, by 0 to 1")
        )
    first = int(np.ceil(begin / metered - 1e-9))
    last = int(np.floor(min(end, trace.duration) / metered + 1e-9))
    if last <= first:
        found = f"no whole interval of {metered:g} s from {begin:g} s to {end:g} s"
        fix = "Cut for longer, or meter more finely (`--metered`)."
        raise InputError(InputFault(Place("curtailment"), found, "at least one", fix))
    inside = slice(first, last)
    plan = uncapped(fleet) if plan is None else plan
    base = follow(trace, fleet, plan, bucket=metered, seed=seed).replay
    plain = course(base)
    drawn = float(plain.power[inside].mean())
    cap = (1.0 - cut) * drawn
    capped = plan.but_at_most(cap, begin, end)
    followed = follow(trace, fleet, capped, bucket=metered, seed=seed)
    narrow = course(followed.replay)
    left = float(narrow.power[inside].mean())
    return Curtailment((begin, end), cap, drawn, left, base, followed, plain, narrow, metered)


def affected(found: Curtailment) -> NDArray[np.bool_]:
    """Requests that arrive in the window."""
    arrival = found.base_replay.arrived
    return np.asarray((arrival >= found.window[0]) & (arrival < found.window[1]))
