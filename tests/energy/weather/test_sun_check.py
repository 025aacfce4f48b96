"""A weather file against the sun. Most files are made of the bundled Greensboro year, so that what
is refused is a true year with one thing wrong.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.energy.weather.readers.table import calendar_of
from headrace.energy.weather.series import BUNDLED, station
from headrace.energy.weather.sun import Clock, HoursOfYear
from headrace.energy.weather.sun_check import SunRows, check_sun, misfit

HOURS = HoursOfYear.of(*calendar_of(2001))


def rows(key="tmy3:723170", move=0, **changes) -> SunRows:
    """A station's sun, `move` hours late on its clock."""
    found = station(key)
    told = {
        "ghi": np.roll(found.ghi, move), "dni": np.roll(found.dni, move),
        "dhi": np.roll(found.dhi, move), "hours": HOURS, "line": np.arange(3, 8763),
        "clock": Clock(found.latitude, found.longitude, found.timezone), "file": "x.csv",
    }  # fmt: skip
    return SunRows(**(told | changes))


def at(latitude=36.1, longitude=-79.95, zone=-5.0) -> Clock:
    return Clock(latitude, longitude, zone)


@pytest.mark.parametrize("key", BUNDLED)
def test_the_sun_of_the_bundled_stations_is_that_of_their_place(key):
    """Which is why reading them does not check it again."""
    verdict = check_sun(rows(key))
    assert (verdict.faults, verdict.notes) == ((), ())
    assert misfit(rows(key), rows(key).clock, 0.0) < 0.03


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clock": at(zone=5.0)}, "the sign of the time zone is turned: write -5"),
        ({"clock": at(longitude=79.95)}, "the sign of the longitude is turned: write -79.95"),
        ({"clock": at(latitude=-36.1)}, "the sign of the latitude is turned: write 36.1"),
        ({"clock": at(-79.95, 36.1)}, "latitude and longitude are swapped: write 36.1, -79.95"),
        ({"clock": at(zone=0.0)}, "the time zone of the rows is -5"),
        ({"clock": at(zone=-4.5)}, "the time zone of the rows is -5"),
        ({"move": 5}, "the rows are in UTC: write time zone 0"),
        ({"move": 5, "clock": at(zone=1.0)}, "the rows are in UTC: write time zone 0"),
        ({"move": 12}, "the rows are shifted by 12 h"),
        ({"move": 1}, "hours are named by their end"),
        ({"move": -1}, "hours are named by their beginning"),
    ],
)
def test_a_wrong_clock_or_place_is_refused_with_the_likely_fix(changes, words):
    verdict = check_sun(rows(**changes))
    assert any(words in fault.fix for fault in verdict.faults), verdict.faults
    assert all(fault.where.file == "x.csv" and fault.expected for fault in verdict.faults)


def test_sun_below_the_horizon_is_counted_and_its_first_line_named():
    """Twelve hours late, most of the light falls into the night."""
    first = check_sun(rows(move=12)).faults[0]
    assert "hours in which it is below the horizon" in first.found
    assert first.where.line > 2


@settings(max_examples=12, deadline=None)
@given(st.integers(-11, 12), st.sampled_from(list(BUNDLED)))
def test_a_year_that_is_any_hours_late_is_found_to_the_hour(move, key):
    found = check_sun(rows(key, move=move))
    assert bool(found.faults) == (move != 0)
    assert (found.late + move + 12) % 24 - 12 == pytest.approx(0, abs=0.2)


def test_columns_in_each_others_place_are_named():
    told = rows()
    swapped = check_sun(replace(told, ghi=told.dni, dni=told.ghi)).faults
    assert "ghi is in dni, dni is in ghi" in swapped[0].fix
    swapped = check_sun(replace(told, dhi=told.dni, dni=told.dhi)).faults
    assert "dni is in dhi, dhi is in dni" in swapped[0].fix


@pytest.mark.parametrize(("factor", "unit"), [(1e-3, "kW/m2"), (3.6, "kJ/m2"), (0.0036, "MJ/m2")])
def test_another_unit_is_named(factor, unit):
    """Greensboro has 1,570 kWh/m2 a year: neither 1.57 nor 5,650."""
    told = rows()
    whole = {name: getattr(told, name) * factor for name in ("ghi", "dni", "dhi")}
    (fault,) = check_sun(replace(told, **whole)).faults
    assert unit in fault.fix
    (fault,) = check_sun(replace(told, dni=told.dni * factor)).faults
    assert f"dni in {unit}" in fault.found


def test_a_year_without_sun_or_beam_is_refused():
    night = np.zeros(8760)
    (fault,) = check_sun(rows(ghi=night, dni=night, dhi=night)).faults
    assert fault.found == "ghi, dni, dhi are 0 all year"
    (fault,) = check_sun(rows(dni=night)).faults
    assert fault.found == "dni is 0 all year"


def test_columns_that_have_nothing_to_do_with_each_other_are_refused():
    """A beam that shines evenly by day whatever the clouds do."""
    told = rows()
    (fault,) = check_sun(replace(told, dni=np.where(told.ghi > 0, 30.0, 0.0))).faults
    assert "ghi is not dni cos z + dhi" in fault.found


def test_one_row_that_no_sun_explains_is_named_with_its_line():
    """Midnight of 1 January stands on line 3, noon on line 15."""
    told = rows()
    ghi, dni = told.ghi.copy(), told.dni.copy()
    ghi[0], ghi[12], dni[12] = 300.0, 1500.0, 1480.0
    faults = check_sun(replace(told, ghi=ghi, dni=dni)).faults
    assert [(fault.where.line, fault.where.key) for fault in faults] == [
        (3, "ghi"), (15, "ghi"), (15, "dni"),
    ]  # fmt: skip


def test_summer_months_on_daylight_saving_are_named():
    """From April to September the clock is an hour ahead, no row lost: the sun is an hour late."""
    told = rows()
    summer = slice(90 * 24, 273 * 24)
    parts = {}
    for name in ("ghi", "dni", "dhi"):
        values = getattr(told, name).copy()
        values[summer] = np.roll(values[summer], 1)
        parts[name] = values
    faults = check_sun(replace(told, **parts)).faults
    assert any("daylight saving" in fault.fix for fault in faults)


def test_instants_of_a_satellite_are_noted_not_refused():
    """Moments twenty minutes from the middle of the hour, which PVGIS may have."""
    told = rows("tm2:12839", clock=Clock(25.8, -80.27, -4.65))
    assert check_sun(told).faults == ()
    assert "minutes" in check_sun(told).notes[0]


def test_without_closure_the_clock_is_still_seen_coarsely():
    told = rows(move=5, derived="ghi")
    assert check_sun(told).faults
    assert not check_sun(rows(derived="ghi")).faults
