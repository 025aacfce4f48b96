"""Windows cut into classes that never overlap in time, and the hours in which things close.

A window is a period budget: a sum over many hours. While the hours are eliminated in order, each
class of windows has one place in the front; a window holds it from its first hour to its last,
where it leaves by one rank-1 step. Cyclic variables leave at the last hour of their segment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.fixed_zeros import Nonzeros
from headrace.plan.interior_point.kernels.layout import Entries, entries_by
from headrace.plan.lp.problem import NodeBlock


@dataclass(frozen=True)
class WindowClass:
    """Windows of one family that never overlap: their family, and their numbers in it."""

    family: int
    members: Ints


@dataclass(frozen=True)
class WindowClasses:
    """All windows as the kernels number them.

    classes: in the order of their places. windows: (family, window) of every kernel window.
    at: kernel window of every class and hour, -1 where none is open.
    """

    classes: tuple[WindowClass, ...]
    windows: Ints
    at: Ints


def segments(next_hour: Ints) -> tuple[Ints, Ints]:
    """First and last hour of every circle; circles are runs of consecutive hours (lp/problem.py).

    Raises ValueError where they are not.
    """
    lasts = np.flatnonzero(next_hour != np.arange(1, len(next_hour) + 1))
    firsts = next_hour[lasts]
    if not np.array_equal(firsts, np.concatenate([[0], lasts[:-1] + 1])):
        raise ValueError(
            "each segment of hours must be a run of consecutive hours whose last one points at its"
            " first"
        )
    return firsts.astype(np.int64), lasts.astype(np.int64)


def classify(block: NodeBlock, nonzeros: Nonzeros) -> WindowClasses:
    """Windows in as few classes as a greedy colouring of intervals needs, which is as few as there
    can be.

    A family that holds a carried column is open one hour early (the chain row before meets it), so
    its windows alternate between two classes.
    """
    template, classes = block.template, []
    carried = np.unique(template.chain_next.column)
    for f in range(len(template.windows)):
        held = np.flatnonzero(nonzeros.windows[f])
        members = template.window_entries.column[template.window_entries.row == f]
        ahead = int(np.isin(members, carried).any())
        first, last = spans(block.window_of[f], len(nonzeros.windows[f]))
        order = held[np.argsort(first[held], kind="stable")]
        ends: list[int] = []
        found: list[list[int]] = []
        for w in order.tolist():
            begin, end = int(first[w]) - ahead, int(last[w])
            fit = next((i for i, busy in enumerate(ends) if busy < begin), len(ends))
            if fit == len(ends):
                ends.append(end)
                found.append([])
            ends[fit] = end
            found[fit].append(w)
        classes += [WindowClass(f, np.array(each, dtype=np.int64)) for each in found]
    at = np.full((len(classes), block.hours), -1, dtype=np.int64)
    listed: list[tuple[int, int]] = []
    for c, each in enumerate(classes):
        number = np.full(len(block.window_rhs[each.family]) + 1, -1, dtype=np.int64)
        number[each.members] = len(listed) + np.arange(len(each.members))
        at[c] = number[block.window_of[each.family]]
        listed += [(each.family, int(w)) for w in each.members]
    return WindowClasses(tuple(classes), np.array(listed, dtype=np.int64).reshape(-1, 2), at)


def spans(where: Ints, count: int) -> tuple[Ints, Ints]:
    """First and last hour of every window of a family; where: window of every hour, -1 for none."""
    first, last = np.full(count, len(where)), np.full(count, -1)
    inside = np.flatnonzero(where >= 0)
    np.minimum.at(first, where[inside], inside)
    np.maximum.at(last, where[inside], inside)
    return first, last


def window_rhs(block: NodeBlock, nonzeros: Nonzeros, windows: WindowClasses) -> Floats:
    """Right-hand side of every kernel window [its own unit]; 1 where nothing non-zero is in it."""
    parts = [
        np.where(nonzeros.windows[c.family][c.members], block.window_rhs[c.family][c.members], 1.0)
        for c in windows.classes
    ]
    return np.concatenate([np.zeros(0), *parts])


def window_border(block: NodeBlock, windows: WindowClasses) -> Entries:
    """Borders behind the right-hand side of every kernel window."""
    pattern, count = block.template.window_border, len(windows.windows)
    owner, entry = np.nonzero(windows.windows[:, :1] == pattern.row[None, :])
    flat = np.zeros(len(entry), dtype=np.int64)
    return entries_by(owner, count, pattern.column[entry], block.window_border[entry], flat)


def window_hours(windows: WindowClasses, long_window: int) -> tuple[Ints, Ints]:
    """Last hour of every kernel window, and 1 where it holds more hours than `long_window` [h], so
    that its step must not be truncated.
    """
    count = len(windows.windows)
    last, size = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for row in windows.at:
        inside = np.flatnonzero(row >= 0)
        np.maximum.at(last, row[inside], inside)
        np.add.at(size, row[inside], 1)
    return last, (size > long_window).astype(np.int64)


def events(windows: WindowClasses, carried: int, lasts: Ints) -> tuple[Ints, Ints, Ints]:
    """Closings in order of time: (hour, place in the front, what closes): windows at their last
    hour, the `carried` cyclic variables at the last hour of each segment.
    """
    found: list[tuple[int, int, int]] = []
    for c, row in enumerate(windows.at):
        numbers, backwards = np.unique(row[::-1], return_index=True)
        last = len(row) - 1 - backwards
        found += [(t, c, w) for w, t in zip(numbers.tolist(), last.tolist()) if w >= 0]
    for i in range(carried):
        found += [(int(t), len(windows.at) + i, k) for k, t in enumerate(lasts)]
    table = np.ascontiguousarray(np.array(sorted(found), dtype=np.int64).reshape(-1, 3).T)
    return table[0], table[1], table[2]
