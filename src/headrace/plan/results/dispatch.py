"""What a solution means: activity by converter, what stands, flows at every bus, in the nouns' own
units.

Everything later (accounts, chain, certificate of the books) reads this and not the solver's
columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Bus, Converter
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation

_KINDS = ("activity", "running", "start", "charge", "discharge", "level", "short")


@dataclass(frozen=True)
class BusFlow:
    """One line of a bus's balance by snapshot: positive into the bus [unit of the bus per hour]."""

    bus: Bus
    item: str
    title: str
    value: Floats


@dataclass(frozen=True)
class NodeOutcome:
    """One node's physics.

    capacity: what stands at its fullest in the node, by asset key. weights: hours each snapshot
        stands for.
    activity, running, start: by converter number; charge, discharge, level: by store number; short:
        by demand number. All shapes (snapshot,).
    """

    number: int
    weights: Floats
    capacity: dict[str, float]
    hourly_capacity: dict[str, Floats]
    activity: dict[int, Floats]
    running: dict[int, Floats]
    start: dict[int, Floats]
    charge: dict[int, Floats]
    discharge: dict[int, Floats]
    level: dict[int, Floats]
    short: dict[int, Floats]


def ordered(formulation: Formulation, solution: Solution) -> Floats:
    """Quantity of every order, in the order of `formulation.orders`; never negative."""
    return np.maximum(solution.master[: len(formulation.orders)], 0.0)


def node_outcome(formulation: Formulation, solution: Solution, number: int) -> NodeOutcome:
    """The physics of one node."""
    calendar, labels = formulation.calendars[number], formulation.labels[number]
    columns = solution.nodes[number].columns
    kinds: dict[str, dict[int, Floats]] = {k: {} for k in _KINDS}
    for label, row in zip(labels.columns, columns):
        if label.kind in kinds:
            kinds[label.kind][label.number] = row
    capacity: dict[str, float] = {}
    hourly: dict[str, Floats] = {}
    ones = np.ones(len(calendar.weights))
    quantity = ordered(formulation, solution)
    for group in formulation.standings[number]:
        key = formulation.system.assets[group.asset].key
        size = group.start + float(
            sum(share * quantity[c] for c, share in zip(group.columns, group.shares))
        )
        hourly[key] = hourly.get(key, 0.0 * ones) + size * (
            ones if group.mask is None else group.mask
        )
        capacity[key] = float(hourly[key].max())
    return NodeOutcome(number, calendar.weights, capacity, hourly, **kinds)


def fuel_burnt(converter: Converter, outcome: NodeOutcome, number: int) -> Floats:
    """Fuel of a converter in each snapshot, as the plan counts it [MMBtu/h]."""
    rule, activity = converter.commitment, outcome.activity[number]
    if rule is None or number not in outcome.running:
        return converter.fuel_rate * activity
    burnt = (1.0 - rule.no_load) * activity + rule.no_load * outcome.running[number]
    return converter.fuel_rate * burnt + rule.start_fuel * outcome.start.get(number, 0.0 * activity)


def kept_on_line(converter: Converter, outcome: NodeOutcome, number: int) -> Floats:
    """What starts and running units cost in each snapshot, without fuel [USD/h]."""
    rule, nothing = converter.commitment, 0.0 * outcome.activity[number]
    if rule is None:
        return nothing
    return rule.no_load_cost * outcome.running.get(
        number, nothing
    ) + rule.start_cost * outcome.start.get(number, nothing)


def flows(formulation: Formulation, outcome: NodeOutcome) -> Iterator[BusFlow]:
    """Every flow at every bus of a node, thrown-away energy excluded."""
    system, calendar = formulation.system, formulation.calendars[outcome.number]

    def cut(series: Hourly) -> Hourly:
        return series if np.ndim(series) == 0 else np.asarray(series)[calendar.hour]

    for i, converter in enumerate(system.converters):
        if converter.asset in outcome.hourly_capacity:
            for port in converter.standing:
                value = cut(port.ratio) * outcome.hourly_capacity[converter.asset]
                yield BusFlow(port.bus, converter.key, converter.title, value)
        if i in outcome.activity:
            for port in converter.ports:
                yield BusFlow(
                    port.bus, converter.key, converter.title, cut(port.ratio) * outcome.activity[i]
                )
    for i, store in enumerate(system.stores):
        if i in outcome.charge:
            yield BusFlow(
                store.bus, f"{store.key} charge", f"{store.title}, charging", -outcome.charge[i]
            )
            yield BusFlow(
                store.bus,
                f"{store.key} discharge",
                f"{store.title}, discharging",
                outcome.discharge[i],
            )


def demanded(formulation: Formulation, number: int, name: str) -> Floats:
    """What customers would take in a node, by snapshot [unit of the bus per hour]."""
    world, calendar = formulation.worlds[number], formulation.calendars[number]
    if name in world.blocks:
        return world.blocks[name]
    shape = next(d.quantity for d in formulation.system.demands if d.name == name)
    series = shape if np.ndim(shape) == 0 else np.asarray(shape)[calendar.hour]
    return np.broadcast_to(np.asarray(series) * world.level.get(name, 1.0), calendar.weights.shape)
