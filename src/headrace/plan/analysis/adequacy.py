"""A plan that carries its load through outages: the plan and the Monte Carlo in turn, until what a
site promises holds.

The plan knows outages as a mean share of capacity; `energy.reliability` draws them unit by unit
through every hour of each operated year. Where a promise does not hold, the capacity that its units
would take becomes a lower limit on all that can be called there in that year, of whatever kind, and
the plan is made again: more panels and cells may then pay less, so every year is judged anew, with
a seed that no step has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, vstack

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible
from headrace.core.study import ReliabilityPromise
from headrace.energy.reliability import PlantFleet, meet_target, simulate, with_more
from headrace.energy.site import electricity
from headrace.plan.lp.problem import Problem, Solution
from headrace.plan.lp.scaling import scale_of
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.investment import InstalledCapacity
from headrace.plan.model.master_row import MasterRow
from headrace.plan.results.dispatch import node_outcome
from headrace.plan.results.outage_check import insecure, site_fleet
from headrace.plan.solve.solve import CertifiedPlan

STEP_SEED = 20_011
"""Added to the seed of the judgement for every step, so that none has seen it."""
MOST_MORE = 64
"""Most units that one round adds."""

Solved = Callable[[Problem], CertifiedPlan]


@dataclass(frozen=True, eq=False)
class AdequatePlan:
    """The last plan and the problem it solves; rounds: how often it was made; ended: why no more
    was done where a promise is not kept.
    """

    formulation: Formulation
    plan: CertifiedPlan
    rounds: int = 1
    ended: str = ""


def plan_through_outages(
    formulation: Formulation,
    plan: CertifiedPlan,
    promises: Mapping[str, ReliabilityPromise],
    solved: Solved,
) -> AdequatePlan:
    """Plan until every site carries its load as promised, by drawn outages. promises: by site;
    solved: makes a plan of the problem with the limits.
    """
    asked = {s: p for s, p in promises.items() if p.hours > 0 or p.n_minus_one}
    found, required = AdequatePlan(formulation, plan), dict[tuple[str, int], float]()
    most = max((promise.rounds for promise in asked.values()), default=1)
    while True:
        lacking, stuck = _lacking(formulation, found.plan.solution, asked, found.rounds)
        helped = {at: mw for at, mw in lacking.items() if mw > required.get(at, 0.0) + 1e-6}
        if not helped:
            return replace(found, ended=stuck)
        if found.rounds >= most:
            return replace(found, ended="the most that `rounds` allows")
        required |= helped
        limited = with_required(formulation, required)
        try:
            again = solved(limited.problem)
        except Infeasible:
            # What was reached is the answer, and how far it misses.
            return replace(found, ended="for which there is no room, or no time before it is due")
        if not again.finished:
            return replace(found, ended="when time was up")
        found = AdequatePlan(limited, again, found.rounds + 1)


def _lacking(
    formulation: Formulation,
    solution: Solution,
    promises: Mapping[str, ReliabilityPromise],
    step: int,
) -> tuple[dict[tuple[str, int], float], str]:
    """What can be called where a promise does not hold, and should be [MW], by site and node; and
    why nothing helps, where nothing does.
    """
    found: dict[tuple[str, int], float] = {}
    stuck = ""
    for site, promise in promises.items():
        for number in range(len(formulation.nodes)):
            fleet = site_fleet(formulation, node_outcome(formulation, solution, number), site)
            if fleet is None or holds(fleet, promise, promise.seed):
                continue
            callable_now = sum(kind.capacity for kind in fleet.units)
            more = units_more(fleet, promise, promise.seed + STEP_SEED * step)
            if more is None:
                stuck = "since nothing with units stands there that could be more"
            elif not any(group.columns for group in _called(formulation, site, number)):
                stuck = "since nothing with units can be ordered in time"
            else:
                found[site, number] = callable_now + more
    return found, stuck


def holds(fleet: PlantFleet, promise: ReliabilityPromise, seed: int) -> bool:
    """Whether a fleet keeps a promise, of hours with 95 % confidence."""
    if promise.n_minus_one and insecure(fleet):
        return False
    return promise.hours == 0 or (
        simulate(fleet, promise.samples, seed).hours_bound >= promise.hours
    )


def units_more(fleet: PlantFleet, promise: ReliabilityPromise, seed: int) -> float | None:
    """Capacity of the fewest further units of the largest kind with which a promise holds [MW], at
    least one unit and at most 64; None where there are no units.
    """
    kinds = [kind for kind in fleet.units if kind.count]
    if not kinds:
        return None
    kind = max(kinds, key=lambda kind: kind.capacity)
    added = 1
    if promise.hours > 0:
        met = meet_target(
            fleet, kind.name, promise.hours, promise.samples, seed, MOST_MORE, "hours"
        )
        added = max(added, met.added)
    if promise.n_minus_one:
        while added < MOST_MORE and insecure(with_more(fleet, kind.name, added)):
            added += 1
    return added * kind.size


def with_required(
    formulation: Formulation, required: Mapping[tuple[str, int], float]
) -> Formulation:
    """The same with a lower limit on what can be called at a site in a node [MW]:

    sum_k K_k(n, t) >= R(site, n)    over plants k whose units are known to fail,
                                     at the times t of the node at which most of them stand

    What arrives within the node is not there before, and cannot be.
    """
    rows = []
    for (site, number), wanted in required.items():
        groups = _called(formulation, site, number)
        for there in _fullest(groups):
            columns, values, stands = list[int](), list[float](), 0.0
            for group, share in zip(groups, there, strict=True):
                stands += group.start * share
                columns.extend(group.columns)
                values.extend(-one * share for one in group.shares)
            signed = tuple(columns), tuple(values), stands - wanted
            rows.append(MasterRow("outages", electricity(site), number, *signed, scale_of("MW")))
    master, scale = formulation.problem.master, formulation.order_scales
    matrix = np.zeros((len(rows), len(master.columns)))
    for r, row in enumerate(rows):
        for column, value in zip(row.columns, row.values):
            matrix[r, column] += value * scale[column] / row.scale
    limited = replace(
        master,
        rows=(*master.rows, *(row.name(formulation.nodes) for row in rows)),
        matrix=csr_array(vstack([csr_array(master.matrix), csr_array(matrix)])),
        rhs=np.append(master.rhs, [row.rhs / row.scale for row in rows]),
    )
    problem = replace(formulation.problem, master=limited)
    return replace(formulation, problem=problem, rows=(*formulation.rows, *rows))


def _called(formulation: Formulation, site: str, number: int) -> Sequence[InstalledCapacity]:
    """What stands at a site in a node of plants with units that fail."""
    system = formulation.system
    fails = {
        converter.asset
        for converter in system.converters
        if converter.outages is not None and converter.outages.size > 0
    }
    return [
        group
        for group in formulation.installed[number]
        if system.assets[group.asset].id in fails and system.assets[group.asset].site == site
    ]


def _fullest(groups: Sequence[InstalledCapacity]) -> Floats:
    """Which of the groups stand at the times at which most do, one row each [1]."""
    hours = max((len(group.mask) for group in groups if group.mask is not None), default=1)
    masks = [np.ones(hours) if group.mask is None else group.mask for group in groups]
    times = np.unique(np.array(masks).T, axis=0)
    count = times.sum(axis=1)
    return np.asarray(times[count >= count.max() - 1e-9])
