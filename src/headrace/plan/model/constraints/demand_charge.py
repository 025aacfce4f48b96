"""Demand charges: the highest activity of a billing period is paid for.

    a_t <= peak_p  for every snapshot t that stands for an hour of period p,   peak_p costs usd

One linking column a period. Every month of a node is billed, whichever hours are kept: months that
are seen by the same snapshots have the same peak, and are one period that is paid several times.
With a ratchet r a month is charged for the larger of its own peak and r times the year's:

    a_t <= year                     year costs r x usd in every month
    a_t <= r x year + over_p        over_p, what the month's own peak is beyond that, costs usd

A charge that counts some hours of the week sees the snapshots that stand for such hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.components import Converter, PeakCharge
from headrace.plan.model.constraints.context import ConstraintContext, RowLabel
from headrace.plan.scenario.time_slices import HOURS, MONTH_STARTS, TimeSlices

Masks = list[tuple[float, Floats | None]]
"""Months that are alike, and the snapshots that they see (None: all)."""


@dataclass(frozen=True)
class BillingPeriod:
    """A period whose peak is paid `months` times [1]; mask: its snapshots (None: all), shape
    (snapshot,) [1]. of_year: whether it is the year's peak beside months that are charged for a
    share of it.
    """

    name: str
    months: float
    mask: Floats | None
    of_year: bool = False


def periods(calendar: TimeSlices, charge: PeakCharge) -> tuple[BillingPeriod, ...]:
    """Billing periods of a node: the year under a ratchet, its months under none or a part of
    one.
    """
    months = list(calendar.months) if np.ndim(charge.hours) == 0 else _months_of(calendar, charge)
    found = []
    if charge.ratchet > 0 and months:
        every = None
        if all(mask is not None for _, mask in months):
            every = np.maximum.reduce([mask for _, mask in months if mask is not None])
            every = None if every.all() else every
        total = charge.ratchet * sum(count for count, _ in months)
        found.append(BillingPeriod("year", total, every, charge.ratchet < 1))
    if charge.ratchet < 1:
        found += [
            BillingPeriod(f"months {number}", count, mask)
            for number, (count, mask) in enumerate(months, start=1)
        ]
    return tuple(found)


def _months_of(calendar: TimeSlices, charge: PeakCharge) -> Masks:
    """Months that have an hour of the charge, and the snapshots that stand for such hours."""
    span = hours_of_span(calendar)
    month = np.searchsorted(MONTH_STARTS, span, side="right") - 1
    counts = np.asarray(charge.hours)[span] > 0
    groups: dict[bytes, tuple[float, Floats]] = {}
    for number in np.unique(month):
        mask = np.zeros(len(calendar.hour))
        mask[calendar.like[(month == number) & counts]] = 1.0
        if mask.any():
            before = groups.get(mask.tobytes(), (0.0, mask))[0]
            groups[mask.tobytes()] = (before + 1.0, mask)
    return list(groups.values())


def hours_of_span(calendar: TimeSlices) -> Ints:
    """Hour of the weather year of every hour that the node's span has, shape (span,)."""
    first = int(calendar.hour[0]) - int(calendar.offset[0])
    return (first + np.arange(len(calendar.like), dtype=np.int64)) % HOURS


def add(
    context: ConstraintContext,
    converter: Converter,
    activity: int,
    charge: PeakCharge,
    borders: Sequence[tuple[int, BillingPeriod]],
) -> None:
    """Write the peak rows of a converter's `activity`; `borders` are the linking columns of its
    periods. Periods that share no snapshot share one row.
    """
    writer = context.writer
    year = [(border, period) for border, period in borders if period.of_year]
    months = [(border, period) for border, period in borders if not period.of_year]
    for border, period in year:
        row = context.row(RowLabel("peak", converter.id), "peak")
        writer.entry(row, activity, 1.0 if period.mask is None else period.mask)
        writer.allowance(row, border, 1.0)
    if not months:
        return
    seen = sum(np.ones(1) if one.mask is None else one.mask for _, one in months)
    rows = [[one] for one in months] if np.max(seen) > 1 else [months]
    for together in rows:
        every = sum(np.ones(1) if one.mask is None else one.mask for _, one in together)
        mask = 1.0 if np.min(every) > 0 else np.asarray(every)
        row = context.row(RowLabel("peak", converter.id), "peak")
        writer.entry(row, activity, mask)
        for border, period in together:
            writer.allowance(row, border, 1.0 if period.mask is None else period.mask)
        for border, _ in year:
            writer.allowance(row, border, charge.ratchet * mask)


def limit(calendar: TimeSlices, charge: PeakCharge, sizes: Sequence[float]) -> Floats:
    """Most activity in each snapshot at peaks of these sizes, in the order of `periods` [unit of
    the activity].
    """
    found, share = np.full(len(calendar.hour), np.inf), 0.0
    for size, period in zip(sizes, periods(calendar, charge)):
        inside = np.ones(len(found)) if period.mask is None else period.mask
        most = size if period.of_year else size + share
        found = np.where(inside > 0, np.minimum(found, most), found)
        share = charge.ratchet * size if period.of_year else share
    return found
