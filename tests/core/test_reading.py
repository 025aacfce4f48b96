"""Reading a study: every problem at once, each at its line; nothing a file can hold makes a traceback."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.reading import parse_text, read, study_of
from headrace.core.study import explain, schema

GOOD = """study: good
horizon: {start: 2027-01, stages: [6 months, 6 months], hours: {blocks: [1000 h]}}
technologies: {plant: {capex: 20 USD/kW, variable: 15 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""


def problems(text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        study_of(parse_text(text))
    return [str(problem) for problem in caught.value.problems]


def test_a_good_study_reads() -> None:
    study = study_of(parse_text(GOOD))
    assert study.horizon.stages == [6, 6]
    assert study.sites["here"].build["plant"].use == "plant"


def test_every_problem_at_once_with_its_line() -> None:
    found = problems(GOOD.replace("20 USD/kW", "20 USD/kWh").replace("site: here", "site: hree").replace("60 USD/MWh", "60"))
    assert any(p.startswith("study.yaml:3:") and "USD/kW" in p for p in found)
    # references are looked at once the parts are sound
    found = problems(GOOD.replace("site: here", "site: hree").replace("60 USD/MWh", "60 USD/MW"))
    assert any("study.yaml:5:" in p and "Did you mean `here`" in p for p in found)
    assert any("study.yaml:5:" in p and "products.power.price" in p for p in found)


def test_a_key_written_twice_is_refused() -> None:
    assert any("written twice" in p and "study.yaml:2:" in p for p in problems("study: a\nstudy: b\n"))


@pytest.mark.parametrize(
    "text", ["", "[]", "- a", "a: [", "a: b: c", "\x00", "? [1]\n: 2", "study: " + "[" * 200, "%YAML 9.9\n---\na: 1"]
)
def test_things_that_are_no_study(text: str) -> None:
    assert problems(text)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    try:
        study_of(parse_text(text))
    except InputError as error:
        assert error.problems


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.text(max_size=4), st.integers(0, 12))
def test_a_damaged_study_is_read_or_refused_in_words(where: int, put: str, cut: int) -> None:
    try:
        study_of(parse_text(GOOD[:where] + put + GOOD[where + cut :]))
    except InputError as error:
        assert error.problems


def test_the_embedded_study_reads() -> None:
    study = read(Path(str(files("headrace") / "examples" / "piedmont" / "study.yaml")))
    assert len(study.products) == 4


def test_schema_and_explain_come_from_the_same_declaration() -> None:
    described = schema()["$defs"]["Grid"]["properties"]["limit"]
    assert described["x-unit"] == "MW"
    assert "[MW]" in explain("sites.grid.limit")
    with pytest.raises(InputError, match="grid"):
        explain("sites.grd")


def test_missing_file_names_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "piedmont.yaml").write_text(GOOD)
    with pytest.raises(InputError, match=r"piedmont\.yaml"):
        read(tmp_path / "piedmnt.yaml")
