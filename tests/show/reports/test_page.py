"""The one skeleton: its policy names the scripts it carries, its writes are whole, its tables need
no script.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.pages import opened

from headrace.core.errors import DiskFull, InputError
from headrace.show.format.chart import Chart, table
from headrace.show.format.html import tag
from headrace.show.reports import page

DRAWN = Chart(
    "a",
    "<Drawn>",
    table(("x [h]",), [(1.0,)]),
    {"data": [], "layout": {"height": 100}},
    "about <a>",
)
TABLED = Chart("b", "Tabled", table(("x [h]",), [("1.50",), ("<b>",)]))


def test_a_gallery_draws_and_tables_each_chart():
    text = page.gallery("a<name>", page.masthead("s<u>b", "T<i>tle"), (DRAWN, TABLED))
    told = opened(text)
    assert told.data["study"] == "a<name>"
    assert [chart["key"] for chart in told.data["charts"]] == ["a", "b"]
    assert 'id="chart-a" class="picture"' in told.markup
    assert 'id="chart-b"' not in told.markup
    assert '<td class="num">1.50</td>' in told.markup
    assert told.markup.count("data-csv=") == 2
    assert told.markup.count("data-table=") == 1  # the other one is shown anyway
    for escaped in ("s&lt;u&gt;b", "T&lt;i&gt;tle", "&lt;Drawn&gt;", "about &lt;a&gt;"):
        assert escaped in told.markup
    assert told.scripts == tuple(page.static(name) for name in page.GALLERY)
    assert '<svg viewBox="0 0 760' in told.markup
    assert "<desc>about &lt;a&gt;</desc>" in told.markup


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=30)
def test_whatever_is_carried_comes_back_and_stays_data(text):
    """Also where it holds the end of a script."""
    told = opened(page.document("t", (tag("p", text),), {"text": f"</script>{text}"}))
    assert told.data == {"text": f"</script>{text}"}


def test_a_policy_names_each_script_by_its_digest():
    """SHA-256 of nothing, in base64, is 47DEQpj8...: a fact of the standard."""
    told = page.policy(["", "x"])
    assert "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='" in told
    assert "unsafe-inline'" not in told.partition("style-src")[0]
    assert "unsafe-eval" not in told


def test_data_that_is_not_finite_is_a_mistake():
    with pytest.raises(ValueError, match="not JSON compliant"):
        page.document("t", (), {"x": float("nan")})


def test_the_same_content_gives_the_same_bytes():
    first = page.document("t", (tag("p", "x"),), {"b": 1, "a": [2]})
    assert page.document("t", (tag("p", "x"),), {"b": 1, "a": [2]}) == first


def test_a_page_is_written_whole_and_makes_its_folders(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "er" / "page.html"
    assert page.write("first", path) == path
    page.write("second", path)
    assert path.read_text() == "second"
    assert [each.name for each in path.parent.iterdir()] == ["page.html"]
    monkeypatch.chdir(tmp_path)
    assert page.write("x", page.Path("here.html")).read_text() == "x"


def test_a_full_disk_leaves_the_page_that_was_there(small_disk):
    from tests.conftest import fill

    path = small_disk / "page.html"
    page.write("before", path)
    fill(small_disk, leave=4096)
    with pytest.raises(DiskFull):
        page.write("x" * 2_000_000, path)
    assert path.read_text() == "before"
    assert {each.name for each in small_disk.iterdir()} == {"page.html", "ballast"}


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="cannot be written"):
        page.write("x", tmp_path / "file" / "page.html")
    assert os.listdir(tmp_path) == ["file"]


def test_a_masthead_says_first_what_one_has_to_know_first():
    told = str(page.masthead("s", tag("b", "answer"), lede=("so ", tag("i", "it")), before="know"))
    assert told.index("know") < told.index("<h1><b>answer</b></h1>") < told.index("so <i>it</i>")
    assert 'class="lede"' not in page.masthead("s", "t")


def test_a_section_has_its_switches_above_its_picture():
    tools = page.Tools("name", (tag("button", "A"),), "own-id")
    told = str(page.section("key", "Title", "", tag("div", "picture"), tools=tools, more="long"))
    assert told.index('id="own-id"') < told.index('id="table-name"') < told.index("picture")
    assert told.startswith('<section id="key" class="long">')
    assert 'class="about"' not in told
