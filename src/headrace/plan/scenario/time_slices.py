"""Which hours of the weather year a tree node simulates, how often each counts, and what follows
what.

A node of at most a year simulates its own span of the calendar; a longer one simulates one year
that stands for all its years. With `hours: all` every hour counts once and the year closes on
itself; with representative weeks each kept week is a circle of its own and counts for the weeks
nearest to it (docs/decisions/0007); load blocks stand alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.study import HoursKept

HOURS = 8760
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
    span: hours of the node's span, which the weights add up to.
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

    def cut(self, values: Hourly) -> Hourly:
        """A series of the weather year at these snapshots, shape (snapshot,); constants stay
        constants [unit of the series].
        """
        return values if np.ndim(values) == 0 else np.asarray(values)[self.hour]

    def window(self, length: float) -> Ints:
        """Running number of the window of `length` [h] in which each snapshot lies, shape
        (snapshot,); none runs over a segment's end.
        """
        block = (self.hour // max(1, int(length))).astype(np.int64)
        breaks = np.flatnonzero((np.diff(block) != 0) | (np.diff(self.hour) != 1)) + 1
        return np.searchsorted(breaks, np.arange(len(self.hour)), side="right").astype(np.int64)


def span_hours(first_month: int, months: float) -> Ints:
    """Hours of the weather year in a span of `months` [month] that begins in calendar month
    `first_month` (0 = January); all of them where it is longer than a year.
    """
    if months > 12:
        return np.arange(HOURS, dtype=np.int64)
    parts = [
        np.arange(MONTH_STARTS[m % 12], MONTH_STARTS[m % 12 + 1])
        for m in range(first_month, first_month + round(months))
    ]
    return np.concatenate(parts).astype(np.int64)


def keep_all(first_month: int, months: float) -> TimeSlices:
    """Every hour of a span of `months` [month] from calendar month `first_month` on, once."""
    hour = span_hours(first_month, months)
    n = len(hour)
    following = np.roll(np.arange(n, dtype=np.int64), -1)
    return _calendar(
        hour,
        np.ones(n),
        following,
        np.arange(n, dtype=np.float64),
        np.arange(n, dtype=np.int64),
        hour,
        "every hour",
    )


def keep_weeks(first_month: int, months: float, kept: HoursKept, features: Floats) -> TimeSlices:
    """Representative weeks by k-medoids on weekly features, and the hardest days.

    months: length of the node [month]. features: shape (feature, 8760), each scaled to about 0 to 1
        [1]; the first is the residual load whose peak days are kept as they are, each standing for
        itself only.
    """
    hour = span_hours(first_month, months)
    weeks = len(hour) // 168
    if weeks <= (kept.weeks or weeks):
        return keep_all(first_month, months)
    profile = (
        features[:, hour[: weeks * 168]]
        .reshape(len(features), weeks, 168)
        .transpose(1, 0, 2)
        .reshape(weeks, -1)
    )
    medoids, member = k_medoids(profile, kept.weeks or weeks)
    residual = features[0, hour[: len(hour) // 24 * 24]].reshape(-1, 24).max(axis=1)
    days = np.argsort(-residual, kind="stable")[: kept.extreme_days]
    return _segments(hour, weeks, medoids, member, days)


def _segments(hour: Ints, weeks: int, medoids: Ints, member: Ints, days: Ints) -> TimeSlices:
    total, extreme = float(len(hour)), 24.0 * len(days)
    # each segment: its first hour in the span, its length, and the hours that each of its hours
    # counts for
    segments = [
        (week * 168, 168, (total - extreme) * count / weeks / 168)
        for week, count in zip(medoids, np.bincount(member, minlength=len(medoids)))
    ]
    segments += [(day * 24, 24, 1.0) for day in days]
    offset = np.concatenate([np.arange(first, first + n) for first, n, _ in segments])
    weights = np.concatenate([np.full(n, weight) for _, n, weight in segments])
    begins = np.cumsum([0, *(n for _, n, _ in segments)])
    following = np.concatenate(
        [begin + np.roll(np.arange(n), -1) for begin, (_, n, _) in zip(begins, segments)]
    )
    # the same hour of its week's medoid stands for an hour; an extreme day stands for itself
    t = np.arange(len(hour))
    like = member[np.minimum(t // 168, weeks - 1)] * 168 + t % 168
    for begin, day in zip(begins[len(medoids) :], days):
        like[day * 24 : day * 24 + 24] = begin + np.arange(24)
    words = f"{len(medoids)} representative weeks and {len(days)} extreme days"
    return _calendar(
        hour[offset],
        weights,
        following,
        offset.astype(np.float64),
        like.astype(np.int64),
        hour,
        words,
    )


def keep_blocks(lengths: tuple[float, ...], months: float) -> TimeSlices:
    """Load blocks of a year: snapshot i counts `lengths[i]` [h], in a node of less than a year its
    share of them; `months`: length of the node [month]. Nothing follows anything, and every
    month sees every block.
    """
    n, share = len(lengths), min(months, 12.0) / 12.0
    index = np.arange(n, dtype=np.int64)
    weights = np.asarray(lengths, dtype=np.float64) * share
    return TimeSlices(
        hour=np.zeros(n, dtype=np.int64),
        weights=weights,
        next_hour=index,
        day=index,
        months=((min(months, 12.0), None),),
        offset=np.zeros(n),
        like=index,
        span=float(weights.sum()),
        labelled="load blocks",
    )


def _calendar(
    hour: Ints, weights: Floats, following: Ints, offset: Floats, like: Ints, span: Ints, words: str
) -> TimeSlices:
    """span: hour of the weather year of every hour of the node's span."""
    breaks = np.flatnonzero((np.diff(hour // 24) != 0) | (np.diff(hour) != 1)) + 1
    day = np.searchsorted(breaks, np.arange(len(hour)), side="right").astype(np.int64)
    return TimeSlices(
        hour=hour,
        weights=weights,
        next_hour=following.astype(np.int64),
        day=day,
        months=_months(len(hour), like, span),
        offset=offset,
        like=like,
        span=float(len(like)),
        labelled=words,
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
