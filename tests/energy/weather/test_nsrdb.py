"""NSRDB and SAM CSV."""

import numpy as np
import pytest
from tests.builders import weather_files

from headrace.core.errors import InputError
from headrace.energy.weather.readers import read
from headrace.energy.weather.readers.table import calendar_of
from headrace.energy.weather.series import station


@pytest.fixture(scope="module")
def weather():
    return station("tmy3:723170")


def reread(tmp_path, text):
    file = tmp_path / "psm.csv"
    file.write_text(text, encoding="utf-8")
    (found,) = read(file)
    return found


def test_sams_older_csv_is_read_and_its_global_sun_computed(weather, tmp_path):
    """`Location,City,...` with beam and diffuse only; ghi within an hour's change of the height."""
    found = reread(tmp_path, weather_files.sam_csv(weather))
    assert found.place == "Greensboro, NC, USA"
    assert (found.dni == weather.dni).all()
    assert found.ghi.mean() == pytest.approx(weather.ghi.mean(), rel=0.005)
    assert any("ghi is computed" in note for note in found.notes)
    assert any("no minute" in note for note in found.notes)


def test_sams_csv_without_a_location_id_in_any_case_and_in_quotes(weather, tmp_path):
    text = (
        weather_files.nsrdb(weather, 2021, 60)
        .replace("Location ID,", "")
        .replace("NSRDB,1,", "me,")
    )
    head, values, columns, *rows = text.splitlines()
    quoted = ",".join(f'"{name}"' for name in columns.lower().split(","))
    found = reread(tmp_path, "\n".join([head.lower(), values, quoted, *rows]))
    assert found.ghi == pytest.approx(weather.ghi)
    assert "SAM CSV, me" in found.label


def test_rows_at_minute_0_are_checked_by_the_sun_and_noted(weather, tmp_path):
    found = reread(tmp_path, weather_files.nsrdb(weather, 2021, 60))
    assert found.ghi == pytest.approx(weather.ghi)
    assert any("minute 0 names the hour" in note for note in found.notes)


def test_instants_at_minute_0_are_moved_to_the_middle_of_the_hour(tmp_path):
    """A clear sky seen on the hour: what is read is the sky of half past."""
    month, day, hour = calendar_of(2021)
    told = [
        weather_files.clear_sky(month, day, hour + late, 36.0, -80.0, -5.0) for late in (-0.5, 0)
    ]
    text = weather_files.hourly_nsrdb(told[0], 36.0, -80.0, -5.0, minute=0)
    found = reread(tmp_path, text)
    assert any("moved from minute 0" in note for note in found.notes)
    assert np.abs(found.ghi - told[1]["ghi"]).mean() < 4


def test_half_hours_in_utc_reach_a_zone_of_half_an_hour_exactly(tmp_path):
    """Delhi, UTC+5.5, rows every half hour in UTC: the same as the file on the local clock."""
    texts = [weather_files.delhi(zone) for zone in (5.5, 0.0)]
    local, universal = (reread(tmp_path, text) for text in texts)
    assert local.timezone == universal.timezone == 5.5
    assert universal.ghi[24:-24] == pytest.approx(local.ghi[24:-24], abs=0.2)


@pytest.mark.parametrize("zone", [5.0, 6.0])
def test_a_zone_that_is_half_an_hour_wrong_is_refused(tmp_path, zone):
    text = weather_files.delhi(5.5).replace(",5.5,", f",{zone},").replace(",5.5\n", f",{zone}\n")
    with pytest.raises(InputError, match=r"the time zone of the rows is \+5\.5"):
        reread(tmp_path, text)


def test_one_half_hour_missing_and_another_doubled_are_both_named(weather, tmp_path):
    lines = weather_files.nsrdb(weather, 2021, 30).splitlines()
    del lines[504]
    lines.insert(9625, lines[9624])
    with pytest.raises(InputError, match=r"(?s)psm.csv:9626: .*a second time.*1 row missing"):
        reread(tmp_path, "\n".join(lines))
