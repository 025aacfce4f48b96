"""How many replicas does a promise take?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible
from headrace.models.fleet.metrics import good
from headrace.models.fleet.simulator import replay
from headrace.models.fleet.types import Fleet, Trace

MOST = 16_384


def fewest(
    trace: Trace, fleet_of: Callable[[int], Fleet], share: float = 0.99, most: int = MOST
) -> int:
    """The fewest replicas with which `share` of all requests keep both promises: doubling, then
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
            raise Infeasible(
                f"with {number} replicas {kept:.2%} of the requests keep both promises, wanted {share:.2%}; more do not help",
                ("time to first token", "time per token"),
                f"Promise ttft {_share(found.ttft, share):.3g} s and tpot {_share(found.tpot, share):.3g} s, "
                f"or be content with {kept:.2%}.",
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


def _share(times: Floats, share: float) -> float:
    """The time [s] within which `share` of the requests answered lie."""
    return float(np.nanpercentile(times, 100.0 * share))
