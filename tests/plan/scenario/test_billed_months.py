"""Months as contracts bill them: every month is there, and months add up to the year."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.study import HoursKept
from headrace.plan.scenario.billed_months import billed_months, side_by_side
from headrace.plan.scenario.time_slices import TimeSlices, keep_all, keep_blocks, keep_weeks

FEATURES = np.vstack([np.sin(np.arange(8760) / 700.0), np.cos(np.arange(8760) / 90.0)])
WEEKS = keep_weeks(5, 12.0, HoursKept(weeks=2, extreme_days=1), FEATURES)


@pytest.mark.parametrize(
    ("calendar", "months", "columns"),
    [
        (keep_all(2, 7.0), 7, 1),
        (WEEKS, 12, 12),
        (keep_blocks((3000.0, 5760.0), 12.0), 1, 1),
        (keep_blocks((3000.0, 5760.0), 12.0, (2190.0,)), 2, 1),
    ],
)
def test_months_add_up_to_the_year(calendar: TimeSlices, months: int, columns: int) -> None:
    found = billed_months(calendar)
    assert len(found) == months
    assert sum(one.share for one in found) == pytest.approx(np.ones(len(calendar.hour)))
    assert (found[0].begin, found[-1].end) == (0.0, 1.0)
    assert all(calendar.weights @ one.share > 0 for one in found)
    groups = side_by_side(calendar)
    assert sum(len(group) for group in groups) == months
    assert len(groups) <= columns
    for group in groups:
        assert np.max(sum((one.share > 0) * 1 for one in group)) == 1


def test_a_month_of_all_hours_is_its_hours() -> None:
    march, april, *_ = billed_months(keep_all(2, 7.0))
    assert march.share.sum() == 744
    assert april.window.tolist() == [-1] * 744 + [0] * 720 + [-1] * (214 * 24 - 1464)


def test_a_month_before_an_end() -> None:
    months = billed_months(keep_all(0, 4.0))
    assert [one.before(0.375) for one in months] == pytest.approx([1, 0.5, 0, 0])
