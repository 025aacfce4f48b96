"""A large fleet by a small one: the same steps, fewer requests.

A replica that holds hundreds of requests is replaced by one that holds k times fewer and whose step
with b of them takes as long as the step with k b took. Counts of replicas, and with them routing,
whole replicas and cuts of power, keep their size.
"""

from __future__ import annotations

from dataclasses import replace

from headrace.models.fleet.types import Pool
from headrace.models.step_time.table import PhasePower


def thinned(pool: Pool, ratio: float) -> Pool:
    """The pool whose replicas hold `ratio` [1], one or more, times fewer requests, decode only:
    power, places and cache divided, times kept.
    """
    places = max(1, round(pool.max_batch / ratio))
    fold = pool.max_batch / places
    full, power = pool.table, pool.table.power
    table = replace(
        full,
        name=f"{full.name}, one in {fold:.3g} of its requests",
        kv_tokens=max(2, round(full.kv_tokens / fold)),
        tokens=full.tokens / fold,
        batches=full.batches / fold,
        per_kv=full.per_kv * fold,
        power=PhasePower(
            power.sleep / fold, power.idle / fold, power.prefill / fold, power.decode / fold
        ),
    )
    return replace(
        pool,
        table=table,
        max_batch=places,
        token_budget=places + pool.token_budget - pool.max_batch,
    )
