"""Own least squares, elimination and sizes beside numpy's and scipy's, on random problems."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares
from tests.builders.random_laws import POINTS, Formula, formulas

from headrace.science.laws import expression as e
from headrace.science.laws.fit import (
    HOPELESS,
    damped_least_squares,
    eliminated,
    fitted,
    forms,
    relative_errors,
    sizes,
)


@given(st.integers(1, 6), st.integers(0, 10**6))
def test_elimination_is_numpys_solution(count, seed):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(count, count))
    matrix, right = root @ root.T + np.eye(count), rng.normal(size=count)
    np.testing.assert_allclose(eliminated(matrix, right), np.linalg.solve(matrix, right), rtol=1e-7)


@pytest.mark.parametrize("seed", range(10))
def test_damped_least_squares_end_where_scipys_do(seed):
    """A growth curve with noise: the same least sum of squares, from the same start."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0.0, 2.0, 30)
    y = 2.0 * np.exp(0.7 * x) + 1.0 + rng.normal(0.0, 0.1, 30)

    def residuals(p):
        return p[0] * np.exp(p[1] * x) + p[2] - y

    start = np.array([1.0, 0.3, 0.0])
    ours, theirs = damped_least_squares(residuals, start), least_squares(residuals, start)
    assert np.sum(residuals(ours) ** 2) == pytest.approx(2 * theirs.cost, rel=1e-6)


def test_what_cannot_be_better_stays():
    start = np.array([2.0])
    assert damped_least_squares(lambda p: np.array([0.0 * p[0] + 1.0]), start) is start


def squares(law: e.LawSum, answers: np.ndarray) -> float:
    return float(np.sum(np.minimum(relative_errors(law, POINTS, answers), 1e6) ** 2))


@given(formulas, st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_a_fit_is_never_worse_than_what_it_began_with(one: Formula, seed: int):
    noise = np.random.default_rng(seed).normal(1.0, 0.05, len(POINTS))
    answers = one.values * noise
    assert squares(fitted(one.law, POINTS, answers), answers) <= squares(one.law, answers) + 1e-9


@given(formulas)
@settings(max_examples=25, deadline=None)
def test_forms_become_shorter_and_stay_near(one: Formula):
    found = forms(one.law, POINTS, one.values)
    for law in found:
        assert law.length <= e.distributed(one.law).length or law.length <= one.law.length
        assert np.max(relative_errors(law, POINTS, one.values)) < HOPELESS * 4


def test_ones_stay_ones():
    """x0 - x1 has no number to fit; 3 x0 - x1 has one."""
    x, y = e.one_input(0), e.one_input(1)
    answers = 2.5 * POINTS[:, 0] - POINTS[:, 1]
    free = e.added(x, y, -1.0)
    assert fitted(free, POINTS, answers) == free
    found = fitted(e.added(e.scaled(x, 3.0), y, -1.0), POINTS, answers)
    np.testing.assert_allclose(found(POINTS), answers, rtol=1e-9)


def test_answers_of_nothing_have_a_size():
    np.testing.assert_array_equal(sizes(np.zeros(3)), np.ones(3))
    np.testing.assert_array_equal(sizes(np.zeros(0)), np.zeros(0))
    np.testing.assert_allclose(sizes(np.array([-4.0, 0.1, 2.0])), [4.0, 0.2, 2.0])


def test_a_law_without_a_value_is_endlessly_wrong():
    law = e.power(e.added(e.one_input(0), e.number(-float(POINTS[0, 0]))), -1)
    errors = relative_errors(law, POINTS, np.ones(len(POINTS)))
    assert errors[0] == np.inf
    assert np.isfinite(errors[1:]).all()
