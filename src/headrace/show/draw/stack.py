"""What feeds a balance above a line and what it feeds below it, slot by slot, as SVG: the still
form of the picture that a script can zoom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.show.draw.scale import AxisScale, round_values, tick_words
from headrace.show.format.html import Markup, tag

WIDE, TALL, LEFT, RIGHT, TOP, FOOT = 1040.0, 360.0, 64.0, 8.0, 22.0, 26.0
LEAST = 5e-3
"""An item below this share of the largest sum is left out of the picture and its legend [1]."""


@dataclass(frozen=True)
class StackedSeries:
    """One item: its name, its colour, and its mean in each slot [unit of the picture]."""

    name: str
    colour: str
    values: Floats


def stack(found: Sequence[StackedSeries], title: str, unit: str, dates: Sequence[str]) -> Markup:
    """The picture. dates: written below it, evenly spread from its begin to its end."""
    values = np.array([one.values for one in found])
    above, below = np.maximum(values, 0.0), np.minimum(values, 0.0)
    top, low = float(above.sum(axis=0).max()) * 1.04, float(below.sum(axis=0).min()) * 1.04
    up = AxisScale("linear", low, max(top, low + 1e-9), TALL - FOOT, TOP)
    across = AxisScale("linear", 0.0, float(values.shape[1]), LEFT, WIDE - RIGHT)
    shown = [n for n, row in enumerate(values) if abs(row).max() > LEAST * max(top, -low)]
    areas = [
        area
        for part in (above, below)
        for area in _areas([found[n] for n in shown], part[shown], across, up)
    ]
    names = ", ".join(found[n].name for n in shown)
    return tag(
        "svg",
        tag("title", title),
        tag("desc", f"{unit}; from below: {names}"),
        tag("text", unit, x=LEFT, y=12.0, class_="axis"),
        *_grid(up),
        *areas,
        tag("line", x1=LEFT, x2=WIDE - RIGHT, y1=up.at(0.0), y2=up.at(0.0), class_="zero"),
        *_dates(dates),
        viewbox=f"0 0 {WIDE:.0f} {TALL:.0f}",
        role="img",
        aria_label=f"{title}: {names}",
        class_="figure hours",
    )


def legend(found: Sequence[StackedSeries]) -> Markup:
    """The colours of what is drawn."""
    most = max((float(abs(one.values).max()) for one in found), default=0.0)
    keys = [
        tag("span", tag("i", style=f"background:{one.colour}"), one.name)
        for one in found
        if abs(one.values).max() > LEAST * most
    ]
    return tag("p", *keys, class_="legend")


def _areas(
    found: Sequence[StackedSeries], values: Floats, across: AxisScale, up: AxisScale
) -> list[Markup]:
    """Each item from where the one before ended."""
    base, told = np.zeros(values.shape[1]), []
    x = [f"{across.at(float(slot)):.1f}" for slot in range(values.shape[1] + 1)]
    for one, row in zip(found, values):
        if not row.any():
            continue
        top = base + row
        there = "".join(f"V{up.at(float(v)):.1f}H{x[n + 1]}" for n, v in enumerate(top))
        back = "".join(f"V{up.at(float(base[n])):.1f}H{x[n]}" for n in range(len(base) - 1, -1, -1))
        path = f"M{x[0]} {up.at(float(base[0])):.1f}{there}{back}Z"
        told.append(tag("path", tag("title", one.name), d=path, fill=one.colour, class_="area"))
        base = top
    return told


def _grid(up: AxisScale) -> list[Markup]:
    values = round_values(up.low, up.high)
    told = []
    for value, words in zip(values, tick_words(values)):
        y = up.at(value)
        told.append(tag("line", x1=LEFT, x2=WIDE - RIGHT, y1=y, y2=y, class_="grid"))
        told.append(tag("text", words, x=LEFT - 8, y=y + 4, text_anchor="end", class_="tick"))
    return told


def _dates(dates: Sequence[str]) -> list[Markup]:
    last = max(1, len(dates) - 1)
    room = (WIDE - LEFT - RIGHT) / last
    anchors = {0: "start", last: "end"}
    return [
        tag(
            "text",
            words,
            x=LEFT + room * place,
            y=TALL - 8.0,
            text_anchor=anchors.get(place, "middle"),
            class_="tick",
        )
        for place, words in enumerate(dates)
    ]
