"""What a plan orders at each price of one thing: a step at every crossing, and the price at which
it enters.
"""

from __future__ import annotations

from headrace.plan.analysis.price_sweep import Bought, Segment, Sweep
from headrace.show.format import text
from headrace.show.format.chart import Chart, Table, table
from headrace.show.format.colours import QUIET, technology

MOST_LINES = 8


def chart(sweep: Sweep) -> Chart:
    """One stepped line an asset: expected orders over the tree against the price, with the
    break-even as a dotted line.
    """
    name = sweep.name
    about = (
        "Expected orders over the whole tree. Every step is a price at which the best plan changes;"
        " between steps one plan is best."
    )
    return Chart(
        "segments",
        f"What is ordered at each price of {name}",
        as_table(sweep),
        _figure(sweep),
        about,
    )


def as_table(sweep: Sweep) -> Table:
    """Every segment with the plan that is best in it."""
    columns = (
        f"from [{sweep.unit}]",
        f"to [{sweep.unit}]",
        "worth [USD]",
        "share of electricity [1]",
        "orders",
    )
    return table(
        columns, [(s.low, s.high, s.worth_low, s.share, orders(s)) for s in sweep.segments]
    )


def orders(segment: Segment) -> str:
    """The plan of a segment in words."""
    return (
        ", ".join(
            f"{text.number(b.quantity)} {b.unit} {b.asset.replace('_', ' ')}"
            for b in segment.orders
        )
        or "nothing"
    )


def _figure(sweep: Sweep) -> dict[str, object]:
    most: dict[tuple[str, str], Bought] = {}  # assets by their largest order anywhere
    for one in (b for s in sweep.segments for b in s.orders):
        known = most.get((one.site, one.asset))
        if known is None or one.quantity > known.quantity:
            most[one.site, one.asset] = one
    largest = sorted(most.values(), key=lambda b: -b.quantity)[:MOST_LINES]
    lines = [_line(sweep, one) for one in largest]
    entry = sweep.entry
    shapes = []
    if entry is not None and not entry.never and sweep.low <= entry.low <= sweep.high:
        line = {"color": QUIET, "dash": "dot", "width": 1.5}
        shapes = [
            {
                "type": "line",
                "x0": entry.low,
                "x1": entry.low,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": line,
            }
        ]
    layout = {
        "height": 420,
        "margin": {"l": 64, "r": 12, "t": 12, "b": 44},
        "legend": {"orientation": "h", "x": 0, "y": -0.22},
        "xaxis": {
            "title": {"text": f"{sweep.about} [{sweep.unit}]"},
            "range": [sweep.low, sweep.high],
            "fixedrange": True,
        },
        "yaxis": {
            "title": {"text": "ordered [MW, MWh]"},
            "rangemode": "tozero",
            "fixedrange": True,
        },
        "shapes": shapes,
    }
    return {"data": lines, "layout": layout}


def _line(sweep: Sweep, one: Bought) -> dict[str, object]:
    x: list[float | None] = []
    y: list[float | None] = []
    for segment in sweep.segments:
        size = sum(b.quantity for b in segment.orders if (b.site, b.asset) == (one.site, one.asset))
        x += [segment.low, segment.high]
        y += [size, size]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{one.asset.replace('_', ' ')} [{one.unit}]",
        "x": x,
        "y": y,
        "line": {
            "color": technology(one.asset),
            "width": 2.5,
            "dash": "dash" if one.unit == "MWh" else "solid",
        },
    }
