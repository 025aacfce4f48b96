"""Cells of text to numbers, without a traceback."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.weather.readers.cells import column, missing_column, number, split, whole


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_none(text):
    found = number(text)
    assert math.isnan(found) or abs(found) < 1e12


@given(st.floats(-1e11, 1e11))
def test_a_number_is_read_as_it_is(value):
    assert number(f" {value!r} ") == value


@pytest.mark.parametrize("text", ["", "n/a", "inf", "-inf", "1e300", "nan"])
def test_what_is_no_number_is_nan(text):
    assert math.isnan(number(text))


def test_short_rows_and_codes_for_missing_are_nan():
    rows = [["1", "2"], ["3"], ["4", "-9999"], ["5", "6"]]
    found = column(rows, 1, missing=(-9999.0,))
    assert np.isnan(found).tolist() == [False, True, True, False]
    assert found[[0, 3]].tolist() == [2.0, 6.0]


def test_whole_numbers_of_a_calendar():
    assert whole(np.array([1.0, np.nan, 12.0])).tolist() == [1, -1, 12]
    assert np.isnan(missing_column(range(3))).all()


def test_blank_lines_are_dropped_and_broken_quotes_named():
    assert split(["a,b", "", " , ", "c,d"], "x.csv") == [["a", "b"], ["c", "d"]]
    with pytest.raises(InputError, match="comma-separated"):
        split(["a" * 200_000], "x.csv")
