"""Large plans: the structured interior point, with CVaR inside it, with whole orders around it, or with both.

    the mean                    interior.solve
    CVaR                        tail.solve_risk
    the mean, whole orders      the relaxed plan, then integers.solve_whole
    CVaR, whole orders          repeat: whole orders for the mean under the tail's odds     -> a bound of the measure
                                        the other orders by CVaR around the held whole ones -> a plan, and new odds

Any admissible odds bound the measure from below, for whole orders as for others; so the pair above needs no branch and bound of
its own (docs/design/0151). Odds are kept a thousandth away from zero weights, which makes them no less admissible.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import StoppedEarly
from headrace.plan.blocks import Floats, NodeSolution, Problem, Risk, Solution
from headrace.plan.exact import own
from headrace.plan.fixed import alone, held
from headrace.plan.integers import solve_whole
from headrace.plan.interior import Progress
from headrace.plan.interior import solve as interior
from headrace.plan.interior.solve import STOPPED, Certified
from headrace.plan.risk import LEAST, value, worst_weights
from headrace.plan.risk import reweighted as under
from headrace.plan.tail import solve_risk

WHOLE = 1e-3
"""Gap below which whole orders are not sought among many hours: each pass costs about one plan."""

ROUNDS = 4
"""Rounds of whole orders under the odds of the tail."""

BLUR = 1e-3
"""Share of the mean that is mixed into the odds of the tail."""

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Effort:
    """How a plan is solved. tell: bounds of the measure as they come; warm, keep: of `interior.solve`, for the mean."""

    gap: float = 1e-3
    threads: int = 1
    stop: Stop | None = None
    tell: Callable[[Progress], None] | None = None
    warm: Solution | None = None
    keep: bool = False

    @property
    def over(self) -> bool:
        """Whether the caller wants no more."""
        return self.stop is not None and self.stop()


def large(problem: Problem, effort: Effort) -> Certified:
    """The best plan by the problem's measure, whole orders whole, with its certified bounds [cost].

    Raises Infeasible, or StoppedEarly where there is no plan yet; a plan whose whole orders are not whole is none.
    """
    whole = np.flatnonzero(problem.master.unit > 0)
    if len(whole) and problem.risk is not None:
        return _whole_by_tail(problem, whole, problem.risk, replace(effort, gap=max(effort.gap, WHOLE)))
    if len(whole):
        return _whole(problem, replace(effort, gap=max(effort.gap, WHOLE)))
    return _by_tail(problem, problem.risk, effort) if problem.risk is not None else _mean(problem, effort)


def _mean(problem: Problem, effort: Effort) -> Certified:
    return interior(
        problem, gap=effort.gap, threads=effort.threads, stop=effort.stop, progress=effort.tell, warm=effort.warm, keep=effort.keep
    )


def _by_tail(problem: Problem, risk: Risk, effort: Effort) -> Certified:
    """CVaR inside the interior point; prices told in each node's own money, nodes without weight operated at their best."""
    found = solve_risk(problem, risk, gap=effort.gap, threads=effort.threads, progress=effort.tell, stop=effort.stop)
    w = worst_weights(problem, found.pool, risk)
    nodes = tuple(_own(problem, n, found, float(w[n]), effort) for n in range(len(w)))
    told = replace(found, nodes=nodes)
    upper = value(problem, told)
    return replace(told, upper=upper, gap=_gap(found.lower, upper))


def _own(problem: Problem, n: int, found: Certified, weight: float, effort: Effort) -> NodeSolution:
    """A node in its own money; one that the tail leaves without weight is operated anew at its capacities."""
    block = problem.nodes[n]
    if weight >= LEAST:
        return own(block, found.nodes[n], found.master, weight)
    again = interior(alone(block, block.start + block.map @ found.master), gap=effort.gap, threads=effort.threads)
    return again.nodes[0]


def _whole(problem: Problem, effort: Effort) -> Certified:
    """The relaxed plan first, whose bound is heard while whole orders are sought."""
    relaxed = _mean(problem, replace(effort, gap=0.6 * effort.gap, tell=_bound_only(effort), keep=False))
    _refuse_relaxed(effort)
    return solve_whole(problem, gap=effort.gap, threads=effort.threads, relaxed=relaxed)


def _whole_by_tail(problem: Problem, whole: np.ndarray, risk: Risk, effort: Effort) -> Certified:  # type: ignore[type-arg]
    """Rounds of the pair above until its two bounds meet, the odds repeat, or ROUNDS are over."""
    began = time.perf_counter()
    relaxed = _by_tail(problem, risk, replace(effort, gap=0.6 * effort.gap, tell=_bound_only(effort)))
    _refuse_relaxed(effort)
    pool, lower, best, rounds = list(relaxed.pool), relaxed.lower, None, 0
    tried: set[bytes] = set()
    while rounds < ROUNDS and not (best is not None and (effort.over or _gap(lower, best.upper) <= effort.gap)):
        rounds += 1
        odds = under(problem, (1.0 - BLUR) * worst_weights(problem, pool, risk) + BLUR)
        mean = solve_whole(odds, gap=effort.gap, threads=effort.threads)
        lower = max(lower, mean.lower)
        if mean.master[whole].tobytes() in tried:
            break
        tried.add(mean.master[whole].tobytes())
        rest = _around(problem, whole, mean.master[whole], risk, effort)
        pool = [*rest.pool[-4:]]
        best = rest if best is None or rest.upper < best.upper else best
        _say(effort, rounds, time.perf_counter() - began, lower, best.upper)
    assert best is not None
    found = _gap(lower, best.upper)
    why = "" if found <= effort.gap else STOPPED if effort.over else f"{rounds} rounds of odds"
    spent = time.perf_counter() - began
    return replace(best, lower=lower, gap=found, seconds=spent, iterations=rounds, solver="interior+milp", stopped=why)


def _around(problem: Problem, whole: np.ndarray, orders: Floats, risk: Risk, effort: Effort) -> Certified:  # type: ignore[type-arg]
    """The best plan by CVaR with whole orders held, in the columns of the whole problem."""
    rest = _by_tail(held(problem, whole, orders), risk, replace(effort, gap=0.6 * effort.gap, tell=None, stop=None))
    master = np.empty(len(problem.master.columns))
    master[whole] = orders
    master[np.setdiff1d(np.arange(len(master)), whole)] = rest.master
    return replace(rest, master=master, upper=value(problem, replace(rest, master=master)))


def _refuse_relaxed(effort: Effort) -> None:
    if effort.over:
        raise StoppedEarly("no plan with whole orders was there yet")


def _bound_only(effort: Effort) -> Callable[[Progress], None]:
    """Of a relaxed plan only the bound below all costs is told; its own cost is no plan's."""

    def tell(progress: Progress) -> None:
        if effort.tell is not None:
            effort.tell(replace(progress, upper=np.inf, gap=np.inf))

    return tell


def _say(effort: Effort, rounds: int, seconds: float, lower: float, upper: float) -> None:
    if effort.tell is not None:
        effort.tell(Progress(rounds, seconds, lower, upper, _gap(lower, upper), _gap(lower, upper)))


def _gap(lower: float, upper: float) -> float:
    return (upper - lower) / max(abs(upper), 1e-12)
