"""Blocks in, a plan between two bounds out: which solver answers, and what is certified about its
answer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan import interior_point
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.interior_point.driver import STOPPED
from headrace.plan.lp.cut_pool import cuts_of
from headrace.plan.lp.gap import relative_gap
from headrace.plan.lp.measured_windows import settled
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem, Solution
from headrace.plan.lp.residuals import Evaluation, evaluate
from headrace.plan.lp.risk_measure import proved, value
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve import strategy
from headrace.plan.solve.small import exact

OFF = "switched off"
"""How the columns end that take standing accelerators off the bus (compute/hall_assets.py)."""

Stop = Callable[[], bool]
Watch = Callable[[int, float, float], None]
"""Called with (iteration, lower bound, upper bound) of the net present value [USD] while a solver
works.
"""


@dataclass(frozen=True)
class CertifiedPlan:
    """A feasible plan with what is certified about it; objectives are the problem's measure of the
    NPV [USD], maximised.

    The measure is the mean over branches, or its mixture with CVaR where the problem has a risk
    (plan/lp/risk_measure.py).
    low: recomputed value of the plan. high: no plan of this problem is worth more. finished: the
        gap asked for was met.
    """

    solution: Solution
    evaluation: Evaluation
    low: float
    high: float
    finished: bool = True

    def gap(self, revenue: float, cost: float) -> float:
        """The plan's gap [1] (plan/lp/gap.py). revenue, cost: discounted and gross, in magnitude
        [USD].
        """
        gross = max(abs(revenue), abs(cost))
        return relative_gap(-self.high / MONEY, -self.low / MONEY, gross / MONEY)


def columns(problem: Problem) -> int:
    """Hourly columns of the whole problem."""
    return sum(len(block.template.columns) * block.hours for block in problem.nodes)


def solve(
    problem: Problem,
    options: SolverOptions = DEFAULTS,
    *,
    stop: Stop | None = None,
    watch: Watch | None = None,
    near: CertifiedPlan | None = None,
    proof: bool = False,
    checkpoint: Callable[[CertifiedSolution], None] | None = None,
) -> CertifiedPlan:
    """The best plan, certified. near: the plan of a problem that differs little, from which the
    search may start. proof: whether prices are kept that prove the bound (`stored_solution`).
    checkpoint: takes what is there now and then.

    Raises Infeasible with what clashes, or StoppedEarly where nothing was found in time.
    """
    if by_highs(problem, options):
        return small(problem, options.gap)
    request = strategy.SolveRequest(options, stop, told(watch), proof=proof, checkpoint=checkpoint)
    if near is None:
        return certified(problem, replace(request, keep="numbers"))
    return certified(problem, replace(request, warm=near.solution))


def by_highs(problem: Problem, options: SolverOptions) -> bool:
    """Whether HiGHS answers at once, on the whole problem."""
    if options.method == "auto":
        return columns(problem) <= options.highs_columns
    return options.method == "highs"


def limited_stop(stop: Stop | None, seconds: float) -> Stop | None:
    """The caller's stop, or the end of its time [s]."""
    if not np.isfinite(seconds):
        return stop
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until or (stop is not None and stop())


def small(problem: Problem, gap: float = 1e-6) -> CertifiedPlan:
    """The best plan by HiGHS; the bound is completed from its prices, or branch and bound's where
    orders are whole. gap: relative [1].
    """
    found = exact(problem, gap=gap)
    return _bounded(problem, found.solution, found.lower)


def certified(problem: Problem, request: strategy.SolveRequest) -> CertifiedPlan:
    """The structured interior point's plan with its own running bounds; its value is recomputed
    once more.
    """
    options = request.options
    limited = replace(request, stop=limited_stop(request.stop, options.seconds))
    found = strategy.large(problem, limited)
    whole = problem.master.unit.any()
    enough = options.acceptable_integer_gap if whole else options.acceptable_gap
    return _bounded(problem, found, found.lower, finished(found, enough))


def told(watch: Watch | None, before: int = 0) -> Callable[[interior_point.SolverProgress], None]:
    """A listener to costs from a watcher of net present values; `before`: iterations of an earlier
    run.
    """

    def tell(progress: interior_point.SolverProgress) -> None:
        if watch is not None:
            watch(before + progress.iteration, -progress.upper * MONEY, -progress.lower * MONEY)

    return tell


def finest(problem: Problem, options: SolverOptions = DEFAULTS) -> float:
    """The gap below which no plan of this problem is worth asking for [1]."""
    searched = problem.master.unit.any() and not by_highs(problem, options)
    return options.integer_gap if searched else 0.0


def finished(found: CertifiedSolution, enough: float) -> bool:
    """Whether a run met its gap, or ended by itself with one that will do (`enough` [1])."""
    return not found.stopped or (found.stopped != STOPPED and found.gap <= enough)


def bounded(problem: Problem, solution: Solution) -> CertifiedPlan:
    """What is certified about any solution with prices: its own value, and the bound its prices
    complete to.
    """
    return _bounded(problem, solution, proved(problem, [cuts_of(problem, solution)]))


def _bounded(
    problem: Problem, solution: Solution, lower: float, finished: bool = True
) -> CertifiedPlan:
    low, high = float(-value(problem, solution) * MONEY), float(-lower * MONEY)
    return CertifiedPlan(solution, evaluate(problem, solution), low, high, finished)


def nothing(problem: Problem) -> Solution:
    """The plan that orders nothing, serves nothing and switches off what stands: there however soon
    one stops.
    """
    nodes = tuple(
        NodeSolution(
            columns=at_rest(b),
            rows=np.zeros((len(b.template.rows), b.hours)),
            chains=np.zeros((len(b.template.chains), b.hours)),
            windows=tuple(np.zeros(len(rhs)) for rhs in b.window_rhs),
        )
        for b in problem.nodes
    )
    none = np.zeros(len(problem.master.columns))
    m = settled(problem, none, [node.columns for node in nodes])
    return Solution(m, nodes, 0.0, 0, "nothing")


def at_rest(block: NodeBlock) -> Floats:
    """All columns zero but broken promises, which are full, and accelerators, which are switched
    off. Returns [unit of the column].
    """
    columns = np.zeros((len(block.template.columns), block.hours))
    for j in block.template.at_rest:
        columns[j] = block.upper.scale[j] * block.profiles[block.upper.profile[j]]
    bounds = block.upper_border
    for e, (j, k) in enumerate(
        zip(block.template.upper_border.row, block.template.upper_border.column)
    ):
        if j in block.template.at_rest:
            columns[j] += block.start[k] * bounds.scale[e] * block.profiles[bounds.profile[e]]
    return columns


def without(problem: Problem, column: int) -> Problem:
    """The same problem with one order forced to zero."""
    upper = problem.master.upper.copy()
    upper[column] = 0.0
    return replace(problem, master=replace(problem.master, upper=upper))
