"""The band holds as often as it says, on errors of any law."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.science.robustness.conformal import conformal_half_width


def test_the_kth_smallest_error_by_hand():
    """Of nine errors, 80 % is the ceil(10 x .8) = 8th."""
    assert conformal_half_width(np.arange(9.0, 0.0, -1.0), 0.8) == 8.0


def test_a_whole_rank_is_not_rounded_up():
    """19 errors at 95 %: 20 x .95 is the 19th, though in binary it is a little more."""
    assert conformal_half_width(np.arange(1.0, 20.0), 0.95) == 19.0


def test_too_few_errors_promise_nothing():
    assert conformal_half_width(np.arange(18.0), 0.95) == math.inf
    assert conformal_half_width(np.zeros(0), 0.5) == math.inf


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(0.05, 0.95))
def test_the_band_holds_its_share_of_the_errors_it_was_made_of(errors, level):
    width = conformal_half_width(np.array(errors), level)
    assert np.mean(np.array(errors) <= width) >= level * (1 - 1e-9)


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=60), st.floats(0.1, 0.9))
def test_a_higher_level_is_never_narrower(errors, level):
    low, high = (conformal_half_width(np.array(errors), part) for part in (level / 2, level))
    assert low <= high


@pytest.mark.parametrize("draw", ["normal", "exponential", "cauchy"])
def test_new_points_are_covered_as_often_as_said(draw):
    """Mean coverage k / (n + 1) = 18 / 20 whatever the errors' law, within four standard errors of
    4,000 draws.
    """
    rng = np.random.default_rng(11)
    errors = np.abs(getattr(rng, f"standard_{draw}")((4000, 20)))
    held = [row[-1] <= conformal_half_width(row[:-1], 0.9) for row in errors]
    assert np.mean(held) == pytest.approx(0.9, abs=4 * math.sqrt(0.09 / 4000))
