"""The Sankey of one tree node: the chain, or its energy, its accelerator-hours, its dollars."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape

from headrace.core.plan_file import PlanFile
from headrace.show.draw import svg
from headrace.show.figures import flow_balance, waterfall
from headrace.show.format import colours, text
from headrace.show.format.chart import Chart, table
from headrace.show.format.html import Markup

LONGEST = 32
WIDE = 1040.0
"""Width of the picture [px]."""
SMALLEST = 2e-3
"""A ribbon below this share of the largest is not drawn; it stays in the table [1]."""


@dataclass(frozen=True)
class View:
    """One way to measure the chain: its key, its name on the switch, and what a width means."""

    key: str
    name: str
    about: str
    base: flow_balance.Layer | None
    unit: str


VIEWS = (
    View(
        "chain",
        "Whole chain",
        "Each layer in its own unit, drawn to one height:"
        " electricity, accelerator-hours, output, money.",
        None,
        "",
    ),
    View(
        "energy",
        "Energy",
        "MWh a year: what leaves a chip or a model carries the electricity that made it.",
        "energy",
        "MWh",
    ),
    View(
        "hours",
        "Accelerator-hours",
        "Hours a year: what a model delivers carries the hours that made it.",
        "hours",
        "accelerator-hours",
    ),
    View(
        "money",
        "Dollars",
        "Who pays, and where it goes: discounted and weighted by probability,"
        " so that all branches add up to the plan.",
        "money",
        "USD",
    ),
)


def charts(plan: PlanFile, node: int) -> tuple[Chart, ...]:
    """The four views of a node's year. A view without flows is left out."""
    sites = plan.sites()
    links = flow_balance.netted(
        replace(flow, source=text.label(flow.source, sites), target=text.label(flow.target, sites))
        for flow in plan.flows
        if flow.node == node
    )
    drawn = (
        (
            view,
            flow_balance.whole(links)
            if view.base is None
            else flow_balance.in_measure(links, view.base),
        )
        for view in VIEWS
    )
    found = [chart(view, told) for view, told in drawn if told]
    if found and found[0].key == "chain":
        said = f"{found[0].about} {conversions(plan, links)}".strip()
        found[0] = replace(found[0], about=said)
    return tuple(found)


def conversions(plan: PlanFile, links: Sequence[flow_balance.Ribbon]) -> str:
    """What a unit of each product takes in this node, in words: "Chat: 0.13 kWh and 0.148
    accelerator-hours a million tokens, 0.253 USD levelised".
    """
    costs = {text.label(cost.product): cost for cost in plan.costs}
    said = []
    for product, cost in costs.items():
        into = [k for k in links if k.target == product and flow_balance.layer(k.flow) == "output"]
        made, works = sum(k.width for k in into), {k.source for k in into}
        if made <= 0:
            continue
        hours = sum(_into(links, work, "hours") for work in works)
        energy = sum(_into(links, work, "energy") + _idle(links, work) for work in works)
        parts = (
            f"{text.number(1e3 * energy / made)} kWh" if energy else "",
            f"{text.number(hours / made)} accelerator-hours" if hours else "",
        )
        took = " and ".join(part for part in parts if part)
        unit = waterfall.unit_words(cost.unit)
        said.append(f"{product}: {took} {text.one(unit)}, {text.money(cost.cost)} levelised.")
    return " ".join(said)


def _into(links: Sequence[flow_balance.Ribbon], vertex: str, layer: str) -> float:
    """What enters a vertex of a layer [its unit]."""
    own = (k for k in links if k.target == vertex)
    return sum(k.width for k in own if flow_balance.layer(k.flow) == layer)


def _idle(links: Sequence[flow_balance.Ribbon], work: str) -> float:
    """The idle energy of the accelerators whose hours a work takes, in its share of them [MWh]."""
    found = 0.0
    for bus in {k.source for k in links if k.target == work}:
        hours = [k for k in links if k.source == bus and flow_balance.layer(k.flow) == "hours"]
        whole = sum(k.width for k in hours)
        own = sum(k.width for k in hours if k.target == work)
        makers = {k.source for k in links if k.target == bus} if whole else set()
        idle = sum(_into(links, maker, "energy") for maker in makers)
        found += idle * own / whole if whole else 0.0
    return found


def chart(view: View, links: Sequence[flow_balance.Ribbon]) -> Chart:
    """The chain in one view, with every ribbon as a row."""
    columns = (
        "from",
        "to",
        "carrier",
        "quantity",
        "unit",
        "site",
        f"width [{view.unit or 'share of the layer'}]",
    )
    rows = [
        (
            k.source,
            k.target,
            k.flow.carrier,
            k.flow.quantity - k.turned_over,
            k.flow.unit,
            k.flow.site,
            k.width,
        )
        for k in links
    ]
    return Chart(view.key, view.name, table(columns, rows), figure(links, view), view.about)


def drawing(chart: Chart) -> Markup:
    """A view of the chain as SVG."""
    return svg(chart.figure, f"From electrons to money: {chart.title}", chart.about, WIDE)


def figure(links: Sequence[flow_balance.Ribbon], view: View) -> dict[str, object]:
    """Vertices and ribbons of a view as plain values."""
    largest = max(link.width for link in links)
    drawn = [link for link in links if link.width > SMALLEST * largest]
    names = list(dict.fromkeys(name for link in drawn for name in (link.source, link.target)))
    place = {name: count for count, name in enumerate(names)}
    trace = {
        "type": "sankey",
        "arrangement": "snap",
        "valueformat": ".3s",
        "node": {
            "label": [escape(label(name)) for name in names],
            "color": [vertex_colour(name, drawn) for name in names],
            "customdata": [vertex_words(name, drawn) for name in names],
            "pad": 14,
            "thickness": 10,
            "align": "left",
            "line": {"width": 0},
        },
        "link": {
            "source": [place[link.source] for link in drawn],
            "target": [place[link.target] for link in drawn],
            "value": [float(f"{link.width:.6g}") for link in drawn],
            "color": [colours.faded(ribbon_colour(link), 0.38) for link in drawn],
            "customdata": [ribbon_words(link, view) for link in drawn],
        },
    }
    return {
        "data": [trace],
        "layout": {
            "margin": {"l": 4, "r": 4, "t": 8, "b": 8},
            "height": max(360, min(580, 22 * len(names))),
        },
    }


def label(name: str) -> str:
    """A vertex's name as it is written beside it: what stands before a comma or colon, at most 32
    letters.
    """
    told = re.sub(r"^accelerator-hours ", "", re.split(r"[,:] ", name)[0], flags=re.I)
    told = told[:1].upper() + told[1:]
    return (
        told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    )


def ribbon_colour(link: flow_balance.Ribbon) -> str:
    """A ribbon has its carrier's colour; what ends unused is grey."""
    return (
        colours.LOSS
        if colours.technology(link.target) in (colours.LOSS, colours.IDLE)
        else colours.carrier(link.flow.carrier, link.flow.unit)
    )


def vertex_colour(name: str, links: Sequence[flow_balance.Ribbon]) -> str:
    """The colour of the largest ribbon of what a vertex makes, or of what enters it."""
    into = [link for link in links if link.target == name]
    out = [link for link in links if link.source == name]
    # A vertex has the colour of what it makes; one that only takes money has the colour of what it
    # delivered for it.
    made = [link for link in out if flow_balance.layer(link.flow) != "money"] or into or out
    return ribbon_colour(max(made, key=lambda link: link.width))


def vertex_words(name: str, links: Sequence[flow_balance.Ribbon]) -> str:
    """A vertex in words: its name, and what enters it of each carrier."""
    sums: dict[tuple[str, str], float] = defaultdict(float)
    into = [link for link in links if link.target == name] or [
        link for link in links if link.source == name
    ]
    for link in into:
        sums[link.flow.carrier, link.flow.unit] += link.flow.quantity - link.turned_over
    lines = [
        f"{escape(text.quantity(amount, unit))} {_carrier_word(carrier, unit)}".strip()
        for (carrier, unit), amount in sums.items()
    ]
    return "<br>".join([f"<b>{escape(name)}</b>", *lines])


def ribbon_words(link: flow_balance.Ribbon, view: View) -> str:
    """A ribbon in words: from where to where, how much, and what made it."""
    flow = link.flow
    amount = text.quantity(flow.quantity - link.turned_over, flow.unit)
    own = f"{amount} {_carrier_word(flow.carrier, flow.unit)}".strip()
    lines = [f"<b>{escape(link.source)}</b> to <b>{escape(link.target)}</b>", escape(own)]
    if link.turned_over:
        lines.append(f"{escape(text.quantity(link.turned_over, flow.unit))} came back")
    if view.base and flow_balance.layer(flow) != view.base:
        lines.append(f"made with {escape(text.quantity(link.width, view.unit))}")
    return "<br>".join(lines)


def _carrier_word(carrier: str, unit: str) -> str:
    return f"of {carrier}" if unit == "MWh" else ""
