"""Offers one at a time, without knowing who comes next: dual descent.

Each slot goes to the work with the best utility plus the prices of its guarantees minus those of
its caps; then every price moves by how far this slot was from the pace its guarantee or cap asks
for. (Balseiro, Lu & Mirrokni, "Regularized online allocation problems", ICML 2021, with a guarantee
as a pace from below; regret grows as the square root of the number of slots.) Caps are never
exceeded. When only as many slots are left as offers are still owed, the owed come first.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.rights.offering.offers import Offers, check


@dataclass(frozen=True)
class Online:
    """What came out: offers by segment and work and their value; by group the exposure, the mean
    price, and what is still owed.
    """

    offers: Floats
    value: float
    exposure: Floats
    guarantee_price: Floats
    owed: Floats


def run_online(
    problem: Offers, arrivals: NDArray[np.int64], *, step: float | None = None
) -> Online:
    """Serve `arrivals` (segment of each slot, in order). Guarantees and caps are totals over all
    arrivals.

    step: of the prices [utility/offer]; by default the spread of utilities over the square root
        of the number of slots.
    """
    check(problem)
    horizon = len(arrivals)
    member = np.zeros((len(problem.works), len(problem.groups)))
    for i, group in enumerate(problem.groups):
        member[list(group.works), i] = 1.0
    least = np.array([g.at_least for g in problem.groups])
    most = np.array([g.at_most for g in problem.groups])
    rate = (
        step
        if step is not None
        else float(np.ptp(problem.utility) or 1.0) / max(1.0, np.sqrt(horizon))
    )
    low, high, total_low = np.zeros(len(least)), np.zeros(len(least)), np.zeros(len(least))
    exposure, offers = np.zeros(len(least)), np.zeros_like(problem.utility)
    utility = np.where(problem.eligible, problem.utility, -np.inf)
    pace_low, pace_high = least / max(1, horizon), most / max(1, horizon)
    for t, segment in enumerate(arrivals):
        open_works = member @ (exposure + 1 > most) == 0
        score = utility[segment] + member @ (low - high)
        owed = np.maximum(0.0, np.ceil(least - exposure - 1e-9))
        if owed.sum() >= horizon - t:  # the last chance: only works that are owed
            urgent = open_works & (member @ (owed > 0) > 0) & problem.eligible[segment]
            open_works = urgent if urgent.any() else open_works
        score = np.where(open_works, score, -np.inf)
        work = int(np.argmax(score))
        hit = np.zeros(len(least))
        if score[work] > 0.0 or (np.isfinite(score[work]) and owed.sum() >= horizon - t):
            offers[segment, work] += 1
            hit = member[work]
            exposure += hit
        low = np.maximum(0.0, low + rate * (pace_low - hit))
        high = np.where(
            np.isinf(most), 0.0, np.maximum(0.0, high + rate * (hit - np.minimum(pace_high, 1.0)))
        )
        total_low += low
    value = float((offers * np.where(problem.eligible, problem.utility, 0.0)).sum())
    return Online(
        offers, value, exposure, total_low / max(1, horizon), np.maximum(0.0, least - exposure)
    )
