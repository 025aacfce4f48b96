"""From nouns to the arrays of the kernel."""

from __future__ import annotations

import math

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.kernel import layout
from headrace.models.fleet.types import (
    ROUTERS,
    Fleet,
    Outages,
    Pool,
    PrefixBlocks,
    ReplicaLimits,
    Trace,
)
from headrace.models.step_time.table import DenseSteps

GRACE = 86_400.0  # autoscalers look until a day after the last arrival
ROLES = {"mixed": layout.MIXED, "prefill": layout.PREFILL, "decode": layout.DECODE}
SIGNALS = {"outstanding": layout.OUTSTANDING, "busy": layout.BUSY}


def check(trace: Trace, fleet: Fleet, limits: ReplicaLimits, outages: Outages) -> None:
    """Raise InputError with everything that does not fit together: KV too small for a request,
    unknown classes, times.
    """
    problems = []
    longest = trace.input + trace.output
    at = int(np.argmax(longest))
    for pool in fleet.pools:
        if longest[at] > pool.capacity:
            found = f"request {at} needs {longest[at]:,} KV tokens; a replica of `{pool.name}` holds {pool.capacity:,}"
            problems.append(
                InputFault(
                    Place(trace.name),
                    found,
                    "room for the longest request",
                    "Use more accelerators a replica.",
                )
            )
    if trace.service.max() >= len(fleet.classes):
        found = f"a request is of service class {trace.service.max()}, the fleet has {len(fleet.classes)}"
        problems.append(InputFault(Place(trace.name), found, "an index of a class"))
    if fleet.cache_blocks and trace.blocks is None:
        problems.append(
            InputFault(
                Place(trace.name),
                "there are no prefix blocks, yet the fleet has a prefix cache",
                "cache_blocks 0",
            )
        )
    if (
        limits.replicas.shape != (len(limits.time), len(fleet.pools))
        or (np.diff(limits.time) < 0).any()
    ):
        problems.append(InputFault(Place("limits"), "times fall, or not one count a time and pool"))
    if len(outages.replica) and not (
        outages.replica.min() >= 0 and outages.replica.max() < fleet.replicas
    ):
        problems.append(
            InputFault(
                Place("outages"),
                "an outage of a replica that does not exist",
                f"0 to {fleet.replicas - 1}",
            )
        )
    if (outages.up <= outages.down).any():
        problems.append(InputFault(Place("outages"), "an outage ends before it begins"))
    if problems:
        raise InputError(problems)


def pack(
    trace: Trace,
    fleet: Fleet,
    limits: ReplicaLimits,
    outages: Outages,
    *,
    bucket: float,
    seed: int,
    jump: bool,
) -> layout.State:
    """A state in which nothing has happened yet."""
    replicas, classes = fleet.replicas, len(fleet.classes)
    batch = max(pool.max_batch for pool in fleet.pools)
    cached = trace.blocks if fleet.cache_blocks else None
    blocks = int(cached.ids.max(initial=-1)) + 1 if cached is not None else 1
    hold = max([pool.autoscale.hold for pool in fleet.pools if pool.autoscale] or [1])
    state = layout.State(
        clock=_clock(trace, fleet, bucket=bucket, seed=seed, jump=jump),
        requests=_requests(trace, cached),
        replicas=_replicas(fleet),
        pools=_pools(fleet),
        services=_services(fleet),
        load=np.zeros(replicas, np.int64),
        heap=_heap(replicas),
        seats=np.zeros((replicas, batch), layout.SEAT),
        queues=np.full((replicas + 2, classes), np.array((-1, -1), layout.QUEUE)),
        gates=np.zeros(2, layout.GATE),
        fewest=np.full((2, 2 << (replicas - 1).bit_length()), layout.CLOSED),
        ready=np.zeros((2, replicas), np.int64),
        agenda=np.zeros(_agenda_room(trace, fleet, limits, outages), layout.AGENDA),
        ceilings=_ceilings(fleet, limits),
        block_ids=(cached.ids if cached is not None else np.zeros(1)).astype(np.int32),
        links=np.full((replicas, blocks), np.array((-2, -2), layout.LINK)),
        shared=np.stack([table.shared for table in _dense(fleet)]),
        batches=_batches(fleet),
        grid=_grid(fleet),
        series=np.zeros((len(fleet.pools), layout.SERIES, int(trace.duration / bucket) + 2)),
        recent=np.zeros((len(fleet.pools), hold), np.int64),
        moved=np.zeros(len(trace), np.int64),
    )
    _fill_agenda(state, fleet, limits, outages)
    return state


def _heap(replicas: int) -> layout.Records:
    heap = np.zeros(replicas, layout.HEAP)
    heap["due"] = layout.NEVER
    heap["replica"] = heap["place"] = np.arange(replicas)
    return heap


def _agenda_room(trace: Trace, fleet: Fleet, limits: ReplicaLimits, outages: Outages) -> int:
    """What is known beforehand, one look a pool, every hand-over, and warm-ups that were cancelled
    but still stand there.
    """
    known = len(limits.time) + 2 * len(outages.down) + len(fleet.pools)
    handovers = len(trace) if any(pool.role == "prefill" for pool in fleet.pools) else 0
    causes = len(limits.time) + 2 * len(outages.down)
    looks = [
        math.ceil(pool.warm_up / pool.autoscale.period) + 1
        for pool in fleet.pools
        if pool.autoscale
    ]
    return known + handovers + fleet.replicas * (max([0, *looks]) + causes + 2)


def _ceilings(fleet: Fleet, limits: ReplicaLimits) -> layout.Records:
    ceilings = np.zeros((len(limits.time), len(fleet.pools)), layout.CEILING)
    ceilings["replicas"] = limits.replicas
    ceilings["hard"] = (limits.hard if len(limits.hard) else np.zeros(len(limits.time), bool))[
        :, None
    ]
    return ceilings


def _clock(trace: Trace, fleet: Fleet, *, bucket: float, seed: int, jump: bool) -> layout.Records:
    clock = np.zeros(1, layout.CLOCK)
    values = {
        "bucket": bucket,
        "horizon": trace.duration + GRACE,
        "latency": fleet.transfer.latency,
        "per_token": fleet.transfer.per_token,
        "load_weight": fleet.load_weight,
        "random": np.uint64(seed),
        "router": ROUTERS.index(fleet.router),
        "jump": int(jump),
        "cache_blocks": fleet.cache_blocks,
        "block_tokens": trace.blocks.tokens if trace.blocks is not None else 1,
    }
    for name, value in values.items():
        clock[name] = value
    return clock


def _requests(trace: Trace, cached: PrefixBlocks | None) -> layout.Records:
    from headrace.models.fleet.kernel.columns import write_requests

    requests = np.zeros(len(trace), layout.REQUEST)
    write_requests(requests, trace.arrival, trace.input, trace.output, trace.service)
    if cached is not None:
        requests["block"] = cached.pointer[:-1]
        requests["blocks"] = np.diff(cached.pointer)
    return requests


def _replicas(fleet: Fleet) -> layout.Records:
    replicas = np.zeros(fleet.replicas, layout.REPLICA)
    first = 0
    for number, pool in enumerate(fleet.pools):
        own = replicas[first : first + pool.replicas]
        own["pool"] = number
        own["gate"] = layout.HANDOVERS if pool.role == "decode" else layout.ARRIVALS
        own["due"] = layout.NEVER
        own["newest"] = own["oldest"] = -1
        own["state"][: pool.awake_at_start] = layout.ON
        first += pool.replicas
    return replicas


def _pools(fleet: Fleet) -> layout.Records:
    pools = np.zeros(len(fleet.pools), layout.POOL)
    first = 0
    for record, pool in zip(pools, fleet.pools, strict=True):
        for name, value in _pool_values(pool, first).items():
            record[name] = value
        first += pool.replicas
    return pools


def _pool_values(pool: Pool, first: int) -> dict[str, float]:
    scale = pool.autoscale
    fixed = scale is None and pool.start is not None
    values: dict[str, float] = {
        "warm_up": pool.warm_up,
        "prefill_w": pool.table.power.prefill,
        "kv_capacity": pool.capacity,
        "role": ROLES[pool.role],
        "first": first,
        "replicas": pool.replicas,
        "max_batch": pool.max_batch,
        "budget": pool.token_budget,
        "chunk_knots": len(pool.table.chunks),
        "prefix_knots": len(pool.table.prefixes),
        "wanted": pool.awake_at_start,
        "limit": pool.awake_at_start if fixed else pool.replicas,
        "hold": 1,
    }
    if scale is not None:
        values |= {"signal": SIGNALS[scale.signal], "target": scale.target, "period": scale.period}
        values |= {"least": scale.least, "hold": scale.hold}
    return values


def _services(fleet: Fleet) -> layout.Records:
    services = np.zeros(len(fleet.classes), layout.SERVICE)
    services["patience"] = [service.patience for service in fleet.classes]
    services["admit_below"] = [service.admit_below for service in fleet.classes]
    return services


def _dense(fleet: Fleet) -> list[DenseSteps]:
    tokens = max(pool.token_budget for pool in fleet.pools)
    batch = max(pool.max_batch for pool in fleet.pools)
    return [pool.table.dense(tokens, batch, pool.overhead) for pool in fleet.pools]


def _batches(fleet: Fleet) -> layout.Records:
    tables = _dense(fleet)
    batches = np.zeros((len(tables), len(tables[0].fixed)), layout.BATCH)
    for row, table in zip(batches, tables, strict=True):
        row["fixed"], row["per_kv"], row["watts"] = table.fixed, table.per_kv, table.decode_power
    return batches


def _grid(fleet: Fleet) -> Floats:
    tables = [pool.table for pool in fleet.pools]
    rows = max(len(table.chunks) for table in tables)
    columns = max(len(table.prefixes) for table in tables)
    grid = np.zeros((len(tables), rows + 1, columns + 1))
    for own, table in zip(grid, tables, strict=True):
        own[1 : len(table.chunks) + 1, 0] = table.chunks
        own[0, 1 : len(table.prefixes) + 1] = table.prefixes
        own[1 : len(table.chunks) + 1, 1 : len(table.prefixes) + 1] = table.attention
    return grid


def _fill_agenda(
    state: layout.State, fleet: Fleet, limits: ReplicaLimits, outages: Outages
) -> None:
    """Everything known beforehand, already in order, so that it is a heap as it stands."""
    entries = [(float(time), layout.LIMIT, k) for k, time in enumerate(limits.time)]
    entries += [
        (float(time), layout.FAIL, int(r))
        for time, r in zip(outages.down, outages.replica, strict=True)
    ]
    entries += [
        (float(time), layout.REPAIR, int(r))
        for time, r in zip(outages.up, outages.replica, strict=True)
    ]
    entries += [
        (pool.autoscale.period, layout.TICK, p)
        for p, pool in enumerate(fleet.pools)
        if pool.autoscale
    ]
    entries.sort(key=lambda entry: entry[0])
    for order, (time, kind, item) in enumerate(entries):
        state.agenda[order] = (time, order, kind, item)
    state.clock["agenda"] = state.clock["ordered"] = len(entries)
