"""Whatever is done to the form of a law, its values stay: on random formulas beside numpy."""

from __future__ import annotations

import ast

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.builders.random_laws import COUNT, POINTS, Formula, formulas

from headrace.science.laws import expression as e
from headrace.science.laws.file import as_json, from_json
from headrace.science.laws.groups import cleared, substituted
from headrace.science.laws.unit_check import told

NAMES = [f"x{n}" for n in range(COUNT)]
SPACE = {name: POINTS[:, n] for n, name in enumerate(NAMES)} | {"exp": np.exp}


def same(law: e.LawSum, values: np.ndarray, *, rtol: float = 1e-7) -> None:
    np.testing.assert_allclose(law(POINTS), values, rtol=rtol, atol=1e-9)


@given(formulas)
def test_a_law_stands_for_what_numpy_makes_of_the_formula(one: Formula):
    same(one.law, one.values)
    same(one.law, eval(one.text, {}, SPACE) + 0.0 * POINTS[:, 0])


@given(formulas)
def test_every_change_of_form_keeps_the_values(one: Formula):
    for changed in (
        e.rebuilt(one.law),
        e.distributed(one.law),
        substituted(one.law, [e.one_input(n) for n in range(COUNT)]),
        from_json(as_json(one.law)),
    ):
        same(changed, one.values)


@given(formulas)
def test_clearing_fractions_keeps_the_values(one: Formula):
    try:
        short = cleared(one.law)
    except ZeroDivisionError:  # two terms of a factor took each other away
        assume(False)
    same(short, one.values, rtol=1e-6)


@given(formulas)
def test_one_form_stays_as_it_is(one: Formula):
    assert e.rebuilt(e.rebuilt(one.law)) == e.rebuilt(one.law)


@given(formulas)
def test_json_keeps_every_bit(one: Formula):
    assert from_json(as_json(one.law)) == one.law


@given(formulas)
def test_numbers_are_written_where_they_were_read(one: Formula):
    numbers = e.parameters(one.law)
    assert e.with_parameters(one.law, numbers) == one.law
    moved = tuple(c + 0.125 for c in numbers)
    assert e.parameters(e.with_parameters(one.law, moved)) == moved


@given(formulas)
def test_a_law_speaks_of_the_inputs_that_move_it(one: Formula):
    for n in set(range(COUNT)) - set(one.law.inputs):
        moved = POINTS.copy()
        moved[:, n] *= 1.5
        np.testing.assert_array_equal(one.law(moved), one.law(POINTS))


@given(formulas)
def test_a_law_as_it_is_told_is_that_law(one: Formula):
    """What is printed, read by Python's own grammar: a blank is a product."""
    text = told(one.law, NAMES, digits=17)
    written = []
    for place, sign in enumerate(text):
        before, after = text[:place].rstrip(), text[place + 1 :].lstrip()
        joins = sign == " " and before[-1:] not in "+-/*(" and after[:1] not in "+-/*"
        written.append(" * " if joins and after else sign)
    read = eval(ast.unparse(ast.parse("".join(written).replace("^", "**"))), {}, SPACE)
    np.testing.assert_allclose(read + 0.0 * POINTS[:, 0], one.law(POINTS), rtol=1e-9, atol=1e-9)


@given(formulas, formulas)
def test_sums_and_products_may_be_turned_round(one: Formula, other: Formula):
    same(e.added(one.law, other.law), e.added(other.law, one.law)(POINTS))
    same(e.multiplied(one.law, other.law), e.multiplied(other.law, one.law)(POINTS))
    assert e.added(one.law, one.law, -1.0) == e.number(0.0)


@given(formulas, formulas)
def test_a_sum_is_no_longer_than_its_parts(one: Formula, other: Formula):
    whole = e.added(one.law, other.law)
    assert whole.length <= one.law.length + other.law.length + 1


@given(formulas)
@settings(max_examples=30)
def test_a_law_that_is_no_law_is_refused(one: Formula):
    plain = as_json(one.law)
    for broken in ({}, [], None, {"constant": 1.0}, {**plain, "terms": [[1.0, [["x", 1]]]]}):
        with pytest.raises(ValueError, match="no law"):
            from_json(broken)


@given(st.integers(0, COUNT - 1), st.integers(-3, 3).filter(bool), st.integers(-3, 3).filter(bool))
def test_powers_add_up(n: int, p: int, q: int):
    x = e.one_input(n)
    both = e.multiplied(e.power(x, p), e.power(x, q))
    assert both == (e.power(x, p + q) if p + q else e.number(1.0))
    assert e.power(e.power(x, p), q) == e.power(x, p * q)


def test_nothing_to_a_negative_power_is_an_error():
    with pytest.raises(ZeroDivisionError):
        e.power(e.number(0.0), -1)


def test_what_stands_below_is_in_brackets():
    x, y, z = (e.one_input(n) for n in range(COUNT))
    law = e.multiplied(e.scaled(x, 2.0), e.power(e.multiplied(y, e.power(z, 2)), -1))
    assert told(law, NAMES) == "2 x0 / (x1 x2^2)"
    assert told(e.power(x, -1), NAMES) == "1 / x0"


def test_a_fraction_with_a_square_below_is_cleared():
    """(x0 / x1^2 + 3) x2 = (x0 + 3 x1^2) x2 / x1^2."""
    x, y, z = (e.one_input(n) for n in range(COUNT))
    inner = e.added(e.multiplied(x, e.power(y, -2)), e.number(3.0))
    short = cleared(e.multiplied(inner, z))
    above = e.added(x, e.scaled(e.power(y, 2), 3.0))
    assert short == e.multiplied(e.multiplied(above, z), e.power(y, -2))
