"""What a plan sells, as it is told: offers at their reference, levels and prices by stage, cohorts,
and the movements of monthly recurring revenue.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.core.components import Demand
from headrace.core.plan_file import (
    Cohort,
    CurvePoint,
    OfferRecord,
    RevenueBridge,
    SoldRecord,
)
from headrace.core.sold import SoldOffer
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.sales import brought, levels, menu_of, offer_level, sale_year
from headrace.plan.results.dispatch import NodeOutcome, demand_of_years, sold_columns
from headrace.plan.scenario.tree import opening_of, path_to_root

SEEN = 1e-3
"""Share of what is sold that may go unserved without a word [1]."""
POINTS = 60


def offer_records(formulation: Formulation) -> tuple[OfferRecord, ...]:
    """Every offer at its reference."""
    return tuple(
        _offer(demand, offer) for demand in formulation.system.demands for offer in demand.offers
    )


def _offer(demand: Demand, offer: SoldOffer) -> OfferRecord:
    curve: tuple[CurvePoint, ...] = ()
    pieces = offer.pieces()
    if offer.curve.kind != "posted":
        ends = np.linspace(0.0, offer.most, offer.number + 1)
        fine = np.unique(np.concatenate([ends, np.linspace(0.0, offer.most, POINTS + 1)]))
        true = HOURS_PER_YEAR * offer.revenue(fine)
        held = np.interp(fine, ends, HOURS_PER_YEAR * offer.revenue(ends))
        price = offer.price * offer.curve.price(np.maximum(fine, ends[1] / 10))
        curve = tuple(
            CurvePoint(float(x), float(p), float(t), float(h))
            for x, p, t, h in zip(fine, price, true, held)
        )
    return OfferRecord(
        product=demand.product.key,
        offer=offer.id.key,
        kind=offer.kind,
        title=offer.title,
        amount=offer.amount,
        unit=offer.unit,
        price=offer.price,
        price_unit=offer.price_unit,
        net_usd=HOURS_PER_YEAR * (offer.usd + offer.advertising),
        gross=offer.billed(1.0) / net if (net := offer.usd + offer.advertising) > 0 else 1.0,
        error_usd=HOURS_PER_YEAR * pieces.error if not offer.menu else 0.0,
        curve=curve,
        largest=offer.largest,
    )


@dataclass(frozen=True)
class _Standing:
    """Of an offer at the end of a stage: users there, those billed, and their price [USD/month]."""

    there: float
    billed: float
    price: float


def sold_records(
    formulation: Formulation, solution: Solution, outcomes: Sequence[NodeOutcome]
) -> tuple[SoldRecord, ...]:
    """What one decision sells. outcomes: of all the years in which it is operated."""
    system, chosen = (
        formulation.system,
        levels(formulation.sales, sold_columns(formulation, solution)),
    )
    last = outcomes[-1].number
    opening = opening_of(formulation.nodes, last)
    found = []
    for d, demand in enumerate(system.demands):
        if not demand.offers:
            continue
        work = demand_of_years(formulation, outcomes, d)
        unserved = max(0.0, 1.0 - work.served / work.quantity) if work.quantity > 0 else 0.0
        factor = formulation.parameters[last].royalty.get(demand.product, 1.0)
        owed = demand.royalty * factor
        for o in range(len(demand.offers)):
            level = chosen.get((opening, d, o), 0.0)
            year = sale_year(formulation.expansion, last, d, o)
            factor = formulation.parameters[last].price.get(demand.product, 1.0)
            yearly = HOURS_PER_YEAR * factor * year.level
            true = yearly * float(year.offer.revenue(np.array(level)))
            held = yearly * _counted(formulation, solution, (opening, d, o))
            found.append(
                SoldRecord(
                    product=demand.product.key,
                    offer=year.offer.id.key,
                    level=level,
                    amount=year.offer.amount * year.level * level,
                    price=factor * posted_price(year.offer, level),
                    billed_usd=held,
                    gross_usd=held * year.offer.billed(level) / true * yearly if true else 0.0,
                    creators_usd=held * year.offer.creators / (1.0 - year.offer.creators),
                    counted_low_usd=max(0.0, true - held),
                    unserved=unserved if unserved > SEEN / 10 else 0.0,
                    bridge=_bridge(formulation, chosen, (last, d, o)),
                    cohorts=_cohorts(formulation, (last, d, o)),
                    **_trusted(formulation, (last, d, o)),
                    royalty=owed,
                    royalty_usd=owed * work.served,
                )
            )
    return tuple(found)


def posted_price(offer: SoldOffer, level: float) -> float:
    """The price at a level over the reference [price_unit of the offer]; of a menu, the one that is
    posted. level: [1].
    """
    if offer.menu:
        near = [(abs(sold - level), price) for price, sold in menu_of(offer)]
        return offer.price * min(near)[1]
    return offer.price * float(offer.curve.price(np.array(max(level, 1e-9))))


def _counted(formulation: Formulation, solution: Solution, which: tuple[int, int, int]) -> float:
    """What the plan counts of an offer in an hour at its reference level [USD/h]."""
    opening, d, o = which
    offer = sale_year(formulation.expansion, opening, d, o).offer
    solved, total = sold_columns(formulation, solution), 0.0
    for number in formulation.sales.by_demand.get((opening, d), ()):
        sale = formulation.sales.columns[number]
        if sale.offer == o:
            total += max(0.0, float(solved[number])) * sale.scale * brought(offer, sale)
    return total


def _standing(
    formulation: Formulation, chosen: dict[tuple[int, int, int], float], n: int, d: int, o: int
) -> _Standing:
    demand = formulation.system.demands[d]
    year = sale_year(formulation.expansion, n, d, o)
    level = chosen.get((opening_of(formulation.nodes, n), d, o), 0.0)
    there = year.offer.amount * year.level
    factor = formulation.parameters[n].price.get(demand.product, 1.0)
    return _Standing(there, there * level, factor * _a_head(year.offer, level))


def _a_head(offer: SoldOffer, level: float) -> float:
    """What a user brings a month at a level [USD/month]."""
    if level <= 0 or offer.amount <= 0:
        return 0.0
    return HOURS_PER_YEAR / 12 * float(offer.revenue(np.array(level))) / (offer.amount * level)


def _bridge(
    formulation: Formulation, chosen: dict[tuple[int, int, int], float], which: tuple[int, int, int]
) -> RevenueBridge | None:
    """Movements between the ends of the stage before and of this one; None for what is not paid by
    the head.
    """
    n, d, o = which
    offer, nodes = formulation.system.demands[d].offers[o], formulation.nodes
    if offer.metered:
        return None
    above = nodes[opening_of(nodes, n)].parent
    now = _standing(formulation, chosen, n, d, o)
    if above >= 0:
        before = _standing(formulation, chosen, above, d, o)
        since = nodes[above].start + nodes[above].months / 2
    else:
        before = _Standing(offer.amount, offer.amount, _a_head(offer, 1.0))
        since = 0.0
    joined = sum(users for _, users in _joins(formulation, which, since))
    if offer.subscribers is None:
        joined = max(0.0, now.there - before.there)
    left = before.there + joined - now.there
    unbilled = (now.there - now.billed) - (before.there - before.billed)
    price = before.price or now.price
    return RevenueBridge(
        start=before.billed * before.price,
        new=joined * price,
        churned=left * price,
        unbilled=unbilled * price,
        repriced=now.billed * (now.price - price),
        end=now.billed * now.price,
    )


def _joins(
    formulation: Formulation, which: tuple[int, int, int], since: float
) -> Iterator[tuple[float, float]]:
    """Month and number of those who joined on the way to a node's middle, from `since` on
    [month].
    """
    n, d, o = which
    demand, nodes = formulation.system.demands[d], formulation.nodes
    offer = demand.offers[o]
    if offer.subscribers is None:
        return
    middle = nodes[n].start + nodes[n].months / 2
    for number in reversed(path_to_root(nodes, n)):
        grown = formulation.parameters[number].level.get(demand.product, 1.0)
        month = max(nodes[number].start, since)
        end = min(nodes[number].end, middle)
        while month < end - 1e-9:
            length = min(1.0, end - month)
            yield month + length / 2, offer.subscribers.joins * grown * length
            month += length


def _trusted(formulation: Formulation, which: tuple[int, int, int]) -> dict[str, float]:
    """What presses churn in a node's middle, trust there, and who left for lack of it; nothing
    where neither is told.
    """
    n, d, o = which
    node, demand = formulation.nodes[n], formulation.system.demands[d]
    offer = demand.offers[o]
    users = offer.subscribers
    if users is None or not users.pressure:
        return {}
    whole = replace(offer, subscribers=users._replace(pressure=users.covariates))
    here, untouched = (
        offer_level(formulation.expansion, n, demand, one) * offer.amount for one in (offer, whole)
    )
    month = min(int(node.start + node.months / 2), len(users.pressure) - 1)
    pressed = {"pressure": users.pressure[month]}
    if not users.trust:
        return pressed
    return pressed | {"trust": users.trust[month], "distrusting": untouched - here}


def _cohorts(formulation: Formulation, which: tuple[int, int, int]) -> tuple[Cohort, ...]:
    """Who is there in a node's middle, by the year in which they joined."""
    n, d, o = which
    offer, node = formulation.system.demands[d].offers[o], formulation.nodes[n]
    if offer.subscribers is None:
        return ()
    middle = node.start + node.months / 2
    joins = list(_joins(formulation, which, 0.0))
    joined = np.array([0.0, *(month for month, _ in joins)])
    before, *still = offer.subscribers.there(joined, middle).tolist()
    found = {"before": offer.amount * before}
    for (month, users), share in zip(joins, still):
        name = f"year {math.floor(month / 12) + 1}"
        found[name] = found.get(name, 0.0) + users * share
    return tuple(Cohort(name, users) for name, users in found.items())


def _distrusted(
    demand: Demand, number: int, formulation: Formulation, share: float
) -> Iterator[str]:
    """Offers whose trust was reckoned with fewer failures than there are. share: of the product's
    work that goes unserved at the node [1].
    """
    node = formulation.nodes[number]
    for offer in demand.offers:
        users = offer.subscribers
        if users is not None and users.failed:
            told = users.failed[min(int(node.start + node.months / 2), len(users.failed) - 1)]
            if share > told + SEEN:
                yield (
                    f"trust in `{offer.id}` was reckoned with {told:.1%} of its use failing at "
                    f"node {node.name}, and {share:.1%} goes unserved: raise `trust.failed` there"
                )


def words(formulation: Formulation, outcomes: Sequence[NodeOutcome]) -> Iterator[str]:
    """One sentence a product and year of which some is sold and not served."""
    for outcome in outcomes:
        node = formulation.nodes[outcome.number]
        for d, demand in enumerate(formulation.system.demands):
            if not demand.offers:
                continue
            work = demand_of_years(formulation, (outcome,), d)
            share = 1.0 - work.served / work.quantity if work.quantity > 0 else 0.0
            if share > SEEN:
                yield from _distrusted(demand, outcome.number, formulation, share)
                yield (
                    f"{share:.1%} of what is sold of `{demand.product.key}` goes unserved at node "
                    f"{node.name} ({node.label}), and is paid back"
                )
