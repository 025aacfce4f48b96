"""Stores: power and energy sized apart.

    level[next] - keep level[t] - eta_in charge[t] + discharge[t] / eta_out <= 0
    charge, discharge <= a P,   level <= a E   (a: its availability);   the last hour of a segment is followed by its first

The inequality lets energy be thrown away, which costs nothing and keeps every price >= 0.
"""

from __future__ import annotations

from headrace.core.components import Store
from headrace.plan.model.constraints.context import MONEY, ColumnLabel, ConstraintContext


def add(setting: ConstraintContext, store: Store, number: int) -> None:
    """Write one store, unless its power or its energy is absent here."""
    if store.power_asset not in setting.standing or store.energy_asset not in setting.standing:
        return
    writer = setting.writer
    charge = setting.column(
        f"charge {store.key}", store.wear / MONEY, ColumnLabel("charge", number)
    )
    discharge = setting.column(
        f"discharge {store.key}", store.wear / MONEY, ColumnLabel("discharge", number)
    )
    level = setting.column(f"level {store.key}", 0.0, ColumnLabel("level", number))
    for column in (charge, discharge):
        setting.bound_by_asset(column, store.power_asset, store.availability)
    setting.bound_by_asset(level, store.energy_asset, store.availability)
    chain = writer.chain(f"store {store.key}", level)
    writer.chain_entry(chain, level, 1.0, following=True)
    writer.chain_entry(chain, level, -store.keep)
    writer.chain_entry(chain, charge, -store.efficiency_in)
    writer.chain_entry(chain, discharge, 1 / store.efficiency_out)
    row = setting.bus_row(store.bus)
    writer.entry(row, charge, 1.0)
    writer.entry(row, discharge, -1.0)
