"""Stores: power and energy sized apart.

    level[next] - keep level[t] - eta_in charge[t] + discharge[t] / eta_out <= 0
    charge, discharge <= a P,   level <= a b E      a: its availability

The last hour of a segment is followed by its first. Kept weeks stand for others like them and end
as they began; where every hour is there, nothing was before the first and b is `at_start` in it: 0
begins empty, and what it holds at the end is thrown away rather than borrowed by the beginning. A
share of more lets it begin with as much, which it gives back: the chain is still a circle. In the
last hour of such hours

    a at_end E - keep level - eta_in charge + discharge / eta_out - lacking <= 0

with `lacking` dearer than anything a MWh could bring, so that every size can be operated; a plan
that lacks any is refused (results/promise_check.py).

The inequality lets energy be thrown away, which costs nothing and keeps every price >= 0.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.components import Store
from headrace.plan.model.constraints.context import (
    ColumnKind,
    ColumnLabel,
    ConstraintContext,
    Rate,
    RowLabel,
)

LACKING = 1e5
"""What a MWh costs that a store lacks at its end [USD]: no customer pays as much for one."""


def rate(store: Store, kind: ColumnKind = "discharge") -> Rate:
    """What a unit that comes out costs, or one that is lacking at the end [USD]."""
    if kind == "lacking":
        return Rate("short", store.id, -LACKING)
    return Rate("variable", store.id, -store.wear)


def room(store: Store, carried: Hourly) -> Hourly:
    """Share of its energy that a store may hold at each snapshot [1]: all of it but where hours
    open that nothing came before. carried: of the calendar.
    """
    return np.maximum(carried, store.at_start) if np.ndim(carried) else carried


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
    carried = writer.calendar.carried
    at = room(store, carried)
    context.bound_by_asset(level, store.energy_asset, store.availability, at=at)
    chain = writer.chain(f"store {store.id}", level)
    writer.chain_entry(chain, level, 1.0, following=True)
    writer.chain_entry(chain, level, -store.keep)
    writer.chain_entry(chain, charge, -store.efficiency_in)
    writer.chain_entry(chain, discharge, 1 / store.efficiency_out)
    context.take_out(store.bus, charge, 1.0)
    context.take_out(store.bus, discharge, -1.0)
    if store.at_end > 0 and np.ndim(carried):
        _at_end(context, store, number, (level, charge, discharge))


def _at_end(
    context: ConstraintContext, store: Store, number: int, columns: tuple[int, int, int]
) -> None:
    """What a store holds at least as hours close that nothing comes after; nothing is asked of the
    others, which keeps room in their rows.
    """
    writer = context.writer
    closes = 1.0 - np.asarray(writer.calendar.carried)[writer.calendar.next_hour]
    lacking = context.column(ColumnLabel("lacking", number), store.id, (rate(store, "lacking"),))
    least = store.availability * store.at_end
    context.bound_by_asset(lacking, store.energy_asset, least, at=closes)
    row = context.row(RowLabel("store", store.id), "held at the end")
    context.allow_by_asset(row, store.energy_asset, 1.0, at=1.0 - closes - least * closes)
    writer.entry(row, lacking, -closes)
    stored = (store.keep, store.efficiency_in, -1 / store.efficiency_out)
    for column, share in zip(columns, stored):
        writer.entry(row, column, -share * closes)
