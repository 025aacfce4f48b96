"""A Sankey as SVG: vertices in columns by how far they are from a beginning, ribbons between them.

Columns follow the longest way from a vertex without inflow; within a column, vertices stand where
the middle of what enters them stands, pushed apart until nothing overlaps. All ribbons have one
scale. A ring is cut where it closes.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from headrace.show.format.html import Markup, tag

THICK, GAP, EDGE, TOP = 9.0, 15.0, 4.0, 10.0
LEAST = 0.6
"""A ribbon is drawn at least so wide [px]."""
SWEEPS = 6
LETTER = 6.3
"""Room of a letter of a label, about [px]."""


@dataclass(frozen=True)
class Link:
    """A ribbon from one vertex to another, by their numbers; wide in the measure of the view."""

    source: int
    target: int
    value: float
    colour: str
    words: str


def ribbons(
    trace: Mapping[str, Any], width: float, height: float
) -> tuple[tuple[Markup, ...], float]:
    """The marks of a Sankey and the height they take [px]."""
    node, found = trace["node"], trace["link"]
    links = [
        Link(*each)
        for each in zip(
            *(found[key] for key in ("source", "target", "value", "color", "customdata"))
        )
    ]
    labels = [html.unescape(str(name)) for name in node["label"]]
    column = columns(len(labels), links)
    size, into = sizes(len(labels), links), {link.target for link in links}
    scale = _scale(size, column, height)
    top = places(size, column, links, scale, height)
    last = max(column, default=0) or 1
    step = (width - THICK - 2 * EDGE) / last
    left = [EDGE + step * place for place in column]
    drawn = _ribbons(links, left, top, scale)
    most = int((step - THICK - 14) / LETTER)
    boxes = [
        _vertex(
            cut(label, most),
            words,
            colour,
            (x, y, max(LEAST, wide * scale)),
            place == last and v in into,
        )
        for v, (label, words, colour, x, y, wide, place) in enumerate(
            zip(labels, node["customdata"], node["color"], left, top, size, column)
        )
    ]
    deepest = max((y + wide * scale for y, wide in zip(top, size)), default=height)
    return (*drawn, *boxes), max(height, deepest + TOP)


def cut(label: str, most: int) -> str:
    """A label of at most `most` letters; its mark tells it whole."""
    return label if len(label) <= most else f"{label[: max(1, most - 1)].rstrip()}…"


def columns(count: int, links: Sequence[Link]) -> list[int]:
    """The column of each vertex: the longest way from a beginning."""
    column = [0] * count
    for _ in range(count):
        moved = False
        for link in links:
            if column[link.target] <= column[link.source] < count - 1:
                column[link.target], moved = column[link.source] + 1, True
        if not moved:
            break
    return column


def sizes(count: int, links: Sequence[Link]) -> list[float]:
    """What passes through each vertex: the larger of what enters and what leaves."""
    into, out = [0.0] * count, [0.0] * count
    for link in links:
        into[link.target] += link.value
        out[link.source] += link.value
    return [max(pair) for pair in zip(into, out)]


def _scale(size: Sequence[float], column: Sequence[int], height: float) -> float:
    """Pixels per unit, so that the fullest column fits [px per unit of the view]."""
    inside: dict[int, list[float]] = defaultdict(list)
    for wide, place in zip(size, column):
        inside[place].append(wide)
    room = [
        (height - 2 * TOP - GAP * (len(own) - 1)) / sum(own) for own in inside.values() if sum(own)
    ]
    return max(min(room, default=1.0), 1e-12)


def places(
    size: Sequence[float],
    column: Sequence[int],
    links: Sequence[Link],
    scale: float,
    height: float,
) -> list[float]:
    """The upper edge of each vertex [px]: beside what it is joined to, and clear of the others."""
    tall = [max(LEAST, wide * scale) for wide in size]
    top = [TOP] * len(size)
    groups: dict[int, list[int]] = defaultdict(list)
    for vertex, place in enumerate(column):
        groups[place].append(vertex)
    for own in groups.values():
        _spread(own, top, tall, height)
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        for place in sorted(groups, reverse=not forward):
            for vertex in groups[place]:
                near = [
                    (other, link.value)
                    for link in links
                    for here, other in (
                        (link.target, link.source) if forward else (link.source, link.target),
                    )
                    if here == vertex
                ]
                weight = sum(value for _, value in near)
                if weight > 0:
                    middle = sum((top[o] + tall[o] / 2) * value for o, value in near) / weight
                    top[vertex] = middle - tall[vertex] / 2
            _spread(groups[place], top, tall, height)
    return top


def _spread(own: Sequence[int], top: list[float], tall: Sequence[float], height: float) -> None:
    """Push the vertices of a column apart, down first and then back up from the lower edge, where
    they have room above it.
    """
    order = sorted(own, key=lambda vertex: top[vertex] + tall[vertex] / 2)
    edge = TOP
    for vertex in order:
        top[vertex] = max(top[vertex], edge)
        edge = top[vertex] + tall[vertex] + GAP
    if sum(tall[vertex] for vertex in own) + GAP * (len(own) - 1) > height - 2 * TOP:
        edge = TOP  # they do not fit: from the upper edge on, as deep as it takes
        for vertex in order:
            top[vertex], edge = edge, edge + tall[vertex] + GAP
        return
    edge = height - TOP
    for vertex in reversed(order):
        top[vertex] = max(TOP, min(top[vertex], edge - tall[vertex]))
        edge = top[vertex] - GAP


def _ribbons(
    links: Sequence[Link], left: Sequence[float], top: Sequence[float], scale: float
) -> list[Markup]:
    """Each ribbon at its place on both vertices: in the order of the vertices at the other end."""
    leaving, entering = list(top), list(top)
    start: dict[int, float] = {}
    end: dict[int, float] = {}
    order = sorted(range(len(links)), key=lambda n: (links[n].source, top[links[n].target]))
    for n in order:
        start[n] = leaving[links[n].source]
        leaving[links[n].source] += links[n].value * scale
    for n in sorted(range(len(links)), key=lambda n: (links[n].target, top[links[n].source])):
        end[n] = entering[links[n].target]
        entering[links[n].target] += links[n].value * scale
    found = []
    for n in order:
        link, wide = links[n], max(LEAST, links[n].value * scale)
        x0, x1 = left[link.source] + THICK, left[link.target]
        y0, y1, bend = start[n], end[n], f"{(x0 + x1) / 2:.1f}"
        there = f"M{x0:.1f} {y0:.1f}C{bend} {y0:.1f} {bend} {y1:.1f} {x1:.1f} {y1:.1f}"
        y0, y1 = y0 + wide, y1 + wide
        back = f"V{y1:.1f}C{bend} {y1:.1f} {bend} {y0:.1f} {x0:.1f} {y0:.1f}Z"
        title = tag("title", plain(link.words))
        found.append(tag("path", title, d=there + back, fill=link.colour, class_="ribbon"))
    return found


def _vertex(
    label: str, words: str, colour: str, box: tuple[float, float, float], leftward: bool
) -> Markup:
    x, y, tall = box
    title = tag("title", plain(words))
    bar = tag("rect", title, x=x, y=y, width=THICK, height=tall, fill=colour)
    at = x - 5 if leftward else x + THICK + 5
    anchor = "end" if leftward else "start"
    name = tag("text", label, x=at, y=y + tall / 2 + 4, text_anchor=anchor, class_="label")
    return tag("g", bar, name)


def plain(words: str) -> str:
    """Words of a mark without the markup that a page once had for them."""
    for mark in ("<b>", "</b>"):
        words = words.replace(mark, "")
    return html.unescape(words.replace("<br>", "\n"))
