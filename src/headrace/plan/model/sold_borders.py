"""How the hours of a node see what is sold: one linking column of a product's work, whatever sells
it, one of what may go unserved, and one of each price that may be posted.
"""

from __future__ import annotations

from dataclasses import replace

from headrace.core.components import System
from headrace.plan.model.constraints import demand
from headrace.plan.model.constraints.context import ConstraintContext, SoldBorders
from headrace.plan.model.constraints.conversion import largest_ratio
from headrace.plan.model.sales import SaleBook

Behind = tuple[tuple[int, float], ...]
"""The sales behind a border, and what a unit of each column adds to it."""


def sold_borders(
    context: ConstraintContext, system: System, sales: SaleBook, number: int
) -> tuple[Behind, ...]:
    """Write the borders of node `number`, and what is billed as it is served; returns the sales
    behind each border.
    """
    behind: list[Behind] = []
    for d, one in enumerate(system.demands):
        if not one.offers:
            continue
        work, unserved = context.writer.border(f"sold {one.product}"), None
        taken = tuple(sales.taken(number, d))
        behind.append(taken)
        column = sales.unserved(number, d)
        if column is not None:
            unserved = context.writer.border(f"unserved {one.product}")
            behind.append(((column, 1.0),))
        most = sum(s * sales.columns[c].most / sales.columns[c].scale for c, s in taken)
        size, ratio = sales.sizes[d], largest_ratio(system, one)
        found = SoldBorders(work, unserved, size, most / size, scale=ratio)
        if one.billed:
            numbers = [n for n, posted in enumerate(system.posted) if posted[0] is one]
            borders = []
            for (c, share), name in zip(taken, numbers):
                borders.append((context.writer.border(f"posted {one.product} {name}"), name))
                behind.append(((c, share),))
            row = demand.bill(context, system, one, borders, ratio)
            found = replace(found, billed=row)
        context.sold[one.product] = found
    return tuple(behind)
