"""Rows of `headrace verify --only science` about laws: planted ones are found, noise gives none, a
law that is wrong in a corner is refuted and a right one survives, known equations come back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.units import Dimension
from headrace.science.discovery.discover import discover
from headrace.science.discovery.finding import Finding
from headrace.science.discovery.notebook import Notebook
from headrace.science.discovery.question import FrozenQuestion, parse_question
from headrace.science.discovery.recipe import worked_out
from headrace.science.discovery.world import FunctionWorld, TableWorld, World
from headrace.science.laws.expression import LawSum, added, number, one_input
from headrace.science.laws.fit import relative_errors, sizes
from headrace.science.laws.groups import searched_both_ways
from headrace.science.laws.search import SearchOptions, candidates
from headrace.science.laws.unit_check import Quantity, wrong_units
from headrace.verification.registry import CheckOutcome, Skip, check

_OURS = "a bar of Headrace's own; recomputed here"
SEEDS = 200
SMALL = SearchOptions(lengths=(7, 11), population=120, generations=30, restarts=1)
HEAD = """\
question: check
{world}
answer: {{name: cost, unit: USD/MWh}}
vary:
  a: {{key: k.a, from: 1 USD/MWh, to: 3 USD/MWh}}
  b: {{key: k.b, from: 1 USD/MWh, to: 3 USD/MWh}}
  c: {{key: k.c, from: 20 %, to: 90 %}}
seed: {seed}
budget: {{screening: 0, training: {training}, ties: 0, held_out: 40, falsify: {falsify}, beyond: 0}}
"""
STUDY = 'study: gas_first\nask: {breakeven: "capex:x"}'
TABLE = "table: t.csv\nask: {column: cost}"
Truth = Callable[[Floats], Floats]


def asked(world: str, seed: int = 1, training: int = 60, falsify: int = 60) -> FrozenQuestion:
    """A question about three things that move. seed, training, falsify: as in the file [1]."""
    text = HEAD.format(world=world, seed=seed, training=training, falsify=falsify)
    return parse_question(text, Path())


def answered(question: FrozenQuestion, world: World, search: object = None) -> Finding:
    """The last finding; laws are searched here, briefly, unless a search is given."""
    if find_spec("pyoperon") is None:
        raise Skip("needs pip install 'headrace[science]'")

    def briefly(x: Floats, y: Floats, seed: int, options: SearchOptions) -> tuple[LawSum, ...]:
        return candidates(x, y, seed, SMALL)

    steps = discover(
        question,
        world,
        Notebook(),
        stop=lambda: False,
        search=briefly if search is None else search,  # type: ignore[arg-type]
    )
    return list(steps)[-1]


@dataclass(frozen=True)
class PlantedLaw:
    """A law that is planted, as a function of points in the units of the question."""

    name: str
    of: Truth
    found: bool = True


PLANTED = (
    PlantedLaw("linear", lambda x: 3 * x[:, 0] + 2 * x[:, 1] + 5),
    PlantedLaw("ratio", lambda x: 4 * (x[:, 0] + x[:, 1]) / (x[:, 2] / 100)),
    PlantedLaw("product", lambda x: 2 * x[:, 0] ** 2 / x[:, 1]),
    PlantedLaw("outside", lambda x: x[:, 0] * (2 + np.sin(40 * x[:, 1])), found=False),
)


@check(
    "science.laws.planted",
    what="largest error of a law found at 1 % noise against the law planted, in and beyond its box",
    unit="1",
    tolerance=0.02,
    source=_OURS,
)
def planted() -> Iterable[CheckOutcome]:
    """Tables of 200 noisy readings; fresh points without noise judge, a quarter of each range
    further out as well. A law outside the grammar must give no law.
    """
    for place, law in enumerate(PLANTED):
        generation = np.random.default_rng(place)
        low, high = np.array([1.0, 1.0, 20.0]), np.array([3.0, 3.0, 90.0])
        points = generation.uniform(low, high, (200, 3))
        noisy = law.of(points) * (1 + 0.01 * generation.standard_normal(200))
        question = asked(TABLE, place + 1)
        found = answered(question, TableWorld(points, noisy))
        if not law.found:
            said = float(found.verdict == "law")
            yield CheckOutcome(said, 0.0, absolute=True, id_suffix=f".{law.name}")
            continue
        wide = 0.25 * (high - low)
        for where, out in (("", 0.0 * wide), (".beyond", wide)):
            fresh = generation.uniform(low - out, high + out, (2000, 3))
            inputs = worked_out(fresh, question.varied, question.inputs)
            worst = np.inf
            if found.law is not None:
                worst = float(np.max(relative_errors(found.law, inputs, law.of(fresh))))
            suffix = f".{law.name}{where}"
            yield CheckOutcome(worst, 0.0, absolute=True, id_suffix=suffix, reason=found.words)


def noise(shape: int, points: Floats, generation: np.random.Generator) -> Floats:
    """Answers that hang on nothing [USD/MWh]: even, of unequal width, drifting from row to row, and
    with rare large ones.
    """
    count = len(points)
    white = generation.standard_normal(count)
    if shape == 1:
        return np.asarray(10 + white * (0.2 + points[:, 0]))
    if shape == 2:
        drift = np.zeros(count)
        for n in range(1, count):
            drift[n] = 0.9 * drift[n - 1] + white[n]
        return 10 + drift
    return np.asarray(10 + (white if shape == 0 else generation.standard_t(2.5, count)))


@check(
    "science.laws.noise",
    what=f"laws reported in {SEEDS} seeds of noise of four shapes; at most 16",
    unit="laws",
    tolerance=16,
    source=_OURS,
)
def noise_gives_no_law() -> CheckOutcome:
    """Even, heteroscedastic, autocorrelated and heavy-tailed noise, 120 readings each."""
    laws = 0
    for seed in range(SEEDS):
        generation = np.random.default_rng(seed)
        points = generation.uniform([1, 1, 20], [3, 3, 90], (120, 3))
        values = noise(seed % 4, points, generation)
        found = answered(asked(TABLE, seed), TableWorld(points, values))
        laws += found.verdict not in ("no law", "refused")
    return CheckOutcome(float(laws), 0.0, absolute=True)


@check(
    "science.laws.falsifier",
    what="seeds of 20 in which a law wrong by 3 % in a corner of 5 % dies; a right one survives",
    unit="seeds",
    tolerance=2,
    source=_OURS,
)
def falsifier() -> Iterable[CheckOutcome]:
    """At most 200 solves against it; the corner moves from seed to seed."""
    right = added(one_input(0), one_input(1, 2.0))

    def told(x: Floats, y: Floats, seed: int, options: SearchOptions) -> tuple[LawSum, ...]:
        return (right,) if x.shape[1] == 3 else ()

    killed = survived = 0
    side = 0.05 ** (1 / 3)
    for seed in range(20):
        corner = np.random.default_rng(seed).integers(0, 2, 3).astype(float)

        def bent(points: Floats, corner: Floats = corner) -> Floats:
            cube = (points - [1, 1, 20]) / [2, 2, 70]
            near = np.abs(cube - corner) < side
            wrong = np.all(near, axis=1)
            return np.asarray((points[:, 0] + 2 * points[:, 1]) * np.where(wrong, 1.03, 1.0))

        question = asked(STUDY, seed, training=8, falsify=200)
        found = answered(question, FunctionWorld(bent), told)
        killed += found.law is None
        straight = FunctionWorld(lambda points: np.asarray(points[:, 0] + 2 * points[:, 1]))
        survived += answered(question, straight, told).law is not None
    yield CheckOutcome(float(killed), 20.0, absolute=True, id_suffix=".wrong")
    yield CheckOutcome(float(survived), 20.0, absolute=True, tolerance=0, id_suffix=".right")


@dataclass(frozen=True)
class KnownEquation:
    """An equation of the Feynman set: what goes in with its dimension, what comes out."""

    name: str
    inputs: tuple[Dimension, ...]
    answer: Dimension
    of: Truth


_M, _L = ("mass", 1), ("length", 1)
KNOWN = (
    KnownEquation(
        "I.14.3", ((_M,), (("length", 1), ("time", -2)), (_L,)),
        (("length", 2), ("mass", 1), ("time", -2)), lambda x: x[:, 0] * x[:, 1] * x[:, 2],
    ),
    KnownEquation(
        "I.14.4", ((("mass", 1), ("time", -2)), (_L,)),
        (("length", 2), ("mass", 1), ("time", -2)), lambda x: 0.5 * x[:, 0] * x[:, 1] ** 2,
    ),
    KnownEquation(
        "I.18.4", ((_M,), (_L,), (_M,), (_L,)), (_L,),
        lambda x: (x[:, 0] * x[:, 1] + x[:, 2] * x[:, 3]) / (x[:, 0] + x[:, 2]),
    ),
    KnownEquation(
        "II.3.24", ((("energy", 1), ("time", -1)), (_L,)),
        (("energy", 1), ("length", -2), ("time", -1)),
        lambda x: x[:, 0] / (4 * np.pi * x[:, 1] ** 2),
    ),
    KnownEquation(
        "I.27.6", ((_L,), (), (_L,)), (_L,),
        lambda x: 1 / (1 / x[:, 0] + x[:, 1] / x[:, 2]),
    ),
)  # fmt: skip


@check(
    "science.laws.feynman",
    what="largest error of the law found for five equations of the Feynman set, units checked",
    unit="1",
    tolerance=0.02,
    source="Udrescu & Tegmark, AI Feynman, Science Advances 6 (2020); seed 1, 100 points each",
)
def feynman() -> Iterable[CheckOutcome]:
    """The shortest candidate of right units within 1 % on training points, on 1,000 fresh ones."""
    if find_spec("pyoperon") is None:
        raise Skip("needs pip install 'headrace[science]'")
    options = SearchOptions(lengths=(9, 13), population=300, generations=60, restarts=1)
    for known in KNOWN:
        generation = np.random.default_rng(1)
        x = generation.uniform(1, 5, (100, len(known.inputs)))
        y = known.of(x)
        inputs = [Quantity(f"x{n}", dimension=d) for n, d in enumerate(known.inputs)]
        answer = Quantity("y", dimension=known.answer)
        laws = [
            law
            for law in searched_both_ways(
                partial(candidates, seed=1, options=options), x, y, inputs, answer
            )
            if not wrong_units(law, inputs, answer)
            and float(np.max(relative_errors(law, x, y))) < 0.01
        ]
        law = min(laws, key=lambda one: one.length, default=number(np.nan))
        fresh = generation.uniform(1, 5, (1000, len(known.inputs)))
        off = np.abs(law(fresh) - known.of(fresh)) / sizes(known.of(fresh))
        worst = float(np.max(off)) if laws else np.inf
        yield CheckOutcome(worst, 0.0, absolute=True, id_suffix=f".{known.name}")
