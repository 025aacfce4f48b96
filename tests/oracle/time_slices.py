"""Time inside a node: the slices in which operation is decided, and what they stand for.

A node operates each of its years, in order; the last may be shorter. Load blocks have no order in
time, so a year of blocks is cut wherever a capacity may come or go, and every piece holds its share
of every block. Hours keep their calendar.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tests.oracle.discounting import mean_factor
from tests.oracle.library_data import KeptHours
from tests.oracle.plain_study import PlainStudy, TimeOfUse
from tests.oracle.scenario_tree import Node
from tests.oracle.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Bills = list[tuple[float, Whole]]

DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTH_OF_HOUR: Whole = np.repeat(np.arange(12), np.array(DAYS) * 24)
"""Month, 0 to 11, of each hour of a year."""
_TOUCH = 1e-6
"""Months within which two instants are one."""


@dataclass(frozen=True)
class Slices:
    """One entry for each slice.

    weight: hours of the node it stands for. begin: month since the study's start in which it
    begins. offset: hours from the beginning of its year. middle: month in the middle of its year.
    factor: today's worth of 1 USD in it. label: hour of the year, or number of the block. year:
    which operated year of the node it belongs to. run: slices of one run follow each other hour by
    hour; rings: the runs that stand for others like them and end as they began. bills: by billing
    period, months that are billed on the peak of which slices.
    """

    weight: Floats
    begin: Floats
    offset: Floats
    middle: Floats
    factor: Floats
    label: Whole
    year: Whole
    run: Whole
    rings: frozenset[int]
    bills: Mapping[str, Bills]
    like: tuple[tuple[Whole, Whole], ...] = ()

    def __len__(self) -> int:
        return len(self.weight)

    def stands(self, first: float, last: float) -> Floats:
        """1 in the slices in which something is there from month `first` to `last`, else 0."""
        there = (self.begin >= first - _TOUCH) & (self.begin < last - _TOUCH)
        return there.astype(float)


def slices(
    study: PlainStudy,
    node: Node,
    changes: Sequence[float],
    kept: Callable[[float, float], KeptHours],
) -> Slices:
    """The slices of `node`, where capacities may change at the months `changes`; kept: the hours
    that are kept of a year, by its begin and length [month]."""
    if study.blocks:
        inside = [at for at in changes if node.begin + _TOUCH < at < node.end - _TOUCH]
        return _blocks(study, node, inside)
    one = (lambda begin, months: _whole(study, begin, months)) if study.weeks is None else kept
    return _hours(study, node, one)


def _years(node: Node) -> list[tuple[float, float]]:
    """Begin and end of each year of a node [month]; the last may be shorter."""
    marks = [*np.arange(node.begin, node.end - _TOUCH, MONTHS_PER_YEAR), node.end]
    return list(itertools.pairwise(marks))


def _blocks(study: PlainStudy, node: Node, inside: Sequence[float]) -> Slices:
    years = _years(node)
    pieces: list[tuple[int, float, float]] = []
    for number, (begin, end) in enumerate(years):
        marks = [begin, *(at for at in inside if begin + _TOUCH < at < end - _TOUCH), end]
        pieces += [(number, a, b) for a, b in itertools.pairwise(marks)]
    blocks = np.array(study.blocks)
    count = len(blocks)
    share = [(end - begin) / MONTHS_PER_YEAR for _, begin, end in pieces]
    year = np.repeat([number for number, *_ in pieces], count)
    factors = [mean_factor(study.rate, *years[number]) for number, *_ in pieces]
    yearly = [
        (end - begin, np.flatnonzero(year == number)) for number, (begin, end) in enumerate(years)
    ]
    monthly = [
        (end - begin, np.arange(piece * count, (piece + 1) * count))
        for piece, (_, begin, end) in enumerate(pieces)
    ]
    return Slices(
        weight=np.concatenate([blocks * one for one in share]),
        begin=np.repeat([begin for _, begin, _ in pieces], count).astype(float),
        offset=np.zeros(count * len(pieces)),
        middle=np.array([sum(years[number]) / 2 for number in year]),
        factor=np.repeat(factors, count),
        label=np.tile(np.arange(count), len(pieces)),
        year=year,
        run=np.arange(count * len(pieces)),
        rings=frozenset(),
        bills={"year": yearly, "month": monthly},
    )


def _hours_of(study: PlainStudy, begin: float, months: float) -> Whole:
    """Hours of the year of a span, in order from its first month."""
    first = (study.start + round(begin)) % 12
    return np.concatenate(
        [np.flatnonzero((first + n) % 12 == MONTH_OF_HOUR) for n in range(round(months))]
    )


def _whole(study: PlainStudy, begin: float, months: float) -> KeptHours:
    """Every hour of a span, in one run that begins when nothing was before it."""
    hours = _hours_of(study, begin, months)
    count = np.arange(len(hours))
    return KeptHours(
        hour=hours,
        weight=np.ones(len(hours)),
        offset=count.astype(float),
        run=np.zeros(len(hours), dtype=int),
        rings=frozenset(),
        like=count,
        span=float(len(hours)),
    )


def _hours(study: PlainStudy, node: Node, kept_of: Callable[[float, float], KeptHours]) -> Slices:
    parts: dict[str, list] = {
        name: []
        for name in ("weight", "begin", "offset", "middle", "factor", "label", "year", "run")
    }
    bills: dict[str, Bills] = {"year": [], "month": []}
    rings: set[int] = set()
    like: list[tuple[Whole, Whole]] = []
    for number, (begin, end) in enumerate(_years(node)):
        kept = kept_of(begin, end - begin)
        count, here = len(kept.hour), sum(len(one) for one in parts["weight"])
        runs = 1 + max((int(one.max()) for one in parts["run"]), default=-1)
        parts["weight"].append(kept.weight)
        parts["begin"].append(begin + kept.offset * (end - begin) / kept.span)
        parts["offset"].append(kept.offset)
        parts["middle"].append(np.full(count, (begin + end) / 2))
        parts["factor"].append(np.full(count, mean_factor(study.rate, begin, end)))
        parts["label"].append(kept.hour)
        parts["year"].append(np.full(count, number))
        parts["run"].append(kept.run + runs)
        rings |= {runs + one for one in kept.rings}
        bills["year"].append((end - begin, here + np.arange(count)))
        hours = _hours_of(study, begin, end - begin)
        like.append((hours, here + kept.like))
        months = MONTH_OF_HOUR[hours]
        for month in np.unique(months):
            bills["month"].append((1.0, here + np.unique(kept.like[months == month])))
    return Slices(
        **{name: np.concatenate(part) for name, part in parts.items()},
        rings=frozenset(rings),
        bills=bills,
        like=tuple(like),
    )


def windows_by_hour(times: Sequence, first_weekday: int) -> Floats:
    """Price of a grid's windows by hour of the year [USD/MWh], NaN outside of them; later windows
    win. Monday is weekday 0."""
    price = np.full(int(HOURS_PER_YEAR), np.nan)
    for one in times:
        price[inside(one, first_weekday)] = one.energy
    return price


def inside(one: TimeOfUse, first_weekday: int) -> NDArray[np.bool_]:
    """Whether each hour of the year lies in a window."""
    hour = np.arange(int(HOURS_PER_YEAR))
    clock, weekday = hour % 24, (hour // 24 + first_weekday) % 7
    if one.begin < one.end:
        found = (clock >= one.begin) & (clock < one.end)
    else:
        found = (clock >= one.begin) | (clock < one.end)
    found &= np.isin(MONTH_OF_HOUR + 1, one.months)
    return found & (weekday < 5) if one.weekdays else found
