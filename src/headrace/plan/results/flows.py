"""The chain in numbers: where electricity, accelerator-hours and dollars come from and go.

A link is a yearly amount in a tree node. Electricity: sources -> site -> idle power, work and
stores' losses. Accelerator-hours: accelerators -> products and idleness. Money (discounted and
weighted by probability, so that the nodes add up to the plan): products -> enterprise -> costs and
gain. The ends of a link are identities with words beside them: two things may be called alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.core.ids import AssetId, ConverterId, ConverterRole, ProductId
from headrace.core.plan_file import FlowRecord
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.investment import stage_years
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.dispatch import NodeOutcome
from headrace.plan.results.hourly_balance import balances
from headrace.plan.scenario.tree import opening_of


@dataclass(frozen=True)
class FlowEnd:
    """One end of a link: what it is, and its words."""

    id: str
    words: str


ENTERPRISE = FlowEnd("enterprise", "enterprise")


def links(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], money: Sequence[CashLine]
) -> tuple[FlowRecord, ...]:
    """Every link of the chain; at each bus the links in and out add up."""
    nodes = formulation.nodes
    sums: dict[FlowRecord, float] = {}
    for outcome in outcomes:
        node, opening = nodes[outcome.number], opening_of(nodes, outcome.number)
        share = node.share * node.months / (12 * stage_years(nodes, outcome.number))
        for link in _physical(formulation, outcome):
            # a year of a stage of several is their mean
            key = replace(link, node=opening, quantity=0.0)
            sums[key] = sums.get(key, 0.0) + share * link.quantity
    found = [replace(key, quantity=quantity) for key, quantity in sums.items()]
    openings = dict.fromkeys(opening_of(nodes, outcome.number) for outcome in outcomes)
    for opening in openings:
        mine = [line for line in money if opening_of(nodes, line.node) == opening]
        found += _money(opening, mine)
    return tuple(found)


def _physical(formulation: Formulation, outcome: NodeOutcome) -> list[FlowRecord]:
    products = {str(d.bus): d.product for d in formulation.system.demands}
    ports = [p for c in formulation.system.converters for p in (*c.ports, *c.standing)]
    kinds = {str(port.bus): port.bus.carrier.kind for port in ports}
    hours = float(outcome.weights.sum())
    span = formulation.time_slices[outcome.number].span
    years = max(1.0, span / HOURS_PER_YEAR) if hours > HOURS_PER_YEAR else hours / HOURS_PER_YEAR
    working = _what_is_off(formulation)
    sums: dict[tuple[FlowEnd, FlowEnd, str, str, str], float] = defaultdict(float)
    for series in balances(formulation, outcome).series:
        if series.book not in ("carrier", "product"):
            continue
        product = products.get(series.bus_id)
        here = FlowEnd(
            f"bus {series.bus_id}" if product is None else str(product),
            f"{series.bus} {series.site}".strip(),
        )
        item = FlowEnd(f"{series.part} at {series.bus_id}", series.item)
        if series.part == "flow":
            item = working.get(series.item_id, FlowEnd(series.item_id, series.title))
        word = str(kinds[series.bus_id]) if product is None else product.key
        amount = float(outcome.weights @ series.values) / years
        sums[item, here, word, series.unit, series.site] += amount
    return [
        _link(
            outcome.number, *((item, here) if amount > 0 else (here, item)), word, abs(amount), *of
        )
        for (item, here, word, *of), amount in sums.items()
        if abs(amount) >= 1e-9
    ]


def _what_is_off(formulation: Formulation) -> dict[str, FlowEnd]:
    """By the identity of what stands and of what switches it off, the accelerators themselves: what
    is off takes hours back and gives idle power back, which is the same as standing less of them.
    """
    titles = {asset.id: asset.title for asset in formulation.system.assets}
    found = {}
    for converter in formulation.system.converters:
        one, asset = converter.id, converter.id.asset
        if one.role in (ConverterRole.STANDING, ConverterRole.OFF) and asset is not None:
            standing = replace(one, role=ConverterRole.STANDING)
            found[str(one)] = FlowEnd(str(standing), titles[asset])
    return found


def _link(
    node: int,
    source: FlowEnd,
    target: FlowEnd,
    carrier: str,
    quantity: float,
    unit: str,
    site: str = "",
) -> FlowRecord:
    return FlowRecord(
        node, source.words, target.words, carrier, quantity, unit, site, source.id, target.id
    )


def _money(node: int, money: Sequence[CashLine]) -> list[FlowRecord]:
    sums: dict[FlowEnd, float] = {}
    for line in money:
        end = purpose(line)
        sums[end] = sums.get(end, 0.0) + line.usd
    found = []
    for end, usd in sums.items():
        # a subsidy on running cost comes in, a product sold at a negative price goes out
        ends = (end, ENTERPRISE) if usd > 0 else (ENTERPRISE, end)
        if usd != 0:
            found.append(_link(node, *ends, "money", abs(usd), "USD"))
    gain = sum(line.usd for line in money)
    last = (
        (ENTERPRISE, FlowEnd("gain", "net present value"))
        if gain >= 0
        else (FlowEnd("loss", "owners' loss"), ENTERPRISE)
    )
    found.append(_link(node, *last, "money", abs(gain), "USD"))
    return found


def purpose(line: CashLine) -> FlowEnd:
    """Where a line of cash comes from or goes: a product, a kind of running cost, an asset."""
    if isinstance(line.about, ProductId) and line.kind == "revenue":
        return FlowEnd(str(line.about), line.about.key)
    given = isinstance(line.about, ConverterId) and line.about.role is ConverterRole.EXPORT
    if line.kind == "variable" and given:
        return FlowEnd("given to the grid", "electricity given to the grid")
    words = {
        "terminal": "terminal value",
        "fuel": "fuel",
        "variable": "energy bought and other running cost",
        "peak": "demand charges",
        "royalty": "royalties",
        "short": "broken promises",
        "unserved": "paid back for what was not served",
        "financing": "money beyond the discount rate",
    }
    if line.kind in words:
        return FlowEnd(f"for {line.kind}", words[line.kind])
    assert isinstance(line.about, AssetId)
    name = line.about.key or line.about.name
    return FlowEnd(f"paid for {line.about.role.family} {line.about.key!r}", name)
