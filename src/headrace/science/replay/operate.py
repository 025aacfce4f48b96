"""What a policy earns on a path: its decisions held, every hour operated at its best, between two
bounds; beside it what whoever knew the path would have earned.

With decisions held, the nodes of a path have nothing in common, so a path is a small plan without
orders. What is charged for a broken promise is no money (plan/results/promise_check): such a path
is told by what it really pays, and by what breaks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import Infeasible
from headrace.core.ids import ProductId
from headrace.core.study import ReliabilityPromise
from headrace.energy.reliability import simulate
from headrace.plan.analysis.deep.regret import embed_fixed
from headrace.plan.analysis.full_hours import cost, operated
from headrace.plan.analysis.mean_value import root_orders_of
from headrace.plan.analysis.value_of_information import NEVER, Interval, between
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import node_outcome
from headrace.plan.results.outage_check import site_fleet
from headrace.plan.results.promise_check import all_broken
from headrace.plan.solve.solve import CertifiedPlan, solve
from headrace.science.replay.policies import OrderPolicy, decided_columns, on_path

GAP = 1e-3
"""Gap of the operation of a path [1]."""


@dataclass(frozen=True)
class PathOutcome:
    """What a policy earns on a path [USD], and every promise that breaks there, each once: the
    product with the stage, or the site.
    """

    worth: Interval
    broken: tuple[str, ...] = ()


@dataclass(frozen=True)
class Foresight:
    """What orders placed in full knowledge of the path would earn and break, and what each policy's
    orders of this month would, were everything later decided in that knowledge.
    """

    best: PathOutcome
    later: Mapping[str, PathOutcome]


def by_rule(
    policy: OrderPolicy,
    tree: Formulation,
    path: Formulation,
    like: tuple[int, ...],
    promises: Mapping[str, ReliabilityPromise],
    seed: Sequence[int],
) -> PathOutcome:
    """A policy on a path, later decisions those of the branch that it is on. promises: of the hours
    of sites, by site; seed: of the outages that judge them.
    """
    columns, options = decided_columns(path), SolverOptions(gap=GAP, threads=1)
    values = on_path(policy, tree, path, like)[columns]
    rows = [i for i, row in enumerate(path.rows) if isinstance(row.about, ProductId)]
    plan = embed_fixed(
        path.problem,
        columns,
        values,
        solve(operated(path.problem, columns, values, rows), options),
    )
    found = told(path, plan)
    dark = dark_sites(path, plan.solution, promises, seed)
    return replace(found, broken=(*found.broken, *(f"hours of {site}" for site in dark)))


def told(path: Formulation, plan: CertifiedPlan) -> PathOutcome:
    """What a plan of a path earns, less what is charged for promises, and which of them break."""
    short = [(one.name, one.node.stage) for one in all_broken(path, plan.solution)]
    if not short:
        return PathOutcome(between(plan.low, plan.high))
    paid = -cost(path, plan.solution)[0]
    names = (f"{product}, stage {stage}" for product, stage in dict.fromkeys(short))
    return PathOutcome(Interval(paid, paid), tuple(names))


def dark_sites(
    path: Formulation,
    solution: Solution,
    promises: Mapping[str, ReliabilityPromise],
    seed: Sequence[int],
) -> list[str]:
    """Sites whose promised share of hours is missed in some year of the path, one draw of outages a
    year.
    """
    found = []
    for site, promise in promises.items():
        for number in range(len(path.nodes)):
            fleet = site_fleet(path, node_outcome(path, solution, number), site)
            if fleet is None:
                continue
            own = int(np.random.default_rng([*seed, number]).integers(2**31))
            if simulate(fleet, 1, own).hours_served < promise.hours:
                found.append(site)
                break
    return found


def foreseen(
    policies: Sequence[OrderPolicy], tree: Formulation, path: Formulation, like: tuple[int, ...]
) -> Foresight:
    """What knowing the whole path would be worth, from the start and after this month."""
    options, now = SolverOptions(gap=GAP, threads=1), root_orders_of(path)

    def committed(policy: OrderPolicy) -> PathOutcome:
        values = on_path(policy, tree, path, like)[now]
        try:
            plan = solve(held(path.problem, now, values), options)
        except Infeasible:
            return PathOutcome(NEVER, ("a limit on orders",))
        return told(path, embed_fixed(path.problem, now, values, plan))

    later = {one.name: committed(one) for one in policies}
    return Foresight(told(path, solve(path.problem, options)), later)
