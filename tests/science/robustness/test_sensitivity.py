"""Screening sees what matters, Sobol's indices share variance, bands hold."""

from __future__ import annotations

import math

import numpy as np
import pytest

from headrace.science.robustness.conformal import conformal_half_width
from headrace.science.robustness.sensitivity import (
    elementary_effects,
    morris_design,
    sobol_design,
    sobol_indices,
)

pytest.importorskip("SALib")


def test_effects_of_a_line_are_its_slopes():
    points = morris_design(3, 5, 1)
    effect, spread = elementary_effects(points, points @ np.array([4.0, -2.0, 0.0]))
    np.testing.assert_allclose(effect, [4.0, 2.0, 0.0], atol=1e-9)
    np.testing.assert_allclose(spread, 0.0, atol=1e-9)


def test_a_design_follows_from_its_seed():
    np.testing.assert_array_equal(morris_design(3, 4, 7), morris_design(3, 4, 7))
    assert morris_design(3, 0, 7).shape == (0, 3)


def test_indices_of_a_sum_are_shares_of_its_variance():
    points = sobol_design(2, 1024, 1)
    found = sobol_indices(points @ np.array([3.0, 1.0]), 2)
    np.testing.assert_allclose(found.first, [0.9, 0.1], atol=0.02)
    np.testing.assert_allclose(found.total, [0.9, 0.1], atol=0.02)


def test_a_band_is_the_right_error():
    errors = np.arange(99, 0, -1.0)
    assert conformal_half_width(errors, 0.9) == 90
    assert conformal_half_width(errors, 0.995) == math.inf
