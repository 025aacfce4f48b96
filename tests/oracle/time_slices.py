"""Time inside a node: the slices in which operation is decided, and what they stand for.

Load blocks have no order in time, so a node of blocks is cut wherever a capacity may come or go,
and every piece holds its share of every block. Hours keep their calendar. A node of more than a
year in which something comes or goes operates each of its years; otherwise one year stands for
all.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tests.oracle.discounting import mean_factor
from tests.oracle.library_data import KeptHours
from tests.oracle.plain_study import PlainStudy
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
    begins. offset: hours from the beginning of its operated year. factor: today's worth of 1 USD
    in it. label: hour of the year, or number of the block. year: which operated year of the node
    it belongs to. run: slices of one run follow each other hour by hour. bills: by billing
    period, months that are billed on the peak of which slices.
    """

    weight: Floats
    begin: Floats
    factor: Floats
    label: Whole
    year: Whole
    run: Whole
    bills: Mapping[str, Bills]

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
    kept: KeptHours | None,
    faults: frozenset[str],
) -> Slices:
    """The slices of `node`, where capacities may change at the months `changes`."""
    inside = [at for at in changes if node.begin + _TOUCH < at < node.end - _TOUCH]
    if study.blocks:
        return _blocks(study, node, inside, faults)
    if kept is not None:
        return _kept(study, node, inside, kept, faults)
    return _every_hour(study, node)


def _years(node: Node) -> list[tuple[float, float]]:
    """Begin and end of each year of a node [month]; the last may be shorter."""
    marks = [*np.arange(node.begin, node.end - _TOUCH, MONTHS_PER_YEAR), node.end]
    return list(itertools.pairwise(marks))


def _blocks(
    study: PlainStudy, node: Node, inside: Sequence[float], faults: frozenset[str]
) -> Slices:
    prorated = "inside a stage it is there in part" in faults
    years = _years(node) if inside and not prorated else [(node.begin, node.end)]
    pieces: list[tuple[int, float, float]] = []
    for number, (begin, end) in enumerate(years):
        marks = [begin, *(at for at in inside if begin + _TOUCH < at < end - _TOUCH), end]
        if prorated:
            marks = [begin, end]
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
        factor=np.repeat(factors, count),
        label=np.tile(np.arange(count), len(pieces)),
        year=year,
        run=np.arange(count * len(pieces)),
        bills={"year": yearly, "month": monthly},
    )


def _hours_of(study: PlainStudy, node: Node) -> Whole:
    """Hours of the year of a node, in order from its first month; at most a year of them."""
    first = (study.start + round(node.begin)) % 12
    months = [(first + n) % 12 for n in range(min(12, round(node.months)))]
    return np.concatenate([np.flatnonzero(month == MONTH_OF_HOUR) for month in months])


def _every_hour(study: PlainStudy, node: Node) -> Slices:
    hours = _hours_of(study, node)
    repeated = max(1.0, node.months / MONTHS_PER_YEAR)
    count = len(hours)
    months = MONTH_OF_HOUR[hours]
    monthly = [(repeated, np.flatnonzero(months == month)) for month in np.unique(months)]
    return Slices(
        weight=np.full(count, repeated),
        begin=node.begin + np.arange(count) * min(MONTHS_PER_YEAR, node.months) / count,
        factor=np.full(count, mean_factor(study.rate, node.begin, node.end)),
        label=hours,
        year=np.zeros(count, dtype=int),
        run=np.zeros(count, dtype=int),
        bills={"year": [(node.months, np.arange(count))], "month": monthly},
    )


def _kept(
    study: PlainStudy,
    node: Node,
    inside: Sequence[float],
    kept: KeptHours,
    faults: frozenset[str],
) -> Slices:
    long = node.months > MONTHS_PER_YEAR
    operated = long and bool(inside) and "inside a stage it is there in part" not in faults
    years = _years(node) if operated else [(node.begin, node.end)]
    count = len(kept.hour)
    span = min(MONTHS_PER_YEAR, node.months)
    parts = {name: [] for name in ("weight", "begin", "factor", "year", "run")}
    bills: dict[str, Bills] = {"year": [], "month": []}
    months = MONTH_OF_HOUR[_hours_of(study, node)]
    for number, (begin, end) in enumerate(years):
        repeated = max(1.0, (end - begin) / MONTHS_PER_YEAR)
        parts["weight"].append(kept.weight * repeated)
        parts["begin"].append(begin + kept.offset * span / kept.span)
        parts["factor"].append(np.full(count, mean_factor(study.rate, begin, end)))
        parts["year"].append(np.full(count, number))
        parts["run"].append(kept.run + number * (1 + kept.run.max()))
        here = number * count
        bills["year"].append((end - begin, here + np.arange(count)))
        for month in np.unique(months):
            standing_in = np.unique(kept.like[months == month])
            bills["month"].append((repeated, here + standing_in))
    return Slices(
        **{name: np.concatenate(part) for name, part in parts.items()},
        label=np.tile(kept.hour, len(years)),
        bills=bills,
    )


def prices_by_hour(energy: float, times: Sequence, first_weekday: int) -> Floats:
    """A grid's price by hour of the year [USD/MWh]; later windows win. Monday is weekday 0."""
    hour = np.arange(int(HOURS_PER_YEAR))
    clock, weekday = hour % 24, (hour // 24 + first_weekday) % 7
    price = np.full(len(hour), energy)
    for one in times:
        if one.begin < one.end:
            inside = (clock >= one.begin) & (clock < one.end)
        else:
            inside = (clock >= one.begin) | (clock < one.end)
        inside &= np.isin(MONTH_OF_HOUR + 1, one.months)
        if one.weekdays:
            inside &= weekday < 5
        price[inside] = one.energy
    return price
