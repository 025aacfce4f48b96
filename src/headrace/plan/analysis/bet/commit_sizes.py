"""The plan's orders of this month scaled from nothing to more, everything later decided anew.

Each size is a plan of its own, its orders held; what it earns on each branch against the best size
there is its regret. A size that a limit does not allow is cut to the largest that it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.errors import Infeasible, StoppedEarly
from headrace.finance.choices.regret import RegretTable
from headrace.plan.analysis.value_of_information import Interval, between, leaf_values
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.model.formulate import Formulation
from headrace.plan.scenario.tree import opening_of
from headrace.plan.solve.solve import CertifiedPlan, Stop, solve

SIZES = (0.0, 0.5, 1.0, 1.5)


@dataclass(frozen=True)
class CommitSize:
    """A size [1 of the plan's orders], as asked and as limits allow; its worth and what it earns on
    each branch [USD].
    """

    asked: float
    size: float
    worth: Interval
    leaves: tuple[Interval, ...]


@dataclass(frozen=True)
class CommitTable:
    """All sizes; nodes: where the branches end; odds: of each [1]. cut: sizes as asked and as
    limits on orders allow [1], where that is less; impossible: sizes with which no plan keeps every
    limit [1].
    """

    sizes: tuple[CommitSize, ...]
    nodes: tuple[int, ...]
    odds: tuple[float, ...]
    cut: tuple[tuple[float, float], ...] = ()
    impossible: tuple[float, ...] = ()

    @property
    def regrets(self) -> RegretTable:
        """Regrets by what each size surely earns [USD]."""
        names = tuple(f"{one.size:.0%}" for one in self.sizes)
        outcomes = np.array([[leaf.low for leaf in one.leaves] for one in self.sizes])
        odds = np.array(self.odds)
        return RegretTable(names, tuple(map(str, self.nodes)), outcomes, odds / odds.sum())


def commit_table(
    formulation: Formulation,
    plan: CertifiedPlan,
    sizes: Sequence[float] = SIZES,
    options: SolverOptions | None = None,
    stop: Stop | None = None,
) -> CommitTable:
    """Every size between bounds; those that were not reached when `stop` said so are missing.

    sizes: of the plan's orders of this month [1].
    """
    problem = formulation.problem
    now = np.array([i for i, order in enumerate(formulation.orders) if order.date == 0], dtype=int)
    ordered = np.maximum(plan.solution.master[now], 0.0)
    found, done, cut, impossible = [], set[float](), [], []
    for asked in sizes:
        size = allowed(problem, now, ordered, asked)
        if round(size, 9) < round(asked, 9):
            cut.append((asked, size))
        if round(size, 9) in done or (stop is not None and stop()):
            continue
        done.add(round(size, 9))
        fixed = held(problem, now, size * ordered)
        try:
            best = solve(fixed, options or SolverOptions(gap=1e-4), stop=stop)
        except Infeasible:
            impossible.append(size)
            continue
        except StoppedEarly:
            continue
        found.append(
            CommitSize(asked, size, between(best.low, best.high), tuple(leaf_values(fixed, best)))
        )
    ends = leaves(problem).tolist()
    return CommitTable(
        tuple(found),
        tuple(opening_of(formulation.nodes, leaf) for leaf in ends),
        tuple(float(problem.probability[leaf]) for leaf in ends),
        tuple(cut),
        tuple(impossible),
    )


def allowed(problem: Problem, columns: np.ndarray, ordered: np.ndarray, asked: float) -> float:
    """The largest size up to `asked` [1] at which the orders alone keep every limit on orders."""
    master, size = problem.master, asked
    upper = master.upper[columns]
    for amount, most in zip(ordered, upper):
        if amount > 0 and np.isfinite(most):
            size = min(size, float(most / amount))
    x = np.zeros(len(master.columns))
    x[columns] = ordered
    used = master.matrix @ x
    for mine, limit in zip(used, master.rhs):
        if mine > 1e-12 and limit >= 0:
            size = min(size, float(limit / mine))
    return max(0.0, size)
