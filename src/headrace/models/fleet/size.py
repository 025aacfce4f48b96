"""How large a replay will be, multiplied before any of it is made."""

from __future__ import annotations

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import memory
from headrace.models.fleet.types import Fleet, Trace

MOST_BUCKETS = 10_000_000
OF_A_REQUEST = 400
"""What a request takes in the arrays of the kernel and of the result [byte]."""
OF_A_REPLICA = 200
OF_A_SEAT = 16
OF_A_BLOCK = 8
OF_A_TOKEN = 40
"""What a token of a step's budget, or a seat of its batch, takes in the table of step times
[byte].
"""
OF_A_BUCKET = 160
"""What a point of the series takes for each pool: the kernel's sums, the result's and the
picture's [byte].
"""


def refuse_too_large(trace: Trace, fleet: Fleet, bucket: float) -> None:
    """Raise InputError for a replay that does not fit into the memory that there is, or whose
    series has too many points.

    bucket: width of a point of the series [s].
    """
    if not bucket > 0:
        raise InputError(InputFault(Place("bucket"), f"{bucket} s", "above 0"))
    if trace.duration / bucket > MOST_BUCKETS:
        days = f"{trace.duration / 86_400:,.4g} days in buckets of {bucket:g} s"
        fix = "Are the stamps in another unit (`--unit`)? If not, take wider buckets (`--bucket`)."
        raise InputError(InputFault(Place(trace.name), days, f"at most {MOST_BUCKETS:,}", fix))
    buckets = trace.duration / bucket
    pools = len(fleet.pools)
    batch = max(pool.max_batch for pool in fleet.pools)
    budget = max(pool.token_budget for pool in fleet.pools)
    cached = trace.blocks if fleet.cache_blocks else None
    blocks = int(cached.ids.max(initial=-1)) + 1 if cached is not None else 1
    seats = fleet.replicas * (OF_A_REPLICA + OF_A_SEAT * batch + OF_A_BLOCK * blocks)
    steps = pools * OF_A_TOKEN * (budget + batch)
    size = len(trace) * OF_A_REQUEST + seats + steps + buckets * pools * OF_A_BUCKET
    memory.afford(
        size,
        f"{len(trace):,} requests over {trace.duration:,.0f} s on {fleet.replicas:,} replicas, "
        f"{buckets:,.0f} points of the series,",
        Place(trace.name),
        "Give a shorter trace, wider points (`--bucket`), fewer replicas, or more memory "
        "(`--memory`).",
    )
