"""The visits to a node: what can be done while a chunk of hours is at hand is done in one, for a
pass reads the node from memory anew, and each kernel that Python calls costs seconds to compile and
microseconds to call.
"""

from __future__ import annotations

from numba import njit

from headrace.plan.interior_point.kernels import factorise, right_hand_sides, step, triangular_solve
from headrace.plan.interior_point.kernels.layout import INLINE
from headrace.plan.interior_point.kernels.step import ABSORB, NEAR, STEP
from headrace.plan.interior_point.kernels.vector_ops import A, push_after, zero2

CONDENSE, PREDICT, CORRECT = 0, 1, 2
"""What `gather` is for: the factor and the predictor's right-hand sides, these alone, or the
corrector's.
"""


@njit(**INLINE)
def gather(task: int, h: A, p: A, s: A, k: A, x: A, near_x: A, aim: A) -> float:
    """Right-hand sides, eliminated down to the borders; CONDENSE: the factor first.

    Returns the sum of the products then.
    """
    length, chunk, total = s.z.shape[1], k.scratch.shape[1], 0.0
    if task == CORRECT:
        right_hand_sides.begin_second(s, k, aim)
        right_hand_sides.closer_sides(h, k, 0.0)
    else:
        right_hand_sides.begin_direct(h, s, k, x)
    if task == CONDENSE:
        zero2(k.front)
        total = right_hand_sides.products(s)
    for t0 in range(0, length, chunk):
        n = min(chunk, length - t0)
        if task == CONDENSE:
            total += right_hand_sides.weigh(
                h, s, k, t0 + 1 if t0 > 0 else 0, min(length, t0 + n + 1)
            )
            factorise.factor(h, p, s, k, (t0, n))
        if task == CORRECT:
            right_hand_sides.second(h, s, k, (x, near_x), aim, t0, n)
        else:
            right_hand_sides.direct(h, s, k, x, t0, n)
        triangular_solve.forward_early(h, p, k, t0, n)
    if task == CONDENSE:
        factorise.complement(p, k)
    push_after(h, k.carried, k.solve_y)
    right_hand_sides.closer_sides(h, k, -1.0 if task == CORRECT else 0.0)
    triangular_solve.forward_late(h, p, k)
    return total


@njit(**INLINE)
def travel(task: int, h: A, p: A, s: A, k: A, aim: A, moves: A, steps: A) -> int:
    """NEAR, FULL: solve for the direction and measure how far it may go. STEP: go, and restore what
    clipping broke (`absorb`).
    ABSORB: restore it in every hour.

    moves: (x, dx, near_x, what dx adds to the last direction). Returns in how many hours prices had
        to be made to fit.
    """
    x, dx, near_x, more = moves
    length, chunk = s.z.shape[1], k.scratch.shape[1]
    direction = (k.near_z, k.near_y, k.near_w) if task == NEAR else (k.dz, k.dy, k.dw)
    if task < STEP:
        triangular_solve.backward_late(h, p, k, more)
        step.begin(task, k, p.early, direction)
    for t0 in range(0, length if task != ABSORB else 0, chunk):
        n = min(chunk, length - t0)
        if task < STEP:
            triangular_solve.backward_early(h, p, k, more, t0, n)
            for r in range(p.early):
                step.price(
                    task,
                    direction[1][r, t0 : t0 + n],
                    k.solve_y[r, t0 : t0 + n],
                    k.near_y[r, t0 : t0 + n],
                )
            right_hand_sides.move(h, s, k, dx, direction, t0, n)
        step.way(
            task,
            h,
            s,
            k,
            (x, dx, near_x, direction[0], direction[1], direction[2]),
            (aim, steps),
            t0,
            n,
        )
    if task != ABSORB:
        step.windows(task, h, s, k, aim, direction[2], steps)
    return (
        step.absorb(h, s, k, (1.0 - steps[2]) / steps[1] if task == STEP else -1.0)
        if task >= STEP
        else 0
    )
