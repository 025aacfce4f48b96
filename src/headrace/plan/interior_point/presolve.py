"""Presolve: from a node of the plan to the arrays of the kernels, without what has to be zero.

A column that has to be zero (nothing can stand behind its bound, a row or a window leaves it no
room) has no interior and would send its dual to infinity; it is removed, in all hours or masked in
some. Rows left without any non-zero entry say nothing and are removed or, in some hours only,
loosened to 0 <= 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.fixed_zeros import Closed, Nonzeros, find_nonzeros
from headrace.plan.interior_point.kernels.layout import Entries, Hours, entries_by
from headrace.plan.interior_point.window_classes import (
    WindowClasses,
    classify,
    events,
    segments,
    window_border,
    window_hours,
    window_rhs,
)
from headrace.plan.lp.problem import NodeBlock, Pattern, Values


@dataclass(frozen=True)
class Reduced:
    """A node ready for the kernels. `columns`, `rows`: what each kernel column and row is in the
    block (rows, then chains counted on); windows: (family, window) of every kernel window; local:
    number of local rows.
    """

    hours: Hours
    columns: Ints
    rows: Ints
    windows: Ints
    local: int
    chains: int
    closed: tuple[Closed, ...]


class _Profiles:
    """Profiles of a node: the block's own, plus those that presolve needs."""

    def __init__(self, profiles: Floats) -> None:
        self._given = profiles
        self._more: list[Floats] = []

    def add(self, row: Floats) -> int:
        """Number of a new profile; 0 for all ones."""
        if np.all(row == 1.0):
            return 0
        for i, known in enumerate(self._more):
            if np.array_equal(known, row):
                return len(self._given) + i
        self._more.append(np.asarray(row, dtype=np.float64))
        return len(self._given) + len(self._more) - 1

    def times(self, profile: int, row: Floats) -> int:
        """Number of the profile multiplied by a row."""
        return profile if np.all(row == 1.0) else self.add(self._given[profile] * row)

    def all(self) -> Floats:
        """Every profile, contiguous."""
        return np.ascontiguousarray(
            np.vstack([self._given, *self._more]) if self._more else self._given, dtype=np.float64
        )


def reduce_node(block: NodeBlock, long_window: int) -> Reduced:
    """The arrays of the kernels for one node.

    long_window: hours from which on a window's step is never truncated [h].
    """
    nonzeros = find_nonzeros(block)
    template, row_count = block.template, len(block.template.rows) + len(block.template.chains)
    columns = np.flatnonzero(nonzeros.columns.any(axis=1))
    rows, local, chains = row_order(block, nonzeros, columns)
    column_at = np.full(len(template.columns), -1, dtype=np.int64)
    column_at[columns] = np.arange(len(columns))
    row_at = np.full(row_count, -1, dtype=np.int64)
    row_at[rows] = np.arange(len(rows))
    profiles, windows = _Profiles(block.profiles), classify(block, nonzeros)
    lists = _EntryLists(block, column_at, row_at, profiles)
    in_hour, in_previous = lists.rows()
    in_window, upper_border = lists.windows(windows), lists.bounds(columns)
    trailing = len(windows.classes) + len(lists.carried)
    upper_at, upper_scale, upper_profile = _uppers(block, columns)
    rhs_scale, rhs_profile = _rhs(block, nonzeros, rows, profiles)
    cost_scale, cost_profile = _costs(block, columns, profiles)
    mask = _ints([profiles.add(nonzeros.columns[j].astype(np.float64)) for j in columns])
    firsts, lasts = segments(block.next_hour)
    previous = np.empty(block.hours, dtype=np.int64)
    previous[block.next_hour] = np.arange(block.hours)
    window_last, window_long = window_hours(windows, long_window)
    event_hour, event_slot, event_of = events(windows, len(lists.carried), lasts)
    hours = Hours(
        profiles=profiles.all(),
        cost_scale=cost_scale,
        cost_profile=cost_profile,
        in_hour=in_hour,
        in_previous=in_previous,
        in_window=in_window,
        upper_border=upper_border,
        row_border=lists.edges(len(rows)),
        window_border=window_border(block, windows),
        unknowns=_unknowns(in_hour, in_window, upper_border, len(rows), trailing),
        upper_at=upper_at,
        upper_scale=upper_scale,
        upper_profile=upper_profile,
        mask=mask,
        rhs_scale=rhs_scale,
        rhs_profile=rhs_profile,
        window_at=windows.at,
        window_rhs=window_rhs(block, nonzeros, windows),
        window_last=window_last,
        window_long=window_long,
        next_hour=np.ascontiguousarray(block.next_hour, dtype=np.int64),
        previous_hour=previous,
        first_hours=firsts,
        last_hours=lasts,
        carried=lists.carried,
        event_hour=event_hour,
        event_slot=event_slot,
        event_of=event_of,
    )
    return Reduced(hours, columns, rows, windows.windows, local, chains, nonzeros.closed)


def row_order(block: NodeBlock, nonzeros: Nonzeros, columns: Ints) -> tuple[Ints, int, int]:
    """Rows that can be non-zero: local ones, time-linking ones, chains; and how many are local and
    how many are chains.
    """
    template, nr = block.template, len(block.template.rows)
    some = np.asarray(nonzeros.rows.any(axis=1))
    carried = np.unique(template.chain_next.column)
    carried = carried[np.isin(carried, columns)]
    touched = np.unique(template.row_entries.row[np.isin(template.row_entries.column, carried)])
    linking = [r for r in range(nr) if some[r] and r in set(touched.tolist())]
    local_rows = [r for r in range(nr) if some[r] and r not in set(touched.tolist())]
    chains = [r for r in range(nr, nr + len(template.chains)) if some[r]]
    local_rows = minimum_degree(block, local_rows, columns)
    return np.array(local_rows + linking + chains, dtype=np.int64), len(local_rows), len(chains)


def minimum_degree(block: NodeBlock, local_rows: list[int], columns: Ints) -> list[int]:
    """Order of the local rows by least degree (Rose 1972), so that little is filled in."""
    pattern = block.template.row_entries
    meets: dict[int, set[int]] = {r: set() for r in local_rows}
    for column in columns:
        rows = [int(r) for r in pattern.row[pattern.column == column] if int(r) in meets]
        for r in rows:
            meets[r].update(x for x in rows if x != r)
    order: list[int] = []
    while meets:
        best = min(meets, key=lambda r: (len(meets[r]), r))
        around = meets.pop(best)
        for r in around:
            meets[r] |= around
            meets[r] -= {r, best}
        order.append(best)
    return order


class _EntryLists:
    """Entry lists in kernel numbers."""

    def __init__(
        self, block: NodeBlock, column_at: Ints, row_at: Ints, profiles: _Profiles
    ) -> None:
        self.block, self.column_at, self.row_at, self.profiles = block, column_at, row_at, profiles
        carried = column_at[np.unique(block.template.chain_next.column)]
        self.carried = np.ascontiguousarray(carried[carried >= 0])
        self.count = int((column_at >= 0).sum())

    def _kept(
        self, pattern: Pattern, values: Values, first: int
    ) -> tuple[Ints, Ints, Floats, Ints]:
        column, row = self.column_at[pattern.column], self.row_at[first + pattern.row]
        keep = (column >= 0) & (row >= 0) & (values.scale != 0)
        return column[keep], row[keep], values.scale[keep], values.profile[keep]

    def rows(self) -> tuple[Entries, Entries]:
        """Entries in the rows of the same hour, and in the chain rows of the hour before."""
        t, b, nr = self.block.template, self.block, len(self.block.template.rows)
        local = self._kept(t.row_entries, b.row_entries, 0)
        now = self._kept(t.chain_now, b.chain_now, nr)
        column, row, scale, profile = (np.concatenate(pair) for pair in zip(local, now))
        following = self._kept(t.chain_next, b.chain_next, nr)
        return (
            entries_by(column, self.count, row, scale, profile),
            entries_by(following[0], self.count, *following[1:]),
        )

    def windows(self, windows: WindowClasses) -> Entries:
        """Entries in the windows; zero in hours that lie in no window of the class."""
        t, b = self.block.template, self.block
        owner, to, scale, profile = [], [], [], []
        for c, each in enumerate(windows.classes):
            inside = (windows.at[c] >= 0).astype(np.float64)
            for i in np.flatnonzero(t.window_entries.row == each.family):
                column = self.column_at[t.window_entries.column[i]]
                if column >= 0 and b.window_entries.scale[i] != 0:
                    owner.append(int(column))
                    to.append(c)
                    scale.append(float(b.window_entries.scale[i]))
                    profile.append(self.profiles.times(int(b.window_entries.profile[i]), inside))
        return entries_by(
            _ints(owner), self.count, _ints(to), np.array(scale, dtype=np.float64), _ints(profile)
        )

    def bounds(self, columns: Ints) -> Entries:
        """Borders behind the upper bounds."""
        t, b = self.block.template, self.block
        column = self.column_at[t.upper_border.row]
        keep = (column >= 0) & (b.upper_border.scale != 0)
        v = b.upper_border
        return entries_by(
            column[keep], len(columns), t.upper_border.column[keep], v.scale[keep], v.profile[keep]
        )

    def edges(self, rows: int) -> Entries:
        """Borders in the rows."""
        t, b = self.block.template, self.block
        row = self.row_at[t.row_border.row]
        keep = (row >= 0) & (b.row_border.scale != 0)
        v = b.row_border
        return entries_by(
            row[keep], rows, t.row_border.column[keep], v.scale[keep], v.profile[keep]
        )


def _ints(items: list[int]) -> Ints:
    return np.array(items, dtype=np.int64)


def _unknowns(here: Entries, window: Entries, bound: Entries, rows: int, trailing: int) -> Entries:
    """All unknowns that a column meets inside its hour, sorted by their number."""
    count = len(here.ptr) - 1
    owner = np.concatenate(
        [np.repeat(np.arange(count), np.diff(part.ptr)) for part in (here, window, bound)]
    )
    to = np.concatenate([here.to, rows + window.to, rows + trailing + bound.to])
    scale = np.concatenate([here.scale, window.scale, bound.scale])
    profile = np.concatenate([here.profile, window.profile, bound.profile])
    return entries_by(owner.astype(np.int64), count, to, scale, profile)


def _uppers(block: NodeBlock, columns: Ints) -> tuple[Ints, Floats, Ints]:
    """Position of the upper slacks, and the fixed part of the bounds."""
    bordered = np.isin(columns, block.template.upper_border.row)
    scale = block.upper.scale[columns]
    closed = bordered | np.isfinite(scale)
    at = np.where(closed, np.cumsum(closed) - 1, -1).astype(np.int64)
    return (
        at,
        np.where(np.isfinite(scale), scale, 0.0),
        np.ascontiguousarray(block.upper.profile[columns]),
    )


def _rhs(
    block: NodeBlock, nonzeros: Nonzeros, rows: Ints, profiles: _Profiles
) -> tuple[Floats, Ints]:
    """Right-hand sides of the kept rows; 1 in hours where nothing non-zero is left in the row."""
    scale = np.concatenate([block.row_rhs.scale, block.chain_rhs.scale])[rows]
    profile = np.concatenate([block.row_rhs.profile, block.chain_rhs.profile])[rows].astype(
        np.int64
    )
    for i, row in enumerate(rows):
        nonzero = nonzeros.rows[row]
        if not nonzero.all():
            profile[i] = profiles.add(np.where(nonzero, scale[i] * block.profiles[profile[i]], 1.0))
            scale[i] = 1.0
    return np.ascontiguousarray(scale, dtype=np.float64), np.ascontiguousarray(profile)


def _costs(block: NodeBlock, columns: Ints, profiles: _Profiles) -> tuple[Floats, Ints]:
    """Costs of the kept columns in weighted USD: the node's weight and the weights of its hours are
    multiplied in.
    """
    scale = block.cost.scale[columns] * block.weight
    profile = block.cost.profile[columns].astype(np.int64)
    first = float(block.weights[0])
    if np.all(block.weights == first):
        return np.ascontiguousarray(scale * first), np.ascontiguousarray(profile)
    return np.ascontiguousarray(scale), _ints(
        [profiles.times(int(p), block.weights) for p in profile]
    )
