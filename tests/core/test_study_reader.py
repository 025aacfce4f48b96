"""Reading a study: every problem at once, each at its line; nothing a file can hold makes a
traceback.
"""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.study import explain, schema
from headrace.core.study_reader import parse_text, read, study_of
from headrace.plan.run import checked

GOOD = """study: good
horizon: {start: 2027-01, stages: [6 months, 6 months], hours: {blocks: [8760 h]}}
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
    found = problems(
        GOOD.replace("20 USD/kW", "20 USD/kWh")
        .replace("site: here", "site: hree")
        .replace("60 USD/MWh", "60")
    )
    assert any(p.startswith("study.yaml:3:") and "USD/kW" in p for p in found)
    # references are looked at once the parts are sound
    found = problems(GOOD.replace("site: here", "site: hree").replace("60 USD/MWh", "60 USD/MW"))
    assert any("study.yaml:5:" in p and "Did you mean `here`" in p for p in found)
    assert any("study.yaml:5:" in p and "products.power.price" in p for p in found)


def test_a_key_written_twice_is_refused() -> None:
    assert any(
        "written twice" in p and "study.yaml:2:" in p for p in problems("study: a\nstudy: b\n")
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "- a",
        "a: [",
        "a: b: c",
        "\x00",
        "? [1]\n: 2",
        "study: " + "[" * 200,
        "%YAML 9.9\n---\na: 1",
    ],
)
def test_things_that_are_no_study(text: str) -> None:
    assert problems(text)


def test_an_anchor_given_twice_is_told_with_its_place() -> None:
    with pytest.raises(InputError) as told:
        parse_text("study: &a 1\nabout: &a 1\n")
    (found,) = told.value.problems
    assert (found.where.line, found.found) == (2, "the anchor `&a` is given a second time")


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


EMBEDDED = Path(str(files("headrace") / "examples" / "piedmont" / "study.yaml"))
ODD = (
    "300 MW", "1 MWh", "-3 %", "1e400 MW", "nan MW", "inf", ".nan", "~", "true", "[]", "{}", "''",
    "2027-13", "9999999-01", "-1 months",
    "0x1F", "1_000", "1:30", "!!float x", "!!int x", "!!bool x", "!!binary abc",
    "!!python/object:os.system x", "|", "&a 1", "*a",
    "? a", "٣ MW", "１ MW", "1 MW\x85", "1 µW", "1**1 MW", "MW", "1,000 MW", "1e-400 MW", "\ud7ff",
    "<<: {a: 1}", "\x00", "\t", "\ufeff",
)  # fmt: skip
"""What people and machines write where a value should stand."""


def read_or_refused(text: str) -> None:
    """Anything is a study that can be expanded, or refused with a place in its file for every
    problem.
    """
    try:
        checked(text, None)
    except InputError as error:
        assert error.problems
        assert all(problem.where.file == "study.yaml" for problem in error.problems)
        assert all(problem.where.line > 0 or not problem.where.key for problem in error.problems)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(EMBEDDED.read_text())))
def test_the_embedded_study_torn_anywhere(cut: int) -> None:
    read_or_refused(EMBEDDED.read_text()[:cut])


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_the_embedded_study_with_odd_values_and_lost_lines(data: st.DataObject) -> None:
    """One to three changes: a line lost, written twice or moved, or an odd value put for a good
    one.
    """
    lines = EMBEDDED.read_text().split("\n")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(("lose", "repeat", "indent", "value", "value", "value")))
        values = list(re.finditer(r"(?<=: )[^,}\n]+", lines[at]))
        if change == "lose":
            del lines[at]
        elif change == "repeat":
            lines.insert(at, lines[at])
        elif change == "indent":
            lines[at] = " " * data.draw(st.integers(0, 7)) + lines[at].strip()
        elif values:
            put = data.draw(st.sampled_from(values))
            lines[at] = (
                lines[at][: put.start()] + data.draw(st.sampled_from(ODD)) + lines[at][put.end() :]
            )
    read_or_refused("\n".join(lines))


_WORDS = st.sampled_from(
    ("study", "sites", "products", "horizon", "a", "- ", ": ", "\n", "\n  ", "\n    ", "{", "}",
    "[", "]", ", ", "#", "'", '"', "|", ">",
     "!!", "&x ", "*x", "? ", "%", "---\n", "1", "300 MW", "\t", "\x00", "é", "\U0001f600")
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=40).map("".join))
def test_words_of_yaml_in_any_order(text: str) -> None:
    read_or_refused(text)


def test_the_embedded_study_reads() -> None:
    assert len(read(EMBEDDED).products) == 4


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
