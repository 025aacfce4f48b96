"""A table as CSV and as JSON: what is written comes back, and no cell runs in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re

from hypothesis import assume, given
from hypothesis import strategies as st

from headrace.show.format.chart import Chart, table

CELLS = st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=12))


def one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_every_cell_comes_back_from_csv(rows):
    told = table(("a [MW]", "b"), rows).as_csv()
    back = list(csv.reader(io.StringIO(told, newline="")))
    assert back[0] == ["a [MW]", "b"]
    assert len(back) == 1 + len(rows)
    for row, read in zip(rows, back[1:]):
        for cell, text in zip(row, read):
            if isinstance(cell, float) and not isinstance(cell, bool):
                assert float(text) == cell
            elif isinstance(cell, str):
                assert one_line_end(text).removeprefix("'") == one_line_end(cell).removeprefix("'")


@given(st.sampled_from("=+-@\t\r"), st.text(max_size=8))
def test_no_text_begins_like_a_formula(first, rest):
    assume(not re.fullmatch(r"-[0-9][0-9,]*(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?%?", first + rest))
    (_, row) = csv.reader(io.StringIO(table(("a",), [(first + rest,)]).as_csv(), newline=""))
    assert row == ["'" + one_line_end(first + rest)]


def test_a_negative_number_stays_a_number():
    assert table(("a",), [(-1.5,)]).as_csv() == "a\n-1.5\n"


def test_a_chart_is_plain_json():
    chart = Chart("k", "Title", table(("a",), [(1.0,), (None,)]), {"data": []}, "about")
    assert json.loads(json.dumps(chart.as_json())) == {
        "key": "k",
        "title": "Title",
        "about": "about",
        "table": {"columns": ["a"], "rows": [[1.0], [None]]},
    }
