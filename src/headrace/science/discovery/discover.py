"""From a question to a law that survived, or to "no law": every step kept, any may be the last.

    noise floor, do-nothing score -> null law -> screening -> training points, some where plans tie
    -> candidates, frozen -> held-out points, solved only now -> the shortest within the tolerance
    -> solves against it, in its box and beyond -> where it holds (PRIM) -> the verdict

`discover` yields a fuller `Finding` after every step; the last one is the answer. The same question
and notebook give the same findings, whether it was stopped in between or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.science.discovery import design, judge
from headrace.science.discovery.finding import Finding, ScreenedInput, TestedPoint
from headrace.science.discovery.notebook import Notebook
from headrace.science.discovery.question import FrozenQuestion
from headrace.science.discovery.readings import Readings, readings
from headrace.science.discovery.recipe import Recipe, worked_out
from headrace.science.discovery.world import World, WorldAnswer
from headrace.science.laws.expression import LawSum, one_input
from headrace.science.laws.groups import searched_both_ways, substituted
from headrace.science.laws.search import SearchOptions, apart
from headrace.science.robustness.sensitivity import elementary_effects, morris_design

LEAST_EFFECT = 0.1
"""An input whose effect is below this share of the tolerance is left out of the search [1]."""

BATCH = 20
"""Solves against a law between two looks at where it is worst [1]."""

Search = Callable[[Floats, Floats, int, SearchOptions], tuple[LawSum, ...]]
Propose = Callable[[FrozenQuestion, Floats, Floats], tuple[LawSum, ...]]
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Parts:
    """Where each part asks, fixed before the first answer [own units]; None is made on the way.

    A table can be asked its own rows only, so they are dealt out.
    """

    noise: Floats
    screening: Floats
    training: Floats
    held_out: Floats
    against: Floats | None = None

    @classmethod
    def of(cls, question: FrozenQuestion, world: World) -> Parts:
        """The parts of a question, by its seed."""
        asked, seed, k = question.asked.budget, question.asked.seed, len(question.varied)
        if world.finite is not None:
            rows = np.unique(world.finite, axis=0)
            rows = rows[np.random.default_rng(seed).permutation(len(rows))]
            half, quarter = len(rows) // 2, len(rows) // 4
            nothing = rows[:0]
            ends = half, half + quarter
            return cls(nothing, nothing, rows[: ends[0]], rows[slice(*ends)], rows[ends[1] :])

        def cube(count: int, part: int) -> Floats:
            points = design.evenly(k, count, 10 * seed + part)
            return design.scaled_to(question.varied, points)

        middle = design.scaled_to(question.varied, np.full((2, k), 0.5))
        moved = morris_design(k, asked.screening, 10 * seed + 1)
        return cls(
            middle,
            design.scaled_to(question.varied, moved),
            cube(asked.training - asked.ties, 2),
            cube(asked.held_out, 3),
        )


def discover(
    question: FrozenQuestion,
    world: World,
    notebook: Notebook,
    *,
    stop: Stop,
    search: Search = apart,
    propose: Propose | None = None,
    hashes: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """The question answered step by step; the last finding is the answer. propose: further
    candidates from training points, frozen and judged with all others.

    Raises StoppedEarly where it is asked to stop: the finding before stands.
    """
    asked, parts = question.asked, Parts.of(question, world)
    here = Finding(question, hashes=tuple(sorted((hashes or {}).items())))
    yield here
    first = _read(question, world, notebook, "noise", parts.noise, stop)
    moved = notebook.asked("screening", parts.screening, world, stop)
    training = _read(question, world, notebook, "training", parts.training, stop)
    here = replace(here, screened=_screened(question, moved), training=len(training.value))
    if asked.budget.ties and world.finite is None and len(training.value):
        cube = design.in_cube(question.varied, training.points)
        tie = design.where_plans_tie(cube, training.plans, asked.budget.ties, 10 * asked.seed + 4)
        more = _read(
            question, world, notebook, "ties", design.scaled_to(question.varied, tie), stop
        )
        here = replace(here, ties=len(more.value))
        training = training.and_(more)
    training = training.and_(first.and_(readings(question, parts.screening, moved)))
    here = judge.measured(here, training)
    here = replace(here, solves=notebook.solves)
    yield here
    if refusal := judge.refused(here, training):
        yield _mapped(replace(here, verdict="refused", why=refusal), notebook)
        return
    kept = [n for n, each in enumerate(question.inputs) if _speaks(each, here.screened)]
    found = notebook.candidates(
        "candidates",
        lambda: (
            *_searched(question, training, kept or list(range(len(question.inputs))), search),
            *(propose(question, training.inputs, training.value) if propose is not None else ()),
        ),
        stop,
    )
    here = judge.on_training(here, found, training, noisy=world.finite is not None)
    yield replace(here, solves=notebook.solves)
    held = _read(question, world, notebook, "held out", parts.held_out, stop)
    here = judge.on_held_out(here, held)
    for later in _tested(here, training.and_(held), parts, world, notebook, stop):
        here = replace(later, solves=notebook.solves)
        yield here
    yield _mapped(judge.concluded(here), notebook)


def _tested(
    here: Finding, known: Readings, parts: Parts, world: World, notebook: Notebook, stop: Stop
) -> Iterator[Finding]:
    """The law against fresh solves, and the next shortest where they refute it, until one survives
    or none is left; then the survivor outside its box.
    """
    question = here.question
    yield here
    while here.law is not None:
        if parts.against is None:
            fresh = _against(here, known, world, notebook, stop)
        else:
            fresh = _read(question, world, notebook, "against", parts.against, stop)
        known = known.and_(fresh)
        before, here = here, judge.falsified(here, fresh)
        if here.counterexamples == before.counterexamples:
            break
        here = judge.next_alive(here, known)
        yield here
    if here.law is not None and world.finite is None:
        asked = question.asked
        points = design.beyond(
            question.varied, asked.beyond, asked.budget.beyond, 10 * asked.seed + 5
        )
        around = _read(question, world, notebook, "beyond", points, stop)
        here = judge.beyond(here, known, around)
    yield here


def _read(
    question: FrozenQuestion,
    world: World,
    notebook: Notebook,
    part: str,
    points: Floats,
    stop: Stop,
) -> Readings:
    return readings(question, points, notebook.asked(part, points, world, stop))


def _screened(
    question: FrozenQuestion, answers: tuple[WorldAnswer, ...]
) -> tuple[ScreenedInput, ...]:
    """Morris's effects of what is varied, relative to the median answer; all kept where the design
    met points without one answer.
    """
    names = [each.name for each in question.varied]
    if not answers or not all(answer.single for answer in answers):
        return tuple(ScreenedInput(name, np.nan, np.nan, True) for name in names)
    values = np.array([answer.value for answer in answers])
    cube = morris_design(len(names), question.asked.budget.screening, 10 * question.asked.seed + 1)
    effect, spread = elementary_effects(cube, values / (np.median(np.abs(values)) or 1.0))
    least = LEAST_EFFECT * question.asked.tolerance
    return tuple(
        ScreenedInput(name, float(a), float(b), bool(a >= least))
        for name, a, b in zip(names, effect, spread)
    )


def _speaks(recipe: Recipe, screened: tuple[ScreenedInput, ...]) -> bool:
    """Whether an input hangs on anything that matters, or on nothing that moves: a constant may
    stand between the others.
    """
    names = _named(recipe) & {each.name for each in screened}
    return not names or bool(names & {each.name for each in screened if each.kept})


def _named(recipe: Recipe) -> set[str]:
    if recipe.kind == "name":
        return {recipe.quantity.name}
    return {name for part in recipe.parts for name in _named(part)}


def _searched(
    question: FrozenQuestion, training: Readings, kept: list[int], search: Search
) -> tuple[LawSum, ...]:
    """Candidates on the inputs that matter, as they are and as dimensionless groups, told in the
    numbers of all inputs.
    """
    seed, options = question.asked.seed, SearchOptions(symbols=tuple(question.asked.symbols))
    found = searched_both_ways(
        lambda inputs, answers: search(inputs, answers, seed, options),
        training.inputs[:, kept],
        training.value,
        [question.quantities[n] for n in kept],
        question.answer,
    )
    places = [one_input(n) for n in kept]
    return tuple({repr(law): substituted(law, places) for law in found}.values())


def _against(
    here: Finding, known: Readings, world: World, notebook: Notebook, stop: Stop
) -> Readings:
    """Fresh solves that seek where the law is worst: corners, points all over the box, and steps
    from the worst so far. It ends with the first batch that holds a counterexample.
    """
    question, total = here.question, here.question.asked.budget.falsify
    law, dimension = here.law, len(here.question.varied)
    assert law is not None
    number = sum(1 for each in here.hypotheses if each.fate.startswith("refuted"))
    part, seed = f"against {number}", 1000 * question.asked.seed + 100 + number
    everywhere = design.evenly(dimension, total, seed)
    points = np.vstack([design.corners(dimension)[: total // 3], everywhere])[:total]
    fresh = readings(question, np.empty((0, dimension)), ())
    generation = np.random.default_rng(seed)
    for begin in range(0, total, BATCH):
        count = min(BATCH, total - begin)
        cube = points[begin : begin + count].copy()
        seen = known.and_(fresh)
        if begin:
            errors = judge.errors(law, seen)
            local = design.worst_neighbours(
                design.in_cube(question.varied, seen.points),
                errors,
                count // 2,
                generation,
                0.2 / (1 + begin / BATCH) ** 0.5,
            )
            cube[: len(local)] = local
        batch = design.scaled_to(question.varied, cube)
        name = f"{part}, {begin}"
        fresh = fresh.and_(_read(question, world, notebook, name, batch, stop))
        if len(fresh.value) and np.max(judge.errors(law, fresh)) > here.allowed:
            break
    return fresh


def _mapped(here: Finding, notebook: Notebook) -> Finding:
    """The finding with what had no single answer: mapped, never averaged over."""
    answers = [one for part in notebook.answers.values() for one in part]
    without = tuple((p, a.why) for p, a in answers if not a.single)
    several = tuple(
        (p, tuple(0.5 * (low + high) for low, high in a.intervals))
        for p, a in answers
        if len(a.intervals) > 1
    )
    tested = [
        (part, p, a.intervals[0])
        for part, told in notebook.answers.items()
        if part.startswith(("held out", "against", "beyond"))
        for p, a in told
        if a.single
    ]
    return replace(
        here,
        solves=notebook.solves,
        tested=tuple(_tested_point(here, *one) for one in tested) if here.law else (),
        unanswered=without,
        crossings=several,
        unanswered_region=judge.where(
            np.array([p for p, _ in answers]).reshape(len(answers), -1),
            np.array([not a.single for _, a in answers], dtype=bool),
        ),
    )


def _tested_point(
    here: Finding, part: str, point: tuple[float, ...], ends: tuple[float, float]
) -> TestedPoint:
    assert here.law is not None
    inputs = worked_out(np.array([point]), here.question.varied, here.question.inputs)
    told = float(here.law(inputs)[0])
    off = max(abs(told - 0.5 * sum(ends)) - 0.5 * (ends[1] - ends[0]), 0.0)
    return TestedPoint(part.split(",")[0], point, ends, told, off)
