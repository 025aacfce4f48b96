"""What the plan's straight lines leave out of running cost: its own hours replayed with whole units
at their exact fuel.

A plant of K MW is run as the whole number of equal units nearest to K over the catalogue's unit
size; as few as possible run in each hour, but no fewer than the plan has on line where it commits
them. Each segment of hours is a circle.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.plan_file import WholeUnits
from headrace.energy.technology import TechnologyRow, is_technology, technology
from headrace.energy.unit_dispatch import DispatchReplay, replay
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome, fuel_burnt
from headrace.plan.scenario.discounting import node_weight

NOTHING = 0.1
"""Capacity [MW] below which a plant is not there."""
IDLE = 1e-3
"""Output, as a share of the plant, that a solver may leave of nothing; no unit is started for it.
"""


def whole_units(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], own: Collection[str]
) -> tuple[WholeUnits, ...]:
    """Every plant of the catalogue that burns fuel. own: technologies of the study's own, of which
    no curve is known.
    """
    found = []
    for number, converter in enumerate(formulation.system.converters):
        asset = converter.asset
        key = "" if asset is None else formulation.system.asset(asset).catalogue_key
        row = technology(key) if key not in own and is_technology(key) else None
        if row is None or row.kind not in ("thermal", "nuclear") or not row.fuel:
            continue
        if row.unit_size.value > 0:
            found.extend(_plant(formulation, outcomes, number, row))
    return tuple(found)


def _plant(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], number: int, row: TechnologyRow
) -> list[WholeUnits]:
    converter = formulation.system.converters[number]
    total: WholeUnits | None = None
    assert converter.asset is not None
    for outcome in outcomes:
        size = outcome.capacity.get(converter.asset, 0.0)
        if number in outcome.activity and size > NOTHING:
            here = _node(formulation, outcome, number, row, size)
            total = here if total is None else _sum(total, here)
    return [] if total is None else [total]


def _node(
    formulation: Formulation, outcome: NodeOutcome, number: int, row: TechnologyRow, size: float
) -> WholeUnits:
    calendar, here = formulation.time_slices[outcome.number], formulation.parameters[outcome.number]
    converter = here.converter(formulation.system.converters[number])
    assert converter.asset is not None
    count = max(1, round(size / row.unit_size.to("MW")))
    weight = node_weight(formulation.nodes[outcome.number], formulation.discounting)
    listed = formulation.parameters[outcome.number].fuel.get(converter.fuel, 0.0)
    left = np.broadcast_to(converter.availability, (8760,))[calendar.hour] / row.availability
    fuel = starts = 0.0
    for hours in segments(calendar.next_hour):
        ran = _segment(outcome, number, hours, (row, count, size / count), left[hours])
        times = float(outcome.weights[hours].mean())
        fuel += times * (ran.fuel + ran.start_fuel)
        starts += times * ran.start_cost
    burnt = outcome.weights * fuel_burnt(converter, outcome, number)
    planned, hourly = float(burnt.sum()), np.asarray(calendar.cut(listed))
    price = float((burnt * hourly).sum()) / planned if planned > 0 else float(hourly.mean())
    rule, planned_starts = converter.commitment, 0.0
    if rule is not None and number in outcome.start:
        planned_starts = rule.start_cost * float(outcome.weights @ outcome.start[number])
    return WholeUnits(
        site=converter.site,
        asset=converter.asset.key,
        title=converter.title,
        units=count,
        unit_mw=size / count,
        planned_fuel_usd=weight * price * planned,
        exact_fuel_usd=weight * price * fuel,
        planned_starts_usd=weight * planned_starts,
        exact_starts_usd=weight * starts,
    )


def _segment(
    outcome: NodeOutcome,
    number: int,
    hours: slice,
    plant: tuple[TechnologyRow, int, float],
    left: Floats,
) -> DispatchReplay:
    row, count, size = plant
    output = np.maximum(outcome.activity[number][hours], 0.0)
    output = np.where(output > IDLE * count * size, output, 0.0)
    spinning: Floats | float = 0.0
    if number in outcome.running:
        spinning = np.maximum(outcome.running[number][hours] - output, 0.0)
    return replay(row, output, count, size, spinning=spinning, left=left, circle=True)


def segments(next_hour: Ints) -> Iterator[slice]:
    """Every run of hours whose last points at its first."""
    begin = 0
    for last in np.flatnonzero(next_hour != np.arange(1, len(next_hour) + 1)):
        yield slice(begin, int(last) + 1)
        begin = int(last) + 1


def _sum(a: WholeUnits, b: WholeUnits) -> WholeUnits:
    larger = a if a.units * a.unit_mw >= b.units * b.unit_mw else b
    return replace(
        larger,
        planned_fuel_usd=a.planned_fuel_usd + b.planned_fuel_usd,
        exact_fuel_usd=a.exact_fuel_usd + b.exact_fuel_usd,
        planned_starts_usd=a.planned_starts_usd + b.planned_starts_usd,
        exact_starts_usd=a.exact_starts_usd + b.exact_starts_usd,
    )
