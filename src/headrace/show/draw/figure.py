"""A figure described as plain values (format/plot.py), drawn as SVG text."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from headrace.show.draw import marks
from headrace.show.draw.marks import Piece, PlotArea
from headrace.show.draw.ribbons import ribbons
from headrace.show.draw.scale import DATE, AxisScale, bounds, day_of, tick_words
from headrace.show.format.html import Markup, tag

WIDE = 760.0
LETTER = 6.6
"""Room of a letter of a label, about [px]."""
LINE = 18.0
"""Height of a line of the legend [px]."""


def svg(figure: Mapping[str, Any], title: str, about: str = "", width: float = WIDE) -> Markup:
    """The figure as an SVG element with a name and a sentence that describes it. figure: {data,
    layout} of plain values; width: of its viewBox [px].
    """
    traces: Sequence[Piece] = figure["data"]
    layout: Piece = figure["layout"]
    if traces and traces[0].get("type") == "sankey":
        inner, height = ribbons(traces[0], width, float(layout["height"]))
    else:
        inner, height = _plot(traces, layout, width)
    return tag(
        "svg",
        tag("title", title),
        tag("desc", about) if about else Markup(""),
        *inner,
        viewbox=f"0 0 {width:.0f} {height:.0f}",
        role="img",
        aria_label=f"{title}. {about}".strip(". "),
        class_="figure",
    )


def _plot(traces: Sequence[Piece], layout: Piece, width: float) -> tuple[tuple[Markup, ...], float]:
    """Axes, marks and legend, and the height that they take [px]."""
    keys = list(_legend(traces, layout, width))
    top = LINE * (1 + max((row for row, _ in keys), default=-1)) + 8
    height = float(layout["height"]) + top
    area = plot_area(traces, layout, width, top, height)
    upright = [t for t in traces if t.get("type") == "bar"]
    points = [t for t in traces if t.get("type") != "bar"]
    found: Sequence[Piece] = layout.get("shapes", ())
    mode, gap = str(layout.get("barmode", "group")), float(layout.get("bargap", 0.2))
    inner = (
        *_axis(area, layout),
        *marks.shapes(found, area, below=True),
        *marks.bars(upright, area, mode, gap),
        *(mark for trace in points for mark in marks.lines(trace, area)),
        *marks.shapes(found, area, below=False),
        *marks.notes(layout.get("annotations", ()), area),
        *(key for _, key in keys),
    )
    return inner, height


def plot_area(
    traces: Sequence[Piece], layout: Piece, width: float, top: float, height: float
) -> PlotArea:
    """The scales: wide enough for the values, with room for what is written at the axes."""
    x_axis, y_axis, other = (layout.get(n, {}) for n in ("xaxis", "yaxis", "yaxis2"))
    notes = layout.get("annotations", ())
    first = [t for t in traces if t.get("yaxis") != "y2"]
    flat = any(t.get("orientation") == "h" for t in traces)
    bottom = height - (8 if x_axis.get("visible") is False else 24 + 18 * bool(_title(x_axis)))
    ceiling = top + 14 * bool(notes) + 16 * bool(_title(y_axis))
    up = _scale(y_axis, _values(first, "y", layout), (bottom, ceiling), zero=not flat)
    left = 12 + LETTER * max((len(w) for w in _words(up, y_axis)), default=0)
    right = width - (20 if not other else 56)
    across = _scale(x_axis, _values(traces, "x", layout), (min(left, width / 2), right), zero=flat)
    second = None
    if other:
        own = [t for t in traces if t.get("yaxis") == "y2"]
        second = _scale(other, _values(own, "y", layout), (bottom, ceiling), zero=True)
    return PlotArea(across, up, second)


def _scale(
    axis: Piece, values: Sequence[float | str], ends: tuple[float, float], *, zero: bool
) -> AxisScale:
    if axis.get("type") == "date":
        days = [day_of(v) for v in values]
        return AxisScale("dates", *bounds(days), *ends)
    names = tuple(dict.fromkeys(str(v) for v in values if isinstance(v, str)))
    if names or axis.get("type") == "category":
        wanted = axis.get("range")
        turned = axis.get("autorange") == "reversed" or bool(wanted and wanted[0] > wanted[1])
        return AxisScale("names", 0.0, 1.0, *(ends[::-1] if turned else ends), names)
    amounts = [float(v) for v in values]
    if axis.get("type") == "log":
        positive = [v for v in amounts if v > 0] or [1.0]
        if axis.get("range"):
            low, high = (10.0 ** float(power) for power in axis["range"])
            return AxisScale("log", low, high, *ends)
        return AxisScale("log", min(positive) / 1.2, max(positive) * 1.2, *ends)
    wanted = axis.get("range")
    tozero = axis.get("rangemode") == "tozero" or (zero and axis.get("zeroline") is not False)
    low, high = (float(end) for end in wanted) if wanted else bounds(amounts, zero=tozero)
    if axis.get("autorange") == "reversed":
        ends = (ends[1], ends[0])
    return AxisScale("linear", low, high, *ends)


def _values(traces: Sequence[Piece], which: str, layout: Piece) -> list[float | str]:
    """Everything that has to fit on an axis: values, ends of bars and whiskers, lines across."""
    found: list[float | str] = []
    heaps: dict[tuple[str, bool], float] = {}
    for trace in traces:
        values = [v for v in trace[which] if v is not None]
        found += values
        along = "x" if trace.get("orientation") == "h" else "y"
        if trace.get("type") == "bar" and which == along:
            bases = trace.get("base") or [0.0] * len(values)
            found += [base + v for base, v in zip(bases, values)]
            if layout.get("barmode") in ("stack", "relative"):
                names = trace["y" if along == "x" else "x"]
                for name, v in zip(names, values):
                    heap = (str(name), v < 0)
                    heaps[heap] = heaps.get(heap, 0.0) + v
        if which == "x" and (error := trace.get("error_x")):
            found += [v + e for v, e in zip(values, error["array"]) if e is not None]
            found += [v - e for v, e in zip(values, error.get("arrayminus", error["array"])) if e]
    found += list(heaps.values())
    for shape in layout.get("shapes", ()):
        if shape.get(f"{which}ref") != "paper":
            found += [shape[f"{which}{end}"] for end in "01" if not isinstance(found[0], str)]
    return found or [0.0, 1.0]


def _axis(area: PlotArea, layout: Piece) -> Iterator[Markup]:
    """Grid, ticks and titles of both axes, and of the one at the right."""
    x_axis, y_axis = layout.get("xaxis", {}), layout.get("yaxis", {})
    left, right = area.x.begin, area.x.end
    bottom, top = max(area.y.begin, area.y.end), min(area.y.begin, area.y.end)
    for value, words in zip(area.y.ticks(), _words(area.y, y_axis)):
        y = area.y.at(value)
        if area.y.kind != "names" and top - 1 <= y <= bottom + 1:
            yield tag(
                "line", x1=left, x2=right, y1=y, y2=y, class_="zero" if value == 0 else "grid"
            )
        yield tag("text", words, x=left - 8, y=y + 4, text_anchor="end", class_="tick")
    if x_axis.get("visible") is not False:
        yield from _below(area, x_axis, bottom, top)
    if title := _title(y_axis):
        yield tag("text", title, x=left, y=top - 8, class_="axis")
    if area.second is not None:
        other = layout["yaxis2"]
        for value, words in zip(area.second.ticks(), _words(area.second, other)):
            yield tag("text", words, x=right + 8, y=area.second.at(value) + 4, class_="tick")
        yield tag("text", _title(other), x=right, y=top - 8, text_anchor="end", class_="axis")


def _below(area: PlotArea, axis: Piece, bottom: float, top: float) -> Iterator[Markup]:
    """The axis below the marks: fewer ticks where their words would touch."""
    told = list(zip(area.x.ticks(), _words(area.x, axis)))
    room = abs(area.x.end - area.x.begin) / max(1, len(told))
    every = max(1, round(LETTER * (2 + max((len(w) for _, w in told), default=0)) / room + 0.3))
    for value, words in told[::every]:
        x = area.x.at(value)
        if area.x.kind != "names":
            kind = "zero" if value == 0 else "grid"
            yield tag("line", x1=x, x2=x, y1=top, y2=bottom, class_=kind)
        yield tag("text", words, x=x, y=bottom + 17, text_anchor="middle", class_="tick")
    if title := _title(axis):
        middle = (area.x.begin + area.x.end) / 2
        yield tag("text", title, x=middle, y=bottom + 35, text_anchor="middle", class_="axis")


def _legend(traces: Sequence[Piece], layout: Piece, width: float) -> Iterator[tuple[int, Markup]]:
    """One key a named trace, in rows; none where there is one trace alone."""
    named = [t for t in traces if t.get("name") and t.get("showlegend") is not False]
    if layout.get("showlegend") is False or (len(named) < 2 and not layout.get("showlegend")):
        return
    x, row = 4.0, 0
    for trace in named:
        words = html.unescape(str(trace["name"]))
        room = 24 + LETTER * len(words)
        if x > 4 and x + room > width:
            x, row = 4.0, row + 1
        look: Piece = trace.get("line") or trace.get("marker") or {}
        colour = trace.get("fillcolor") or marks.one_of(look.get("color", "currentColor"), 0)
        dash = marks.DASHES.get(str(look.get("dash", "solid")))
        y = LINE * row + 10
        ends = {"x1": x, "x2": x + 14, "y1": y, "y2": y}
        line = tag("line", **ends, stroke=str(colour), stroke_width=4.0, stroke_dasharray=dash)
        yield row, tag("g", line, tag("text", words, x=x + 19, y=y + 4, class_="key"))
        x += room + 8


def _words(scale: AxisScale, axis: Piece) -> tuple[str, ...]:
    form = DATE if scale.kind == "dates" else str(axis.get("tickformat", ""))
    told = tick_words(scale.ticks(), form)
    return tuple(html.unescape(words) for words in told)


def _title(axis: Piece) -> str:
    return html.unescape(str((axis.get("title") or {}).get("text", "")))
