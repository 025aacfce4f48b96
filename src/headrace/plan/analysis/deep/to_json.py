"""The deep answers in the plan file: a section of their own, and what belongs to an order beside
that order.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

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
from headrace.plan.analysis.deep.switching_price import SwitchingPrice
from headrace.plan.analysis.deep.terminal_value import TerminalValueCase
from headrace.plan.analysis.value_of_information import Information, Interval
from headrace.plan.model.formulate import Formulation


def with_deep(
    plan: PlanFile, formulation: Formulation, deep: DeepState, seconds: float
) -> PlanFile:
    """The plan file with what is known so far after `seconds` of asking [s]; the plan itself is not
    touched.
    """
    information = deep.information
    return replace(
        plan,
        orders=tuple(_order(order, deep) for order in plan.orders),
        deep=DeepRecord(
            finished=not deep.open,
            alpha=deep.alpha,
            open=deep.open,
            notes=deep.notes,
            seconds=round(seconds, 1),
            cvar=None if deep.cvar is None else _span(deep.cvar),
            leaves=tuple(_leaf(leaf, formulation) for leaf in deep.leaves),
            endings=tuple(_ending(ending, formulation) for ending in deep.endings),
            regrets=tuple(_baseline(regret, deep, formulation) for regret in deep.regrets),
            information=None if information is None else _information(information, formulation),
        ),
    )


def _order(order: OrderRecord, deep: DeepState) -> OrderRecord:
    """An order of the root with its flip price and the worth of a month."""
    flips = [_flip(flip) for flip in deep.flips if flip.order == order.number]
    months = [_span(month.value) for month in deep.sooner if month.order == order.number]
    return replace(
        order,
        flips_at=flips[-1] if flips else None,
        month_earlier=months[-1] if months else None,
    )


def _flip(flip: SwitchingPrice) -> FlipRecord:
    """The price where it is known within a tenth, else null beside its bracket."""
    return FlipRecord(flip.key, flip.unit, flip.value, flip.now, flip.low, _finite(flip.high))


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _span(interval: Interval) -> Span:
    """An interval; an end that is not known is null."""
    return Span(_finite(interval.low), _finite(interval.high))


def _leaf(leaf: Leaf, formulation: Formulation, lost: Interval | None = None) -> BranchOutcome:
    return BranchOutcome(
        node=leaf.node,
        npv=_span(leaf.npv),
        probability=leaf.probability,
        label=formulation.nodes[leaf.node].label,
        regret=None if lost is None else _span(lost),
    )


def _ending(ending: TerminalValueCase, formulation: Formulation) -> TerminalValueRecord:
    worst = min(ending.leaves, key=lambda leaf: leaf.npv.low)
    return TerminalValueRecord(
        share=ending.share,
        worth=_span(ending.worth),
        terminal_usd=ending.terminal,
        kept=ending.kept,
        worst=_leaf(worst, formulation),
    )


def _baseline(regret: Regret, deep: DeepState, formulation: Formulation) -> Baseline:
    lost = leaf_regret(deep.leaves, regret.leaves)
    return Baseline(
        name=regret.name,
        title=regret.title,
        worth=None if regret.worth is None else _span(regret.worth),
        regret=None if regret.regret is None else _span(regret.regret),
        leaves=tuple(_leaf(leaf, formulation, less) for leaf, less in zip(regret.leaves, lost)),
        about=regret.about,
        missing=regret.missing,
    )


def _information(found: Information, formulation: Formulation) -> InformationRecord:
    return InformationRecord(
        recourse=_span(found.recourse),
        wait_and_see=_span(found.wait_and_see),
        mean_plan=_span(found.mean_plan),
        perfect_information=_span(found.perfect_information),
        stochastic_solution=_span(found.stochastic_solution),
        foreseen=tuple(
            BranchOutcome(
                node=branch.leaf,
                npv=_span(branch.foreseen),
                probability=branch.probability,
                label=formulation.nodes[branch.leaf].label,
            )
            for branch in found.branches
        ),
    )
