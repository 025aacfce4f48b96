"""Histories: what is read, and every row that makes no sense named with its line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.beliefs.history import (
    BIAS,
    parse_histories,
    periods,
    read_histories,
    years_between,
)
from headrace.core.errors import InputError

HEAD = "series,date,value,unit,meaning,source,status,censored\n"
GOOD = HEAD + (
    "users,2025-01-01,100,M,weekly active users,press,fact,low\n"
    "users,2025-07-01,200,M,weekly active users,press,fact,low\n"
    "share,2025-07-01,0.05,1,share that pays,press,estimate,\n"
)


def test_a_file_becomes_histories_by_series():
    found = parse_histories(GOOD, "known.csv")
    assert list(found) == ["users", "share"]
    assert found["users"].values.tolist() == [100.0, 200.0]
    assert found["users"].years == pytest.approx([0.0, 181 / 365.25])
    assert found["users"].last.line == 3
    assert found["users"].bias == BIAS["low"]
    assert found["share"].bias == ""
    assert len(found["users"].until(date(2025, 3, 1)).observations) == 1


def test_confidence_is_another_word_for_status_and_both_optional_columns_may_be_missing():
    text = "series,date,value,unit,meaning,source,confidence\nx,2025-01-01,1,M,things,us,fact\n"
    assert parse_histories(text, "k")["x"].last.status == "fact"


ROWS = {
    "users,2025-08-01,300,k,weekly active users,press,fact,": "is in k here and in M above",
    "users,2025-08-01,300,M,monthly active users,press,fact,": "Weekly and monthly counts",
    "users,2025-07-01,300,M,weekly active users,press,fact,": "stands twice",
    "users,2025-03-01,300,M,weekly active users,press,fact,": "stands after a later one",
    "share,2025-08-01,5,1,share that pays,press,fact,": "a share of 5 is above 1",
    "users,2025-08-01,0,M,weekly active users,press,fact,": "is not above 0",
    "users,2025-08-01,-3,M,weekly active users,press,fact,": "is not above 0",
    "users,2025-08-01,nan,M,weekly active users,press,fact,": "is not above 0",
    "users,2025-08-01,inf,M,weekly active users,press,fact,": "is not above 0",
    "users,2025-08-01,many,M,weekly active users,press,fact,": "is not above 0",
    "users,2025-13-01,300,M,weekly active users,press,fact,": "is no date",
    "users,2025-08-01,300,M,weekly active users,,fact,": "the source is empty",
    "users,2025-08-01,300,,weekly active users,press,fact,": "the unit is empty",
    "users,2025-08-01,300,M,weekly active users,press,rumour,": "status `rumour`",
    "users,2025-08-01,300,M,weekly active users,press,fact,maybe": "censored `maybe`",
    "users,2025-08-01,300,M": "4 cells under 8 columns",
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_makes_no_sense_is_named_with_its_line(row):
    with pytest.raises(InputError) as caught:
        parse_histories(GOOD + row + "\n", "known.csv")
    assert ROWS[row] in str(caught.value)
    assert {problem.where.line for problem in caught.value.problems} == {5}


def test_all_rows_that_make_no_sense_are_told_at_once():
    alone = [r for r in ROWS if "above" in ROWS[r] or "source" in ROWS[r] or "date" in ROWS[r]]
    with pytest.raises(InputError) as caught:
        parse_histories(GOOD + "\n".join(alone), "known.csv")
    assert len({p.where.line for p in caught.value.problems}) >= len(alone) - 1


def test_a_second_class_in_one_series_is_refused():
    text = HEAD.replace("censored", "class") + (
        "x,2025-01-01,1,M,things,us,fact,adoption\nx,2025-02-01,1,M,things,us,fact,price\n"
    )
    with pytest.raises(InputError, match="second class"):
        parse_histories(text, "k")


def test_a_class_that_the_record_does_not_have_is_refused_with_the_nearest():
    text = HEAD.replace("censored", "class") + "x,2025-01-01,1,M,things,us,fact,adopton\n"
    with pytest.raises(InputError, match=r"k:2: `adopton` is no class.*Did you mean `adoption`"):
        parse_histories(text, "k")


def test_nothing_later_than_the_cutoff_is_read_and_none_is_left_out_in_silence():
    with pytest.raises(InputError, match="users of 2025-07-01 is later than the cut-off"):
        parse_histories(GOOD, "known.csv", date(2025, 6, 30))
    assert parse_histories(GOOD, "known.csv", date(2025, 7, 1))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no column series"),
        ("series,date\n", "no column value"),
        (HEAD.replace("unit", "units"), "unknown units"),
        (HEAD.replace("meaning", "unit"), "no column meaning"),
        (HEAD, "holds no values"),
    ],
)
def test_a_table_without_its_columns_is_refused(text, told):
    with pytest.raises(InputError, match=told):
        parse_histories(text, "k")


def test_a_file_that_is_not_there_or_is_not_text_is_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_histories(tmp_path / "none.csv")
    path = tmp_path / "bytes.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_histories(path)


def test_periods_are_read_out_of_a_meaning():
    assert periods("weekly active users") == {"week"}
    assert periods("revenue of a quarter") == {"quarter"}
    assert periods("rental index") == frozenset()


@given(st.text(max_size=300))
def test_no_text_makes_the_reader_stumble(text):
    try:
        parse_histories(text, "k")
        parse_histories(HEAD + text, "k")
    except InputError:
        pass


def test_a_year_has_365_and_a_quarter_days():
    assert years_between(date(2024, 1, 1), date(2028, 1, 1)) == pytest.approx(4.0)
