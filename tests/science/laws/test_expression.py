"""Laws keep their value through every change of form."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.science.laws import expression as e
from headrace.science.laws.file import as_json, from_json

X = np.random.default_rng(1).uniform(0.5, 3.0, (50, 3))
A, B, C = X.T
a, b, c = (e.one_input(n) for n in range(3))


def same(law, values):
    np.testing.assert_allclose(law(X), values, rtol=1e-12)


def planted():
    inner = e.added(e.added(a, b), e.number(5))
    return e.scaled(e.multiplied(inner, e.power(c, -1)), 8.147)


def test_algebra_is_that_of_numbers():
    same(e.added(a, b, -2.0), A - 2 * B)
    same(e.multiplied(e.added(a, b), e.added(a, c, -1.0)), (A + B) * (A - C))
    same(e.power(e.added(a, b), -2), 1 / (A + B) ** 2)
    same(e.function("log", e.scaled(a, 3.0)), np.log(3 * A))
    same(planted(), 8.147 * (A + B + 5) / C)


def test_like_terms_and_like_factors_are_one():
    assert e.added(a, a) == e.scaled(a, 2.0)
    assert e.multiplied(a, e.power(a, -1)) == e.number(1.0)
    assert e.added(a, a, -1.0) == e.number(0.0)


def test_one_form_however_it_was_made():
    apart = e.multiplied(e.scaled(e.added(e.added(b, e.number(5)), a), 16.294), e.number(0.5))
    assert e.multiplied(apart, e.power(c, -1)) == planted()


def test_length_counts_inputs_numbers_and_operators():
    assert planted().length == 9  # 8.147 * (x0 + x1 + 5) / x2
    assert e.number(3).length == 1
    assert e.power(a, -1).length == 3  # 1 / x0
    assert e.power(a, 2).length == 3


def test_numbers_can_be_read_and_written():
    law = planted()
    assert e.parameters(law) == (8.147, 1.0, 5.0)
    same(e.with_parameters(law, (2.0, 3.0, 4.0)), 2 * (A + 3 * B + 4) / C)
    same(e.rebuilt(e.with_parameters(law, (2.0, 0.0, 4.0))), 2 * (A + 4) / C)


def test_multiplying_out_keeps_the_value():
    law = e.multiplied(planted(), e.added(a, e.number(1)))
    same(e.distributed(law), law(X))
    assert e.distributed(law) != law


def test_a_law_survives_json_to_the_last_bit():
    law = e.multiplied(planted(), e.function("exp", e.added(a, e.number(-0.1))))
    assert from_json(as_json(law)) == law
    with pytest.raises(ValueError, match="no law"):
        from_json({"constant": 1.0, "terms": [[1.0, [[{"shell": 1}, 1]]]]})


def test_a_division_by_nothing_is_endless_not_an_error():
    law = e.power(e.added(a, e.number(-1)), -1)
    assert not np.isfinite(law(np.array([[1.0, 0.0, 0.0]])))[0]
