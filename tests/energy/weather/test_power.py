"""NASA POWER."""

import pytest
from tests.builders import weather_files

from headrace.core.errors import InputError
from headrace.energy.weather.readers import read
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import station


def test_local_solar_time_and_universal_time_give_one_year(tmp_path):
    """kPa are made hPa; at 80 degrees west the nautical zone is -5."""
    weather = station("tmy3:723170")
    for clock in ("LST", "UTC"):
        (tmp_path / "power.csv").write_text(weather_files.power(weather, clock), encoding="utf-8")
        (found,) = read(tmp_path / "power.csv")
        assert (found.timezone, found.altitude, found.years) == (-5.0, 273.0, (2019,))
        for name in SERIES:
            assert getattr(found, name) == pytest.approx(getattr(weather, name), abs=1e-3), name
        assert any("nautical" in note for note in found.notes)


def test_a_missing_hour_of_sun_and_columns_that_lack_are_named(tmp_path):
    text = weather_files.power(station("tmy3:723170"), "LST")
    lines = text.splitlines()
    lines[40] = ",".join([*lines[40].split(",")[:4], *["-999"] * 8])
    for broken, words in (
        ("\n".join(lines), r"power.csv:41  ghi: is missing"),
        (text.replace("WS10M", "WS50M"), r"lacks the columns WS10M"),
        (text.replace("-END HEADER-", ""), r"header does not end"),
    ):
        (tmp_path / "power.csv").write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=words):
            read(tmp_path / "power.csv")
