"""What makes a week typical: what is asked, what the weather gives, what is away, what power costs.

Weeks that look alike here are stood for by one of them (scenario/time_slices.py). Tariffs and
interruptions count like the sun: a dear month is not a week of the rest of the year.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Floats, Hourly
from headrace.core.components import System

MOST = 10.0
"""Largest part of a price's mean by which an hour's price differs in its feature [1]: one hour of
scarcity does not drown all others.
"""


def week_features(system: System) -> Floats:
    """Features of every hour, shape (feature, 8760): residual load first (demand minus sun and
    wind, plus the share of what is away), then demand, overhead, what is away, each capacity factor
    and each tariff; each over its mean or as a share of capacity [1].
    """
    wanted = [
        _year(d.quantity) / (np.mean(d.quantity) or 1.0)  # nobody may want any
        for d in system.demands
    ]
    standing = [p for c in system.converters for p in c.standing if not c.has_activity]
    free = [_year(p.ratio) for p in standing if np.min(p.ratio) >= 0 and np.ptp(p.ratio) > 0]
    heat = [-_year(p.ratio) for p in standing if np.max(p.ratio) < 0]
    zero, one = np.zeros(HOURS_PER_YEAR), np.ones(HOURS_PER_YEAR)
    load = np.mean(wanted or [zero], axis=0)
    shine = np.mean(free or [zero], axis=0)
    warm = np.mean([h / h.mean() for h in heat if h.mean() > 0] or [one], axis=0)
    active = [c for c in system.converters if c.has_activity]
    away = [1.0 - _year(c.availability) for c in active if np.ptp(c.availability) > 0]
    gone = np.mean(away or [zero], axis=0)
    prices = [_year(c.cost) for c in active if np.ptp(c.cost) > 0]
    tariffs = [np.clip(p / (np.abs(p).mean() or 1.0), -MOST, MOST) for p in prices]
    rows = [load * warm - shine + gone, load, warm, gone]
    rows += _alike(free or [zero])
    rows += _alike(tariffs)
    return np.array(rows)


def _year(values: Hourly) -> Floats:
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (HOURS_PER_YEAR,))


def _alike(series: list[Floats]) -> list[Floats]:
    """Each series once, all of them together as heavy as one."""
    found = {np.ascontiguousarray(one).tobytes(): one for one in series}
    return [one / np.sqrt(len(found)) for one in found.values()]
