"""A stored plan on paths it never saw, beside the plan for the mean: what both earn, what breaks,
what foresight would have been worth.

Paths are answered side by side in processes of their own and come back in order; the same seed
gives the same answer, however many there are.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from headrace.core.errors import HeadraceError, InputError, InputFault, Place
from headrace.core.study import ReliabilityPromise, Study
from headrace.plan.analysis.what_if import same_orders
from headrace.plan.model.drawn_nodes import DrawnStudy, DrawnYear
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.outage_check import judged_sites
from headrace.plan.solve.solve import Stop
from headrace.plan.solve.stored_solution import StoredPlan
from headrace.science.replay.judge import (
    BreakCount,
    MeanEstimate,
    PolicyComparison,
    break_counts,
    compared,
    estimate,
)
from headrace.science.replay.operate import Foresight, PathOutcome, by_rule, foreseen
from headrace.science.replay.paths import drawn_path
from headrace.science.replay.policies import OrderPolicy, mean_value_policy, plans_own
from headrace.science.replay.years import drawn_years, standing

MOST_PATHS = 100_000
KEPT_WEEKS = 1
"""Representative weeks in which a path of a study of all hours is operated [1]; between two dates
at which something arrives there is at least one."""


@dataclass(frozen=True)
class UnseenOptions:
    """How a plan is replayed. paths: in all; foresight: of them, on how many it is asked what
    knowing would be worth; years: drawn of weather and outages; weeks: representative ones in which
    a path is operated, 0 as the study says; seed: of all draws; workers: processes, 0 here.
    """

    paths: int = 1000
    foresight: int = 30
    years: int = 8
    weeks: int = KEPT_WEEKS
    seed: int = 0
    workers: int = 2

    def faults(self) -> list[InputFault]:
        """What cannot be asked."""
        asked = {
            "paths": (self.paths, 2, MOST_PATHS),
            "foresight": (self.foresight, 0, max(0, self.paths)),
            "years": (self.years, 1, 200),
            "weeks": (self.weeks, 0, 52),
            "seed": (self.seed, 0, 2**31),
            "workers": (self.workers, 0, 64),
        }
        return [
            InputFault(Place(key=f"--{name}"), f"{value}", f"{least} to {most:,}")
            for name, (value, least, most) in asked.items()
            if not least <= value <= most
        ]


@dataclass(frozen=True)
class ReplayedPath:
    """A path: the branch that it follows, what each policy earns, and what foresight would have."""

    label: str
    outcomes: Mapping[str, PathOutcome]
    foresight: Foresight | None = None


@dataclass(frozen=True)
class UnseenReplay:
    """What came of the paths, in order. missing: why there is no plan for the mean, where there is
    none; promised: whether the study promises anything that could break; dated: whether weather
    and outages were drawn; whole: whether all paths were reached.
    """

    options: UnseenOptions
    paths: tuple[ReplayedPath, ...]
    planned: tuple[float, float]
    missing: str = ""
    promised: bool = True
    dated: bool = True

    @property
    def whole(self) -> bool:
        """Whether every path was reached."""
        return len(self.paths) == self.options.paths

    @property
    def policies(self) -> tuple[str, ...]:
        """Who was replayed."""
        return tuple(self.paths[0].outcomes) if self.paths else ()

    def earned(self, policy: str) -> MeanEstimate:
        """What a policy earns on a path [USD]."""
        ends = [path.outcomes[policy].worth for path in self.paths]
        return estimate(np.array([e.low for e in ends]), np.array([e.high for e in ends]))

    def breaks(self, policy: str) -> tuple[BreakCount, ...]:
        """Which promises broke, and how often."""
        return break_counts([path.outcomes[policy].broken for path in self.paths])

    def regret(self, policy: str) -> MeanEstimate | None:
        """What foresight would have earned more on a path [USD], of those on which no promise
        breaks either way: keeping one and earning more are two things. None where none was asked.
        """
        asked = [(p.foresight.best, p.outcomes[policy]) for p in self.paths if p.foresight]
        lost = [
            (best.worth - own.worth).within(low=0.0)
            for best, own in asked
            if not best.broken and not own.broken
        ]
        if not lost:
            return None
        return estimate(np.array([r.low for r in lost]), np.array([r.high for r in lost]))

    @property
    def comparison(self) -> PolicyComparison | None:
        """The plan against that for the mean, each by its own rule."""
        if len(self.policies) < 2:
            return None
        first, second = ([path.outcomes[name] for path in self.paths] for name in self.policies)
        return compared(first, second)

    @property
    def with_foresight(self) -> PolicyComparison | None:
        """The same with everything after this month decided in knowledge of the path."""
        asked = [path.foresight for path in self.paths if path.foresight]
        if not asked or len(self.policies) < 2:
            return None
        first, second = ([one.later[name] for one in asked] for name in self.policies)
        return compared(first, second)


@dataclass(frozen=True, eq=False)
class ReplayWork:
    """All that a process needs to answer a path."""

    study: Study
    folder: Path | None
    years: tuple[DrawnYear, ...]
    policies: tuple[OrderPolicy, ...]
    options: UnseenOptions
    promises: Mapping[str, ReliabilityPromise]


@dataclass(frozen=True, eq=False)
class PathReplayer:
    """Answers paths one by one."""

    work: ReplayWork
    drawn: DrawnStudy = field(init=False)
    tree: Formulation = field(init=False)

    def __post_init__(self) -> None:
        drawn = DrawnStudy.of(self.work.study, self.work.folder, self.work.years)
        object.__setattr__(self, "drawn", drawn)
        object.__setattr__(self, "tree", formulate(drawn.base))

    def answer(self, number: int) -> ReplayedPath:
        """Path `number` of the seed."""
        work, options = self.work, self.work.options
        path = drawn_path(self.tree.nodes, len(work.years), options.seed, number)
        written = formulate(self.drawn.chain(path.nodes, path.like, path.years))
        seed = (options.seed, 3, number)
        outcomes = {
            one.name: by_rule(one, self.tree, written, path.like, work.promises, seed)
            for one in work.policies
        }
        asked = number < options.foresight
        known = foreseen(work.policies, self.tree, written, path.like) if asked else None
        return ReplayedPath(path.label, outcomes, known)


def replayed(
    stored: StoredPlan,
    folder: Path | None,
    options: UnseenOptions,
    *,
    stop: Stop | None = None,
    told: Callable[[str], None] | None = None,
) -> UnseenReplay:
    """A stored plan on so many paths. folder: where its study's files lie; told: of each step.

    A stop leaves the paths so far. Raises InputError for options that cannot be.
    """
    if faults := options.faults():
        raise InputError(faults)
    say = told or (lambda _: None)
    hours = stored.study.horizon.hours
    if options.weeks and hours.every:
        hours = hours.model_copy(update={"weeks": options.weeks, "extreme_days": 0})
    horizon = stored.study.horizon.model_copy(update={"hours": hours})
    study = stored.study.model_copy(update={"horizon": horizon})
    say("The plan for the mean is made")
    policies, missing = [plans_own(stored.formulation, stored.solution)], ""
    try:
        policies.append(mean_value_policy(stored.formulation, stop=stop))
    except HeadraceError as error:
        missing = error.message if hasattr(error, "message") else str(error)
    sizes = standing(stored.formulation, stored.solution)
    years = drawn_years(stored.formulation, sizes, options.years, options.seed)
    promises = {s: p for s, p in judged_sites(study).items() if p.hours > 0}
    first = ReplayWork(study, folder, years, (), options, promises)
    tree = PathReplayer(first).tree
    every = range(len(tree.nodes))
    moved = [
        OrderPolicy(p.name, same_orders(stored.formulation, p.master, tree, every))
        for p in policies
    ]
    work = ReplayWork(study, folder, years, tuple(moved), options, promises)
    found = []
    for one in _answered(work, stop):
        found.append(one)
        if len(found) % max(1, options.paths // 20) == 0:
            say(f"{len(found)} of {options.paths} paths")
    low, high = stored.file.lower_bound_usd, stored.file.upper_bound_usd
    planned = (-np.inf if low is None else low, np.inf if high is None else high)
    promised = bool(promises) or any(d.least > 0 for d in stored.formulation.system.demands)
    dated = years[0].days is not None
    return UnseenReplay(options, tuple(found), planned, missing, promised, dated)


def _answered(work: ReplayWork, stop: Stop | None) -> Iterator[ReplayedPath]:
    """Every path in order, until `stop`."""
    numbers, count = iter(range(work.options.paths)), work.options.workers
    if count == 0:
        replayer = PathReplayer(work)
        for number in numbers:
            if stop is not None and stop():
                return
            yield replayer.answer(number)
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    pool = ProcessPoolExecutor(count, get_context("spawn"), begin, (work,))
    waiting: deque[Future[ReplayedPath]] = deque()
    try:
        for number in numbers:
            waiting.append(pool.submit(answered_here, number))
            while len(waiting) > 2 * count:
                if stop is not None and stop():
                    return
                yield waiting.popleft().result()
        while waiting and not (stop is not None and stop()):
            yield waiting.popleft().result()
    except BrokenProcessPool:
        return  # a process was ended from outside, as a signal to all of them does
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_HERE: list[PathReplayer] = []


def begin(work: ReplayWork) -> None:
    """A worker's first act: Ctrl-C is for the parent, which stops asking."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _HERE[:] = [PathReplayer(work)]


def answered_here(number: int) -> ReplayedPath:
    """A path, answered by this worker."""
    return _HERE[0].answer(number)
