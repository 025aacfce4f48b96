"""What was seen of what the plan's beliefs are about, beside what their cases say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files

import numpy as np

from headrace.beliefs.baseline import last_value
from headrace.beliefs.history import History, parse_histories
from headrace.core.arrays import Floats
from headrace.core.belief_checks import HISTORIES
from headrace.core.plan_file import BelievedPath, HistoryPoint, HistoryRecord
from headrace.core.quantities import month_text, read_quantity
from headrace.core.study import Belief, Study

YEARS_AHEAD = 6
DRAWS, SEED = 2000, 20
BEHIND = 3
"""Values behind the straight line on the logarithmic scale that each next one is held against."""


def shipped_histories() -> dict[str, History]:
    """Every series that comes along, by name."""
    folder = files("headrace.beliefs") / "catalogue"
    found: dict[str, History] = {}
    for name in HISTORIES:
        found |= parse_histories((folder / name).read_text(encoding="utf-8"), name)
    return found


def history_records(study: Study) -> tuple[HistoryRecord, ...]:
    """A record for every belief that names a history (core/belief_checks.py knows which there
    are).
    """
    named = {key: belief for key, belief in study.beliefs.items() if belief.history}
    known = shipped_histories() if named else {}
    return tuple(_record(study, key, one, known[one.history]) for key, one in named.items())


def _record(study: Study, key: str, belief: Belief, history: History) -> HistoryRecord:
    years = np.arange(1, YEARS_AHEAD + 1, dtype=np.float64)
    walk = last_value(history, years, DRAWS, np.random.default_rng(SEED))
    low, high = np.quantile(walk, [0.1, 0.9], axis=0)
    return HistoryRecord(
        belief=key,
        series=history.series,
        unit=history.unit,
        meaning=history.meaning,
        points=tuple(_points(history)),
        paths=tuple(_paths(study, belief, history)),
        low=tuple(float(v) for v in low),
        high=tuple(float(v) for v in high),
    )


def _points(history: History) -> Iterator[HistoryPoint]:
    """Each value, and what a line through the three before it said."""
    logs, years = np.log(history.values), history.years
    for k, seen in enumerate(history.observations):
        said = None
        if k >= BEHIND:
            line = np.polyfit(years[k - BEHIND : k], logs[k - BEHIND : k], 1)
            said = float(np.exp(np.polyval(line, years[k])))
        yield HistoryPoint(seen.date.isoformat(), seen.value, said)


def _paths(study: Study, belief: Belief, history: History) -> Iterator[BelievedPath]:
    """The last value carried on, at the rate before the reveal until then and at each case's
    after.
    """
    last = history.last
    month = int(study.horizon.start + sum(study.horizon.stages[: belief.reveal - 1]))
    begins = date(*map(int, f"{month_text(month)}-01".split("-")))
    before = read_quantity(belief.before, "1/year")
    days = [last.date + timedelta(days=round(365.25 * k)) for k in range(YEARS_AHEAD + 1)]
    for name, case in belief.cases.items():
        rate = read_quantity(case.value, "1/year")
        grown = last.value * growth(last.date, begins, days, (before, rate))
        values = tuple(float(v) for v in grown)
        told = tuple(day.isoformat() for day in days)
        yield BelievedPath(name, case.probability, told, values)


def growth(first: date, reveal: date, days: list[date], rates: tuple[float, float]) -> Floats:
    """Growth since `first` [1] on each day, at the first rate until the reveal and the second
    after. rates: [1/year].
    """
    known = np.array([min(day, max(reveal, first)).toordinal() for day in days])
    after = np.array([day.toordinal() for day in days]) - known
    early, late = (known - first.toordinal()) / 365.25, after / 365.25
    return np.asarray((1 + rates[0]) ** early * (1 + rates[1]) ** late)
