"""Risk-averse plans: the interior point with CVaR as its measure.

The iteration works on the problem with cost windows (epigraph.py); its bounds are proved on the
plan alone (risk.py).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point import CertifiedSolution, SolverProgress, solve
from headrace.plan.interior_point.certify import judged
from headrace.plan.lp.dual_bound import Cut, cut
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import NodeSolution, Problem, RiskMeasure
from headrace.plan.lp.risk_measure import LEAST, owner, paths, proof, risk_of, spent
from headrace.plan.solve.cvar_epigraph import Epigraph, epigraph

LOWER = (1.0, 10.0, 100.0)
"""Origins of cost windows that are tried, in those of `cvar_floor` [1]."""


def solve_risk(
    problem: Problem,
    risk: RiskMeasure,
    options: SolverOptions = DEFAULTS,
    *,
    progress: Callable[[SolverProgress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> CertifiedSolution:
    """Minimise the risk measure. lower, upper and gap are of the measure itself; prices carry the
    odds of the tail.

    Where hours can earn more than the origin of cost windows lies below, the iteration cannot
    reach the optimum: one that ends without a gap that will do is begun again with that origin
    ten and a hundred times lower.
    """
    found, ended = None, None
    for lower in LOWER:
        measure = Tail.of(problem, risk, lower * options.cvar_floor)
        try:
            again = solve(problem, options, measure=measure, progress=progress, stop=stop)
            found = again if found is None or again.gap < found.gap else found
        except StoppedEarly as error:
            ended = error
        if stop is not None and stop():
            break
        if found is not None and (not found.stopped or found.gap <= options.acceptable_gap):
            break
    if found is None:
        assert ended is not None
        raise ended
    return found


@dataclass(frozen=True)
class Tail:
    """The risk measure as the interior point asks for it (interior_point/objective.py)."""

    problem: Problem
    risk: RiskMeasure
    extended: Epigraph
    soft: int = 1

    @classmethod
    def of(cls, problem: Problem, risk: RiskMeasure, below: float) -> Tail:
        """The measure of a problem, with its cost windows written down. below: how many times lower
        than typical earnings theta begins [1].
        """
        return cls(problem, risk, epigraph(problem, risk, below))

    @property
    def iterated(self) -> Problem:
        """The problem with its cost windows."""
        return self.extended.problem

    def begin(self, m: Floats) -> Floats:
        """theta where hours cost nothing, eta at the mean of the leaves, u at their spread. m:
        [unit of the order]; the further columns in [kUSD].
        """
        per = paths(self.problem) @ (
            (owner(self.problem) @ m + spent(self.problem)) / self.problem.probability
        )
        spread = float(per.max() - per.min()) + 0.01 * self.extended.base
        return np.concatenate(
            [
                m,
                self.extended.floor,
                [self.extended.base + float(per.mean())],
                np.full(len(per), spread),
            ]
        )

    def cut(self, number: int, prices: NodeSolution) -> Cut:
        """The node's cut in its own weight: prices and cost window's price prove a bound of the
        reweighted node.
        """
        block = self.problem.nodes[number]
        weight = max((1.0 - self.risk.omega) + float(prices.windows[-1][0]), LEAST)
        found = cut(dataclasses.replace(block, weight=block.weight * weight), judged(block, prices))
        return Cut(found.constant / weight, found.slope / weight)

    def proof(self, pool: Sequence[Sequence[Cut]]) -> tuple[float, tuple[Cut, ...]]:
        """Odds of the tail from the master over the pool, and what the blended cuts prove under
        them. The bound is in [kUSD].
        """
        if not all(np.isfinite(each.constant) for cuts in pool for each in cuts):
            return -np.inf, tuple(pool[-1])
        return proof(self.problem, pool, self.risk), tuple(pool[-1])

    def value(self, m: Floats, costs: Floats) -> float:
        """The risk measure of a plan. m: [unit of the order], costs: [kUSD]; returns [kUSD]."""
        total = costs + owner(self.problem) @ m
        return risk_of(self.problem, total, self.risk)[0]
