"""What one month less lead time of an order would be worth: the plan solved again where the order
may also arrive a month sooner.

Only the root's own order may; the same thing ordered later keeps its lead time. Both dates are on
offer, since whoever can deliver sooner can deliver on the old day too: so the answer is never below
zero. Payments stay on their dates, so it is what one could pay on top for the earlier month. Power
and energy of a store move together: half of a battery is of no use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from headrace.core.components import System
from headrace.plan.analysis.deep.context import FINE, AnalysisContext, interval, posed, solved
from headrace.plan.analysis.value_of_information import Interval
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.investment import Order
from headrace.plan.scenario.discounting import money

MONTH = 1.0


@dataclass(frozen=True)
class LeadTimeValue:
    """The worth of `months` less lead time of a root order, >= 0 [USD]."""

    order: int
    months: float
    value: Interval


def sooner(ground: AnalysisContext, order: int) -> LeadTimeValue | None:
    """The worth of a month; None for an order that arrives at once. Raises StoppedEarly."""
    months = min(
        MONTH, ground.formulation.system.assets[ground.formulation.orders[order].asset].lead_months
    )
    if months <= 0:
        return None
    problem = posed(ground, orders=hastened(ground.formulation, order, months)).problem
    return LeadTimeValue(
        order, months, (interval(solved(ground, problem, FINE)) - ground.worth).within(low=0.0)
    )


def hastened(formulation: Formulation, order: int, months: float) -> tuple[Order, ...]:
    """All possible orders, and the root's `order` (with the other half of its store) once more,
    arriving `months` earlier.
    """
    node = formulation.orders[order].node
    moved = together(formulation.system, formulation.orders[order].asset)
    return formulation.orders + tuple(
        _moved(formulation, o, months)
        for o in formulation.orders
        if o.node == node and o.asset in moved
    )


def together(system: System, asset: int) -> set[int]:
    """Assets that are one thing: a store's power and energy."""
    one = system.assets[asset].id
    pairs = [{store.power_asset, store.energy_asset} for store in system.stores]
    joined = {one}.union(*(pair for pair in pairs if one in pair))
    return {i for i, a in enumerate(system.assets) if a.id in joined}


def _moved(formulation: Formulation, order: Order, months: float) -> Order:
    asset, node = formulation.system.assets[order.asset], formulation.nodes[order.node]
    earlier = replace(asset, lead_months=max(0.0, asset.lead_months - months))
    return replace(
        order,
        begin=node.start + earlier.lead_months,
        money=money(earlier, node, formulation.discounting, order.factor),
    )
