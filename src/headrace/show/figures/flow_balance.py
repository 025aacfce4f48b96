"""The chain from electrons to money as widths that balance, in one common measure.

A flow keeps its own quantity in its own unit. To draw a whole chain in one measure, a conversion
passes the measure on: what enters a chip as MWh leaves it as the same MWh, shared out over its
accelerator-hours; the tokens a model makes carry the hours that made them. So every vertex that is
neither a beginning nor an end has as much going in as coming out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from headrace.core.plan_file import FlowRecord
from headrace.show.format import text

Layer = str  # "energy", "hours", "output", "money"
LAYERS: tuple[Layer, ...] = ("energy", "hours", "output", "money")


_CHARGE = re.compile(r"(?<=\w),? (?:dis)?charg(?:e|ing)$")
_ENERGY = {"kwh", "mwh", "gwh", "twh", "gj", "mmbtu"}


@dataclass(frozen=True)
class Ribbon:
    """One ribbon: `width` in the measure of the view, the flow behind it in its own unit, and what
    a two-way flow turned over.
    """

    source: str
    target: str
    width: float
    flow: FlowRecord
    turned_over: float = 0.0


def layer(flow: FlowRecord) -> Layer:
    """The layer of a flow, by what it is counted in: energy, accelerator-hours, money; everything
    else is output.
    """
    unit = flow.unit.lower()
    if unit.endswith("usd"):
        return "money"
    if unit.startswith("accelerator"):
        return "hours"
    return "energy" if unit in _ENERGY else "output"


def netted(flows: Iterable[FlowRecord]) -> tuple[Ribbon, ...]:
    """Flows with equal ends added up, and pairs in both directions (a battery) reduced to their
    difference: its losses.

    What a product delivers ends at the product where money begins there: customers are not drawn
    twice.
    """
    flows = told_apart(tuple(flows))
    paid = {flow.source for flow in flows if layer(flow) == "money"}
    things = {end for flow in flows if layer(flow) != "money" for end in (flow.source, flow.target)}
    sums: dict[tuple[str, str, str, str], float] = defaultdict(float)
    first: dict[tuple[str, str, str, str], FlowRecord] = {}
    for flow in flows:
        if layer(flow) == "output" and flow.source in paid:
            continue
        # A payment that bears the name of a thing gets a vertex of its own: what is paid for a grid
        # is not the grid. Charging and discharging a store are two directions of one vertex.
        alike = layer(flow) == "money" and flow.target in things
        target = f"{flow.target}, paid" if alike else flow.target
        source, target = _CHARGE.sub("", flow.source), _CHARGE.sub("", target)
        flow = replace(flow, source=source, target=target)
        key = (source, target, flow.carrier, flow.unit)
        sums[key] += flow.quantity
        first.setdefault(key, flow)
    links = []
    for (source, target, carrier, unit), quantity in sums.items():
        back = sums.get((target, source, carrier, unit), 0.0)
        if quantity > back and source != target:
            links.append(
                Ribbon(source, target, quantity - back, first[source, target, carrier, unit], back)
            )
    return tuple(links)


def told_apart(flows: Sequence[FlowRecord]) -> tuple[FlowRecord, ...]:
    """The flows with different words for different things: where two ends are called alike, each
    says at which site it is, or what it is. What money is paid for may bear the name of a thing.
    """
    words: dict[str, str] = {}
    alike: dict[str, set[str]] = defaultdict(set)
    sites: dict[str, str] = {}
    physical = [flow for flow in flows if layer(flow) != "money"]
    ends = [end for f in physical for end in ((f.source_id, f.source), (f.target_id, f.target))]
    for flow in physical:
        for one in (flow.source_id, flow.target_id):
            if flow.site:
                sites.setdefault(one, flow.site)
    for one, name in ends:
        alike[name].add(one)
    for one, name in ends:
        if one and one not in words:
            apart = {sites.get(each, "") for each in alike[name]}
            here = len(alike[name]) == len(apart) > 1 and one in sites
            told = f"{name} at {text.site(sites[one])}" if here else name
            words[one] = told if told not in words.values() else f"{name} ({one})"
    return tuple(
        replace(
            flow,
            source=words.get(flow.source_id, flow.source),
            target=words.get(flow.target_id, flow.target),
        )
        for flow in flows
    )


def in_measure(links: Sequence[Ribbon], base: Layer) -> tuple[Ribbon, ...]:
    """The chain from the layer `base` onwards, every width in the measure of `base` (MWh,
    accelerator-hours or USD).

    Layers before `base` and the money after a physical `base` are left out: a payment carries no
    MWh.
    """
    after = ("money",) if base == "money" else LAYERS[LAYERS.index(base) : LAYERS.index("money")]
    kept = [link for link in links if layer(link.flow) in after]
    told: list[Ribbon] = []
    inflow: dict[str, float] = defaultdict(float)
    outgoing: dict[str, list[Ribbon]] = defaultdict(list)
    for link in kept:
        outgoing[link.source].append(link)
    for vertex in downstream(kept):
        for link, width in shares(outgoing[vertex], inflow[vertex], base):
            told.append(Ribbon(link.source, link.target, width, link.flow, link.turned_over))
            inflow[link.target] += width
    return tuple(told)


def whole(links: Sequence[Ribbon]) -> tuple[Ribbon, ...]:
    """The whole chain in one picture: each layer in its own measure, scaled so that each layer's
    total is 1.

    The output layer (tokens, seconds of video, FLOP) has no common unit; it carries the
    accelerator-hours that made it.
    """
    told: list[Ribbon] = []
    hours = in_measure(links, "hours")
    for name, source in (
        ("energy", in_measure(links, "energy")),
        ("hours", hours),
        ("output", hours),
        ("money", in_measure(links, "money")),
    ):
        own = [link for link in source if layer(link.flow) == name]
        into, out_of = _sums(own)
        total = sum(max(0.0, out - into.get(vertex, 0.0)) for vertex, out in out_of.items())
        told += [
            Ribbon(link.source, link.target, link.width / total, link.flow, link.turned_over)
            for link in own
            if total > 0
        ]
    return tuple(told)


def imbalance(links: Iterable[Ribbon]) -> float:
    """The largest |in - out| at a vertex with both, over the larger of the two [1]. 0 means the
    picture balances exactly.
    """
    into, out_of = _sums(links)
    worst = 0.0
    for vertex in set(into) & set(out_of):
        a, b = into[vertex], out_of[vertex]
        worst = max(worst, abs(a - b) / max(a, b, 1e-300))
    return worst


def native_imbalance(flows: Iterable[FlowRecord]) -> float:
    """The same [1] for the stored flows in their own units, carrier by carrier: what the plan
    itself promises to balance.

    A store keeps its losses and so is an end. A vertex where a carrier enters and another leaves (a
    chip: electricity in, hours out) is a conversion, not a balance, and is left out.
    """
    links = netted(flows)
    leaving: dict[str, set[str]] = defaultdict(set)
    by_carrier: dict[str, list[Ribbon]] = defaultdict(list)
    for link in links:
        leaving[link.source].add(link.flow.carrier)
        by_carrier[link.flow.carrier].append(link)
    worst = 0.0
    for carrier, own in by_carrier.items():
        pure = {vertex for vertex, carriers in leaving.items() if carriers == {carrier}}
        into, out_of = _sums(own)
        for vertex in pure & set(into):
            worst = max(
                worst,
                abs(into[vertex] - out_of[vertex]) / max(into[vertex], out_of[vertex], 1e-300),
            )
    return worst


def downstream(links: Sequence[Ribbon]) -> list[str]:
    """Vertices so that each comes after everything that flows into it.

    What stands in a ring is left out.
    """
    waiting: dict[str, int] = defaultdict(int)
    targets: dict[str, list[str]] = defaultdict(list)
    for link in links:
        waiting[link.target] += 1
        waiting[link.source] += 0
        targets[link.source].append(link.target)
    ready = [vertex for vertex, count in waiting.items() if count == 0]
    for vertex in ready:  # grows while it is read
        for target in targets[vertex]:
            waiting[target] -= 1
            if waiting[target] == 0:
                ready.append(target)
    return ready


def shares(links: Sequence[Ribbon], inflow: float, base: Layer) -> list[tuple[Ribbon, float]]:
    """Widths [unit of the base] of what leaves a vertex: its own quantity in the base measure, else
    a share of what is left of the inflow.
    """
    own = [(link, link.width) for link in links if layer(link.flow) == base]
    others = [link for link in links if layer(link.flow) != base]
    rest = max(0.0, inflow - sum(width for _, width in own))
    totals: dict[str, float] = defaultdict(float)
    for link in others:
        totals[link.flow.unit] += link.width
    # Several units leaving one vertex (tokens and video of one model) share what is left equally
    # between the units.
    return own + [
        (link, rest / len(totals) * link.width / totals[link.flow.unit])
        for link in others
        if totals[link.flow.unit] > 0
    ]


def _sums(links: Iterable[Ribbon]) -> tuple[dict[str, float], dict[str, float]]:
    into: dict[str, float] = defaultdict(float)
    out_of: dict[str, float] = defaultdict(float)
    for link in links:
        into[link.target] += link.width
        out_of[link.source] += link.width
    return into, out_of
