"""The hours of a node as balanced books: at every bus and hour what goes in and what goes out add
up to zero.

What is left over has a name of its own ("thrown away" for energy, "idle" for accelerators, "lost"
for demand that is not served), so a reader of the stored hours can add them up without knowing
anything of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Bus
from headrace.core.hourly_store import FlowSeries
from headrace.core.hourly_store import NodeHours as Book
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import BusFlow, NodeOutcome, demanded, flows

DISPLAY = {"kaccelerator": ("accelerator", 1e3), "kaccelerator-h": ("accelerator-h", 1e3)}
"""Units of the plan that a reader is shown in others, with the factor."""


def shown(quantity: float, unit: str) -> tuple[float, str]:
    """A quantity in the unit that a reader sees."""
    other, factor = DISPLAY.get(unit, (unit, 1.0))
    return quantity * factor, other


def book(formulation: Formulation, outcome: NodeOutcome) -> Book:
    """All flows of a node by bus, balanced."""
    by_bus: dict[Bus, list[BusFlow]] = {}
    for flow in flows(formulation, outcome):
        by_bus.setdefault(flow.bus, []).append(flow)
    products = {str(d.bus): d.name for d in formulation.system.demands}
    series: list[FlowSeries] = []
    for bus, found in by_bus.items():
        series.extend(
            _product(formulation, outcome, bus, found)
            if str(bus) in products
            else _balanced(bus, found)
        )
    series.extend(_stores(formulation, outcome))
    series.extend(_on_line(formulation, outcome))
    return Book(outcome.number, outcome.weights, tuple(series))


def _balanced(bus: Bus, found: list[BusFlow]) -> Iterator[FlowSeries]:
    total = np.sum([flow.value for flow in found], axis=0)
    yield from (_series(bus.site, bus.carrier, flow.item, bus.unit, flow.value) for flow in found)
    name = "idle" if bus.carrier.startswith("accelerator-hours") else "thrown away"
    yield _series(bus.site, bus.carrier, name, bus.unit, -np.maximum(total, 0.0))


def _product(
    formulation: Formulation, outcome: NodeOutcome, bus: Bus, found: list[BusFlow]
) -> Iterator[FlowSeries]:
    yield from (_series("", bus.carrier, flow.item, bus.unit, flow.value) for flow in found)
    served = np.sum([flow.value for flow in found], axis=0)
    yield _series("", bus.carrier, "sold", bus.unit, -served)
    asked = demanded(formulation, outcome.number, bus.carrier)
    market = f"market {bus.carrier}"
    deadline = next(d.deadline for d in formulation.system.demands if d.name == bus.carrier)
    yield _series("", market, "asked", bus.unit, np.asarray(asked, dtype=np.float64))
    yield _series("", market, "sold", bus.unit, -served)
    word = "lost" if deadline == "now" else "waiting or lost"
    yield _series("", market, word, bus.unit, served - asked)


def _stores(formulation: Formulation, outcome: NodeOutcome) -> Iterator[FlowSeries]:
    following = formulation.problem.nodes[outcome.number].next_hour
    for i, store in enumerate(formulation.system.stores):
        if i not in outcome.charge:
            continue
        level = outcome.level[i]
        put, taken = (
            store.efficiency_in * outcome.charge[i],
            outcome.discharge[i] / store.efficiency_out,
        )
        rise = level[following] - store.keep * level
        bus, unit = f"inside {store.name}", store.bus.unit
        yield _series(store.site, bus, "charged", unit, put)
        yield _series(store.site, bus, "discharged", unit, -taken)
        yield _series(store.site, bus, "rise of the level", unit, -rise)
        yield _series(store.site, bus, "thrown away", unit, -np.maximum(put - taken - rise, 0.0))


def _on_line(formulation: Formulation, outcome: NodeOutcome) -> Iterator[FlowSeries]:
    """What is on line of each committed plant, and what it does."""
    for i, running in outcome.running.items():
        converter = formulation.system.converters[i]
        at_work = np.minimum(outcome.activity[i], running)
        for item, values in (
            ("on line", running),
            ("at work", -at_work),
            ("spinning", at_work - running),
        ):
            yield _series(converter.site, f"inside {converter.name}", item, "MW", values)


def _series(site: str, bus: str, item: str, unit: str, values: Floats) -> FlowSeries:
    factor, other = shown(1.0, unit)
    return FlowSeries(site, bus, item, other, np.asarray(values, dtype=np.float64) * factor)
