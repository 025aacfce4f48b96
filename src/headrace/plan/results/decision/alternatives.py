"""The plans that every plan is weighed against: no order this month, and no order at any time.

waiting    the orders of the root forbidden together; later ones as one sees fit
nothing    every order forbidden: what stands is operated as well as it can be
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.lp.fix_orders import forbid_orders
from headrace.plan.lp.problem import Problem, Solution
from headrace.plan.lp.risk_measure import branch_costs, leaves, node_costs
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.order_value import ValuationOptions, beside, interval
from headrace.plan.scenario.tree import opening_of
from headrace.plan.solve.solve import CertifiedPlan

ALL = -2
"""In place of an order's number: it is all of them together."""


@dataclass(frozen=True)
class Alternatives:
    """Each is None where time was up before it had a bound."""

    waiting: CertifiedPlan | None = None
    nothing: CertifiedPlan | None = None


NONE_SOLVED = Alternatives()


def solve_alternatives(
    formulation: Formulation, plan: CertifiedPlan, effort: ValuationOptions
) -> Alternatives:
    """Both plans, as far as time allows, the quick one first; a solve ends once what is lost is
    known to a tenth. One that was cut short before says nothing, and is left out.
    """
    everything = range(len(formulation.orders))
    now = [i for i in everything if formulation.orders[i].date == 0]

    def without(words: str, columns: Sequence[int]) -> CertifiedPlan | None:
        if effort.over:
            return None
        effort.say(ALL, f"without {words}")
        problem = forbid_orders(formulation.problem, columns)
        found = beside(problem, effort.gap, effort, plan)
        good = found is not None and (found.finished or interval(plan, ALL, found).narrow)
        return found if good else None

    nothing = without("any order", everything)
    return Alternatives(without("the orders of this month", now), nothing)


def gains(
    formulation: Formulation, plan: CertifiedPlan, other: CertifiedPlan
) -> tuple[tuple[int, float], ...]:
    """Leaf by leaf of the tree, what the plan earns more there than the other one [USD,
    discounted].
    """
    problem, nodes = formulation.problem, formulation.nodes
    more = _earned(problem, plan.solution) - _earned(problem, other.solution)
    ends = (opening_of(nodes, leaf) for leaf in leaves(problem).tolist())
    return tuple(zip(ends, more.tolist()))


def _earned(problem: Problem, solution: Solution) -> Floats:
    costs: Floats = np.asarray(branch_costs(problem, node_costs(problem, solution)))
    return -MONEY * costs
