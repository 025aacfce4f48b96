"""Names of columns and their units."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.energy.weather.readers.named import VALUES, known_name, plain_unit, units_of


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("GHI (W/m^2)", ("ghi", "w/m2")),
        ("Gb(n)", ("dni", "")),
        ("dew_point [°C]", ("dewpoint", "c")),
        ("Relative Humidity [%]", ("humidity", "%")),
        ("ALLSKY_SFC_SW_DWN", ("ghi", "")),
        ("Wind Direction [deg]", ("", "deg")),
        ("Clearsky GHI", ("", "")),
    ],
)
def test_titles_mean_a_series_and_a_unit(title, meant):
    assert known_name(title) == meant


@given(st.text(max_size=40))
def test_any_title_means_something_or_nothing(title):
    name, unit = known_name(title)
    assert name == "" or name.isalpha()
    assert plain_unit(unit) == unit


def test_units_by_hand():
    """1 kWh in an hour is 1,000 W; 3.6 MJ likewise; 212 degF boil at 100; 36 km/h are 10 m/s."""
    assert units_of("ghi")["kwh/m2"][0] == 1000
    assert 3.6 * units_of("dni")["mj/m2"][0] == pytest.approx(1000)
    factor, offset = units_of("drybulb")["f"]
    assert 212 * factor + offset == pytest.approx(100)
    assert 36 * units_of("wind")["km/h"][0] == pytest.approx(10)
    assert all(units_of(name) for name in VALUES)
