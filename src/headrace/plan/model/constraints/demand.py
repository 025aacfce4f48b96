"""Demands: served up to a quantity, by a deadline, at a price; the rest is lost.

    now:     sum_a ratio a_t <= q_t                        every hour
    window:  sum_{t in w} ratio a_t <= sum_{t in w} q_t    work may wait inside the window
                                                           (hours, day, year)
    least:   sum_t weight_t (served_t + short_t) >= share * sum_t weight_t q_t,  short_t dear

With offers what is asked is sold (plan/model/sales.py): q_t is the reference's work, times a
linking column, and what is served saves its refund.

    now:     sum_a ratio a_t <= q_t sold                   windows alike
    stay:    sum_t weight_t (served_t + short_t) >= sum_t weight_t q_t (sold - unserved)
             where some leave for what goes unserved; else `least` of it

A deadline of some hours is kept by fixed windows of that length, so no job waits longer (and some
less than they may). Rows are divided by the largest ratio, so that their entries are near one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.components import Demand, System
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    DemandRow,
    Rate,
    RowLabel,
    SoldBorders,
)
from headrace.plan.scenario.parameters import NodeParameters

SHORT_FACTOR = 1e3
"""A unit short of a promised share costs this many times its price: more than any plan would pay to
avoid it.
"""


def short_rate(demand: Demand) -> Rate:
    """What a unit short of a promised share costs [USD]."""
    return Rate("short", demand.product, -SHORT_FACTOR * max(demand.price, 1e-6))


def hourly_quantity(context: ConstraintContext, demand: Demand) -> Floats:
    """Demand in each snapshot [unit of the bus per hour], shape (snapshot,); with offers, that of
    their reference.
    """
    given = context.parameters.blocks.get(demand.product)
    if given is not None:
        return given
    shape = np.asarray(context.writer.cut(demand.quantity), dtype=np.float64)
    level = 1.0 if demand.offers else context.parameters.level.get(demand.product, 1.0)
    return np.broadcast_to(shape * level, context.writer.calendar.weights.shape)


def deliver(context: ConstraintContext, demand: Demand, column: int, ratio: Hourly) -> None:
    """Count what each unit of the noun behind `column` serves of the demand: `ratio` [unit of its
    bus per own unit].
    """
    writer = context.writer
    ratio = np.asarray(ratio) * context.columns[column].scale
    counted = _counted(context, demand, float(np.max(ratio)))
    if counted.kind == "row":
        writer.entry(counted.number, column, ratio / counted.scale)
    else:
        weights = writer.calendar.weights if counted.weighted else 1.0
        share = ratio / counted.scale * weights * counted.share
        writer.window_entry(counted.number, column, share)
    sold = context.sold.get(demand.product)
    if sold is not None and sold.billed is not None:
        writer.entry(sold.billed, column, -ratio / sold.scale)
    promised = context.promised.get(demand.product)
    if promised is not None:
        share = -ratio / promised.scale * writer.calendar.weights
        writer.window_entry(promised.number, column, share)


def promise(context: ConstraintContext, demand: Demand, number: int, ratio: float) -> None:
    """Write the least share that must be served, with the dear way out; before the converters that
    deliver. ratio: of the converter that delivers most per unit of its column [unit of the bus].
    """
    quantity, weights = hourly_quantity(context, demand), context.writer.calendar.weights
    sold = context.sold.get(demand.product)
    binds = demand.least > 0 and context.stage >= demand.least_from
    whole = sold is not None and sold.unserved is not None
    owed = (1.0 if whole else demand.least if binds else 0.0) * float(weights @ quantity)
    if owed <= 0:
        return
    one = np.zeros(len(weights), np.int64)
    counted = RowLabel("promise", demand.product, ratio)
    rhs = np.array([-owed / ratio if sold is None else 0.0])
    window = _window(context, counted, one, rhs)
    if sold is not None:
        context.writer.window_allowance(window, sold.work, -owed / ratio / sold.size)
        if sold.unserved is not None:
            context.writer.window_allowance(window, sold.unserved, owed / ratio / sold.size)
    context.promised[demand.product] = DemandRow("window", window, ratio, weighted=True)
    label, rates = ColumnLabel("short", number), (short_rate(demand),)
    most = quantity * (1.0 if sold is None else sold.most)
    short = context.column(label, demand.product, rates, most, at_rest=True)
    context.writer.window_entry(window, short, -weights / ratio)


def billed_rate(system: System, parameters: NodeParameters, number: int) -> Rate:
    """What a unit brings that is billed as it is served [USD]. number: of the posted price, among
    those of the system.
    """
    demand, o, j = system.posted[number]
    usd = demand.offers[o].usd_of_use(demand.offers[o].menu[j].price)
    return Rate("revenue", demand.product, usd * parameters.price.get(demand.product, 1.0))


def bill(
    context: ConstraintContext,
    system: System,
    demand: Demand,
    borders: Sequence[tuple[int, int]],
    ratio: float,
) -> int:
    """Write what is billed at each price that may be posted, and the row that keeps it to what is
    served; returns the row. borders: of each price the linking column of its work, and its number
    in the system; ratio: of the converter that delivers most [unit of the bus].
    """
    row = context.row(RowLabel("billed", demand.product, ratio), "billed")
    share = hourly_quantity(context, demand) / demand.reference
    for border, number in borders:
        rate = billed_rate(system, context.parameters, number)
        label = ColumnLabel("billed", number, ratio)
        column = context.column(label, demand.product, (rate,))
        context.writer.bound(column, border, share)
        context.writer.entry(row, column, 1.0)
    return row


def _counted(context: ConstraintContext, demand: Demand, ratio: float) -> DemandRow:
    """The row or window that limits what is served of a demand, written when first needed."""
    product = demand.product
    if product not in context.served:
        quantity, calendar = hourly_quantity(context, demand), context.writer.calendar
        label = RowLabel("demand", product, ratio)
        sold = context.sold.get(product)
        if sold is not None:
            context.served[product] = sold_row(context, demand, label, sold)
        elif demand.deadline == "now":
            row = context.row(label, "demand", quantity / ratio)
            context.served[product] = DemandRow("row", row, ratio)
        elif demand.deadline == "year":
            total = np.array([float(calendar.weights @ quantity) / ratio])
            window = _window(context, label, np.zeros(len(quantity), np.int64), total)
            context.served[product] = DemandRow("window", window, ratio, weighted=True)
        else:
            of = calendar.day if demand.deadline == "day" else calendar.window(demand.window_hours)
            window = _window(context, label, of, np.bincount(of, quantity) / ratio)
            context.served[product] = DemandRow("window", window, ratio)
    return context.served[product]


def sold_row(
    context: ConstraintContext, demand: Demand, label: RowLabel, sold: SoldBorders
) -> DemandRow:
    """The row or windows that limit what is served to what is sold. Windows of different size are
    divided by it, so that all have one limit.
    """
    calendar, scale = context.writer.calendar, label.scale
    asked = hourly_quantity(context, demand) / (scale * sold.size)
    if demand.deadline == "now":
        row = context.row(label, "demand")
        context.writer.allowance(row, sold.work, asked)
        return DemandRow("row", row, scale)
    year = demand.deadline == "year"
    of = np.zeros(len(asked), np.int64) if year else calendar.day
    if demand.deadline == "hours":
        of = calendar.window(demand.window_hours)
    total = np.bincount(of, asked * calendar.weights if year else asked)
    size = np.maximum(total / total.mean(), 1e-6)
    window = _window(context, label, of, np.zeros(len(total)))
    context.writer.window_allowance(window, sold.work, float(total.mean()))
    return DemandRow("window", window, scale, weighted=year, share=1.0 / size[of])


def _window(context: ConstraintContext, label: RowLabel, of: Ints, rhs: Floats) -> int:
    context.windows.append(label)
    return context.writer.window(f"window {label.kind} {label.about}", of, rhs)
