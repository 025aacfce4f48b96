"""HTML by hand: escaped texts, attributes, cells."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.printable import printable
from headrace.show.format.chart import table
from headrace.show.format.html import cell_of, rows_of, tag


def test_text_is_escaped_and_attributes_too():
    assert tag("p", "<b>", title='"') == '<p title="&quot;">&lt;b&gt;</p>'
    assert tag("p", tag("b", "x"), hidden=True, id=None) == "<p hidden><b>x</b></p>"


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_becomes_markup(inner, value):
    """What a browser reads back is the text that was put in, made printable, and nothing else."""
    read = Reader()
    read.feed(str(tag("p", inner, title=value, class_="x")))
    read.close()
    assert read.tags == [("p", {"title": printable(value), "class": "x"})]
    assert "".join(read.texts) == printable(inner)


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_svg_names_keep_their_capitals_and_bare_elements_close_themselves():
    assert tag("svg", viewbox="0 0 1 1") == '<svg viewBox="0 0 1 1"></svg>'
    assert tag("line", x1=1 / 3, stroke_width=2) == '<line x1="0.333333" stroke-width="2"/>'


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (1234567.0, '<td class="num">1,234,600</td>'),
        (True, "<td>yes</td>"),
        (None, "<td></td>"),
        ("12,345.600000", '<td class="num">12,345.600000</td>'),
        ("-0.5", '<td class="num">-0.5</td>'),
        ("10.2 ms, 9.7 ms, -", '<td class="num">10.2 ms, 9.7 ms, -</td>'),
        ("98.20%", '<td class="num">98.20%</td>'),
        ("holder-0002", "<td>holder-0002</td>"),
        ("2026-01-31", "<td>2026-01-31</td>"),
        ("<b>", "<td>&lt;b&gt;</td>"),
    ],
)
def test_amounts_stand_to_the_right(cell, told):
    assert cell_of(cell) == told


def test_a_table_has_a_head_and_a_row_for_each():
    told = rows_of(table(("a", "b"), [(1.0, "x"), (2.0, "y")]))
    assert told.count("<tr>") == 3
    assert told.count('<th scope="col">') == 2
