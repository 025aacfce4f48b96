"""The index of the manual's search: a section a row, from the built pages."""

from __future__ import annotations

from tests.builders.documents import DOCS
from tests.docs.test_generated import module

PAGE = """<html><body><nav><h2>Not this</h2></nav><article><h1 id="one">A first plan<a> ¶</a></h1>
<p>From a <b>study</b> to orders.<br>And more.</p><img src="x"><h2 id="two">What it costs</h2>
<p>615 M USD &amp; more</p></article><footer>outside</footer></body></html>"""


def test_each_heading_of_an_article_is_a_row(tmp_path):
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "plan.html").write_text(PAGE, encoding="utf-8")
    assert module(DOCS / "find.py").index(tmp_path) == [
        [
            "guides/plan.html#one",
            "A first plan",
            "A first plan",
            "From a study to orders. And more.",
        ],
        ["guides/plan.html#two", "A first plan", "What it costs", "615 M USD & more"],
    ]
