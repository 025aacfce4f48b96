"""How many replicas does a promise take?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from headrace.core.errors import Infeasible
from headrace.models.fleet.metrics import good
from headrace.models.fleet.simulator import Replay, replay
from headrace.models.fleet.types import Fleet, ServiceClass, Trace

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
            clash, remedy = kept_promise(found, share)
            raise Infeasible(
                f"with {number} replicas {kept:.2%} of the requests keep both promises,"
                f" wanted {share:.2%}; more do not help",
                clash,
                remedy or f"Be content with {kept:.2%}.",
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


def kept_promise(found: Replay, share: float) -> tuple[tuple[str, ...], str]:
    """The least change of a fleet's promises that `share` [1] of all requests keep together, as the
    names of what must change and a sentence; an empty one where none does.

    One promise is relaxed where that is enough, else both by one factor; never made stricter.
    """
    classes = found.fleet.classes
    ttft, tpot = (
        np.array([getattr(each, name) for each in classes])[found.trace.service]
        for name in ("ttft", "tpot")
    )
    late = np.where(found.finished, np.stack([found.ttft / ttft, found.tpot / tpot]), np.inf)
    names = ("time to first token", "time per token")
    need = int(np.ceil(share * len(ttft) - 1e-9)) - 1
    for at, other in ((0, 1), (1, 0)):
        alone = np.sort(np.where(late[other] <= 1.0, late[at], np.inf))[need]
        if np.isfinite(alone):
            return (names[at],), _promise(classes, *((alone, 1.0) if at == 0 else (1.0, alone)))
    both = float(np.sort(late.max(axis=0))[need])
    return names, _promise(classes, both, both) if np.isfinite(both) else ""


def _promise(classes: tuple[ServiceClass, ...], slower: float, longer: float) -> str:
    """Promises slower by these factors, rounded up to three digits so that they hold."""

    def up(seconds: float) -> str:
        step = 10.0 ** (np.floor(np.log10(seconds)) - 2)
        return f"{np.ceil(seconds / step - 1e-9) * step:.6g} s"

    each = [
        f"{f'{c.name}: ' if len(classes) > 1 else ''}ttft {up(c.ttft * max(1.0, slower))} and "
        f"tpot {up(c.tpot * max(1.0, longer))}"
        for c in classes
    ]
    return f"Promise {'; '.join(each)}."
