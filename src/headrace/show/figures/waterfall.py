"""What one unit of a product costs: a waterfall from electrons to capital, beside its price."""

from __future__ import annotations

import re
from html import escape

from headrace.core.plan_file import CostPart, ProductCost
from headrace.show.format import colours
from headrace.show.format import text as words
from headrace.show.format.chart import Chart, table

_LAYERS = (
    (r"electr|energy|power|fuel", colours.CARRIERS["electricity"]),
    (r"hall|building|cooling|site|facility", "#8a949a"),
    (r"chip|accelerator|server|compute|network", colours.CARRIERS["accelerator-hours"]),
    (r"model|training|research", colours.CARRIERS["tokens"]),
    (r"right|licen|royalt", colours.CARRIERS["video"]),
    (r"capital|interest|tax|finance", colours.CARRIERS["money"]),
)


def charts(costs: tuple[ProductCost, ...]) -> tuple[Chart, ...]:
    """One waterfall per product that has parts."""
    return tuple(_chart(cost) for cost in costs if cost.parts)


def layer_colour(name: str) -> str:
    """The colour of a cost part: that of the layer it pays for."""
    return next(
        (colour for pattern, colour in _LAYERS if re.search(pattern, name.lower())), colours.LOSS
    )


def unit_words(unit: str) -> str:
    """A unit as "million tokens" where people say it so."""
    return {
        "Mtok": "million tokens",
        "s": "second",
        "s of video": "second of video",
        "video-second": "second of video",
        "EFLOP": "EFLOP (10¹⁸ operations)",
    }.get(unit, unit)


def _chart(cost: ProductCost) -> Chart:
    total = sum(part.usd_per_unit for part in cost.parts)
    unit = f"USD per {unit_words(cost.unit)}"
    rows: list[tuple[str, float]] = [(part.name, part.usd_per_unit) for part in cost.parts]
    rows.append(("all together", total))
    if cost.price is not None:
        rows.append(("price", cost.price))
    return Chart(
        cost.product,
        f"{words.label(cost.product)}, a {unit_words(cost.unit)}",
        table(("part", unit), rows),
        _figure(cost, total),
        _about(cost, total),
    )


def _about(cost: ProductCost, total: float) -> str:
    told = f"costs {words.money(total)}"
    if cost.price is None:
        return told
    left = cost.price - total
    ending = f"{words.money(abs(left))} {'left' if left >= 0 else 'short'}"
    return f"{told}, sells for {words.money(cost.price)}: {ending}"


def _figure(cost: ProductCost, total: float) -> dict[str, object]:
    """Steps from top to bottom, each beginning where the one above ended; the sum in ink, the price
    as a dotted line.
    """
    parts = (*cost.parts, CostPart("Together", total))
    bases, tops, running = [], [], 0.0
    for part in cost.parts:
        bases.append(min(running, running + part.usd_per_unit))
        running += part.usd_per_unit
        tops.append(running)
    bars = {
        "type": "bar",
        "orientation": "h",
        "y": [escape(part.name[:1].upper() + part.name[1:]) for part in parts],
        "x": [abs(part.usd_per_unit) for part in parts],
        "base": [*bases, min(0.0, total)],
        "text": [words.number(part.usd_per_unit) for part in parts],
        "textposition": "outside",
        "cliponaxis": False,
        "constraintext": "none",
        "marker": {
            "color": [*(layer_colour(part.name) for part in cost.parts), colours.INK],
            "line": {"width": 0},
        },
        "width": 0.66,
        "hovertemplate": "%{y}: %{text} USD<extra></extra>",
    }
    shapes = [
        _line((top, top), (place + 0.33, place + 0.67), colours.QUIET, 1.0)
        for place, top in enumerate(tops)
    ]
    notes = []
    if cost.price is not None:
        shapes.append(
            _line(
                (cost.price, cost.price),
                (-0.6, len(parts) - 0.5),
                colours.ACCENT,
                1.5,
                dash="dot",
                layer="below",
            )
        )
        notes.append(_note(f"price {words.number(cost.price)}", cost.price, -0.6))
    widest = max([*tops, total, cost.price or 0.0, 1e-12])
    layout = {
        "height": 34 * len(parts) + 34,
        "margin": {"l": 86, "r": 12, "t": 20, "b": 4},
        "showlegend": False,
        "shapes": shapes,
        "annotations": notes,
        "xaxis": {"visible": False, "fixedrange": True, "range": [min(0.0, *bases), widest * 1.2]},
        "yaxis": {
            "fixedrange": True,
            "range": [len(parts) - 0.45, -0.65],
            "showgrid": False,
            "ticklabelstandoff": 6,
        },
    }
    return {"data": [bars], "layout": layout}


def _line(
    x: tuple[float, float],
    y: tuple[float, float],
    colour: str,
    width: float,
    dash: str = "solid",
    layer: str = "above",
) -> dict[str, object]:
    line = {"color": colour, "width": width, "dash": dash}
    return {
        "type": "line",
        "x0": x[0],
        "x1": x[1],
        "y0": y[0],
        "y1": y[1],
        "line": line,
        "layer": layer,
    }


def _note(text: str, x: float, y: float) -> dict[str, object]:
    font = {"size": 11, "color": colours.ACCENT}
    return {
        "text": text,
        "x": x,
        "y": y,
        "xanchor": "center",
        "yanchor": "bottom",
        "showarrow": False,
        "font": font,
    }
