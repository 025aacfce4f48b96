"""Levels of detail: means and extremes by hand, and what is sent comes back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import toy_plan

from headrace.core.hourly_store import FlowSeries, NodeHours
from headrace.show.format import downsample

NODE = toy_plan.tree()[0]
HOURS = toy_plan.hours(NODE)


def test_a_day_is_its_mean_and_keeps_its_extremes():
    """48 hours: 0..23 then all 10.

    Means 11.5 and 10; the highest hour of day one is 23 though its mean is 11.5.
    """
    values = np.concatenate([np.arange(24.0), np.full(24, 10.0)])
    hourly = NodeHours(
        0,
        np.ones(48),
        (
            FlowSeries("a", "electricity", "pv", "MWh", values),
            FlowSeries("a", "electricity", "load", "MWh", -values),
        ),
    )
    told = downsample.level(hourly, downsample.buses(hourly)[0], downsample.DAY)
    assert told.items == ("pv", "load")
    np.testing.assert_allclose(told.means, [[11.5, 10], [-11.5, -10]])
    np.testing.assert_allclose((told.low, told.high), [[0, 10], [23, 10]])


def test_a_last_slot_that_is_not_full_is_the_mean_of_what_is_there():
    hourly = NodeHours(
        0, np.ones(25), (FlowSeries("a", "electricity", "pv", "MWh", np.append(np.zeros(24), 6.0)),)
    )
    assert downsample.level(hourly, downsample.buses(hourly)[0], 24).means.tolist() == [[0.0, 6.0]]


@pytest.mark.parametrize("step", downsample.STEPS)
def test_levels_conserve_energy(step):
    """The mean of a level over its slots is the mean of the hours: 8,760 are whole days."""
    bus = downsample.buses(HOURS)[0]
    told = downsample.level(HOURS, bus, step)
    for item, means in zip(told.items, told.means):
        whole = next(
            s.values for s in HOURS.series if (s.site, s.bus, s.item) == (bus.site, bus.name, item)
        )
        assert means.mean() == pytest.approx(whole.mean(), rel=1e-9)


@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=5, max_size=5), min_size=1, max_size=4))
@settings(max_examples=100, deadline=None)
def test_what_is_sent_comes_back(rows):
    means = np.array(rows)
    level = downsample.Level(
        downsample.StoredBus("a", "b", "MW"),
        24,
        tuple(map(str, range(len(rows)))),
        means,
        means[0],
        means[0],
    )
    back = downsample.decode(downsample.encode(level))
    for put, got in zip(np.vstack([means, means[:1], means[:1]]), back):
        np.testing.assert_allclose(
            got, put, atol=max(np.abs(put).max(), 1e-12) / downsample.RESOLUTION * 0.51
        )


def test_no_level_draws_a_year_of_hours():
    """What a picture holds at once: a year by days, 120 days by 6 hours, 28 days by hours."""
    assert 8760 / downsample.DAY <= 672
    assert 120 * 24 / downsample.QUARTER <= 672
    assert 28 * 24 / downsample.HOUR <= 672


def test_representative_hours_are_not_dated():
    assert downsample.dated(HOURS)
    assert not downsample.dated(NodeHours(0, np.array([52.0, 1.0]), ()))
