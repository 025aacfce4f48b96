"""Reserve for the largest unit (N-1): what is on line can do without any one unit of any plant for
an hour.

    for each plant u with units:
    sum_j (a_j - on_j) - sum_s held_s + on_u min(1, unit_u / most_u) <= 0
    held_s + discharge_s - charge_s <= P_s                    a battery stops charging, discharges
    (held_s + discharge_s - charge_s) / eta_out <= keep level_s       more, for an hour

on_j is what is on line, or all that is there of what is not committed
(constraints/unit_commitment.py), a grid right included. One unit of u is the share unit_u / most_u
of what u may ever have on line at the node - what stands where nothing that could be ordered has
come, else `at_most`: exact when all of it stands and runs, too little below that, and never more
than a unit (docs/decisions/0058, 0281). Only such a share is linear in what is ordered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from headrace.core.components import Bus, Converter, SpinningReserve, Store, System
from headrace.core.ids import AssetId
from headrace.plan.model.constraints.context import ColumnLabel, ConstraintContext, RowLabel

Giving = Sequence[tuple[int, Converter, float]]
"""Number, converter and ratio of everything that can be called at a bus."""


def add(
    context: ConstraintContext,
    system: System,
    reserve: SpinningReserve,
    fixed: Mapping[AssetId, float],
) -> None:
    """Write the reserve of one bus: a row for each plant that may lose a unit there. fixed: what
    stands of assets that no order changes at the node [own unit].
    """
    giving = [
        (number, converter, ratio)
        for number, converter in enumerate(system.converters)
        if (ratio := ratio_at(converter, reserve.bus)) > 0
        and context.find("activity", number) is not None
    ]
    held = [
        _held(context, store, i)
        for i, store in enumerate(system.stores)
        if store.bus == reserve.bus and context.find("level", i) is not None
    ]
    for number, lost, _ in giving:
        if lost.unit_size > 0:
            _row(context, giving, held, (number, lost, share_of_a_unit(system, lost, fixed)))


def ratio_at(converter: Converter, bus: Bus) -> float:
    """What a unit of activity puts into the bus of something that can be called [1]; 0 for what
    cannot: without an asset, without activity, or with an output that the weather makes.
    """
    if converter.asset is None or not converter.has_activity:
        return 0.0
    given = [float(p.ratio) for p in converter.ports if p.bus == bus and np.ndim(p.ratio) == 0]
    return max(0.0, *given) if given else 0.0


def share_of_a_unit(system: System, converter: Converter, fixed: Mapping[AssetId, float]) -> float:
    """One unit as a share of the most that may stand [1]; 1 where less than a unit may. fixed: of
    assets that no order changes [own unit].
    """
    assert converter.asset is not None
    at_most = system.asset(converter.asset).at_most
    most = min(at_most, fixed.get(converter.asset, np.inf))
    return min(1.0, converter.unit_size / most) if most > 0 else 1.0


def _row(
    context: ConstraintContext,
    giving: Giving,
    held: list[int],
    lost: tuple[int, Converter, float],
) -> None:
    row = context.row(RowLabel("spinning", lost[1].id), "without a unit of")
    for number, converter, ratio in giving:
        left = 1.0 - (lost[2] if number == lost[0] else 0.0)
        activity, running = context.find("activity", number), context.find("running", number)
        assert activity is not None
        assert converter.asset is not None
        context.writer.entry(row, activity, ratio)
        if running is None:
            share = left * (ratio * converter.availability)
            context.allow_by_asset(row, converter.asset, share)
        else:
            context.writer.entry(row, running, -left * ratio)
    for column in held:
        context.writer.entry(row, column, -1.0)


def _held(context: ConstraintContext, store: Store, number: int) -> int:
    """What a battery could give more than it does, for an hour."""
    writer = context.writer
    held = context.column(ColumnLabel("held", number), store.id)
    context.bound_by_asset(held, store.power_asset, 2.0 * store.availability)
    power = context.row(RowLabel("spinning", store.id), "power held")
    energy = context.row(RowLabel("spinning", store.id), "energy held")
    context.allow_by_asset(power, store.power_asset, store.availability)
    flows = (
        (held, 1.0),
        (context.find("discharge", number), 1.0),
        (context.find("charge", number), -1.0),
    )
    for column, sign in flows:
        assert column is not None
        writer.entry(power, column, sign)
        writer.entry(energy, column, sign / store.efficiency_out)
    level = context.find("level", number)
    assert level is not None
    writer.entry(energy, level, -store.keep)
    return held
