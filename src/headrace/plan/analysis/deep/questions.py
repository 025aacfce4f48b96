"""The deep questions one after another, each answer told as soon as it is there.

branches         what the plan earns on every branch
terminal value   the plan at 0 % and 100 % of it
regret           wait, grid only, cloud only, copy the rival
switching price  the price at which each order is no longer placed      (most valuable first)
lead time        one month less of each order                           (most valuable first)
information      what knowing is worth: EVPI, VSS
weather          the plan without the year that binds, where there are several
whole units      what operation costs with whole units on line, where the plan relaxes them
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import InputError, StoppedEarly
from headrace.core.plan_file import Span, WholeUnitRecord, WithoutYearRecord
from headrace.plan.analysis.deep.context import AnalysisContext, Leaf, outcomes
from headrace.plan.analysis.deep.lead_time import LeadTimeValue, lead_time_value
from headrace.plan.analysis.deep.regret import TITLES, Regret, regret
from headrace.plan.analysis.deep.switching_price import SwitchingPrice, switching_price
from headrace.plan.analysis.deep.terminal_value import TerminalValueCase, terminal_value_case
from headrace.plan.analysis.deep.without_year import without_year
from headrace.plan.analysis.mean_value import mean_study
from headrace.plan.analysis.value_of_information import (
    Information,
    Interval,
    conditional_value_at_risk,
    value_of_information,
)
from headrace.plan.results.order_value import OrderValue
from headrace.plan.results.whole_unit_operation import over_tree


@dataclass(frozen=True)
class DeepState:
    """What is known so far. open: questions without an answer yet, in words; notes: why some cannot
    be answered.

    cvar: mean of the worst 1 - alpha of the leaves [USD].
    """

    alpha: float
    leaves: tuple[Leaf, ...] = ()
    cvar: Interval | None = None
    terminal_values: tuple[TerminalValueCase, ...] = ()
    regrets: tuple[Regret, ...] = ()
    switching_prices: tuple[SwitchingPrice, ...] = ()
    lead_times: tuple[LeadTimeValue, ...] = ()
    information: Information | None = None
    whole_units: WholeUnitRecord | None = None
    without_year: WithoutYearRecord | None = None
    open: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


NODE_SECONDS = 30.0
"""For the mixed-integer program of one node [s]."""

Answer = Callable[[AnalysisContext, DeepState], DeepState]


@dataclass(frozen=True)
class DeepQuestion:
    """One question in words, and how its answer is added to what is known.

    Raises StoppedEarly when time is up.
    """

    words: str
    answer: Answer


def deepen(context: AnalysisContext) -> Iterator[tuple[str, DeepState]]:
    """(the question just answered, all that is known) after each answer, first of all with none;
    ends early when time is up.
    """
    asked = questions(context)
    known = DeepState(context.study.goal.risk.alpha, open=tuple(q.words for q in asked))
    yield "", known
    for question in asked:
        try:
            known = question.answer(context, known)
        except StoppedEarly:
            return
        known = replace(known, open=known.open[1:])
        yield question.words, known


def questions(context: AnalysisContext) -> list[DeepQuestion]:
    """All that is asked of a plan, in order."""
    values = sorted((v for v in context.values if v.high > 0), key=lambda v: -v.low)
    found = [DeepQuestion("what the plan earns on each branch", branch_outcomes)]
    found += [
        DeepQuestion(f"the plan with {s:.0%} of its terminal value", terminal_value_question(s))
        for s in (0.0, 1.0)
    ]
    found += [
        DeepQuestion(f"the baseline: {title}", regret_question(name))
        for name, title in TITLES.items()
    ]
    # A bracket of a switching price stands on V(price) = max of lines over one set of plans. Where
    # spending is limited the price stands in a limit too: the set shrinks as the price rises, a
    # plan that is the best today may not be affordable at a dearer price, and its line proves
    # nothing there. So the question has no certified answer of this kind and is not asked.
    if context.study.limits.spend is None:
        found += [
            DeepQuestion(
                f"at which price {name(context, v.order)} is not ordered",
                switching_price_question(v),
            )
            for v in values
            if v.decided
        ]
    found += [
        DeepQuestion(
            f"a month less lead time of {name(context, v.order)}", lead_time_question(v.order)
        )
        for v in values
    ]
    found.append(DeepQuestion("what knowing the future is worth", information))
    if any(node.weather for node in context.formulation.nodes):
        words = "the plan without the year of weather that binds"
        found.append(DeepQuestion(words, without_year_question))
    system = context.formulation.system
    if system.spinning or any(one.commitment is not None for one in system.converters):
        found.append(DeepQuestion("what whole units on line cost", whole_units))
    return found


def name(context: AnalysisContext, order: int) -> str:
    """An order in words."""
    asset = context.formulation.system.assets[context.formulation.orders[order].asset]
    return f"{asset.title} at {asset.site}"


def branch_outcomes(context: AnalysisContext, known: DeepState) -> DeepState:
    """What the plan earns on each branch, and the mean of the worst of them."""
    found = outcomes(context.formulation.problem, context.plan)
    probabilities = np.array([leaf.probability for leaf in found])
    npv = [leaf.npv for leaf in found]
    cvar = conditional_value_at_risk(npv, probabilities, known.alpha)
    return replace(known, leaves=found, cvar=cvar)


def terminal_value_question(share: float) -> Answer:
    """The plan with a share (0 or 1) [1] of its terminal value."""

    def answer(context: AnalysisContext, known: DeepState) -> DeepState:
        found = terminal_value_case(context, share)
        return replace(known, terminal_values=(*known.terminal_values, found))

    return answer


def regret_question(name: str) -> Answer:
    """What a baseline loses."""

    def answer(context: AnalysisContext, known: DeepState) -> DeepState:
        return replace(known, regrets=(*known.regrets, regret(context, name)))

    return answer


def switching_price_question(value: OrderValue) -> Answer:
    """The price at which an order is no longer placed; unanswered where no plan without it is
    known.
    """

    def answer(context: AnalysisContext, known: DeepState) -> DeepState:
        if value.other is None:
            return known
        found = switching_price(context, value, value.other)
        return replace(known, switching_prices=(*known.switching_prices, found))

    return answer


def lead_time_question(order: int) -> Answer:
    """The worth of one month less lead time; unanswered for what arrives at once."""

    def answer(context: AnalysisContext, known: DeepState) -> DeepState:
        found = lead_time_value(context, order)
        return known if found is None else replace(known, lead_times=(*known.lead_times, found))

    return answer


def information(context: AnalysisContext, known: DeepState) -> DeepState:
    """What knowing the branch is worth, and what planning for all of them; a note where the study
    has no mean.
    """
    try:
        believed = mean_study(context.formulation)
        found = value_of_information(
            context.formulation.problem,
            believed=believed,
            plan=context.plan,
            alpha=known.alpha,
            gap=1e-4,
            threads=context.threads,
            stop=context.stop,
        )
    except InputError as error:
        return replace(known, notes=(*known.notes, f"what knowing is worth: {error.message}"))
    unknown = not np.isfinite(found.perfect_information.high)
    if unknown and not found.breaks and not np.isfinite(found.stochastic_solution.high):
        raise StoppedEarly("the time for deep questions was up before either value was known")
    return replace(known, information=found)


def without_year_question(context: AnalysisContext, known: DeepState) -> DeepState:
    """The plan without the year that binds."""
    return replace(known, without_year=without_year(context))


def whole_units(context: AnalysisContext, known: DeepState) -> DeepState:
    """What whole units on line cost more than the plan counts, node by node."""
    found, left = over_tree(
        context.formulation, context.plan.solution, seconds=NODE_SECONDS, stop=context.stop
    )
    if not found and context.stop is not None and context.stop():
        raise StoppedEarly("the time for deep questions was up before any node was counted")
    low, high = (sum(one.extra[end] for one in found) for end in (0, 1))
    record = WholeUnitRecord(len(found), left, sum(one.relaxed for one in found), Span(low, high))
    return replace(known, whole_units=record)
