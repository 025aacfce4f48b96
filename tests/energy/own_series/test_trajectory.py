"""What holds from month to month, and in the hours of a node."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.energy.own_series.trajectory import MONTH_OF_HOUR, Trajectory

JANUARY = 2027 * 12
PATH = Trajectory(((JANUARY, 10.0), (JANUARY + 6, 30.0), (JANUARY + 12, 50.0)))


def test_a_number_stays_a_number() -> None:
    assert Trajectory(((-np.inf, 4.0),)).over(JANUARY, 24) == 4.0
    assert Trajectory(((-np.inf, 4.0),)).constant == 4.0
    assert PATH.constant is None


def test_each_month_of_a_year_has_its_own() -> None:
    hours = PATH.over(JANUARY, 12)
    assert set(hours[MONTH_OF_HOUR < 6]) == {10.0}
    assert set(hours[MONTH_OF_HOUR >= 6]) == {30.0}


def test_the_first_holds_before_its_date_and_the_last_for_ever() -> None:
    assert PATH.over(JANUARY - 24, 12) == 10.0
    assert PATH.over(JANUARY + 120, 12) == 50.0


def test_a_longer_span_is_worth_the_mean_of_its_months_of_one_name() -> None:
    hours = PATH.over(JANUARY, 24)
    assert hours[0] == pytest.approx((10 + 50) / 2)
    assert hours[-1] == pytest.approx((30 + 50) / 2)
    assert PATH.mean_over(JANUARY, 24) == pytest.approx((10 + 30) / 4 + 50 / 2)


def test_hours_and_steps_mix() -> None:
    year = np.arange(8760.0)
    trajectory = Trajectory(((JANUARY, 0.0), (JANUARY + 12, year)))
    assert trajectory.over(JANUARY + 12, 12) is year
    assert trajectory.over(JANUARY, 24)[8759] == pytest.approx(8759 / 2)
