"""What a key is worth from month to month, and what that is in the hours of a tree node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Hourly

_LENGTHS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) * 24
MONTH_OF_HOUR = np.repeat(np.arange(12), _LENGTHS)
"""Calendar month, January is 0, of each hour of the weather year, shape (8760,)."""


@dataclass(frozen=True, eq=False)
class Trajectory:
    """Values [unit of the key] with the month [since year 0] from which each holds, ascending; the
    first holds before its month too.
    """

    steps: tuple[tuple[float, Hourly], ...]

    @property
    def moves(self) -> bool:
        """Whether it is another from some month on, beside moving within the year."""
        return len(self.steps) > 1

    @property
    def constant(self) -> float | None:
        """The one number that holds for ever [unit of the key]; None where there is none."""
        value = self.steps[0][1]
        return float(value) if len(self.steps) == 1 and np.ndim(value) == 0 else None

    def in_month(self, month: float) -> Hourly:
        """What holds in a month [since year 0]."""
        held = self.steps[0][1]
        for begin, value in self.steps:
            if begin <= month + 1e-6:
                held = value
        return held

    def over(self, begin: float, months: float) -> Hourly:
        """What holds in the hours of a span of `months` [month] from month `begin` [since year 0]
        on [unit of the key]: a number, or shape (8760,).

        An hour of a calendar month is worth the mean over the months of that name within the span,
        so a span of a year or less has its own months, and a longer one their mean.
        """
        at = begin + np.arange(max(1, round(months)))
        each = [self.in_month(month) for month in at]
        if all(value is each[0] for value in each):
            return each[0]
        plain = [value for value in each if np.ndim(value) == 0]
        if len(plain) == len(each) and np.ptp(np.array(plain)) == 0:
            return plain[0]
        every = _mean(each)
        hourly = np.array(np.broadcast_to(every, HOURS_PER_YEAR))
        calendar = np.floor(at + 1e-6).astype(int) % 12
        for month in np.unique(calendar):
            mine = _mean([value for value, of in zip(each, calendar) if of == month])
            here = np.equal(MONTH_OF_HOUR, month)
            hourly[here] = np.broadcast_to(mine, HOURS_PER_YEAR)[here]
        return hourly

    def mean_over(self, begin: float, months: float) -> float:
        """The mean over such a span [unit of the key], each month counting alike."""
        at = begin + np.arange(max(1, round(months)))
        return float(np.mean([np.mean(self.in_month(month)) for month in at]))


def _mean(values: list[Hourly]) -> Hourly:
    return sum(values[1:], start=values[0]) / len(values)
