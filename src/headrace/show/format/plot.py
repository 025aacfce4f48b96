"""Pieces of a figure as plain values, so that all lines, bars and axes look alike; show/draw turns
them into SVG.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from html import escape

from headrace.show.format.colours import INK, LOSS, QUIET, faded

Piece = dict[str, object]
GRID = "#eceae3"
NAMED: Piece = {"type": "category"}
"""An axis of names, also where they look like numbers."""
LEGEND: Piece = {"orientation": "h", "x": 0, "xanchor": "left", "y": 1.0, "yanchor": "bottom"}


def finite(values: Iterable[float]) -> list[float | None]:
    """Numbers of an axis [its own unit]; NaN and infinities as None, which are left out."""
    return [float(value) if math.isfinite(value) else None for value in values]


def line(name: str, x: Iterable[float], y: Iterable[float], colour: str, **look: object) -> Piece:
    """A line through points [units of the axes].

    look: dash; `shape` "hv" where a value holds until the next one; `markers` True for dots too.
    """
    mode = "lines+markers" if look.pop("markers", False) else "lines"
    return {
        "type": "scatter",
        "mode": mode,
        "name": escape(name),
        "x": finite(x),
        "y": finite(y),
        "line": {"color": colour, "width": 2, **look},
    }


def bars(name: str, names: Sequence[str], lengths: Iterable[float], colour: object) -> Piece:
    """Upright bars over named places; lengths [unit of the axis]. `flat` lays them down."""
    return {
        "type": "bar",
        "name": escape(name),
        "x": [escape(each) for each in names],
        "y": finite(lengths),
        "marker": {"color": colour},
    }


def flat(upright: Piece) -> Piece:
    """The same bars from left to right."""
    return upright | {"orientation": "h", "x": upright["y"], "y": upright["x"]}


def level(y: float, colour: str = QUIET, dash: str = "dash") -> Piece:
    """A line across the whole picture at the height y [unit of the axis]."""
    ends = {"xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y}
    return {"type": "line", **ends, "line": {"color": colour, "dash": dash, "width": 1.5}}


def upright(x: float, colour: str = QUIET, dash: str = "dash") -> Piece:
    """A line from bottom to top at x [unit of the axis]."""
    ends = {"yref": "paper", "y0": 0, "y1": 1, "x0": x, "x1": x}
    return {"type": "line", **ends, "line": {"color": colour, "dash": dash, "width": 1.5}}


def band(left: float, right: float) -> Piece:
    """A shade from bottom to top between two places [unit of the axis], behind everything."""
    ends = {"yref": "paper", "y0": 0, "y1": 1, "x0": left, "x1": right}
    shade = {"fillcolor": faded(LOSS, 0.35), "line": {"width": 0}, "layer": "below"}
    return {"type": "rect", **ends, **shade}


def note(words: str, x: float) -> Piece:
    """Words above the picture at x [unit of the axis]."""
    return {
        "text": escape(words),
        "x": x,
        "yref": "paper",
        "y": 1.0,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": 11, "color": QUIET},
    }


def figure(
    traces: Sequence[Piece],
    x: str,
    y: str,
    height: int,
    *,
    xaxis: Piece | None = None,
    yaxis: Piece | None = None,
    **layout: object,
) -> Piece:
    """Traces on two axes titled x and y, `height` tall [px]; no drag moves them, so that a page
    scrolls on. xaxis, yaxis: more of an axis; layout: more of the picture.
    """

    def axis(title: str, more: Piece | None) -> Piece:
        look = {"fixedrange": True, "automargin": True, "gridcolor": GRID, "zerolinecolor": INK}
        return {"title": {"text": escape(title), "standoff": 8}, **look, **(more or {})}

    return {
        "data": list(traces),
        "layout": {
            "height": height,
            "margin": {"l": 56, "r": 16, "t": 28, "b": 44},
            "legend": LEGEND,
            "xaxis": axis(x, xaxis),
            "yaxis": axis(y, yaxis),
            **layout,
        },
    }
