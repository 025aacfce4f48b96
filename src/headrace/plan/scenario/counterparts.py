"""Which node and which hour of one tree is most like each node and hour of another: the tree of a
study, and that of the same study after a change.

A change may move a date, and with it the years that are operated; take a branch away, or add one;
choose other weeks. What is compared is when a node is, what has turned out there, and which hour of
the year a snapshot is. There is always an answer: the best there is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import Ints
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode, opening_of


def like_nodes(old: Sequence[ScenarioNode], new: Sequence[ScenarioNode]) -> tuple[int, ...]:
    """For each node of the new tree the number of the old node that is most like it: that of the
    same stage, then with most of the same cases, the same name, the most months in common.
    """
    return tuple(
        max(range(len(old)), key=lambda o: _likeness(old, o, new, n)) for n in range(len(new))
    )


def _likeness(
    old: Sequence[ScenarioNode], o: int, new: Sequence[ScenarioNode], n: int
) -> tuple[int, int, bool, float, float]:
    here, there = new[n], old[o]
    alike = sum(there.cases.get(belief) == case for belief, case in here.cases.items())
    named = old[opening_of(old, o)].name == new[opening_of(new, n)].name
    named = named and here.weather == there.weather
    shared = min(here.end, there.end) - max(here.start, there.start)
    return -abs(here.stage - there.stage), alike, named, shared, -abs(here.start - there.start)


def like_hours(old: TimeSlices, new: TimeSlices) -> Ints:
    """For each snapshot of the new node the one of the old node that stands for the same hour of
    the year; hours that the old node does not know take the place that is as far along.
    """
    count = len(new.hour)
    along = np.arange(count) * len(old.hour) // max(count, 1)
    if not len(old.years_hour) or not len(new.years_hour):
        return along if len(old.hour) != count else np.arange(count)
    at = np.full(int(max(old.years_hour.max(), new.hour.max())) + 1, -1, dtype=np.int64)
    at[old.years_hour] = old.like
    found = at[new.hour]
    return np.where(found >= 0, found, along)
