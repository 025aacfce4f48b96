"""A study's data written as YAML says the same when it is read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text
from headrace.core.study_text import anchored, leaves, yaml_of
from headrace.show import examples

WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
SCALARS = st.one_of(
    WORDS,
    st.booleans(),
    st.integers(-(10**9), 10**9),
    st.floats(-1e12, 1e12, allow_nan=False),
    st.sampled_from(["2027-01", "8 %/a real", "4e26 FLOP/a", "yes", "null", "1e3", "10/5h", "~"]),
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("example", examples.every(), ids=lambda example: example.name)
def test_every_example_survives(example):
    data = parse_text(example.study.read_text(encoding="utf-8")).data
    assert parse_text(yaml_of(data, "study.yaml")).data == data


@given(st.dictionaries(WORDS, DATA, min_size=1, max_size=3))
def test_what_is_written_is_what_is_read_or_it_is_refused(data):
    try:
        text = yaml_of(data, "study.yaml")
    except InputError:
        return
    assert parse_text(text).data == data


def test_keys_keep_their_order_and_nothing_is_an_alias():
    shared = ["12 months"]
    text = yaml_of({"z": shared, "a": shared}, "study.yaml")
    assert text.index("z:") < text.index("a:")
    assert "*" not in text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), b"x", {"a": {1, 2}}])
def test_what_no_study_holds_is_refused_at_its_key(value):
    with pytest.raises(InputError, match="horizon"):
        yaml_of({"horizon": value}, "study.yaml")


def test_a_weather_file_is_named_by_its_full_path_and_a_station_is_not(tmp_path):
    (tmp_path / "roof.csv").write_text("x", encoding="utf-8")
    written = {
        "sites": {
            "a": {"weather": "roof.csv#2025", "build": {}},
            "b": {"weather": "tmy3:723170"},
            "c": {},
        }
    }
    sites = anchored(written, tmp_path)["sites"]
    assert sites["a"] == {"weather": f"{tmp_path.resolve() / 'roof.csv'}#2025", "build": {}}
    assert sites["b"] == {"weather": "tmy3:723170"}
    assert written["sites"]["a"]["weather"] == "roof.csv#2025"
    assert anchored({"sites": {"b": {}}}, tmp_path) == {"sites": {"b": {}}}
    assert anchored({}, tmp_path) == {}


def test_leaves_are_every_value_with_the_way_to_it():
    data = {"a": [1, {"b": 2}], "c": {}, "d": None}
    assert dict(leaves(data)) == {("a", 0): 1, ("a", 1, "b"): 2, ("c",): {}, ("d",): None}
