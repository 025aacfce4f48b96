"""Cost against solar share from hourly weather: the shape of the off-grid white paper at
Greensboro.
"""

import numpy as np

from headrace.energy.solar import SolarDesign, single_axis
from headrace.energy.weather.series import station
from headrace.finance.offgrid_sweep import envelope, sweep


def test_an_inner_minimum_and_the_dearest_share_at_the_end():
    sun = single_axis(station("tmy3:723170"), SolarDesign(dc_ac=1.0))
    points = sweep(100.0, sun, np.arange(0.0, 1401.0, 200.0), np.arange(0.0, 801.0, 200.0))
    line = envelope(points, np.array([0.0, 0.3, 0.6, 0.9]))
    prices = [point.price for point in line]
    assert line[0].solar == 0
    assert min(prices) < prices[0]
    assert min(prices) < prices[-1]
    slopes = np.diff(prices) / np.diff([point.share for point in line])
    assert slopes.argmax() == len(slopes) - 1


def test_more_panels_serve_more():
    sun = single_axis(station("tm2:12839"), SolarDesign(dc_ac=1.0))
    points = sweep(100.0, sun, np.array([100.0, 200.0, 400.0]), np.array([50.0]))
    shares = [point.share for point in points]
    assert shares == sorted(shares)
