"""A plan that carries its load through outages: the plan and the Monte Carlo in turn, until the
target holds.

The plan knows outages as a mean share of capacity; `energy.reliability` draws them unit by unit
through every hour of the year. Where it misses the target, the number of units it asks for becomes
a lower limit on the orders and the plan is solved again: more panels and cells may then pay less,
so the fleet is judged anew. The last word has a seed that no step has seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from headrace.core.arrays import Floats
from headrace.core.components import Asset, Demand
from headrace.core.errors import Infeasible, InputError, Place
from headrace.core.errors import InputFault as Fault
from headrace.core.ids import AssetId
from headrace.energy.outages import UnitGroup
from headrace.energy.reliability import PlantFleet, Reliability, StoreSize, meet_target, simulate
from headrace.energy.technology import technology
from headrace.energy.thermal import derate
from headrace.energy.weather.series import HOURS, Weather
from headrace.plan.lp.problem import Problem
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import NodeOutcome, node_outcome, ordered
from headrace.plan.solve.solve import CertifiedPlan, solve

JUDGE = 20_011
"""Seed of the last judgement; the steps use 1, 2, 3, ..."""


@dataclass(frozen=True, eq=False)
class Adequate:
    """The last plan, how often it was solved, its fleet judged with an independent seed, and what
    the first plan alone reached.
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


def adequate(
    expansion: SystemOnTree, asset: AssetId, target: float, *, samples: int = 400, rounds: int = 5
) -> Adequate:
    """Plan until the units of `asset` carry the load of its site at node 0 to `target` [1].

    Meant for studies of one node and one electricity product at the site. Raises InputError for an
    asset that is not a plant of the catalogue with units of a size.
    """
    e = expansion
    formulation = formulate(e)
    wanted = next((a for a in e.system.assets if a.id == asset), None)
    if (
        wanted is None
        or not wanted.catalogue_key
        or technology(wanted.catalogue_key).unit_size.value <= 0
    ):
        raise InputError(
            Fault(Place(key=str(asset)), "is not a plant of the catalogue that comes in units")
        )
    size = technology(wanted.catalogue_key).unit_size.to("MW")
    least, found = 0, None
    for step in range(1, max(1, rounds) + 1):
        try:
            plan = solve(_at_least(formulation, asset, least * size))
        except (
            Infeasible
        ):  # no room for that many units: what was reached is the answer, with how far it misses
            if found is None:
                raise
            return found
        fleet = _fleet(formulation, plan, e.weather[wanted.site], wanted.site)
        judged = simulate(fleet, samples, seed=JUDGE)
        count = next(u.count for u in fleet.units if u.name == str(asset))
        found = Adequate(
            formulation,
            plan,
            step,
            count,
            judged,
            judged if found is None else found.before,
            target,
        )
        if found.missed_by == 0:
            break
        least = count + max(1, meet_target(fleet, str(asset), target, samples, seed=step).added)
    assert found is not None
    return found


def _at_least(formulation: Formulation, asset: AssetId, amount: float) -> Problem:
    """The problem with a lower limit on all orders of an asset."""
    problem, assets = formulation.problem, formulation.system.assets
    columns = [i for i, o in enumerate(formulation.orders) if assets[o.asset].id == asset]
    if amount <= 0:
        return problem
    master = problem.master
    row = csr_array(
        (-np.ones(len(columns)), (np.zeros(len(columns), int), columns)),
        shape=(1, len(master.columns)),
    )
    grown = replace(
        master,
        rows=(*master.rows, f"at least {asset}"),
        matrix=csr_array(vstack([master.matrix, row])),
        rhs=np.append(master.rhs, -amount),
    )
    return replace(problem, master=grown)


def _fleet(
    formulation: Formulation, plan: CertifiedPlan, weather: Weather, site: str
) -> PlantFleet:
    """What stands at the site in node 0, whole units and every hour of the weather year."""
    system, outcome = formulation.system, node_outcome(formulation, plan.solution, 0)
    quantity = ordered(formulation, plan.solution)
    amount = {a.id: a.stands for a in system.assets}
    for x, order in zip(quantity, formulation.orders):
        if order.node == 0:
            amount[system.assets[order.asset].id] += float(x)
    load = sum(
        (d.quantity * np.ones(HOURS) for d in system.demands if _served_at(formulation, d, site)),
        np.zeros(HOURS),
    )
    free, units, shares = np.zeros(HOURS), [], []
    for converter in system.converters:
        if converter.asset is None or converter.asset.site != site:
            continue
        asset = system.asset(converter.asset)
        if not converter.has_activity:
            free += np.asarray(converter.standing[0].ratio) * outcome.capacity.get(asset.id, 0.0)
        else:
            units.append(_units(asset, amount[asset.id]))
            shares.append(_share(asset, weather))
    derates = np.array(shares)[:, None, :] if shares else 1.0
    return PlantFleet(load, free[None, :], tuple(units), derates, _kept(formulation, outcome, site))


def _served_at(formulation: Formulation, sold: Demand, site: str) -> bool:
    serving = [c for c in formulation.system.converters if any(p.bus == sold.bus for p in c.ports)]
    return any(p.bus.site == site for c in serving for p in c.ports)


def _units(asset: Asset, amount: float) -> UnitGroup:
    row = technology(asset.catalogue_key)
    size = row.unit_size.to("MW")
    count = int(np.ceil(amount / size - 1e-6))
    return UnitGroup(
        str(asset.id),
        count,
        size,
        row.forced_outage.value,
        row.repair.to("h"),
        row.planned_outage.value,
    )


def _share(asset: Asset, weather: Weather) -> Floats:
    """What weather leaves of a unit that is up; the plan's own share holds the mean of outages as
    well.
    """
    return derate(technology(asset.catalogue_key), weather)


def _kept(formulation: Formulation, outcome: NodeOutcome, site: str) -> StoreSize:
    stores = [s for s in formulation.system.stores if s.site == site]
    if not stores:
        return StoreSize()
    s = stores[0]
    power, energy = (
        s.availability * outcome.capacity.get(one, 0.0) for one in (s.power_asset, s.energy_asset)
    )
    return StoreSize(power, energy, s.efficiency_in, s.efficiency_out, 0.5)
