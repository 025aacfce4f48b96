"""Demand charges: the highest activity of a billing period is paid for.

a_t <= peak_period(t),   peak_period costs usd;   one linking column a period
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.components import Converter, PeakCharge
from headrace.plan.model.constraints.context import ConstraintContext, RowLabel


def periods(months: Ints, charge: PeakCharge) -> list[tuple[str, Floats | None]]:
    """Billing periods among a node's snapshots: (name, mask); mask None where one period covers all."""
    if charge.period == "year":
        return [("year", None)]
    return [(f"month {int(m) + 1}", (months == m).astype(np.float64)) for m in np.unique(months)]


def add(
    context: ConstraintContext,
    converter: Converter,
    activity: int,
    borders: tuple[tuple[int, Floats | None], ...],
) -> None:
    """Write the peak row of a converter's `activity`; `borders` are its periods' linking columns
    with their masks.
    """
    row = context.row(RowLabel("peak", converter.id), "peak")
    context.writer.entry(row, activity, 1.0)
    for border, mask in borders:
        context.writer.allowance(row, border, 1.0 if mask is None else mask)
