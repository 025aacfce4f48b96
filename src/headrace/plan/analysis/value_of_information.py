"""What knowing is worth: the plan with recourse beside the plans of a prophet and of somebody who
believes in the mean.

Net present values [USD], maximised (Birge & Louveaux, Introduction to Stochastic Programming,
chapter 4; costs there):

    RP    recourse: the plan of the tree
    WS    wait and see: the best plan of each branch, known from the start, and the mean of these
          over the leaves
    EV    expected value: the best plan of the mean future
    EEV   the orders that the EV plan places at the root, everything later decided anew in the tree
    VSS   = RP - EEV >= 0: what the tree is worth against planning for the mean
    EVPI  = WS - RP  >= 0: what knowing the branch today would be worth, at most

Where the problem has a risk, all of them are of its measure instead of the mean: the best plans of
the branches are weighed by it, and it never falls when a branch gains, so EEV <= RP <= WS holds as
before (docs/decisions/0060).

Everything is an interval between certified bounds. EEV <= RP <= WS holds for the true values, so
the intervals are cut by it. What was not reached when `stop` said so keeps the bounds that follow
from the rest, at worst infinite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible, StoppedEarly
from headrace.plan.analysis.mean_value import MeanValue, mean
from headrace.plan.analysis.wait_and_see import branch
from headrace.plan.lp import dual_bound
from headrace.plan.lp.cut_pool import cuts_of
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem, RiskMeasure
from headrace.plan.lp.residuals import operating_cost
from headrace.plan.lp.risk_measure import branch_costs, leaves, worst_odds
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve.solve import CertifiedPlan, Stop, solve


@dataclass(frozen=True)
class Interval:
    """A value known to lie between two certified bounds [USD]."""

    low: float
    high: float

    def __sub__(self, other: Interval) -> Interval:
        """Least and most of the difference."""
        return Interval(self.low - other.high, self.high - other.low)

    def within(self, low: float = -np.inf, high: float = np.inf) -> Interval:
        """The part between two further bounds [USD] of the same value; bounds that cross by
        rounding are kept wide.
        """
        return between(max(self.low, low), min(self.high, high))


UNKNOWN = Interval(-np.inf, np.inf)
NEVER = Interval(-np.inf, -np.inf)
"""The value of a plan that cannot be carried out."""


def between(a: float, b: float) -> Interval:
    """The interval of two bounds [USD]; they cross by rounding where a plan is exactly the best
    one.
    """
    return Interval(min(a, b), max(a, b))


@dataclass(frozen=True)
class Branch:
    """One leaf's future. outcome: what the plan's orders earn there [USD]; foreseen: what a plan
    that knew it would.
    """

    leaf: int
    probability: float
    outcome: Interval
    foreseen: Interval


@dataclass(frozen=True)
class Information:
    """What knowing is worth, with the branches it is made of. cvar: mean of the plan's worst 1 -
    alpha outcomes [USD].

    mean_orders: what the mean-value plan orders at the root, in the order of `MeanValue.here`; None
        when not reached. breaks: what becomes of a promise with them, in words; then the mean plan
        is none, and the tree is worth no sum of money against it.
    """

    recourse: Interval
    wait_and_see: Interval
    expected_value: Interval
    mean_plan: Interval
    stochastic_solution: Interval
    perfect_information: Interval
    alpha: float
    cvar: Interval
    branches: tuple[Branch, ...]
    mean_orders: Floats | None
    breaks: str = ""

    @property
    def worst(self) -> Interval:
        """The worst branch of the plan [USD]."""
        return Interval(
            min(b.outcome.low for b in self.branches), min(b.outcome.high for b in self.branches)
        )


OnValue = Callable[[str, Interval], None]
"""Called with the name of a value (`recourse`, `branch 3`, `expected_value`, `mean_plan`) once it
is known.
"""


def value_of_information(
    problem: Problem,
    *,
    believed: MeanValue | None = None,
    plan: CertifiedPlan | None = None,
    alpha: float = 0.9,
    gap: float = 1e-3,
    threads: int = 2,
    stop: Stop | None = None,
    on_value: OnValue | None = None,
) -> Information:
    """RP, WS, EV, EEV, VSS, EVPI and CVaR of a tree [USD].

    believed: the mean future (default: `mean_value.mean`; for a study `mean_value.mean_study`).
        plan: the tree's own plan when it is known already. alpha: share of outcomes outside the
        tail [1]. gap: relative, of each solve [1]. on_value: called as each value is known. Raises
        Infeasible where the tree has no plan.
    """
    believed = mean(problem) if believed is None else believed
    search = _Search(gap, threads, stop, on_value)
    plan = (
        solve(problem, SolverOptions(gap=gap, threads=threads), stop=stop) if plan is None else plan
    )
    recourse = search.say("recourse", between(plan.low, plan.high))
    branches = []
    for leaf, outcome in zip(leaves(problem).tolist(), leaf_values(problem, plan)):
        foreseen, _ = search.value(f"branch {leaf}", branch(problem, leaf))
        foreseen = foreseen.within(low=outcome.low)
        branches.append(Branch(leaf, float(problem.probability[leaf]), outcome, foreseen))
    probabilities = np.array([each.probability for each in branches])
    waited = risk_measured(
        [each.foreseen for each in branches], probabilities, problem.risk
    ).within(low=recourse.low)
    ideal = search.plan("expected_value", believed.problem)
    orders = None if ideal is None else ideal.solution.master[believed.there]
    naive, breaks = UNKNOWN, ""
    if orders is not None:
        naive, carried = search.value("mean_plan", held(problem, believed.here, orders))
        if carried is not None and believed.broken is not None:
            breaks = believed.broken(carried)
        naive = NEVER if breaks else naive
    naive = naive.within(high=recourse.high)
    return Information(
        recourse=recourse,
        wait_and_see=waited,
        expected_value=UNKNOWN if ideal is None else between(ideal.low, ideal.high),
        mean_plan=naive,
        stochastic_solution=(recourse - naive).within(low=0.0),
        perfect_information=(waited - recourse).within(low=0.0),
        alpha=alpha,
        cvar=conditional_value_at_risk([each.outcome for each in branches], probabilities, alpha),
        branches=tuple(branches),
        mean_orders=orders,
        breaks=breaks,
    )


@dataclass(frozen=True)
class _Search:
    """How the plans are solved.

    A branch is small: it is solved from the start, which measured faster than from a sibling.
    """

    gap: float
    threads: int
    stop: Stop | None
    on_value: OnValue | None

    def plan(self, name: str, problem: Problem) -> CertifiedPlan | None:
        """A plan, or None when there was no time for one."""
        if self.stop is not None and self.stop():
            return None
        try:
            options = SolverOptions(gap=self.gap, threads=self.threads)
            found = solve(problem, options, stop=self.stop)
        except StoppedEarly:
            return None
        self.say(name, between(found.low, found.high))
        return found

    def value(self, name: str, problem: Problem) -> tuple[Interval, CertifiedPlan | None]:
        """The value of a plan, NEVER if there is none, UNKNOWN if there was no time; and the
        plan.
        """
        try:
            found = self.plan(name, problem)
        except Infeasible:
            return self.say(name, NEVER), None
        return UNKNOWN if found is None else between(found.low, found.high), found

    def say(self, name: str, value: Interval) -> Interval:
        if self.on_value is not None:
            self.on_value(name, value)
        return value


def leaf_values(problem: Problem, plan: CertifiedPlan) -> list[Interval]:
    """What the plan's orders earn on every leaf's branch [USD]: at least what its own operation
    earns there, at most what the proofs of its prices leave to any operation.
    """
    nodes, master = plan.solution.nodes, plan.solution.master
    orders = np.zeros(len(problem.nodes))
    np.add.at(orders, problem.master.node, problem.master.cost * master)
    done = np.array([operating_cost(b, n.columns) for b, n in zip(problem.nodes, nodes)])
    proofs = zip(problem.nodes, nodes, cuts_of(problem, plan.solution))
    least = np.array(
        [
            max(c.at(x), k.at(x))
            for c, k, x in (
                (dual_bound.cut(b, n), k, b.start + b.map @ master) for b, n, k in proofs
            )
        ]
    )
    least = np.minimum(least, done)
    low, high = (-MONEY * branch_costs(problem, costs + orders) for costs in (done, least))
    return [between(float(a), float(b)) for a, b in zip(low, high)]


def expectation(values: list[Interval], probabilities: Floats) -> Interval:
    """Mean [USD] of intervals [USD] by their probabilities [1]."""
    return Interval(
        float(probabilities @ [v.low for v in values]),
        float(probabilities @ [v.high for v in values]),
    )


def risk_measured(
    values: list[Interval], probabilities: Floats, risk: RiskMeasure | None
) -> Interval:
    """The measure of values [USD] by their probabilities [1]: their mean, mixed with their CVaR
    where there is a risk.
    """
    mean = expectation(values, probabilities)
    if risk is None:
        return mean
    tail = conditional_value_at_risk(values, probabilities, risk.alpha)
    return Interval(
        *(
            (1.0 - risk.omega) * m + risk.omega * t
            for m, t in ((mean.low, tail.low), (mean.high, tail.high))
        )
    )


def conditional_value_at_risk(
    values: list[Interval], probabilities: Floats, alpha: float
) -> Interval:
    """CVaR [USD] of values [USD]: the mean of their worst 1 - alpha [1]; it rises with every one of
    them, so bounds carry over.
    """
    ends = (np.array([v.low for v in values]), np.array([v.high for v in values]))
    low, high = (float(worst_odds(-each, probabilities, alpha) @ each) for each in ends)
    return Interval(low, high)
