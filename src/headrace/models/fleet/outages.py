"""Failures drawn at random: a replica works for a while, is lost, is repaired, and so on."""

from __future__ import annotations

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.types import Fleet, Outages

MOST_OUTAGES = 2_000_000


def draw_outages(
    fleet: Fleet, until: float, *, between: float, repair: float, seed: int = 0
) -> Outages:
    """Outages of every replica up to `until` [s]: exponential with means `between` (from repair to
    failure) and `repair` [s].

    They strike by the clock, whether a replica is awake or not. Raises InputError where a mean is
    not above 0, and where they are too many to draw.
    """
    if not (between > 0 and 0 < repair < np.inf):
        raise InputError(
            InputFault(
                Place("outages"), f"means of {between} s and {repair} s", "above 0, repair finite"
            )
        )
    expected = fleet.replicas * until / between
    if expected > MOST_OUTAGES:
        found = f"about {expected:.3g} failures of {fleet.replicas:,} replicas"
        raise InputError(InputFault(Place("outages"), found, f"at most {MOST_OUTAGES:,}"))
    rng = np.random.default_rng(seed)
    replicas: list[int] = []
    down: list[float] = []
    up: list[float] = []
    for replica in range(fleet.replicas):
        time = float(rng.exponential(between))
        while time < until:
            replicas.append(replica)
            down.append(time)
            up.append(time + float(rng.exponential(repair)) + 1e-6)
            time = up[-1] + float(rng.exponential(between))
    return Outages(np.array(replicas, dtype=np.int64), np.array(down), np.array(up))
