"""The chain in numbers: where electricity, accelerator-hours and dollars come from and go, and what
a unit costs.

A link is a yearly amount in a tree node. Electricity: sources -> site -> idle power, work and
stores' losses. Accelerator-hours: accelerators -> products and idleness. Money (discounted and
weighted by probability, so that the nodes add up to the plan): products -> enterprise -> costs and
gain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.plan.model.formulate import Formulation
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.dispatch import NodeOutcome
from headrace.plan.results.hourly_balance import book, shown
from headrace.plan.scenario.discounting import node_weight


@dataclass(frozen=True)
class FlowLink:
    """An amount of a carrier from `source` to `target` in a year of a node; money is discounted and
    weighted by probability.
    """

    node: int
    source: str
    target: str
    carrier: str
    quantity: float
    unit: str
    site: str = ""


def links(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], money: Sequence[CashLine]
) -> tuple[FlowLink, ...]:
    """Every link of the chain; at each bus the links in and out add up."""
    found = [link for outcome in outcomes for link in _physical(formulation, outcome)]
    for outcome in outcomes:
        found += _money(outcome.number, [line for line in money if line.node == outcome.number])
    return tuple(found)


def _physical(formulation: Formulation, outcome: NodeOutcome) -> list[FlowLink]:
    titles = {c.key: c.title for c in formulation.system.converters}
    products = {d.bus.carrier: d for d in formulation.system.demands}
    stored = book(formulation, outcome)
    years = (
        max(1.0, formulation.calendars[outcome.number].span / 8760)
        if outcome.weights.sum() > 8760
        else outcome.weights.sum() / 8760
    )
    found = []
    for series in stored.series:
        if series.bus.startswith(("market ", "inside ")):
            continue
        amount = float(outcome.weights @ series.values) / years
        if abs(amount) < 1e-9:
            continue
        here, item = (
            f"{series.bus} {series.site}".strip(),
            titles.get(series.item, series.item.removeprefix(f"{series.site}.")),
        )
        place = series.site
        carrier = products[series.bus].name if series.bus in products else series.bus.split(" ")[0]
        source, target = (item, here) if amount > 0 else (here, item)
        found.append(
            FlowLink(outcome.number, source, target, carrier, abs(amount), series.unit, place)
        )
    return found


def _money(node: int, money: Sequence[CashLine]) -> list[FlowLink]:
    received: Mapping[str, float] = _summed(
        money, lambda line: line.about if line.kind == "revenue" else None
    )
    spent = _summed(
        money, lambda line: None if line.kind in ("revenue", "terminal") else _purpose(line)
    )
    terminal = sum(line.usd for line in money if line.kind == "terminal")
    gain = sum(line.usd for line in money)
    flows = [*received.items(), ("terminal value", terminal), *spent.items()]
    found = [_flow(node, name, usd) for name, usd in flows if usd != 0]
    if gain >= 0:
        found.append(FlowLink(node, "enterprise", "net present value", "money", gain, "USD"))
    else:
        found.append(FlowLink(node, "owners' loss", "enterprise", "money", -gain, "USD"))
    return found


def _flow(node: int, name: str, usd: float) -> FlowLink:
    """Money received (positive) or paid: a subsidy on running cost comes in, a product sold at a
    negative price goes out.
    """
    ends = (name, "enterprise") if usd > 0 else ("enterprise", name)
    return FlowLink(node, *ends, "money", abs(usd), "USD")


def _summed(money: Sequence[CashLine], name: object) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for line in money:
        about = name(line)  # type: ignore[operator]
        if about is not None:
            sums[about] += line.usd
    return dict(sums)


def _purpose(line: CashLine) -> str:
    words = {
        "fuel": "fuel",
        "variable": "energy bought and other running cost",
        "peak": "demand charges",
        "short": "broken promises",
    }
    return words.get(line.kind, line.about.split(".")[-1].removesuffix("_energy"))


@dataclass(frozen=True)
class UnitCost:
    """What a unit of a product costs over the whole tree: discounted dollars over discounted units,
    part by part.
    """

    product: str
    unit: str
    price: float
    parts: tuple[tuple[str, float], ...]


def unit_costs(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], money: Sequence[CashLine]
) -> tuple[UnitCost, ...]:
    """Levelised cost of every product: electricity, halls and accelerators by what each product
    uses of them.

    Electricity is priced at each site's average cost; idle power and accelerators are shared by
    accelerator-hours.
    """
    use = _use(formulation, outcomes)
    cost = _site_costs(formulation, money)
    found = []
    for demand in formulation.system.demands:
        made = use.made.get(demand.name, 0.0)
        if made <= 0:
            continue
        parts: dict[str, float] = defaultdict(float)
        for (product, site), energy in use.energy.items():
            if product == demand.name and use.site_energy.get(site, 0.0) > 0:
                parts["electricity"] += (
                    energy * cost.get((site, "energy"), 0.0) / use.site_energy[site]
                )
        for (product, asset), hours in use.hours.items():
            if product == demand.name and hours > 0:
                site = asset.split(".")[0]
                parts["accelerators"] += (
                    hours / use.asset_hours[asset] * cost.get((asset, "own"), 0.0)
                )
                parts["halls"] += (
                    use.power[asset]
                    * hours
                    / use.site_power[site]
                    * cost.get((f"{site}.hall", "own"), 0.0)
                )
        listed = tuple((name, usd / made) for name, usd in parts.items())
        found.append(UnitCost(demand.name, demand.bus.unit, demand.price, listed))
    return tuple(found)


@dataclass(frozen=True)
class _Use:
    made: dict[str, float]
    energy: dict[tuple[str, str], float]
    hours: dict[tuple[str, str], float]
    site_energy: dict[str, float]
    asset_hours: dict[str, float]
    power: dict[str, float]
    site_power: dict[str, float]


def _use(formulation: Formulation, outcomes: Sequence[NodeOutcome]) -> _Use:
    """Discounted amounts over the tree: what is made, and what electricity and accelerator-hours
    each product takes.
    """
    use = _Use(
        {},
        defaultdict(float),
        defaultdict(float),
        defaultdict(float),
        defaultdict(float),
        {},
        defaultdict(float),
    )
    system = formulation.system
    products = {str(d.bus): d.name for d in system.demands}
    idle = {
        c.asset.split(".", 1)[1]: c
        for c in system.converters
        if not c.has_activity and any(np.max(p.ratio) < 0 for p in c.standing)
    }
    for outcome in outcomes:
        scale = node_weight(formulation.nodes[outcome.number], formulation.clock) * outcome.weights
        hour = formulation.calendars[outcome.number].hour
        for i, activity in outcome.activity.items():
            converter = system.converters[i]
            name = next(
                (products[str(p.bus)] for p in converter.ports if str(p.bus) in products), None
            )
            if name is None:
                continue
            for port in converter.ports:
                ratio = port.ratio if np.ndim(port.ratio) == 0 else np.asarray(port.ratio)[hour]
                amount = float(scale @ (np.abs(ratio) * activity))
                if str(port.bus) in products:
                    use.made[name] = use.made.get(name, 0.0) + amount
                elif port.bus.carrier == "electricity":
                    use.energy[name, port.bus.site] += amount
                    use.site_energy[port.bus.site] += amount
                else:
                    use.hours[name, f"{port.bus.site}.{port.bus.carrier.split(' ')[1]}"] += amount
                    use.asset_hours[f"{port.bus.site}.{port.bus.carrier.split(' ')[1]}"] += amount
    _share_idle(formulation, outcomes, use, idle)
    return use


def _share_idle(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], use: _Use, idle: Mapping[str, object]
) -> None:
    system = formulation.system
    weight = {key: w for limit in system.limits for key, w in limit.weights if w > 0}
    use.power.update({asset: weight.get(asset, 1.0) for asset in use.asset_hours})
    for asset, hours in use.asset_hours.items():
        use.site_power[asset.split(".")[0]] += use.power[asset] * hours
    for outcome in outcomes:
        scale = node_weight(formulation.nodes[outcome.number], formulation.clock) * outcome.weights
        hour = formulation.calendars[outcome.number].hour
        for converter in system.converters:
            if (
                converter.has_activity
                or converter.asset not in outcome.hourly_capacity
                or converter.asset not in use.asset_hours
            ):
                continue
            for port in converter.standing:
                if port.bus.carrier == "electricity":
                    ratio = (
                        -np.asarray(port.ratio)[hour] if np.ndim(port.ratio) else -float(port.ratio)
                    )
                    drawn = float(scale @ (ratio * outcome.hourly_capacity[converter.asset]))
                    use.site_energy[port.bus.site] += drawn
                    for (product, key), hours in list(use.hours.items()):
                        if key == converter.asset and use.asset_hours[key] > 0:
                            use.energy[product, port.bus.site] += (
                                drawn * hours / use.asset_hours[key]
                            )


def _site_costs(
    formulation: Formulation, money: Sequence[CashLine]
) -> dict[tuple[str, str], float]:
    """Discounted cost by (site, "energy") for all that makes electricity, and by (asset, "own") for
    halls and accelerators.
    """
    own = {a.key for a in formulation.system.assets if a.unit == "kaccelerator" or a.name == "hall"}
    cost: dict[tuple[str, str], float] = defaultdict(float)
    for line in money:
        if line.kind in ("revenue", "short"):
            continue
        place = (line.about, "own") if line.about in own else (line.about.split(".")[0], "energy")
        cost[place] -= line.usd
    return cost


def display_unit(unit: str) -> tuple[float, str]:
    """Factor and unit in which a reader sees amounts of `unit`."""
    return shown(1.0, unit)
