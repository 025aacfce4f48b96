"""Which weather a key means."""

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.core.run_folder import RunFolder
from headrace.core.study_lock import lock_inputs, write_lock
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import BUNDLED, _beside_pvlib, station


@pytest.mark.parametrize("key", BUNDLED)
def test_arrays_of_a_station_cannot_be_written(key):
    weather = station(key)
    assert weather.key == key
    assert BUNDLED[key][1] in weather.label
    for name in SERIES:
        assert not getattr(weather, name).flags.writeable


@pytest.mark.parametrize(
    ("key", "sums"),
    [
        ("tmy3:723170", (1566203, 1476549, 682223, 126335.4, 97583.553, 8645395, 26756.9)),
        ("tmy3:703165", (829243, 819209, 460947, 38724.9, 22565.094, 8865120, 44430.7)),
        ("tm2:12839", (1792618, 1504922, 809504, 212990.7, 180615.541, 8912768, 37993.7)),
    ],
)
def test_the_stations_numbers_stay(key, sums):
    """The year's sum of every series, as before files were checked against the sun."""
    weather = station(key)
    assert [getattr(weather, name).sum() for name in SERIES] == pytest.approx(sums, rel=1e-7)
    assert weather.notes == ()


def test_two_requests_give_one_station():
    assert station("tmy3:723170") is station("tmy3:723170")


def test_a_station_knows_its_place():
    """Greensboro: 36.1 north, 79.95 west, 273 m, five hours behind Greenwich."""
    weather = station("tmy3:723170")
    found = (weather.latitude, weather.longitude, weather.altitude, weather.timezone)
    assert found == pytest.approx((36.1, -79.95, 273.0, -5.0))
    assert len(weather.years) > 1
    assert np.isfinite(weather.pressure).all()


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("tmy3:72317", "Did you mean `tmy3:723170`"),
        ("zzz", "Known stations"),
        ("pvgis:north,south", "LATITUDE,LONGITUDE"),
        ("pvgis:36.1", "LATITUDE,LONGITUDE"),
    ],
)
def test_keys_that_mean_nothing_say_what_would(key, words):
    with pytest.raises(InputError, match=words):
        station(key)


def test_a_cached_year_that_was_never_fetched_says_how(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADRACE_CACHE", str(tmp_path))
    with pytest.raises(InputError, match=r"headrace fetch weather 36\.1 -79\.95"):
        station("pvgis:36.1,-79.95")


def test_weather_is_called_what_the_study_calls_it(tmp_path):
    """The copy in a run folder, read in place of the file, gives the plan that the file gave."""
    (tmp_path / "run").mkdir()
    content = _beside_pvlib(BUNDLED["tmy3:723170"][0]).read_bytes()
    (tmp_path / "wx.csv").write_bytes(content)
    folder = RunFolder(tmp_path / "run")
    lock = lock_inputs({"wx.csv": (tmp_path / "wx.csv", False)}, folder)
    write_lock(folder, "study: x\n", {"study": "x"}, lock)
    first = station("wx.csv", tmp_path)
    (tmp_path / "wx.csv").unlink()
    again = station("wx.csv", folder.root)
    assert (first.key, first.label, first.place) == (again.key, again.label, again.place)
    assert again.key == "wx.csv"
    assert station("wx.csv~7.2", folder.root).key == "wx.csv~7.2"
