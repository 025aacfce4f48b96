"""Pieces of a figure: plain values that JSON takes, names that cannot become markup."""

from __future__ import annotations

import json
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from headrace.show.format import plot


@given(st.lists(st.floats()))
def test_what_is_not_finite_is_left_out(values):
    told = plot.finite(np.array(values))
    assert [value if math.isfinite(value) else None for value in values] == told
    json.dumps(told, allow_nan=False)


def test_a_line_holds_its_points_and_its_look():
    told = plot.line("<p99>", [0, 1], [2.0, math.nan], "#000000", dash="dot", shape="hv")
    assert (told["x"], told["y"], told["mode"]) == ([0.0, 1.0], [2.0, None], "lines")
    assert told["name"] == "&lt;p99&gt;"
    assert told["line"] == {"color": "#000000", "width": 2, "dash": "dot", "shape": "hv"}
    assert plot.line("a", [0], [1], "#000000", markers=True)["mode"] == "lines+markers"


def test_bars_that_lie_down_are_the_same_bars():
    up = plot.bars("gain", ["a<b", "c"], [1.0, 2.0], "#000000")
    flat = plot.flat(up)
    assert up["x"] == flat["y"] == ["a&lt;b", "c"]
    assert up["y"] == flat["x"] == [1.0, 2.0]
    assert (flat["orientation"], "orientation" in up) == ("h", False)


def test_lines_and_shades_reach_from_edge_to_edge():
    level, upright, band = plot.level(3.0), plot.upright(4.0), plot.band(1.0, 2.0)
    assert (level["xref"], level["x0"], level["x1"], level["y0"], level["y1"]) == (
        *("paper", 0, 1),
        *(3.0, 3.0),
    )
    assert (upright["yref"], upright["y0"], upright["y1"], upright["x0"]) == ("paper", 0, 1, 4.0)
    assert (band["x0"], band["x1"], band["layer"]) == (1.0, 2.0, "below")


def test_a_figure_titles_its_axes_and_takes_more_of_each():
    told = plot.figure([], "time [h]", "<y>", 300, yaxis={"type": "log"}, bargap=0.1)
    layout = told["layout"]
    assert layout["xaxis"]["title"]["text"] == "time [h]"
    assert layout["yaxis"]["title"]["text"] == "&lt;y&gt;"
    assert layout["yaxis"]["type"] == "log"
    assert layout["xaxis"]["fixedrange"]
    assert (layout["height"], layout["bargap"]) == (300, 0.1)
