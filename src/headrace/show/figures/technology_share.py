"""Share of the reactor against its capex, by gas and carbon price: how cheap must it be, and what
helps it?
"""

from __future__ import annotations

from collections.abc import Sequence

from headrace.plan.analysis.technology_share import ShareCurve
from headrace.show.format import text
from headrace.show.format.chart import Chart, table

GAS = ("#b8642e", "#6e3210", "#d98a4b", "#3f1d0a")
CARBON = ("solid", "dash", "dot", "dashdot")


def chart(curves: Sequence[ShareCurve]) -> Chart:
    """One line a pair of prices: the darker, the dearer the gas; the more broken, the dearer the
    carbon.
    """
    rows = [(c.gas, c.carbon, x, y) for c in curves for x, y in zip(c.capex, c.share)]
    columns = ("gas [USD/MMBtu]", "carbon [USD/t]", "capex [USD/kW]", "share of electricity [1]")
    return Chart(
        "reactor_share",
        "How cheap must a reactor be?",
        table(columns, rows),
        _figure(curves),
        _about(curves),
    )


def _about(curves: Sequence[ShareCurve]) -> str:
    known = [c for c in curves if c.breakeven is not None]
    if not known:
        return ""
    least, most = (
        min(known, key=lambda c: c.breakeven or 0.0),
        max(known, key=lambda c: c.breakeven or 0.0),
    )
    first = f"It enters below {_words(least)}"
    return f"{first}, and below {_words(most)}." if least is not most else f"{first}."


def _words(curve: ShareCurve) -> str:
    price = text.number(curve.breakeven or 0.0)
    gas, carbon = text.number(curve.gas), text.number(curve.carbon)
    return f"{price} USD/kW at gas of {gas} USD/MMBtu and carbon at {carbon} USD/t"


def _figure(curves: Sequence[ShareCurve]) -> dict[str, object]:
    top = min(1.02, 1.1 * max((y for c in curves for y in c.share), default=0.0) + 0.01)
    gases, carbons = sorted({c.gas for c in curves}), sorted({c.carbon for c in curves})
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": f"gas {text.number(c.gas)} USD/MMBtu, carbon {text.number(c.carbon)} USD/t",
            "x": list(c.capex),
            "y": list(c.share),
            "line": {
                "color": GAS[gases.index(c.gas) % len(GAS)],
                "dash": CARBON[carbons.index(c.carbon) % len(CARBON)],
                "width": 2,
                "shape": "linear",
            },
            "marker": {"size": 5},
        }
        for c in curves
    ]
    layout = {
        "height": 430,
        "margin": {"l": 54, "r": 12, "t": 12, "b": 44},
        "legend": {"orientation": "h", "x": 0, "y": -0.22},
        "xaxis": {"title": {"text": "overnight capex [USD/kW]"}, "fixedrange": True},
        "yaxis": {
            "title": {"text": "share of electricity"},
            "tickformat": ".0%",
            "range": [-0.02 * top, top],
            "fixedrange": True,
        },
    }
    return {"data": lines, "layout": layout}
