"""Writes one node's hours down as a `NodeBlock`: columns, rows, chains and windows, one entry at a
time.

The writer only collects; what a converter, a store or a demand means stands in `constraints/`, one
file a family.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.plan.lp.problem import HourTemplate, NodeBlock, Pattern, Values
from headrace.plan.scenario.time_slices import TimeSlices


class ProfileBook:
    """Profiles of one calendar, each kept once; row 0 is all ones."""

    def __init__(self, hours: int) -> None:
        self._rows: list[Floats] = [np.ones(hours)]
        self._known: dict[bytes, int] = {self._rows[0].tobytes(): 0}

    def number(self, values: Hourly) -> tuple[float, int]:
        """(scale, profile) of a series of this calendar's snapshots, or of a constant [unit of the
        series]: the series is scale x rows()[profile]. The scale is infinite where the
        series has no largest number, and carries the sign of a series that has but one: whoever
        asks what an entry does to its row reads it there.
        """
        if np.ndim(values) == 0:
            return float(values), 0
        row = np.ascontiguousarray(values, dtype=np.float64)
        top = float(np.abs(row).max()) if row.size else 0.0
        if top == 0.0 or not np.isfinite(top):
            return (0.0, 0) if top == 0.0 else (np.inf, 0)
        top = -top if float(row.max()) <= 0.0 else top
        row = row / top + 0.0  # never a negative zero
        key = row.tobytes()
        if key not in self._known:
            self._known[key] = len(self._rows)
            self._rows.append(row)
        return top, self._known[key]

    def rows(self) -> Floats:
        """All profiles, shape (profile, snapshot), the largest number of each 1 in size [1]."""
        return np.array(self._rows)


@dataclass
class _Cells:
    """Entries of one small matrix while it is written."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)
    profile: list[int] = field(default_factory=list)

    def add(self, row: int, column: int, number: tuple[float, int]) -> None:
        if number[0] != 0.0:
            self.row.append(row)
            self.column.append(column)
            self.scale.append(number[0])
            self.profile.append(number[1])

    def pattern(self) -> Pattern:
        return Pattern(np.array(self.row, np.int64), np.array(self.column, np.int64))

    def values(self) -> Values:
        return Values(np.array(self.scale), np.array(self.profile, np.int64))


class HourWriter:
    """Collects the hour of one node.

    `hourly` series of the weather year are cut to the calendar's snapshots here.
    """

    def __init__(self, calendar: TimeSlices, book: ProfileBook) -> None:
        self.calendar = calendar
        self._book = book
        self.columns: list[str] = []
        self.rows: list[str] = []
        self.chains: list[str] = []
        self.borders: list[str] = []
        self.windows: list[str] = []
        self.at_rest: list[int] = []
        self._cost: list[tuple[float, int]] = []
        self._upper: list[tuple[float, int]] = []
        self._row_rhs: list[tuple[float, int]] = []
        self._levels: list[int] = []
        self._chain_rhs: list[tuple[float, int]] = []
        self._row_entries, self._row_border, self._upper_border = _Cells(), _Cells(), _Cells()
        self._chain_now, self._chain_next, self._window_entries = _Cells(), _Cells(), _Cells()
        self._window_of: list[Ints] = []
        self._window_rhs: list[Floats] = []
        self._window_border: list[tuple[int, int, float]] = []

    def cut(self, values: Hourly) -> Hourly:
        """A series of the weather year at this calendar's snapshots; constants stay constants
        [unit of the series].
        """
        return self.calendar.cut(values)

    def column(self, name: str, cost: Hourly, upper: Hourly = 0.0) -> int:
        """A column; cost [solver's money per unit and hour], upper: the fixed part of its bound
        [unit of the column] (inf: a window closes it).
        """
        self.columns.append(name)
        self._cost.append(self._book.number(cost))
        self._upper.append(self._book.number(upper))
        return len(self.columns) - 1

    def row(self, name: str, rhs: Hourly = 0.0) -> int:
        """A row `... <= rhs` [unit of the row per hour]."""
        self.rows.append(name)
        self._row_rhs.append(self._book.number(rhs))
        return len(self.rows) - 1

    def border(self, name: str) -> int:
        """A border: one standing asset or peak."""
        self.borders.append(name)
        return len(self.borders) - 1

    def entry(self, row: int, column: int, value: Hourly) -> None:
        """`value * column` on the left of `row` [unit of the row per unit of the column]."""
        self._row_entries.add(row, column, self._book.number(value))

    def allowance(self, row: int, border: int, value: Hourly) -> None:
        """`value * border` on the right of `row` [unit of the row per unit of the border]."""
        self._row_border.add(row, border, self._book.number(value))

    def bound(self, column: int, border: int, value: Hourly) -> None:
        """`value * border` added to the column's upper bound [unit of the column per unit of the
        border].
        """
        self._upper_border.add(column, border, self._book.number(value))

    def chain(self, name: str, level: int, rhs: Hourly = 0.0) -> int:
        """A chain `... <= rhs` whose state is the column `level`; rhs: what flows in by itself
        [unit of the level per hour].
        """
        self.chains.append(name)
        self._levels.append(level)
        self._chain_rhs.append(self._book.number(rhs))
        return len(self.chains) - 1

    def chain_entry(
        self, chain: int, column: int, value: Hourly, *, following: bool = False
    ) -> None:
        """`value * column` on the left of a chain, at this hour or at the following one
        [unit of the level per unit of the column].
        """
        (self._chain_next if following else self._chain_now).add(
            chain, column, self._book.number(value)
        )

    def window(self, name: str, window_of: Ints, rhs: Floats) -> int:
        """A family of windows: the window of each snapshot (-1: none) and each window's limit `rhs`
        [unit of the row].
        """
        self.windows.append(name)
        self._window_of.append(window_of)
        self._window_rhs.append(rhs)
        return len(self.windows) - 1

    def window_entry(self, window: int, column: int, value: Hourly) -> None:
        """`value * column` in the sum of its window [unit of the row per unit of the column]."""
        self._window_entries.add(window, column, self._book.number(value))

    def window_allowance(self, window: int, border: int, value: float) -> None:
        """`value * border` on the right of every window of the family [unit of the row per unit of
        the border].
        """
        if value != 0.0:
            self._window_border.append((window, border, value))

    def template(self) -> HourTemplate:
        """The structure written so far."""
        return HourTemplate(
            columns=tuple(self.columns),
            rows=tuple(self.rows),
            chains=tuple(self.chains),
            borders=tuple(self.borders),
            windows=tuple(self.windows),
            row_entries=self._row_entries.pattern(),
            row_border=self._row_border.pattern(),
            chain_now=self._chain_now.pattern(),
            chain_next=self._chain_next.pattern(),
            levels=np.array(self._levels, np.int64),
            upper_border=self._upper_border.pattern(),
            window_entries=self._window_entries.pattern(),
            window_border=Pattern(
                np.array([window for window, _, _ in self._window_border], np.int64),
                np.array([border for _, border, _ in self._window_border], np.int64),
            ),
            at_rest=tuple(self.at_rest),
        )

    def block(
        self, name: str, weight: float, profiles: Floats, start: Floats, border_map: csr_array
    ) -> NodeBlock:
        """The finished block, of `weight` spans [1]; `profiles` are the book's rows [1] once every
        node of the calendar is written. It stands start + border_map @ orders [unit of the border].
        """
        hours = len(self.calendar.hour)
        return NodeBlock(
            name=name,
            weight=weight,
            template=self.template(),
            weights=self.calendar.weights,
            next_hour=self.calendar.next_hour,
            profiles=profiles,
            cost=_values(self._cost),
            upper=_values(self._upper),
            upper_border=self._upper_border.values(),
            row_entries=self._row_entries.values(),
            row_rhs=_values(self._row_rhs),
            row_border=self._row_border.values(),
            chain_now=self._chain_now.values(),
            chain_next=self._chain_next.values(),
            chain_rhs=_values(self._chain_rhs),
            window_entries=self._window_entries.values(),
            window_of=np.array(self._window_of, np.int64).reshape(len(self.windows), hours),
            window_rhs=tuple(self._window_rhs),
            start=start,
            map=border_map,
            window_border=np.array([value for _, _, value in self._window_border]),
        )


def _values(numbers: Sequence[tuple[float, int]]) -> Values:
    return Values(np.array([n[0] for n in numbers]), np.array([n[1] for n in numbers], np.int64))
