"""What the kernel remembers: one record a request, a replica, a pool; a few arrays beside them."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints

Records = NDArray[np.void]


class Record(Protocol):
    """One row of `Records`; in compiled code its fields are attributes."""

    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...


NEVER = 1e300
CLOSED = 1 << 60


def _named(count: int) -> tuple[Any, ...]:
    """0, 1, ... as numpy integers: of a Python one, numba would compile every function anew for
    each value.
    """
    return tuple(np.int64(number) for number in range(count))


WAITING, DONE, SHED = _named(3)  # request.status
OFF, WARMING, ON, DRAINING, DOWN = _named(5)  # replica.state
MIXED, PREFILL, DECODE = _named(3)  # pool.role
ROUND_ROBIN, LEAST_OUTSTANDING, POWER_OF_TWO, PREFIX_AWARE = _named(4)  # clock.router
LIMIT, TICK, WARM, FAIL, REPAIR, HANDOFF, RELEASE = _named(7)  # agenda.kind
NO_SCALE, OUTSTANDING, BUSY = _named(3)  # pool.signal
ENERGY, WORK, TOKENS, AWAKE, LOST = _named(5)  # rows of State.series
SERIES = 5
ARRIVALS, HANDOVERS = _named(2)  # gates
SOFT, HARD = _named(2)  # how a limit is kept
NOBODY: Any = np.int64(-1)

GAPS = 300
"""Bins of the time between two tokens, from GAP_LOW [s] up, GAP_STEP wide in the logarithm: to
100 s, each 5 % wide.
"""
GAP_LOW, GAP_STEP = 1e-4, 0.05


REQUEST = np.dtype(
    [
        ("arrival", np.float64),
        ("started", np.float64),  # first admission to a step; -1: not yet
        ("first", np.float64),  # first token; -1: not yet
        ("done", np.float64),  # last token, or the time it was shed; -1: not yet
        ("block", np.int64),  # its prefix blocks are block_ids[block:block + blocks]
        ("blocks", np.int32),
        ("input", np.int32),
        ("output", np.int32),
        # tokens whose KV must stand before the next token: prompt + tokens made before a preemption
        ("need", np.int32),
        ("filled", np.int32),  # of which computed, or found in a cache
        ("made", np.int32),  # tokens made before the current decode stretch began
        ("since", np.int32),  # the replica's step count when that stretch began
        ("next", np.int32),  # next in the queue
        ("after", np.int32),  # the request that its end releases; -1: none of its own
        ("pause", np.float64),  # how long after the end of its predecessor it arrives
        ("held", np.int8),  # 1: it does not arrive by itself
        ("replica", np.int32),
        ("hit", np.int32),  # prompt tokens found in a cache at first admission
        ("service", np.int8),
        ("admitted", np.int8),
        ("status", np.int8),
        ("preempted", np.int8),
    ],
    align=True,
)

REPLICA = np.dtype(
    [
        ("due", np.float64),  # end of the current stretch; NEVER: idle
        ("begun", np.float64),  # start of the current stretch of steps
        ("rate", np.float64),  # duration of its first step
        ("growth", np.float64),  # half of what each further step takes longer
        ("watts", np.float64),
        ("busy", np.float64),
        ("since", np.float64),  # start of the current state
        ("until", np.float64),  # end of warm-up
        ("kv", np.int64),  # tokens held
        ("kv_read", np.int64),  # tokens read by one decode step
        ("backlog", np.int64),  # prompt tokens to compute
        ("pool", np.int64),
        ("gate", np.int64),  # ARRIVALS or HANDOVERS, whether it takes any or not
        ("stretch", np.int64),  # steps of the current stretch
        ("steps", np.int64),
        ("decoding", np.int64),
        ("filling", np.int64),  # admitted, prompt not complete
        ("prompts", np.int64),  # prompt chunks in the current step
        ("state", np.int64),
        ("pure", np.int64),  # the current stretch decodes only
        ("newest", np.int64),  # prefix block used last, first, and blocks held
        ("oldest", np.int64),
        ("held", np.int64),
    ],
    align=True,
)

POOL = np.dtype(
    [
        ("warm_up", np.float64),
        ("prefill_w", np.float64),
        ("target", np.float64),
        ("period", np.float64),
        ("worked", np.float64),  # busy seconds up to the last tick
        ("kv_capacity", np.int64),
        ("role", np.int64),
        ("first", np.int64),  # its replicas are first .. first + replicas - 1
        ("replicas", np.int64),
        ("max_batch", np.int64),
        ("budget", np.int64),
        ("chunk_knots", np.int64),
        ("prefix_knots", np.int64),
        ("signal", np.int64),
        ("least", np.int64),
        ("hold", np.int64),
        ("ticks", np.int64),
        ("wanted", np.int64),
        ("limit", np.int64),
        ("added", np.int64),  # 1: a step with prompts also takes the whole of its decodes
    ],
    align=True,
)

SERVICE = np.dtype([("patience", np.float64), ("admit_below", np.float64)], align=True)

AGENDA = np.dtype(
    [("time", np.float64), ("order", np.int64), ("kind", np.int64), ("subject", np.int64)],
    align=True,
)

CLOCK = np.dtype(
    [
        ("now", np.float64),
        ("bucket", np.float64),
        ("horizon", np.float64),
        ("latency", np.float64),
        ("per_token", np.float64),
        ("load_weight", np.float64),
        ("random", np.uint64),
        ("arrived", np.int64),
        ("finished", np.int64),
        ("events", np.int64),
        ("steps", np.int64),
        ("preempted", np.int64),
        ("evicted", np.int64),
        ("shed", np.int64),
        ("turn", np.int64),
        ("agenda", np.int64),
        ("ordered", np.int64),
        ("reserve", np.int64),  # the next of the requests that any end releases, one by one
        ("router", np.int32),
        ("jump", np.int32),
        ("cache_blocks", np.int32),
        ("block_tokens", np.int32),
    ],
    align=True,
)


# row of a replica: a heap of decodes by their end, and beside it the prompt chunks of the current
# step
SEAT = np.dtype(
    [("end", np.int32), ("who", np.int32), ("prompt", np.int32), ("chunk", np.int32)], align=True
)

# A heap of replicas by the end of their stretch; `place` is another matter: where the replica of
# that number stands in it.
HEAP = np.dtype([("due", np.float64), ("replica", np.int64), ("place", np.int64)], align=True)

QUEUE = np.dtype([("first", np.int64), ("last", np.int64)], align=True)

# replicas that take requests; requests in the lobby
GATE = np.dtype([("open", np.int64), ("waiting", np.int64)], align=True)

CEILING = np.dtype([("replicas", np.int64), ("hard", np.int64)], align=True)

LINK = np.dtype([("newer", np.int32), ("older", np.int32)], align=True)

BATCH = np.dtype([("fixed", np.float64), ("per_kv", np.float64), ("watts", np.float64)], align=True)


class State(NamedTuple):
    """Everything, resumable. n requests, N replicas, P pools, C classes, B places in a batch.

    load: outstanding requests, (N,). heap: (N,).
    seats: (N, B). queues: (N + 2, C); row N is the lobby of arrivals, N + 1 that of hand-overs; -1
        is nobody.
    ready: replicas that take arrivals (row 0) and hand-overs (row 1), rising, as many as
        gates[row].open.
    fewest: a tree of minima over `load`, one for each gate; leaves are replicas, CLOSED where one
        does not take requests.
    links: neighbours in the order of use, (N, blocks); older is -2 where a block is not held.
    shared: (P, tokens + 1). batches: (P, B + 1). grid: attention of each pool, (P, 1 + chunks, 1 +
        prefixes), its knots in the first column and row. series: (P, SERIES, buckets). recent:
        counts wanted at the last looks, (P, most hold).
    moved: scratch for requests that leave a stopped replica, (n,). gaps: tokens by the time since
        the token before them, (GAPS,).
    """

    clock: Records
    requests: Records
    replicas: Records
    pools: Records
    services: Records
    load: Ints
    heap: Records
    seats: Records
    queues: Records
    gates: Records
    ready: Ints
    fewest: Ints
    agenda: Records
    ceilings: Records
    block_ids: NDArray[np.int32]
    links: Records
    shared: Floats
    batches: Records
    grid: Floats
    series: Floats
    recent: Ints
    moved: Ints
    gaps: Floats
