"""How many replicas does a promise take?"""

from __future__ import annotations

from collections.abc import Callable

from headrace.core.errors import Infeasible
from headrace.models.fleet.metrics import good
from headrace.models.fleet.nouns import Fleet, Trace
from headrace.models.fleet.replay import replay

MOST = 16_384


def fewest(trace: Trace, fleet_of: Callable[[int], Fleet], share: float = 0.99, most: int = MOST) -> int:
    """The fewest replicas with which `share` of all requests keep both promises: doubling, then halving the interval.

    fleet_of(n) is the fleet with n replicas. More replicas are taken to never serve worse; routing noise can break that by one
    or two replicas. Raises Infeasible with the share reached where even `most`, or twice as many as did no better, do not do.
    """
    kept = -1.0
    number = 1
    while True:
        now = float(good(replay(trace, fleet_of(number))).mean())
        if now >= share:
            break
        # Past the point where nothing waits, more replicas change nothing: the step itself is too slow for the promise.
        if number >= most or (number > 8 and now - kept < 1e-6 and now > 0):
            raise Infeasible(
                f"with {number} replicas {now:.2%} of the requests keep both promises, wanted {share:.2%}; more do not help",
                ("time to first token", "time per token"),
                f"Promise less, or ask for {now:.2%}.",
            )
        kept, number = now, 2 * number
    low = number // 2
    while number - low > 1:
        middle = (low + number) // 2
        if float(good(replay(trace, fleet_of(middle))).mean()) >= share:
            number = middle
        else:
            low = middle
    return number
