"""The schema for editors: it accepts what the reader accepts, and refuses a wrong unit."""

from __future__ import annotations

import copy
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core import units
from headrace.core.study_reader import parse_text
from headrace.core.units import UnitError
from headrace.show import examples
from headrace.show.editor_schema import pattern, schema

jsonschema = pytest.importorskip("jsonschema_rs", reason="comes with schemathesis")
SCHEMA = schema()
EXAMPLES = {one.name: parse_text(one.study.read_text()).data for one in examples.every()}


def errors(data: object) -> list[str]:
    found = jsonschema.validator_for(SCHEMA).iter_errors(data)
    return [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in found]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_accepted(name: str) -> None:
    assert errors(EXAMPLES[name]) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("sites", "greensboro", "grid", "limit"), "300 MWh"),
        (("sites", "greensboro", "grid", "limit"), "300"),
        (("horizon", "stages", 0), "6 MW"),
        (("sites", "greensboro", "grid", "limt"), "300 MW"),
        (("horizon", "hours"), "some"),
        (("products", "agents", "deadline"), "4 MW"),
    ],
)
def test_a_wrong_unit_or_key_is_refused(path: tuple[str | int, ...], value: str) -> None:
    data = copy.deepcopy(EXAMPLES["piedmont"])
    here = data
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    (said,) = errors(data)
    assert said.startswith("/".join(map(str, path[:-1])))


def test_catalogue_keys_complete_and_a_name_of_ones_own_stays_allowed() -> None:
    use = SCHEMA["$defs"]["Build"]["properties"]["use"]["anyOf"]
    assert "solar.single_axis" in use[0]["enum"]
    assert {"type": "string"} in use
    assert "b200" in SCHEMA["$defs"]["Chip"]["properties"]["use"]["anyOf"][0]["enum"]
    assert "flat" in SCHEMA["$defs"]["Product"]["properties"]["shape"]["anyOf"][0]["enum"]


def test_it_names_itself_and_its_draft_and_defaults_are_written_as_in_a_study() -> None:
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    assert SCHEMA["$id"].startswith("urn:")
    grid = SCHEMA["$defs"]["Grid"]["properties"]
    assert grid["stands"]["default"] == "0 MW"


SYMBOLS = ["MW", "MWh", "month", "USD/kW", "USD/kW-month", "USD/MWh", "1", "1/year", "MMBtu/MWh"]
SYMBOLS += ["USD/accelerator-h", "kg/MMBtu", "s", "USD"]


ODD = ({"1"}, {"1", "MMBtu/MWh"}, {"USD/kW-month", "USD/MWh"})
"""Pairs of one dimension that nobody writes for one another; the reader takes or refuses them."""


@given(st.sampled_from(SYMBOLS), st.sampled_from(SYMBOLS), st.floats(0.001, 1e6))
def test_the_pattern_agrees_with_the_reader(wanted: str, written: str, value: float) -> None:
    text = f"{value:.6g} {written}"
    try:
        units.parse(text, wanted)
    except UnitError:
        read = False
    else:
        read = True
    matched = re.match(pattern(wanted, bare=wanted == "1"), text) is not None
    if {wanted, written} not in ODD:
        assert matched == read


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        ("MW", "0.3 GW"),
        ("month", "18 months"),
        ("1", "1/3"),
        ("1", "99.9 %"),
        ("1/year", "8 %/a"),
        ("USD/kW-month", "14 USD/kW-month"),
        ("s", "40 ms"),
        ("USD/kW", "1.2 MUSD/MW"),
    ],
)
def test_people_s_spellings_are_accepted(unit: str, text: str) -> None:
    assert re.match(pattern(unit, bare=unit == "1"), text)
    units.parse(text, unit)
