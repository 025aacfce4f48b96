"""Months of a node as contracts bill them: every month, whichever hours are kept.

A snapshot stands for hours of one month or of several. s_mt is the share of those hours that lie in
month m, so that over a node's months the shares of a snapshot add up to 1 and what is counted by
month adds up to what is counted by year. Load blocks stand for all months between two arrivals
alike, which are then one period.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.scenario.time_slices import MONTH_STARTS, TimeSlices


@dataclass(frozen=True, eq=False)
class BilledMonth:
    """share: of the hours of each snapshot that lie in the month [1], shape (snapshot,). begin,
    end: where it lies in the node's span [1].
    """

    share: Floats
    begin: float
    end: float

    @property
    def window(self) -> Ints:
        """The one window of the snapshots that stand for its hours, -1 for others."""
        return np.where(self.share > 0, 0, -1).astype(np.int64)

    def before(self, until: float) -> float:
        """Share of the month that lies before a point `until` of the node's span [1]."""
        return float(np.clip((until - self.begin) / (self.end - self.begin), 0.0, 1.0))


def billed_months(calendar: TimeSlices) -> tuple[BilledMonth, ...]:
    """Every month of a node, in order."""
    if not len(calendar.years_hour):
        begins = np.unique(calendar.offset)
        ends = [*begins[1:], calendar.span]
        return tuple(
            BilledMonth((calendar.offset == a).astype(float), a / calendar.span, b / calendar.span)
            for a, b in zip(begins.tolist(), ends)
        )
    month = np.searchsorted(MONTH_STARTS, calendar.years_hour, side="right") - 1
    numbers = list(dict.fromkeys(month.tolist()))
    count = len(calendar.hour)
    hours = np.array([np.bincount(calendar.like[month == m], minlength=count) for m in numbers])
    # a kept week all of whose hours are kept as days of their own stands for its own month
    own = np.searchsorted(MONTH_STARTS, calendar.hour, side="right") - 1
    idle = hours.sum(axis=0) == 0
    hours = np.where(idle, np.array(numbers)[:, None] == own, hours)
    share = hours / hours.sum(axis=0)
    edges = np.linspace(0.0, 1.0, len(numbers) + 1).tolist()
    return tuple(BilledMonth(s, a, b) for s, a, b in zip(share, edges, edges[1:]))


def side_by_side(calendar: TimeSlices) -> tuple[tuple[BilledMonth, ...], ...]:
    """The months of a node in groups that share no snapshot: one column can serve a group."""
    groups: list[list[BilledMonth]] = []
    for month in billed_months(calendar):
        for group in groups:
            if all(np.max(one.share * month.share) == 0 for one in group):
                group.append(month)
                break
        else:
            groups.append([month])
    return tuple(tuple(group) for group in groups)
