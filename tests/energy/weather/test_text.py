"""Bytes to lines, whatever a spreadsheet made of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.energy.weather.readers.text import comma_separated, decode


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_unicode_is_the_same_text(code):
    text = "LOCATION,Zürich,-,CHE,IWEC\r\n1,2,3\r\n"
    assert decode(text.encode(code)) == text


def test_letters_of_windows_are_read():
    assert decode("Orléans,1".encode("cp1252")) == "Orléans,1"


@given(st.binary(max_size=300))
def test_any_bytes_are_lines(content):
    lines, notes = comma_separated(decode(content))
    assert all(isinstance(line, str) for line in [*lines, *notes])


@given(st.lists(st.floats(-1e4, 1e4), min_size=4, max_size=8))
def test_semicolons_and_decimal_commas_are_undone(values):
    row = ";".join(f"{value:.3f}".replace(".", ",") for value in values)
    lines, notes = comma_separated("\n".join(["a;b;c;d"] * 3 + [row] * 5))
    assert lines[3] == ",".join(f"{value:.3f}" for value in values)
    assert lines[0] == "a,b,c,d"
    assert notes == ["decimal commas are read as points in 5 lines"]


def test_lines_keep_their_number_and_quotes_go():
    text = '"a","b","c"\n\n"1,5","2","x, y"\n"4,5,6,7"\n'
    lines, _ = comma_separated(text)
    assert lines == ["a,b,c", "", '1.5,2,"x, y"', "4,5,6,7"]


def test_a_thousand_between_commas_stays_what_it_is():
    """`1,234` in quotes is 1.234 or 1234: nobody can tell, so it is no number."""
    assert comma_separated('"1,234",2\n')[0] == ['"1,234",2']


def test_tabs_part_cells_and_json_is_left_alone():
    assert comma_separated("\n".join(["1\t2\t3\t4"] * 6))[0] == ["1,2,3,4"] * 6
    assert comma_separated('{"a": "1,5"}')[0] == ['{"a": "1,5"}']
