"""The interior point from start to certified gap.

for each iteration
    factor every node, solve predictor and corrector, step           newton.py
    once the products promise the gap: certified bounds              bounds.py
    stop when (upper - lower) / size <= gap clip less when the products stop falling (the exact step
    rule is the limit); HiGHS is the last resort of small plans
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point.certify import Best, certify, judged
from headrace.plan.interior_point.coarse_start import coarse_start, representative
from headrace.plan.interior_point.cold_start import CLIP, cold_start, make_tree
from headrace.plan.interior_point.compile_kernels import ready
from headrace.plan.interior_point.objective import Expected, Measure
from headrace.plan.interior_point.predictor_corrector import Report, Tree, iterate
from headrace.plan.interior_point.warm_start import WarmStart, curvature, recall, remember
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.problem import Problem, Solution
from headrace.plan.lp.residuals import operating_cost

MOST = 200  # iterations
SOON, RARE = 6.0, 4  # products, in gaps, from which on bounds are sought, and in which iterations
EARLY, OFTEN = 12.0, 2  # the same where a bound may be enough
# gap to be expected, in gaps, from which on bounds are sought in each: products times their last
# share in it
CLOSE = 1.3
# products relative to the cost at which an iterate is centred yet near: for a problem with other
# numbers
REMEMBER = 4e-3
MOVED = 6e-2  # the same for a problem in which orders are held
SMOOTH = 0.1  # products at which the curvature is that of steps as wide as whole orders
# clip of the first iterations, and the products relative to the cost at which it becomes CLIP
WIDE, NARROW = 1e-2, 1e-2
# iterations after which a remembered start must have come a third of the way
PATIENCE, PATIENCE_MOVED = 4, 6
RUNAWAY = 1e9  # growth of the mean product that ends the iteration
STOPPED = "stopped"
WORSE = "proved to cost more than asked"
SMALL = 60_000  # node-hours times columns below which HiGHS finishes what the iteration could not


@dataclass(frozen=True)
class SolverProgress:
    """What a watcher is told: iteration, seconds since the start, certified bounds so far
    (minimised), estimated gap.
    """

    iteration: int
    seconds: float
    lower: float
    upper: float
    gap: float
    estimate: float


@dataclass(frozen=True)
class CertifiedSolution(Solution):
    """A solution with bounds proved by `certificate`: lower <= optimum <= upper, upper = cost of
    this very plan.

    cuts: per node the best proof found, for what-ifs and integers. stopped: why the gap was not
        reached, else empty.
    coarse: iterations on representative days, before the full ones counted in `iterations`.
    memory: a start for a similar problem, when it was asked for. pool: proofs of the last iterates
        and the best one.
    """

    lower: float
    upper: float
    gap: float
    cuts: tuple[Cut, ...]
    stopped: str
    coarse: int
    memory: WarmStart | None = None
    pool: tuple[tuple[Cut, ...], ...] = ()


@dataclass(frozen=True)
class WarmStartPolicy:
    """What ties a plan to similar ones.

    start: `memory` of a plan of the same structure with other numbers, or with orders held since;
        its iterate is the start.
    keep: products, relative to the cost, at which an iterate is kept for that (0: none; REMEMBER
        for other numbers, MOVED for held orders); it costs half of the working memory again.
    enough: cost beyond which the plan is of no interest; the run ends with WORSE in `stopped` once
        no plan can cost less.
    """

    start: WarmStart | None = None
    keep: float = 0.0
    enough: float = np.inf


ALONE = WarmStartPolicy()
Watch = Callable[[SolverProgress], None]


def solve(
    problem: Problem,
    *,
    measure: Measure | None = None,
    gap: float = 1e-3,
    threads: int = 1,
    progress: Watch | None = None,
    stop: Callable[[], bool] | None = None,
    series: WarmStartPolicy = ALONE,
) -> CertifiedSolution:
    """Minimise the plan until upper and lower bound are within `gap` of each other, relative to the
    plan's size.

    threads work on nodes side by side. progress is called with certified bounds as they come. When
    `stop` answers True, the best plan so far is returned with its bounds and the reason in
    `stopped`; StoppedEarly is raised only if there is none yet. series: what ties the plan to
    similar ones.
    measure: what the plan is judged by (default: expected cost); bounds and gap are then of the
        measure. Raises Infeasible (by name) when nothing keeps every limit.
    """
    began = time.perf_counter()
    pool = ThreadPoolExecutor(threads) if threads > 1 else None
    try:
        judge = measure or Expected(problem)
        tree = make_tree(
            judge.iterated, pool, series.start.laid if series.start is not None else ()
        )
        ready(tree.nodes[0])
        run = _Run(judge, tree, gap, began, progress, stop)
        run.series, coarse = series, 0
        run.recalled = series.start is not None and recall(tree, series.start)
        if run.recalled:
            if series.start is not None and series.start.moved:
                run.patience, tree.loose = PATIENCE_MOVED, True
                run.widen()
            run.go()
        if not run.recalled:
            tree.loose, coarse = False, _begin(judge, tree)
            run.widen()
            run.go()
    finally:
        if pool is not None:
            pool.shutdown()
    return _finish(run, coarse)


def _begin(measure: Measure, tree: Tree) -> int:
    """Put the tree at its starting point; returns the number of coarse iterations."""
    done = coarse_start(measure, tree)
    if done == 0:
        cold_start(measure, tree)
    return done


class _Run:
    """The loop with its safeguards; what it found stays in `best`."""

    def __init__(self, measure: Measure, tree: Tree, gap: float, began: float,
                 progress: Watch | None, stop: Callable[[], bool] | None) -> None:  # fmt: skip
        self.measure, self.tree, self.gap, self.began = measure, tree, gap, began
        self.progress, self.stop = progress, stop
        self.best, self.iteration, self.reason = Best(), 0, ""
        self.series, self.recalled, self._left = ALONE, False, 1.0
        self.memory: WarmStart | None = None
        self.patience, self.wide = PATIENCE, False
        self._curvature: Floats | None = None
        self._least, self._stale, self._idle, self._first, self._certified, self._share = (
            np.inf,
            0,
            0,
            0.0,
            0,
            1.0,
        )

    def widen(self) -> None:
        """Leave more hours out of the step's length until the products are small: the first steps
        are long then.
        """
        self.wide, self.tree.clip = True, WIDE

    def go(self) -> None:
        """Iterate until the gap, a stop, or the end of what the arithmetic can do."""
        for self.iteration in range(1, MOST + 1):
            try:
                with np.errstate(over="raise", invalid="raise", divide="raise"):
                    report = iterate(self.tree)
                self._runaway(report)
            except FloatingPointError as error:
                self.reason = str(error)
                return
            if self._astray(report):
                return
            estimate = report.products / max(
                abs(report.value + self.measure.problem.constant), 1e-12
            )
            self._keep(estimate)
            self._safeguard(estimate, report)
            if self._due(estimate):
                self._certify(estimate)
                if self.best.gap <= self.gap or self._worse():
                    return
            if self._asked(estimate):
                return
        self.reason = f"no certified gap of {self.gap:g} within {MOST} iterations"

    def _due(self, estimate: float) -> bool:
        """Whether to seek bounds: seldom from afar, every now and then near the gap, in each
        iteration once they may meet it.

        Those from afar tell who watches, and their proofs are so unlike the last ones that a blend
        of both proves more.
        """
        near, rare = (EARLY, OFTEN) if np.isfinite(self.series.enough) else (SOON, RARE)
        if estimate >= max(near * self.gap, 2e-8):
            return self.iteration % 10 == 0 and estimate < 0.3
        return self._share * estimate < CLOSE * self.gap or self._certified + rare <= self.iteration

    def _worse(self) -> bool:
        """Whether a plan is there and none can cost less than is of interest."""
        worse = (
            self.best.lower > self.series.enough
            and self.best.master is not None
            and self.best.gap > self.gap
        )
        self.reason = WORSE if worse else ""
        return worse

    def _keep(self, estimate: float) -> None:
        """Keep what was asked for, when the products are as wide as asked; narrow a wide clip when
        they are small.
        """
        if self.series.keep and self._curvature is None and estimate < SMOOTH:
            self._curvature = curvature(self.tree)
        if self.series.keep and self.memory is None and estimate < self.series.keep:
            self._remember()
        if self.wide and estimate < NARROW:
            self.wide, self.tree.loose, self.tree.clip = False, False, min(self.tree.clip, CLIP)

    def _remember(self) -> None:
        """A copy of the iterate; who will hold orders gets the nodes as well."""
        laid = tuple(self.tree.nodes) if self.series.keep >= MOVED else ()
        self.memory = remember(self.tree, self._curvature, laid)

    def _astray(self, report: Report) -> bool:
        """Whether a remembered start proves too far from this problem; the run then begins again
        from its own.
        """
        self._left *= 1.0 - report.primal_step
        far = self.recalled and self.iteration == self.patience and self._left > 0.7
        if far:
            self.recalled = False
        return far

    def _runaway(self, report: Report) -> None:
        """Prices that grow without end mean that no plan keeps every limit, or that cost falls for
        ever.
        """
        self._first = self._first or report.mu
        if report.mu > RUNAWAY * self._first:
            raise FloatingPointError("prices grow without limit")

    def _certify(self, estimate: float) -> None:
        before, self._certified = self.best.gap, self.iteration
        certify(self.measure, self.tree, self.best, exact=estimate < 0.5 * self.gap)
        self._share = min(self.best.gap / max(estimate, 1e-300), 1.0)
        if estimate < 2.0 * self.gap and not self.best.gap < 0.95 * before:
            self._idle += 1
            if self._idle >= 2:
                self._idle = 0
                self._clip(0.25)
        else:
            self._idle = 0
        if self.progress is not None:
            spent = time.perf_counter() - self.began
            self.progress(
                SolverProgress(
                    self.iteration, spent, self.best.lower, self.best.upper, self.best.gap, estimate
                )
            )

    def _safeguard(self, estimate: float, report: Report) -> None:
        """Clip less when the products have not fallen by a fifth in three iterations."""
        if estimate > 0.02:
            return
        if report.mu < 0.8 * self._least:
            self._least, self._stale = report.mu, 0
            return
        self._stale += 1
        if self._stale >= 3:
            self._stale = 0
            self._clip(0.2)

    def _clip(self, factor: float) -> None:
        hours = sum(node.block.hours for node in self.tree.nodes)
        self.tree.clip = self.tree.clip * factor if self.tree.clip * hours > 1 else 0.0

    def _asked(self, estimate: float) -> bool:
        """Whether the caller ends the run; the last iterate is certified first."""
        if self.stop is None or not self.stop():
            return False
        if self._certified < self.iteration:
            self._certify(estimate)
        self.reason = STOPPED
        if self.series.keep:
            self._remember()  # the last iterate: who asks again goes on from here
        return True


def _finish(run: _Run, coarse: int) -> CertifiedSolution:
    """The best plan with its bounds; HiGHS is asked when the iteration found nothing and the plan
    is small.
    """
    best, problem = run.best, run.measure.problem
    seconds = time.perf_counter() - run.began
    size = sum(node.block.hours * len(node.block.template.columns) for node in run.tree.nodes)
    if run.reason not in ("", STOPPED, WORSE) and best.gap > run.gap and size <= SMALL:
        return _by_highs(run, coarse)
    if best.master is None and run.reason != STOPPED:
        _explain(problem)
    if best.master is None:
        raise StoppedEarly(
            f"the interior point has no plan yet: {run.reason or 'no repair kept every limit'}"
        )
    return CertifiedSolution(best.master, best.nodes, seconds, run.iteration, "interior", best.lower, best.upper, best.gap, best.cuts,
                     run.reason, coarse, run.memory, (*best.pool, best.cuts))  # fmt: skip


def _explain(problem: Problem) -> None:
    """Raise Infeasible by name when a large plan cannot be kept even on representative days; HiGHS
    finds the clash.
    """
    small = representative(problem)
    if small is not None:
        highs.solve(small)


def _by_highs(run: _Run, coarse: int) -> CertifiedSolution:
    """Last resort: HiGHS's plan, certified like any other. Raises Infeasible when HiGHS says so."""
    measure, best = run.measure, run.best
    problem = measure.problem
    answer = highs.solve(measure.iterated)
    orders = answer.master[: len(problem.master.cost)]
    costs = [
        operating_cost(block, node.columns) for block, node in zip(problem.nodes, answer.nodes)
    ]
    upper = measure.value(orders, np.array(costs))
    lower, cuts = measure.proof(
        [tuple(measure.cut(n, node) for n, node in enumerate(answer.nodes))]
    )
    lower = max(best.lower, lower)
    gap = (upper - lower) / max(abs(upper), 1e-12)
    spent = time.perf_counter() - run.began
    why = "" if gap <= run.gap else run.reason
    nodes = tuple(judged(block, node) for block, node in zip(problem.nodes, answer.nodes))
    return CertifiedSolution(
        orders,
        nodes,
        spent,
        run.iteration,
        "interior+highs",
        lower,
        upper,
        gap,
        cuts,
        why,
        coarse,
        None,
        (cuts,),
    )
