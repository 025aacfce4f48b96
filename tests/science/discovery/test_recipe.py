"""Recipes: numbers with units, what goes together, and every way of being written wrong."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.finance.levelised import crf
from headrace.science.discovery.recipe import Varied, number_and_unit, worked_out, written
from headrace.science.discovery.world import TableWorld, table_world

GAS = Varied.read("gas", "3 USD/MMBtu", "12 USD/MMBtu", {"g": ("3 USD/MMBtu", "12 USD/MMBtu")})
RATE = Varied.read("rate", "4 %/a real", "12 %/a real", {"r": ("4 %/a real", "12 %/a real")})
KNOWN = {each.name: each.quantity for each in (GAS, RATE)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("300 MW", (300.0, "MW", "")),
        ("-1.5e3 USD/kW", (-1500.0, "USD/kW", "")),
        ("8 %/a real", (8.0, "%/a", "real")),
        ("4", (4.0, "", "")),
    ],
)
def test_a_quantity_is_its_number_and_unit(text, found):
    assert number_and_unit(text) == found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("cheap", "is not a number with a unit"),
        ("", "is not a number with a unit"),
        ("3 MWx", "MWx"),
        ("1e999 MW", "is no finite number"),
        (".", "is no finite number"),
    ],
)
def test_what_is_none_is_told(text, wanted):
    with pytest.raises(ValueError, match=wanted):
        number_and_unit(text)


def value(told, points=((6.0, 8.0),)):
    recipe = written("x", told, KNOWN)
    return worked_out(np.array(points), (GAS, RATE), (recipe,))[:, 0]


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"product": ["gas", "6 MMBtu/MWh"], "in": "USD/MWh"}, 36.0),
        ({"sum": [{"product": ["gas", "6 MMBtu/MWh"]}, "4 USD/MWh"], "in": "USD/MWh"}, 40.0),
        ({"difference": ["gas", "2 USD/MMBtu"], "in": "USD/MMBtu"}, 4.0),
        ({"ratio": ["gas", "2 USD/MMBtu"]}, 3.0),
        ({"capital_recovery": ["rate", "20 years"], "in": "1/year"}, crf(0.08, 20)),
        ({"product": ["rate", "2 years"], "in": "1"}, 0.16),
    ],
)
def test_recipes_by_hand(told, found):
    """Gas at 6 USD/MMBtu, a rate of 8 % a year."""
    np.testing.assert_allclose(value(told), [found], rtol=1e-12)


def test_an_input_may_name_one_above():
    burnt = written("burnt", {"product": ["gas", "6 MMBtu/MWh"], "in": "USD/MWh"}, KNOWN)
    known = {**KNOWN, "burnt": burnt.quantity}
    twice = written("twice", {"sum": ["burnt", "burnt"], "in": "USD/MWh"}, known)
    found = worked_out(np.array([[6.0, 8.0]]), (GAS, RATE), (burnt, twice))
    np.testing.assert_allclose(found, [[36.0, 72.0]])


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ("coal", "neither varied nor an input above: gas, rate"),
        (True, "is not a name, a number"),
        ({"sum": ["gas"]}, "takes a list of some"),
        ({"ratio": ["gas", "gas", "gas"]}, "takes a list of two"),
        ({"sum": ["gas", "rate"]}, "adds gas"),
        ({"power": ["gas", 2]}, "one of sum, difference, product, ratio, capital_recovery"),
        ({"sum": ["gas", "gas"], "ratio": ["gas", "gas"]}, "is not a name"),
        ({"product": ["gas", "2 h"], "in": "MW"}, "not a power"),
        ({"capital_recovery": ["gas", "20 years"]}, "takes a rate"),
    ],
)
def test_every_way_of_being_wrong(told, wanted):
    with pytest.raises(ValueError, match=wanted):
        written("x", told, KNOWN)


def test_nobody_reads_deeper_than_eight():
    told: object = "gas"
    for _ in range(10):
        told = {"sum": [told, "gas"]}
    with pytest.raises(ValueError, match="nested deeper"):
        written("x", told, KNOWN)


def test_keys_move_in_proportion_and_beyond_their_ends():
    each = Varied.read(
        "share", "20 %", "100 %", {"a": ("60 MW", "300 MW"), "b": ("240 MW", "0 MW")}
    )
    assert each.changes(60.0) == {"a": "180 MW", "b": "120 MW"}
    assert each.changes(120.0) == {"a": "360 MW", "b": "-60 MW"}


@pytest.mark.parametrize(
    ("first", "last", "keys", "wanted"),
    [
        ("3 MW", "3 MW", {}, "is no range"),
        ("3 MW", "4 MWh", {}, "from is in MW, to in MWh"),
        ("3 MW", "4 MW", {"k": ("1 MW", "2 h")}, "`k` moves from MW to h"),
    ],
)
def test_ranges_that_are_none(first, last, keys, wanted):
    with pytest.raises(ValueError, match=wanted):
        Varied.read("x", first, last, keys)


def test_a_table_answers_its_own_rows_and_rows_alike_between_their_ends():
    table = table_world("a,b,cost\n1,2,10\n1,2,12\n3,4,20\n\n", ["a", "b"], "cost", "t.csv")
    told = list(table.ask(np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])))
    assert told[0].intervals == ((10.0, 12.0),)
    assert told[1].intervals == ((20.0, 20.0),)
    assert (told[2].intervals, told[2].why) == ((), "not in the table")
    assert isinstance(table, TableWorld)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", "there is no column `a`"),
        ("a,b,cost\n", "no row"),
        ("a,b,cost\n1,2,dear\n", "t.csv:2"),
        ("a,b,cost\n1,2\n", "t.csv:2"),
        ("a,b,cost\n1,2,inf\n", "t.csv:2"),
        ("a,a,b,cost\n1,1,2,3\n", "there is no column `a`"),
    ],
)
def test_tables_that_are_none(text, wanted):
    with pytest.raises(InputError) as caught:
        table_world(text, ["a", "b"], "cost", "t.csv")
    assert wanted in str(caught.value)
