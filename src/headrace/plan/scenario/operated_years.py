"""When things may be ordered, and how a stage of several years is operated.

Decisions stay few: what is known at the start of a stage holds to its end. Orders are placed then,
and once more whenever what was ordered before is due to be replaced, so that a plant whose life
ends inside a long stage can be followed by another; in a stage of more than five years also so that
they arrive as each five of them are over, or a stage cut in two would give more to choose from
(docs/decisions/0266). Operation is by the year: a stage is cut into its years, and where something
arrives, goes or changes in one of them, that year is operated by itself. Years in which nothing
does are alike and one of them stands for all (docs/decisions/0145).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from headrace.core.components import Asset, System
from headrace.core.ids import AssetId
from headrace.core.study import Study
from headrace.plan.scenario.arrival import lead_at
from headrace.plan.scenario.discounting import SAME_MONTH, Discounting, can_order, ending
from headrace.plan.scenario.tree import ScenarioNode, scenario_tree

YEAR = 12.0

LONGEST_WAIT = 60.0
"""Months from one arrival that a long stage offers to the next: as short as a solve affords (a
stage of twenty years in four parts), as long as a finer grid moves no break-even price by 2 %.
"""


@dataclass(frozen=True)
class StageSpan:
    """From when to when a decision holds [month after the horizon's start]. moves: whether demand
    or prices change within it from year to year.
    """

    start: float
    end: float
    moves: bool = False


def stages_of(nodes: Sequence[ScenarioNode], *, prices_move: bool) -> dict[int, StageSpan]:
    """The stages of a tree by number; all nodes of a stage begin and end together.

    prices_move: whether some product's price changes from year to year.
    """
    found: dict[int, StageSpan] = {}
    for node in nodes:
        grows = any(rates[-1][1] != 0 for rates in node.growth.values())
        before = found.get(node.stage)
        moves = prices_move or grows or (before is not None and before.moves)
        found[node.stage] = StageSpan(node.start, node.end, moves)
    return found


def order_dates(
    system: System, asset: Asset, stages: Collection[StageSpan], discounting: Discounting
) -> list[tuple[float, float]]:
    """Months in which `asset` may be ordered, each with the end of its stage [month]: the starts of
    the stages, so that they arrive as every `LONGEST_WAIT` months of a longer stage are over, and
    when what stands or was ordered before must be ordered anew to be replaced. Rents are kept on
    instead, and what needs a reservation is ordered at the stages' starts.
    """
    found = [(s.start, s.end) for s in stages if can_order(asset, s.start, discounting)]
    if asset.rented or any(asset.id in (r.slot, *r.uses) for r in system.reservations):
        return found
    for stage in stages:
        found += [
            (date, stage.end)
            for date in dates_within(stage, asset.lead_months)
            if can_order(asset, date, discounting)
        ]
    due = [date + asset.life_months for date, _ in found]
    due += [asset.stands_until - asset.lead_months] if asset.stands > 0 else []
    while due:
        date = due.pop(0)
        taken = any(abs(date - other) <= SAME_MONTH for other, _ in found)
        if taken or date <= 0 or not np.isfinite(date) or not can_order(asset, date, discounting):
            continue
        end = next((s.end for s in stages if s.start <= date < s.end), discounting.end)
        found.append((date, end))
        due.append(date + asset.life_months)
    return sorted(found)


def dates_within(stage: StageSpan, lead: float) -> list[float]:
    """When something of `lead` [month] must be ordered to arrive as every `LONGEST_WAIT` months of
    a longer stage are over [month]. Arrivals are whole years of the stage, so that no year of it is
    cut by one, and those of all assets are one.
    """
    if stage.end - stage.start <= LONGEST_WAIT + SAME_MONTH:
        return []
    arrivals = np.arange(stage.start + LONGEST_WAIT, stage.end + lead, LONGEST_WAIT)
    dates = (float(at) - lead for at in arrivals)
    return [d for d in dates if stage.start + SAME_MONTH < d < stage.end - SAME_MONTH]


def changes(
    system: System,
    stages: Collection[StageSpan],
    discounting: Discounting,
    leads: Mapping[AssetId, Collection[float]] = MappingProxyType({}),
) -> tuple[float, ...]:
    """Every month in which a capacity may come or go [month], ascending; of what is ordered at the
    start also the month before, which a shorter lead time would give.

    leads: the lead times of an asset that may come true [month], where there are several. It is
        ordered at the dates of the shortest.
    """
    found: set[float] = set()
    for asset in system.assets:
        if asset.stands > 0 and np.isfinite(asset.stands_until):
            found.add(asset.stands_until)
        possible = leads.get(asset.id, (asset.lead_months,))
        soonest = replace(asset, lead_months=min(possible))
        for date, stage_end in order_dates(system, soonest, stages, discounting):
            for lead in possible:
                arrives = date + lead
                ends = ending(replace(asset, lead_months=lead), date, stage_end)
                found |= {arrives, ends} | ({arrives - 1} if date == 0 else set())
    return tuple(sorted(found))


def years(stage: StageSpan, changes: Iterable[float]) -> list[tuple[float, float]]:
    """Begin and end of each node in which a stage is operated [month]: its years, those that are
    alike as one. The last year may be shorter.
    """
    within = [at for at in changes if stage.start + SAME_MONTH < at < stage.end - SAME_MONTH]
    marks = [*np.arange(stage.start, stage.end - SAME_MONTH, YEAR).tolist(), stage.end]
    found: list[tuple[float, float, bool]] = []
    for begin, end in pairwise(marks):
        busy = stage.moves or any(begin + SAME_MONTH < at < end - SAME_MONTH for at in within)
        busy |= end - begin < YEAR - SAME_MONTH
        turns = any(abs(at - begin) <= SAME_MONTH for at in within)
        if found and not busy and not turns and not found[-1][2]:
            found[-1] = (found[-1][0], end, False)
        else:
            found.append((begin, end, busy))
    return [(begin, end) for begin, end, _ in found]


def operated(
    nodes: Sequence[ScenarioNode],
    by_stage: Mapping[int, Sequence[tuple[float, float]]],
    weather: Sequence[float] = (1.0,),
) -> tuple[ScenarioNode, ...]:
    """The tree with a node for each operated span of each stage [month] in each year of weather,
    one below the other. weather: how much each of its years counts [1].
    """
    found: list[ScenarioNode] = []
    last: dict[int, int] = {-1: -1}
    for number, node in enumerate(nodes):
        first = len(found)
        spans = [(*span, year) for span in by_stage[node.stage] for year in range(len(weather))]
        for begin, end, year in spans:
            opens = len(found) == first
            name = node.name if begin == node.start else f"{node.name} from month {begin:g}"
            found.append(
                replace(
                    node,
                    name=f"{name}, weather {year + 1}" if year else name,
                    parent=last[node.parent] if opens else len(found) - 1,
                    start=begin,
                    months=end - begin,
                    opening=-1 if opens else first,
                    stage_end=node.end,
                    weather=year,
                    share=weather[year],
                )
            )
        last[number] = len(found) - 1
    return tuple(found)


def operated_nodes(
    study: Study, system: System, discounting: Discounting, *, prices_move: bool = False
) -> tuple[tuple[ScenarioNode, ...], tuple[float, ...]]:
    """The tree with its long stages cut into years, and every month in which a capacity may come
    or go [month]. prices_move: whether some price moves by date, beside those of products.
    """
    nodes = scenario_tree(study)
    prices_move = prices_move or any(p.price_change != 0 for p in study.products.values())
    prices_move |= any(
        offer.growth != 0 or offer.churn is not None
        for product in study.products.values()
        for offer in product.offers.values()
    )
    prices_move |= any(
        fuel.take_or_pay is not None and fuel.take_or_pay.until is not None
        for fuel in study.fuels.values()
    )
    stages = stages_of(nodes, prices_move=prices_move)
    waiting = [asset for asset in system.assets if asset.waits is not None]
    leads = {asset.id: {lead_at(asset, node) for node in nodes} for asset in waiting}
    moments = changes(system, stages.values(), discounting, leads)
    spans = {n: years(stage, moments) for n, stage in stages.items()}
    return operated(nodes, spans, weather_shares(study)), moments


def weather_shares(study: Study) -> tuple[float, ...]:
    """How much each year of weather counts [1]; one where the study has no more."""
    several = (site.weather_years for site in study.sites.values())
    return next((one.shares for one in several if one is not None), (1.0,))
