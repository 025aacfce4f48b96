"""From a node of the plan to the arrays of the kernels, without anything that cannot live.

A column that has to be zero (nothing can stand behind its bound, a row or a window leaves it no
room) has no interior and would send its price to infinity; it is removed, in all hours or masked in
some. Rows left without any live entry say nothing and are removed or, in some hours only, loosened
to 0 <= 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.fixed_zeros import Closed, Nonzeros, alive
from headrace.plan.interior_point.kernels.layout import Entries, Hours, entries_by
from headrace.plan.lp.problem import NodeBlock, Pattern, Values

LONG = 200  # hours: a longer window counts as a master row in the step rule


@dataclass(frozen=True)
class Reduced:
    """A node ready for the kernels. `columns`, `rows`: what each kernel column and row is in the
    block (rows, then chains counted on); windows: (family, window) of every kernel window; early:
    number of early rows.
    """

    hours: Hours
    columns: Ints
    rows: Ints
    windows: Ints
    early: int
    chains: int
    closed: tuple[Closed, ...]


class _Rows:
    """Rows profiles of a node: the block's own, plus those the reduction needs."""

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


def reduce_node(block: NodeBlock) -> Reduced:
    """The arrays of the kernels for one node."""
    life = alive(block)
    template, nr = block.template, len(block.template.rows)
    columns = np.flatnonzero(life.columns.any(axis=1))
    column_at = _numbers(columns, len(template.columns))
    rows, early, chains = _row_order(block, life, columns)
    row_at = _numbers(rows, nr + len(template.chains))
    book = _Rows(block.profiles)
    families = _colours(block, life, columns)
    windows, window_at = _number_windows(block, families, life)
    lists = _Lists(block, column_at, row_at, book)
    here, after = lists.rows()
    window = lists.windows(families, window_at)
    bound, edge = lists.bounds(columns), lists.edges(len(rows))
    slots = len(families) + len(lists.carried)
    upper_at, upper_scale, upper_profile = _uppers(block, columns)
    rhs_scale, rhs_profile = _rhs(block, life, rows, book)
    cost_scale, cost_profile = _costs(block, columns, book)
    live = np.array([book.add(life.columns[j].astype(np.float64)) for j in columns], dtype=np.int64)
    firsts, lasts = segments(block.next_hour)
    hours = Hours(
        profiles=book.all(),
        cost_scale=cost_scale,
        cost_profile=cost_profile,
        here=here,
        after=after,
        window=window,
        bound=bound,
        edge=edge,
        quota=_quota(block, windows),
        terms=_terms(here, window, bound, len(rows), slots),
        upper_at=upper_at,
        upper_scale=upper_scale,
        upper_profile=upper_profile,
        live=live,
        rhs_scale=rhs_scale,
        rhs_profile=rhs_profile,
        window_at=window_at,
        window_rhs=_window_rhs(block, life, families),
        **_window_hours(window_at, len(windows)),
        after_hour=np.ascontiguousarray(block.next_hour, dtype=np.int64),
        before_hour=_before(block.next_hour),
        firsts=firsts,
        lasts=lasts,
        carried=lists.carried,
        **_events(window_at, lists, firsts, lasts),
    )
    return Reduced(hours, columns, rows, windows, early, chains, life.closed)


def _numbers(kept: Ints, count: int) -> Ints:
    """New number of every old item, -1 for those that are gone."""
    at = np.full(count, -1, dtype=np.int64)
    at[kept] = np.arange(len(kept))
    return at


def _row_order(block: NodeBlock, life: Nonzeros, columns: Ints) -> tuple[Ints, int, int]:
    """Live rows: early ones, late ones, chains; and how many are early and how many are chains."""
    template, nr = block.template, len(block.template.rows)
    some = np.asarray(life.rows.any(axis=1))
    carried = np.unique(template.chain_next.column)
    carried = carried[np.isin(carried, columns)]
    touched = np.unique(template.row_entries.row[np.isin(template.row_entries.column, carried)])
    late = [r for r in range(nr) if some[r] and r in set(touched.tolist())]
    early = [r for r in range(nr) if some[r] and r not in set(touched.tolist())]
    chains = [r for r in range(nr, nr + len(template.chains)) if some[r]]
    early = _fewest_fill(block, early, columns)
    return np.array(early + late + chains, dtype=np.int64), len(early), len(chains)


def _fewest_fill(block: NodeBlock, early: list[int], columns: Ints) -> list[int]:
    """Order of the early rows by least degree, so that the elimination of an hour fills in little."""
    pattern = block.template.row_entries
    meets: dict[int, set[int]] = {r: set() for r in early}
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


def segments(next_hour: Ints) -> tuple[Ints, Ints]:
    """First and last hour of every circle; circles are runs of consecutive hours (blocks.py)."""
    lasts = np.flatnonzero(next_hour != np.arange(1, len(next_hour) + 1))
    firsts = next_hour[lasts]
    if not np.array_equal(firsts, np.concatenate([[0], lasts[:-1] + 1])):
        raise ValueError(
            "each segment of hours must be a run of consecutive hours whose last points at its first"
        )
    return firsts.astype(np.int64), lasts.astype(np.int64)


def _before(next_hour: Ints) -> Ints:
    """Predecessor of every hour."""
    before = np.empty(len(next_hour), dtype=np.int64)
    before[next_hour] = np.arange(len(next_hour))
    return before


def _colours(block: NodeBlock, life: Nonzeros, columns: Ints) -> list[tuple[int, Ints]]:
    """Window families cut into classes whose windows never overlap in time: (family, windows of the
    class).

    A family that holds a carried column is open one hour early (the chain row before meets it), so
    its windows alternate between two classes.
    """
    template, classes = block.template, []
    carried = np.unique(template.chain_next.column)
    for f in range(len(template.windows)):
        held = np.flatnonzero(life.windows[f])
        members = template.window_entries.column[template.window_entries.row == f]
        early = int(np.isin(members, carried).any())
        first, last = _spans(block.window_of[f], len(life.windows[f]))
        order = held[np.argsort(first[held], kind="stable")]
        ends: list[int] = []
        found: list[list[int]] = []
        for w, begin, end in zip(
            order.tolist(), (first[order] - early).tolist(), last[order].tolist()
        ):
            fit = next((i for i, busy in enumerate(ends) if busy < begin), len(ends))
            if fit == len(ends):
                ends.append(end)
                found.append([])
            ends[fit] = end
            found[fit].append(w)
        classes += [(f, np.array(each, dtype=np.int64)) for each in found]
    return classes


def _spans(where: Ints, count: int) -> tuple[Ints, Ints]:
    """First and last hour of every window of a family."""
    first, last = np.full(count, len(where)), np.full(count, -1)
    inside = np.flatnonzero(where >= 0)
    np.minimum.at(first, where[inside], inside)
    np.maximum.at(last, where[inside], inside)
    return first, last


def _number_windows(
    block: NodeBlock, families: list[tuple[int, Ints]], life: Nonzeros
) -> tuple[Ints, Ints]:
    """(family, window) of every kernel window, and the kernel window of every class and hour."""
    del life
    at = np.full((len(families), block.hours), -1, dtype=np.int64)
    listed: list[tuple[int, int]] = []
    for c, (f, members) in enumerate(families):
        number = np.full(len(block.window_rhs[f]) + 1, -1, dtype=np.int64)
        number[members] = len(listed) + np.arange(len(members))
        at[c] = number[block.window_of[f]]
        listed += [(f, int(w)) for w in members]
    return np.array(listed, dtype=np.int64).reshape(-1, 2), at


def _window_rhs(block: NodeBlock, life: Nonzeros, families: list[tuple[int, Ints]]) -> Floats:
    """Right-hand side of every kernel window; 1 when nothing live is in it."""
    parts = [
        np.where(life.windows[f][members], block.window_rhs[f][members], 1.0)
        for f, members in families
    ]
    return np.concatenate([np.zeros(0), *parts])


def _quota(block: NodeBlock, windows: Ints) -> Entries:
    """Borders behind the right-hand side of every kernel window."""
    pattern = block.template.window_border
    owner, entry = (
        np.nonzero(windows[:, :1] == pattern.row[None, :])
        if len(pattern)
        else (np.zeros(0, np.int64),) * 2
    )
    return entries_by(
        owner,
        len(windows),
        pattern.column[entry],
        block.window_border[entry],
        np.zeros(len(entry), dtype=np.int64),
    )


def _window_hours(window_at: Ints, count: int) -> dict[str, Ints]:
    """Last hour of every kernel window, and whether it holds so many hours that its step must not
    be clipped.
    """
    last, size = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    for row in window_at:
        inside = np.flatnonzero(row >= 0)
        np.maximum.at(last, row[inside], inside)
        np.add.at(size, row[inside], 1)
    return {"window_hour": last, "window_long": (size > LONG).astype(np.int64)}


class _Lists:
    """Entry lists in kernel numbers."""

    def __init__(self, block: NodeBlock, column_at: Ints, row_at: Ints, book: _Rows) -> None:
        self.block, self.column_at, self.row_at, self.book = block, column_at, row_at, book
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

    def windows(self, families: list[tuple[int, Ints]], window_at: Ints) -> Entries:
        """Entries in the windows; zero in hours that lie in no window of the class."""
        t, b = self.block.template, self.block
        owner, to, scale, profile = [], [], [], []
        for c, (f, _) in enumerate(families):
            inside = (window_at[c] >= 0).astype(np.float64)
            for i in np.flatnonzero(t.window_entries.row == f):
                column = self.column_at[t.window_entries.column[i]]
                if column >= 0 and b.window_entries.scale[i] != 0:
                    owner.append(int(column))
                    to.append(c)
                    scale.append(float(b.window_entries.scale[i]))
                    profile.append(self.book.times(int(b.window_entries.profile[i]), inside))
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


def _terms(here: Entries, window: Entries, bound: Entries, rows: int, slots: int) -> Entries:
    """All unknowns that a column meets inside its hour, sorted by their number."""
    count = len(here.ptr) - 1
    owner = np.concatenate(
        [np.repeat(np.arange(count), np.diff(part.ptr)) for part in (here, window, bound)]
    )
    to = np.concatenate([here.to, rows + window.to, rows + slots + bound.to])
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


def _rhs(block: NodeBlock, life: Nonzeros, rows: Ints, book: _Rows) -> tuple[Floats, Ints]:
    """Right-hand sides of the kept rows; 1 in hours where nothing live is left in the row."""
    scale = np.concatenate([block.row_rhs.scale, block.chain_rhs.scale])[rows]
    profile = np.concatenate([block.row_rhs.profile, block.chain_rhs.profile])[rows].astype(
        np.int64
    )
    for i, row in enumerate(rows):
        live = life.rows[row]
        if not live.all():
            profile[i] = book.add(np.where(live, scale[i] * block.profiles[profile[i]], 1.0))
            scale[i] = 1.0
    return np.ascontiguousarray(scale, dtype=np.float64), np.ascontiguousarray(profile)


def _costs(block: NodeBlock, columns: Ints, book: _Rows) -> tuple[Floats, Ints]:
    """Costs of the kept columns in weighted USD: the node's weight and the weights of its hours are
    multiplied in.
    """
    scale = block.cost.scale[columns] * block.weight
    profile = block.cost.profile[columns].astype(np.int64)
    first = float(block.weights[0])
    if np.all(block.weights == first):
        return np.ascontiguousarray(scale * first), np.ascontiguousarray(profile)
    return np.ascontiguousarray(scale), _ints([book.times(int(p), block.weights) for p in profile])


def _events(window_at: Ints, lists: _Lists, firsts: Ints, lasts: Ints) -> dict[str, Ints]:
    """Closings in order of time: windows at their last hour, closers at the last hour of their
    segment.
    """
    found: list[tuple[int, int, int]] = []
    for c, row in enumerate(window_at):
        windows, backwards = np.unique(row[::-1], return_index=True)
        last = len(row) - 1 - backwards
        found += [(t, c, w) for w, t in zip(windows.tolist(), last.tolist()) if w >= 0]
    for i in range(len(lists.carried)):
        found += [(int(t), len(window_at) + i, k) for k, t in enumerate(lasts)]
    found.sort()
    del firsts
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return {
        "event_hour": np.ascontiguousarray(table[:, 0]),
        "event_slot": np.ascontiguousarray(table[:, 1]),
        "event_of": np.ascontiguousarray(table[:, 2]),
    }
