"""A formula that adds what cannot be added is found out."""

from __future__ import annotations

import pytest

from headrace.science.laws import expression as e
from headrace.science.laws.unit_check import Quantity, told, wrong_units

INPUTS = (Quantity("fuel", "USD/MWh"), Quantity("recovery", "1/year"), Quantity("share", "1"))
CAPEX = Quantity("capex", "USD/kW")
fuel, recovery, share = (e.one_input(n) for n in range(3))
over = e.multiplied(fuel, e.power(recovery, -1))


@pytest.mark.parametrize(
    ("law", "wrong"),
    [
        (over, ""),
        (e.scaled(e.multiplied(e.added(fuel, e.number(5)), e.power(recovery, -1)), 8.1), ""),
        (e.added(over, e.number(3)), ""),  # a number that is added has the unit it needs
        (e.multiplied(over, e.function("exp", share)), ""),
        (fuel, "the law is of"),
        (e.added(over, fuel), "is added to"),
        (e.multiplied(over, e.function("log", fuel)), "log of energy^-1 money"),
        (e.multiplied(over, e.function("sqrt", fuel)), "the law is of"),
        (e.number(3), ""),
    ],
)
def test_dimensions_are_followed_to_the_answer(law, wrong):
    found = wrong_units(law, INPUTS, CAPEX)
    assert (wrong in found) if wrong else not found


def test_a_law_is_told_as_one_writes_it():
    law = e.scaled(e.multiplied(e.added(fuel, e.number(5)), e.power(recovery, -2)), -8.1)
    assert told(law, ["fuel", "recovery", "share"]) == "-8.1 (fuel + 5) / recovery^2"
    assert told(e.added(share, fuel, -1.0), ["fuel", "r", "share"]) == "-fuel + share"
