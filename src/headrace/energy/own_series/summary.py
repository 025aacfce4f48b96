"""A planner's series in a few numbers: what `check` draws, and what a record of a run keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.quantities import month_text
from headrace.energy.own_series.shelf import SeriesUse
from headrace.energy.own_series.trajectory import MONTH_OF_HOUR


@dataclass(frozen=True)
class SeriesSummary:
    """One series: mean, least and most, mean by calendar month and by hour of the day; a series by
    month or year has its steps instead, from month `begins` on [all in `unit`].
    """

    key: str
    name: str
    unit: str
    resolution: str
    mean: float
    least: float
    most: float
    by_month: tuple[float, ...]
    by_hour: tuple[float, ...]
    steps: tuple[float, ...]
    begins: str
    notes: tuple[str, ...]


def summary(use: SeriesUse) -> SeriesSummary:
    """The numbers of one series."""
    read, by_month, by_hour = use.series, (), ()
    if hourly := read.resolution == "hour":
        count = np.bincount(MONTH_OF_HOUR)
        by_month = tuple((np.bincount(MONTH_OF_HOUR, read.values) / count).tolist())
        by_hour = tuple(read.values.reshape(-1, 24).mean(axis=0).tolist())
    return SeriesSummary(
        key=".".join(map(str, use.key)),
        name=read.name,
        unit=read.unit,
        resolution=read.resolution,
        mean=float(read.values.mean()),
        least=float(read.values.min()),
        most=float(read.values.max()),
        by_month=by_month,
        by_hour=by_hour,
        steps=() if hourly else tuple(read.values.tolist()),
        begins="" if hourly else month_text(float(read.months[0])),
        notes=read.notes,
    )
