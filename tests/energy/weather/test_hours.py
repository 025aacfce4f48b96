"""Rows of any step to hours."""

import numpy as np
import pytest

from headrace.energy.weather.readers.hours import RowTimes, TimedRows, hours_of
from headrace.energy.weather.readers.table import calendar_of


def rows(step=30, year=2001, keep=slice(None), zone=0.0) -> TimedRows:
    """Rows whose value is their number."""
    month, day, hour = np.repeat(calendar_of(year), 60 // step, axis=1)
    minute = np.tile(np.arange(0, 60, step), len(hour) * step // 60)
    count = np.arange(len(hour))
    times = RowTimes(*(p[keep] for p in (np.full_like(hour, year), month, day, hour, minute)))
    values = {"ghi": count[keep].astype(float)}
    return TimedRows(times, count[keep] + 4, values, zone, "x")


@pytest.mark.parametrize("step", [5, 10, 15, 30, 60])
def test_an_hour_is_the_mean_of_its_rows(step):
    """Rows 0, 1, ..., n - 1 of the first hour have the mean (n - 1) / 2."""
    found = hours_of(rows(step), 0.0)
    assert len(found.year) == 8760
    assert found.values["ghi"][0] == (60 // step - 1) / 2
    assert found.line[1] == 4 + 60 // step
    assert found.faults == ()


def test_half_hours_reach_a_zone_of_half_an_hour():
    """UTC to +5.5: half an hour here, the five whole ones later; hour 1 holds rows 1 and 2."""
    found = hours_of(rows(), 5.5)
    assert found.zone == 0.5
    assert found.values["ghi"][1] == 1.5
    assert "rows are moved by 0.5 h to the time zone +5.5" in found.notes


def test_a_lost_row_is_named_and_does_not_shift_the_others():
    keep = np.delete(np.arange(17520), 501)
    found = hours_of(rows(keep=keep), 0.0)
    assert [fault.found for fault in found.faults] == ["1 row missing: 01-11 10 h:30"]
    assert found.values["ghi"][8000] == 16000.5


def test_minutes_that_do_not_part_the_hour_are_refused():
    told = rows(5)
    some = told.at.minute // 5 < 7
    times = RowTimes(*(part[some] for part in told.at))
    found = hours_of(
        TimedRows(times, told.line[some], {"ghi": told.values["ghi"][some]}, 0, "x"), 0
    )
    assert "7 different minutes" in found.faults[0].found
