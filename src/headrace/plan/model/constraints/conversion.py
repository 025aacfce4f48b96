"""Converters: carriers in, carriers out.

    0 <= a_t <= availability_t K                      activity within what stands
    bus row:  ... - ratio_t a_t - standing_t K <= 0   what is put in on the left with a minus, what is taken with a plus

A converter that delivers to a demand earns its price there; the demand's own row or window limits
it (demand.py).
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.components import Converter, Demand, Port
from headrace.plan.model.constraints import demand as demands
from headrace.plan.model.constraints.context import MONEY, ColumnLabel, ConstraintContext


def add(
    setting: ConstraintContext, converter: Converter, number: int, sold: dict[str, Demand]
) -> None:
    """Write one converter. `sold`: the demand at each bus that is one, by the bus's text."""
    if converter.asset and converter.asset not in setting.standing:
        return
    for port in converter.standing:
        setting.allow_by_asset(setting.bus_row(port.bus), converter.asset, port.ratio)
    if converter.has_activity:
        _activity(setting, converter, number, sold)


def _activity(
    setting: ConstraintContext, converter: Converter, number: int, sold: dict[str, Demand]
) -> None:
    writer = setting.writer
    sales = [(port, sold[str(port.bus)]) for port in converter.ports if str(port.bus) in sold]
    if any(demands.level(setting, demand) == 0.0 for _, demand in sales):
        return
    cost: Hourly = writer.cut(converter.cost)
    cost = cost + burnt_by_output(converter) * setting.world.fuel.get(converter.fuel, 0.0)
    for port, demand in sales:
        cost = cost - demand.price * setting.world.price.get(demand.name, 1.0) * writer.cut(
            port.ratio
        )
    column = setting.column(
        f"activity {converter.key}",
        cost / MONEY,
        ColumnLabel("activity", number),
        _fixed_upper(setting, converter, sales),
    )
    if converter.asset:
        setting.bound_by_asset(column, converter.asset, converter.availability)
    for port in converter.ports:
        if str(port.bus) in sold:
            demands.deliver(setting, sold[str(port.bus)], column, writer.cut(port.ratio))
        else:
            writer.entry(setting.bus_row(port.bus), column, -np.asarray(writer.cut(port.ratio)))


def burnt_by_output(converter: Converter) -> float:
    """Fuel per unit of activity [MMBtu], without what running units burn anyhow (commitment.py)."""
    return converter.fuel_rate * (
        1.0 - (converter.commitment.no_load if converter.commitment else 0.0)
    )


def _fixed_upper(
    setting: ConstraintContext, converter: Converter, sales: list[tuple[Port, Demand]]
) -> Hourly:
    if converter.asset:
        return 0.0
    if np.ndim(converter.upper) or np.isfinite(converter.upper):
        return setting.writer.cut(converter.upper)
    for port, demand in sales:
        if demand.deadline == "now":
            return demands.hourly_quantity(setting, demand) / setting.writer.cut(port.ratio)
    return np.inf
