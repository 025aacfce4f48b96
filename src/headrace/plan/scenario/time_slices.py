"""Which hours of the weather year a tree node simulates, how often each counts, and what follows
what.

A node of at most a year simulates its own span of the calendar; a longer one simulates one year
that stands for all its years. With `hours: all` every hour counts once and stores begin empty; with
representative weeks (or days) each kept one is a circle of its own and counts for those nearest to
it (docs/decisions/0007) between the same two arrivals; load blocks stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.study import HoursKept

HOURS = 8760
WEEK = 168
MONTH_STARTS = np.concatenate(
    [[0], np.cumsum(np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24)]
)


@dataclass(frozen=True)
class TimeSlices:
    """Snapshots of one node.

    hour: hour of the weather year of each snapshot; weights: how often it counts in the node's span
        (hours);
    next_hour: its successor; day: running number of its day, for windows;
    months: groups of the span's billing months whose bills are alike: how many there are, and which
        snapshots stand for an hour of theirs (None: all), shape (snapshot,);
    offset: hours from the node's start to the snapshot (for arrivals inside the node);
    like: for every hour of the span, the snapshot that stands for it;
    span: hours of the node's span, which the weights add up to;
    carried: 0 where a store begins empty, since nothing was before it, else 1 [1]: shape
        (snapshot,), or 1 throughout;
    years_hour: hour of the weather year of every hour of the span, empty where hours have no date.
    """

    hour: Ints
    weights: Floats
    next_hour: Ints
    day: Ints
    months: tuple[tuple[float, Floats | None], ...]
    offset: Floats
    like: Ints
    span: float
    labelled: str
    carried: Hourly = 1.0
    years_hour: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def cut(self, values: Hourly) -> Hourly:
        """A series of the weather year at these snapshots, shape (snapshot,); constants stay
        constants [unit of the series].
        """
        return values if np.ndim(values) == 0 else np.asarray(values)[self.hour]

    def mean(self, values: Hourly) -> Hourly:
        """A series of the weather year as the mean of the hours that each snapshot stands for,
        shape (snapshot,), so that its sum over the span is kept; constants stay constants [unit of
        the series].
        """
        if np.ndim(values) == 0 or not len(self.years_hour):
            return self.cut(values)
        count = np.bincount(self.like, minlength=len(self.hour))
        total = np.bincount(
            self.like, np.asarray(values)[self.years_hour], minlength=len(self.hour)
        )
        own = np.asarray(values)[self.hour]
        return np.asarray(np.where(count > 0, total / np.maximum(count, 1), own))

    def window(self, length: float) -> Ints:
        """Running number of the window of `length` [h] in which each snapshot lies, shape
        (snapshot,); none runs over a segment's end.
        """
        block = (self.offset // max(1, int(length))).astype(np.int64)
        breaks = np.flatnonzero((np.diff(block) != 0) | (np.diff(self.offset) != 1)) + 1
        return np.searchsorted(breaks, np.arange(len(self.hour)), side="right").astype(np.int64)


def span_hours(first_month: int, months: float) -> Ints:
    """Hours of the weather year in a span of `months` [month] that begins in calendar month
    `first_month` (0 = January); a whole year of them where it is longer than that.
    """
    parts = [
        np.arange(MONTH_STARTS[m % 12], MONTH_STARTS[m % 12 + 1])
        for m in range(first_month, first_month + round(min(months, 12.0)))
    ]
    return np.concatenate(parts).astype(np.int64)


def keep_all(first_month: int, months: float) -> TimeSlices:
    """Every hour of a span of `months` [month] from calendar month `first_month` on, once."""
    hour = span_hours(first_month, months)
    whole = [_Segment(0, len(hour), 1.0, 0, chronological=True)]
    return _calendar(hour, whole, np.arange(len(hour), dtype=np.int64), "every hour")


@dataclass(frozen=True)
class _Segment:
    """Hours that follow each other. first: hour of the node's span; weight: how often each counts
    [h]; begin: where it begins among the snapshots.

    chronological: its hours are all that there are, so that what a store holds at their end is not
    what it held at their beginning.
    """

    first: int
    hours: int
    weight: float
    begin: int
    chronological: bool


def keep_weeks(
    first_month: int,
    months: float,
    kept: HoursKept,
    features: Floats,
    cuts: tuple[float, ...] = (),
) -> TimeSlices:
    """Representative weeks, or days, by k-medoids on their features, and the hardest days.

    months: length of the node [month]. features: shape (feature, 8760), each scaled to about 0 to 1
        [1]; the first is the residual load whose peak days are kept as they are, each standing for
        itself only. cuts: hours of the node's span before which something arrives or goes [h]:
        every interval between them is stood for by weeks, or days, of its own, at least one.
    """
    hour = span_hours(first_month, months)
    marks = [0, *sorted({int(c) for c in cuts if 0 < c < len(hour)}), len(hour)]
    intervals = list(pairwise(marks))
    days = _hardest_days(features[0, hour], intervals, kept.extreme_days)
    segments: list[_Segment] = []
    like = np.zeros(len(hour), dtype=np.int64)
    length, count = (WEEK, kept.weeks or 1) if kept.days is None else (24, kept.days)
    for begin, end in intervals:
        wanted = max(1, round(count * (end - begin) / len(hour)))
        if (end - begin) // length <= wanted:
            at = segments[-1].begin + segments[-1].hours if segments else 0
            segments.append(_Segment(begin, end - begin, 1.0, at, chronological=True))
            like[begin:end] = at + np.arange(end - begin)
        else:
            mine = [day for day in days if begin <= day < end]
            _interval(hour, features, (begin, end), length, wanted, mine, segments, like)
    if all(one.chronological for one in segments):
        return keep_all(first_month, months)
    # as asked for; between arrivals there are as many more as it takes
    what = "weeks" if kept.days is None else "days"
    words = f"{count} representative {what} and {kept.extreme_days} extreme days"
    return _calendar(hour, segments, like, words)


def _hardest_days(residual: Floats, intervals: Sequence[tuple[int, int]], count: int) -> list[int]:
    """First hours of the days with the highest residual load, each within one interval [h]."""
    starts = np.array([t for a, b in intervals for t in range(a, b - 23, 24)], dtype=np.int64)
    if not len(starts) or count == 0:
        return []
    peak = residual[starts[:, None] + np.arange(24)].max(axis=1)
    return [int(starts[i]) for i in np.argsort(-peak, kind="stable")[:count]]


def _interval(
    hour: Ints,
    features: Floats,
    interval: tuple[int, int],
    length: int,
    wanted: int,
    days: Sequence[int],
    segments: list[_Segment],
    like: Ints,
) -> None:
    """Append the segments of `length` [h] that stand for the hours of one interval, and say so in
    `like`.
    """
    first, last = interval
    parts, total = (last - first) // length, last - first
    profile = (
        features[:, hour[first : first + parts * length]]
        .reshape(len(features), parts, length)
        .transpose(1, 0, 2)
        .reshape(parts, -1)
    )
    medoids, member = k_medoids(profile, wanted)
    at = segments[-1].begin + segments[-1].hours if segments else 0
    t = np.arange(total)
    # the same hour of its medoid stands for an hour; an extreme day stands for itself
    like[first:last] = at + member[np.minimum(t // length, parts - 1)] * length + t % length
    for part, count in zip(medoids, np.bincount(member, minlength=len(medoids))):
        weight = (total - 24.0 * len(days)) * count / parts / length
        segments.append(
            _Segment(first + int(part) * length, length, float(weight), at, chronological=False)
        )
        at += length
    for day in days:
        segments.append(_Segment(day, 24, 1.0, at, chronological=False))
        like[day : day + 24] = at + np.arange(24)
        at += 24


def keep_blocks(
    lengths: tuple[float, ...], months: float, cuts: tuple[float, ...] = ()
) -> TimeSlices:
    """Load blocks of a year: block i counts `lengths[i]` [h], in a node of less than a year its
    share of them; `months`: length of the node [month]. Nothing follows anything, and every
    month sees every block.

    cuts: hours of the node's span [h] before which something arrives or goes: each piece between
        them has its share of every block.
    """
    year = np.asarray(lengths, dtype=np.float64) * min(months, 12.0) / 12.0
    span = float(year.sum())
    marks = [0.0, *sorted({c for c in cuts if 0 < c < span}), span]
    pieces = list(pairwise(marks))
    n = len(lengths) * len(pieces)
    index = np.arange(n, dtype=np.int64)
    billed = []
    for number, (begin, end) in enumerate(pieces):
        mask = np.repeat(np.eye(len(pieces))[number], len(lengths))
        share = (end - begin) / span
        billed.append((min(months, 12.0) * share, None if len(pieces) == 1 else mask))
    return TimeSlices(
        hour=np.zeros(n, dtype=np.int64),
        weights=np.concatenate([year * (end - begin) / span for begin, end in pieces]),
        next_hour=index,
        day=index,
        months=tuple(billed),
        offset=np.repeat([begin for begin, _ in pieces], len(lengths)).astype(np.float64),
        like=index,
        span=span,
        labelled="load blocks",
    )


def _calendar(span: Ints, segments: Sequence[_Segment], like: Ints, words: str) -> TimeSlices:
    """span: hour of the weather year of every hour of the node's span."""
    offset = np.concatenate([np.arange(s.first, s.first + s.hours) for s in segments])
    following = np.concatenate([s.begin + np.roll(np.arange(s.hours), -1) for s in segments])
    carried: Hourly = 1.0
    if fresh := [s.begin for s in segments if s.chronological]:
        carried = np.ones(len(offset))
        carried[fresh] = 0.0
    hour = span[offset]
    breaks = np.flatnonzero((np.diff(hour // 24) != 0) | (np.diff(offset) != 1)) + 1
    day = np.searchsorted(breaks, np.arange(len(hour)), side="right").astype(np.int64)
    return TimeSlices(
        hour=hour,
        weights=np.concatenate([np.full(s.hours, s.weight) for s in segments]),
        next_hour=following.astype(np.int64),
        day=day,
        months=_months(len(hour), like, span),
        offset=offset.astype(np.float64),
        like=like,
        span=float(len(like)),
        labelled=words,
        carried=carried,
        years_hour=span,
    )


def _months(snapshots: int, like: Ints, span: Ints) -> tuple[tuple[float, Floats | None], ...]:
    """Every month of the span is billed by the snapshots that stand for its hours; months that see
    the same snapshots are one group.
    """
    month = np.searchsorted(MONTH_STARTS, span, side="right") - 1
    groups: dict[bytes, tuple[float, Floats]] = {}
    for number in dict.fromkeys(month.tolist()):
        mask = np.zeros(snapshots)
        mask[like[month == number]] = 1.0
        count = groups.get(mask.tobytes(), (0.0, mask))[0]
        groups[mask.tobytes()] = (count + 1.0, mask)
    return tuple((count, None if mask.all() else mask) for count, mask in groups.values())


def k_medoids(profile: Floats, k: int) -> tuple[Ints, Ints]:
    """k-medoids by build and swap, deterministic: (index of each medoid, medoid position of each
    row). profile: shape (row, feature) [1].
    """
    square = (profile**2).sum(axis=1)
    distance = np.sqrt(np.maximum(square[:, None] + square[None, :] - 2 * profile @ profile.T, 0))
    chosen = [int(distance.sum(axis=1).argmin())]
    while len(chosen) < k:
        near = distance[:, chosen].min(axis=1)
        gain = np.maximum(near[:, None] - distance, 0).sum(axis=0)
        gain[chosen] = -1
        chosen.append(int(gain.argmax()))
    for _ in range(20):
        member = distance[:, chosen].argmin(axis=1)
        better = list(chosen)
        for position in range(k):
            rows = np.flatnonzero(member == position)
            if len(rows):
                within = distance[np.ix_(rows, rows)].sum(axis=1)
                better[position] = int(rows[within.argmin()])
        if better == chosen:
            break
        chosen = better
    return np.array(chosen, np.int64), distance[:, chosen].argmin(axis=1).astype(np.int64)
