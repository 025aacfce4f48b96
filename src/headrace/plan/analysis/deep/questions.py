"""The deep questions one after another, each answer told as soon as it is there.

tighten      the plan and the worth of its orders, with more time
branches     what the plan earns on every branch
ending       the plan at 0 % and 100 % of its terminal value
regret       wait, grid only, cloud only, copy the rival
flips        the price at which each order is no longer placed      (most valuable first)
sooner       one month less lead time of each order                 (most valuable first)
information  what knowing is worth: EVPI, VSS
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import InputError, StoppedEarly
from headrace.plan.analysis.deep.context import AnalysisContext, Leaf, outcomes
from headrace.plan.analysis.deep.lead_time import LeadTimeValue, sooner
from headrace.plan.analysis.deep.regret import TITLES, Regret, regret
from headrace.plan.analysis.deep.switching_price import SwitchingPrice, flip
from headrace.plan.analysis.deep.terminal_value import TerminalValueCase, ending
from headrace.plan.analysis.value_of_information import (
    Information,
    Interval,
    conditional,
    value_of_information,
)
from headrace.plan.analysis.wait_and_see import mean_study
from headrace.plan.results.order_value import OrderValue


@dataclass(frozen=True)
class DeepState:
    """What is known so far. open: questions without an answer yet, in words; notes: why some cannot
    be answered.

    cvar: mean of the worst 1 - alpha of the leaves [USD].
    """

    alpha: float
    leaves: tuple[Leaf, ...] = ()
    cvar: Interval | None = None
    endings: tuple[TerminalValueCase, ...] = ()
    regrets: tuple[Regret, ...] = ()
    flips: tuple[SwitchingPrice, ...] = ()
    sooner: tuple[LeadTimeValue, ...] = ()
    information: Information | None = None
    open: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


Answer = Callable[[AnalysisContext, DeepState], DeepState]


@dataclass(frozen=True)
class DeepQuestion:
    """One question in words, and how its answer is added to what is known.

    Raises StoppedEarly when time is up.
    """

    words: str
    answer: Answer


def deepen(ground: AnalysisContext) -> Iterator[tuple[str, DeepState]]:
    """(the question just answered, all that is known) after each answer, first of all with none;
    ends early when time is up.
    """
    asked = questions(ground)
    known = DeepState(ground.study.goal.risk.alpha, open=tuple(q.words for q in asked))
    yield "", known
    for question in asked:
        try:
            known = question.answer(ground, known)
        except StoppedEarly:
            return
        known = replace(known, open=known.open[1:])
        yield question.words, known


def questions(ground: AnalysisContext) -> list[DeepQuestion]:
    """All that is asked of a plan, in order."""
    values = sorted((v for v in ground.values if v.high > 0), key=lambda v: -v.low)
    found = [DeepQuestion("what the plan earns on each branch", _leaves)]
    found += [
        DeepQuestion(f"the plan with {s:.0%} of its terminal value", _ending(s)) for s in (0.0, 1.0)
    ]
    found += [
        DeepQuestion(f"the baseline: {title}", _regret(name)) for name, title in TITLES.items()
    ]
    if ground.study.limits.spend is None:
        decided = [v for v in values if v.decided]
        found += [
            DeepQuestion(f"at which price {name(ground, v.order)} is not ordered", _flip(v))
            for v in decided
        ]
    found += [
        DeepQuestion(f"a month less lead time of {name(ground, v.order)}", _sooner(v))
        for v in values
    ]
    return [*found, DeepQuestion("what knowing the future is worth", _information)]


def name(ground: AnalysisContext, order: int) -> str:
    """An order in words."""
    asset = ground.formulation.system.assets[ground.formulation.orders[order].asset]
    return f"{asset.title} at {asset.site}"


def _leaves(ground: AnalysisContext, known: DeepState) -> DeepState:
    found = outcomes(ground.formulation.problem, ground.plan)
    odds = np.array([leaf.probability for leaf in found])
    return replace(
        known, leaves=found, cvar=conditional([leaf.npv for leaf in found], odds, known.alpha)
    )


def _ending(share: float) -> Answer:
    return lambda ground, known: replace(known, endings=(*known.endings, ending(ground, share)))


def _regret(name: str) -> Answer:
    return lambda ground, known: replace(known, regrets=(*known.regrets, regret(ground, name)))


def _flip(value: OrderValue) -> Answer:
    def answer(ground: AnalysisContext, known: DeepState) -> DeepState:
        other = value.other
        return (
            known
            if other is None
            else replace(known, flips=(*known.flips, flip(ground, value, other)))
        )

    return answer


def _sooner(value: OrderValue) -> Answer:
    def answer(ground: AnalysisContext, known: DeepState) -> DeepState:
        found = sooner(ground, value.order)
        return known if found is None else replace(known, sooner=(*known.sooner, found))

    return answer


def _information(ground: AnalysisContext, known: DeepState) -> DeepState:
    try:
        believed = mean_study(ground.formulation)
        found = value_of_information(
            ground.formulation.problem,
            believed=believed,
            plan=ground.plan,
            alpha=known.alpha,
            gap=1e-4,
            threads=ground.threads,
            stop=ground.stop,
        )
    except InputError as error:
        return replace(known, notes=(*known.notes, f"what knowing is worth: {error.message}"))
    if not np.isfinite(found.perfect_information.high) and not np.isfinite(
        found.stochastic_solution.high
    ):
        raise StoppedEarly("the time for deep questions was up before either value was known")
    return replace(known, information=found)
