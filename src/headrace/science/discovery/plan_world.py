"""Answers from plans: each point is a study with other values, solved as often as it takes.

A break-even price comes from the parametric analysis of the plan room; a threshold from the
certified advantage of ordering something over not ordering it, looked at over the range and then
bracketed at every change. Points are answered side by side in processes of their own; answers come
in order and do not hang on how many there are.
"""

from __future__ import annotations

import copy
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible, InputError, InputFault, Place, StoppedEarly
from headrace.core.study import Study
from headrace.core.study_reader import Document, parse_text, study_of
from headrace.plan.analysis.breakeven import best_plan, breakeven, breakeven_question
from headrace.plan.lp.fix_orders import forbid_orders
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import ordered
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.solve.solve import CertifiedPlan, solve
from headrace.science.discovery.recipe import Varied
from headrace.science.discovery.world import WorldAnswer

BRACKET = 0.002
"""Width of what is not exact, as a share of the price or of the range looked at [1]."""

LEAST = 0.005
"""Share of all that is ordered at a site below which an order is not named [1]."""

EXACT = 1e-9
MOST_STEPS = 60


@dataclass(frozen=True)
class AdvantageOf:
    """Whose advantage begins at the threshold: `anything`, `now`, or a name under `build`. moved:
    the keys that are moved; scan: points looked at first.
    """

    what: str
    moved: Varied
    scan: int


@dataclass(frozen=True)
class PlanQuestion:
    """A study and what is asked of it at a point: a break-even price or a threshold."""

    text: str
    folder: Path
    varied: tuple[Varied, ...]
    about: str = ""
    threshold: AdvantageOf | None = None
    data: dict[str, object] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", parse_text(self.text, "study.yaml").data)

    def study(self, changes: Mapping[str, str]) -> Study:
        """The study with other values at some keys. Raises InputError for keys there are not."""
        data = copy.deepcopy(self.data)
        for key, value in changes.items():
            put(data, key, value)
        return study_of(Document("study.yaml", data, {}))


def put(data: dict[str, object], key: str, value: object) -> None:
    """Write a value at a key with points; where names hold points, the longest that is there is
    taken, and items of a list are counted from 0. Raises InputError where the way leads through
    what holds no keys.
    """
    here: object = data
    left = key.split(".")
    while left:
        if isinstance(here, list) and left[0].isdecimal() and int(left[0]) < len(here):
            step: int | str = int(left.pop(0))
        elif isinstance(here, dict):
            steps = range(len(left), 0, -1)
            known = here
            length = next((n for n in steps if ".".join(left[:n]) in known), 1)
            step, left = ".".join(left[:length]), left[length:]
        else:
            fault = InputFault(Place(key=key), f"`{left[0]}` is no key there", "a key of the study")
            raise InputError(fault)
        if not left:
            here[step] = value  # type: ignore[index]
        elif isinstance(here, dict):
            here = here.setdefault(step, {})
        else:
            here = here[step]  # type: ignore[index]


def answered(question: PlanQuestion, point: Floats) -> WorldAnswer:
    """The answer at a point, where there is one. point: shape (varied,) [own units].

    A point at which the study has no plan, or makes no sense, says so in words.
    """
    changes: dict[str, str] = {}
    for each, value in zip(question.varied, point):
        changes |= each.changes(float(value))
    try:
        if question.threshold is None:
            return priced(question, question.study(changes))
        return bracketed(question, question.threshold, changes)
    except Infeasible:
        return WorldAnswer((), "infeasible: no plan keeps every limit")
    except InputError as error:
        return WorldAnswer((), f"no study: {error.problems[0].found}"[:200])


def priced(question: PlanQuestion, study: Study) -> WorldAnswer:
    """The break-even price of a study, and what is ordered just below it."""
    asked = breakeven_question(study, question.about, question.folder)
    found = breakeven(asked, bracket=BRACKET)
    if found.never:
        return WorldAnswer((), "it is not ordered even as a gift", solves=found.solves)
    if not np.isfinite(found.high):
        return WorldAnswer((), "no end was found", solves=found.solves)
    below = best_plan(asked, 0.999 * found.low)
    refuse_broken_promises(below.formulation, below.plan.solution)
    names = ordered_names(below.formulation, below.plan)
    return WorldAnswer(((found.low, found.high),), plan=names, solves=found.solves + 1)


def ordered_names(formulation: Formulation, plan: CertifiedPlan) -> tuple[str, ...]:
    """What a plan orders at all, each as site and name, in order."""
    amounts = ordered(formulation, plan.solution)
    assets = formulation.system.assets
    total: dict[str, float] = {}
    for order, amount in zip(formulation.orders, amounts):
        one = assets[order.asset]
        name = f"{one.id.site}/{one.id.key}"
        total[name] = total.get(name, 0.0) + float(amount) * max(one.price, 1.0)
    least = LEAST * sum(total.values())
    return tuple(sorted(name for name, worth in total.items() if worth > least))


@dataclass(frozen=True)
class Advantage:
    """What ordering something is worth at a place of the range [USD], and whether that is more than
    the certificates leave open.
    """

    part: float
    gain: float
    certain: bool
    plan: tuple[str, ...]


def bracketed(
    question: PlanQuestion, asked: AdvantageOf, changes: Mapping[str, str]
) -> WorldAnswer:
    """Every place of the range at which the advantage begins or ends, each bracketed."""
    solves = 0

    def at(part: float) -> Advantage:
        nonlocal solves
        solves += 2
        value = asked.moved.low + part * (asked.moved.high - asked.moved.low)
        study = question.study({**changes, **asked.moved.changes(value)})
        return advantage(study, question.folder, asked.what, part)

    looked = [at(float(part)) for part in np.linspace(0.0, 1.0, asked.scan)]
    span = asked.moved.high - asked.moved.low
    found, plan = [], looked[-1].plan
    for left, right in pairwise(looked):
        if left.certain == right.certain:
            continue
        low, high = narrowed(left, right, at)
        plan = (high if high.certain else low).plan
        ends = sorted((asked.moved.low + low.part * span, asked.moved.low + high.part * span))
        found.append((ends[0], ends[1]))
    why = ""
    if not found:
        why = "always worth it in the range" if looked[0].certain else "never worth it in the range"
    elif len(found) > 1:
        why = f"{len(found)} crossings"
    return WorldAnswer(tuple(found), why, plan, solves)


def narrowed(
    left: Advantage, right: Advantage, at: Callable[[float], Advantage]
) -> tuple[Advantage, Advantage]:
    """The bracket made as narrow as asked: by the line through the last two gains where it falls
    inside, else by halves.
    """
    before: Advantage | None = None
    for _ in range(MOST_STEPS):
        width = right.part - left.part
        if width <= BRACKET:
            break
        plus = right if right.certain else left
        middle = 0.5 * (left.part + right.part)
        if before is not None and before.certain and before.gain != plus.gain:
            slope = (before.gain - plus.gain) / (before.part - plus.part)
            line = plus.part - plus.gain / slope if slope else middle
            side = BRACKET * (0.4 if not right.certain else -0.4)  # a little beyond where it ends
            inside = left.part + 0.1 * BRACKET < line + side < right.part - 0.1 * BRACKET
            middle = line + side if inside else middle
        new = at(middle)
        if new.certain == plus.certain:
            before = plus
        if new.certain == left.certain:
            left = new
        else:
            right = new
    return left, right


def advantage(study: Study, folder: Path, what: str, part: float) -> Advantage:
    """What ordering something is worth in a study. part: where of the range that is [1].

    Raises InputError for something that cannot be ordered there.
    """
    formulation = formulate(expand(study, folder))
    options = SolverOptions(gap=1e-7, threads=1)
    assets = formulation.system.assets
    its = [
        column
        for column, order in enumerate(formulation.orders)
        if what == "anything"
        or (what == "now" and order.node == 0)
        or what == assets[order.asset].id.key
    ]
    if not its:
        known = ", ".join(sorted({a.id.key for a in assets} | {"anything", "now"}))
        raise InputError(InputFault(Place(key="ask.threshold.of"), f"`{what}`", f"one of {known}"))
    best = solve(formulation.problem, options)
    refuse_broken_promises(formulation, best.solution)
    without = solve(forbid_orders(formulation.problem, its), options)
    open_ends = best.high - best.low + without.high - without.low
    slack = EXACT * max(abs(best.low), abs(without.low), 1.0) + open_ends
    gain = best.low - without.high
    return Advantage(part, gain, gain > slack, ordered_names(formulation, best))


_ASKED: list[PlanQuestion] = []


def begin(question: PlanQuestion) -> None:
    """A worker's first act: Ctrl-C is for the parent, which stops asking."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _ASKED[:] = [question]


def answered_here(point: Floats) -> WorldAnswer:
    """The answer of this worker's question at a point [own units]."""
    return answered(_ASKED[0], point)


@dataclass
class PlanWorld:
    """Plans as a world. workers: processes beside this one; 0 answers here."""

    question: PlanQuestion
    workers: int = 2
    finite: Floats | None = None
    _pool: ProcessPoolExecutor | None = field(default=None, repr=False)

    def ask(self, points: Floats) -> Iterator[WorldAnswer]:
        """An answer for each point, in order. points: shape (point, varied) [own units].

        Raises StoppedEarly where a process was ended from outside, as a signal to all of them does.
        """
        if self.workers == 0 or len(points) < 2:
            yield from (answered(self.question, point) for point in points)
            return
        if self._pool is None:
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            self._pool = ProcessPoolExecutor(
                self.workers, get_context("spawn"), begin, (self.question,)
            )
        waiting: deque[Future[WorldAnswer]] = deque()
        try:
            for point in points:
                waiting.append(self._pool.submit(answered_here, point))
                if len(waiting) > 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise StoppedEarly("A process that solved plans was ended.") from None

    def close(self) -> None:
        """End the processes; what they are at is left."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
