"""Mean and tail of the plans that weigh the tail more and more: the frontier of the bet.

maximise (1 - omega) mean + omega CVaR_alpha,   omega from 0 to 1
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from headrace.core.errors import StoppedEarly
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem, RiskMeasure
from headrace.plan.lp.risk_measure import outlook
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import ordered
from headrace.plan.solve.solve import Stop, solve

OMEGAS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class FrontierPoint:
    """A plan of weight omega [1]: mean, mean of its worst 1 - alpha, worst branch, and what its
    orders of this month cost [USD].
    """

    omega: float
    mean: float
    tail: float
    worst: float
    committed: float


def tail_frontier(
    formulation: Formulation,
    alpha: float,
    omegas: Sequence[float] = OMEGAS,
    options: SolverOptions | None = None,
    stop: Stop | None = None,
) -> tuple[FrontierPoint, ...]:
    """A plan for every weight [1] of the tail beyond alpha [1]; those not reached are missing."""
    found = []
    for omega in omegas:
        if stop is not None and stop():
            break
        problem: Problem = replace(
            formulation.problem, risk=RiskMeasure(alpha, omega) if omega > 0 else None
        )
        try:
            plan = solve(problem, options or SolverOptions(gap=1e-4), stop=stop)
        except StoppedEarly:
            break
        seen = outlook(problem, plan.solution, alpha)
        paid = sum(
            float(amount) * order.price
            for amount, order in zip(ordered(formulation, plan.solution), formulation.orders)
            if order.date == 0
        )
        found.append(
            FrontierPoint(omega, -MONEY * seen.mean, -MONEY * seen.cvar, -MONEY * seen.worst, paid)
        )
    return tuple(found)
