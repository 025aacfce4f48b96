"""What a solution means: activity by converter, what stands, flows at every bus, in the nouns' own
units.

Everything later (accounts, chain, certificate of the books) reads this and not the solver's
columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Bus, Converter, Demand
from headrace.core.ids import AssetId, ConverterId, StoreId
from headrace.core.plan_file import DemandRecord
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.sales import work_sold
from headrace.plan.scenario.discounting import node_weight

_KINDS = ("activity", "running", "start", "charge", "discharge", "level", "short")

Item = ConverterId | StoreId
"""What a line of a bus's balance is about."""


@dataclass(frozen=True)
class BusFlow:
    """One line of a bus's balance by snapshot: positive into the bus [unit of the bus per hour].

    direction: of a store, which has two lines.
    """

    bus: Bus
    item: Item
    title: str
    value: Floats
    direction: Literal["", "charge", "discharge"] = ""


@dataclass(frozen=True)
class NodeOutcome:
    """One node's physics, in the nouns' own units.

    capacity: what stands at its fullest in the node. weights: hours each snapshot stands for [h].
    activity, running, start: by converter number; charge, discharge, level: by store number; short:
        by demand number. All shapes (snapshot,). sold: work that is sold of each demand with
        offers, over that of their reference [1].
    """

    number: int
    weights: Floats
    capacity: dict[AssetId, float]
    hourly_capacity: dict[AssetId, Floats]
    activity: dict[int, Floats]
    running: dict[int, Floats]
    start: dict[int, Floats]
    charge: dict[int, Floats]
    discharge: dict[int, Floats]
    level: dict[int, Floats]
    short: dict[int, Floats]
    sold: dict[int, float] = field(default_factory=dict)


def sold_columns(formulation: Formulation, solution: Solution) -> Floats:
    """The columns of all sales [their unit], in the order of `formulation.sales.columns`."""
    first = len(formulation.orders) + len(formulation.peaks)
    return solution.master[first : first + len(formulation.sales.columns)]


def cash_columns(formulation: Formulation, solution: Solution) -> Floats:
    """The columns of cash [kUSD], in the order of `formulation.cash.columns`."""
    return solution.master[len(solution.master) - len(formulation.cash.columns) :]


def ordered(formulation: Formulation, solution: Solution) -> Floats:
    """Quantity of every order [own unit], in the order of `formulation.orders`; never negative."""
    columns = solution.master[: len(formulation.orders)]
    return np.maximum(columns, 0.0) * formulation.order_scales


def node_outcome(formulation: Formulation, solution: Solution, number: int) -> NodeOutcome:
    """The physics of one node."""
    calendar, labels = formulation.time_slices[number], formulation.labels[number]
    kinds: dict[str, dict[int, Floats]] = {k: {} for k in _KINDS}
    for label, row in zip(labels.columns, solution.nodes[number].columns):
        if label.kind in kinds:
            kinds[label.kind][label.number] = row * label.scale
    hourly: dict[AssetId, Floats] = {}
    ones = np.ones(len(calendar.weights))
    quantity = ordered(formulation, solution)
    for group in formulation.installed[number]:
        one = formulation.system.assets[group.asset].id
        size = group.start + float(
            sum(share * quantity[c] for c, share in zip(group.columns, group.shares))
        )
        there = size * (ones if group.mask is None else group.mask)
        hourly[one] = hourly[one] + there if one in hourly else there
    capacity = {one: float(there.max()) for one, there in hourly.items()}
    columns = sold_columns(formulation, solution)
    sold = {
        d: work_sold(formulation.sales, number, d, columns)
        for d, demand in enumerate(formulation.system.demands)
        if demand.offers
    }
    return NodeOutcome(number, calendar.weights, capacity, hourly, **kinds, sold=sold)


def fuel_burnt(converter: Converter, outcome: NodeOutcome, number: int) -> Floats:
    """Fuel of a converter in each snapshot, as the plan counts it [MMBtu/h]."""
    rule, activity = converter.commitment, outcome.activity[number]
    if rule is None or number not in outcome.running:
        return converter.fuel_rate * activity
    burnt = (1.0 - rule.no_load) * activity + rule.no_load * outcome.running[number]
    return converter.fuel_rate * burnt + rule.start_fuel * outcome.start.get(number, 0.0 * activity)


def flows(formulation: Formulation, outcome: NodeOutcome) -> Iterator[BusFlow]:
    """Every flow at every bus of a node, curtailed energy excluded."""
    system, cut = formulation.system, formulation.time_slices[outcome.number].cut
    holds = formulation.parameters[outcome.number]
    for i, listed in enumerate(system.converters):
        converter = holds.converter(listed)
        if converter.asset in outcome.hourly_capacity:
            for port in converter.standing:
                value = cut(port.ratio) * outcome.hourly_capacity[converter.asset]
                yield BusFlow(port.bus, converter.id, converter.title, value)
        if i in outcome.activity:
            for port in converter.ports:
                value = cut(port.ratio) * outcome.activity[i]
                yield BusFlow(port.bus, converter.id, converter.title, value)
    for i, store in enumerate(system.stores):
        if i in outcome.charge:
            charged, given = -outcome.charge[i], outcome.discharge[i]
            words = f"{store.title}, charging", f"{store.title}, discharging"
            yield BusFlow(store.bus, store.id, words[0], charged, "charge")
            yield BusFlow(store.bus, store.id, words[1], given, "discharge")


def demanded(
    formulation: Formulation, number: int, sold: Demand, outcome: NodeOutcome | None = None
) -> Floats:
    """What customers would take in a node, by snapshot [unit of the bus per hour]; with offers,
    what is sold to them in `outcome`, or of all offers at their reference.
    """
    if sold.offers and outcome is not None:
        place = formulation.system.demands.index(sold)
        taken = np.asarray(formulation.time_slices[number].cut(sold.quantity))
        return np.broadcast_to(taken * outcome.sold[place], outcome.weights.shape)
    world, calendar = formulation.parameters[number], formulation.time_slices[number]
    if sold.product in world.blocks:
        return world.blocks[sold.product]
    series, level = calendar.cut(world.demand(sold).quantity), world.level.get(sold.product, 1.0)
    return np.broadcast_to(np.asarray(series) * level, calendar.weights.shape)


def demand_of_years(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], number: int
) -> DemandRecord:
    """Demand `number` of the system over the operated years of one decision: a year's is their
    mean.
    """
    demand = formulation.system.demands[number]
    asked = served = discounted = 0.0
    nodes = [formulation.nodes[outcome.number] for outcome in outcomes]
    whole = sum(node.months * node.share for node in nodes)
    for outcome in outcomes:
        node = formulation.nodes[outcome.number]
        share = node.months * node.share / whole
        yearly = share * 8760 / outcome.weights.sum()
        wanted = demanded(formulation, outcome.number, demand, outcome)
        asked += float(outcome.weights @ wanted) * yearly
        for i, activity in outcome.activity.items():
            for port in formulation.system.converters[i].ports:
                if port.bus == demand.bus:
                    made = activity * formulation.time_slices[outcome.number].cut(port.ratio)
                    amount = float(outcome.weights @ made)
                    served += amount * yearly
                    discounted += amount * node_weight(node, formulation.discounting)
    return DemandRecord(demand.product.key, asked, f"{demand.bus.unit}/a", served, discounted)
