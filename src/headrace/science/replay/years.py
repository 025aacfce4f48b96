"""Years that may come: every day's weather is that of a day of the same season, and units fail and
come back one by one.

Days are drawn with everything measured in them, and alike for all sites, so that sun, wind and heat
stay together and sites stay as like each other as they are (a moving-blocks bootstrap of one day:
Kunsch, Annals of Statistics 17, 1989). Outages are a two-state Markov chain for each unit, which
keeps the mean that the plan counts with (Billinton & Allan, Reliability Evaluation of Power
Systems, 1996, chapter 2).
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.components import UnitOutages
from headrace.core.ids import AssetId
from headrace.plan.lp.problem import Solution
from headrace.plan.model.drawn_nodes import DrawnYear
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import ordered

SEASON = 10
"""Days to either side from which a day's weather may be drawn [1]."""

HOURS, DAYS = 8760, 365
MOST_UNITS = 200
"""Units of a plant that are drawn one by one; of more, so many larger ones [1]."""


def drawn_days(generation: np.random.Generator) -> Ints:
    """The day that takes each day's place, shape (365,)."""
    return (np.arange(DAYS) + generation.integers(-SEASON, SEASON + 1, DAYS)) % DAYS


def units_up(outages: UnitOutages, count: int, generation: np.random.Generator) -> Floats:
    """Share of so many units that is up in each hour, over the share that is up in the mean [1],
    shape (8760,). Service that is planned stays a mean share.
    """
    up = np.zeros(HOURS)
    works = 1.0 - outages.forced
    lasts = outages.repair * works / max(outages.forced, 1e-12)  # mean time to failure [h]
    for _ in range(count):
        state = generation.random() < works
        at = 0.0
        while at < HOURS:
            stays = generation.exponential(lasts if state else outages.repair)
            if state:
                up[round(at) : round(at + stays)] += 1.0
            at, state = at + stays, not state
    return up / (count * works)


def standing(formulation: Formulation, solution: Solution) -> dict[AssetId, float]:
    """What stands of each asset at its fullest anywhere in the tree [own unit]."""
    amounts, found = ordered(formulation, solution), dict[AssetId, float]()
    for groups in formulation.installed:
        here: dict[AssetId, float] = {}
        for group in groups:
            one = formulation.system.assets[group.asset].id
            more = sum(share * amounts[c] for c, share in zip(group.columns, group.shares))
            here[one] = here.get(one, 0.0) + group.start + float(more)
        for one, size in here.items():
            found[one] = max(found.get(one, 0.0), size)
    return found


def drawn_years(
    formulation: Formulation, sizes: dict[AssetId, float], count: int, seed: int
) -> tuple[DrawnYear, ...]:
    """So many years that may come. sizes: what stands of each asset [own unit], which says how many
    units fail. Where hours are load blocks, no day has a date and nothing is drawn.
    """
    dated = all(len(calendar.years_hour) for calendar in formulation.time_slices)
    found = []
    for number in range(count):
        generation = np.random.default_rng([seed, 1, number])
        days = drawn_days(generation) if dated else None
        there = {}
        for one in formulation.system.converters:
            out = one.outages
            if not dated or out is None or one.asset is None or not (out.size and out.forced):
                continue
            units = round(sizes.get(one.asset, 0.0) / out.size)
            there[one.id] = units_up(out, min(max(units, 1), MOST_UNITS), generation)
        found.append(DrawnYear(days, there))
    return tuple(found)
