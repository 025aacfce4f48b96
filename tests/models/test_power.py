"""Wall power: phases in order, the saturated law on published servers, and the day of a service by
hand.
"""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.models.power import (
    HOT,
    SLOPE,
    decode_intensity,
    fit_saturated,
    phases,
    saturated_power,
)
from headrace.verification.deepseek_day import Day, books
from headrace.verification.models import WALL, wall_power


def test_the_saturated_law_on_published_servers():
    """Eight B200 in MLPerf Inference v5.1 draw 9,436 to 10,442 W in LLM results; the law is within
    3 % of each.
    """
    from headrace.verification.models import share_of_peak

    for row in WALL:
        ours = float(saturated_power(accelerator("b200"), np.array(share_of_peak(*row)))) * 8e3
        assert ours == pytest.approx(row[2], rel=0.03)


def test_the_frozen_law_is_the_fitted_one():
    from headrace.verification.models import share_of_peak

    shares, watts = (
        np.array([share_of_peak(*row) for row in WALL]),
        np.array([row[2] for row in WALL]),
    )
    intercept, slope = fit_saturated(shares, watts)
    assert intercept / 1e4 == pytest.approx(HOT, rel=0.005)
    assert slope / 1e4 == pytest.approx(SLOPE, rel=0.01)


def test_leave_one_out_beats_the_best_constant():
    assert wall_power().distance() < 1.0


def test_phases_are_in_order():
    found = phases(accelerator("h100"), 4, np.array([1.0, 256.0]), np.array([0.2, 0.2]))
    assert 0 < found.sleep <= found.idle < found.decode[0] < found.decode[1] <= found.prefill
    assert found.prefill == pytest.approx(4 * 1200.0)


def test_reading_the_cache_draws_less_than_reading_weights():
    assert (
        decode_intensity(np.array([64.0]), np.array([0.9]))[0]
        < decode_intensity(np.array([64.0]), np.array([0.1]))[0]
    )


def test_a_day_of_a_service_by_hand():
    """608e9 / 86,400 / 73,700 = 95.48 and 168e9 / 86,400 / 14,800 = 131.38 nodes; x 8 x 24 h x 2
    USD = 87,115 USD.
    """
    found = books(Day(608e9, 342e9, 168e9, 73_700, 14_800, 8, 2.0, 0.14, 0.55, 2.19))
    assert found.nodes == pytest.approx(226.86, abs=0.01)
    assert found.cost == pytest.approx(87_115, rel=1e-4)
    assert found.revenue == pytest.approx(342e3 * 0.14 + 266e3 * 0.55 + 168e3 * 2.19)
