"""What counts as a law: every rule by which a candidate lives or dies, in one place.

1. units: it adds only what can be added, and is of the answer's dimension;
2. held-out maximum: the shortest whose largest error on points it never saw is within the tolerance
   (and, of a table, within what readings scatter: then what it leaves must look like scatter);
3. it does better than a constant: half of its held-out maximum error at most, and better on more
   points than luck allows, counted for all hypotheses tried (binomial, Bonferroni);
4. it survives fresh solves that seek where it is worst;
5. it is a discovery where it halves the null law's held-out maximum error at least; else it is no
   more than the null law.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from headrace.core.arrays import Flags, Floats
from headrace.science.discovery.finding import CounterExample, Finding, Hypothesis
from headrace.science.discovery.readings import Readings
from headrace.science.discovery.recipe import worked_out
from headrace.science.laws.expression import (
    LawSum,
    added,
    number,
    one_input,
)
from headrace.science.laws.fit import fitted, sizes
from headrace.science.laws.unit_check import wrong_units
from headrace.science.robustness import prim

BETTER = 2.0
"""How many times a law's largest error lies below that of a constant, and of the null law [1]."""

RIVALS = 401
"""Constants tried for the do-nothing law [1]."""

STRUCTURE = 2.6
"""Standard deviations from which on neighbours' errors agree too well for scatter [1]."""


def errors(law: LawSum, read: Readings) -> Floats:
    """Relative error beyond the interval in which the answer certainly lies [1]."""
    return _beyond(law(read.inputs), read)


def _beyond(values: Floats, read: Readings) -> Floats:
    off = np.maximum(np.abs(values - read.value) - read.slack, 0.0) / sizes(read.value)
    return np.where(np.isfinite(off), off, np.inf)


def measured(here: Finding, training: Readings) -> Finding:
    """With the noise floor, the do-nothing score and the null law's error."""
    if not len(training.value):
        return here
    half = training.slack / sizes(training.value)
    constant = _best_constant(training)
    return replace(
        here,
        noise=(float(np.median(half)), float(np.max(half))),
        do_nothing=float(np.max(_beyond(np.full(len(training.value), constant), training))),
        null_error=_null_errors(here, training, training),
    )


def _best_constant(read: Readings) -> float:
    tried = np.linspace(float(np.min(read.value)), float(np.max(read.value)), RIVALS)
    worst = [float(np.max(_beyond(np.full(len(read.value), c), read))) for c in tried]
    return float(tried[int(np.argmin(worst))])


def _null_errors(here: Finding, training: Readings, asked: Readings) -> tuple[float, float]:
    """Largest error of the null law as it is, and with a factor and an offset fitted to training
    points; endless where there is none.
    """
    if here.question.null_law is None or not len(asked.value):
        return np.inf, np.inf
    recipes = (*here.question.inputs, here.question.null_law)
    values = [
        worked_out(read.points, here.question.varied, recipes)[:, -1] for read in (training, asked)
    ]
    line = added(one_input(0, 1.01), number(float(np.median(np.abs(values[0]))) * 1e-3))
    freed = fitted(line, values[0][:, None], training.value)
    plain = float(np.max(_beyond(values[1], asked)))
    return plain, float(np.max(_beyond(freed(values[1][:, None]), asked)))


def refused(here: Finding, training: Readings) -> str:
    """Why no law is sought at all; nothing where one is."""
    least, asked = 8, here.question.asked
    if len(training.value) < least:
        return f"only {len(training.value)} points have one answer; a law needs {least}"
    effect = 0.5 * float(np.ptp(training.value))
    slack = float(np.median(training.slack))
    if effect <= 2 * slack:
        return (
            f"answers are known to +-{slack:.3g} and differ by +-{effect:.3g} "
            f"{here.question.answer.unit}: the gap is larger than the effect"
        )
    if here.noise[0] > asked.tolerance:
        return (
            f"answers are known to +-{here.noise[0]:.2%}, and the tolerance is "
            f"{asked.tolerance:.2%}: no law could be told from the gap"
        )
    return ""


def on_training(
    here: Finding, found: tuple[LawSum, ...], training: Readings, *, noisy: bool
) -> Finding:
    """With every candidate, those of wrong units dead; of a table with the scatter that the best
    sound one leaves.
    """
    question = here.question
    listed = []
    for law in found:
        wrong = wrong_units(law, question.quantities, question.answer)
        worst = float(np.max(errors(law, training)))
        listed.append(Hypothesis(law, worst, math.inf, f"units: {wrong}" if wrong else ""))
    scatter = 0.0
    if noisy:
        left = [
            float(np.sqrt(np.mean(errors(each.law, training) ** 2)))
            for each in listed
            if not each.fate
        ]
        scatter = min(left, default=0.0)
    return replace(here, hypotheses=tuple(listed), scatter=scatter)


def on_held_out(here: Finding, held: Readings) -> Finding:
    """With every sound candidate tried on the held-out points, and the shortest that is a law."""
    asked, count = here.question.asked, len(held.value)
    if not count:
        return replace(here, held_out=0)
    largest = NormalDist().inv_cdf(1 - 0.5 * (1 - asked.confidence) / count)
    allowed = asked.tolerance + largest * here.scatter
    constant = _Constant(here, held)
    listed = []
    for each in here.hypotheses:
        worst = float(np.max(errors(each.law, held))) if not each.fate else math.inf
        fate = each.fate
        if not fate and each.training > allowed:
            fate = f"error {each.training:.2%} on training points, {allowed:.2%} allowed"
        fate = fate or _fate(here, each.law, held, worst, allowed, constant)
        listed.append(replace(each, held_out=worst, fate=fate))
    here = replace(
        here,
        hypotheses=tuple(listed),
        held_out=count,
        allowed=allowed,
        do_nothing_held_out=constant.worst,
        null_held_out=min(_null_errors(here, held, held)),
    )
    return _chosen(here, held)


@dataclass(frozen=True)
class _Constant:
    """The best constant, on the held-out points themselves: the strictest rival."""

    errors: Floats
    worst: float

    def __init__(self, here: Finding, held: Readings) -> None:
        off = _beyond(np.full(len(held.value), _best_constant(held)), held)
        object.__setattr__(self, "errors", off)
        object.__setattr__(self, "worst", float(np.max(off)))


def _fate(
    here: Finding, law: LawSum, held: Readings, worst: float, allowed: float, constant: _Constant
) -> str:
    """Why a candidate dies on the held-out points; nothing where it lives."""
    if worst > allowed:
        return f"held-out maximum error {worst:.2%}, {allowed:.2%} allowed"
    if BETTER * worst > constant.worst:
        return f"no {BETTER:g} times better than a constant ({constant.worst:.2%})"
    if _chance(here, law, held, constant) > 1 - here.question.asked.confidence:
        return "better than a constant on no more points than luck allows"
    if here.scatter and _structured(law, held):
        return "what it leaves is no scatter: neighbours err alike"
    return ""


def _chance(here: Finding, law: LawSum, held: Readings, constant: _Constant) -> float:
    """That a law no better than a constant is better on so many points, by luck, in the best of all
    hypotheses [1].
    """
    hits = int(np.sum(errors(law, held) < constant.errors))
    return min(1.0, _tried(here) * prim.at_least(hits, len(held.value), 0.5))


def _tried(here: Finding) -> int:
    """Hypotheses that were not dead before the held-out points [1]; what luck is counted for."""
    return max(1, sum(not each.fate.startswith("units") for each in here.hypotheses))


def _structured(law: LawSum, held: Readings) -> bool:
    """Whether the error at a point tells that at its nearest neighbour."""
    left = (law(held.inputs) - held.value) / sizes(held.value)
    spread = np.std(held.points, axis=0)
    place = held.points / np.where(spread > 0, spread, 1.0)
    far = np.linalg.norm(place[:, None] - place[None], axis=2)
    np.fill_diagonal(far, np.inf)
    pairs = np.corrcoef(left, left[np.argmin(far, axis=1)])[0, 1]
    return bool(pairs * math.sqrt(len(left)) > STRUCTURE)


def _chosen(here: Finding, known: Readings) -> Finding:
    """The shortest of the living hypotheses as the law, with what is certain of it."""
    alive = sorted(
        (each for each in here.hypotheses if not each.fate),
        key=lambda each: (each.law.length, each.held_out),
    )
    if not alive:
        return replace(here, law=None, law_error=math.nan, certain=math.nan, chance=math.nan)
    law, tried = alive[0].law, _tried(here)
    left = 1 - here.question.asked.confidence
    chance = here.chance
    if len(known.value) == here.held_out:
        chance = _chance(here, law, known, _Constant(here, known))
    return replace(
        here,
        law=law,
        law_error=alive[0].held_out,
        certain=(left / tried) ** (1 / here.held_out),
        chance=chance,
    )


def falsified(here: Finding, fresh: Readings) -> Finding:
    """After fresh solves against the law: refuted by the worst of them, or having survived all."""
    law, count = here.law, len(fresh.value)
    assert law is not None
    off = errors(law, fresh)
    here = replace(here, falsified=here.falsified + count)
    if not count or np.max(off) <= here.allowed:
        return here
    worst = int(np.argmax(off))
    example = CounterExample(
        tuple(float(x) for x in fresh.points[worst]),
        here.words,
        float(law(fresh.inputs[worst : worst + 1])[0]),
        (
            float(fresh.value[worst] - fresh.slack[worst]),
            float(fresh.value[worst] + fresh.slack[worst]),
        ),
        float(off[worst]),
    )
    return replace(here, counterexamples=(*here.counterexamples, example))


def next_alive(here: Finding, known: Readings) -> Finding:
    """After a counterexample: the law dead, and of the others every one that fails on any point
    known by now; the shortest that is left is the law.
    """
    listed = []
    for each in here.hypotheses:
        fate = each.fate
        if each.law == here.law:
            fate = f"refuted by a solve: error {here.counterexamples[-1].error:.2%}"
        elif not fate and (worst := float(np.max(errors(each.law, known)))) > here.allowed:
            fate = f"an error of {worst:.2%} on a point that refuted another"
        listed.append(replace(each, fate=fate))
    return _chosen(replace(here, hypotheses=tuple(listed)), known)


def beyond(here: Finding, known: Readings, around: Readings) -> Finding:
    """With how it does outside its box, and where it holds: PRIM on all points, in words."""
    assert here.law is not None
    off = np.concatenate([errors(here.law, known), errors(here.law, around)])
    share = float(np.mean(off[len(known.value) :] <= here.allowed)) if len(around.value) else np.nan
    points = np.vstack([known.points, around.points])
    return replace(
        here,
        beyond=share,
        beyond_asked=len(around.value),
        region=where(points, off <= here.allowed),
        region_cases=len(off),
    )


def where(points: Floats, interest: Flags) -> prim.PrimBox | None:
    """The box in which points of interest are dense; None where all or none are. points [own
    units].
    """
    if not len(points) or np.all(interest) or not np.any(interest):
        return None
    found = prim.boxes(points, interest)
    return prim.pasted(prim.chosen(found, density=0.98), points, interest)


def concluded(here: Finding) -> Finding:
    """With the verdict."""
    if here.law is None:
        dead = f"{len(here.hypotheses)} hypotheses were tried and none lives"
        return replace(here, verdict="no law", why=dead)
    if here.question.null_law is not None and here.beats_null < BETTER:
        why = (
            f"its held-out maximum error is {here.beats_null:.2g} times below the null law's; "
            f"a discovery asks for {BETTER:g}"
        )
        return replace(here, verdict="no more than the null law", why=why)
    return replace(here, verdict="law", why="")
