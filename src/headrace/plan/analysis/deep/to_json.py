"""The deep answers in the plan file: a section of their own, and what belongs to an order beside
that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from headrace.core.plan_file import (
    Baseline,
    BranchOutcome,
    DeepRecord,
    FlipRecord,
    InformationRecord,
    OrderRecord,
    PlanFile,
    Span,
    TerminalValueRecord,
)
from headrace.plan.analysis.deep.context import Leaf
from headrace.plan.analysis.deep.questions import DeepState
from headrace.plan.analysis.deep.regret import Regret, leaf_regret
from headrace.plan.analysis.value_of_information import Information, Interval
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.plan_record import finite
from headrace.plan.scenario.tree import opening_of


def with_deep(
    plan: PlanFile, formulation: Formulation, deep: DeepState, seconds: float
) -> PlanFile:
    """The plan file with what is known so far after `seconds` of asking [s]; the plan itself is not
    touched.
    """
    information = deep.information
    return replace(
        plan,
        orders=tuple(with_answers(order, deep) for order in plan.orders),
        deep=DeepRecord(
            finished=not deep.open,
            alpha=deep.alpha,
            open=deep.open,
            notes=deep.notes,
            seconds=round(seconds, 1),
            cvar=None if deep.cvar is None else span(deep.cvar),
            leaves=tuple(branch_outcome(leaf, formulation) for leaf in deep.leaves),
            endings=tuple(
                TerminalValueRecord(
                    share=case.share,
                    worth=span(case.worth),
                    terminal_usd=case.terminal,
                    kept=case.kept,
                    worst=branch_outcome(
                        min(case.leaves, key=lambda leaf: leaf.npv.low), formulation
                    ),
                )
                for case in deep.terminal_values
            ),
            regrets=tuple(baseline(regret, deep.leaves, formulation) for regret in deep.regrets),
            information=(
                None if information is None else information_record(information, formulation)
            ),
            whole_units=deep.whole_units,
            without_year=deep.without_year,
        ),
    )


def with_answers(order: OrderRecord, deep: DeepState) -> OrderRecord:
    """An order of the root with its switching price, where it is known within a tenth, else null
    beside its bracket, and with the worth of a month.
    """
    flips = [
        FlipRecord(p.key, p.unit, p.value, p.now, p.low, finite(p.high))
        for p in deep.switching_prices
        if p.order == order.number
    ]
    months = [span(month.value) for month in deep.lead_times if month.order == order.number]
    return replace(
        order,
        flips_at=flips[-1] if flips else None,
        month_earlier=months[-1] if months else None,
    )


def span(interval: Interval) -> Span:
    """An interval [USD]; an end that is not known is null."""
    return Span(finite(interval.low), finite(interval.high))


def branch_outcome(
    leaf: Leaf, formulation: Formulation, lost: Interval | None = None
) -> BranchOutcome:
    """What is earned on the branch of a leaf; lost: less than by the plan."""
    return BranchOutcome(
        node=opening_of(formulation.nodes, leaf.node),
        npv=span(leaf.npv),
        probability=leaf.probability,
        label=formulation.nodes[leaf.node].label,
        regret=None if lost is None else span(lost),
    )


def baseline(regret: Regret, plan: Sequence[Leaf], formulation: Formulation) -> Baseline:
    """What a baseline loses, in all and on each branch against what the plan earns there."""
    lost = leaf_regret(plan, regret.leaves)
    return Baseline(
        name=regret.name,
        title=regret.title,
        worth=None if regret.worth is None else span(regret.worth),
        regret=None if regret.regret is None else span(regret.regret),
        leaves=tuple(
            branch_outcome(leaf, formulation, less) for leaf, less in zip(regret.leaves, lost)
        ),
        about=regret.about,
        missing=regret.missing,
        breaks=regret.breaks,
    )


def information_record(found: Information, formulation: Formulation) -> InformationRecord:
    """What knowing is worth, and what is earned on each branch by whoever knows it."""
    foreseen = (Leaf(b.leaf, b.probability, b.foreseen) for b in found.branches)
    return InformationRecord(
        recourse=span(found.recourse),
        wait_and_see=span(found.wait_and_see),
        mean_plan=span(found.mean_plan),
        perfect_information=span(found.perfect_information),
        stochastic_solution=span(found.stochastic_solution),
        foreseen=tuple(branch_outcome(leaf, formulation) for leaf in foreseen),
        breaks=found.breaks,
    )
