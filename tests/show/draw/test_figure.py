"""Figures as SVG: marks at their places, named, described, escaped, without a loose number."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from headrace.show.draw import svg
from headrace.show.draw.marks import path
from headrace.show.format import plot


def read(text: str) -> ElementTree.Element:
    """The SVG as a tree: it is well-formed."""
    return ElementTree.fromstring(text)


def rects(text: str) -> list[dict[str, float]]:
    found = [r.attrib for r in read(text).iter("rect")]
    return [{k: float(r[k]) for k in ("x", "y", "width", "height")} for r in found]


def test_bars_are_as_long_as_their_values() -> None:
    figure = plot.figure([plot.bars("b", ["a", "b"], [10.0, 30.0], "#123456")], "", "USD", 200)
    first, second = rects(svg(figure, "t"))
    assert second["height"] == pytest.approx(3 * first["height"], rel=1e-4)
    assert first["y"] + first["height"] == pytest.approx(second["y"] + second["height"], abs=0.01)


def test_stacked_bars_begin_where_the_last_one_ended() -> None:
    names = ["a"]
    traces = [plot.flat(plot.bars(n, names, [v], "#111111")) for n, v in (("p", 10.0), ("q", 5.0))]
    figure = plot.figure(traces, "USD", "", 200, barmode="stack", yaxis=plot.NAMED)
    first, second = rects(svg(figure, "t"))
    assert first["x"] + first["width"] == pytest.approx(second["x"], abs=0.01)
    assert first["width"] == pytest.approx(2 * second["width"], rel=1e-3)


def test_bars_of_several_traces_stand_beside_each_other() -> None:
    traces = [plot.bars(n, ["a", "b"], [1.0, 1.0], "#111111") for n in "pq"]
    found = rects(svg(plot.figure(traces, "", "", 200), "t"))
    assert len({round(r["x"]) for r in found}) == 4


def test_the_first_row_stands_on_top_where_the_axis_is_reversed() -> None:
    bars = plot.flat(plot.bars("b", ["first", "second"], [1.0, 1.0], "#111111"))
    down = plot.figure([bars], "", "", 200, yaxis={"autorange": "reversed", **plot.NAMED})
    first, second = rects(svg(down, "t"))
    assert first["y"] < second["y"]
    up = rects(svg(plot.figure([bars], "", "", 200, yaxis=plot.NAMED), "t"))
    assert up[0]["y"] > up[1]["y"]


def test_a_line_breaks_where_nothing_is_known_and_holds_its_steps() -> None:
    assert path([(0, 0), (1, 2), None, (3, 4)], steps=False) == "M0.00 0.00L1.00 2.00M3.00 4.00"
    assert path([(0, 0), (1, 2)], steps=True) == "M0.00 0.00H1.00V2.00"
    told = svg(plot.figure([plot.line("l", [0, 1], [1.0, 2.0], "#111111")], "x", "y", 200), "t")
    assert len(list(read(told).iter("path"))) == 1


def test_dots_whiskers_levels_and_shades() -> None:
    dot: plot.Piece = {
        **{"type": "scatter", "mode": "markers", "x": [1.0], "y": ["row"]},
        "marker": {"size": 10, "color": "#111111"},
        "error_x": {"type": "data", "array": [0.5], "color": "#111111"},
    }
    shapes = [plot.upright(0.0), plot.band(-1.0, -0.5)]
    told = svg(plot.figure([dot], "USD", "", 200, shapes=shapes), "t")
    (circle,) = read(told).iter("circle")
    lines = [float(e.attrib["x2"]) - float(e.attrib["x1"]) for e in read(told).iter("line")]
    assert max(lines) > 0
    assert circle.attrib["r"] == "5"
    assert len(rects(told)) == 1


def test_a_right_hand_axis_has_its_own_scale() -> None:
    left = plot.line("a", [0, 1], [0.0, 1.0], "#111111")
    right = plot.line("b", [0, 1], [0.0, 100.0], "#222222") | {"yaxis": "y2"}
    figure = plot.figure([left, right], "", "share", 200, yaxis2={"title": {"text": "replicas"}})
    told = svg(figure, "t")
    ends = [re.findall(r"L\S+ (\S+)", p.attrib["d"])[0] for p in read(told).iter("path")]
    assert float(ends[0]) == pytest.approx(float(ends[1]), abs=6.0)
    assert "replicas" in told


def test_it_has_a_name_a_sentence_and_words_on_each_mark() -> None:
    bars = plot.bars("worth", ["a<b"], [2.5e9], "#111111")
    told = svg(plot.figure([bars], "", "USD", 200), "Worth <now>", "Of each & all.")
    tree = read(told)
    assert tree.attrib["role"] == "img"
    assert tree.attrib["aria-label"] == "Worth <now>. Of each & all"
    assert tree.findtext("desc") == "Of each & all."
    titles = [t.text for t in tree.iter("title")]
    assert titles == ["Worth <now>", "worth, a<b: 2.5 bn"]
    assert "a<b" not in told


def test_one_trace_alone_needs_no_legend_and_several_have_one() -> None:
    one = plot.line("only", [0, 1], [1.0, 2.0], "#111111")
    assert 'class="key"' not in svg(plot.figure([one], "", "", 200), "t")
    many = [plot.line(f"a long name {n}", [0, 1], [1.0, 2.0], "#111111") for n in range(9)]
    told = svg(plot.figure(many, "", "", 200), "t", width=400.0)
    rows = {t.attrib["y"] for t in read(told).iter("text") if t.attrib.get("class") == "key"}
    assert told.count('class="key"') == 9
    assert len(rows) > 1


def test_an_empty_figure_is_drawn_too() -> None:
    assert read(svg({"data": [], "layout": {"height": 100}}, "t")).attrib["role"] == "img"


def test_dates_stand_in_order_of_time_and_bands_are_filled() -> None:
    """A band that is told first and reaches from 2026 to 2028, dots of 2024 and 2025 after it: left
    of it, half as far from one another as the band is wide.
    """
    days = ["2026-01-01", "2028-01-01"]
    look = {
        "line": {"color": "#123456", "width": 0},
        "fill": "toself",
        "fillcolor": "rgba(1,2,3,0.5)",
    }
    edge = {"x": [*days, *days[::-1]], "y": [1.0, 1.0, 9.0, 9.0]}
    band = {"type": "scatter", "mode": "lines", "name": "band", **edge, **look}
    dots = {"type": "scatter", "mode": "markers", "name": "seen", "x": ["2024-01-01", "2025-01-01"],
            "y": [2.0, 3.0], "marker": {"color": "#000000", "size": 6}}  # fmt: skip
    axes = {"xaxis": {"type": "date"}, "yaxis": {"type": "log", "range": [-1.0, 2.0]}}
    text = svg(plot.figure([band, dots], "", "M", 200, **axes), "t")
    first, second = sorted(float(c.attrib["cx"]) for c in read(text).iter("circle"))
    (area,) = (p.attrib for p in read(text).iter("path"))
    left, right = (
        float(area["d"].split("M")[1].split()[0]),
        float(area["d"].split("L")[1].split()[0]),
    )
    assert first < second < left < right
    assert right - left == pytest.approx(2 * (second - first), rel=0.01)
    assert area["fill"] == "rgba(1,2,3,0.5)"
    assert area["d"].endswith("Z")
    words = [t.text for t in read(text).iter("text")]
    assert {"2024", "2026", "2028"} <= set(words)
    assert {"0.1", "100"} <= set(words)
