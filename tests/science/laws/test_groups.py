"""Dimensionless groups make every formula of them sound in its units."""

from __future__ import annotations

import numpy as np

from headrace.science.laws import expression as e
from headrace.science.laws.groups import cleared, dimensionless, substituted
from headrace.science.laws.unit_check import Quantity, wrong_units

INPUTS = (
    Quantity("burnt", "USD/MWh"),
    Quantity("plant", "USD/MWh"),
    Quantity("recovery", "1/year"),
)
CAPEX = Quantity("capex", "USD/kW")
X = np.random.default_rng(2).uniform(1.0, 2.0, (40, 3))


def test_any_law_of_groups_passes_the_unit_check():
    found = dimensionless(INPUTS, CAPEX, X)
    assert len(found) == 2
    for grouped in found:
        assert len(grouped.groups) == 1
        odd = e.added(e.power(e.added(e.one_input(0), e.number(2)), -1), e.number(0.3))
        law = grouped.law(odd)
        assert not wrong_units(law, INPUTS, CAPEX)
        own = odd(grouped.inputs(X)) * grouped.answer(X)
        np.testing.assert_allclose(law(X), own, rtol=1e-12)


def test_an_input_that_reaches_nothing_is_no_scale():
    values = X.copy()
    values[0, 0] = 0.0
    scales = [grouped.answer.inputs for grouped in dimensionless(INPUTS, CAPEX, values)]
    assert scales == [frozenset({1, 2})]


def test_no_groups_where_dimensions_do_not_make_up_the_answer():
    assert dimensionless(INPUTS[:2], CAPEX, X[:, :2]) == ()
    assert dimensionless(INPUTS, Quantity("share", "1"), X) == ()


def test_fractions_inside_factors_are_cleared():
    ratio = e.multiplied(e.one_input(0), e.power(e.one_input(1), -1))
    law = e.multiplied(e.added(ratio, e.number(2)), e.power(e.added(ratio, e.number(3)), -1))
    short = cleared(law)
    np.testing.assert_allclose(short(X), law(X), rtol=1e-12)
    below = e.added(e.one_input(0), e.one_input(1, 3.0))
    above = e.added(e.one_input(0), e.one_input(1, 2.0))
    assert short == e.multiplied(above, e.power(below, -1))
    same = substituted(law, [e.one_input(n) for n in range(3)])
    assert same == law
