"""Demand charges: the highest activity of a billing period is paid for.

    a_t <= peak_p  for every snapshot t that stands for an hour of period p,   peak_p costs usd

One linking column a period. Every month of a node is billed, whichever hours are kept: months that
are seen by the same snapshots have the same peak, and are one period that is paid several times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Converter, PeakCharge
from headrace.plan.model.constraints.context import ConstraintContext, RowLabel
from headrace.plan.scenario.time_slices import TimeSlices


@dataclass(frozen=True)
class BillingPeriod:
    """A period whose peak is paid `months` times [1]; mask: its snapshots (None: all), shape
    (snapshot,) [1].
    """

    name: str
    months: float
    mask: Floats | None


def periods(calendar: TimeSlices, charge: PeakCharge) -> tuple[BillingPeriod, ...]:
    """Billing periods of a node: its months, or the whole year under a yearly ratchet."""
    if charge.period == "year":
        return (BillingPeriod("year", sum(count for count, _ in calendar.months), None),)
    return tuple(
        BillingPeriod(f"months {number}", count, mask)
        for number, (count, mask) in enumerate(calendar.months, start=1)
    )


def add(
    context: ConstraintContext,
    converter: Converter,
    activity: int,
    borders: Sequence[tuple[int, Floats | None]],
) -> None:
    """Write the peak rows of a converter's `activity`; `borders` are its periods' linking columns
    with their masks [1]. Periods that share no snapshot share one row.
    """
    seen = sum(np.ones(1) if mask is None else mask for _, mask in borders)
    if np.max(seen) > 1:
        for border, mask in borders:
            row = context.row(RowLabel("peak", converter.id), "peak")
            context.writer.entry(row, activity, 1.0 if mask is None else mask)
            context.writer.allowance(row, border, 1.0)
        return
    row = context.row(RowLabel("peak", converter.id), "peak")
    context.writer.entry(row, activity, 1.0)
    for border, mask in borders:
        context.writer.allowance(row, border, 1.0 if mask is None else mask)
