"""Sun to alternating current."""

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.energy.solar import Losses, SolarDesign, facing_equator, fixed_tilt, single_axis
from headrace.energy.weather.series import station


@pytest.fixture(scope="module")
def weather():
    return station("tmy3:723170")


def test_losses_multiply():
    """2 % and 3 % leave 0.98 x 0.97; PVWatts' own seven leave 0.8856."""
    none = dict.fromkeys(Losses.__dataclass_fields__, 0.0)
    assert Losses(**none).kept == 1.0
    assert Losses(**none | {"soiling": 0.02, "wiring": 0.03}).kept == pytest.approx(0.98 * 0.97)
    default = 0.98 * 0.97 * 0.98 * 0.98 * 0.995 * 0.985 * 0.99
    assert Losses().kept == pytest.approx(default)


def test_no_sun_no_power(weather):
    dark = np.zeros(8760)
    night = replace(weather, ghi=dark, dni=dark, dhi=dark)
    assert (fixed_tilt(night) == 0).all()


def test_more_panels_per_inverter_give_more_and_clip(weather):
    lean, rich = (single_axis(weather, SolarDesign(dc_ac=ratio)) for ratio in (1.0, 1.8))
    assert rich.mean() > lean.mean()
    assert rich.max() == pytest.approx(1.0)
    assert (rich >= lean - 1e-9).all()


def test_heat_takes_its_share(weather):
    """With -0.35 %/K a year 20 K hotter gives about 7 % less, before the inverter clips."""
    hot = replace(weather, drybulb=weather.drybulb + 20.0)
    design = SolarDesign(dc_ac=1.0)
    ratio = single_axis(hot, design).sum() / single_axis(weather, design).sum()
    assert ratio == pytest.approx(0.93, abs=0.015)


def test_a_fixed_panel_faces_the_equator(weather):
    """North of it south at the latitude's tilt, south of it north, never steeper than 40
    degrees.
    """
    assert facing_equator(weather).azimuth == 180.0
    assert facing_equator(weather).tilt == pytest.approx(weather.latitude)
    assert facing_equator(replace(weather, latitude=-20.0)).azimuth == 0.0
    assert facing_equator(replace(weather, latitude=-70.0)).tilt == 40.0
    away = SolarDesign(tilt=weather.latitude, azimuth=0.0)
    assert fixed_tilt(weather).mean() > fixed_tilt(weather, away).mean()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"dc_ac": 0.0}, "0.1 to 5"),
        ({"ground_cover": 1.0}, "0.05 to 0.95"),
        ({"gamma": 0.01}, "-0.02 to 0"),
        ({"tilt": 91.0}, "0 to 90"),
    ],
)
def test_plants_that_cannot_be_built_are_refused(weather, wrong, words):
    with pytest.raises(InputError, match=words):
        single_axis(weather, SolarDesign(**wrong))
