"""A large fleet by a small one: the same steps, fewer requests.

A replica that holds hundreds of requests is replaced by one that holds k times fewer and whose step
with b of them takes as long as the step with k b took. Counts of replicas, and with them routing,
whole replicas and cuts of power, keep their size.
"""

from __future__ import annotations

from dataclasses import replace

from headrace.models.fleet.types import Pool
from headrace.models.step_time.table import PhasePower, StepTable


def thinned(pool: Pool, k: float) -> Pool:
    """The pool whose replicas hold `k` (>= 1) times fewer requests, decode only: power, places and
    cache divided, times kept.
    """
    places = max(1, round(pool.max_batch / k))
    table = _divided(pool.table, pool.max_batch / places)
    return replace(
        pool,
        table=table,
        max_batch=places,
        token_budget=places + pool.token_budget - pool.max_batch,
    )


def _divided(table: StepTable, k: float) -> StepTable:
    power = table.power
    return replace(
        table,
        name=f"{table.name}, one in {k:.3g} of its requests",
        kv_tokens=max(2, round(table.kv_tokens / k)),
        tokens=table.tokens / k,
        batches=table.batches / k,
        per_kv=table.per_kv * k,
        power=PhasePower(power.sleep / k, power.idle / k, power.prefill / k, power.decode / k),
    )
