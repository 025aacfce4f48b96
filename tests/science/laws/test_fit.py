"""Numbers are fitted to relative errors, and shorter forms are found."""

from __future__ import annotations

import numpy as np

from headrace.science.laws import expression as e
from headrace.science.laws.fit import eliminated, fitted, forms, relative_errors

X = np.random.default_rng(3).uniform(1.0, 4.0, (60, 2))
Y = 8.0 * (X[:, 0] + X[:, 1] + 5.0) / X[:, 1]
top = e.added(e.added(e.one_input(0), e.one_input(1)), e.number(3.0))
START = e.scaled(e.multiplied(top, e.power(e.one_input(1), -1)), 7.0)


def test_a_fit_finds_the_numbers():
    law = fitted(START, X, Y)
    assert np.max(relative_errors(law, X, Y)) < 1e-9
    np.testing.assert_allclose(e.parameters(law), (8.0, 1.0, 5.0), rtol=1e-6)


def test_a_fit_is_the_same_to_the_last_bit_wherever_memory_lies():
    moved = np.empty((61, 2))[1:]
    moved[:] = X
    assert fitted(START, moved, Y.copy()) == fitted(START, X, Y)


def test_what_is_not_needed_is_left_out():
    long = e.added(START, e.scaled(e.power(e.one_input(0), 2), 1e-3))
    shortest = min(forms(long, X, Y), key=lambda law: law.length)
    assert shortest.length < long.length
    kept = [law for law in forms(long, X, Y) if np.max(relative_errors(law, X, Y)) < 1e-6]
    assert min(law.length for law in kept) == 9


def test_elimination_solves():
    matrix = np.array([[4.0, 1.0], [1.0, 3.0]])
    np.testing.assert_allclose(eliminated(matrix, matrix @ np.array([2.0, -1.0])), [2.0, -1.0])


def test_errors_are_relative_with_a_floor():
    answers = np.array([100.0, 1.0])
    law = e.number(10.0)
    np.testing.assert_allclose(relative_errors(law, X[:2], answers), [0.9, 9 / 5.05])
