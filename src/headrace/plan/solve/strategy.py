"""Large plans: the structured interior point, with CVaR inside it, with whole orders around it, or
with both.

    the mean                    interior.solve
    CVaR                        tail.solve_risk
    the mean, whole orders      the relaxed plan, then integers.solve_whole
    CVaR, whole orders          whole orders for the mean under the odds of the relaxed plan's tail
                                repeat: the other orders by CVaR around the held whole ones -> a
                                    plan, cuts
                                        branch and bound over all cuts, CVaR among its rows -> a
                                        bound, the next whole orders

Any admissible odds bound the measure from below, for whole orders as for others, so the first whole
orders come with a bound of their own (docs/decisions/0061). Odds are kept a thousandth away from
zero weights, which makes them no less admissible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point import CertifiedSolution, SolverProgress
from headrace.plan.interior_point import solve as interior
from headrace.plan.interior_point.driver import STOPPED, Kept, WarmStartPolicy
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.fix_orders import alone, held
from headrace.plan.lp.gap import plan_size, relative_gap
from headrace.plan.lp.linear_program import run
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import NodeSolution, Problem, RiskMeasure, Solution
from headrace.plan.lp.risk_measure import (
    LEAST,
    outside,
    reweighted,
    risk_program,
    scaled,
    value,
    worst_weights,
)
from headrace.plan.solve.branch_and_bound import solve_whole
from headrace.plan.solve.cvar import solve_risk
from headrace.plan.solve.small import own

Stop = Callable[[], bool]


@dataclass(frozen=True)
class SolveRequest:
    """A solve as its caller wants it. progress: bounds of the measure as they come; warm, keep: a
    similar plan to start from and what to keep for a next one (`WarmStartPolicy`), for the mean;
    proof: whether to keep the prices of the last iterates; checkpoint: takes the plan of the mean
    and its iterate now and then, where orders come in any size.
    """

    options: SolverOptions = DEFAULTS
    stop: Stop | None = None
    progress: Callable[[SolverProgress], None] | None = None
    warm: Solution | None = None
    keep: Kept = ""
    proof: bool = False
    checkpoint: Callable[[CertifiedSolution], None] | None = None

    @property
    def gap(self) -> float:
        """The gap asked for [1]."""
        return self.options.gap

    def within(self, gap: float) -> SolveRequest:
        """The same with another gap [1]."""
        return replace(self, options=self.options.but(gap=gap))

    @property
    def over(self) -> bool:
        """Whether the caller wants no more."""
        return self.stop is not None and self.stop()


def large(problem: Problem, request: SolveRequest) -> CertifiedSolution:
    """The best plan by the problem's measure, whole orders whole, with its certified bounds [cost].

    Raises Infeasible, or StoppedEarly where there is no plan yet; a plan whose whole orders are not
    whole is none.
    """
    whole = np.flatnonzero(problem.master.unit > 0)
    if len(whole) and problem.risk is not None:
        return _whole_by_tail(problem, whole, problem.risk, _coarser(request))
    if len(whole):
        coarser = _coarser(request)
        looser = coarser.within(request.options.integer_relaxed * coarser.gap)
        relaxed = _mean(
            problem, replace(looser, progress=_bound_only(request), keep="orders", checkpoint=None)
        )
        _refuse_relaxed(request)  # its bound is heard while whole orders are sought
        return solve_whole(problem, coarser.options, relaxed=relaxed, stop=request.stop)
    return (
        _by_tail(problem, problem.risk, request)
        if problem.risk is not None
        else _mean(problem, request)
    )


def _coarser(request: SolveRequest) -> SolveRequest:
    """The request with a gap that a search over whole orders can meet."""
    return request.within(max(request.gap, request.options.integer_gap))


def _mean(problem: Problem, request: SolveRequest) -> CertifiedSolution:
    start = request.warm.memory if isinstance(request.warm, CertifiedSolution) else None
    return interior(
        problem,
        request.options,
        stop=request.stop,
        progress=request.progress,
        series=WarmStartPolicy(
            start, request.keep, proof=request.proof, checkpoint=request.checkpoint
        ),
    )


def _by_tail(problem: Problem, risk: RiskMeasure, request: SolveRequest) -> CertifiedSolution:
    """CVaR inside the interior point; prices told in each node's own money, nodes without weight
    operated at their best.
    """
    found = solve_risk(
        problem,
        risk,
        request.options,
        progress=request.progress,
        stop=request.stop,
    )
    w = worst_weights(problem, found.pool, risk)
    nodes = tuple(_own(problem, n, found, float(w[n]), request) for n in range(len(w)))
    told = replace(found, nodes=nodes)
    upper = value(problem, told)
    return replace(told, upper=upper, gap=relative_gap(found.lower, upper, found.gross))


def _own(
    problem: Problem, n: int, found: CertifiedSolution, weight: float, request: SolveRequest
) -> NodeSolution:
    """A node in its own money; one that the tail leaves without weight is operated anew at its
    capacities.
    """
    block = problem.nodes[n]
    if weight >= LEAST:
        return own(block, found.nodes[n], found.master, weight)
    again = interior(alone(block, block.start + block.map @ found.master), request.options)
    return again.nodes[0]


@dataclass
class _Search:
    """What is known while whole orders are sought: cuts in each node's own money, the bound, the
    best plan, what was tried.
    """

    pool: list[tuple[Cut, ...]]
    lower: float
    best: CertifiedSolution | None = None
    tried: int = 0

    @property
    def gap(self) -> float:
        """Between the bound and the best plan."""
        return (
            np.inf
            if self.best is None
            else relative_gap(self.lower, self.best.upper, self.best.gross)
        )


def _whole_by_tail(
    problem: Problem, whole: Ints, risk: RiskMeasure, request: SolveRequest
) -> CertifiedSolution:
    """Whole orders held one after another until the bounds meet, the orders repeat, or
    `cvar_passes` were tried.
    """
    began = time.perf_counter()
    tighter = request.within(request.options.integer_fixed * request.gap)
    relaxed = _by_tail(problem, risk, replace(tighter, progress=_bound_only(request)))
    _refuse_relaxed(request)
    search = _Search(list(relaxed.pool), relaxed.lower)
    orders = _under_odds(problem, whole, risk, search, request)
    known: set[bytes] = set()
    while (
        orders.tobytes() not in known
        and search.tried < request.options.cvar_passes
        and not (search.best is not None and request.over)
    ):
        known.add(orders.tobytes())
        orders = _tried(problem, whole, orders, risk, search, request)
        if request.progress is not None and search.best is not None:
            spent, upper = time.perf_counter() - began, search.best.upper
            request.progress(
                SolverProgress(search.tried, spent, search.lower, upper, search.gap, search.gap)
            )
        if search.gap <= request.gap:
            break
    best = search.best
    assert best is not None
    why = STOPPED if request.over else f"{search.tried} whole orders tried"
    return replace(
        best,
        pool=tuple(search.pool),
        solver="interior+milp",
        lower=search.lower,
        gap=search.gap,
        iterations=search.tried,
        seconds=time.perf_counter() - began,
        stopped="" if search.gap <= request.gap else why,
    )


def _under_odds(
    problem: Problem, whole: Ints, risk: RiskMeasure, search: _Search, request: SolveRequest
) -> Floats:
    """Whole orders for the mean under the tail's odds; their bound is one of the measure."""
    mixed = request.options.cvar_mixed_mean
    w = (1.0 - mixed) * worst_weights(problem, search.pool, risk) + mixed
    mean = solve_whole(reweighted(problem, w), request.options, stop=request.stop)
    search.lower = max(search.lower, mean.lower)
    search.pool += [scaled(cuts, 1.0 / w) for cuts in mean.pool]
    return mean.master[whole]


def _tried(
    problem: Problem,
    whole: Ints,
    orders: Floats,
    risk: RiskMeasure,
    search: _Search,
    request: SolveRequest,
) -> Floats:
    """The plan around these whole orders, the bound with its cuts, and the whole orders that this
    bound asks for next.
    """
    search.tried += 1
    rest = _around(problem, whole, orders, risk, request)
    if search.best is None or rest.upper < search.best.upper:
        search.best = rest
    search.pool += rest.pool[-4:]
    answer = run(
        risk_program(problem, search.pool, risk, integer=True),
        threads=request.options.threads,
        mip_gap=0.1 * request.gap,
        mip_abs_gap=0.1 * request.gap * plan_size(search.best.upper, search.best.gross),
    )
    search.lower = max(search.lower, answer.bound + outside(problem, risk))
    return np.asarray(np.round(answer.values[whole]) * problem.master.unit[whole])


def _around(
    problem: Problem, whole: Ints, orders: Floats, risk: RiskMeasure, request: SolveRequest
) -> CertifiedSolution:
    """The best plan by CVaR with whole orders held, in the columns of the whole problem."""
    tighter = request.within(request.options.integer_fixed * request.gap)
    rest = _by_tail(held(problem, whole, orders), risk, replace(tighter, progress=None, stop=None))
    master = np.empty(len(problem.master.columns))
    master[whole] = orders
    master[np.setdiff1d(np.arange(len(master)), whole)] = rest.master
    return replace(rest, master=master, upper=value(problem, replace(rest, master=master)))


def _refuse_relaxed(request: SolveRequest) -> None:
    if request.over:
        raise StoppedEarly("no plan with whole orders was there yet")


def _bound_only(request: SolveRequest) -> Callable[[SolverProgress], None]:
    """Of a relaxed plan only the bound below all costs is told; its own cost is no plan's."""

    def tell(progress: SolverProgress) -> None:
        if request.progress is not None:
            request.progress(replace(progress, upper=np.inf, gap=np.inf))

    return tell
