"""The same fleet, one engine step at a time, in plain Python: slow, short, and written to be read.

    memory   requests, replicas, the result
    engine   one engine step
    cluster  routing, and replicas that come and go

It shares no line with the kernel: lists instead of heaps, sums instead of counters, every replica
looked at for every event. Tests hold the kernel to it, request by request. docs/decisions/0033
states the rules both follow.
"""

from __future__ import annotations

from headrace.models.fleet.reference.cluster import ReferenceCluster
from headrace.models.fleet.reference.memory import TwinReplay
from headrace.models.fleet.types import NO_OUTAGES, Fleet, Outages, ReplicaLimits, Trace, no_limits


def twin(
    trace: Trace,
    fleet: Fleet,
    *,
    limits: ReplicaLimits | None = None,
    outages: Outages = NO_OUTAGES,
    seed: int = 0,
) -> TwinReplay:
    """Replay a (small) trace step by step."""
    world = ReferenceCluster(
        trace, fleet, no_limits(len(fleet.pools)) if limits is None else limits, outages, seed
    )
    world.run()
    return world.tell()
