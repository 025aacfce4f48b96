"""By how much the kept hours miss: the plan's orders, operated in every hour of the study.

Kept weeks are a sample, and its error has either sign. With the orders held, nodes have nothing in
common but what was decided, so the check is a plan without orders: cheaper than planning with every
hour, and run for every plan that did not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import HeadraceError
from headrace.core.ids import ProductId
from headrace.core.plan_file import FullHours
from headrace.core.study import Study
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem, Solution
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.model.sales import UNSERVED
from headrace.plan.results.cash_flow import lines, total
from headrace.plan.results.dispatch import node_outcome, sold_columns
from headrace.plan.results.promise_check import broken
from headrace.plan.solve.solve import CertifiedPlan, Stop, solve

GAP = 1e-3
"""Gap at which the operation of every hour is known well enough to say what the kept ones miss [1].
"""
CHECK_SECONDS = 60.0
"""Most time for it [s]; a check that takes longer says so instead of holding up the plan."""


def kept_only(formulation: Formulation) -> bool:
    """Whether some hours of a year stand for others."""
    return any(len(c.hour) < c.span and len(c.years_hour) for c in formulation.time_slices)


def full_hours(
    study: Study,
    folder: Path | None,
    formulation: Formulation,
    plan: CertifiedPlan,
    options: SolverOptions,
    stop: Stop | None = None,
) -> FullHours | None:
    """The plan's orders in every hour; None where no hour stands for another. folder: where the
    study's files lie.
    """
    if not kept_only(formulation):
        return None
    whole = formulate(expand(study, folder, every_hour=True), orders=formulation.orders)
    columns, values = decided(formulation, whole, plan)
    kept_cost, _ = cost(formulation, plan.solution)
    try:
        promised = [i for i, row in enumerate(whole.rows) if isinstance(row.about, ProductId)]
        problem = operated(whole.problem, columns, values, promised)
        wanted = options.but(gap=max(options.gap, GAP), method="auto")
        found = solve(problem, wanted, stop=stop)
    except HeadraceError as error:
        return FullHours(kept_cost, words=f"every hour was not operated, {error}")
    if not found.finished:
        return not_known(formulation, plan)
    master = np.zeros(len(whole.problem.master.columns))
    master[columns] = values
    master[np.setdiff1d(np.arange(len(master)), columns)] = found.solution.master
    solution = replace(found.solution, master=master)
    short = broken(whole, solution)
    told = (
        ""
        if short is None
        else (
            f"in every hour {short.kept} at best in stage {short.node.stage}, which promises "
            f"{short.promised}"
        )
    )
    full_cost, paid = cost(whole, solution)
    return FullHours(kept_cost, full_cost, paid, found.high - found.low, told)


def not_known(formulation: Formulation, plan: CertifiedPlan) -> FullHours:
    """What is said where the check takes longer than it may."""
    late = f"every hour was not operated within {CHECK_SECONDS:.0f} s"
    return FullHours(cost(formulation, plan.solution)[0], words=late)


def decided(
    formulation: Formulation, whole: Formulation, plan: CertifiedPlan
) -> tuple[Ints, Floats]:
    """What a plan has decided, as columns of the master of every hour and their values [unit of the
    column]: its orders and what is sold.
    """
    orders, sold = len(formulation.orders), sold_columns(formulation, plan.solution)
    kept = [i for i, sale in enumerate(whole.sales.columns) if sale.offer != UNSERVED]
    first = orders + len(whole.peaks)
    columns = np.array([*range(orders), *(first + i for i in kept)], dtype=np.int64)
    return columns, np.concatenate([plan.solution.master[:orders], np.maximum(sold[kept], 0.0)])


def operated(problem: Problem, columns: Ints, values: Floats, kept: Sequence[int] = ()) -> Problem:
    """The problem with what is decided held, and without the limits on it. columns, values: of the
    master [unit of the column]; kept: rows of it that hold of what is not decided.
    """
    rest, some = held(problem, columns, values), list(kept)
    matrix = csr_array(csr_array(rest.master.matrix)[some])
    names = tuple(rest.master.rows[i] for i in some)
    master = replace(rest.master, rows=names, matrix=matrix, rhs=rest.master.rhs[some])
    return replace(rest, master=master)


def cost(formulation: Formulation, solution: Solution) -> tuple[float, float]:
    """What a plan costs less what it sells and what is left at the end, and all that it pays, both
    discounted and expected [USD]. What a broken promise is charged is no cost.
    """
    outcomes = tuple(node_outcome(formulation, solution, n) for n in range(len(formulation.nodes)))
    money = lines(formulation, solution, outcomes)
    real = [line for line in money if line.kind != "short"]
    return -total(real), -sum(line.usd for line in real if line.usd < 0)
