"""Hourly PUE: the hand arithmetic of one hour, its limits, and bad weather."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.compute.facility import hall, losses, pue
from headrace.core.catalogue import entries
from headrace.core.errors import InputError
from headrace.energy.weather.series import station


def test_a_cold_hour_by_hand():
    """At -5 degC wet bulb no compressor runs: 1/0.951 + pumps 0.02 + fans 0.028 x 0.75 = 1.0515 +
    0.041 = 1.0925.
    """
    assert pue(np.array([0.0]), np.array([-5.0]), hall())[0] == pytest.approx(1.0925, abs=1e-4)


def test_a_hot_hour_by_hand():
    """At 25 degC wet bulb, 30 dry: compressors on all of the air part, 0.25 / 4.5 = 0.0556; fans
    0.028 x 1.25 = 0.035.
    """
    assert pue(np.array([30.0]), np.array([25.0]), hall())[0] == pytest.approx(
        1 / 0.951 + 0.02 + 0.035 + 0.0556, abs=1e-4
    )


@pytest.mark.parametrize("key", ["tmy3:723170", "tm2:12839"])
def test_annual_means_fall_in_the_published_band(key):
    """Newkirk et al. 2025: 1.098 to 1.188 over US climates."""
    weather = station(key)
    hourly = pue(weather.drybulb, weather.wetbulb, hall())
    assert hourly.shape == (8760,)
    assert 1.098 <= hourly.mean() <= 1.188


def test_the_loss_chain_adds_up_to_the_mean():
    weather = station("tmy3:723170")
    chain = losses(weather.drybulb, weather.wetbulb, hall())
    assert sum(loss.share for loss in chain) == pytest.approx(
        pue(weather.drybulb, weather.wetbulb, hall()).mean() - 1.0
    )


@given(st.floats(-40, 45), st.floats(0, 20))
def test_hotter_air_never_costs_less(dry, drop):
    wet = dry - drop
    cool = pue(np.array([dry]), np.array([wet]), hall())[0]
    assert 1.0 < cool <= pue(np.array([dry + 1.0]), np.array([wet + 1.0]), hall())[0] + 1e-12


@pytest.mark.parametrize(
    ("dry", "wet", "words"),
    [
        ([1.0, 2.0], [1.0], "same length"),
        ([np.nan], [1.0], "not finite"),
        ([10.0], [12.0], "hour 0: wet bulb 12"),
        ([], [], "same length"),
    ],
)
def test_bad_weather_is_named(dry, wet, words):
    with pytest.raises(InputError, match=words):
        pue(np.array(dry), np.array(wet), hall())


def test_a_steep_hour_of_the_liquid_part_by_hand():
    """At 50 degC dry and 25 wet bulb trim chillers carry all of the liquid part: liquid share over
    the COP at its rating point is added to the hot hour of the air part.
    """
    design = hall()
    hot = pue(np.array([design.liquid_limit.value]), np.array([25.0]), design)[0]
    steep = pue(np.array([design.liquid_limit.value + 8.0]), np.array([25.0]), design)[0]
    trim = design.liquid_share.value / design.chiller_cop.value
    assert steep - hot == pytest.approx(trim)


@given(st.floats(-40, 45), st.floats(0, 20))
def test_the_chain_adds_up_in_every_hour(dry, drop):
    hour = (np.array([dry]), np.array([dry - drop]))
    chain = losses(*hour, hall())
    assert all(loss.share >= 0 for loss in chain)
    assert 1 + sum(loss.share for loss in chain) == pytest.approx(pue(*hour, hall())[0])


def test_every_hall_of_the_catalogue_has_its_figures():
    for key in entries("compute", "halls"):
        design = hall(key)
        assert 0 < design.power_path.value < 1
        assert 0 <= design.liquid_share.value <= 1
        # the grid connection holds the worst hour of a hot place
        worst = pue(np.array([40.0]), np.array([26.0]), design)[0]
        assert design.facility_peak.value >= worst - 0.05


def test_an_unknown_hall_names_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean `hall\.ai`"):
        hall("hall.aj")
