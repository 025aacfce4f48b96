"""What one unit of a product costs: a waterfall from electrons to capital, beside its price."""

from __future__ import annotations

import re
from html import escape

from headrace.core.plan_file import CostPart, ProductCost
from headrace.show.draw import svg
from headrace.show.format import colours
from headrace.show.format import text as words
from headrace.show.format.chart import Chart, Table, table
from headrace.show.format.html import Markup

WIDE = 470.0
"""Width of the picture [px]."""
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


def drawing(chart: Chart) -> Markup:
    """A waterfall as SVG."""
    return svg(chart.figure, chart.title, chart.about, WIDE)


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
    unit = f"USD per {unit_words(cost.unit)}"
    rows: list[tuple[str, float]] = [(part.name, part.usd_per_unit) for part in cost.parts]
    rows.append(("all together", cost.cost))
    if cost.levelised_price is not None:
        rows.append(("levelised price", cost.levelised_price))
    if cost.price is not None:
        rows.append(("price at the start", cost.price))
    for stage in cost.stages:
        rows += [
            (f"price from {stage.start}", stage.price),
            (f"cost from {stage.start}", stage.cost),
        ]
    return Chart(
        cost.product,
        f"{words.label(cost.product)}, {words.one(unit_words(cost.unit))}",
        table(("part", unit), rows),
        _figure(cost),
        _about(cost),
    )


def _about(cost: ProductCost) -> str:
    """Cost and price on one footing, and what is left between them."""
    told = f"costs {words.money(cost.cost)}"
    if cost.levelised_price is None:
        if cost.price is None:
            return told
        return f"{told}; sells for {words.money(cost.price)} at the start"
    left = cost.levelised_price - cost.cost
    ending = f"{words.money(abs(left))} {'left' if left >= 0 else 'short'}"
    posted = ""
    if cost.price is not None and cost.price != cost.levelised_price:
        posted = f" (from {words.money(cost.price)} at the start)"
    brings = f"brings {words.money(cost.levelised_price)}{posted}"
    return f"{told}, {brings}: {ending}; all levelised"


def by_stage(cost: ProductCost) -> Table:
    """Price and cost of each stage, and what is left."""
    rows = [
        (
            stage.start,
            *(words.money(usd) for usd in (stage.price, stage.cost, stage.price - stage.cost)),
        )
        for stage in cost.stages
    ]
    return table(("from", "price", "cost", "left"), rows)


def _figure(cost: ProductCost) -> dict[str, object]:
    """Steps from top to bottom, each beginning where the one above ended; the sum in ink, the price
    as a dotted line.
    """
    total, price = cost.cost, cost.price if cost.levelised_price is None else cost.levelised_price
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
    }
    shapes = [
        _line((top, top), (place + 0.33, place + 0.67), colours.QUIET, 1.0)
        for place, top in enumerate(tops)
    ]
    notes = []
    if price is not None:
        shapes.append(
            _line(
                (price, price),
                (-0.6, len(parts) - 0.5),
                colours.ACCENT,
                1.5,
                dash="dot",
                layer="below",
            )
        )
        notes.append(_note(f"price {words.number(price)}", price, -0.6))
    widest = max([*tops, total, price or 0.0, 1e-12])
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
