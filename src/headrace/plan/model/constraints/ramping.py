"""Ramps: from one hour to the next the output changes by no more than a share of the capacity.

    a[next] - a[t] - rise[t] <= 0,    rise[t] <= ramp K
    a[t] - a[next] - fall[t] <= 0,    fall[t] <= ramp K

Both are chains whose level, the activity, keeps nothing. They close each segment's circle as stores
do: its first hour follows its last. What arrives or leaves between two hours may do so at any
output. A plant that can do its whole capacity in an hour has no ramp here.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Converter
from headrace.plan.model.constraints.context import ColumnKind, ColumnLabel, ConstraintContext


def add(setting: ConstraintContext, converter: Converter, number: int) -> None:
    """Write both ramps of a converter that has one and is there."""
    activity = setting.find(f"activity {converter.key}")
    if converter.ramp >= 1.0 or activity is None:
        return
    _ramp(setting, converter, number, activity, "rise")
    _ramp(setting, converter, number, activity, "fall")


def _ramp(
    setting: ConstraintContext, converter: Converter, number: int, activity: int, way: ColumnKind
) -> None:
    writer, sign = setting.writer, 1.0 if way == "rise" else -1.0
    change = setting.column(f"{way} {converter.key}", 0.0, ColumnLabel(way, number))
    for border, mask in setting.standing[converter.asset]:
        writer.bound(
            change,
            border,
            converter.ramp if mask is None else _share(setting, mask, converter.ramp, sign),
        )
    chain = writer.chain(f"{way} {converter.key}", activity)
    writer.chain_entry(chain, activity, sign, following=True)
    writer.chain_entry(chain, activity, -sign)
    writer.chain_entry(chain, change, -1.0)


def _share(setting: ConstraintContext, mask: Floats, ramp: float, sign: float) -> Floats:
    """Most change of output per unit of capacity: the ramp of what stays, and all of what arrives
    (rise) or leaves (fall).
    """
    later = mask[setting.writer.calendar.next_hour]
    return ramp * np.minimum(mask, later) + np.maximum(sign * (later - mask), 0.0)
