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
from headrace.plan.analysis.deep.context import (
    FINE,
    AnalysisContext,
    formulate_changed,
    interval,
    solve_changed,
)
from headrace.plan.analysis.value_of_information import Interval
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.investment import Order
from headrace.plan.scenario.discounting import ending, money

MONTH = 1.0


@dataclass(frozen=True)
class LeadTimeValue:
    """The worth of `months` less lead time of a root order, >= 0 [USD]."""

    order: int
    months: float
    value: Interval


def lead_time_value(context: AnalysisContext, order: int) -> LeadTimeValue | None:
    """The worth of a month; None for an order that arrives at once. Raises StoppedEarly."""
    formulation = context.formulation
    months = min(MONTH, formulation.system.assets[formulation.orders[order].asset].lead_months)
    if months <= 0:
        return None
    orders = with_earlier_order(formulation, order, months)
    problem = formulate_changed(context, orders=orders).problem
    gain = interval(solve_changed(context, problem, FINE)) - context.worth
    return LeadTimeValue(order, months, gain.within(low=0.0))


def with_earlier_order(formulation: Formulation, order: int, months: float) -> tuple[Order, ...]:
    """All possible orders, and the root's `order` (with the other half of its store) once more,
    arriving earlier by `months` [month].
    """
    number = formulation.orders[order].node
    node = formulation.nodes[number]
    moved = paired_assets(formulation.system, formulation.orders[order].asset)
    found = list(formulation.orders)
    for one in formulation.orders:
        if one.node == number and one.asset in moved:
            asset = formulation.system.assets[one.asset]
            earlier = replace(asset, lead_months=max(0.0, asset.lead_months - months))
            begin = one.date + earlier.lead_months
            finish = ending(earlier, one.date, node.decided_until)
            paid = money(earlier, one.date, finish, formulation.discounting, one.factor)
            found.append(replace(one, begin=begin, money=paid))
    return tuple(found)


def paired_assets(system: System, asset: int) -> set[int]:
    """Assets that are one thing: a store's power and energy."""
    one = system.assets[asset].id
    pairs = [{store.power_asset, store.energy_asset} for store in system.stores]
    joined = {one}.union(*(pair for pair in pairs if one in pair))
    return {i for i, a in enumerate(system.assets) if a.id in joined}
