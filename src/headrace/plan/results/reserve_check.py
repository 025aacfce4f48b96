"""How far a plan's headroom really covers the largest unit: the reserve is a share
(model/constraints/reserve.py), a unit is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Bus, Store
from headrace.plan.model.constraints.reserve import ratio_at
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome

LEAST = 1e-3
"""Share of a unit on line below which there is nothing to lose."""


@dataclass(frozen=True)
class ReserveCoverage:
    """The loss of one unit of a plant over the whole tree: the share of it that headroom covers in
    the tightest hour, and in what share of the hours in which one could be lost it is covered
    whole.
    """

    site: str
    title: str
    unit_mw: float
    tightest: float
    hours: float


def covered(
    formulation: Formulation, outcomes: Sequence[NodeOutcome]
) -> tuple[ReserveCoverage, ...]:
    """Every plant with units at every bus with a reserve."""
    found: list[ReserveCoverage] = []
    for reserve in formulation.system.spinning:
        for number, lost in enumerate(formulation.system.converters):
            if lost.unit_size > 0 and ratio_at(lost, reserve.bus) > 0:
                found.extend(_plant(formulation, outcomes, reserve.bus, number))
    return tuple(found)


def words(one: ReserveCoverage) -> str:
    """What it says in the list of what was assumed."""
    return (
        f"spinning reserve at {one.site}: of one unit of {one.title} ({one.unit_mw:g} MW, "
        f"or what runs where that is less) the tightest hour covers {one.tightest:.0%}, "
        f"{one.hours:.0%} of the hours all of it"
    )


def _plant(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], bus: Bus, number: int
) -> Iterator[ReserveCoverage]:
    lost, shares, weights = formulation.system.converters[number], [], []
    for outcome in outcomes:
        if number in outcome.activity:
            # one unit, or all that is on line where that is less; its own headroom goes with it
            on_line = _on_line(formulation, outcome, number)
            unit = np.minimum(lost.unit_size, on_line) * ratio_at(lost, bus)
            there = unit > LEAST * lost.unit_size
            shares.append(
                np.minimum(_headroom(formulation, outcome, bus)[there] / unit[there], 1.0)
            )
            weights.append(outcome.weights[there])
    share, weight = np.concatenate([[], *shares]), np.concatenate([[], *weights])
    if share.size:
        whole = float(weight @ (share > 1.0 - 1e-6)) / float(weight.sum())
        yield ReserveCoverage(lost.site, lost.title, lost.unit_size, float(share.min()), whole)


def _headroom(formulation: Formulation, outcome: NodeOutcome, bus: Bus) -> Floats:
    """What could be given at a bus beyond what is, for an hour [MW]."""
    total = np.zeros(len(outcome.weights))
    for i, converter in enumerate(formulation.system.converters):
        if i in outcome.activity and ratio_at(converter, bus) > 0:
            left = _on_line(formulation, outcome, i) - outcome.activity[i]
            total += ratio_at(converter, bus) * left
    for i, store in enumerate(formulation.system.stores):
        if i in outcome.charge and store.bus == bus:
            total += held_by(store, outcome, i)
    return total


def _on_line(formulation: Formulation, outcome: NodeOutcome, number: int) -> Floats:
    if number in outcome.running:
        return outcome.running[number]
    here = formulation.parameters[outcome.number]
    converter = here.converter(formulation.system.converters[number])
    share = np.broadcast_to(converter.availability, (8760,))[
        formulation.time_slices[outcome.number].hour
    ]
    assert converter.asset is not None
    return np.asarray(share * outcome.hourly_capacity[converter.asset])


def held_by(store: Store, outcome: NodeOutcome, number: int) -> Floats:
    """What a battery could give more than it does, for an hour [MW], shape (snapshot,): up to its
    power and its level, and what it is charged with.
    """
    given = outcome.discharge[number] - outcome.charge[number]
    power = store.availability * outcome.hourly_capacity[store.power_asset]
    energy = store.keep * outcome.level[number] * store.efficiency_out
    return np.asarray(np.maximum(np.minimum(power, energy) - given, 0.0))
