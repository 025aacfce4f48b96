"""Plain CSV: read as written, refused with everything that lacks."""

import re

import pytest
from tests.builders import weather_files

from headrace.core.errors import InputError
from headrace.energy.weather.readers import read
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import station


@pytest.fixture(scope="module")
def text():
    return weather_files.plain(station("tmy3:723170"))


def reread(tmp_path, text, code="utf-8"):
    file = tmp_path / "mine.csv"
    file.write_bytes(text.encode(code))
    (found,) = read(file)
    return found


def faults(tmp_path, text) -> str:
    with pytest.raises(InputError) as caught:
        reread(tmp_path, text)
    return str(caught.value)


def test_what_is_written_is_what_is_read(tmp_path, text):
    found, meant = reread(tmp_path, text), station("tmy3:723170")
    for name in SERIES:
        assert getattr(found, name) == pytest.approx(getattr(meant, name), abs=1e-3), name
    assert (found.latitude, found.timezone, found.years) == (36.1, -5.0, (2019,))
    assert "stamps name the begin of their row" in found.label


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16"])
def test_a_spreadsheets_habits_change_nothing(tmp_path, text, code):
    """Semicolons, decimal commas, quotes, a byte order mark, blank rows at the end."""
    lines = text.replace(".", "\0").replace(",", ";").replace("\0", ",").splitlines()
    excel = "\r\n".join([*lines, ";;;;;;;", ";;;;;;;", ""])
    found = reread(tmp_path, excel, code)
    assert (found.ghi == reread(tmp_path, text).ghi).all()
    assert any("decimal commas" in note for note in found.notes)


def test_units_are_those_of_the_header(tmp_path, text):
    """kWh/m2, Fahrenheit and Pascal, of the same weather: 50 degF are 10 degC."""
    meant = station("tmy3:723170")
    other = weather_files.plain(
        meant,
        units={
            "ghi": ("kWh/m2", 1e-3, 0), "dni": ("W/m^2", 1, 0), "dhi": ("MJ/m2", 0.0036, 0),
            "drybulb": ("°F", 1.8, 32), "pressure": ("kPa", 0.1, 0), "wind": ("km/h", 3.6, 0),
        },
    )  # fmt: skip
    found = reread(tmp_path, other)
    for name in SERIES:
        assert getattr(found, name) == pytest.approx(getattr(meant, name), abs=1e-2), name


def test_stamps_with_a_zone_need_no_other(tmp_path, text):
    stamped = re.sub(r"^(\d{4}-\d\d-\d\d \d\d:\d\d)", r"\1-05:00", text, flags=re.M)
    found = reread(tmp_path, stamped.replace("timezone, -5.0\n", ""))
    assert found.timezone == -5.0
    summer = re.sub(r"^(2019-0[4-9]-.*)-05:00", r"\1-04:00", stamped, flags=re.M)
    assert "stamps name 2 time zones" in faults(tmp_path, summer)


def test_stamps_that_name_the_end_are_moved_and_noted(tmp_path, text):
    """The first at 01:00 of 1 January, the last at 00:00 of the next: a row's end, as is noted."""
    lines = text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("time,"))
    ends = [f"{t:%Y-%m-%d %H:%M}" for t in weather_files.stamps(2019)][1:]
    ends.append("2020-01-01 00:00")
    rows = [f"{end},{row.partition(',')[2]}" for end, row in zip(ends, lines[start + 1 :])]
    found = reread(tmp_path, "\n".join([*lines[: start + 1], *rows]))
    assert (found.ghi == reread(tmp_path, text).ghi).all()
    assert any("the end of their row, which the file does not say" in n for n in found.notes)


def test_everything_that_lacks_is_told_at_once(tmp_path, text):
    """No place, an unknown unit, a column without one, dates of two readings."""
    broken = "\n".join(text.splitlines()[1:])
    broken = broken.replace("wind [m/s]", "wind").replace("ghi [W/m2]", "ghi [W/ft2]")
    broken = re.sub(r"^2019-(\d\d)-(\d\d)", r"\1/\2/2019", broken, flags=re.M)
    told = faults(tmp_path, broken)
    for words in (
        "does not say its latitude", "column `wind` has no unit", "has the unit w/ft2",
        "`01/01/2019 00:00` is no moment", "mine.csv:4",
    ):  # fmt: skip
        assert words in told, words


def test_of_ghi_dni_and_dhi_two_are_needed(tmp_path, text):
    lines = text.replace("dni [W/m2]", "other").replace("dhi [W/m2]", "another")
    assert "lacks two of ghi, dni and dhi" in faults(tmp_path, lines)
    found = reread(tmp_path, text.replace("ghi [W/m2]", "other"))
    assert found.ghi == pytest.approx(station("tmy3:723170").ghi, abs=60)
    assert any("ghi is computed" in note for note in found.notes)


def test_a_file_in_universal_time_that_calls_itself_local_is_refused(tmp_path, text):
    assert "write -5" in faults(tmp_path, text.replace("timezone, -5.0", "timezone, 5.0"))
    wrong = text.replace("longitude, -79.95", "longitude, 79.95")
    assert "write -79.95" in faults(tmp_path, wrong)
