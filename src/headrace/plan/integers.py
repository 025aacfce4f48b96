"""Whole units on the pool of cuts: branch and bound on the orders only, the hours answered by the interior point.

    LP by the interior point -> pool of cuts
    repeat: MILP master over the pool (HiGHS) -> whole orders; the others solved again around them -> upper bound, cuts
            the MILP master over the larger pool -> lower bound
    until upper - MILP bound <= gap

The first orders are sought next to the LP's, each rounded up or down: cuts say much near where they were found and little
far away, so that a free search wanders (docs/design/0036).

The lower bound is the MILP bound that HiGHS's branch and bound proves over cuts that are valid by construction.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence

import numpy as np

from headrace.core.errors import Infeasible, StoppedEarly
from headrace.plan.assemble import counted
from headrace.plan.blocks import Floats, Problem
from headrace.plan.certificate import Cut
from headrace.plan.cuts import master_program
from headrace.plan.fixed import held
from headrace.plan.highs import LinearProgram, run
from headrace.plan.interior.solve import STOPPED, Certified, solve

PASSES = 12


def solve_whole(
    problem: Problem,
    *,
    gap: float = 1e-3,
    threads: int = 1,
    relaxed: Certified | None = None,
    stop: Callable[[], bool] | None = None,
) -> Certified:
    """Minimise with the units of `master.unit` whole. relaxed: the LP's plan if it is already there; stop: ends the search.

    Returns a plan whose orders are whole, its cost, and the best bound proved; `iterations` counts MILP passes.
    Raises StoppedEarly when no pass gave a plan that can be operated.
    """
    began, over = time.perf_counter(), stop or (lambda: False)
    plain = relaxed or solve(problem, gap=0.6 * gap, threads=threads)
    pool, whole = list(plain.pool), np.flatnonzero(problem.master.unit > 0)
    if not len(whole):
        return plain
    lower, upper, best, passes = plain.lower, np.inf, None, 0
    tried: set[bytes] = set()
    while passes < PASSES and not over() and (best is None or upper - lower > gap * max(abs(upper), 1e-12)):
        passes += 1
        m = _next(problem, pool, plain.master, tried, threads)
        try:
            rest = solve(held(problem, whole, m[whole]), gap=0.6 * gap, threads=threads, stop=stop)
        except StoppedEarly:
            break
        if rest.upper < upper:
            upper, best, orders = rest.upper, rest, m
            orders[problem.master.unit == 0] = rest.master
        pool += rest.pool[-4:]  # cuts in the same capacities x, so they hold for any orders
        lower = max(lower, run(master_program(problem, pool, integer=True), threads=threads).bound + problem.constant)
    if best is None:
        raise StoppedEarly("no whole orders were found that can be operated")
    found = (upper - lower) / max(abs(upper), 1e-12)
    why = "" if found <= gap else STOPPED if over() else f"{passes} passes"
    spent = time.perf_counter() - began
    return Certified(orders, best.nodes, spent, passes, "interior+milp", lower, upper, found, best.cuts, why, 0, None, tuple(pool))


def _next(problem: Problem, pool: Sequence[Sequence[Cut]], relaxed: Floats, tried: set[bytes], threads: int) -> Floats:
    """The most promising whole orders that were not tried: beside the relaxed ones at first, anywhere after that."""
    program, unit = master_program(problem, pool, integer=True), counted(problem.master)
    for around in (_beside(program, relaxed / unit), program):
        try:
            m = _whole(problem, run(around, threads=threads).values[: len(unit)], unit)
        except Infeasible:
            continue
        key = m[problem.master.unit > 0].tobytes()
        if key not in tried:
            tried.add(key)
            return m
    return m


def _beside(program: LinearProgram, counts: Floats) -> LinearProgram:
    """The master with every whole order at the relaxed count rounded down or up."""
    lower, upper, whole = program.lower.copy(), program.upper.copy(), program.integer
    lower[whole] = np.maximum(lower[whole], np.floor(counts[whole] + 1e-6))
    upper[whole] = np.minimum(upper[whole], np.ceil(counts[whole] - 1e-6))
    upper[whole] = np.maximum(lower[whole], upper[whole])
    return dataclasses.replace(program, lower=lower, upper=upper)


def _whole(problem: Problem, counts: Floats, unit: Floats) -> Floats:
    """Orders from counts: whole ones rounded, the rest inside their box."""
    whole = problem.master.unit > 0
    counts = np.where(whole, np.round(counts), counts)
    return np.clip(counts * unit, 0.0, problem.master.upper)
