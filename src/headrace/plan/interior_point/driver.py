"""The interior point from start to certified gap.

    for each iteration
        factorise every node, affine and combined direction, step      predictor_corrector.py
        once the products promise the gap: certified bounds            certify.py
        stop when the gap is met (plan/lp/gap.py)
        truncate fewer hours when the products stop falling            the exact rule is the limit

Truncated steps have no proof of convergence: the safeguard is the exact ratio test, the certificate
is what the bounds prove, and HiGHS is the last resort of small plans.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point.certified_solution import CertifiedSolution, SolverProgress
from headrace.plan.interior_point.certify import Best, certify
from headrace.plan.interior_point.coarse_start import coarse_start, representative
from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.compile_kernels import compile_kernels
from headrace.plan.interior_point.last_resort import by_highs
from headrace.plan.interior_point.objective import Expected, Measure
from headrace.plan.interior_point.predictor_corrector import Report, Tree, iterate
from headrace.plan.interior_point.warm_start import WarmStart, curvature, restore, snapshot
from headrace.plan.lp import highs
from headrace.plan.lp.gap import plan_size
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import Problem

STOPPED = "stopped"
WORSE = "proved to cost more than asked"


Kept = Literal["", "numbers", "orders"]
"""What a similar problem will differ in: nothing is kept, other numbers, orders fixed since."""


@dataclass(frozen=True)
class WarmStartPolicy:
    """What ties a plan to similar ones.

    start: `memory` of a plan of the same structure with other numbers, or with orders held since;
        its iterate is the start.
    keep: what an iterate is kept for on the way, if for anything: it costs half of the working
        memory again. For orders that will be fixed the nodes are handed on as well.
    enough: cost beyond which the plan is of no interest; the run ends with WORSE in `stopped` once
        no plan can cost less.
    proof: whether the prices of the last iterates are kept, so that they can be blended into one
        set that proves the bound by itself.
    checkpoint: takes the best plan with the iterate now and then, for a run that may be killed.
    """

    start: WarmStart | None = None
    keep: Kept = ""
    enough: float = np.inf
    proof: bool = False
    checkpoint: Callable[[CertifiedSolution], None] | None = None


ALONE = WarmStartPolicy()
ProgressCallback = Callable[[SolverProgress], None]


def solve(
    problem: Problem,
    options: SolverOptions = DEFAULTS,
    *,
    measure: Measure | None = None,
    progress: ProgressCallback | None = None,
    stop: Callable[[], bool] | None = None,
    series: WarmStartPolicy = ALONE,
) -> CertifiedSolution:
    """Minimise the plan until upper and lower bound [kUSD] are within `options.gap` of each other
    (plan/lp/gap.py).

    options.threads work on nodes side by side. progress is called with certified bounds as they
    come. When `stop` answers True, the best plan so far is returned with its bounds and the reason
    in `stopped`; StoppedEarly is raised only if there is none yet. series: what ties the plan to
    similar ones. measure: what the plan is judged by (default: expected cost); bounds and gap are
    then of the measure.

    Raises Infeasible (by name) when nothing keeps every limit.
    """
    began, start = time.perf_counter(), series.start
    pool = ThreadPoolExecutor(options.threads) if options.threads > 1 else None
    try:
        judge = measure or Expected(problem)
        tree = make_tree(judge.iterated, pool, start.nodes if start is not None else (), options)
        compile_kernels(tree.nodes[0])
        run, coarse = _Run(judge, tree, began, progress, stop, series), 0
        run.warm = start is not None and restore(tree, start)
        if run.warm:
            if start is not None and start.fixed:
                run.patience, tree.loose = options.warm_patience[1], True
                run.truncate_more()
            run.go()
        if not run.warm:
            tree.loose, coarse = False, coarse_start(judge, tree)
            if coarse == 0:
                cold_start(judge, tree)
            run.truncate_more()
            run.go()
    finally:
        if pool is not None:
            pool.shutdown()
    return _finish(run, coarse)


class _Run:
    """The loop with its safeguards; what it found stays in `best`."""

    def __init__(
        self,
        measure: Measure,
        tree: Tree,
        began: float,
        progress: ProgressCallback | None,
        stop: Callable[[], bool] | None,
        series: WarmStartPolicy,
    ) -> None:
        self.measure, self.tree, self.began = measure, tree, began
        self.options, self.gap, self.series = tree.options, tree.options.gap, series
        self.progress, self.stop = progress, stop
        self.best = Best(priced=[] if series.proof else None)
        self.iteration, self.reason = 0, ""
        self.memory: WarmStart | None = None
        self.warm, self.patience, self._infeasible = False, self.options.warm_patience[0], 1.0
        self._truncating = False
        self._curvature: Floats | None = None
        # near the end and far from it
        self._least_mu, self._stalled, self._first_mu = [np.inf, np.inf], [0, 0], 0.0
        self._certified, self._unimproved, self._share = 0, 0, 1.0
        self._short, self._returned, self._unrepaired = 0, False, 0
        self._estimate, self._due = np.inf, began + self.options.checkpoint_seconds
        self._nearest: tuple[float, Floats] = np.inf, tree.master.orders

    def truncate_more(self) -> None:
        """Leave more hours out of the ratio test until the products are small: the first steps are
        long then.
        """
        self._truncating, self.tree.truncated = True, self.options.truncated_start

    def go(self) -> None:
        """Iterate until the gap, a stop, or the end of what the arithmetic can do."""
        most = self.options.iterations
        for self.iteration in range(1, most + 1):
            try:
                with np.errstate(over="raise", invalid="raise", divide="raise"):
                    report = iterate(self.tree)
                # duals that grow for ever: no plan keeps every limit, or cost falls for ever
                self._first_mu = self._first_mu or report.mu
                if report.mu > self.options.runaway * self._first_mu:
                    raise FloatingPointError("prices grow without limit")
            except FloatingPointError as error:
                self.reason = str(error)
                self.repair_last()
                return
            if self.warm_start_failed(report):
                return
            value = report.value + self.measure.problem.constant
            size = plan_size(value, max(report.gross, self.best.gross))
            estimate = float(report.products / size)
            self._estimate = estimate
            if estimate < self._nearest[0]:
                self._nearest = estimate, self.tree.master.orders.copy()
            self.keep_iterate(estimate)
            self.watch_stall(estimate, report)
            if self.bounds_due(estimate):
                self.compute_bounds(estimate)
                if self.best.gap <= self.gap or self.of_no_interest():
                    return
            if self.stop_asked(estimate):
                return
            self.leave_checkpoint(estimate)
        self.reason = f"no certified gap of {self.gap:g} within {self.iteration} iterations"
        self.repair_last()

    def bounds_due(self, estimate: float) -> bool:
        """Whether to compute bounds: seldom from afar, every now and then near the gap, in each
        iteration once they may meet it.

        Those from afar tell who watches, and their proofs are so unlike the last ones that a blend
        of both proves more.
        """
        near, every = self.options.bounds_near, self.options.bounds_every
        if np.isfinite(self.series.enough):
            near, every = self.options.bounds_screening
        if estimate >= max(near * self.gap, 2e-8):
            return self.iteration % 10 == 0 and estimate < 0.3
        close = self._share * estimate < self.options.bounds_expected * self.gap
        return close or self._certified + every <= self.iteration

    def of_no_interest(self) -> bool:
        """Whether a plan is there and none can cost less than is of interest."""
        best = self.best
        worse = best.lower > self.series.enough and best.master is not None and best.gap > self.gap
        self.reason = WORSE if worse else ""
        return worse

    def keep_iterate(self, estimate: float) -> None:
        """Keep what was asked for, when the products are as wide as asked; truncate as usual when
        they are small.
        """
        options, keep = self.options, self.series.keep
        if keep and self._curvature is None and estimate < options.warm_products_curvature:
            self._curvature = curvature(self.tree)
        wide = options.warm_products_orders if keep == "orders" else options.warm_products
        if keep and self.memory is None and estimate < wide:
            self.keep_snapshot()
        if self._truncating and estimate < options.truncated_until:
            self._truncating = self.tree.loose = False
            self.tree.truncated = min(self.tree.truncated, options.truncated)

    def keep_snapshot(self) -> None:
        """A copy of the iterate; who will fix orders gets the nodes as well."""
        nodes = tuple(self.tree.nodes) if self.series.keep == "orders" else ()
        self.memory = snapshot(self.tree, self._curvature, nodes)

    def warm_start_failed(self, report: Report) -> bool:
        """Whether a warm start proves too far from this problem: it has not come a third of the way
        in time. The run then begins again from its own start.
        """
        self._infeasible *= 1.0 - report.primal_step
        failed = self.warm and self.iteration == self.patience and self._infeasible > 0.7
        self.warm = self.warm and not failed
        return failed

    def compute_bounds(self, estimate: float) -> None:
        """Bounds of the iterate; fewer hours are truncated when two in a row improve nothing."""
        before, self._certified = self.best.gap, self.iteration
        upper, best = self.best.upper, self.best
        certify(self.measure, self.tree, best, exact=self.repair_exactly(estimate))
        self._unrepaired = self._unrepaired + 1 if best.upper >= upper else 0
        self._share = min(self.best.gap / max(estimate, 1e-300), 1.0)
        improved = estimate >= 2.0 * self.gap or self.best.gap < 0.95 * before
        self._unimproved = 0 if improved else self._unimproved + 1
        if self._unimproved >= 2:
            self._unimproved = 0
            self.truncate_less(0.25)
        if self.progress is not None:
            spent, best = time.perf_counter() - self.began, self.best
            self.progress(
                SolverProgress(self.iteration, spent, best.lower, best.upper, best.gap, estimate)
            )

    def repair_exactly(self, estimate: float) -> bool:
        """Whether HiGHS, slower than many iterations, operates what the fast repair cannot."""
        near, late = (share * self.gap for share in self.options.repair_exact)
        failed = self._unrepaired >= self.options.repair_patience
        return estimate < late or (failed and estimate < near)

    def repair_last(self) -> None:
        """Bounds of the last iterate, by HiGHS where it must be, when no better one will come.

        Where there is no plan at all, the orders that came nearest are operated: the steps that
        followed may have spoiled the last ones.
        """
        nearest, orders = self._nearest
        if self.best.master is None and nearest < self.options.acceptable_gap:
            self.tree.master.orders, near = orders, True
        else:
            near = self._estimate < self.options.repair_exact[0] * self.gap
        whole = bool(
            np.isfinite(self.tree.master.orders).all()
        )  # the step that failed wrote nothing
        if whole and near and self.best.gap > self.gap:
            certify(self.measure, self.tree, self.best, exact=True)
            self.reason = self.reason if self.best.gap > self.gap else ""

    def watch_stall(self, estimate: float, report: Report) -> None:
        """Truncate less when the products have not fallen by a fifth in some iterations; far from
        the end not at all, for they may go round where all hours are alike and all are truncated.
        Where fewer hours only make the steps short, as many as before are left out, for good.
        """
        far = estimate > 0.02
        short = not far and max(report.primal_step, report.dual_step) < self.options.short_step
        self._short = self._short + 1 if short else 0
        if self._short >= self.options.short_steps and self.tree.truncated < self.options.truncated:
            self.tree.truncated, self._returned = self.options.truncated, True
        if report.mu < 0.8 * self._least_mu[far]:
            self._least_mu[far], self._stalled[far] = report.mu, 0
            return
        self._stalled[far] += 1
        if far and self._stalled[far] >= self.options.stall_far:
            self.tree.truncated = 0.0
        elif not far and self._stalled[far] >= self.options.stall and not self._returned:
            self._stalled[far] = 0
            self.truncate_less(self.options.stall_factor)

    def truncate_less(self, factor: float) -> None:
        """Leave fewer hours out of the ratio test; none where it was less than one."""
        hours = sum(node.block.hours for node in self.tree.nodes)
        share = self.tree.truncated
        self.tree.truncated = share * factor if share * hours > 1 else 0.0

    def leave_checkpoint(self, estimate: float) -> None:
        """Hand the best plan and the iterate to who keeps them, now and then: a process may end
        without a word. What is kept takes a twentieth of the time at most.
        """
        began = time.perf_counter()
        if self.series.checkpoint is None or began < self._due:
            return
        if self.best.master is None:
            self.compute_bounds(estimate)
        found = self.found(snapshot(self.tree))
        if found is not None:
            self.series.checkpoint(replace(found, stopped=STOPPED))
        spent = time.perf_counter() - began
        self._due = began + spent + max(self.options.checkpoint_seconds, 20.0 * spent)

    def found(self, memory: WarmStart | None, coarse: int = 0) -> CertifiedSolution | None:
        """The best plan so far with its bounds, None where there is none yet."""
        best = self.best
        if best.master is None:
            return None
        return CertifiedSolution(
            best.master,
            best.nodes,
            time.perf_counter() - self.began,
            self.iteration,
            "interior",
            best.lower,
            best.upper,
            best.gap,
            best.cuts,
            self.reason,
            coarse,
            memory,
            (*best.pool, best.cuts),
            best.gross,
            tuple(best.priced or ()),
        )

    def stop_asked(self, estimate: float) -> bool:
        """Whether the caller ends the run; the last iterate is certified first."""
        if self.stop is None or not self.stop():
            return False
        if self._certified < self.iteration:
            self.compute_bounds(estimate)
        self.reason = STOPPED
        if self.series.keep:
            self.keep_snapshot()  # the last iterate: who asks again goes on from here
        return True


def _finish(run: _Run, coarse: int) -> CertifiedSolution:
    """The best plan with its bounds; HiGHS is asked when the iteration found nothing and the plan
    is small.
    """
    best, problem, options = run.best, run.measure.problem, run.options
    size = sum(node.block.hours * len(node.block.template.columns) for node in run.tree.nodes)
    unfinished = run.reason not in ("", STOPPED, WORSE) and best.gap > run.gap
    if unfinished and size <= options.rescue_columns:
        found = by_highs(run.measure, best.lower)
        run.reason = "" if found.gap <= run.gap else run.reason
        return replace(
            found,
            seconds=time.perf_counter() - run.began,
            iterations=run.iteration,
            stopped=run.reason,
            coarse=coarse,
        )
    if best.master is None and run.reason != STOPPED:
        small = representative(problem, options)
        if small is not None:
            highs.solve(small)  # raises Infeasible, by name, where even a few days clash
    found_one = run.found(run.memory, coarse)
    if found_one is None:
        raise StoppedEarly(
            f"the interior point has no plan yet: {run.reason or 'no repair kept every limit'}"
        )
    return found_one
