"""Readers of weather: right where the file is right, words where it is not, never a traceback."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pvlib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import weather_files

from headrace.core.errors import InputError
from headrace.energy.weather.readers import read
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import station

DATA = Path(pvlib.__file__).parent / "data"
GREENSBORO = (DATA / "723170TYA.CSV").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def weather():
    return station("tmy3:723170")


def alike(ours, theirs, *, but=()) -> None:
    for name in SERIES:
        if name not in but:
            assert getattr(ours, name) == pytest.approx(getattr(theirs, name), abs=1e-3), name


def test_tmy3_equals_pvlibs_reader(weather):
    frame, about = pvlib.iotools.read_tmy3(
        DATA / "723170TYA.CSV", coerce_year=1990, map_variables=True
    )
    assert weather.latitude == about["latitude"]
    for ours, theirs in (
        ("ghi", "ghi"),
        ("dni", "dni"),
        ("dhi", "dhi"),
        ("drybulb", "temp_air"),
        ("wind", "wind_speed"),
    ):
        assert (getattr(weather, ours) == frame[theirs].to_numpy()).all()


def test_tmy2_equals_pvlibs_reader():
    frame, _ = pvlib.iotools.read_tmy2(DATA / "12839.tm2")
    ours = station("tm2:12839")
    assert (ours.dni == frame["DNI"].to_numpy()).all()
    assert ours.drybulb == pytest.approx(frame["DryBulb"].to_numpy() / 10)
    assert ours.timezone == -5


@pytest.mark.parametrize(
    "write", [weather_files.epw, weather_files.pvgis_csv, weather_files.pvgis_json]
)
def test_other_layouts_give_the_same_hours(weather, tmp_path, write):
    """Also proves the shift from UTC to local time: the writers roll the hours the other way."""
    file = tmp_path / "weather.txt"
    file.write_text(write(weather), encoding="utf-8")
    (found,) = read(file)
    assert found.typical
    assert "typical year" in found.label
    alike(found, weather)


def test_an_actual_leap_year_of_half_hours(weather, tmp_path):
    file = tmp_path / "2020.csv"
    file.write_text(weather_files.nsrdb(weather, 2020, 30), encoding="utf-8")
    (found,) = read(file)
    assert not found.typical
    assert found.years == (2020,)
    assert "29 February is left out" in found.label
    # the last hours of the UTC year wrap to the first of the local one, so only the series shifted
    # whole must agree
    alike(found, weather)


def test_several_years_are_chosen_by_name(weather, tmp_path):
    text = weather_files.nsrdb(weather, 2021, 60)
    text += "\n".join(weather_files.nsrdb(weather, 2022, 60).splitlines()[3:]) + "\n"
    (tmp_path / "two.csv").write_text(text, encoding="utf-8")
    assert [w.years for w in read(tmp_path / "two.csv")] == [(2021,), (2022,)]
    assert station("two.csv#2022", tmp_path).years == (2022,)
    with pytest.raises(InputError, match=r"holds several years.*2021, 2022"):
        station("two.csv", tmp_path)
    with pytest.raises(InputError, match="has no year 2019"):
        station("two.csv#2019", tmp_path)


def test_a_workbook_is_asked_for_as_text(tmp_path):
    (tmp_path / "weather.xlsx").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    with pytest.raises(InputError, match="save the sheet as CSV"):
        read(tmp_path / "weather.xlsx")


def test_a_file_that_a_spreadsheet_saved_is_the_same_file(weather, tmp_path):
    """EPW with semicolons, decimal commas and padded rows in UTF-16; TMY3 with dates as 2001-01-01
    and its header in quotes and lower case.
    """
    text = weather_files.epw(weather).replace(".", "\0").replace(",", ";").replace("\0", ",")
    (tmp_path / "x.csv").write_bytes((text + ";;;;;\n;;;;;\n").encode("utf-16"))
    alike(read(tmp_path / "x.csv")[0], weather)
    columns = ",".join(f'"{name}"' for name in GREENSBORO[1].lower().split(","))
    rows = [f"{row[6:10]}-{row[:2]}-{row[3:5]}{row[10:]}" for row in GREENSBORO[2:]]
    (tmp_path / "x.csv").write_text("\n".join([GREENSBORO[0], columns, *rows, ",,,,"]))
    alike(read(tmp_path / "x.csv")[0], weather)


def test_an_epw_whose_rows_are_in_utc_is_refused_and_says_so(weather, tmp_path):
    """As PVGIS writes its EPW: rows in UTC under time zone 1. With zone 0 it is read."""
    late = replace(
        weather, timezone=1.0, **{name: np.roll(getattr(weather, name), 5) for name in SERIES}
    )
    text = weather_files.epw(late)
    (tmp_path / "x.epw").write_text(text)
    with pytest.raises(InputError, match="the rows are in UTC: write time zone 0"):
        read(tmp_path / "x.epw")
    (tmp_path / "x.epw").write_text(text.replace(",1.0,273", ",0,273"))
    assert read(tmp_path / "x.epw")[0].timezone == 0.0


def damaged(tmp_path: Path, lines: list[str]) -> InputError:
    file = tmp_path / "bad.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(file)
    return caught.value


def test_8759_rows(tmp_path):
    assert "8,759 rows; expected 8,760 hours" in damaged(tmp_path, GREENSBORO[:-1]).message


def test_a_repeated_row_is_named_with_its_line(tmp_path):
    lines = [*GREENSBORO[:100], GREENSBORO[99], *GREENSBORO[100:-1]]
    assert "bad.csv:101" in damaged(tmp_path, lines).message


def test_a_swapped_row_is_named(tmp_path):
    lines = GREENSBORO.copy()
    lines[50], lines[51] = lines[51], lines[50]
    message = damaged(tmp_path, lines).message
    assert "bad.csv:52" in message
    assert "every hour once, in order" in message


def test_missing_sun_is_refused_and_missing_heat_is_filled_and_noted(tmp_path):
    lines = GREENSBORO.copy()
    cells = lines[2000].split(",")
    cells[4] = "-9900"
    lines[2000] = ",".join(cells)
    assert "ghi: is missing" in damaged(tmp_path, lines).message
    lines = GREENSBORO.copy()
    for row in (3000, 3001):
        cells = lines[row].split(",")
        cells[31] = "-9900.0"
        lines[row] = ",".join(cells)
    (tmp_path / "gap.csv").write_text("\n".join(lines), encoding="utf-8")
    (found,) = read(tmp_path / "gap.csv")
    whole = station("tmy3:723170").drybulb
    assert found.drybulb[2998] == pytest.approx(whole[2997] + (whole[3000] - whole[2997]) / 3)
    assert "2 hours of drybulb filled" in found.label


@pytest.mark.parametrize("word", ["nan", "inf", "-1e9", "warm", ""])
def test_what_is_no_number_is_named(tmp_path, word):
    lines = GREENSBORO.copy()
    cells = lines[2000].split(",")
    cells[4] = word
    lines[2000] = ",".join(cells)
    error = damaged(tmp_path, lines)
    assert "bad.csv:2001" in error.message


def test_every_problem_is_told_at_once_but_not_thousands(tmp_path):
    lines = [line.replace(",A,7", ",X,7") for line in GREENSBORO]
    for row in range(2, 400):
        cells = lines[row].split(",")
        cells[4] = cells[31] = "bad"
        lines[row] = ",".join(cells)
    error = damaged(tmp_path, lines)
    assert 2 < len(error.problems) <= 21


def test_a_foreign_file_and_an_hourly_pvgis_series_are_refused_in_words(tmp_path):
    (tmp_path / "x").write_text("hello\nworld\n", encoding="utf-8")
    with pytest.raises(InputError, match="TMY3, TMY2, EPW, PVGIS, NSRDB, NASA POWER, plain CSV"):
        read(tmp_path / "x")
    series = (
        "Latitude (decimal degrees): 45\nLongitude (decimal degrees): 8\nElevation (m): 10\n\n"
        "time,P,G(i),T2m,WS10m\n20200101:0010,0,0,1,2\n"
    )
    (tmp_path / "x").write_text(series, encoding="utf-8")
    with pytest.raises(InputError, match="no humidity"):
        read(tmp_path / "x")
    with pytest.raises(InputError):
        read(tmp_path)


FORMS = ("tmy3", "epw", "pvgis", "nsrdb", "tm2", "plain", "sam", "power")


@pytest.fixture(scope="module")
def originals(weather):
    return {
        "tmy3": "\n".join(GREENSBORO),
        "epw": weather_files.epw(weather),
        "pvgis": weather_files.pvgis_csv(weather),
        "nsrdb": weather_files.nsrdb(weather, 2021, 60),
        "plain": weather_files.plain(weather),
        "sam": weather_files.sam_csv(weather),
        "power": weather_files.power(weather, "UTC"),
        "tm2": (DATA / "12839.tm2").read_text(encoding="utf-8"),
    }


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(form=st.sampled_from(FORMS), data=st.data())
def test_damage_never_gives_a_traceback(originals, tmp_path, form, data):
    """Lines cut, doubled, dropped, bytes replaced: the answer is a year of finite hours or an
    InputError.
    """
    text = originals[form]
    at = data.draw(st.one_of(st.integers(0, 3000), st.integers(0, len(text))))
    length = data.draw(st.integers(0, 400))
    junk = data.draw(
        st.one_of(
            st.text(max_size=20),
            st.sampled_from(["\x00", '"', "\n", "nan", "9" * 400, "-1", ",,,,"]),
        )
    )
    file = tmp_path / "fuzz.dat"
    file.write_bytes((text[:at] + junk + text[at + length :]).encode("utf-8", errors="replace"))
    try:
        years = read(file)
    except InputError as error:
        assert error.problems
        return
    for found in years:
        assert all(
            np.isfinite(getattr(found, name)).all() and getattr(found, name).shape == (8760,)
            for name in SERIES
        )


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(
        [
            "",
            "LOCATION,",
            "Latitude (decimal degrees)",
            '{"inputs"',
            "Source,Location ID\n\nYear,Month,Day,Hour,Minute",
            "Source,Latitude,Longitude\n,1,2\nYear,Month,Day,Hour,GHI,DNI,DHI,Tdry,Wspd\n",
            "-BEGIN HEADER-\n-END HEADER-\nYEAR,MO,DY,HR,ALLSKY_SFC_SW_DWN\n",
            "latitude, 1\ntime,ghi [W/m2],dni [W/m2],dhi [W/m2]\n2019-01-01 00:00,",
            "\ufeff",
            " 1\n",
        ]
    ),
    st.binary(max_size=300),
)
def test_noise_never_gives_a_traceback(tmp_path, start, noise):
    file = tmp_path / "noise.dat"
    file.write_bytes(start.encode() + noise)
    with pytest.raises(InputError):
        read(file)
