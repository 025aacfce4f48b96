"""A Sankey: columns, sizes, and ribbons that end where they should."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.show.draw import svg
from headrace.show.draw.ribbons import GAP, TOP, Link, columns, cut, places, plain, sizes

LINKS = [Link(0, 2, 6.0, "", ""), Link(1, 2, 4.0, "", ""), Link(2, 3, 10.0, "", "")]


def test_a_vertex_stands_after_everything_that_flows_into_it() -> None:
    assert columns(4, LINKS) == [0, 0, 1, 2]
    assert sizes(4, LINKS) == [6.0, 4.0, 10.0, 10.0]


def test_a_ring_ends() -> None:
    ring = [Link(0, 1, 1.0, "", ""), Link(1, 0, 1.0, "", ""), Link(1, 2, 1.0, "", "")]
    assert max(columns(3, ring)) <= 2


@given(st.lists(st.floats(0.1, 100.0), min_size=1, max_size=12))
def test_vertices_of_a_column_never_overlap(amounts: list[float]) -> None:
    """Many vertices into one: each stands clear of the next by the gap."""
    last, height = len(amounts), 400.0
    links = [Link(n, last, amount, "", "") for n, amount in enumerate(amounts)]
    size, column = sizes(last + 1, links), columns(last + 1, links)
    scale = (height - 2 * TOP - GAP * (last - 1)) / sum(amounts)
    top = places(size, column, links, scale, height)
    order = sorted(range(last), key=lambda v: top[v])
    for above, below in itertools.pairwise(order):
        assert top[above] + size[above] * scale <= top[below] + 1e-6


def test_what_is_drawn_is_named_and_cut_to_its_room() -> None:
    names = ["a very long name of a plant", "bus"]
    trace = {
        "type": "sankey",
        "node": {
            **{"label": names, "color": ["#111111"] * 2},
            "customdata": ["<b>A &amp; B</b><br>10 MWh", "bus"],
        },
        "link": {
            **{"source": [0], "target": [1], "value": [10.0], "color": ["#222222"]},
            "customdata": ["<b>a</b> to <b>bus</b><br>10 MWh"],
        },
    }
    told = svg({"data": [trace], "layout": {"height": 200}}, "Chain", "about", 150.0)
    assert "<title>A &amp; B\n10 MWh</title>" in told
    assert ">a very long name of a plant<" not in told
    assert "\N{HORIZONTAL ELLIPSIS}<" in told
    heights = [float(h) for h in re.findall(r'height="([\d.]+)" fill', told)]
    assert heights[0] == pytest.approx(heights[1])


def test_words_lose_their_markup_and_labels_their_end() -> None:
    assert plain("<b>x &lt;y&gt;</b><br>1") == "x <y>\n1"
    assert cut("short", 9) == "short"
    assert cut("much too long", 8) == "much to…"
