"""The interior point from start to certified gap.

for each iteration
    factor every node, solve predictor and corrector, step           newton.py
    once the products promise the gap: certified bounds              bounds.py
    stop when (upper - lower) / size <= gap
clip less when the products stop falling (the exact step rule is the limit); HiGHS is the last resort of small plans
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from headrace.core.errors import StoppedEarly
from headrace.plan import highs
from headrace.plan.blocks import NodeSolution, Problem, Solution
from headrace.plan.certificate import Cut, cut, evaluate, master_bound
from headrace.plan.interior.advance import absorb
from headrace.plan.interior.arrays import State
from headrace.plan.interior.bounds import Best, certify
from headrace.plan.interior.coarse import coarse_start, representative
from headrace.plan.interior.newton import Report, Tree, iterate
from headrace.plan.interior.node import Node, make_node
from headrace.plan.interior.orders import Orders, make_orders
from headrace.plan.interior.start import MasterState, bury, sizes, start_master, start_node, start_orders, start_target

MOST = 200  # iterations
CLIP = 1e-3
REMEMBER = 4e-3  # products relative to the cost at which an iterate is centred yet near
RUNAWAY = 1e9  # growth of the mean product that ends the iteration
SMALL = 60_000  # node-hours times columns below which HiGHS finishes what the iteration could not


@dataclass(frozen=True)
class Progress:
    """What a watcher is told: iteration, seconds since the start, certified bounds so far (minimised), estimated gap."""

    iteration: int
    seconds: float
    lower: float
    upper: float
    gap: float
    estimate: float


@dataclass(frozen=True)
class Memory:
    """A centred iterate on the way, from which a plan with changed numbers is solved again."""

    master: MasterState
    states: tuple[State, ...]


@dataclass(frozen=True)
class Certified(Solution):
    """A solution with bounds proved by `certificate`: lower <= optimum <= upper, upper = cost of this very plan.

    cuts: per node the best proof found, for what-ifs and integers. stopped: why the gap was not reached, else empty.
    coarse: iterations on representative days, before the full ones counted in `iterations`.
    memory: a start for a similar problem, when it was asked for. pool: proofs of the last iterates and the best one.
    """

    lower: float
    upper: float
    gap: float
    cuts: tuple[Cut, ...]
    stopped: str
    coarse: int
    memory: Memory | None = None
    pool: tuple[tuple[Cut, ...], ...] = ()


Watch = Callable[[Progress], None]


def solve(
    problem: Problem,
    *,
    gap: float = 1e-3,
    threads: int = 1,
    time_limit: float | None = None,
    progress: Watch | None = None,
    stop: Callable[[], bool] | None = None,
    warm: Solution | None = None,
    keep: bool = False,
) -> Certified:
    """Minimise the plan until upper and lower bound are within `gap` of each other, relative to the plan's size.

    threads work on nodes side by side. progress is called with certified bounds as they come. When `stop` answers True,
    or after time_limit [s], the best plan so far is returned with its bounds and the reason in `stopped`; StoppedEarly is
    raised only if there is none yet. warm: what an earlier call with keep=True returned for a problem with the same
    structure and other numbers; its centred iterate is the start. keep costs half of the working memory again.
    Raises Infeasible (by name) when nothing keeps every limit.
    """
    began = time.perf_counter()
    pool = ThreadPoolExecutor(threads) if threads > 1 else None
    try:
        tree, coarse = _begin(problem, pool, warm)
        run = _Run(problem, tree, gap, began, time_limit, progress, stop)
        run.keep = keep
        run.go()
    finally:
        if pool is not None:
            pool.shutdown()
    return _finish(run, coarse)


def _begin(problem: Problem, pool: ThreadPoolExecutor | None, warm: Solution | None) -> tuple[Tree, int]:
    """Allocate the tree and put it at its starting point; returns the number of coarse iterations too."""
    tree = make_tree(problem, pool)
    if isinstance(warm, Certified) and warm.memory is not None and _recall(tree, warm.memory):
        return tree, 0
    done = coarse_start(problem, tree)
    if done == 0:
        cold_start(problem, tree)
    return tree, done


def _recall(tree: Tree, memory: Memory) -> bool:
    """Start from an earlier iterate; prices are made to fit the new costs. False when the structure differs."""
    if len(memory.states) != len(tree.nodes) or len(memory.master.m) != len(tree.master.m):
        return False
    pairs = [(a, b) for node, state in zip(tree.nodes, memory.states) for a, b in zip(node.state, state)]
    if any(a.shape != b.shape for a, b in pairs) or len(memory.master.s) != len(tree.orders.rhs):
        return False
    for here, there in pairs:
        here[:] = there
    tree.master = MasterState(*(a.copy() for a in (memory.master.m, memory.master.v, memory.master.s, memory.master.l)))
    for node in tree.nodes:
        bury(node)
        absorb(node.reduced.hours, node.state, node.work, -1.0)
    return True


def _remember(tree: Tree) -> Memory:
    """A copy of the iterate."""
    master = MasterState(*(a.copy() for a in (tree.master.m, tree.master.v, tree.master.s, tree.master.l)))
    return Memory(master, tuple(State(*(a.copy() for a in node.state)) for node in tree.nodes))


def make_tree(problem: Problem, pool: ThreadPoolExecutor | None) -> Tree:
    """Nodes and orders of a problem, without values. Heavier nodes get larger targets, by the root of their weight."""
    known: dict[bytes, object] = {}
    nodes: list[Node] = [make_node(block, known) for block in problem.nodes]  # type: ignore[arg-type]
    most = max(block.weight for block in problem.nodes)
    for node in nodes:
        node.target = float(np.sqrt(max(node.block.weight / most, 1e-6)))
    orders: Orders = make_orders(problem)
    empty = np.zeros(len(orders.cost))
    return Tree(orders, nodes, start_master(orders, empty + 1.0, 1.0, 1.0), CLIP, pool)


def cold_start(problem: Problem, tree: Tree) -> None:
    """Put the tree at the infeasible but centred starting point."""
    known = [sizes(block) for block in problem.nodes]
    m = start_orders(problem, tree.orders, known)
    mu = start_target(tree.nodes, known)
    tree.master = start_master(tree.orders, m, mu, tree.share)
    for node, size, x in zip(tree.nodes, known, tree.orders.borders(m)):
        start_node(node, size, x, mu)


class _Run:
    """The loop with its safeguards; what it found stays in `best`."""

    def __init__(self, problem: Problem, tree: Tree, gap: float, began: float, time_limit: float | None,
                 progress: Watch | None, stop: Callable[[], bool] | None) -> None:  # fmt: skip
        self.problem, self.tree, self.gap, self.began = problem, tree, gap, began
        self.time_limit, self.progress, self.stop = time_limit, progress, stop
        self.best, self.iteration, self.reason = Best(), 0, ""
        self.keep = False
        self.memory: Memory | None = None
        self._least, self._stale, self._idle, self._first = np.inf, 0, 0, 0.0

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
            estimate = report.products / max(abs(report.value + self.problem.constant), 1e-12)
            if self.keep and self.memory is None and estimate < REMEMBER:
                self.memory = _remember(self.tree)
            self._safeguard(estimate, report)
            if estimate < max(6.0 * self.gap, 2e-8) or (self.iteration % 10 == 0 and estimate < 0.3):
                self._certify(estimate)
                if self.best.gap <= self.gap:
                    return
            if self._asked(estimate):
                return
        self.reason = f"no certified gap of {self.gap:g} within {MOST} iterations"

    def _runaway(self, report: Report) -> None:
        """Prices that grow without end mean that no plan keeps every limit, or that cost falls for ever."""
        self._first = self._first or report.mu
        if report.mu > RUNAWAY * self._first:
            raise FloatingPointError("prices grow without limit")

    def _certify(self, estimate: float) -> None:
        before = self.best.gap
        certify(self.problem, self.tree, self.best, exact=estimate < 0.5 * self.gap)
        if estimate < 2.0 * self.gap and not self.best.gap < 0.95 * before:
            self._idle += 1
            if self._idle >= 2:
                self._idle = 0
                self._clip(0.25)
        else:
            self._idle = 0
        if self.progress is not None:
            spent = time.perf_counter() - self.began
            self.progress(Progress(self.iteration, spent, self.best.lower, self.best.upper, self.best.gap, estimate))

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
        """Whether the user or the clock ends the run; the best so far is certified first."""
        late = self.time_limit is not None and time.perf_counter() - self.began > self.time_limit
        if not late and not (self.stop is not None and self.stop()):
            return False
        if not np.isfinite(self.best.upper):
            self._certify(estimate)
        self.reason = "time limit" if late else "stopped"
        if self.keep:
            self.memory = _remember(self.tree)  # the last iterate: who asks again goes on from here
        return True


def _finish(run: _Run, coarse: int) -> Certified:
    """The best plan with its bounds; HiGHS is asked when the iteration found nothing and the plan is small."""
    best, problem = run.best, run.problem
    seconds = time.perf_counter() - run.began
    size = sum(node.block.hours * len(node.block.template.columns) for node in run.tree.nodes)
    if run.reason and best.gap > run.gap and size <= SMALL and run.reason not in ("time limit", "stopped"):
        return _by_highs(run, coarse)
    if best.master is None and run.reason not in ("time limit", "stopped"):
        _explain(problem)
    if best.master is None:
        raise StoppedEarly(f"the interior point has no plan yet: {run.reason or 'no repair kept every limit'}")
    return Certified(best.master, best.nodes, seconds, run.iteration, "interior", best.lower, best.upper, best.gap, best.cuts,
                     run.reason, coarse, run.memory, (*best.pool, best.cuts))  # fmt: skip


def _explain(problem: Problem) -> None:
    """Raise Infeasible by name when a large plan cannot be kept even on representative days; HiGHS finds the clash."""
    small = representative(problem)
    if small is not None:
        highs.solve(small)


def _by_highs(run: _Run, coarse: int) -> Certified:
    """Last resort: HiGHS's plan, certified like any other. Raises Infeasible when HiGHS says so."""
    problem, best = run.problem, run.best
    answer = highs.solve(problem)
    point = evaluate(problem, answer)
    cuts = tuple(cut(block, node) for block, node in zip(problem.nodes, answer.nodes))
    lower = max(best.lower, master_bound(problem, cuts))
    nodes: tuple[NodeSolution, ...] = answer.nodes
    gap = (point.value - lower) / max(abs(point.value), 1e-12)
    spent = time.perf_counter() - run.began
    why = "" if gap <= run.gap else run.reason
    return Certified(
        answer.master, nodes, spent, run.iteration, "interior+highs", lower, point.value, gap, cuts, why, coarse, None, (cuts,)
    )
