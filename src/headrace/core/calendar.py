"""The calendar that load, tariffs and weather share: which day of the week an hour of the year is.

A typical weather year has no weekdays of its own. Everything that tells weekdays apart takes those
of the study's first year, so that an office's weekend and a tariff's weekend are the same days.
"""

from __future__ import annotations

from datetime import date

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Ints


def first_weekday(start: int) -> int:
    """Day of the week, Monday is 0, of 1 January of the year in which month `start` lies (months
    are counted from the year 0).
    """
    return date(start // 12, 1, 1).weekday()


def weekday_of_hour(first: int) -> Ints:
    """Day of the week, Monday is 0, of each hour of the year, shape (8760,); first: of 1
    January.
    """
    return (np.arange(HOURS_PER_YEAR, dtype=np.int64) // 24 + first) % 7
