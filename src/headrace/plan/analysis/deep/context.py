"""What the deep questions stand on: the best plan known, how to solve beside it, and what happens
on each branch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from headrace.core.errors import StoppedEarly
from headrace.core.study import Study
from headrace.plan.analysis.value_of_information import Interval, leaf_values
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.model.investment import Order
from headrace.plan.results.order_value import OrderValue
from headrace.plan.scenario.discounting import Discounting
from headrace.plan.solve.solve import CertifiedPlan, Stop, solve

FINE = 1e-5
"""Gap of a solve whose difference to the plan is small: a month of lead time, another price of one
order.
"""

COARSE = 1e-4
"""Gap of a solve whose difference to the plan is large: a baseline, another terminal value."""


@dataclass(frozen=True)
class AnalysisContext:
    """The study with its best plan. near: a plan from which a changed problem may be started;
    values: of root orders.
    """

    study: Study
    expansion: SystemOnTree
    formulation: Formulation
    plan: CertifiedPlan
    near: CertifiedPlan
    values: tuple[OrderValue, ...] = ()
    threads: int = 2
    stop: Stop | None = None

    @property
    def worth(self) -> Interval:
        """What the best plan is worth [USD]."""
        return interval(self.plan)


@dataclass(frozen=True)
class Leaf:
    """One leaf of the tree. npv: discounted cash on its way plus terminal value by one plan's
    orders [USD].
    """

    node: int
    probability: float
    npv: Interval


def interval(plan: CertifiedPlan) -> Interval:
    """The certified worth of a problem's best plan [USD]."""
    return Interval(plan.low, plan.high)


def solve_changed(context: AnalysisContext, problem: Problem, gap: float) -> CertifiedPlan:
    """A certified plan of a changed problem, to a relative gap [1].

    Raises StoppedEarly where time was up before its gap was met.
    """
    if context.stop is not None and context.stop():
        raise StoppedEarly("the time for deep questions is up")
    options = SolverOptions.of(context.study.solver).but(gap=gap, threads=context.threads)
    found = solve(problem, options, stop=context.stop, near=context.near)
    if not found.finished and context.stop is not None and context.stop():
        raise StoppedEarly("the time for deep questions is up")
    return found


def formulate_changed(
    context: AnalysisContext,
    *,
    discounting: Discounting | None = None,
    orders: tuple[Order, ...] | None = None,
) -> Formulation:
    """The plan's problem with other discounting or other orders."""
    e = context.expansion
    return formulate(replace(e, discounting=discounting or e.discounting), orders)


def outcomes(problem: Problem, plan: CertifiedPlan) -> tuple[Leaf, ...]:
    """What a plan's orders earn on every leaf."""
    ends = leaves(problem).tolist()
    return tuple(
        Leaf(n, float(problem.probability[n]), npv)
        for n, npv in zip(ends, leaf_values(problem, plan))
    )
