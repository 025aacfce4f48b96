"""HiGHS on the whole problem, for small plans on which the iteration ended without its gap."""

from __future__ import annotations

import numpy as np

from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.interior_point.certify import judged
from headrace.plan.interior_point.objective import Measure
from headrace.plan.lp import highs
from headrace.plan.lp.gap import gross_of, relative_gap
from headrace.plan.lp.residuals import operating_cost


def by_highs(measure: Measure, known: float) -> CertifiedSolution:
    """HiGHS's plan, certified like any other. known: a lower bound from before [kUSD].

    Raises Infeasible when HiGHS says so.
    """
    problem = measure.problem
    answer = highs.solve(measure.iterated)
    orders = answer.master[: len(problem.master.cost)]
    costs = [
        operating_cost(block, node.columns) for block, node in zip(problem.nodes, answer.nodes)
    ]
    upper = measure.value(orders, np.array(costs))
    lower, cuts = measure.proof(
        [tuple(measure.cut(n, node) for n, node in enumerate(answer.nodes))]
    )
    lower = max(known, lower)
    gross = gross_of(problem, orders, answer.nodes)
    return CertifiedSolution(
        master=orders,
        nodes=tuple(judged(block, node) for block, node in zip(problem.nodes, answer.nodes)),
        seconds=answer.seconds,
        iterations=0,
        solver="interior+highs",
        lower=lower,
        upper=upper,
        gap=relative_gap(lower, upper, gross),
        cuts=cuts,
        stopped="",
        coarse=0,
        pool=(cuts,),
        gross=gross,
    )
