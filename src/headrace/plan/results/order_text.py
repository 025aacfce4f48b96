"""Orders in words: what to order, where, by when, and what would happen without it."""

from __future__ import annotations

from headrace.core.quantities import month_text
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import node_outcome, ordered
from headrace.plan.results.order_value import OrderValue
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.solve.solve import CertifiedPlan


def amount(quantity: float, unit: str) -> str:
    """A quantity [`unit`] in words: `312 MW`, `12,400 accelerators`."""
    word = "accelerators" if unit == "accelerator" else unit
    return f"{quantity:,.0f} {word}" if quantity >= 100 else f"{quantity:,.3g} {word}"


def months(formulation: Formulation, start: int, number: int) -> tuple[str, str]:
    """(order by, arrives) of an order as YYYY-MM."""
    order = formulation.orders[number]
    return month_text(start + order.date), month_text(start + order.begin)


def why(
    formulation: Formulation, plan: CertifiedPlan, value: OrderValue | None, number: int
) -> str:
    """Why the order is placed: what the best plan without it would lose and do instead."""
    asset = formulation.system.assets[formulation.orders[number].asset]
    slot = any(asset.id == r.slot for r in formulation.system.reservations)
    lead = (
        "it keeps the choice open" if slot else f"it takes {asset.lead_months:.3g} months to arrive"
    )
    if value is None or value.other is None:
        return lead
    before, after = _served(formulation, plan), _served(formulation, value.other)
    falls = {name: 1 - after.get(name, 0.0) / had for name, had in before.items() if had > 0}
    name = max(falls, key=lambda key: falls[key], default="")
    lost = f"{falls[name]:.0%} of {name} goes unserved" if name and falls[name] > 0.005 else ""
    instead = _instead(formulation, plan, value.other, number)
    parts = [
        part
        for part in (lost, f"the plan would order {instead} instead" if instead else "")
        if part
    ]
    return f"{lead}; without it {', and '.join(parts) or 'almost nothing changes'}"


def _served(formulation: Formulation, plan: CertifiedPlan) -> dict[str, float]:
    """Discounted units of each product over the tree."""
    system, sums = formulation.system, dict[str, float]()
    for n, node in enumerate(formulation.nodes):
        outcome, cut = node_outcome(formulation, plan.solution, n), formulation.time_slices[n].cut
        weighted = node_weight(node, formulation.discounting) * outcome.weights
        for number, activity in outcome.activity.items():
            for port in system.converters[number].ports:
                if (sold := system.sold_at.get(port.bus)) is not None:
                    served = float(weighted @ (activity * cut(port.ratio)))
                    sums[sold.product.key] = sums.get(sold.product.key, 0.0) + served
    return sums


def _instead(
    formulation: Formulation, plan: CertifiedPlan, other: CertifiedPlan, number: int
) -> str:
    mine, theirs = ordered(formulation, plan.solution), ordered(formulation, other.solution)
    best, most = -1, 0.0
    for i, order in enumerate(formulation.orders):
        asset = formulation.system.assets[order.asset]
        # a right is given up at a price below zero: less of that is no order
        more = (
            max(0.0, theirs[i] - mine[i]) * asset.price * formulation.nodes[order.node].probability
        )
        if i != number and more > most:
            best, most = i, more
    own = mine[number] * formulation.system.assets[formulation.orders[number].asset].price
    if best < 0 or most < 0.05 * own:
        return ""
    order = formulation.orders[best]
    asset = formulation.system.assets[order.asset]
    later = "" if order.date == 0 else " later"
    more = amount(theirs[best] - mine[best], asset.unit).replace(" accelerators", "")
    return f"{more} more {asset.title} at {asset.site.capitalize()}{later}"
