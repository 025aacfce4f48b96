"""Ramps: from one hour to the next the output changes by no more than a share of the capacity.

    a[next] - a[t] - rise[t] <= 0,    rise[t] <= ramp K
    a[t] - a[next] - fall[t] <= 0,    fall[t] <= ramp K

Both are chains whose level, the activity, keeps nothing. They close each segment's circle as stores
do: its first hour follows its last. What arrives or leaves between two hours may do so at any
output. A plant that can do its whole capacity in an hour has no ramp here.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from headrace.core.components import Converter
from headrace.plan.model.constraints.context import ColumnLabel, ConstraintContext


def add(context: ConstraintContext, converter: Converter, number: int) -> None:
    """Write both ramps of a converter that has one and is there."""
    activity = context.find("activity", number)
    if converter.ramp >= 1.0 or activity is None or converter.asset is None:
        return
    writer = context.writer
    directions: tuple[tuple[Literal["rise", "fall"], float], ...] = (("rise", 1.0), ("fall", -1.0))
    for direction, sign in directions:
        change = context.column(ColumnLabel(direction, number), converter.id)
        for border, mask in context.standing[converter.asset]:
            share: float | np.ndarray = converter.ramp
            if mask is not None:
                # the ramp of what stays, and all of what arrives (rise) or leaves (fall)
                later = mask[writer.calendar.next_hour]
                share = converter.ramp * np.minimum(mask, later)
                share = share + np.maximum(sign * (later - mask), 0.0)
            writer.bound(change, border, share)
        chain = writer.chain(f"{direction} {converter.id}", activity)
        writer.chain_entry(chain, activity, sign, following=True)
        writer.chain_entry(chain, activity, -sign)
        writer.chain_entry(chain, change, -1.0)
