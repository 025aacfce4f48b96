"""Numbers, paths and columns of tables, read from one key."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.core.units import UnitError
from headrace.core.varying import (
    DatedPath,
    SeriesFile,
    one_number,
    read_series_file,
    read_varying,
    series_file,
    told,
)


def test_the_three_forms() -> None:
    assert read_varying("62 USD/MWh", "USD/MWh") == 62
    path = read_varying({"2030-07": "70 USD/MWh", "2027": "a.csv#x"}, "USD/MWh")
    assert path == DatedPath(((2027 * 12, SeriesFile("a.csv", "x")), (2030 * 12 + 6, 70.0)))
    assert str(path) == "{2027-01: a.csv#x, 2030-07: 70.0}"
    assert read_varying("in/a.parquet#x#2021", "1") == SeriesFile("in/a.parquet", "x", "2021")
    assert read_varying(path, "USD/MWh") is path


@pytest.mark.parametrize("text", ["a.csv", "A.CSV#x y", "a.tsv#x", "a.pq#x#2020"])
def test_a_table_is_known_by_its_ending(text: str) -> None:
    found = series_file(text)
    assert found is not None
    assert str(found) == text


@pytest.mark.parametrize("text", ["flat", "3 MW", "a.csvx", "", "weather.epw#2019"])
def test_other_texts_name_no_table(text: str) -> None:
    assert series_file(text) is None


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "a path of 0 dates"),
        ({"2027": "1 USD/MWh", "2027-01": "2 USD/MWh"}, "written twice"),
        ({"next year": "1 USD/MWh"}, "not a month"),
        ([1, 2], "is not a number with a unit"),
        (None, "is not a number with a unit"),
        ("62 MWh", "this field is a price of energy"),
        ("-1 USD/MWh", "below 0 USD/MWh"),
    ],
)
def test_what_is_none_of_them(written: object, words: str) -> None:
    with pytest.raises((ValueError, UnitError), match=words):
        read_varying(written, "USD/MWh", 0.0)


def test_where_one_number_is_wanted() -> None:
    assert one_number(3.0, "carbon") == 3
    with pytest.raises(InputError, match="carbon: moves over time"):
        one_number(SeriesFile("a.csv"), "carbon")
    with pytest.raises(ValueError, match="`3` is no column"):
        read_series_file("3")


def test_in_words() -> None:
    assert told(3.0, "USD/t") == "3 USD/t"
    assert told(SeriesFile("a.csv", "x"), "USD/t") == "a.csv#x"
