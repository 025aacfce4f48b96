"""What one part of a plan would charge the next: the plan's own prices of what passes between them.

    price(bus)  = sum over nodes and hours of dual x what enters the bus,
                  over the sum of what enters it, discounted and weighted
    even use    = yearly cost of what stands / (8,760 h x margin of an hour of full activity)

The dual of a bus is what one more unit there saves; weighted by what passes it is what a part that
sold at its neighbours' prices would be paid on the mean. A hall has no carrier: its price is that
of the limit it lifts. The margin is what an hour brings at these prices, less what it takes at
theirs and its running cost; above 100 %, it never pays at them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Asset, Bus, Converter
from headrace.core.ids import AssetId, CarrierKind
from headrace.finance.levelised import discount_factor, flowing
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.risk_measure import prices_of
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.column_money import rates
from headrace.plan.model.constraints.context import ColumnLabel
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome, flows, node_outcome
from headrace.plan.scenario.discounting import node_weight

HOURS = 8760.0


@dataclass(frozen=True)
class BusPrice:
    """Of what passes a bus: its mean price [USD per unit], and how much passes on the discounted
    mean of a year [unit/a].
    """

    bus: Bus
    price: float
    passed: float


@dataclass(frozen=True)
class AssetPrice:
    """What an asset makes, at the plan's prices: what it is called and in which unit, its price
    [USD per unit].

    even_use: share of the hours in which it must work to pay its yearly cost at these prices [1],
        None where an hour brings nothing; use: share in which it works in the plan [1], None where
        nothing stands.
    """

    asset: AssetId
    makes: str
    unit: str
    price: float
    even_use: float | None
    use: float | None


def bus_prices(formulation: Formulation, solution: Solution) -> tuple[BusPrice, ...]:
    """Every bus that something passes; of a product, what goes into it at these prices."""
    paid: dict[Bus, float] = defaultdict(float)
    passed: dict[Bus, float] = defaultdict(float)
    years = 0.0
    for number in range(len(formulation.nodes)):
        weight = node_weight(formulation.nodes[number], formulation.discounting)
        outcome = node_outcome(formulation, solution, number)
        years += weight * float(outcome.weights.sum()) / HOURS
        duals = bus_duals(formulation, solution, number)
        for flow in flows(formulation, outcome):
            enters = np.maximum(flow.value, 0.0)
            passed[flow.bus] += weight * float(outcome.weights @ enters)
            if flow.bus in duals:
                paid[flow.bus] += float(duals[flow.bus] @ enters)
        for bus, usd in into_products(formulation, outcome, duals):
            paid[bus] += usd
    return tuple(
        BusPrice(bus, paid[bus] / amount, amount / years)
        for bus, amount in passed.items()
        if amount > 0 and bus in paid
    )


def bus_duals(formulation: Formulation, solution: Solution, number: int) -> dict[Bus, Floats]:
    """What one more unit at each bus saves the whole plan, by snapshot [USD per unit of the bus in
    every hour of the snapshot].
    """
    found: dict[Bus, Floats] = {}
    for label, dual in zip(formulation.labels[number].rows, solution.nodes[number].rows):
        if label.kind in ("bus", "surplus") and isinstance(label.about, Bus):
            usd = (1.0 if label.kind == "bus" else -1.0) * MONEY / label.scale * dual
            found[label.about] = found.get(label.about, 0.0) + usd
    return found


def into_products(
    formulation: Formulation, outcome: NodeOutcome, duals: Mapping[Bus, Floats]
) -> Iterator[tuple[Bus, float]]:
    """What work for each product takes at the duals, and its own running cost [USD]."""
    cut = formulation.time_slices[outcome.number].cut
    holds = formulation.parameters[outcome.number]
    for i, activity in outcome.activity.items():
        converter = holds.converter(formulation.system.converters[i])
        out = next((p.bus for p in converter.ports if p.bus in formulation.system.sold_at), None)
        if out is not None:
            for port in converter.ports:
                if port.bus in duals and port.bus != out:
                    yield out, -float(duals[port.bus] @ (cut(port.ratio) * activity))


def asset_prices(
    formulation: Formulation, solution: Solution, chosen: Sequence[AssetId]
) -> tuple[AssetPrice, ...]:
    """Those of `chosen` that make something or lift a limit, in their order.

    Accelerators of which none work are told at what an hour of the others costs on the mean.
    """
    buses = bus_prices(formulation, solution)
    priced = {one.bus: one.price for one in buses}
    hours = [one for one in buses if one.bus.carrier.kind is CarrierKind.ACCELERATOR_HOURS]
    if hours:
        mean = sum(one.price * one.passed for one in hours) / sum(one.passed for one in hours)
        for converter in formulation.system.converters:
            for port in converter.standing:
                if port.bus.carrier.kind is CarrierKind.ACCELERATOR_HOURS:
                    priced.setdefault(port.bus, mean)
    outcomes = [node_outcome(formulation, solution, n) for n in range(len(formulation.nodes))]
    by_id = {asset.id: asset for asset in formulation.system.assets}
    found = []
    for one in chosen:
        made = next(
            (i for i, c in enumerate(formulation.system.converters) if _makes(c, one)), None
        )
        if made is not None:
            found.append(_of_converter(formulation, outcomes, priced, (by_id[one], made)))
        else:
            found += _of_limit(formulation, solution, by_id[one])
    return tuple(one for one in found if one is not None)


def _makes(converter: Converter, asset: AssetId) -> bool:
    ports = converter.ports if converter.has_activity else converter.standing
    return converter.asset == asset and any(np.any(np.asarray(p.ratio) > 0) for p in ports)


def _yearly(formulation: Formulation, asset: Asset) -> float:
    """What it costs a year and unit while it works: its payments, moved to the first hour, spread
    evenly over its life, and fixed cost [USD].
    """
    rate = formulation.discounting.rate
    paid = sum(
        p.usd * discount_factor(rate, (p.month - asset.lead_months) / 12) for p in asset.payments
    )
    return paid / flowing(rate, 0.0, asset.life_months / 12) + asset.fixed_cost


def _of_converter(
    formulation: Formulation,
    outcomes: Sequence[NodeOutcome],
    priced: Mapping[Bus, float],
    made: tuple[Asset, int],
) -> AssetPrice | None:
    """An asset by the first converter that makes something of it."""
    asset, number = made
    listed = formulation.system.converters[number]
    ports = listed.ports if listed.has_activity else listed.standing
    out = next(p.bus for p in ports if np.any(np.asarray(p.ratio) > 0))
    if out not in priced:
        return None
    hours = earned = cost = worked = stood = 0.0
    for outcome in outcomes:
        holds = formulation.parameters[outcome.number]
        weighted = outcome.weights * node_weight(
            formulation.nodes[outcome.number], formulation.discounting
        )
        cut = formulation.time_slices[outcome.number].cut
        ones, converter = np.ones(len(weighted)), holds.converter(listed)
        hours += float(weighted.sum())
        for port in (*converter.ports * converter.has_activity, *converter.standing):
            usd = priced.get(port.bus, 0.0)
            earned += usd * float(weighted @ (cut(port.ratio) * ones))
        if listed.has_activity:  # also where nothing stands, so that no column is written
            label = ColumnLabel("activity", number)
            for rate in rates(formulation.system, holds, cut, label):
                cost -= float(weighted @ (rate.usd * ones))
        there = outcome.hourly_capacity.get(asset.id)
        if there is not None:
            stood += float(weighted @ there)
            worked += float(weighted @ working(formulation, outcome, (listed, number), out))
    margin = (earned - cost) / hours
    yearly = _yearly(formulation, asset)
    even = yearly / (HOURS * margin) if margin > 0 else None
    use = worked / stood if stood > 0 else None
    return AssetPrice(asset.id, out.carrier.name, out.unit, priced[out], even, use)


def working(
    formulation: Formulation, outcome: NodeOutcome, made: tuple[Converter, int], out: Bus
) -> Floats:
    """How much of what stands works, by snapshot [own unit]: its activity, or of what only stands
    (chips) what others take of it.
    """
    listed, number = made
    if listed.has_activity:
        return outcome.activity.get(number, np.zeros(len(outcome.weights)))
    cut, taken = formulation.time_slices[outcome.number].cut, np.zeros(len(outcome.weights))
    for i, activity in outcome.activity.items():
        other = formulation.parameters[outcome.number].converter(formulation.system.converters[i])
        if other.asset is None:
            for port in other.ports:
                if port.bus == out:
                    taken = taken - cut(port.ratio) * activity
    return taken


def _of_limit(formulation: Formulation, solution: Solution, asset: Asset) -> Sequence[AssetPrice]:
    """An asset that lifts a limit, as a hall does: the limit's price a year."""
    lifted = [one for one in formulation.system.limits if dict(one.weights).get(asset.id, 0) < 0]
    duals = prices_of(formulation.problem, solution)
    if not lifted or duals is None:
        return ()
    years = sum(
        node_weight(node, formulation.discounting) * float(slices.weights.sum()) / HOURS
        for node, slices in zip(formulation.nodes, formulation.time_slices)
    )
    worth = sum(
        float(price) / row.scale * -dict(limit.weights)[asset.id]
        for row, price in zip(formulation.rows, duals.rows)
        for limit in lifted
        if row.reason == "limit" and row.about == limit
    )
    usd = worth * MONEY / years
    even = _yearly(formulation, asset) / usd if usd > 0 else None
    return (AssetPrice(asset.id, "room", f"{asset.unit}-year", usd, even, None),)
