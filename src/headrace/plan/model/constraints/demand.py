"""Demands: served up to a quantity, by a deadline, at a price; the rest is lost.

    now:     sum_a ratio a_t <= q_t                        every hour
    window:  sum_{t in w} ratio a_t <= sum_{t in w} q_t    work may wait inside the window
                                                           (hours, day, year)
    least:   sum_t weight_t (served_t + short_t) >= share * sum_t weight_t q_t,  short_t dear

A deadline of some hours is kept by fixed windows of that length, so no job waits longer (and some
less than they may). Rows are divided by the largest ratio, so that their entries are near one.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.components import Demand
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    DemandRow,
    Rate,
    RowLabel,
)

SHORT_FACTOR = 1e3
"""A unit short of a promised share costs this many times its price: more than any plan would pay to
avoid it.
"""


def short_rate(demand: Demand) -> Rate:
    """What a unit short of a promised share costs [USD]."""
    return Rate("short", demand.product, -SHORT_FACTOR * max(demand.price, 1e-6))


def hourly_quantity(context: ConstraintContext, demand: Demand) -> Floats:
    """Demand in each snapshot [unit of the bus per hour], shape (snapshot,)."""
    given = context.parameters.blocks.get(demand.product)
    if given is not None:
        return given
    shape = np.asarray(context.writer.cut(demand.quantity), dtype=np.float64)
    level = context.parameters.level.get(demand.product, 1.0)
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
        writer.window_entry(counted.number, column, ratio / counted.scale * weights)
    promised = context.promised.get(demand.product)
    if promised is not None:
        share = -ratio / promised.scale * writer.calendar.weights
        writer.window_entry(promised.number, column, share)


def promise(context: ConstraintContext, demand: Demand, number: int, ratio: float) -> None:
    """Write the least share that must be served, with the dear way out; before the converters that
    deliver. ratio: of the converter that delivers most per unit of its column [unit of the bus].
    """
    quantity, weights = hourly_quantity(context, demand), context.writer.calendar.weights
    owed = demand.least * float(weights @ quantity)
    if owed <= 0:
        return
    one = np.zeros(len(weights), np.int64)
    counted = RowLabel("promise", demand.product, ratio)
    window = _window(context, counted, one, np.array([-owed / ratio]))
    context.promised[demand.product] = DemandRow("window", window, ratio, weighted=True)
    label, rates = ColumnLabel("short", number), (short_rate(demand),)
    short = context.column(label, demand.product, rates, quantity, at_rest=True)
    context.writer.window_entry(window, short, -weights / ratio)


def _counted(context: ConstraintContext, demand: Demand, ratio: float) -> DemandRow:
    """The row or window that limits what is served of a demand, written when first needed."""
    product = demand.product
    if product not in context.served:
        quantity, calendar = hourly_quantity(context, demand), context.writer.calendar
        label = RowLabel("demand", product, ratio)
        if demand.deadline == "now":
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


def _window(context: ConstraintContext, label: RowLabel, of: Ints, rhs: Floats) -> int:
    context.windows.append(label)
    return context.writer.window(f"window {label.kind} {label.about}", of, rhs)
