"""Whole units on the pool of cuts: branch and bound on the orders only, the hours answered by the
interior point.

    LP by the interior point -> pool of cuts
    repeat: MILP master over the pool (HiGHS) -> whole orders; the others solved again around them
        -> upper bound, cuts
            the MILP master over the larger pool -> lower bound
    until upper - MILP bound <= gap

Which orders are tried is chosen in `rounding`. The plans around them start from a wide iterate of
the LP, and end as soon as their orders are proved to cost more than the best; the cuts say so of
their neighbours too (docs/decisions/0017).

The lower bound is the MILP bound that HiGHS's branch and bound proves over cuts that are valid by
construction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import StoppedEarly
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.interior_point.driver import STOPPED, WarmStartPolicy, solve
from headrace.plan.interior_point.warm_start import with_fixed_orders
from headrace.plan.lp.cut_pool import master_program
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.gap import plan_size, relative_gap
from headrace.plan.lp.linear_program import run
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.solve.rounding import first, following


def solve_whole(
    problem: Problem,
    options: SolverOptions = DEFAULTS,
    *,
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
        return relaxed or solve(problem, options, stop=stop)
    gap = options.gap
    plain = relaxed or solve(
        problem,
        options.but(gap=options.integer_relaxed * gap),
        series=WarmStartPolicy(keep="orders"),
    )
    pool = list(plain.pool)
    lower, upper, best, passes = plain.lower, np.inf, None, 0
    tried: set[bytes] = set()
    start, left = None, np.setdiff1d(np.arange(len(problem.master.cost)), whole)
    if plain.memory is not None:  # its wide iterate without the whole orders
        start = with_fixed_orders(plain.memory, left, len(problem.master.rhs))
    while (
        passes < options.integer_passes
        and not over()
        and (best is None or relative_gap(lower, upper, best.gross) > gap)
    ):
        passes += 1
        m = _next(problem, pool, plain, tried, options)
        try:
            rest = solve(
                held(problem, whole, m[whole]),
                options.but(gap=options.integer_fixed * gap),
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
            run(
                master_program(problem, pool, integer=True),
                threads=options.threads,
                mip_abs_gap=0.1 * gap * plan_size(upper, best.gross if best else 0.0),
            ).bound
            + problem.constant,
        )
    if best is None:
        raise StoppedEarly("no whole orders were found that can be operated")
    found = relative_gap(lower, upper, best.gross)
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
        best.gross,
    )


def _next(
    problem: Problem,
    pool: Sequence[Sequence[Cut]],
    relaxed: CertifiedSolution,
    tried: set[bytes],
    options: SolverOptions,
) -> Floats:
    """The most promising whole orders that were not tried."""
    if not tried:
        m = first(problem, relaxed, options)
        if m is not None:
            tried.add(m[problem.master.unit > 0].tobytes())
            return m
    return following(problem, pool, relaxed.master, tried, options.threads)
