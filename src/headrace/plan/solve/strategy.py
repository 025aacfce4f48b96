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
orders come with a bound of their own (docs/design/0151). Odds are kept a thousandth away from zero
weights, which makes them no less admissible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point import SolverProgress
from headrace.plan.interior_point import solve as interior
from headrace.plan.interior_point.driver import MOVED, STOPPED, CertifiedSolution, WarmStartPolicy
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.fix_orders import alone, held
from headrace.plan.lp.highs import run
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
from headrace.plan.solve.branch_and_bound import RELAXED, solve_whole
from headrace.plan.solve.cvar import solve_risk
from headrace.plan.solve.small import own

WHOLE = 1e-3
"""Gap below which whole orders are not sought among many hours: each pass costs about one plan."""

ROUNDS = 8
"""Whole orders that are tried with CVaR."""

BLUR = 1e-3
"""Share of the mean that is mixed into the odds of the tail."""

Stop = Callable[[], bool]


@dataclass(frozen=True)
class SolveOptions:
    """How a plan is solved. tell: bounds of the measure as they come; warm, keep: a similar plan to
    start from and what to keep for a next one (`WarmStartPolicy`), for the mean.
    """

    gap: float = 1e-3
    threads: int = 1
    stop: Stop | None = None
    tell: Callable[[SolverProgress], None] | None = None
    warm: Solution | None = None
    keep: float = 0.0

    @property
    def over(self) -> bool:
        """Whether the caller wants no more."""
        return self.stop is not None and self.stop()


def large(problem: Problem, effort: SolveOptions) -> CertifiedSolution:
    """The best plan by the problem's measure, whole orders whole, with its certified bounds [cost].

    Raises Infeasible, or StoppedEarly where there is no plan yet; a plan whose whole orders are not
    whole is none.
    """
    whole = np.flatnonzero(problem.master.unit > 0)
    if len(whole) and problem.risk is not None:
        return _whole_by_tail(
            problem, whole, problem.risk, replace(effort, gap=max(effort.gap, WHOLE))
        )
    if len(whole):
        return _whole(problem, replace(effort, gap=max(effort.gap, WHOLE)))
    return (
        _by_tail(problem, problem.risk, effort)
        if problem.risk is not None
        else _mean(problem, effort)
    )


def _mean(problem: Problem, effort: SolveOptions) -> CertifiedSolution:
    start = effort.warm.memory if isinstance(effort.warm, CertifiedSolution) else None
    return interior(
        problem,
        gap=effort.gap,
        threads=effort.threads,
        stop=effort.stop,
        progress=effort.tell,
        series=WarmStartPolicy(start, effort.keep),
    )


def _by_tail(problem: Problem, risk: RiskMeasure, effort: SolveOptions) -> CertifiedSolution:
    """CVaR inside the interior point; prices told in each node's own money, nodes without weight
    operated at their best.
    """
    found = solve_risk(
        problem,
        risk,
        gap=effort.gap,
        threads=effort.threads,
        progress=effort.tell,
        stop=effort.stop,
    )
    w = worst_weights(problem, found.pool, risk)
    nodes = tuple(_own(problem, n, found, float(w[n]), effort) for n in range(len(w)))
    told = replace(found, nodes=nodes)
    upper = value(problem, told)
    return replace(told, upper=upper, gap=_gap(found.lower, upper))


def _own(
    problem: Problem, n: int, found: CertifiedSolution, weight: float, effort: SolveOptions
) -> NodeSolution:
    """A node in its own money; one that the tail leaves without weight is operated anew at its
    capacities.
    """
    block = problem.nodes[n]
    if weight >= LEAST:
        return own(block, found.nodes[n], found.master, weight)
    again = interior(
        alone(block, block.start + block.map @ found.master), gap=effort.gap, threads=effort.threads
    )
    return again.nodes[0]


def _whole(problem: Problem, effort: SolveOptions) -> CertifiedSolution:
    """The relaxed plan first, whose bound is heard while whole orders are sought."""
    relaxed = _mean(
        problem, replace(effort, gap=RELAXED * effort.gap, tell=_bound_only(effort), keep=MOVED)
    )
    _refuse_relaxed(effort)
    return solve_whole(
        problem, gap=effort.gap, threads=effort.threads, relaxed=relaxed, stop=effort.stop
    )


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
        return np.inf if self.best is None else _gap(self.lower, self.best.upper)


def _whole_by_tail(
    problem: Problem, whole: Ints, risk: RiskMeasure, effort: SolveOptions
) -> CertifiedSolution:
    """Whole orders held one after another until the bounds meet, the orders repeat, or ROUNDS were
    tried.
    """
    began = time.perf_counter()
    relaxed = _by_tail(
        problem, risk, replace(effort, gap=0.6 * effort.gap, tell=_bound_only(effort))
    )
    _refuse_relaxed(effort)
    search = _Search(list(relaxed.pool), relaxed.lower)
    orders = _under_odds(problem, whole, risk, search, effort)
    known: set[bytes] = set()
    while (
        orders.tobytes() not in known
        and search.tried < ROUNDS
        and not (search.best is not None and effort.over)
    ):
        known.add(orders.tobytes())
        orders = _tried(problem, whole, orders, risk, search, effort)
        _say(effort, search, time.perf_counter() - began)
        if search.gap <= effort.gap:
            break
    best = search.best
    assert best is not None
    why = (
        ""
        if search.gap <= effort.gap
        else STOPPED
        if effort.over
        else f"{search.tried} whole orders tried"
    )
    spent = time.perf_counter() - began
    told = {
        "lower": search.lower,
        "gap": search.gap,
        "iterations": search.tried,
        "seconds": spent,
        "stopped": why,
    }
    return replace(best, pool=tuple(search.pool), solver="interior+milp", **told)  # type: ignore[arg-type]


def _under_odds(
    problem: Problem, whole: Ints, risk: RiskMeasure, search: _Search, effort: SolveOptions
) -> Floats:
    """Whole orders for the mean under the tail's odds; their bound is one of the measure."""
    w = (1.0 - BLUR) * worst_weights(problem, search.pool, risk) + BLUR
    mean = solve_whole(
        reweighted(problem, w), gap=effort.gap, threads=effort.threads, stop=effort.stop
    )
    search.lower = max(search.lower, mean.lower)
    search.pool += [scaled(cuts, 1.0 / w) for cuts in mean.pool]
    return mean.master[whole]


def _tried(
    problem: Problem,
    whole: Ints,
    orders: Floats,
    risk: RiskMeasure,
    search: _Search,
    effort: SolveOptions,
) -> Floats:
    """The plan around these whole orders, the bound with its cuts, and the whole orders that this
    bound asks for next.
    """
    search.tried += 1
    rest = _around(problem, whole, orders, risk, effort)
    if search.best is None or rest.upper < search.best.upper:
        search.best = rest
    search.pool += rest.pool[-4:]
    answer = run(
        risk_program(problem, search.pool, risk, integer=True),
        threads=effort.threads,
        mip_gap=0.1 * effort.gap,
    )
    search.lower = max(search.lower, answer.bound + outside(problem, risk))
    return np.asarray(np.round(answer.values[whole]) * problem.master.unit[whole])


def _around(
    problem: Problem, whole: Ints, orders: Floats, risk: RiskMeasure, effort: SolveOptions
) -> CertifiedSolution:
    """The best plan by CVaR with whole orders held, in the columns of the whole problem."""
    rest = _by_tail(
        held(problem, whole, orders),
        risk,
        replace(effort, gap=0.6 * effort.gap, tell=None, stop=None),
    )
    master = np.empty(len(problem.master.columns))
    master[whole] = orders
    master[np.setdiff1d(np.arange(len(master)), whole)] = rest.master
    return replace(rest, master=master, upper=value(problem, replace(rest, master=master)))


def _refuse_relaxed(effort: SolveOptions) -> None:
    if effort.over:
        raise StoppedEarly("no plan with whole orders was there yet")


def _bound_only(effort: SolveOptions) -> Callable[[SolverProgress], None]:
    """Of a relaxed plan only the bound below all costs is told; its own cost is no plan's."""

    def tell(progress: SolverProgress) -> None:
        if effort.tell is not None:
            effort.tell(replace(progress, upper=np.inf, gap=np.inf))

    return tell


def _say(effort: SolveOptions, search: _Search, seconds: float) -> None:
    if effort.tell is not None and search.best is not None:
        effort.tell(
            SolverProgress(
                search.tried, seconds, search.lower, search.best.upper, search.gap, search.gap
            )
        )


def _gap(lower: float, upper: float) -> float:
    return (upper - lower) / max(abs(upper), 1e-12)
