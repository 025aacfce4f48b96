"""From rows of any file to checked years: gaps, calendars, impossible values."""

import calendar
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import weather_files

from headrace.core.errors import InputError
from headrace.energy.weather.moist_air import pressure_at
from headrace.energy.weather.readers.table import (
    LONGEST_GAP,
    FileReading,
    WeatherTable,
    assemble,
    calendar_of,
    fill_gaps,
    year_faults,
)


def table(year=2001, reading=None, **changes):
    """A year of mild weather under a clear sun, in the file's own local time."""
    month, day, hour = calendar_of(year)
    count = len(month)
    sun = weather_files.clear_sky(month, day, hour, 36.0, -80.0, -5.0)
    mild = {
        "drybulb": 20.0, "dewpoint": np.nan, "humidity": 0.5, "pressure": 1000.0, "wind": 3.0,
    }  # fmt: skip
    values = sun | {name: np.full(count, value) for name, value in mild.items()}
    told = {
        "format": "test", "place": "here", "typical": False, "latitude": 36.0, "longitude": -80.0,
        "altitude": 250.0, "zone": -5.0, "timezone": -5.0, "reading": reading or FileReading(),
        "line": np.arange(1, count + 1), "year": np.full(count, year),
        "month": month, "day": day, "hour": hour,
    }  # fmt: skip
    return WeatherTable(**(told | values | changes))


@pytest.mark.parametrize("year", [2000, 2001, 2023, 2024])
def test_the_calendar_is_that_of_the_standard_library(year):
    hours = 8784 if calendar.isleap(year) else 8760
    stamps = [datetime(year, 1, 1) + timedelta(hours=h) for h in range(hours)]
    expected = [[t.month for t in stamps], [t.day for t in stamps], [t.hour for t in stamps]]
    assert calendar_of(year).tolist() == expected


def test_a_gap_of_three_is_bridged_and_one_of_seven_is_not():
    """1, ., ., ., 5 becomes 1, 2, 3, 4, 5; what is longer than six hours stays missing."""
    nan = np.nan
    values = np.array([1.0, nan, nan, nan, 5.0, *[nan] * 7, 9.0])
    filled, count = fill_gaps(values, LONGEST_GAP)
    assert filled[:5].tolist() == [1, 2, 3, 4, 5]
    assert np.isnan(filled[5:12]).all()
    assert count == 3


@given(st.lists(st.one_of(st.none(), st.floats(-50, 50)), min_size=1, max_size=40))
def test_what_was_measured_is_never_touched_and_no_value_is_invented_beyond_it(cells):
    values = np.array([np.nan if cell is None else cell for cell in cells], dtype=np.float64)
    filled, count = fill_gaps(values, 3)
    known = ~np.isnan(values)
    assert (filled[known] == values[known]).all()
    assert count == int((np.isnan(values) & ~np.isnan(filled)).sum())
    if known.any():
        assert np.nanmin(filled) >= values[known].min()
        assert np.nanmax(filled) <= values[known].max()


def test_a_gap_at_the_end_has_no_neighbour():
    filled, count = fill_gaps(np.array([1.0, 2.0, np.nan]), 6)
    assert np.isnan(filled[2])
    assert count == 0


def test_an_actual_year_is_labelled_as_one():
    (found,) = assemble(table(2023), "x.csv")
    assert not found.typical
    assert found.key == "x.csv#2023"
    assert "actual year 2023" in found.label


def test_a_leap_day_is_left_out_and_said():
    (found,) = assemble(table(2024), "x.csv")
    assert len(found.ghi) == 8760
    assert "29 February is left out" in found.notes


def test_hours_in_universal_time_are_shifted_to_local_time():
    """Five hours west: what the file calls 05:00 is midnight."""
    sun = {name: np.roll(getattr(table(), name), 5) for name in ("ghi", "dni", "dhi")}
    (found,) = assemble(table(zone=0.0, **sun), "x.csv")
    assert found.ghi.tolist() == table().ghi.tolist()
    assert found.timezone == -5.0
    assert any("moved by -5 h" in note for note in found.notes)


def test_of_a_zone_of_half_an_hour_the_hours_stay_whole_and_the_clock_says_so():
    """Rows in UTC and a place at +5.5: moved by 5 h, and the hours are those of +5."""
    month, day, hour = calendar_of(2001)
    sun = weather_files.clear_sky(month, day, hour, 28.6, 77.2, 0.0)
    delhi = table(latitude=28.6, longitude=77.2, zone=0.0, timezone=5.5, **sun)
    (found,) = assemble(delhi, "x.csv")
    assert found.timezone == 5.0
    assert any("time zone +5, not +5.5" in note for note in found.notes)
    assert found.ghi[12] == sun["ghi"][7]


def test_missing_pressure_is_that_of_the_altitude():
    (found,) = assemble(table(pressure=np.full(8760, np.nan)), "x.csv")
    assert found.pressure == pytest.approx(np.full(8760, pressure_at(250.0)))
    assert any("standard atmosphere" in note for note in found.notes)


def test_a_dew_point_serves_where_humidity_lacks():
    """Saturated air: dew point = dry bulb = wet bulb."""
    nan, wet = np.full(8760, np.nan), np.full(8760, 20.0)
    (found,) = assemble(table(humidity=nan, dewpoint=wet), "x.csv")
    assert found.wetbulb == pytest.approx(found.drybulb, abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"latitude": 95.0}, "latitude 95"),
        ({"longitude": 280.0}, "Write -80; east is positive"),
        ({"altitude": float("nan")}, "altitude nan"),
        ({"drybulb": np.full(8760, 99.0)}, "99"),
        ({"humidity": np.full(8760, np.nan)}, "neither relative humidity nor dew point"),
        ({"month": np.full(8760, 1)}, "every hour once"),
        ({"ghi": np.full(8760, np.nan)}, "is missing"),
        ({"zone": 15.0}, "time zone of the rows 15"),
    ],
)
def test_what_no_weather_can_be_is_named(changes, words):
    with pytest.raises(InputError, match=words):
        assemble(table(**changes), "x.csv")


def test_at_most_twenty_problems_are_named_and_the_rest_counted():
    with pytest.raises(InputError) as caught:
        assemble(table(drybulb=np.full(8760, 99.0), wind=np.full(8760, -1.0)), "x.csv")
    assert len(caught.value.problems) == 21
    assert "more problems" in str(caught.value)


def test_a_year_that_repeats_an_hour_names_both_rows_and_the_one_that_lacks():
    """Row 100 says again what row 99 said: 5 January, 03:00 in place of 04:00."""
    hours = calendar_of(2001)[2].copy()
    hours[100] = hours[99]
    twice, lacks = year_faults(table(hour=hours), np.arange(8760), "x.csv")[:2]
    assert twice.found == "the row of 01-05 03 h stands a second time"
    assert (twice.where.line, twice.fix) == (101, "The first is line 100.")
    assert lacks.found == "1 row missing: 01-05 04 h"


def test_a_year_that_lacks_hours_is_counted():
    fault, gap = year_faults(table(), np.arange(8000), "x.csv")
    assert (fault.found, fault.expected) == ("year 2001 has 8,000 rows", "8,760 hours")
    assert gap.found == "760 rows missing: 11-30 08 h to 12-31 23 h"
    assert year_faults(table(), np.arange(8760), "x.csv") == []
