"""Nouns of a plan as components of PyPSA, each under the text of its identity.

A source without input becomes a Generator, any other converter a Link fed by its own activity, a
store a Store between two Links, a demand a Load with a generator that costs its price where it is
not served. Standing draws are Loads. What we may throw away leaves through a sink at each bus. Work
that may wait fills and empties a signed Store that is zero at every window's end.

A name is an identity's text, which quotes every key, and after it a word of ours: so no name of a
study can make two components one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.components import Bus, Converter, Demand, Store
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ConverterId
from headrace.plan.model.constraints import storage
from headrace.plan.model.constraints.demand import SHORT_FACTOR
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome, demanded

if TYPE_CHECKING:
    import pypsa

PLENTY = 1e6
"""Nominal size [unit of the bus] of what has no limit of its own: sinks and the queue of waiting
work.
"""

LEAST_SIZE = 1e-9
"""Nominal size [MW, MWh] of what has none: PyPSA divides by it."""


def segments(next_hour: Ints) -> Ints:
    """Number of the circle that each snapshot belongs to, from the snapshot that follows each."""
    ends = np.flatnonzero(next_hour <= np.arange(len(next_hour)))
    return np.searchsorted(ends, np.arange(len(next_hour)), side="left")


@dataclass(frozen=True)
class ComponentWriter:
    """The network being filled, and what the node's nouns are worth there. peaks: limit of a
    converter's activity by what its demand charge pays for [MW], shape (snapshot,).
    """

    network: pypsa.Network
    formulation: Formulation
    node: int
    outcome: NodeOutcome
    peaks: dict[ConverterId, Floats]

    def series(self, values: Hourly) -> Floats:
        """A series of the weather year at the node's snapshots [same unit], shape (snapshot,)."""
        hour = self.formulation.time_slices[self.node].hour
        found = np.asarray(values, dtype=np.float64)
        return found[hour] if found.ndim else np.full(len(hour), float(found))

    def frame(self, values: Hourly) -> object:
        """A number, or an array over snapshots, as PyPSA takes it [same unit]."""
        import pandas as pd

        here = np.asarray(values, dtype=np.float64)
        return float(here) if here.ndim == 0 else pd.Series(here, index=self.network.snapshots)

    def circle(self) -> dict[str, bool]:
        """What makes a Store end where it began: over the node's hours, or over each segment where
        there are several.
        """
        several = self.network.has_investment_periods
        return {"e_cyclic_per_period": True} if several else {"e_cyclic": True}

    def inner_bus(self, name: str, carrier: str) -> str:
        """A bus inside a converter or a store."""
        if carrier not in self.network.carriers.index:
            self.network.add("Carrier", carrier)
        self.network.add("Bus", name, carrier=carrier)
        return name

    def bus(self, bus: Bus) -> str:
        """The bus's name; with its sink when it is first met."""
        name, carrier = str(bus), str(bus.carrier)
        if name not in self.network.buses.index:
            if carrier not in self.network.carriers.index:
                self.network.add("Carrier", carrier)
            self.network.add("Bus", name, carrier=carrier, unit=bus.unit)
            if not self.kept(bus):
                self.sink(name)
        return name

    def kept(self, bus: Bus) -> bool:
        """Whether nothing may be thrown away at a bus, as at each of PyPSA's."""
        rows = self.formulation.labels[self.node].rows
        return any(label.kind == "surplus" and label.about == bus for label in rows)

    def sink(self, bus: str) -> None:
        """What may be thrown away at a bus, for nothing."""
        self.network.add(
            "Generator", f"{bus} thrown away", bus=bus, p_nom=PLENTY, p_min_pu=-1.0, p_max_pu=0.0
        )

    def converter(self, converter: Converter, number: int) -> None:
        """What stands in a converter, and what it does where it does anything.

        Raises InputError for what the exported network would not keep: units on line, ramps.
        """
        capacity = None
        if converter.asset is not None:
            capacity = self.outcome.hourly_capacity.get(converter.asset)
        if capacity is not None:
            for position, port in enumerate(converter.standing):
                name = f"{converter.id} standing {position}"
                self.standing(name, port.bus, self.series(port.ratio) * capacity)
        if number not in self.outcome.activity:
            return
        converter = self.formulation.parameters[self.node].converter(converter)
        limit = self.activity_limit(converter, capacity)
        if converter.commitment is not None or converter.ramp < 1.0:
            found = f"{converter.title} has units on line or ramps, which the export leaves out"
            raise InputError(
                InputFault(Place(key=str(converter.id)), found, "neither `commitment` nor `ramps`")
            )
        world = self.formulation.parameters[self.node]
        fuel = world.fuel.get(converter.fuel, 0.0)
        hourly = world.tariff.get(converter.id)
        cost = self.series(converter.cost) if hourly is None else np.asarray(hourly)
        cost = cost + converter.fuel_rate * self.series(fuel)
        self.activity(converter, np.minimum(limit, self.peaks.get(converter.id, np.inf)), cost)

    def standing(self, name: str, bus: Bus, flow: Floats) -> None:
        """What a capacity gives (positive) or draws by standing there [unit of the bus]."""
        if flow.max() > 0:
            size = float(flow.max())
            share = self.frame(np.maximum(flow, 0.0) / size)
            self.network.add("Generator", name, bus=self.bus(bus), p_nom=size, p_max_pu=share)
        if flow.min() < 0:
            drawn = self.frame(np.maximum(-flow, 0.0))
            self.network.add("Load", f"{name} draw", bus=self.bus(bus), p_set=drawn)

    def activity_limit(self, converter: Converter, capacity: Floats | None) -> Floats:
        """Most that a converter may do in each snapshot [unit of its activity]: by its asset, by
        its own limit, or by all that is asked of what it serves.
        """
        if converter.asset is not None:
            assert capacity is not None
            most = self.series(converter.at_most)
            return np.minimum(self.series(converter.availability) * capacity, most)
        upper = self.series(converter.upper)
        if np.isfinite(upper).all():
            return upper
        sold = self.formulation.system.sold_at
        total = [
            demanded(self.formulation, self.node, sold[port.bus]).sum()
            / np.min(self.series(port.ratio))
            for port in converter.ports
            if port.bus in sold
        ]
        return np.full(len(upper), float(max(total, default=PLENTY)))

    def activity(self, converter: Converter, limit: Floats, cost: Floats) -> None:
        """A Generator where the converter only puts one unit into one bus, else a Link from a bus
        that holds its activity. limit [unit of its activity], cost [USD per unit].
        """
        name, size = str(converter.id), float(limit.max())
        ports = converter.ports
        single = len(ports) == 1 and bool(np.all(np.asarray(ports[0].ratio) == 1.0))
        here = self.bus(ports[0].bus) if single else self.inner_bus(f"activity {name}", "activity")
        self.network.add(
            "Generator",
            name,
            bus=here,
            p_nom=size,
            p_max_pu=self.frame(limit / size) if size > 0 else 0.0,
            marginal_cost=self.frame(cost),
        )
        if single:
            return
        ends: dict[str, object] = {}
        for position, port in enumerate(ports, start=1):
            ends[f"bus{position}"] = self.bus(port.bus)
            efficiency = "efficiency" if position == 1 else f"efficiency{position}"
            ends[efficiency] = self.frame(self.series(port.ratio))
        self.network.add("Link", name, bus0=here, p_nom=max(size, LEAST_SIZE), **ends)

    def store(self, store: Store, number: int) -> None:
        """A Store on a bus of its own, with a Link in and a Link out.

        Raises InputError beside a negative price: PyPSA's may charge and discharge at once there.
        """
        if number not in self.outcome.charge:
            return
        if self.kept(store.bus):
            found = f"{store.title} stands where power has a negative price"
            raise InputError(
                InputFault(Place(key=str(store.id)), found, "prices that are not negative")
            )
        power, energy = (
            store.availability * self.outcome.hourly_capacity[key]
            for key in (store.power_asset, store.energy_asset)
        )
        bus, inner = self.bus(store.bus), self.inner_bus(f"inside {store.id}", "stored")
        self.sink(inner)
        size, stored = max(float(power.max()), LEAST_SIZE), max(float(energy.max()), LEAST_SIZE)
        share = self.frame(power / size)
        self.network.add(
            "Link",
            f"{store.id} charge",
            bus0=bus,
            bus1=inner,
            p_nom=size,
            p_max_pu=share,
            efficiency=store.efficiency_in,
        )
        self.network.add(
            "Link",
            f"{store.id} discharge",
            bus0=inner,
            bus1=bus,
            p_nom=size / store.efficiency_out,
            p_max_pu=share,
            efficiency=store.efficiency_out,
            marginal_cost=store.wear * store.efficiency_out,
        )
        carried = self.formulation.time_slices[self.node].carried
        if store.at_end > 0 and np.ndim(carried):
            found = f"what {store.title} holds at the end is left out by the export"
            raise InputError(InputFault(Place(key=str(store.id)), found, "no `stored_at_end`"))
        held = energy * storage.room(store, carried)
        # Our level stands at the start of an hour, PyPSA's at its end: the limit of the next hour
        # holds for this one.
        following = self.formulation.problem.nodes[self.node].next_hour
        self.network.add(
            "Store",
            str(store.id),
            bus=inner,
            e_nom=stored,
            e_max_pu=self.frame(held[following] / stored),
            standing_loss=1 - store.keep,
            **self.circle(),
        )

    def demand(self, demand: Demand) -> None:
        """Load, generators for what is lost and what is short of a promise, and the queue of work
        that may wait.
        """
        world, calendar = (
            self.formulation.parameters[self.node],
            self.formulation.time_slices[self.node],
        )
        quantity = demanded(self.formulation, self.node, demand)
        price = demand.price * world.price.get(demand.product, 1.0)
        name, bus, lost = str(demand.product), self.bus(demand.bus), f"lost {demand.product}"
        most = max(float(quantity.sum()), LEAST_SIZE)
        self.network.add("Load", name, bus=bus, p_set=self.frame(quantity))
        self.network.add("Carrier", lost)
        self.network.add(
            "Generator", f"{name} lost", bus=bus, carrier=lost, p_nom=most, marginal_cost=price
        )
        if demand.least > 0 and self.formulation.nodes[self.node].stage >= demand.least_from:
            self.network.add(
                "GlobalConstraint",
                f"promise {name}",
                type="operational_limit",
                carrier_attribute=lost,
                sense="<=",
                constant=(1 - demand.least) * float(calendar.weights @ quantity),
            )
            dear = price + SHORT_FACTOR * max(demand.price, 1e-6)
            self.network.add("Generator", f"{name} short", bus=bus, p_nom=most, marginal_cost=dear)
        if demand.deadline != "now":
            self.queue(demand, bus, most)

    def queue(self, demand: Demand, bus: str, most: float) -> None:
        """Work that may wait: a signed Store of at most `most` [unit of the bus], empty at the end
        of every window.

        Raises InputError for work that may wait for a year of hours that do not count alike.
        """
        calendar = self.formulation.time_slices[self.node]
        if demand.deadline == "year":
            if np.ptp(calendar.weights) > 0 or segments(calendar.next_hour).max() > 0:
                found = f"{demand.product} may wait for a year, but the hours do not count alike"
                raise InputError(
                    InputFault(Place(key="horizon.hours"), found, "`hours: all` for the export")
                )
            window = np.zeros(len(calendar.weights), dtype=np.int64)
        else:
            window = (
                calendar.day if demand.deadline == "day" else calendar.window(demand.window_hours)
            )
        last = np.append(np.diff(window) != 0, True)
        self.network.add(
            "Store",
            f"{demand.product} waiting",
            bus=bus,
            e_nom=most,
            e_min_pu=self.frame(np.where(last, 0.0, -1.0)),
            e_max_pu=self.frame(np.where(last, 0.0, 1.0)),
            **self.circle(),
        )
