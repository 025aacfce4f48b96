"""Least times of a committed plant: hours that a unit stays on line, stays off, and needs to start.

    sum_{k = t-U}^{t-1} start_k  <=  on'_t                  on line for U hours at least
    sum_{k = t-D}^{t-1} start_k  <=  off_{t-D}              off for D hours at least,
    off_t + on'_t  <=  K_t
    a_t + sum_{k = t-S}^{t-1} start_k  <=  on_t             no output in the S hours of its start,
                                                            and no least output then

start_k comes on line in the hour after k; a prime counts nameplate. With whole units these are the
tightest inequalities that a plant's hours alone can give (Rajan and Takriti 2005); here quantities
are continuous. A sum over L hours that ends in every hour is L families of windows side by side,
each cut one hour later, so nothing is new to the solver. None runs over the end of a segment.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.components import Commitment, Converter
from headrace.plan.model.constraints.context import ColumnLabel, ConstraintContext, RowLabel


@dataclass(frozen=True)
class OnLine:
    """The columns of a committed plant. nameplate: nameplate on line per MW that it can give, by
    snapshot [1], shape (snapshot,).
    """

    activity: int
    running: int
    start: int
    nameplate: Floats


def add(context: ConstraintContext, converter: Converter, number: int, on: OnLine) -> None:
    """Write the least times of a committed converter that has any."""
    rule = converter.commitment or Commitment()
    if rule.least_up > 1:
        for window, place in _sliding(context, converter, "least time on", rule.least_up + 1):
            context.writer.window_entry(window, on.start, _at(place, 0, rule.least_up))
            last = _at(place, rule.least_up, rule.least_up + 1)
            context.writer.window_entry(window, on.running, -last * on.nameplate)
    if rule.least_down > 1:
        off = _off(context, converter, number, on)
        for window, place in _sliding(context, converter, "least time off", rule.least_down):
            context.writer.window_entry(window, on.start, _at(place, 0, rule.least_down))
            context.writer.window_entry(window, off, -_at(place, 0, 1))
    if rule.start_hours > 0:
        _starting(context, converter, on)


def _off(context: ConstraintContext, converter: Converter, number: int, on: OnLine) -> int:
    """The column of what stands and is off line; what will arrive within the least time counts."""
    writer, rule = context.writer, converter.commitment or Commitment()
    assert converter.asset is not None
    most = float(np.max(converter.availability))
    off = context.column(ColumnLabel("off", number), converter.id)
    row = context.row(RowLabel("running", converter.id), "off")
    writer.entry(row, off, 1.0)
    writer.entry(row, on.running, on.nameplate)
    for border, mask in context.standing[converter.asset]:
        there = mask
        for _ in range(rule.least_down if mask is not None else 0):
            assert there is not None
            there = np.maximum(there, there[writer.calendar.next_hour])
        share = most if there is None else most * there
        writer.bound(off, border, share)
        writer.allowance(row, border, share)
    return off


def _starting(context: ConstraintContext, converter: Converter, on: OnLine) -> None:
    """Units that are being started give nothing, and nothing is the least that they must."""
    rule, writer = converter.commitment or Commitment(), context.writer
    hours = rule.start_hours
    for window, place in _sliding(context, converter, "starting", hours + 1):
        last, before = _at(place, hours, hours + 1), _at(place, 0, hours)
        share = before / _of_last(on.nameplate, place, hours)
        writer.window_entry(window, on.activity, last)
        writer.window_entry(window, on.running, -last)
        writer.window_entry(window, on.start, share)
    if rule.minimum == 0:
        return
    for window, place in _sliding(context, converter, "least output", hours + 1):
        last, before = _at(place, hours, hours + 1), _at(place, 0, hours)
        share = before / _of_last(on.nameplate, place, hours)
        writer.window_entry(window, on.running, rule.minimum * last)
        writer.window_entry(window, on.activity, -last)
        writer.window_entry(window, on.start, -rule.minimum * share)


def _sliding(
    context: ConstraintContext, converter: Converter, words: str, length: int
) -> Iterator[tuple[int, Ints]]:
    """Families of windows of `length` hours, one that ends in every hour: the number of each, and
    the place of each snapshot in its window, -1 where it lies in none.
    """
    for offset, (of, place) in enumerate(
        sliding_windows(context.writer.calendar.next_hour, length)
    ):
        count = int(of.max(initial=-1)) + 1
        if count:
            context.windows.append(RowLabel("running", converter.id))
            name = f"{words} {converter.id}, {offset}"
            yield context.writer.window(name, of, np.zeros(count)), place


def sliding_windows(next_hour: Ints, length: int) -> Iterator[tuple[Ints, Ints]]:
    """`length` ways to cut every run of hours into windows of that length, each an hour later: the
    window of each snapshot, and its place there; -1 outside. next_hour: successor of each snapshot.
    """
    count = len(next_hour)
    ends = np.flatnonzero(next_hour != np.arange(1, count + 1)) + 1
    begins = np.concatenate([[0], ends[:-1]])
    for offset in range(length):
        of, place = np.full(count, -1, dtype=np.int64), np.full(count, -1, dtype=np.int64)
        known = 0
        for begin, end in zip(begins.tolist(), ends.tolist()):
            whole = max(0, (end - begin - offset) // length)
            inside = np.arange(whole * length)
            of[begin + offset + inside] = known + inside // length
            place[begin + offset + inside] = inside % length
            known += whole
        yield of, place


def _at(place: Ints, first: int, end: int) -> Floats:
    """1 in the places `first` to before `end` of a window, else 0 [1]."""
    return np.asarray((place >= first) & (place < end), dtype=np.float64)


def _of_last(values: Floats, place: Ints, last: int) -> Floats:
    """By snapshot, the value of the last snapshot of its window; 1 outside [unit of the value]."""
    at = np.minimum(np.arange(len(values)) + last - place, len(values) - 1)
    return np.where(place >= 0, values[at], 1.0)
