"""How many replicas does a promise take?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from headrace.core.errors import Infeasible
from headrace.models.fleet.metrics import good
from headrace.models.fleet.simulator import replay
from headrace.models.fleet.types import Fleet, Trace

MOST = 16_384


def fewest(
    trace: Trace, fleet_of: Callable[[int], Fleet], share: float = 0.99, most: int = MOST
) -> int:
    """The fewest replicas with which `share` [1] of all requests keep both promises: doubling, then
    halving the interval.

    fleet_of(n) is the fleet with n replicas. More replicas are taken to never serve worse; routing
    noise can break that by one or two replicas. Raises Infeasible with the share reached where even
    `most` do not do, or twice as many serve no faster.
    """
    number, latency = 1, float("inf")
    while True:
        found = replay(trace, fleet_of(number))
        kept, before = float(good(found).mean()), latency
        if kept >= share:
            break
        # Once nothing waits, more replicas change nothing: the step itself is too slow for the
        # promise.
        latency = float(np.nan_to_num(found.e2e, nan=1e12).mean())
        if 2 * number > most or (number > 1 and latency > 0.999 * before):
            ttft, tpot = (np.nanpercentile(t, 100.0 * share) for t in (found.ttft, found.tpot))
            raise Infeasible(
                f"with {number} replicas {kept:.2%} of the requests keep both promises,"
                f" wanted {share:.2%}; more do not help",
                ("time to first token", "time per token"),
                f"Promise ttft {ttft:.3g} s and tpot {tpot:.3g} s, or be content with {kept:.2%}.",
            )
        number *= 2
    low = number // 2
    while number - low > 1:
        middle = (low + number) // 2
        if float(good(replay(trace, fleet_of(middle))).mean()) >= share:
            number = middle
        else:
            low = middle
    return number
