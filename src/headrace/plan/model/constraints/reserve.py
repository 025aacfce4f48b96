"""Reserve for the largest unit (N-1): what is on line can do without any one unit of any plant for
an hour.

    for each plant u with units:
    sum_j (a_j - on_j) - sum_s held_s + on_u min(1, unit_u / most_u) <= 0
    held_s + discharge_s - charge_s <= P_s                                    a battery stops charging, discharges more,
    (held_s + discharge_s - charge_s) / eta_out <= keep level_s               for an hour

on_j is what is on line, or all that is there of what is not committed
(model/constraints/unit_commitment.py), a grid right included. One unit of u is the share unit_u /
most_u of what u may ever have on line: exact when all of it stands and runs, too little below that,
and never more than a unit (docs/design/0127). Only such a share is linear in what is ordered.
"""

from __future__ import annotations

import numpy as np

from headrace.core.components import Bus, Converter, SpinningReserve, Store, System
from headrace.plan.model.constraints.context import ColumnLabel, ConstraintContext, RowLabel


def add(setting: ConstraintContext, system: System, reserve: SpinningReserve) -> None:
    """Write the reserve of one bus: a row for each plant that may lose a unit there."""
    giving = [
        (c, ratio)
        for c in system.converters
        if (ratio := _ratio(setting, c, reserve.bus)) is not None
    ]
    held = [
        _held(setting, s, i)
        for i, s in enumerate(system.stores)
        if s.bus == reserve.bus and _there(setting, s)
    ]
    for lost, _ in giving:
        if lost.unit_size > 0:
            _row(setting, giving, held, (lost, share_of_a_unit(system, lost)))


def share_of_a_unit(system: System, converter: Converter) -> float:
    """One unit as a share of the most that may stand; 1 where less than a unit may."""
    most = next(asset.at_most for asset in system.assets if asset.key == converter.asset)
    return min(1.0, converter.unit_size / most) if most > 0 else 1.0


def _row(
    setting: ConstraintContext,
    giving: list[tuple[Converter, float]],
    held: list[int],
    lost: tuple[Converter, float],
) -> None:
    row = setting.row(f"without a unit of {lost[0].key}", RowLabel("spinning", lost[0].key))
    for converter, ratio in giving:
        left = 1.0 - (lost[1] if converter is lost[0] else 0.0)
        activity, running = (
            setting.find(f"activity {converter.key}"),
            setting.find(f"running {converter.key}"),
        )
        assert activity is not None
        setting.writer.entry(row, activity, ratio)
        if running is None:
            setting.allow_by_asset(row, converter.asset, left * (ratio * converter.availability))
        else:
            setting.writer.entry(row, running, -left * ratio)
    for column in held:
        setting.writer.entry(row, column, -1.0)


def _held(setting: ConstraintContext, store: Store, number: int) -> int:
    """What a battery could give more than it does, for an hour."""
    writer = setting.writer
    held = setting.column(f"held {store.key}", 0.0, ColumnLabel("held", number))
    setting.bound_by_asset(held, store.power_asset, 2.0 * store.availability)
    power = setting.row(f"power held {store.key}", RowLabel("spinning", store.key))
    energy = setting.row(f"energy held {store.key}", RowLabel("spinning", store.key))
    setting.allow_by_asset(power, store.power_asset, store.availability)
    flows = (
        (held, 1.0),
        (setting.find(f"discharge {store.key}"), 1.0),
        (setting.find(f"charge {store.key}"), -1.0),
    )
    for column, sign in flows:
        assert column is not None
        writer.entry(power, column, sign)
        writer.entry(energy, column, sign / store.efficiency_out)
    level = setting.find(f"level {store.key}")
    assert level is not None
    writer.entry(energy, level, -store.keep)
    return held


def _ratio(setting: ConstraintContext, converter: Converter, bus: Bus) -> float | None:
    """What a unit of activity puts into the bus; None where nothing that can be called does."""
    if not converter.asset or setting.find(f"activity {converter.key}") is None:
        return None
    given = [float(p.ratio) for p in converter.ports if p.bus == bus and np.ndim(p.ratio) == 0]
    return next((ratio for ratio in given if ratio > 0), None)


def _there(setting: ConstraintContext, store: Store) -> bool:
    return setting.find(f"level {store.key}") is not None
