"""A plan that carries its load through outages: the plan and the Monte Carlo in turn, until the
target holds.

The plan knows outages as a mean share of capacity; `energy.reliability` draws them unit by unit
through every hour of the year. Where it misses the target, the number of units it asks for becomes
a lower limit on the orders and the plan is solved again: more panels and cells may then pay less,
so the fleet is judged anew. The last word has a seed that no step has seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from headrace.core.components import Asset, Store
from headrace.core.errors import Infeasible, InputError, Place
from headrace.core.errors import InputFault as Fault
from headrace.core.ids import AssetId
from headrace.energy.outages import UnitGroup
from headrace.energy.reliability import PlantFleet, Reliability, StoreSize, meet_target, simulate
from headrace.energy.technology import technology
from headrace.energy.thermal import derate
from headrace.energy.weather.record import HOURS, Weather
from headrace.plan.lp.problem import Problem
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import node_outcome, ordered
from headrace.plan.solve.solve import CertifiedPlan, solve

JUDGE = 20_011
"""Seed of the last judgement; the steps use 1, 2, 3, ..."""


@dataclass(frozen=True, eq=False)
class AdequacyResult:
    """The last plan, how often it was solved, its fleet judged with an independent seed, and what
    the first plan alone reached; target [1].
    """

    formulation: Formulation
    plan: CertifiedPlan
    rounds: int
    units: int
    judged: Reliability
    before: Reliability
    target: float

    @property
    def missed_by(self) -> float:
        """How far the lower 95 % bound of availability stays below the target [1]; 0 where it is
        met.
        """
        return max(0.0, self.target - self.judged.availability_bound)


def plan_for_adequacy(
    expansion: SystemOnTree, asset: AssetId, target: float, *, samples: int = 400, rounds: int = 5
) -> AdequacyResult:
    """Plan until the units of `asset` carry the load of its site at node 0 to `target` [1].

    Meant for studies of one node and one electricity product at the site. Raises InputError for an
    asset that is not a plant of the catalogue with units of a size.
    """
    formulation = formulate(expansion)
    wanted = next((a for a in expansion.system.assets if a.id == asset), None)
    size = 0.0
    if wanted is not None and wanted.catalogue_key:
        size = technology(wanted.catalogue_key).unit_size.to("MW")
    if wanted is None or size <= 0:
        raise InputError(
            Fault(Place(key=str(asset)), "is not a plant of the catalogue that comes in units")
        )
    least, found = 0, None
    for step in range(1, max(1, rounds) + 1):
        try:
            plan = solve(at_least(formulation, asset, least * size))
        except Infeasible:
            # No room for that many units: what was reached is the answer, and how far it misses.
            if found is None:
                raise
            return found
        fleet = fleet_at_root(formulation, plan, expansion.weather[wanted.site], wanted.site)
        judged = simulate(fleet, samples, seed=JUDGE)
        count = next(u.count for u in fleet.units if u.name == str(asset))
        before = judged if found is None else found.before
        found = AdequacyResult(formulation, plan, step, count, judged, before, target)
        if found.missed_by == 0:
            break
        least = count + max(1, meet_target(fleet, str(asset), target, samples, seed=step).added)
    assert found is not None
    return found


def at_least(formulation: Formulation, asset: AssetId, amount: float) -> Problem:
    """The problem with a lower limit `amount` [unit of the asset] on all orders of an asset."""
    problem, assets = formulation.problem, formulation.system.assets
    if amount <= 0:
        return problem
    master = problem.master
    row = np.zeros((1, len(master.columns)))
    for i, order in enumerate(formulation.orders):
        if assets[order.asset].id == asset:
            row[0, i] = -formulation.order_scales[i]
    limited = replace(
        master,
        rows=(*master.rows, f"at least {asset}"),
        matrix=csr_array(vstack([master.matrix, csr_array(row)])),
        rhs=np.append(master.rhs, -amount),
    )
    return replace(problem, master=limited)


def fleet_at_root(
    formulation: Formulation, plan: CertifiedPlan, weather: Weather, site: str
) -> PlantFleet:
    """What stands at the site in node 0, whole units and every hour of the weather year."""
    system, outcome = formulation.system, node_outcome(formulation, plan.solution, 0)
    amount = {a.id: a.stands for a in system.assets}
    for quantity, order in zip(ordered(formulation, plan.solution), formulation.orders):
        if order.date == 0:
            amount[system.assets[order.asset].id] += float(quantity)
    load = np.zeros(HOURS)
    for demand in system.demands:
        serving = [c for c in system.converters if any(p.bus == demand.bus for p in c.ports)]
        if any(p.bus.site == site for c in serving for p in c.ports):
            load = load + demand.quantity
    free, units, shares = np.zeros(HOURS), [], []
    for converter in system.converters:
        if converter.asset is None or converter.asset.site != site:
            continue
        asset = system.asset(converter.asset)
        if not converter.has_activity:
            free += np.asarray(converter.standing[0].ratio) * outcome.capacity.get(asset.id, 0.0)
        else:
            units.append(whole_units(asset, amount[asset.id]))
            # Weather alone: the plan's own share holds the mean of outages as well.
            shares.append(derate(technology(asset.catalogue_key), weather))
    derates = np.array(shares)[:, None, :] if shares else 1.0
    sizes = [store_size(s, outcome.capacity) for s in system.stores if s.site == site]
    return PlantFleet(
        load, free[None, :], tuple(units), derates, sizes[0] if sizes else StoreSize()
    )


def store_size(store: Store, capacity: Mapping[AssetId, float]) -> StoreSize:
    """A store at the capacities [MW, MWh] of a node, half full in the first hour."""
    power, energy = (
        store.availability * capacity.get(one, 0.0)
        for one in (store.power_asset, store.energy_asset)
    )
    return StoreSize(power, energy, store.efficiency_in, store.efficiency_out, 0.5)


def whole_units(asset: Asset, amount: float) -> UnitGroup:
    """A plant of `amount` [MW] as units of its catalogue size, the last one rounded up."""
    row = technology(asset.catalogue_key)
    size = row.unit_size.to("MW")
    return UnitGroup(
        str(asset.id),
        int(np.ceil(amount / size - 1e-6)),
        size,
        row.forced_outage.value,
        row.repair.to("h"),
        row.planned_outage.value,
    )
