"""Rows missing, doubled, misplaced."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.energy.weather.readers.calendar_check import NAMED, Stamps, stamp_faults
from headrace.energy.weather.readers.table import calendar_of


def stamps(keep=None, year=2001, step=60) -> Stamps:
    """The rows of a year on lines 4 and on, those of `keep` only, in its order."""
    month, day, hour = np.repeat(calendar_of(year), 60 // step, axis=1)
    minute = hour * 60 + np.tile(np.arange(0, 60, step), len(hour) * step // 60)
    keep = np.arange(len(month)) if keep is None else np.asarray(keep)
    line = np.arange(4, 4 + len(keep))
    return Stamps(month[keep], day[keep], minute[keep], line, leap=year % 4 == 0)


def test_a_whole_year_has_no_fault():
    assert stamp_faults(stamps(), 60, "x") == []
    assert stamp_faults(stamps(year=2020, step=30), 30, "x") == []


def test_a_half_hour_missing_in_january_and_one_doubled_in_july():
    """The count is right, so only the stamps tell. Row 501 is 11 January, 10:30."""
    rows = list(range(17520))
    del rows[501]
    rows.insert(9621, rows[9621])
    twice, lacks = stamp_faults(stamps(rows, step=30), 30, "x")
    assert "stands a second time" in twice.found
    assert (twice.where.line, twice.fix) == (9626, "The first is line 9625.")
    assert lacks.found == "1 row missing: 01-11 10 h:30"
    assert lacks.where.line == 504


def test_an_hour_lost_in_march_and_doubled_in_november_is_daylight_saving():
    rows = list(range(8760))
    rows.insert(7320, 7320)
    del rows[1682]
    assert any("daylight saving" in fault.fix for fault in stamp_faults(stamps(rows), 60, "x"))


def test_two_rows_in_the_others_place():
    rows = np.arange(8760)
    rows[[50, 51]] = rows[[51, 50]]
    (fault,) = stamp_faults(stamps(rows), 60, "x")
    assert (fault.where.line, fault.found) == (
        55,
        "the row of 01-03 02 h stands behind a later one",
    )


def test_a_leap_year_cut_at_its_end_is_told_which_day_to_leave_out():
    (fault,) = stamp_faults(stamps(np.arange(8760), year=2020), 60, "x")
    assert fault.found == "24 rows missing: 12-31 00 h to 12-31 23 h"
    assert "29 February" in fault.fix


def test_what_no_calendar_has_is_named():
    told = stamps()
    month = told.month.copy()
    month[:400] = 13
    faults = stamp_faults(Stamps(month, told.day, told.minute, told.line, False), 60, "x")
    assert faults[0].found == "has no moment of the calendar: month 13, day 1, hour 0"
    assert len(faults) <= 2 * NAMED + 2


@settings(max_examples=40, deadline=None)
@given(st.sets(st.integers(0, 8759), min_size=1, max_size=60))
def test_every_lost_row_is_named_or_counted(lost):
    faults = stamp_faults(stamps([row for row in range(8760) if row not in lost]), 60, "x")
    runs = sum(row - 1 not in lost for row in lost)
    assert len(faults) == min(runs, NAMED) + (runs > NAMED)
    if runs > NAMED:
        assert faults[-1].found == f"{len(lost):,} rows missing in {runs:,} places"
