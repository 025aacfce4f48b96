"""Relaxed commitment: how much of a plant is on line is a quantity between nothing and what is
there.

    0 <= on_t <= availability_t K
    a_t - on_t <= 0,    minimum on_t - a_t <= 0                         output between minimum and full load of what is on line
    on'[next] - on'[t] - start[t] <= 0,    on'_t = on_t / derate_t      what comes on line is started
    fuel = rate ((1 - no_load) a_t + no_load on_t)                      the full-load heat rate where a_t = on_t

Starts count nameplate: heat that lowers what a running unit can give does not stop a unit, and
cooler air starts none.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Commitment, Converter
from headrace.plan.model.constraints.context import MONEY, ColumnLabel, ConstraintContext, RowLabel


def add(setting: ConstraintContext, converter: Converter, number: int) -> None:
    """Write what is on line of a committed converter that is there."""
    rule, activity = converter.commitment, setting.find(f"activity {converter.key}")
    if rule is None or activity is None:
        return
    writer = setting.writer
    burnt = rule.no_load * converter.fuel_rate * setting.world.fuel.get(converter.fuel, 0.0)
    running = setting.column(
        f"running {converter.key}",
        (burnt + rule.no_load_cost) / MONEY,
        ColumnLabel("running", number),
    )
    setting.bound_by_asset(running, converter.asset, converter.availability)
    within = setting.row(f"within {converter.key}", RowLabel("running", converter.key))
    writer.entry(within, activity, 1.0)
    writer.entry(within, running, -1.0)
    if rule.minimum > 0:
        above = setting.row(f"minimum {converter.key}", RowLabel("running", converter.key))
        writer.entry(above, running, rule.minimum)
        writer.entry(above, activity, -1.0)
    if rule.start_cost > 0 or rule.start_fuel > 0:
        _starts(setting, converter, number, rule, running)


def _starts(
    setting: ConstraintContext, converter: Converter, number: int, rule: Commitment, running: int
) -> None:
    writer, following = setting.writer, setting.writer.calendar.next_hour
    dear = rule.start_cost + rule.start_fuel * setting.world.fuel.get(converter.fuel, 0.0)
    start = setting.column(f"start {converter.key}", dear / MONEY, ColumnLabel("start", number))
    most = float(np.max(converter.availability))
    for border, mask in setting.standing[converter.asset]:
        writer.bound(start, border, most if mask is None else most * mask[following])
    nameplate = _nameplate(setting, converter)
    chain = writer.chain(f"starts {converter.key}", running)
    writer.chain_entry(chain, running, nameplate[following], following=True)
    writer.chain_entry(chain, running, -nameplate)
    writer.chain_entry(chain, start, -1.0)


def _nameplate(setting: ConstraintContext, converter: Converter) -> Floats:
    """Nameplate on line per MW that it can give, by snapshot; 1 at the best hour of the year."""
    share = np.broadcast_to(
        setting.writer.cut(converter.availability), setting.writer.calendar.weights.shape
    )
    return np.asarray(
        np.where(share > 0, np.max(converter.availability) / np.maximum(share, 1e-9), 1.0)
    )
