"""Relaxed commitment: how much of a plant is on line is a quantity between nothing and what is
there.

    0 <= on_t <= availability_t K
    a_t - on_t <= 0,    minimum on_t - a_t <= 0     output between minimum and full load of what is
                                                    on line
    on'[next] - on'[t] - start[t] <= 0              what comes on line is started,
                                                    on'_t = on_t / derate_t
    fuel = rate ((1 - no_load) a_t + no_load on_t)  the full-load heat rate where a_t = on_t

Least times on line and off, and starts of more than an hour, are in `least_times.py`.

Starts count nameplate: heat that lowers what a running unit can give does not stop a unit, and
cooler air starts none.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Commitment, Converter
from headrace.plan.model.constraints import least_times
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    Cut,
    Rate,
    RowLabel,
)
from headrace.plan.model.constraints.least_times import OnLine
from headrace.plan.scenario.parameters import NodeParameters


def running_rates(converter: Converter, parameters: NodeParameters, cut: Cut) -> tuple[Rate, ...]:
    """What a MW on line costs in an hour [USD]: what is burnt without output, and what else that
    costs.
    """
    rule = converter.commitment or Commitment()
    fuel = rule.no_load * converter.fuel_rate * parameters.fuel.get(converter.fuel, 0.0)
    return (
        Rate("variable", converter.id, -rule.no_load_cost),
        Rate("fuel", converter.id, -1.0 * cut(fuel)),
    )


def start_rates(converter: Converter, parameters: NodeParameters, cut: Cut) -> tuple[Rate, ...]:
    """What it costs to bring a MW on line [USD]."""
    rule = converter.commitment or Commitment()
    fuel = rule.start_fuel * parameters.fuel.get(converter.fuel, 0.0)
    return (
        Rate("variable", converter.id, -rule.start_cost),
        Rate("fuel", converter.id, -1.0 * cut(fuel)),
    )


def add(context: ConstraintContext, converter: Converter, number: int) -> None:
    """Write what is on line of a committed converter that is there."""
    rule, activity = converter.commitment, context.find("activity", number)
    if rule is None or activity is None or converter.asset is None:
        return
    writer = context.writer
    rates = running_rates(converter, context.parameters, writer.cut)
    running = context.column(ColumnLabel("running", number), converter.id, rates)
    context.bound_by_asset(running, converter.asset, converter.availability)
    label = RowLabel("running", converter.id)
    within = context.row(label, "within")
    writer.entry(within, activity, 1.0)
    writer.entry(within, running, -1.0)
    if rule.minimum > 0 and rule.start_hours == 0:
        above = context.row(label, "minimum")
        writer.entry(above, running, rule.minimum)
        writer.entry(above, activity, -1.0)
    if rule.start_cost > 0 or rule.start_fuel > 0 or rule.has_times:
        start, nameplate = _starts(context, converter, number, running)
        least_times.add(context, converter, number, OnLine(activity, running, start, nameplate))


def _starts(
    context: ConstraintContext, converter: Converter, number: int, running: int
) -> tuple[int, Floats]:
    """The column of what is started, and the nameplate on line per MW that it can give [1]."""
    writer, following = context.writer, context.writer.calendar.next_hour
    rates = start_rates(converter, context.parameters, writer.cut)
    start = context.column(ColumnLabel("start", number), converter.id, rates)
    most = float(np.max(converter.availability))
    assert converter.asset is not None
    for border, mask in context.standing[converter.asset]:
        writer.bound(start, border, most if mask is None else most * mask[following])
    # nameplate on line per MW that it can give, by snapshot; 1 at the best hour of the year
    share = np.broadcast_to(writer.cut(converter.availability), writer.calendar.weights.shape)
    nameplate = np.asarray(np.where(share > 0, most / np.maximum(share, 1e-9), 1.0))
    chain = writer.chain(f"starts {converter.id}", running)
    writer.chain_entry(chain, running, nameplate[following], following=True)
    writer.chain_entry(chain, running, -nameplate)
    writer.chain_entry(chain, start, -1.0)
    return start, nameplate
