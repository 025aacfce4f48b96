"""From nouns to the arrays of the kernel."""

from __future__ import annotations

import math

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.architecture import language_models
from headrace.models.fleet.kernel import layout
from headrace.models.fleet.types import (
    ROUTERS,
    Fleet,
    Outages,
    PrefixBlocks,
    ReplicaLimits,
    Trace,
)
from headrace.models.step_time.table import StepTable

GRACE = 86_400.0  # autoscalers look until a day after the last arrival
ROLES = {"mixed": layout.MIXED, "prefill": layout.PREFILL, "decode": layout.DECODE}
SIGNALS = {"outstanding": layout.OUTSTANDING, "busy": layout.BUSY}


def check(trace: Trace, fleet: Fleet, limits: ReplicaLimits, outages: Outages) -> None:
    """Raise InputError with everything that does not fit together: KV too small for a request,
    unknown classes, times.
    """
    problems = []
    longest = trace.input + trace.output
    most, why = longest_request(fleet)
    if (longest > most).any():
        at = int(np.argmax(longest))
        line = int(trace.lines[at]) if trace.lines is not None else 0
        found = (
            f"request {at + 1} has {longest[at]:,} tokens, {why} "
            f"({int((longest > most).sum()):,} such)"
        )
        fix = "Use more accelerators a replica, or leave such requests out (`--oversize shed`)."
        problems.append(InputFault(Place(trace.name, line), found, f"at most {most:,} tokens", fix))
    if trace.service.max() >= len(fleet.classes):
        highest, known = trace.service.max(), len(fleet.classes)
        found = f"a request is of service class {highest}, the fleet has {known}"
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


def longest_request(fleet: Fleet) -> tuple[int, str]:
    """The most tokens of prompt and answer together that every pool can serve, and why not more:
    the KV of a replica, or the positions that the weights were made for.
    """
    limits = [
        (pool.capacity, f"and a replica of `{pool.name}` holds {pool.capacity:,} KV tokens")
        for pool in fleet.pools
    ]
    known = {model.key: model for model in language_models()}
    for pool in fleet.pools:
        model = known.get(pool.table.model)
        if model is not None and model.context:
            limits.append((model.context, f"and {model.title} reads at most {model.context:,}"))
    return min(limits)


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
    """A state in which nothing has happened yet; bucket: width of the series [s]."""
    replicas, pools, classes = fleet.replicas, len(fleet.pools), len(fleet.classes)
    cached = trace.blocks if fleet.cache_blocks else None
    blocks = int(cached.ids.max(initial=-1)) + 1 if cached is not None else 1
    hold = max([pool.autoscale.hold for pool in fleet.pools if pool.autoscale] or [1])
    tokens = max(pool.token_budget for pool in fleet.pools)
    batch = max(pool.max_batch for pool in fleet.pools)
    dense = [pool.table.dense(tokens, batch, pool.overhead) for pool in fleet.pools]
    heap = np.zeros(replicas, layout.HEAP)
    heap["due"] = layout.NEVER
    heap["replica"] = heap["place"] = np.arange(replicas)
    services = np.zeros(classes, layout.SERVICE)
    services["patience"] = [service.patience for service in fleet.classes]
    services["admit_below"] = [service.admit_below for service in fleet.classes]
    ceilings = np.zeros((len(limits.time), pools), layout.CEILING)
    ceilings["replicas"] = limits.replicas
    ceilings["hard"] = limits.hard[:, None] if len(limits.hard) else False
    batches = np.zeros((pools, batch + 1), layout.BATCH)
    for row, table in zip(batches, dense, strict=True):
        row["fixed"], row["per_kv"], row["watts"] = table.fixed, table.per_kv, table.decode_power
    released = len(trace) if trace.users or trace.followers is not None else 0
    agenda = np.zeros(agenda_room(trace, fleet, limits, outages) + released, layout.AGENDA)
    # everything known beforehand, already in order, so that it is a heap as it stands
    known = known_events(fleet, limits, outages)
    for order, (time, kind, item) in enumerate(known):
        agenda[order] = (time, order, kind, item)
    clock = clock_record(trace, fleet, bucket=bucket, seed=seed, jump=jump)
    clock["agenda"] = clock["ordered"] = len(known)
    clock["reserve"] = trace.users or len(trace)
    return layout.State(
        clock=clock,
        requests=request_records(trace, cached),
        replicas=replica_records(fleet),
        pools=pool_records(fleet),
        services=services,
        load=np.zeros(replicas, np.int64),
        heap=heap,
        seats=np.zeros((replicas, batch), layout.SEAT),
        queues=np.full((replicas + 2, classes), np.array((-1, -1), layout.QUEUE)),
        gates=np.zeros(2, layout.GATE),
        fewest=np.full((2, 2 << (replicas - 1).bit_length()), layout.CLOSED),
        ready=np.zeros((2, replicas), np.int64),
        agenda=agenda,
        ceilings=ceilings,
        block_ids=(cached.ids if cached is not None else np.zeros(1)).astype(np.int32),
        links=np.full((replicas, blocks), np.array((-2, -2), layout.LINK)),
        shared=np.stack([table.shared for table in dense]),
        batches=batches,
        grid=attention_grid([pool.table for pool in fleet.pools]),
        series=np.zeros((pools, layout.SERIES, int(trace.duration / bucket) + 2)),
        recent=np.zeros((pools, hold), np.int64),
        moved=np.zeros(len(trace), np.int64),
        gaps=np.zeros(layout.GAPS),
    )


def agenda_room(trace: Trace, fleet: Fleet, limits: ReplicaLimits, outages: Outages) -> int:
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


def clock_record(
    trace: Trace, fleet: Fleet, *, bucket: float, seed: int, jump: bool
) -> layout.Records:
    """The clock at time 0 and what holds for the whole replay; bucket: width of the series [s]."""
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


def request_records(trace: Trace, cached: PrefixBlocks | None) -> layout.Records:
    """One record a request, none arrived yet; cached: prefix blocks, where a cache keeps them."""
    from headrace.models.fleet.kernel.columns import write_requests

    requests = np.zeros(len(trace), layout.REQUEST)
    write_requests(requests, trace.arrival, trace.input, trace.output, trace.service)
    if cached is not None:
        requests["block"] = cached.pointer[:-1]
        requests["blocks"] = np.diff(cached.pointer)
    if trace.followers is not None:
        turns = np.flatnonzero(trace.followers.before >= 0)
        requests["held"][turns] = 1
        requests["pause"][turns] = trace.followers.pause[turns]
        requests["after"][trace.followers.before[turns]] = turns
    if trace.users:
        requests["held"][trace.users :] = 1
    return requests


def replica_records(fleet: Fleet) -> layout.Records:
    """One record a replica, pool by pool; the first `awake_at_start` of a pool are on."""
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


def pool_records(fleet: Fleet) -> layout.Records:
    """One record a pool: where its replicas stand, what a step may hold, how it is scaled."""
    pools = np.zeros(len(fleet.pools), layout.POOL)
    first = 0
    for record, pool in zip(pools, fleet.pools, strict=True):
        scale = pool.autoscale
        fixed = scale is None and pool.start is not None
        record["warm_up"] = pool.warm_up
        record["prefill_w"] = pool.table.power.prefill
        record["kv_capacity"] = pool.capacity
        record["role"] = ROLES[pool.role]
        record["first"] = first
        record["replicas"] = pool.replicas
        record["max_batch"] = pool.max_batch
        record["budget"] = pool.token_budget
        record["chunk_knots"] = len(pool.table.chunks)
        record["prefix_knots"] = len(pool.table.prefixes)
        record["wanted"] = pool.awake_at_start
        record["limit"] = pool.awake_at_start if fixed else pool.replicas
        record["hold"] = 1
        record["added"] = pool.mixed_steps == "added"
        if scale is not None:
            record["signal"] = SIGNALS[scale.signal]
            record["target"] = scale.target
            record["period"] = scale.period
            record["least"] = scale.least
            record["hold"] = scale.hold
        first += pool.replicas
    return pools


def attention_grid(tables: list[StepTable]) -> Floats:
    """Prompt attention of each table [s], shape (table, 1 + chunks, 1 + prefixes): knots [tokens]
    in the first column and row; what a shorter table lacks is 0.
    """
    rows = max(len(table.chunks) for table in tables)
    columns = max(len(table.prefixes) for table in tables)
    grid = np.zeros((len(tables), rows + 1, columns + 1))
    for own, table in zip(grid, tables, strict=True):
        own[1 : len(table.chunks) + 1, 0] = table.chunks
        own[0, 1 : len(table.prefixes) + 1] = table.prefixes
        own[1 : len(table.chunks) + 1, 1 : len(table.prefixes) + 1] = table.attention
    return grid


def known_events(
    fleet: Fleet, limits: ReplicaLimits, outages: Outages
) -> list[tuple[float, int, int]]:
    """What is known before the replay begins, in order of time: (time [s], kind, item); of one
    time, limits come before failures, repairs, looks of autoscalers.
    """
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
    return sorted(entries, key=lambda entry: entry[0])
