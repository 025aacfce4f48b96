"""A planted box is found, told in words, and luck is not."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.science.robustness.prim import at_least, boxes, chosen, pasted, sentence

CASES = np.random.default_rng(4).uniform(0, 1, (1000, 4))
INSIDE = (CASES[:, 0] > 0.6) & (CASES[:, 2] < 0.5)


def found(interest, density=0.99):
    return pasted(chosen(boxes(CASES, interest), density=density), CASES, interest)


def test_a_planted_box_is_found():
    box = found(INSIDE)
    assert box.limited == (0, 2)
    assert box.low[0] == pytest.approx(0.6, abs=0.02)
    assert box.high[2] == pytest.approx(0.5, abs=0.02)
    assert box.density > 0.97
    assert box.coverage > 0.97
    assert np.all(box.chance[[0, 2]] < 1e-6)


def test_the_trajectory_trades_coverage_for_density():
    trajectory = boxes(CASES, INSIDE)
    assert trajectory[0].coverage == 1.0
    assert trajectory[0].density == pytest.approx(np.mean(INSIDE))
    assert all(a.mass > b.mass for a, b in pairwise(trajectory))
    assert trajectory[-1].density > trajectory[0].density


def test_a_box_is_told_with_names_and_units():
    words = sentence(
        found(INSIDE), ["gas", "x", "rate", "y"], ["USD/MMBtu", "1", "%/a", "1"], "bad"
    )
    assert words.startswith("Where gas is at least 0.")
    assert "USD/MMBtu and rate is at most 0." in words
    assert "of cases are bad; that holds" in words


def test_limits_by_luck_are_taken_back():
    luck = np.random.default_rng(5).uniform(size=1000) < 0.3
    box = found(luck, density=0.35)
    assert all(box.chance[n] <= 0.05 for n in box.limited)


def test_the_binomial_tail_is_right():
    assert at_least(8, 10, 0.5) == pytest.approx(56 / 1024)
    assert at_least(0, 10, 0.5) == 1.0
    assert at_least(10, 10, 1.0) == 1.0


@pytest.mark.parametrize("interest", [np.zeros(1000, bool), np.ones(1000, bool)])
def test_cases_of_one_kind_are_refused(interest):
    with pytest.raises(InputError, match="all cases or none"):
        boxes(CASES, interest)


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(InputError, match="not finite"):
        boxes(np.where(CASES > 0.99, np.nan, CASES), INSIDE)
