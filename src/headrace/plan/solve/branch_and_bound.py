"""Whole units on the pool of cuts: branch and bound on the orders only, the hours answered by the
interior point.

    LP by the interior point -> pool of cuts
    repeat: MILP master over the pool (HiGHS) -> whole orders; the others solved again around them
        -> upper bound, cuts
            the MILP master over the larger pool -> lower bound
    until upper - MILP bound <= gap

Which orders are tried is chosen in `rounding`. The plans around them start from a wide iterate of
the LP, and end as soon as their orders are proved to cost more than the best; the cuts say so of
their neighbours too (docs/design/0036).

The lower bound is the MILP bound that HiGHS's branch and bound proves over cuts that are valid by
construction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point.driver import (
    MOVED,
    STOPPED,
    CertifiedSolution,
    WarmStartPolicy,
    solve,
)
from headrace.plan.interior_point.warm_start import WarmStart, narrowed
from headrace.plan.lp.cut_pool import master_program
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.highs import run
from headrace.plan.lp.problem import Problem
from headrace.plan.solve.rounding import first, following

PASSES = 12
# gap of the relaxed plan, in gaps: the bound rests on its cuts together with those around held
# orders
RELAXED = 1.5


def solve_whole(
    problem: Problem,
    *,
    gap: float = 1e-3,
    threads: int = 1,
    relaxed: CertifiedSolution | None = None,
    stop: Callable[[], bool] | None = None,
) -> CertifiedSolution:
    """Minimise with the units of `master.unit` whole. relaxed: the LP's plan if it is already
    there; stop: ends the search.

    A relaxed plan's memory is used up: its nodes are the room in which the others are made. Returns
    a plan whose orders are whole, its cost, and the best bound proved; `iterations` counts MILP
    passes. Raises StoppedEarly when no pass gave a plan that can be operated.
    """
    began, over = time.perf_counter(), stop or (lambda: False)
    whole = np.flatnonzero(problem.master.unit > 0)
    if not len(whole):
        return relaxed or solve(problem, gap=gap, threads=threads)
    plain = relaxed or solve(
        problem, gap=RELAXED * gap, threads=threads, series=WarmStartPolicy(keep=MOVED)
    )
    pool = list(plain.pool)
    lower, upper, best, passes = plain.lower, np.inf, None, 0
    tried: set[bytes] = set()
    start = _start(problem, plain, whole)
    while (
        passes < PASSES
        and not over()
        and (best is None or upper - lower > gap * max(abs(upper), 1e-12))
    ):
        passes += 1
        m = _next(problem, pool, plain, tried, threads)
        try:
            rest = solve(
                held(problem, whole, m[whole]),
                gap=0.6 * gap,
                threads=threads,
                stop=stop,
                series=WarmStartPolicy(start, enough=upper),
            )
        except StoppedEarly:
            break
        if rest.upper < upper:
            upper, best, orders = rest.upper, rest, m
            orders[problem.master.unit == 0] = rest.master
        pool += rest.pool[-4:]  # cuts in the same capacities x, so they hold for any orders
        lower = max(
            lower,
            run(master_program(problem, pool, integer=True), threads=threads).bound
            + problem.constant,
        )
    if best is None:
        raise StoppedEarly("no whole orders were found that can be operated")
    found = (upper - lower) / max(abs(upper), 1e-12)
    why = "" if found <= gap else STOPPED if over() else f"{passes} passes"
    spent = time.perf_counter() - began
    return CertifiedSolution(
        orders,
        best.nodes,
        spent,
        passes,
        "interior+milp",
        lower,
        upper,
        found,
        best.cuts,
        why,
        0,
        None,
        tuple(pool),
    )


def _next(
    problem: Problem,
    pool: Sequence[Sequence[Cut]],
    relaxed: CertifiedSolution,
    tried: set[bytes],
    threads: int,
) -> Floats:
    """The most promising whole orders that were not tried."""
    if not tried:
        m = first(problem, relaxed, threads)
        if m is not None:
            tried.add(m[problem.master.unit > 0].tobytes())
            return m
    return following(problem, pool, relaxed.master, tried, threads)


def _start(problem: Problem, relaxed: CertifiedSolution, whole: Ints) -> WarmStart | None:
    """Where the plans around held orders begin: the relaxed plan's wide iterate without the whole
    orders.
    """
    if relaxed.memory is None:
        return None
    left = np.setdiff1d(np.arange(len(problem.master.cost)), whole)
    return narrowed(relaxed.memory, left, len(problem.master.rhs))
