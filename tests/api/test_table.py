"""A table keeps its units and its note wherever it goes: print, notebook, CSV, pandas."""

from __future__ import annotations

import csv
import importlib.util
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.api import table as tables
from headrace.api.table import MOST_SHOWN, ResultTable
from headrace.core.errors import HeadraceError, InputError

TABLE = ResultTable(
    ("site", "quantity", "decided"),
    (("here", 1234.5678, True), ("<b>there</b>", None, False)),
    ("", "MW", ""),
    "Orders & more",
    "Stopped after 5 s: no advice yet.",
)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=8)


def test_it_is_printed_with_units_note_and_a_dash_for_nothing():
    assert repr(TABLE).splitlines() == [
        "Orders & more",
        "Stopped after 5 s: no advice yet.",
        "site          quantity [MW]  decided",
        "here               1,234.57      yes",
        "<b>there</b>              -       no",
    ]


def test_a_notebook_gets_no_markup_of_the_data():
    page = TABLE._repr_html_()
    assert "&lt;b&gt;there&lt;/b&gt;" in page
    assert "<b>" not in page
    assert "Orders &amp; more" in page
    assert "Stopped after 5 s" in page


@given(TEXTS, TEXTS)
def test_no_text_opens_a_tag(cell, heading):
    page = ResultTable((heading,), ((cell,),), note=cell, title=heading)._repr_html_()
    plain = ResultTable(("x",), (("y",),), note="n", title="t")._repr_html_()
    assert page.count("<") <= plain.count("<")  # an empty note or title has no element at all


def test_columns_and_rows_are_found_by_name():
    assert TABLE["quantity"] == (1234.5678, None)
    assert next(iter(TABLE))["site"] == "here"
    assert len(TABLE) == 2
    with pytest.raises(InputError, match="Did you mean `quantity`"):
        TABLE["quantty"]


def test_a_long_table_says_how_much_it_leaves_out():
    told = ResultTable(("n",), tuple((n,) for n in range(MOST_SHOWN + 1_234)))
    assert repr(told).endswith("... and 1,234 more rows")
    assert "... and 1,234 more rows" in told._repr_html_()
    assert len(told.csv().splitlines()) == MOST_SHOWN + 1_235


def test_a_wide_cell_is_cut_in_print_alone():
    told = ResultTable(("why",), (("because " * 20,),))
    assert all(len(line) <= tables.WIDEST for line in repr(told).splitlines())
    assert "because because " * 9 in told._repr_html_()


def test_csv_is_written_and_runs_nothing(tmp_path):
    told = ResultTable(("what", "x"), (("=1+1", 2.0),), ("", "USD"))
    path = tmp_path / "new" / "table.csv"
    assert told.csv(path) == path.read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(told.csv()))) == [["what", "x [USD]"], ["'=1+1", "2.0"]]


def test_pandas_gets_values_and_units():
    pytest.importorskip("pandas")
    frame = TABLE.df()
    assert list(frame.columns) == ["site", "quantity", "decided"]
    assert frame["quantity"][0] == 1234.5678
    assert frame.attrs == {
        "units": {"site": "", "quantity": "MW", "decided": ""},
        "note": TABLE.note,
    }


def test_without_pandas_the_way_out_is_said(monkeypatch):
    monkeypatch.setattr(tables, "find_spec", lambda name: None)
    with pytest.raises(HeadraceError, match="pip install pandas"):
        TABLE.df()
    assert importlib.util.find_spec("headrace") is not None


def test_rows_of_another_length_are_a_defect_of_ours():
    with pytest.raises(ValueError, match="2 columns"):
        ResultTable(("a", "b"), ((1,),))
    with pytest.raises(ValueError, match="1 columns"):
        ResultTable(("a",), (), ("MW", "MW"))
