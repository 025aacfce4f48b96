"""Drawn years: days of the season, whole; units whose mean is what the plan counts with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headrace.core.components import UnitOutages
from headrace.energy.weather.record import SERIES
from headrace.energy.weather.series import station
from headrace.plan.model.drawn_nodes import DrawnYear
from headrace.science.replay.years import SEASON, drawn_days, units_up

OUTAGES = UnitOutages(10.0, 0.06, 50.0, 0.0)


def test_days_come_from_their_season():
    days = drawn_days(np.random.default_rng(1))
    away = (days - np.arange(365) + 182) % 365 - 182
    assert days.shape == (365,)
    assert np.abs(away).max() <= SEASON
    assert len(set(away)) == 2 * SEASON + 1


def test_weather_of_a_drawn_day_stays_together():
    """Noon of day 100 is noon of the day that takes its place, in every series."""
    known = station("tmy3:723170")
    days = drawn_days(np.random.default_rng(2))
    drawn = DrawnYear(days, {}).weather(known)
    for name in SERIES:
        there = getattr(drawn, name).reshape(365, 24)
        assert np.array_equal(there, getattr(known, name).reshape(365, 24)[days])
    assert DrawnYear(None, {}).weather(known) is known


@pytest.mark.parametrize("count", [1, 20])
def test_units_are_up_as_often_as_the_plan_counts(count):
    """Share over the mean: 1 on average; of 20 units it moves a square root of 20 less than of 1.

    One unit is up or down: 0 or 1 / 0.94, with a standard deviation of sqrt(0.06 / 0.94).
    """
    generation = np.random.default_rng(3)
    drawn = np.array([units_up(OUTAGES, count, generation) for _ in range(200)])
    one = np.sqrt(0.06 / 0.94)
    # a state lasts about 47 h, so that a year has about 90 independent looks at a unit
    assert drawn.mean() == pytest.approx(1.0, abs=4 * one / np.sqrt(200 * 90 * count))
    assert drawn.std() == pytest.approx(one / np.sqrt(count), rel=0.06)
    assert drawn.min() >= 0
    assert len(np.unique(np.round(drawn * 0.94 * count))) <= count + 1


def test_repairs_last_as_long_as_they_should():
    """Runs of hours down of one unit have a mean of 50 h."""
    generation = np.random.default_rng(4)
    lasted = []
    for _ in range(300):
        down = np.concatenate([[0], (units_up(OUTAGES, 1, generation) == 0).astype(int), [0]])
        begins, ends = np.flatnonzero(np.diff(down) == 1), np.flatnonzero(np.diff(down) == -1)
        lasted += [b - a for a, b in zip(begins, ends) if a > 0 and b < 8760]
    assert np.mean(lasted) == pytest.approx(50.0, rel=0.05)


def test_what_never_fails_is_always_there():
    never = replace(OUTAGES, forced=0.0)
    assert np.all(units_up(never, 3, np.random.default_rng(5)) == 1.0)
