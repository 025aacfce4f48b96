"""One tree node of a plan as a PyPSA network with fixed sizes: the operation of a year, for whoever
works with PyPSA.

    network = to_pypsa(formulation, solution, node=0)
    network.optimize(solver_name="highs")
    network.objective - lost_revenue(formulation, 0)      # our operating cost, revenue subtracted

A source without input becomes a Generator, any other converter a Link fed by its own activity, a
store a Store between two Links, a demand a Load with a generator that costs its price where it is
not served. Standing draws are Loads. What we may throw away leaves through a sink at each bus. Work
that may wait fills and empties a signed Store that is zero at every window's end. Segments of
representative weeks become investment periods, so that each is a circle of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Bus, Converter, Demand, Store
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ConverterId
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.constraints.demand import SHORT_FACTOR
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome, demanded, node_outcome

if TYPE_CHECKING:
    import pypsa

PLENTY = 1e6
"""Nominal size [unit of the bus] of what has no limit of its own: sinks and the queue of waiting
work.
"""


@dataclass(frozen=True)
class _Place:
    """The network being filled, and what the node's nouns are worth there."""

    network: pypsa.Network
    formulation: Formulation
    number: int
    outcome: NodeOutcome
    peaks: dict[ConverterId, Floats]

    def series(self, values: Hourly) -> Floats:
        """A series of the weather year at the node's snapshots."""
        hour = self.formulation.calendars[self.number].hour
        cut = np.asarray(values, dtype=np.float64)
        return cut[hour] if cut.ndim else np.full(len(hour), float(cut))

    def circle(self) -> dict[str, bool]:
        """What makes a Store end where it began: over the node's hours, or over each segment where
        there are several.
        """
        return (
            {"e_cyclic_per_period": True}
            if self.network.has_investment_periods
            else {"e_cyclic": True}
        )

    def inner(self, name: str, carrier: str) -> str:
        """A bus inside a converter or a store."""
        if carrier not in self.network.carriers.index:
            self.network.add("Carrier", carrier)
        self.network.add("Bus", name, carrier=carrier)
        return name

    def frame(self, values: Hourly) -> object:
        """The same as PyPSA wants it: one number, or a series on its snapshots."""
        import pandas as pd

        here = np.asarray(values, dtype=np.float64)
        return float(here) if here.ndim == 0 else pd.Series(here, index=self.network.snapshots)


def to_pypsa(formulation: Formulation, solution: Solution, node: int = 0) -> pypsa.Network:
    """The network of one tree node at the capacities of `solution`; costs in USD of the node's own
    span.

    Raises InputError for a node that is not there, for load blocks with stores, for units on line,
    ramps and reserves, or where PyPSA is not installed.
    """
    try:
        import pypsa
    except ImportError:
        raise InputError(
            InputFault(Place(), "PyPSA is not installed", fix="pip install 'pypsa>=1.4'")
        ) from None
    if not 0 <= node < len(formulation.nodes):
        raise InputError(
            InputFault(Place(key="node"), f"node {node}", f"0 to {len(formulation.nodes) - 1}")
        )
    for reserve in formulation.system.spinning:
        raise InputError(
            InputFault(
                Place.of("sites", reserve.bus.site, "spinning_reserve"),
                "is left out by the export",
                "`none`",
            )
        )
    network = pypsa.Network(name=f"{formulation.nodes[node].name} {formulation.nodes[node].label}")
    _snapshots(network, formulation, node)
    place = _Place(
        network,
        formulation,
        node,
        node_outcome(formulation, solution, node),
        _peaks(formulation, solution, node),
    )
    sold = formulation.system.sold_at
    for demand in formulation.system.demands:
        _demand(place, demand)
    for number, converter in enumerate(formulation.system.converters):
        _converter(place, converter, number, sold)
    for number, store in enumerate(formulation.system.stores):
        _store(place, store, number)
    if "efficiency2" in network.links:
        network.links["efficiency2"] = network.links["efficiency2"].fillna(1.0)
    return network


def write_netcdf(formulation: Formulation, solution: Solution, path: Path, node: int = 0) -> Path:
    """Write the network of one tree node as netCDF for `pypsa.Network(path)`; returns the path."""
    to_pypsa(formulation, solution, node).export_to_netcdf(str(path))
    return path


def operating_cost(formulation: Formulation, solution: Solution, node: int = 0) -> float:
    """Cost of running one node for its span, revenue subtracted [USD], before discounting and
    probability.
    """
    block = formulation.problem.nodes[node]
    per_hour = np.einsum(
        "jt,jt->t", block.cost.hourly(block.profiles), solution.nodes[node].columns
    )
    return float(block.weights @ per_hour) * MONEY


def lost_revenue(formulation: Formulation, node: int = 0) -> float:
    """Revenue if every demand were served [USD]: PyPSA pays for what is not served where we earn
    what is.
    """
    world, weights = formulation.worlds[node], formulation.calendars[node].weights
    return float(
        sum(
            d.price * world.price.get(d.product, 1.0) * (weights @ demanded(formulation, node, d))
            for d in formulation.system.demands
        )
    )


def _snapshots(network: pypsa.Network, formulation: Formulation, node: int) -> None:
    import pandas as pd

    calendar = formulation.calendars[node]
    segment = _segments(calendar.next_hour)
    if segment.max() == 0:
        network.set_snapshots(pd.RangeIndex(len(segment), name="snapshot"))
    else:
        periods = 2000 + segment
        steps = np.arange(len(segment))
        network.set_snapshots(
            pd.MultiIndex.from_arrays([periods, steps], names=["period", "timestep"])
        )
        network.investment_periods = pd.Index(np.unique(periods))
    network.snapshot_weightings["objective"] = calendar.weights
    network.snapshot_weightings["generators"] = calendar.weights
    network.snapshot_weightings["stores"] = 1.0


def _segments(following: np.ndarray) -> np.ndarray:
    """Number of the circle that each snapshot belongs to."""
    ends = np.flatnonzero(following <= np.arange(len(following)))
    return np.searchsorted(ends, np.arange(len(following)), side="left")


def _peaks(formulation: Formulation, solution: Solution, node: int) -> dict[ConverterId, Floats]:
    """Limit that the peaks paid for put on each converter's activity, by snapshot."""
    from headrace.plan.model.constraints import demand_charge

    sizes = np.maximum(solution.master[len(formulation.orders) :], 0.0)
    calendar = formulation.calendars[node]
    limits: dict[ConverterId, Floats] = {}
    for charge in formulation.system.peaks:
        mine = [
            s
            for s, p in zip(sizes, formulation.peaks)
            if p.node == node and formulation.system.converters[p.converter].id == charge.converter
        ]
        limit = np.full(len(calendar.hour), np.inf)
        for size, period in zip(mine, demand_charge.periods(calendar, charge)):
            inside = True if period.mask is None else period.mask > 0
            limit = np.where(inside, np.minimum(limit, size), limit)
        limits[charge.converter] = limit
    return limits


def _bus(place: _Place, bus: Bus) -> str:
    """The bus's name; with its sink when it is first met."""
    name = str(bus)
    if name not in place.network.buses.index:
        carrier = str(bus.carrier)
        if carrier not in place.network.carriers.index:
            place.network.add("Carrier", carrier)
        place.network.add("Bus", name, carrier=carrier, unit=bus.unit)
        place.network.add(
            "Generator", f"{name} thrown away", bus=name, p_nom=PLENTY, p_min_pu=-1.0, p_max_pu=0.0
        )
    return name


def _converter(
    place: _Place, converter: Converter, number: int, sold: Mapping[Bus, Demand]
) -> None:
    capacity = None
    if converter.asset is not None:
        capacity = place.outcome.hourly_capacity.get(converter.asset)
    if capacity is not None:
        for position, port in enumerate(converter.standing):
            _standing(
                place,
                converter,
                f"{converter.id} standing {position}",
                port.bus,
                place.series(port.ratio) * capacity,
            )
    if number in place.outcome.activity:
        limit = _limit(place, converter, capacity, sold)
        _refuse_units(converter)
        cost = place.series(converter.cost) + converter.fuel_rate * place.formulation.worlds[
            place.number
        ].fuel.get(converter.fuel, 0.0)
        _activity(place, converter, np.minimum(limit, place.peaks.get(converter.id, np.inf)), cost)


def _refuse_units(converter: Converter) -> None:
    """Raise InputError for what the exported network would not keep."""
    if converter.commitment is not None or converter.ramp < 1.0:
        found = f"{converter.title} has units on line or ramps, which the export leaves out"
        raise InputError(
            InputFault(Place(key=str(converter.id)), found, "neither `commitment` nor `ramps`")
        )


def _standing(place: _Place, converter: Converter, name: str, bus: Bus, flow: Floats) -> None:
    if flow.max() > 0:
        size = float(flow.max())
        share = place.frame(np.maximum(flow, 0.0) / size)
        place.network.add("Generator", name, bus=_bus(place, bus), p_nom=size, p_max_pu=share)
    if flow.min() < 0:
        place.network.add(
            "Load", f"{name} draw", bus=_bus(place, bus), p_set=place.frame(np.maximum(-flow, 0.0))
        )


def _limit(
    place: _Place, converter: Converter, capacity: Floats | None, sold: Mapping[Bus, Demand]
) -> Floats:
    if converter.asset is not None:
        assert capacity is not None
        return place.series(converter.availability) * capacity
    upper = place.series(converter.upper)
    if np.isfinite(upper).all():
        return upper
    served = [(d, p) for p in converter.ports if (d := sold.get(p.bus)) is not None]
    total = [
        demanded(place.formulation, place.number, d).sum() / np.min(place.series(p.ratio))
        for d, p in served
    ]
    return np.full(len(upper), float(max(total, default=PLENTY)))


def _activity(place: _Place, converter: Converter, limit: Floats, cost: Floats) -> None:
    """A Generator where the converter only puts one unit into one bus, else a Link from a bus that
    holds its activity.
    """
    size = float(limit.max())
    share = place.frame(limit / size) if size > 0 else 0.0
    single = (
        len(converter.ports) == 1
        and np.ndim(converter.ports[0].ratio) == 0
        and float(converter.ports[0].ratio) == 1.0
    )  # type: ignore[arg-type]
    if single:
        bus = _bus(place, converter.ports[0].bus)
        place.network.add(
            "Generator",
            str(converter.id),
            bus=bus,
            p_nom=size,
            p_max_pu=share,
            marginal_cost=place.frame(cost),
        )
        return
    inner = place.inner(f"activity {converter.id}", "activity")
    place.network.add(
        "Generator",
        str(converter.id),
        bus=inner,
        p_nom=size,
        p_max_pu=share,
        marginal_cost=place.frame(cost),
    )
    ends: dict[str, object] = {}
    for position, port in enumerate(converter.ports, start=1):
        ends[f"bus{position}"] = _bus(place, port.bus)
        ends["efficiency" if position == 1 else f"efficiency{position}"] = place.frame(
            place.series(port.ratio)
        )
    place.network.add("Link", str(converter.id), bus0=inner, p_nom=max(size, 1e-9), **ends)


def _store(place: _Place, store: Store, number: int) -> None:
    if number not in place.outcome.charge:
        return
    power, energy = (
        store.availability * place.outcome.hourly_capacity[key]
        for key in (store.power_asset, store.energy_asset)
    )
    bus, inner, network = (
        _bus(place, store.bus),
        place.inner(f"inside {store.id}", "stored"),
        place.network,
    )
    network.add(
        "Generator", f"{inner} thrown away", bus=inner, p_nom=PLENTY, p_min_pu=-1.0, p_max_pu=0.0
    )
    wear = store.wear
    out, into = store.efficiency_out, store.efficiency_in
    size, stored = max(float(power.max()), 1e-9), max(float(energy.max()), 1e-9)
    share = place.frame(power / size)
    network.add(
        "Link",
        f"{store.id} charge",
        bus0=bus,
        bus1=inner,
        p_nom=size,
        p_max_pu=share,
        efficiency=into,
        marginal_cost=wear,
    )
    network.add(
        "Link", f"{store.id} discharge", bus0=inner, bus1=bus, p_nom=size / out, p_max_pu=share, efficiency=out,
        marginal_cost=wear * out,
    )  # fmt: skip
    # Our level stands at the start of an hour, PyPSA's at its end: the limit of the next hour holds
    # for this one.
    following = place.formulation.problem.nodes[place.number].next_hour
    network.add(
        "Store", str(store.id), bus=inner, e_nom=stored, e_max_pu=place.frame(energy[following] / stored), standing_loss=1 - store.keep,
        **place.circle(),
    )  # fmt: skip


def _demand(place: _Place, demand: Demand) -> None:
    """Load, generators for what is lost and what is short of a promise, and the queue of work that
    may wait.
    """
    formulation, number = place.formulation, place.number
    world, calendar = formulation.worlds[number], formulation.calendars[number]
    quantity = demanded(formulation, number, demand)
    price = demand.price * world.price.get(demand.product, 1.0)
    bus, network = _bus(place, demand.bus), place.network
    most = max(float(quantity.sum()), 1e-9)
    network.add("Load", str(demand.product), bus=bus, p_set=place.frame(quantity))
    network.add("Carrier", f"lost {demand.product}")
    network.add(
        "Generator",
        f"{demand.product} lost",
        bus=bus,
        carrier=f"lost {demand.product}",
        p_nom=most,
        marginal_cost=price,
    )
    if demand.least > 0 and formulation.nodes[number].stage >= demand.least_from:
        owed = (1 - demand.least) * float(calendar.weights @ quantity)
        network.add(
            "GlobalConstraint", f"promise {demand.product}", type="operational_limit", carrier_attribute=f"lost {demand.product}",
            sense="<=", constant=owed,
        )  # fmt: skip
        dear = price + SHORT_FACTOR * max(demand.price, 1e-6)
        network.add("Generator", f"{demand.product} short", bus=bus, p_nom=most, marginal_cost=dear)
    if demand.deadline != "now":
        _queue(place, demand, bus, most)


def _queue(place: _Place, demand: Demand, bus: str, most: float) -> None:
    calendar = place.formulation.calendars[place.number]
    if demand.deadline == "year":
        if np.ptp(calendar.weights) > 0 or _segments(calendar.next_hour).max() > 0:
            found = f"{demand.product} may wait for a year, but the hours do not count alike"
            raise InputError(
                InputFault(Place(key="horizon.hours"), found, "`hours: all` for the export")
            )
        window = np.zeros(len(calendar.weights), dtype=np.int64)
    else:
        window = calendar.day if demand.deadline == "day" else calendar.window(demand.window_hours)
    last = np.append(np.diff(window) != 0, True)
    free = place.frame(np.where(last, 0.0, 1.0))
    place.network.add(
        "Store", f"{demand.product} waiting", bus=bus, e_nom=most, e_min_pu=-1.0 * free, e_max_pu=free,  # type: ignore[operator]
        **place.circle(),
    )  # fmt: skip
