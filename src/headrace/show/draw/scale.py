"""Where a value stands on an axis, and which round values are written beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from headrace.show.format import text

Kind = Literal["linear", "log", "names", "dates"]
STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
DATE = "date"
"""Form of ticks that are first days: without them."""
FEW = 6
"""Ticks of a linear axis, about [1]."""


@dataclass(frozen=True)
class AxisScale:
    """From values `low` to `high` [unit of the axis; of dates, day] to places `begin` to `end`
    [px]; names stand in the middles of equal slots.
    """

    kind: Kind
    low: float
    high: float
    begin: float
    end: float
    names: tuple[str, ...] = ()

    def at(self, value: float | str) -> float:
        """The place of a value or a name [px]."""
        if self.kind == "names":
            numbered = isinstance(value, int | float)
            slot = float(value) + 0.5 if numbered else self.names.index(str(value)) + 0.5
            return self.begin + (self.end - self.begin) * slot / max(1, len(self.names))
        low, high = self.low, self.high
        here = day_of(value) if self.kind == "dates" else float(value)
        if self.kind == "log":
            here = math.log10(min(max(here, low), high))
            low, high = math.log10(low), math.log10(high)
        return self.begin + (self.end - self.begin) * (here - low) / ((high - low) or 1.0)

    @property
    def slot(self) -> float:
        """Room of one name [px]."""
        return abs(self.end - self.begin) / max(1, len(self.names))

    def ticks(self) -> tuple[float | str, ...]:
        """Values that are written at the axis."""
        if self.kind == "names":
            every = max(1, math.ceil(14.0 * len(self.names) / max(1.0, abs(self.end - self.begin))))
            return self.names[::every]
        if self.kind == "dates":
            return new_years(self.low, self.high)
        if self.kind == "log":
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high))
            decades = tuple(10.0**power for power in range(first, last + 1))
            return decades if len(decades) > 1 else round_values(self.low, self.high)
        return round_values(self.low, self.high)


def day_of(value: float | str) -> float:
    """The day of a date as "YYYY-MM-DD" [day since year 0]; a number is one already."""
    return float(date.fromisoformat(value).toordinal() if isinstance(value, str) else value)


def new_years(low: float, high: float, few: int = FEW) -> tuple[str, ...]:
    """First days of years between two days [day since year 0], as "YYYY-MM-DD", about `few` of
    them; of months, where there is no year's among them or only one.
    """
    first, last = (date.fromordinal(int(end)) for end in (low, high))
    months = range(12 * first.year + first.month, 12 * last.year + last.month)
    step = next(step for step in (1, 3, 6, 12, 24, 60, 120, 300, 1200) if len(months) <= few * step)
    starts = [date(m // 12, m % 12 + 1, 1) for m in months if m % step == 0]
    return tuple(start.isoformat() for start in starts)


def round_values(low: float, high: float, few: int = FEW) -> tuple[float, ...]:
    """Round values between two [same unit], about `few`; none where the two are one."""
    if not high > low:
        return ()
    rough = (high - low) / few
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * each for each in STEPS if power * each >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(place * step, 12) for place in range(first, last + 1))


def tick_words(values: Sequence[float | str], form: str = "") -> tuple[str, ...]:
    """How ticks are written: all in one step word ("2 bn"), or as per cent where `form` says so."""
    amounts = [value for value in values if not isinstance(value, str)]
    most = max((abs(value) for value in amounts), default=0.0)
    told = []
    for value in values:
        if isinstance(value, str):
            told.append(value.removesuffix("-01").removesuffix("-01") if form == DATE else value)
        elif "%" in form:
            told.append(f"{text.number(100.0 * value)} %")
        elif most >= 1e6:
            told.append(text.in_step(value, most))
        else:
            told.append(text.number(value, 4))
    return tuple(told)


def bounds(
    values: Sequence[float], *, zero: bool = False, room: float = 0.04
) -> tuple[float, float]:
    """The least and the largest of the values with a little room; `zero` keeps 0 inside."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    wide = (high - low) or abs(high) or 1.0
    return low - (0.0 if zero and low == 0.0 else room * wide), high + room * wide
