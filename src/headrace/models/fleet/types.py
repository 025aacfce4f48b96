"""What the fleet simulator is told: requests, replicas, promises, and what happens to them over
time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.step_time.table import StepTable

Role = Literal["mixed", "prefill", "decode"]
Router = Literal["round_robin", "least_outstanding", "power_of_two", "prefix_aware"]

ROUTERS: tuple[Router, ...] = ("round_robin", "least_outstanding", "power_of_two", "prefix_aware")


@dataclass(frozen=True)
class PrefixBlocks:
    """Which blocks a prompt is made of; two prompts share a prefix as far as their ids agree.

    pointer: request i owns ids[pointer[i]:pointer[i + 1]], shape (requests + 1,). ids: 0, 1, ...
        without gaps.
    tokens: tokens a block holds.
    """

    pointer: Ints
    ids: Ints
    tokens: int

    def of(self, rows: Ints) -> PrefixBlocks:
        """The blocks of some requests, in the order of `rows`."""
        own = [self.ids[self.pointer[i] : self.pointer[i + 1]] for i in rows]
        counts = [len(each) for each in own]
        pointer = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        ids = np.concatenate([np.zeros(0, np.int64), *own])
        return PrefixBlocks(pointer, np.unique(ids, return_inverse=True)[1], self.tokens)


@dataclass(frozen=True)
class Followers:
    """Turns of conversations: request i arrives pause[i] [s] after request before[i] has ended (was
    answered or shed); where before[i] is -1, at the trace's own time. Shapes (requests,).
    """

    before: Ints
    pause: Floats

    def reordered(self, order: Ints) -> Followers:
        """The same requests in another order: row k is row order[k] of now."""
        place = np.empty(len(order), np.int64)
        place[order] = np.arange(len(order))
        before = self.before[order]
        return Followers(np.where(before < 0, -1, place[before]), self.pause[order])


@dataclass(frozen=True)
class Trace:
    """Requests in order of arrival.

    arrival [s] from the start of the trace, not falling, >= 0. input, output [tokens], >= 1:
    prompt, and answer with its first token. service: index into the fleet's service classes. All of
    shape (requests,). Raises InputError with the first offending request of every kind.
    followers: requests whose time depends on another's end; their `arrival` is the earliest it can
        be. notes: what whoever made the trace wants known; dropped: rows left out of it. users:
        above 0, a closed loop (`closed`). lines: where in its file each request stands.
    """

    name: str
    source: str
    arrival: Floats
    input: Ints
    output: Ints
    service: Ints
    blocks: PrefixBlocks | None = None
    followers: Followers | None = None
    notes: tuple[str, ...] = ()
    dropped: int = 0
    users: int = 0
    lines: Ints | None = None

    def __post_init__(self) -> None:
        problems = [
            InputFault(Place(self.name), found, expected, fix)
            for found, expected, fix in self.faults()
        ]
        if problems:
            raise InputError(problems)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """What no trace can be: found, expected, what to do."""
        if not len(self.arrival):
            yield "the trace holds no request", "at least one", "Is this the right file?"
            return
        arrays = (self.arrival, self.input, self.output, self.service)
        if len({array.shape for array in arrays}) > 1:
            yield "arrivals, lengths and classes are not of one length", "one of each a request", ""
            return
        tests = (
            (~np.isfinite(self.arrival), "its arrival is not a finite time", "seconds", ""),
            (
                self.arrival < 0,
                "it arrives before time 0",
                "times >= 0",
                "Subtract the first timestamp.",
            ),
            (
                np.diff(self.arrival, prepend=self.arrival[0]) < 0,
                "it arrives before its predecessor",
                "rising times",
                "Sort the file.",
            ),
            (
                self.input < 1,
                "its prompt is empty",
                "input tokens >= 1",
                "Leave such requests out.",
            ),
            (
                self.output < 1,
                "its answer is empty",
                "output tokens >= 1",
                "Leave such requests out.",
            ),
            (self.service < 0, "its class is negative", "an index of a service class", ""),
        )
        if self.users < 0 or (self.users and self.followers is not None):
            found = f"{self.users} users" if self.users < 0 else "sessions in a closed loop"
            yield found, "users >= 1, requests that follow nothing", ""
        order = self.followers
        if order is not None and (
            order.before.shape != self.arrival.shape
            or (order.before >= np.arange(len(self.arrival))).any()
            or not (np.isfinite(order.pause).all() and (order.pause >= 0).all())
            or len(np.unique(order.before[order.before >= 0])) < (order.before >= 0).sum()
        ):
            yield "turns that follow themselves or share a predecessor", "chains of requests", ""
        for bad, words, expected, fix in tests:
            if bad.any():
                yield (
                    f"request {int(np.argmax(bad)) + 1}: {words} ({int(bad.sum()):,} such)",
                    expected,
                    fix,
                )

    def __len__(self) -> int:
        return len(self.arrival)

    def closed(self, users: int) -> Trace:
        """The same requests with `users` of them under way at any time: the next comes as soon as
        one ends, and times of arrival do not count. Raises InputError.
        """
        return replace(self, arrival=np.zeros(len(self)), users=users)

    @property
    def duration(self) -> float:
        """Time of the last arrival [s]."""
        return float(self.arrival[-1])


@dataclass(frozen=True)
class ServiceClass:
    """A promise, and what happens when it cannot be kept. Classes are served in the order in which
    a fleet lists them.

    ttft, tpot [s]: time to first token and mean time per further token that count as good. patience
    [s]: a request whose turn comes later than this after its arrival is dropped. admit_below: a new
    request is refused when the replica it would go to already holds so many. Both dropped and
    refused requests count as shed.
    """

    name: str
    ttft: float = 2.0
    tpot: float = 0.1
    patience: float = np.inf
    admit_below: float = np.inf


@dataclass(frozen=True)
class Autoscale:
    """Every `period` [s]: replicas wanted = ceil(signal / target), at least `least`; the highest of
    the last `hold` counts.

    outstanding: signal is the requests held or waiting in the pool, target those a replica should
        hold.
    busy: signal is the replica-seconds spent computing in the last period over the period, target
        the share busy.
    """

    signal: Literal["outstanding", "busy"]
    target: float
    least: int = 1
    period: float = 60.0
    hold: int = 5


@dataclass(frozen=True)
class Pool:
    """Replicas of one kind.

    replicas: that stand; start: awake at time 0 (none: all, or `least` of the autoscaler).
    mixed: prefill and decode. prefill: hands its requests over with their first token. decode:
        receives them.
    token_budget: tokens of one step (decodes first, then prompt chunks). kv_tokens: KV capacity of
        a replica, 0 means the table's. warm_up [s]: from asleep to serving. overhead [s]: host time
        added to every step. mixed_steps: what a step of prompts and decodes takes: its weights read
        once (fused), or the prompts' step and the decodes' one after the other (added, as
        AISimulate prices it and engines without chunked batches run it).
    """

    name: str
    table: StepTable
    replicas: int
    role: Role = "mixed"
    max_batch: int = 256
    token_budget: int = 2048
    kv_tokens: int = 0
    warm_up: float = 0.0
    overhead: float = 0.0
    start: int | None = None
    autoscale: Autoscale | None = None
    mixed_steps: Literal["fused", "added"] = "fused"

    def rules(self) -> Iterator[tuple[str, bool, str]]:
        """What must hold: name, whether it does, what is expected."""
        yield "replicas", self.replicas >= 1, "at least 1"
        yield "max_batch", self.max_batch >= 1, "at least 1"
        yield (
            "token_budget",
            self.token_budget > self.max_batch,
            f"above max_batch ({self.max_batch}), or prompts starve",
        )
        yield (
            "kv_tokens",
            self.capacity >= 2,
            "the KV tokens one replica holds: the table does not say",
        )
        yield "warm_up", 0 <= self.warm_up < np.inf, "finite, >= 0"
        yield "overhead", 0 <= self.overhead < np.inf, "finite, >= 0"
        yield (
            "start",
            self.start is None or 0 <= self.start <= self.replicas,
            f"0 to {self.replicas}",
        )
        scale = self.autoscale
        good = scale is None or (
            scale.target > 0
            and scale.period > 0
            and scale.hold >= 1
            and 0 <= scale.least <= self.replicas
        )
        yield "autoscale", good, f"target, period > 0, hold >= 1, least 0 to {self.replicas}"

    @property
    def capacity(self) -> int:
        """KV tokens of one replica."""
        return self.kv_tokens or self.table.kv_tokens

    @property
    def awake_at_start(self) -> int:
        """Replicas awake at time 0."""
        if self.start is not None:
            return self.start
        return self.replicas if self.autoscale is None else min(self.autoscale.least, self.replicas)


@dataclass(frozen=True)
class Transfer:
    """Moving a request's KV from a prefill to a decode replica takes latency [s] + per_token
    [s/token] x its tokens.
    """

    latency: float = 0.005
    per_token: float = 0.0


@dataclass(frozen=True)
class Fleet:
    """Pools behind one router.

    cache_blocks: prefix blocks each entry replica remembers, least recently used forgotten first;
        0: no prefix cache.
    load_weight: how many queued tokens one outstanding request counts for the prefix-aware router.
    Raises InputError with every fault.
    """

    pools: tuple[Pool, ...]
    router: Router = "least_outstanding"
    classes: tuple[ServiceClass, ...] = (ServiceClass("all"),)
    transfer: Transfer = Transfer()
    cache_blocks: int = 0
    load_weight: float = 64.0

    def __post_init__(self) -> None:
        problems = [
            InputFault(Place(key=key), found, expected) for key, found, expected in self.faults()
        ]
        if problems:
            raise InputError(problems)

    def faults(self) -> Iterator[tuple[str, str, str]]:
        """What no fleet can be: key, found, expected."""
        roles = {pool.role for pool in self.pools}
        if not roles & {"mixed", "prefill"}:
            yield (
                "pools",
                f"no pool takes requests: {sorted(roles) or 'none at all'}",
                "a mixed or a prefill pool",
            )
        if ("prefill" in roles) != ("decode" in roles):
            yield "pools", f"roles {sorted(roles)}", "prefill and decode pools together"
        if self.router not in ROUTERS:
            yield "router", f"`{self.router}`", f"one of {', '.join(ROUTERS)}"
        if not self.classes:
            yield "classes", "there is no service class", "at least one"
        if self.cache_blocks < 0 or self.transfer.latency < 0 or self.transfer.per_token < 0:
            yield "transfer", "a negative time or a negative cache", "values >= 0"
        for pool in self.pools:
            for name, good, expected in pool.rules():
                if not good:
                    yield f"{pool.name}.{name}", f"{getattr(pool, name)}", expected

    @property
    def replicas(self) -> int:
        """Replicas of all pools; they are numbered pool by pool."""
        return sum(pool.replicas for pool in self.pools)


@dataclass(frozen=True)
class Outages:
    """Failures: replica `replica[i]` is lost from down[i] to up[i] [s].

    Intervals of one replica do not overlap.
    """

    replica: Ints
    down: Floats
    up: Floats


@dataclass(frozen=True)
class ReplicaLimits:
    """How many replicas may be awake: from time[k] [s] on, replicas[k, p] in pool p, whatever an
    autoscaler wants.

    hard[k]: surplus replicas stop at once (a power cap) and their requests start again elsewhere,
        keeping the tokens they have; else they finish what they hold. Shapes (k,), (k, pool), (k,).
    """

    time: Floats
    replicas: Ints
    hard: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))


NO_OUTAGES = Outages(np.zeros(0, np.int64), np.zeros(0), np.zeros(0))


def no_limits(pools: int) -> ReplicaLimits:
    """Every replica may be awake, always."""
    return ReplicaLimits(np.zeros(0), np.zeros((0, pools), np.int64))
