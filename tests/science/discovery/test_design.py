"""Where a question is asked: evenly, in corners, between plans that tie, near the worst, beyond."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.science.discovery import design
from headrace.science.discovery.recipe import Varied

GAS = Varied.read("gas", "3 USD/MMBtu", "12 USD/MMBtu", {"g": ("3 USD/MMBtu", "12 USD/MMBtu")})
HEAT = Varied.read("heat", "-10 degC", "30 degC", {"h": ("-10 degC", "30 degC")})


def test_the_cube_and_own_units_are_one_line():
    points = design.scaled_to((GAS, HEAT), np.array([[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]]))
    np.testing.assert_allclose(points, [[3, -10], [7.5, 0], [12, 30]])
    np.testing.assert_allclose(design.in_cube((GAS, HEAT), points)[1], [0.5, 0.25])


@pytest.mark.parametrize("count", [1, 5, 64])
def test_points_are_even_and_follow_from_the_seed(count):
    """Of a power of two of Sobol points, each half of each input holds as many."""
    one, again, other = (design.evenly(3, count, seed) for seed in (1, 1, 2))
    assert one.shape == (count, 3)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    if count == 64:
        assert np.all(np.sum(one < 0.5, axis=0) == 32)


@pytest.mark.parametrize("dimension", [1, 3, 5])
def test_all_corners_of_a_small_cube_and_its_middle(dimension):
    found = design.corners(dimension)
    assert len(found) == 2**dimension + 1
    assert len(np.unique(found, axis=0)) == len(found)
    assert found[-1].tolist() == [0.5] * dimension


@pytest.mark.parametrize("dimension", [6, 7, 8])
def test_of_many_corners_every_input_meets_both_ends(dimension):
    """32 corners of 64, 128 or 256: each input at each end in at least a quarter of them."""
    found = design.corners(dimension)[:-1]
    assert len(np.unique(found, axis=0)) == 32
    assert np.all(np.sum(found, axis=0) >= 8)
    assert np.all(np.sum(found, axis=0) <= 24)


def test_points_are_sought_where_plans_of_two_kinds_are_equally_near():
    """Left of the middle one thing is ordered, right of it another: new points lie in between, and
    not on each other.
    """
    known = design.evenly(2, 64, 0)
    plans = [("a",) if x < 0.5 else ("b",) for x in known[:, 0]]
    found = design.where_plans_tie(known, plans, 8, 1)
    assert found.shape == (8, 2)
    off = np.abs(found[:, 0] - 0.5)  # a quarter on average where points are anywhere
    assert off.max() < 0.2
    assert np.median(off) < 0.1
    apart = np.linalg.norm(found[:, None] - found[None], axis=2) + np.eye(8)
    assert apart.min() > 0.02
    assert design.where_plans_tie(known, plans, 0, 1).shape == (0, 2)


def test_where_all_plans_are_alike_points_lie_far_from_what_is_known():
    known = np.array([[0.1, 0.1], [0.2, 0.1], [0.1, 0.2]])
    found = design.where_plans_tie(known, [("a",)] * 3, 3, 1)
    assert np.all(np.linalg.norm(found - 0.1, axis=1) > 0.6)


def test_beyond_the_box_is_outside_of_it_and_not_below_zero():
    """A quarter of each range further out: gas from 0.75 to 14.25, heat from -20 to 40."""
    found = design.beyond((GAS, HEAT), 0.25, 200, 3)
    assert found.shape == (200, 2)
    assert found[:, 0].min() >= 0.75
    assert found[:, 0].max() <= 14.25
    assert found[:, 1].min() < -10  # a range that begins below 0 may go further below
    inside = (found[:, 0] >= 3) & (found[:, 0] <= 12) & (found[:, 1] >= -10) & (found[:, 1] <= 30)
    assert not inside.any()
    wide = Varied.read("x", "1 MW", "9 MW", {"x": ("1 MW", "9 MW")})
    assert design.beyond((wide,), 1.0, 50, 3).min() >= 0.0
    assert len(design.beyond((GAS,), 0.0, 50, 3)) == 0


def test_steps_begin_at_the_four_worst_and_stay_in_the_cube():
    known = np.linspace(0, 1, 11)[:, None]
    errors = np.zeros(11)
    errors[[2, 5, 9, 10]] = [1.0, 2.0, 3.0, 4.0]
    found = design.worst_neighbours(known, errors, 8, np.random.default_rng(0), 1e-6)
    np.testing.assert_allclose(found[:, 0], [1.0, 0.9, 0.5, 0.2] * 2, atol=1e-5)
    far = design.worst_neighbours(known, errors, 200, np.random.default_rng(0), 5.0)
    assert (far.min(), far.max()) == (0.0, 1.0)
