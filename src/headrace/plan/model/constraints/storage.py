"""Stores: power and energy sized apart.

    level[next] - keep level[t] - eta_in charge[t] + discharge[t] / eta_out <= 0
    charge, discharge <= a P,   level <= a b E      a: its availability

The last hour of a segment is followed by its first. Kept weeks stand for others like them and end
as they began; where every hour is there, nothing was before the first and b is 0 in it: the store
begins empty, and what it holds at the end is thrown away rather than borrowed by the beginning.

The inequality lets energy be thrown away, which costs nothing and keeps every price >= 0.
"""

from __future__ import annotations

from headrace.core.components import Store
from headrace.plan.model.constraints.context import ColumnLabel, ConstraintContext, Rate


def rate(store: Store) -> Rate:
    """What a unit that comes out costs [USD]."""
    return Rate("variable", store.id, -store.wear)


def add(context: ConstraintContext, store: Store, number: int) -> None:
    """Write one store, unless its power or its energy is absent here."""
    if store.power_asset not in context.standing or store.energy_asset not in context.standing:
        return
    writer = context.writer
    charge = context.column(ColumnLabel("charge", number), store.id)
    discharge = context.column(ColumnLabel("discharge", number), store.id, (rate(store),))
    level = context.column(ColumnLabel("level", number), store.id)
    for column in (charge, discharge):
        context.bound_by_asset(column, store.power_asset, store.availability)
    context.bound_by_asset(
        level, store.energy_asset, store.availability, at=writer.calendar.carried
    )
    chain = writer.chain(f"store {store.id}", level)
    writer.chain_entry(chain, level, 1.0, following=True)
    writer.chain_entry(chain, level, -store.keep)
    writer.chain_entry(chain, charge, -store.efficiency_in)
    writer.chain_entry(chain, discharge, 1 / store.efficiency_out)
    context.take_out(store.bus, charge, 1.0)
    context.take_out(store.bus, discharge, -1.0)
