"""The marks of a figure: what its traces, shapes and notes become on given scales."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.show.draw.scale import AxisScale
from headrace.show.format import text
from headrace.show.format.colours import LOSS
from headrace.show.format.html import Markup, tag

Piece = Mapping[str, Any]
DASHES = {"dash": "6 4", "dot": "2 3", "dashdot": "6 3 2 3", "solid": None}


@dataclass(frozen=True)
class PlotArea:
    """The scales of a figure; `second` is that of its right-hand axis."""

    x: AxisScale
    y: AxisScale
    second: AxisScale | None = None

    def upright(self, trace: Piece) -> AxisScale:
        """The vertical scale of a trace."""
        return self.second if trace.get("yaxis") == "y2" and self.second else self.y


def lines(trace: Piece, area: PlotArea) -> Iterator[Markup]:
    """A trace of points: its line, its dots, its whiskers."""
    scale, mode = area.upright(trace), str(trace.get("mode", "lines"))
    points = [
        None if x is None or y is None else (area.x.at(x), scale.at(y))
        for x, y in zip(trace["x"], trace["y"])
    ]
    look: Piece = trace.get("line", {})
    if "lines" in mode:
        filled = trace.get("fill") == "toself"
        yield tag(
            "path",
            tag("title", html.unescape(str(trace.get("name", "")))),
            d=path(points, steps=look.get("shape") == "hv") + ("Z" if filled else ""),
            fill=str(trace.get("fillcolor", "none")) if filled else "none",
            stroke=str(look.get("color", LOSS)),
            stroke_width=float(look.get("width", 2)),
            stroke_dasharray=DASHES.get(str(look.get("dash", "solid"))),
        )
    yield from whiskers(trace, area)
    if "markers" in mode:
        yield from dots(trace, points)


def path(points: Sequence[tuple[float, float] | None], *, steps: bool) -> str:
    """A line through points [px]; None breaks it; `steps` holds each value until the next one."""
    told: list[str] = []
    before: tuple[float, float] | None = None
    for point in points:
        if point is None:
            before = None
            continue
        x, y = f"{point[0]:.2f}", f"{point[1]:.2f}"
        if before is None:
            told.append(f"M{x} {y}")
        else:
            told.append(f"H{x}V{y}" if steps else f"L{x} {y}")
        before = point
    return "".join(told)


def dots(trace: Piece, points: Sequence[tuple[float, float] | None]) -> Iterator[Markup]:
    """Dots, rings or short upright lines, each with its words."""
    look: Piece = trace.get("marker", {})
    edge: Piece = look.get("line", {})
    words, symbol = said(trace), str(look.get("symbol", "circle"))
    for place, point in enumerate(points):
        if point is None:
            continue
        size = float(one_of(look.get("size", 6), place))
        colour = str(one_of(look.get("color", (trace.get("line") or {}).get("color", LOSS)), place))
        stroke = str(one_of(edge.get("color", colour), place))
        title = tag("title", words[place])
        x, y = point
        if symbol == "line-ns":
            ends = {"x1": x, "x2": x, "y1": y - size / 2, "y2": y + size / 2}
            yield tag("line", title, **ends, stroke=stroke, stroke_width=2.0)
            continue
        fill = "none" if symbol == "circle-open" else colour
        width = float(edge.get("width", 2.0 if symbol == "circle-open" else 0.0))
        edge_of = {"stroke": stroke if width else None}
        yield tag("circle", title, cx=x, cy=y, r=size / 2, fill=fill, stroke_width=width, **edge_of)


def whiskers(trace: Piece, area: PlotArea) -> Iterator[Markup]:
    """The interval of each value of a trace, from left to right."""
    error: Piece = trace.get("error_x", {})
    if not error:
        return
    for place, (x, y) in enumerate(zip(trace["x"], trace["y"])):
        more = error["array"][place]
        if x is None or more is None:
            continue
        less = error.get("arrayminus", error["array"])[place]
        ends = (area.x.at(x - less), area.x.at(x + more))
        height = area.y.at(y)
        colour = str(error.get("color", LOSS))
        yield tag(
            "line", x1=ends[0], x2=ends[1], y1=height, y2=height, stroke=colour, stroke_width=2.0
        )
        for end in ends:
            yield tag("line", x1=end, x2=end, y1=height - 5, y2=height + 5, stroke=colour)


def bars(traces: Sequence[Piece], area: PlotArea, mode: str, gap: float) -> Iterator[Markup]:
    """All bars together: beside each other, or stacked. gap: between names, of their room [1]."""
    stacked = mode in ("stack", "relative")
    heaps: dict[tuple[str, bool], float] = {}
    for number, trace in enumerate(traces):
        flat = trace.get("orientation") == "h"
        names, amounts = (trace["y"], trace["x"]) if flat else (trace["x"], trace["y"])
        along, across = (area.x, area.y) if flat else (area.y, area.x)
        share = float(trace.get("width", 1.0 - gap))
        wide = across.slot * share / (1 if stacked else len(traces))
        words, shown = said(trace), trace.get("text")
        for place, (name, amount) in enumerate(zip(names, amounts)):
            if amount is None:
                continue
            heap = (str(name), amount < 0)
            base = heaps.get(heap, 0.0) if stacked else float(one_of(trace.get("base", 0.0), place))
            heaps[heap] = base + amount
            middle = across.at(name)
            first = middle - (across.slot * share / 2 if not stacked else wide / 2)
            first += 0.0 if stacked else number * wide
            ends = sorted((along.at(base), along.at(base + amount)))
            colour = str(one_of(trace["marker"].get("color", LOSS), place))
            box = (ends[0], first, ends[1] - ends[0], wide)
            x, y, width, height = box if flat else (first, ends[0], wide, ends[1] - ends[0])
            yield tag(
                "rect",
                tag("title", words[place]),
                x=x,
                y=y,
                width=width,
                height=height,
                fill=colour,
            )
            if shown is not None and flat:
                label = html.unescape(str(shown[place]))
                yield tag("text", label, x=ends[1] + 5, y=middle + 4, class_="value")


def shapes(found: Sequence[Piece], area: PlotArea, *, below: bool) -> Iterator[Markup]:
    """Straight lines and shades, those below the traces or those above."""
    for shape in found:
        if (shape.get("layer") == "below") != below:
            continue
        x = [_place(area.x, shape[end], shape.get("xref") == "paper") for end in ("x0", "x1")]
        y = [_place(area.y, shape[end], shape.get("yref") == "paper") for end in ("y0", "y1")]
        look: Piece = shape.get("line", {})
        if shape["type"] == "rect":
            box = {"x": min(x), "y": min(y), "width": abs(x[1] - x[0]), "height": abs(y[1] - y[0])}
            yield tag("rect", **box, fill=str(shape.get("fillcolor", LOSS)))
            continue
        yield tag(
            "line",
            **{"x1": x[0], "x2": x[1], "y1": y[0], "y2": y[1]},
            stroke=str(look.get("color", LOSS)),
            stroke_width=float(look.get("width", 1)),
            stroke_dasharray=DASHES.get(str(look.get("dash", "solid"))),
        )


def notes(found: Sequence[Piece], area: PlotArea) -> Iterator[Markup]:
    """Words at a place of the figure."""
    sides = {"left": "start", "right": "end", "center": "middle"}
    for note in found:
        x = _place(area.x, note["x"], note.get("xref") == "paper")
        y = _place(area.y, note["y"], note.get("yref") == "paper")
        anchor = sides.get(str(note.get("xanchor", "center")), "middle")
        colour = str(note.get("font", {}).get("color", "currentColor"))
        words = html.unescape(str(note["text"]))
        yield tag("text", words, x=x, y=y - 4, text_anchor=anchor, fill=colour, class_="note")


def said(trace: Piece) -> list[str]:
    """The words of each mark of a trace: its own text or its place, and how much it is."""
    flat = trace.get("orientation") == "h" or (trace["y"] and isinstance(trace["y"][0], str))
    amounts, places = (trace["x"], trace["y"]) if flat else (trace["y"], trace["x"])
    own = trace.get("text") or [""] * len(amounts)
    name = html.unescape(str(trace.get("name", "")))
    told = []
    for amount, place, words in zip(amounts, places, own):
        figure = text.amount(amount) if isinstance(amount, int | float) else "-"
        where = place if isinstance(place, str) else text.number(float(place)) if place else ""
        about = [html.unescape(str(part)) for part in (name, where, words) if part]
        told.append(f"{', '.join(about)}: {figure}" if about else figure)
    return told


def one_of(value: Any, place: int) -> Any:
    """The value of one mark: of a list its own, else that of all."""
    return value[place] if isinstance(value, list | tuple) else value


def _place(scale: AxisScale, value: float | str, paper: bool) -> float:
    if paper:
        low, high = sorted((scale.begin, scale.end))
        share = float(value)
        return (
            low + (high - low) * share if scale.begin < scale.end else high - (high - low) * share
        )
    place = scale.at(value)
    return place if math.isfinite(place) else scale.begin
