"""Passes over a node: what can be done while a chunk of hours is at hand is done in one, for a pass
reads the node from memory anew, and each kernel that Python calls costs seconds to compile and
microseconds to call.
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels import (
    directions,
    factorise,
    right_hand_sides,
    step,
    triangular_solve,
)
from headrace.plan.interior_point.kernels.layout import INLINE, FillPattern, Hours, Iterate, Work
from headrace.plan.interior_point.kernels.step import AFFINE, RESTORE, STEP
from headrace.plan.interior_point.kernels.vector_ops import add_product_previous, zero_matrix

FACTORISE, PREDICT, CORRECT = 0, 1, 2
"""What `assemble` is for: the factor and the predictor's right-hand sides, these alone, or the
corrector's.
"""


@njit(**INLINE)
def assemble(
    task: int,
    hours: Hours,
    pattern: FillPattern,
    iterate: Iterate,
    work: Work,
    x: Floats,
    affine_x: Floats,
    centring: tuple[float, float],
) -> float:
    """Right-hand sides, eliminated down to the borders; FACTORISE: the factor first.

    x: capacities of the borders; affine_x: their affine direction; centring: (target product, bound
    of second-order terms). Returns the sum of the complementarity products then, else 0. x: [unit
    of the border]; products in [kUSD].
    """
    length, chunk, total = iterate.column.shape[1], work.scratch.shape[1], 0.0
    if task == CORRECT:
        right_hand_sides.begin_corrector(iterate, work, centring)
        right_hand_sides.set_cyclic_rhs(hours, work, 0.0)
    else:
        right_hand_sides.begin_affine(hours, iterate, work, x)
    if task == FACTORISE:
        zero_matrix(work.front)
        total = right_hand_sides.row_products(iterate)
    for t0 in range(0, length, chunk):
        n = min(chunk, length - t0)
        if task == FACTORISE:
            total += right_hand_sides.scaling_matrix(
                hours, iterate, work, t0 + 1 if t0 > 0 else 0, min(length, t0 + n + 1)
            )
            factorise.factorise(hours, pattern, iterate, work, (t0, n))
        if task == CORRECT:
            right_hand_sides.corrector_rhs(hours, iterate, work, (x, affine_x), centring, t0, n)
        else:
            right_hand_sides.affine_rhs(hours, iterate, work, x, t0, n)
        triangular_solve.forward_local(hours, pattern, work, t0, n)
    if task == FACTORISE:
        factorise.schur_complement(pattern, work)
    add_product_previous(hours, work.carried_rhs, work.row_rhs)
    right_hand_sides.set_cyclic_rhs(hours, work, -1.0 if task == CORRECT else 0.0)
    triangular_solve.forward_in_time(hours, pattern, work)
    return total


@njit(**INLINE)
def advance(
    task: int,
    hours: Hours,
    pattern: FillPattern,
    iterate: Iterate,
    work: Work,
    centring: tuple[float, float],
    moves: tuple[Floats, ...],
    steps: tuple[float, ...],
) -> int:
    """AFFINE, COMBINED: solve for the direction and measure how far it may go. STEP: go, and
    restore what truncation broke (`restore_duals`). RESTORE: restore it in every hour.

    moves: (x, dx, affine_x, what dx adds to the last direction) of the borders. steps: (primal,
        dual, keep, least product). Returns in how many hours duals had to be restored.
    moves: [unit of the border]; steps: lengths [1] and the least product [kUSD].
    """
    x, dx, affine_x, more = moves
    length, chunk = iterate.column.shape[1], work.scratch.shape[1]
    direction = (
        (work.affine_column, work.affine_row_dual, work.affine_window_dual)
        if task == AFFINE
        else (work.combined_column, work.combined_row_dual, work.combined_window_dual)
    )
    if task < STEP:
        triangular_solve.backward_in_time(hours, pattern, work, more)
        step.begin_direction(task, work, pattern.local, direction)
    for t0 in range(0, length if task != RESTORE else 0, chunk):
        n = min(chunk, length - t0)
        if task < STEP:
            triangular_solve.backward_local(hours, pattern, work, more, t0, n)
            for r in range(pattern.local):
                step.dual_direction(
                    task,
                    direction[1][r, t0 : t0 + n],
                    work.row_rhs[r, t0 : t0 + n],
                    work.affine_row_dual[r, t0 : t0 + n],
                )
            directions.column_direction(hours, iterate, work, dx, direction, t0, n)
        step.traverse_hours(
            task,
            hours,
            iterate,
            work,
            (x, dx, affine_x, direction[0], direction[1], direction[2]),
            (centring, steps),
            t0,
            n,
        )
    if task != RESTORE:
        step.traverse_windows(task, hours, iterate, work, centring, direction[2], steps)
    return (
        step.restore_duals(
            hours, iterate, work, (1.0 - steps[2]) / steps[1] if task == STEP else -1.0
        )
        if task >= STEP
        else 0
    )
