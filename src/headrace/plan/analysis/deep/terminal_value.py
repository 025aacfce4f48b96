"""What the plan owes to what still stands at the horizon's end: the plan again with none of it, and
with all of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from headrace.plan.analysis.deep.context import (
    COARSE,
    AnalysisContext,
    Leaf,
    formulate_changed,
    interval,
    outcomes,
    solve_changed,
)
from headrace.plan.analysis.value_of_information import Interval
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import ordered
from headrace.plan.solve.solve import CertifiedPlan


@dataclass(frozen=True)
class TerminalValueCase:
    """The best plan where `share` (0 or 1) of the terminal value counts. worth: its net present
    value with it [USD].

    terminal: the part of `worth` that is terminal value. kept: share of the plan's spending at the
        root that is still placed.
    """

    share: float
    worth: Interval
    terminal: float
    kept: float
    leaves: tuple[Leaf, ...]


def terminal_value_case(context: AnalysisContext, share: float) -> TerminalValueCase:
    """The plan at a share of 0 or 1 [1] of the terminal value; the study's own choice needs no
    solve.

    Raises StoppedEarly.
    """
    discounting, formulation, plan = (
        context.formulation.discounting,
        context.formulation,
        context.plan,
    )
    if discounting.terminal != bool(share):
        formulation = formulate_changed(
            context, discounting=replace(discounting, terminal=bool(share))
        )
        plan = solve_changed(context, formulation.problem, COARSE)
    terminal = sum(
        float(amount) * order.money.terminal * formulation.nodes[order.node].probability
        for amount, order in zip(ordered(formulation, plan.solution), formulation.orders)
    )
    kept = spending_kept(context, formulation, plan)
    leaves = outcomes(formulation.problem, plan)
    return TerminalValueCase(share, interval(plan), terminal, kept, leaves)


def spending_kept(context: AnalysisContext, formulation: Formulation, plan: CertifiedPlan) -> float:
    """Spending on root orders that both plans place, over that of the study's plan [1]; 1 where
    that spends nothing.
    """
    mine = ordered(context.formulation, context.plan.solution)
    theirs = ordered(formulation, plan.solution)
    assets = formulation.system.assets
    price = [assets[o.asset].price if o.date == 0 else 0.0 for o in formulation.orders]
    spent = float(mine @ price)
    return sum(min(a, b) * p for a, b, p in zip(mine, theirs, price)) / spent if spent > 0 else 1.0
