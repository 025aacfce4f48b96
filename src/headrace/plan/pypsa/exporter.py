"""One tree node of a plan as a PyPSA network with fixed sizes: the operation of a year, for whoever
works with PyPSA.

    network = to_pypsa(formulation, solution, node=0)
    network.optimize(solver_name="highs")
    network.objective - lost_revenue(formulation, 0)   # our operating cost, revenue subtracted

What becomes of each noun stands in `components.py`. Segments of representative weeks become
investment periods, so that each is a circle of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ConverterId
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.constraints import demand_charge
from headrace.plan.model.formulate import Formulation
from headrace.plan.pypsa.components import ComponentWriter, segments
from headrace.plan.results.dispatch import demanded, node_outcome
from headrace.plan.scenario.time_slices import TimeSlices

if TYPE_CHECKING:
    import pypsa


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
    if any(demand.offers for demand in formulation.system.demands):
        found = "what is sold of `offers` is a decision, which the export leaves out"
        raise InputError(InputFault(Place(key="products"), found, "`demand` and `price`"))
    if formulation.system.terms:
        found = "tiers, net metering and take-or-pay are left out by the export"
        raise InputError(InputFault(Place(key="sites"), found, "none of them"))
    network = pypsa.Network(name=f"{formulation.nodes[node].name} {formulation.nodes[node].label}")
    set_snapshots(network, formulation.time_slices[node])
    writer = ComponentWriter(
        network,
        formulation,
        node,
        node_outcome(formulation, solution, node),
        peak_limits(formulation, solution, node),
    )
    for demand in formulation.system.demands:
        writer.demand(demand)
    for number, converter in enumerate(formulation.system.converters):
        writer.converter(converter, number)
    for number, store in enumerate(formulation.system.stores):
        writer.store(store, number)
    if "efficiency2" in network.links:
        network.links["efficiency2"] = network.links["efficiency2"].fillna(1.0)
    return network


def set_snapshots(network: pypsa.Network, calendar: TimeSlices) -> None:
    """The snapshots of a node with what each counts in the cost; a segment that is a circle of its
    own becomes an investment period.
    """
    import pandas as pd

    segment = segments(calendar.next_hour)
    if segment.max() == 0:
        network.set_snapshots(pd.RangeIndex(len(segment), name="snapshot"))
    else:
        years = 2000 + segment
        steps = np.arange(len(segment))
        network.set_snapshots(
            pd.MultiIndex.from_arrays([years, steps], names=["period", "timestep"])
        )
        network.investment_periods = pd.Index(np.unique(years))
    network.snapshot_weightings["objective"] = calendar.weights
    network.snapshot_weightings["generators"] = calendar.weights
    network.snapshot_weightings["stores"] = 1.0


def peak_limits(
    formulation: Formulation, solution: Solution, node: int
) -> dict[ConverterId, Floats]:
    """Limit that the peaks paid for put on each converter's activity [MW], shape (snapshot,)."""
    sizes = np.maximum(solution.master[len(formulation.orders) :], 0.0)
    calendar = formulation.time_slices[node]
    limits: dict[ConverterId, Floats] = {}
    for k, charge in enumerate(formulation.system.peaks):
        peaks = zip(sizes, formulation.peaks)
        mine = [float(s) for s, p in peaks if p.node == node and p.charge == k]
        here = demand_charge.limit(calendar, charge, mine)
        before = limits.get(charge.converter, np.full(len(here), np.inf))
        limits[charge.converter] = np.minimum(before, here)
    return limits


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
    world, weights = formulation.parameters[node], formulation.time_slices[node].weights
    return float(
        sum(
            d.price * world.price.get(d.product, 1.0) * (weights @ demanded(formulation, node, d))
            for d in formulation.system.demands
        )
    )
