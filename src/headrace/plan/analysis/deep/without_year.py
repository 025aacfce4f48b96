"""The plan without the worst year: the year of weather that binds counts nothing, the others what
it counted more, and everything is planned again.

What it is worth is no gain that anybody could have: that year may come. It says how much of the
plan is there for one year's sake.
"""

from __future__ import annotations

from dataclasses import replace

from headrace.core.plan_file import SizeRecord, Span, WithoutYearRecord
from headrace.plan.analysis.deep.context import COARSE, AnalysisContext, interval, solve_changed
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import ordered
from headrace.plan.results.weather_years import binding, by_weather, without
from headrace.plan.solve.solve import CertifiedPlan

SAME = 0.01
"""Orders that differ by less of the larger are alike [1]: two plans within their gaps may."""


def without_year(context: AnalysisContext) -> WithoutYearRecord | None:
    """The best plan without the year that binds; None where there is one year. Raises
    StoppedEarly.
    """
    year = binding(by_weather(context.formulation, context.plan.solution))
    if year is None or year.share >= 1.0:
        return None
    nodes = without(context.formulation.nodes, year.number)
    changed = formulate(replace(context.expansion, nodes=nodes))
    found = solve_changed(context, changed.problem, COARSE)
    several = (site.weather_years for site in context.study.sites.values())
    titles = next(one.titles for one in several if one is not None)
    worth = interval(found)
    return WithoutYearRecord(
        year=titles[year.number],
        worth=Span(worth.low, worth.high),
        orders=tuple(_sizes(context.formulation, context.plan, found)),
    )


def _sizes(
    formulation: Formulation, planned: CertifiedPlan, other: CertifiedPlan
) -> list[SizeRecord]:
    """Assets of which two plans order another quantity at the root, the most different first."""
    system = formulation.system
    sums: dict[int, list[float]] = {}
    for k, plan in enumerate((planned, other)):
        for amount, order in zip(ordered(formulation, plan.solution), formulation.orders):
            if order.node == 0:
                sums.setdefault(order.asset, [0.0, 0.0])[k] += float(amount)
    found = []
    for number, (mine, others) in sums.items():
        asset = system.assets[number]
        if abs(mine - others) > SAME * max(mine, others, 1.0):
            one = SizeRecord(asset.site, asset.id.key, asset.title, asset.unit, mine, others)
            found.append((abs(mine - others) * asset.price, one))
    return [one for _, one in sorted(found, key=lambda pair: -pair[0])]
