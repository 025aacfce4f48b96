"""Demand charges: the highest activity of a billing period is paid for.

a_t <= peak_period(t),   peak_period costs usd;   one border a period
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.components import Converter, PeakCharge
from headrace.plan.model.constraints.context import ConstraintContext, RowLabel


def periods(months: Ints, charge: PeakCharge) -> list[tuple[str, Floats | None]]:
    """Billing periods among a node's snapshots: (name, mask); mask None where one period covers
    all.
    """
    if charge.period == "year":
        return [("year", None)]
    return [(f"month {int(m) + 1}", (months == m).astype(np.float64)) for m in np.unique(months)]


def add(
    setting: ConstraintContext, converter: Converter, borders: tuple[tuple[int, Floats | None], ...]
) -> None:
    """Write the peak row of a converter that is there; `borders` are its periods' borders with
    their masks.
    """
    name = f"activity {converter.key}"
    if name not in setting.writer.columns:
        return
    row = setting.row(f"peak {converter.key}", RowLabel("peak", converter.key))
    setting.writer.entry(row, setting.writer.columns.index(name), 1.0)
    for border, mask in borders:
        setting.writer.allowance(row, border, 1.0 if mask is None else mask)
