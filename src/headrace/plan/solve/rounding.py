"""Which whole orders to try next.

    first      beside the relaxed orders, where the cuts and the cost's curvature together are least
    then       beside the relaxed orders, where the cuts are least; anywhere once those were tried

Cuts from one place say little about steps as wide as a hall. The interior point knows the curvature
over such steps: its Schur complement while the products are still wide. The quadratic enters branch
and bound as planes, one for each point it proposes, until it proposes none that is better
(docs/decisions/0017). It only chooses; bounds never rest on it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import Infeasible
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.interior_point.master_system import cholesky
from headrace.plan.lp.cut_pool import master_program
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.extensive_form import counted
from headrace.plan.lp.gap import plan_size
from headrace.plan.lp.linear_program import LinearProgram, run
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem


def first(problem: Problem, relaxed: CertifiedSolution, options: SolverOptions) -> Floats | None:
    """Orders, whole where they must be, that cuts and curvature find best; None where the curvature
    is not known. Returns [unit of the order].
    """
    memory, whole = relaxed.memory, np.flatnonzero(problem.master.unit > 0)
    if memory is None or memory.curvature is None:
        return None
    here = np.isin(whole, memory.orders)
    unit = counted(problem.master)
    program = _beside(master_program(problem, [relaxed.cuts], integer=True), relaxed.master / unit)
    at = whole[here]
    try:
        bend = reduced_curvature(memory.curvature, np.searchsorted(memory.orders, at)) * np.outer(
            unit[at], unit[at]
        )
        counts = quadratic_optimum(program, at, bend, relaxed.master[at] / unit[at], options)
    except (Infeasible, FloatingPointError):
        return None
    return _orders(problem, counts[: len(unit)], unit)


def following(
    problem: Problem,
    pool: Sequence[Sequence[Cut]],
    relaxed: Floats,
    tried: set[bytes],
    threads: int,
) -> Floats:
    """The whole orders that the cuts find best and that were not tried; `tried` grows by them.
    relaxed: [unit of the order]; returns the same.
    """
    program, unit = master_program(problem, pool, integer=True), counted(problem.master)
    for around in (_beside(program, relaxed / unit), program):
        try:
            m = _orders(problem, run(around, threads=threads).values[: len(unit)], unit)
        except Infeasible:
            continue
        key = m[problem.master.unit > 0].tobytes()
        if key not in tried:
            tried.add(key)
            return m
    return m


def reduced_curvature(curvature: Floats, at: Ints) -> Floats:
    """Curvature in the orders `at` when the others follow them to their best. curvature: [kUSD/unit
    of an order squared]; returns the same.
    """
    rest = np.setdiff1d(np.arange(len(curvature)), at)
    across, follow = curvature[np.ix_(rest, at)], cholesky(curvature[np.ix_(rest, rest)])
    return np.asarray(
        curvature[np.ix_(at, at)] - across.T @ np.array([follow(column) for column in across.T]).T
    )


def quadratic_optimum(
    program: LinearProgram, at: Ints, bend: Floats, centre: Floats, options: SolverOptions
) -> Floats:
    """The program's point that is best when (counts - centre) bend (counts - centre) / 2 is added
    to its cost.

    at: columns of the counts. Planes are added at every point found until the next one promises
        nothing better.
    bend: [kUSD], centre: counts [1]; returns the program's columns [their units].
    """
    width, best, found = len(program.cost), np.inf, np.zeros(0)
    rows: list[Floats] = []
    room: list[float] = []
    for _ in range(options.integer_planes):
        values = run(with_planes(program, rows, room), threads=options.threads).values
        counts = np.round(values[at])
        away = counts - centre
        cost = float(program.cost @ values[:width])
        loss = 0.5 * float(away @ bend @ away)
        if cost + loss < best:
            best, found = cost + loss, values[:width]
        if best - (cost + values[width]) < options.integer_planes_gap * plan_size(best):
            break
        row = np.zeros(width + 1)
        row[at], row[width] = bend @ away, -1.0
        rows.append(row)
        room.append(float(row[at] @ counts) - loss)
    return found


def with_planes(program: LinearProgram, rows: list[Floats], room: list[float]) -> LinearProgram:
    """The program with one more column, the loss, above every plane. rows, room: [kUSD]."""
    wide = csr_array(hstack([program.matrix, csc_array((program.matrix.shape[0], 1))]))
    matrix = vstack([wide, csr_array(np.array(rows))]) if rows else wide
    return LinearProgram(
        matrix=csc_array(matrix),
        cost=np.append(program.cost, 1.0),
        lower=np.append(program.lower, 0.0),
        upper=np.append(program.upper, np.inf),
        row_lower=np.concatenate([program.row_lower, np.full(len(room), -np.inf)]),
        row_upper=np.concatenate([program.row_upper, room]),
        integer=program.integer,
    )


def _beside(program: LinearProgram, counts: Floats) -> LinearProgram:
    """The master with every whole order at the relaxed count rounded down or up."""
    lower, upper, whole = program.lower.copy(), program.upper.copy(), program.integer
    lower[whole] = np.maximum(lower[whole], np.floor(counts[whole] + 1e-6))
    upper[whole] = np.minimum(upper[whole], np.ceil(counts[whole] - 1e-6))
    upper[whole] = np.maximum(lower[whole], upper[whole])
    return dataclasses.replace(program, lower=lower, upper=upper)


def _orders(problem: Problem, counts: Floats, unit: Floats) -> Floats:
    """Orders from counts: whole ones rounded, the rest inside their box."""
    whole = problem.master.unit > 0
    counts = np.where(whole, np.round(counts), counts)
    return np.clip(counts * unit, 0.0, problem.master.upper)
