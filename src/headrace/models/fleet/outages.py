"""Failures drawn at random: a replica works for a while, is lost, is repaired, and so on."""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.types import Fleet, Outages


def draw_outages(
    fleet: Fleet, until: float, *, between: float, repair: float, seed: int = 0
) -> Outages:
    """Outages of every replica up to `until` [s]: exponential with means `between` (from repair to
    failure) and `repair` [s].

    They strike by the clock, whether a replica is awake or not. Raises InputError where a mean is
    not above 0.
    """
    if not (between > 0 and 0 < repair < np.inf):
        raise InputError(
            InputFault(
                Place("outages"), f"means of {between} s and {repair} s", "above 0, repair finite"
            )
        )
    rng = np.random.default_rng(seed)
    drawn = [_of_replica(rng, until, between, repair) for _ in range(fleet.replicas)]
    replica: Ints = np.repeat(np.arange(fleet.replicas), [len(down) for down, _ in drawn])
    return Outages(
        replica,
        np.concatenate([down for down, _ in drawn]),
        np.concatenate([up for _, up in drawn]),
    )


def _of_replica(
    rng: np.random.Generator, until: float, between: float, repair: float
) -> tuple[Floats, Floats]:
    downs, ups, time = [], [], float(rng.exponential(between))
    while time < until:
        back = time + float(rng.exponential(repair)) + 1e-6
        downs.append(time)
        ups.append(back)
        time = back + float(rng.exponential(between))
    return np.array(downs), np.array(ups)
