"""The hours of a node as balanced books: at every bus and hour what goes in and what goes out add
up to zero.

What is left over is a line of its own ("thrown away" for energy, "idle" for accelerators, "lost"
for demand that is not served), so a reader of the stored hours can add them up without knowing
anything of the plan. Every line carries what it is about as an identity beside its words
(`core/hourly_store.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Bus, Demand
from headrace.core.hourly_store import FlowSeries, NodeHours
from headrace.core.ids import CarrierKind
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import BusFlow, NodeOutcome, demanded, flows


def balances(formulation: Formulation, outcome: NodeOutcome) -> NodeHours:
    """All flows of a node by bus, balanced."""
    by_bus: dict[Bus, list[BusFlow]] = {}
    for flow in flows(formulation, outcome):
        by_bus.setdefault(flow.bus, []).append(flow)
    series: list[FlowSeries] = []
    for bus, found in by_bus.items():
        sold = formulation.system.sold_at.get(bus)
        if sold is None:
            series.extend(balanced(bus, found))
        else:
            series.extend(_product(formulation, outcome, sold, found))
    series.extend(_stores(formulation, outcome))
    series.extend(_on_line(formulation, outcome))
    return NodeHours(outcome.number, outcome.weights, tuple(series))


def _line(bus: Bus, flow: BusFlow) -> FlowSeries:
    """One converter or store at a bus."""
    return FlowSeries(
        bus.site,
        bus.carrier.name,
        f"{flow.item.name} {flow.direction}".rstrip(),
        bus.unit,
        np.asarray(flow.value, dtype=np.float64),
        book="product" if bus.carrier.kind is CarrierKind.PRODUCT else "carrier",
        bus_id=str(bus),
        item_id=f"{flow.direction} {flow.item}".lstrip(),
        title=flow.title,
    )


def balanced(bus: Bus, found: list[BusFlow]) -> Iterator[FlowSeries]:
    """The lines of a bus that is no demand, and what is left over, so that they add up to zero."""
    total = np.sum([flow.value for flow in found], axis=0)
    yield from (_line(bus, flow) for flow in found)
    idle = bus.carrier.kind is CarrierKind.ACCELERATOR_HOURS
    yield FlowSeries(
        bus.site,
        bus.carrier.name,
        "idle" if idle else "thrown away",
        bus.unit,
        -np.maximum(total, 0.0),
        part="idle" if idle else "curtailed",
        bus_id=str(bus),
    )


def _product(
    formulation: Formulation, outcome: NodeOutcome, sold: Demand, found: list[BusFlow]
) -> Iterator[FlowSeries]:
    """A product's own bus, where it is made, and its market, where it is asked for."""
    bus, one = sold.bus, str(sold.bus)
    name, market, unit = bus.carrier.name, f"market {bus.carrier.name}", bus.unit
    yield from (_line(bus, flow) for flow in found)
    served = np.sum([flow.value for flow in found], axis=0)
    asked = np.asarray(demanded(formulation, outcome.number, sold, outcome), dtype=np.float64)
    yield FlowSeries("", name, "sold", unit, -served, book="product", part="sold", bus_id=one)
    yield FlowSeries("", market, "asked", unit, asked, book="market", part="asked", bus_id=one)
    yield FlowSeries("", market, "sold", unit, -served, book="market", part="sold", bus_id=one)
    word = "lost" if sold.deadline == "now" else "waiting or lost"
    left = served - asked
    yield FlowSeries("", market, word, unit, left, book="market", part="lost", bus_id=one)


def _stores(formulation: Formulation, outcome: NodeOutcome) -> Iterator[FlowSeries]:
    following = formulation.problem.nodes[outcome.number].next_hour
    for i, store in enumerate(formulation.system.stores):
        if i not in outcome.charge:
            continue
        level = outcome.level[i]
        put = store.efficiency_in * outcome.charge[i]
        taken = outcome.discharge[i] / store.efficiency_out
        rise = level[following] - store.keep * level
        lines = (
            ("charged", put),
            ("discharged", -taken),
            ("rise of the level", -rise),
            ("thrown away", -np.maximum(put - taken - rise, 0.0)),
        )
        for item, values in lines:
            yield FlowSeries(
                store.site,
                f"inside {store.id.name}",
                item,
                store.bus.unit,
                np.asarray(values, dtype=np.float64),
                book="store",
                part=item,
                bus_id=str(store.id),
            )


def _on_line(formulation: Formulation, outcome: NodeOutcome) -> Iterator[FlowSeries]:
    """What is on line of each committed plant, and what it does."""
    for i, running in outcome.running.items():
        converter = formulation.system.converters[i]
        at_work = np.minimum(outcome.activity[i], running)
        lines: tuple[tuple[str, Floats], ...] = (
            ("on line", running),
            ("at work", -at_work),
            ("spinning", at_work - running),
        )
        for item, values in lines:
            yield FlowSeries(
                converter.site,
                f"inside {converter.id.name}",
                item,
                "MW",
                np.asarray(values, dtype=np.float64),
                book="plant",
                part=item,
                bus_id=str(converter.id),
            )
