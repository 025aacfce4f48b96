"""What moves over time: a number, a path by date, or a column of a table, by month and hour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from tests.oracle import own_tables
from tests.oracle.units import MONTHS_PER_YEAR, month_number, quantity

if TYPE_CHECKING:
    from tests.oracle.plain_study import PlainStudy
    from tests.oracle.scenario_tree import Node
    from tests.oracle.time_slices import Slices

Floats = own_tables.Floats
_TABLE = re.compile(r"^table(\d+)\.csv#(\w+)$")
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MONTH_OF_HOUR = np.repeat(np.arange(12), np.array(DAYS) * 24)


def hours(written: Any) -> Floats | None:
    """The hours that a key names in a table; None where it names none."""
    found = _TABLE.match(str(written))
    return own_tables.columns(int(found[1]))[found[2]] if found else None


@dataclass(frozen=True)
class Moving:
    """(month since year 0, a number or the hours of a year) from which each holds."""

    steps: tuple[tuple[float, float | Floats], ...]

    def at(self, month: float) -> float | Floats:
        """What holds in a month; the first holds before its date too."""
        return [self.steps[0][1], *(value for begin, value in self.steps if begin <= month)][-1]

    def in_slices(self, study: PlainStudy, node: Node, time: Slices) -> Floats:
        """What holds in each slice: in an hour, that of its calendar month in its year; in a block,
        the mean of the year's months."""
        found = np.zeros(len(time))
        for year in np.unique(time.year):
            begin = node.begin + MONTHS_PER_YEAR * year
            end = min(node.end, begin + MONTHS_PER_YEAR)
            months = study.start + np.arange(round(begin), round(end))
            within = np.flatnonzero(time.year == year)
            if study.blocks:
                found[within] = np.mean([np.mean(self.at(month)) for month in months])
                continue
            label = time.label[within]
            for name in np.unique(months % 12):
                same = [self.at(m) for m in months if m % 12 == name]
                mean = sum(np.broadcast_to(one, 8760) for one in same) / len(same)
                here = np.flatnonzero(MONTH_OF_HOUR[label] == name)
                found[within[here]] = mean[label[here]]
        return found


def moving(written: Any, unit: str) -> Moving:
    """What a key holds [`unit`]."""
    if isinstance(written, Mapping):
        steps = [
            (month_number(_month(str(date))), _value(one, unit)) for date, one in written.items()
        ]
        return Moving(tuple(sorted(steps, key=lambda step: step[0])))
    return Moving(((-np.inf, _value(written, unit)),))


def _value(written: Any, unit: str) -> float | Floats:
    found = _TABLE.match(str(written))
    if found is None:
        return quantity(written, unit)
    return own_tables.columns(int(found[1]))[found[2]] * quantity(
        f"1 {own_tables.UNITS[found[2]]}", unit
    )


def _month(date: str) -> str:
    return f"{date}-01" if len(date) == 4 else date
