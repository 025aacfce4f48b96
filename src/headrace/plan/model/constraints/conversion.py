"""Converters: carriers in, carriers out.

    0 <= a_t <= availability_t K                      activity within what stands
    a_t <= at_most_t                                  and within the limit of the hour
    bus row:  ... - ratio_t a_t - standing_t K <= 0   what is put in on the left with a minus,
                                                      what is taken with a plus

A converter that delivers to a demand earns its price there, or saves its refund; the demand's own
row or window limits it (demand.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.components import Bus, Converter, Demand, Port, System
from headrace.core.ids import CarrierKind, ConverterRole
from headrace.plan.lp.scaling import scale_of
from headrace.plan.model.constraints import demand as demands
from headrace.plan.model.constraints.context import (
    CashKind,
    ColumnLabel,
    ConstraintContext,
    Cut,
    Rate,
    RowLabel,
)
from headrace.plan.scenario.parameters import NodeParameters

Sold = Mapping[Bus, Demand]
"""The demand at each bus that is one."""


def activity_scale(converter: Converter) -> float:
    """Units of activity per unit of its column [1]: thousands where it is counted in
    accelerators.
    """
    ports = (*converter.ports, *converter.standing)
    hours = CarrierKind.ACCELERATOR_HOURS
    return max((scale_of(p.bus.unit) for p in ports if p.bus.carrier.kind is hours), default=1.0)


def largest_ratio(system: System, sold: Demand) -> float:
    """Most that a unit of any converter's column delivers of a demand [unit of its bus]; 1 where
    nothing delivers.
    """
    return max(
        (
            activity_scale(converter) * float(np.max(port.ratio))
            for converter in system.converters
            for port in converter.ports
            if port.bus == sold.bus
        ),
        default=1.0,
    )


def running_cost(converter: Converter, parameters: NodeParameters, cut: Cut) -> Hourly:
    """What a unit of activity costs without its fuel [USD]: where it moves by the hour, the mean of
    the hours that a kept one stands for.
    """
    paid = parameters.tariff.get(converter.id)
    return cut(converter.cost) if paid is None else paid


def rates(
    converter: Converter, parameters: NodeParameters, sold: Sold, cut: Cut
) -> tuple[Rate, ...]:
    """What a unit of activity moves in an hour [USD]: running cost, fuel, the price of what is
    delivered, and the royalty on it. With committed units the fuel is that of output alone
    (unit_commitment.py).
    """
    no_load = converter.commitment.no_load if converter.commitment else 0.0
    fuel = converter.fuel_rate * (1.0 - no_load) * parameters.fuel.get(converter.fuel, 0.0)
    paid = running_cost(converter, parameters, cut)
    found = [Rate("variable", converter.id, -1.0 * paid)]
    if np.any(fuel):
        found.append(Rate("fuel", converter.id, -1.0 * cut(fuel)))
    for port in converter.ports:
        if (demand := sold.get(port.bus)) is not None:
            price = demand.refund if demand.offers else demand.price
            price = price * parameters.price.get(demand.product, 1.0)
            kind: CashKind = "unserved" if demand.offers else "revenue"
            found.append(Rate(kind, demand.product, price * cut(port.ratio)))
            owed = demand.royalty * parameters.royalty.get(demand.product, 1.0)
            if owed > 0:
                found.append(Rate("royalty", demand.product, -owed * cut(port.ratio)))
    return tuple(found)


def add(context: ConstraintContext, converter: Converter, number: int, sold: Sold) -> None:
    """Write one converter, unless its asset is absent here."""
    if converter.asset is not None:
        if converter.asset not in context.standing:
            return
        for port in converter.standing:
            context.stand(port.bus, converter.asset, port.ratio)
    if not converter.has_activity:
        return
    cut, parameters = context.writer.cut, context.parameters
    sales = [(port, sold[port.bus]) for port in converter.ports if port.bus in sold]
    if any(parameters.level.get(demand.product, 1.0) == 0.0 for _, demand in sales):
        return
    column = context.column(
        ColumnLabel("activity", number, activity_scale(converter)),
        converter.id,
        rates(converter, parameters, sold, cut),
        fixed_upper(context, converter, sales),
        at_rest=converter.id.role is ConverterRole.OFF,
    )
    if converter.asset is not None:
        context.bound_by_asset(column, converter.asset, converter.availability)
    else:
        bound_by_sales(context, converter, sales, column)
    if np.ndim(converter.at_most) or np.isfinite(converter.at_most):
        scale = activity_scale(converter)
        row = context.row(
            RowLabel("limit", converter.id, scale), "limit", cut(converter.at_most) / scale
        )
        context.writer.entry(row, column, 1.0)
    for port in converter.ports:
        if port.bus in sold:
            demands.deliver(context, sold[port.bus], column, cut(port.ratio))
        else:
            context.take_out(port.bus, column, -np.asarray(cut(port.ratio)))


def fixed_upper(
    context: ConstraintContext, converter: Converter, sales: Sequence[tuple[Port, Demand]]
) -> Hourly:
    """The part of an activity's bound that no asset gives [unit of activity]: 0 with an asset, else
    its own limit, or what a demand of the hour can take; inf where a window closes it.
    """
    if converter.asset is not None:
        return 0.0
    if np.ndim(converter.upper) or np.isfinite(converter.upper):
        return context.writer.cut(converter.upper)
    for port, demand in sales:
        if demand.deadline == "now":
            if demand.offers:
                return 0.0
            return demands.hourly_quantity(context, demand) / context.writer.cut(port.ratio)
    return np.inf


def bound_by_sales(
    context: ConstraintContext,
    converter: Converter,
    sales: Sequence[tuple[Port, Demand]],
    column: int,
) -> None:
    """Bound the activity of what no asset and no number bounds by what is sold in the hour."""
    if np.ndim(converter.upper) or np.isfinite(converter.upper):
        return
    for port, demand in sales:
        sold = context.sold.get(demand.product)
        if sold is not None and demand.deadline == "now":
            asked = demands.hourly_quantity(context, demand) / context.writer.cut(port.ratio)
            share = asked / (sold.size * context.columns[column].scale)
            context.writer.bound(column, sold.work, share)
            return
