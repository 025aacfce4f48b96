"""What a plan rests on, in words beside its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from headrace.core.study import Study
from headrace.core.uncertainty import DemandGrowth
from headrace.plan.lp.problem import Solution
from headrace.plan.model.constraints.demand_charge import periods
from headrace.plan.model.formulate import Formulation
from headrace.plan.results import weather_years
from headrace.plan.results.dispatch import ordered
from headrace.plan.scenario.tree import ScenarioNode

SEEN = 1e-3
"""Share of a product's revenue from which a simplification is told."""


def assumptions(study: Study, formulation: Formulation, solution: Solution) -> list[str]:
    """What the numbers rest on, in words: the sources of beliefs and products, the weather, and
    what is approximated with its size.
    """
    found = [
        f"{belief.about}: {belief.source or 'no source given'}" for belief in study.beliefs.values()
    ]
    found += [f"{name}: {p.source}" for name, p in study.products.items() if p.source]
    found += [f"weather of {site}: {w.label}" for site, w in formulation.expansion.weather.items()]
    found += [
        f"{name}: demand and price are held through each year at its middle; as they move within "
        f"it, revenue is off by up to {off:.1%}"
        for name, off in held_level(study, formulation.nodes).items()
        if off > SEEN
    ]
    several = [w for site in study.sites.values() if (w := site.weather_years) is not None]
    if several:
        told = weather_years.by_weather(formulation, solution)
        found += weather_years.words(told, several[0].titles)
    if several and several[0].bootstrap:
        found.append(
            f"{several[0].bootstrap} of {len(several[0].names)} years of weather are drawn from "
            "days of the others, the same days at all sites: harder weather than theirs is in none"
        )
    found += [
        f"{meter}: the kept hours give every month the same peak, so that a ratchet of {share:.0%} "
        "charges nothing more: keep more weeks, or `hours: all`"
        for meter, share in idle_ratchets(formulation)
    ]
    if boxes := boxed(formulation, solution):
        found.append(f"the box on a single order binds for {', '.join(boxes)}: set `at_most` there")
    return found


def idle_ratchets(formulation: Formulation) -> list[tuple[str, float]]:
    """Meters and shares [1] of the ratchets that can charge nothing: no operated span of two months
    or more has months whose peaks may differ.
    """
    found = []
    for charge in formulation.system.peaks:
        spans = [
            [period for period in periods(calendar, charge) if not period.of_year]
            for calendar in formulation.time_slices
        ]
        long = [months for months in spans if sum(month.months for month in months) >= 2]
        if 0 < charge.ratchet < 1 and long and all(len(months) == 1 for months in long):
            found.append((str(charge.converter), charge.ratchet))
    return list(dict.fromkeys(found))


def held_level(study: Study, nodes: Sequence[ScenarioNode]) -> dict[str, float]:
    """What holding demand and price at the middle of an operated year leaves out of its revenue, by
    product [1]: the mean of exp(k t) over a year less its middle, k^2/24, at the fastest growth.
    """
    found: dict[str, float] = {}
    for name, product in study.products.items():
        grown = [n.growth.get(DemandGrowth(name)) or n.growth.get(DemandGrowth()) for n in nodes]
        rates = {rates[-1][1] if rates else 0.0 for rates in grown}
        drift = [math.log1p(rate) + math.log1p(product.price_change) for rate in rates]
        found[name] = max(k * k for k in drift) / 24
    return found


def boxed(formulation: Formulation, solution: Solution) -> list[str]:
    """Assets whose orders stop only at the box on a single order: profit would grow with them for
    ever.
    """
    quantity = ordered(formulation, solution)
    assets = formulation.system.assets
    return sorted(
        {
            str(assets[o.asset].id)
            for amount, o in zip(quantity, formulation.orders)
            if amount > 0.999 * o.most
            and not np.isfinite(assets[o.asset].at_most)
            and not np.isfinite(assets[o.asset].supply)
        }
    )
