"""The one definition of the optimality gap: how far apart two bounds of one plan are, beside its
size.

    gap  =  (upper - lower) / size         size  =  max(|value|, 1 % of gross, one dollar)

    value   of the feasible plan: the upper bound of the minimised cost, which is minus the lower
            bound of the net present value that is maximised
    gross   the larger of the plan's discounted gross revenue and its discounted gross cost

The gross keeps plans meaningful whose revenue and cost nearly cancel: a value of nothing is known
well enough when the bounds lie within a few ten-thousandths of the money that changes hands. Every
route to a plan (interior point, branch and bound, CVaR, HiGHS, a resumed run) stops by this and
tells this.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.lp.problem import NodeSolution, Problem
from headrace.plan.lp.residuals import earnings
from headrace.plan.lp.scaling import MONEY

GROSS_SHARE = 0.01
"""Share of the gross money that a plan's size is at least [1] (the definition of the plan file)."""

ONE_DOLLAR = 1.0 / MONEY
"""What a plan's size is at least [kUSD]: below it nothing is worth telling apart."""


def plan_size(value: float, gross: float = 0.0) -> float:
    """What a gap is measured against [kUSD], never 0.

    value: of the plan [kUSD], of either sign; gross: larger of its gross revenue and cost [kUSD].
    """
    return max(abs(value), GROSS_SHARE * abs(gross), ONE_DOLLAR)


def relative_gap(lower: float, upper: float, gross: float = 0.0) -> float:
    """The gap [1] between bounds of a minimised cost; 0 where they cross by rounding, infinite
    where one is missing.

    lower: no plan costs less [kUSD]; upper: cost of the plan at hand [kUSD]; gross: larger of its
    discounted gross revenue and gross cost [kUSD, or the money of the bounds].
    """
    if not (np.isfinite(lower) and np.isfinite(upper)):
        return float("inf")
    return max(0.0, upper - lower) / plan_size(upper, gross)


def gross_money(problem: Problem, master: Floats, hours: Iterable[tuple[float, float]]) -> float:
    """The larger of a plan's discounted gross revenue and gross cost [kUSD].

    master: its orders; hours: of each node the operating cost and what it earns [kUSD], as
    `residuals.earnings` tells them. Orders that were fixed earlier count with what they cost.
    """
    parts = list(hours)
    revenue = sum(earned for _, earned in parts)
    fixed = 0.0 if problem.spent is None else float(np.abs(problem.spent).sum())
    paid = float(np.abs(problem.master.cost * master).sum()) + fixed
    return max(revenue, paid + sum(cost for cost, _ in parts) + revenue)


def gross_of(problem: Problem, master: Floats, nodes: Iterable[NodeSolution]) -> float:
    """The same for a plan with all its hourly columns [kUSD]."""
    hours = [earnings(block, node.columns) for block, node in zip(problem.nodes, nodes)]
    return gross_money(problem, master, hours)
