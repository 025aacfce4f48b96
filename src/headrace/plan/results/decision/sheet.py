"""The orders of this month as records: each with its payments and branches, and all together."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.core.plan_file import (
    Alternative,
    BranchGain,
    DecisionRecord,
    OrderRecord,
    Ratio,
    Span,
)
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.decision.alternatives import ALL, Alternatives, gains
from headrace.plan.results.order_value import OrderValue, interval
from headrace.plan.results.promise_check import words_of_broken
from headrace.plan.solve.solve import CertifiedPlan


def branch_gains(
    formulation: Formulation, plan: CertifiedPlan, value: OrderValue | None
) -> tuple[BranchGain, ...]:
    """What an order gains or loses on each branch; empty where it was not solved without it, or not
    well enough: branches of a poor plan would flatter the order.
    """
    if value is None or value.other is None or not (value.other.finished or value.narrow):
        return ()
    return tuple(BranchGain(node, usd) for node, usd in gains(formulation, plan, value.other))


def ratio(cost: float, value: OrderValue | None) -> Ratio | None:
    """Worth for each dollar of cost [1]; None where nothing is paid or no worth is known. cost:
    [USD].
    """
    if value is None or cost < 1.0:
        return None
    high = value.high / cost
    return Ratio(value.low / cost, high if high < float("inf") else None)


def decision(
    formulation: Formulation,
    plan: CertifiedPlan,
    orders: Sequence[OrderRecord],
    beside: Alternatives,
    spent: tuple[float, float | None],
) -> DecisionRecord:
    """All orders of this month together, and the plans without any. spent: time for their worth,
    and the most that was allowed [s].
    """
    first = min((order.order_by for order in orders), default="")
    due = [p.usd for order in orders for p in order.payments if p.due <= first]
    return DecisionRecord(
        committed_usd=sum(order.cost_usd or 0.0 for order in orders),
        due_now_usd=sum(due),
        waiting=_alternative(formulation, plan, beside.waiting),
        nothing=_alternative(formulation, plan, beside.nothing),
        seconds=round(spent[0], 3),
        limit_seconds=spent[1],
    )


def _alternative(
    formulation: Formulation, plan: CertifiedPlan, other: CertifiedPlan | None
) -> Alternative | None:
    if other is None:
        return None
    if told := words_of_broken(formulation, other.solution):
        return Alternative(breaks=told)
    lost = interval(plan, ALL, other)
    branches = tuple(BranchGain(node, usd) for node, usd in gains(formulation, plan, other))
    return Alternative(Span(other.low, other.high), Span(lost.low, lost.high), branches)
