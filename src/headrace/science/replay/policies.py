"""Who is replayed: the plan with its later orders on every branch, and the plan of somebody who
takes the mean for what comes.

The mean plan's orders of this month are held and everything later is decided anew in the tree, as
for EEV (plan/analysis/value_of_information): so both may learn alike, and differ in what they
commit to now.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.analysis.deep.regret import embed_fixed
from headrace.plan.analysis.mean_value import mean_study
from headrace.plan.analysis.what_if import same_orders
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.sales import UNSERVED
from headrace.plan.solve.solve import Stop, solve

GAP = 1e-3
"""Gap of the mean plan and of what follows it [1]."""


@dataclass(frozen=True, eq=False)
class OrderPolicy:
    """Orders and what is sold at every node of the tree, as columns of its problem [their unit]."""

    name: str
    master: Floats


def plans_own(formulation: Formulation, solution: Solution) -> OrderPolicy:
    """What the plan decides on every branch."""
    return OrderPolicy("plan", solution.master)


def mean_value_policy(
    formulation: Formulation, threads: int = 2, stop: Stop | None = None
) -> OrderPolicy:
    """What somebody orders now who plans for the mean, and what is best from there on.

    Raises Infeasible where those orders leave no plan, InputError where the branches have no mean,
    StoppedEarly.
    """
    believed = mean_study(formulation)
    options = SolverOptions(gap=GAP, threads=threads)
    ideal = solve(believed.problem, options, stop=stop)
    now = ideal.solution.master[believed.there]
    rest = solve(held(formulation.problem, believed.here, now), options, stop=stop)
    whole = embed_fixed(formulation.problem, believed.here, now, rest)
    return OrderPolicy("mean_value", whole.solution.master)


def on_path(
    policy: OrderPolicy, tree: Formulation, path: Formulation, like: tuple[int, ...]
) -> Floats:
    """The policy's decisions as columns of a path's problem, inside its boxes [their unit]. like:
    node of the tree that each node of the path takes the place of.
    """
    found = same_orders(tree, policy.master, path, like)
    return np.clip(found, 0.0, path.problem.master.upper)


def decided_columns(path: Formulation) -> Ints:
    """Numbers of the columns that a policy decides: orders and what is sold; peaks and what goes
    unserved follow from operation.
    """
    first = len(path.orders) + len(path.peaks)
    kept = [first + i for i, s in enumerate(path.sales.columns) if s.offer != UNSERVED]
    return np.array([*range(len(path.orders)), *kept], dtype=np.int64)
