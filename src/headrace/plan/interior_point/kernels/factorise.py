"""Factor one node: eliminate every hour, carry the front, leave the Schur complement on the
borders.

Mehrotra's two solves of an iteration (1992) share this factor. Across nodes the complements add up
in the master system, as in OOPS (Gondzio and Grothey) and PIPS-IPM++ (Rehfeldt et al. 2022).
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.assembly import assemble_hours
from headrace.plan.interior_point.kernels.factorise_in_time import eliminate_in_time
from headrace.plan.interior_point.kernels.layout import (
    PIECE,
    ROUNDING,
    FillPattern,
    Hours,
    Iterate,
    Work,
)
from headrace.plan.interior_point.kernels.vector_ops import copy, inner


@njit(**PIECE)
def factorise(
    hours: Hours, pattern: FillPattern, iterate: Iterate, work: Work, span: tuple[int, int]
) -> None:
    """LDL' of a chunk of the node's Newton system (theta in theta, one hour ahead); span: first
    hour, hours.

    The front carries over; it starts at 0 and ends with the borders' complement
    (`schur_complement`).
    """
    assemble_hours(hours, pattern, iterate, work, span, (work.chunk_matrix, work.front))
    keep_diagonals(pattern, work, span)
    eliminate_local(pattern, iterate, work, span, (work.chunk_matrix, work.front))
    eliminate_in_time(
        hours, pattern, iterate, work, span, (work.chunk_matrix, work.front, work.unscaled)
    )


@njit(**PIECE)
def schur_complement(pattern: FillPattern, work: Work) -> None:
    """schur = the borders' complement, to be added to H."""
    first = pattern.windows + pattern.cyclic
    for a in range(pattern.borders):
        for b in range(pattern.borders):
            work.schur[a, b] = -work.front[first + a, first + b]


@njit(**PIECE)
def keep_diagonals(pattern: FillPattern, work: Work, span: tuple[int, int]) -> None:
    """The rows' diagonals before anything is eliminated: what a pivot has lost is measured by them
    [unit squared/kUSD]. They wait where the inverse pivots will be.
    """
    t0, n = span
    for a in range(pattern.local):
        copy(work.local_inverse[a, t0 : t0 + n], work.chunk_matrix[pattern.entry[a, a], :n])
    for a in range(pattern.time_entry.shape[0]):
        diagonal = work.chunk_matrix[pattern.time_entry[a, a], :n]
        copy(work.time_factor[a, a, t0 : t0 + n], diagonal)


@njit(**PIECE)
def eliminate_local(
    pattern: FillPattern,
    iterate: Iterate,
    work: Work,
    span: tuple[int, int],
    room: tuple[Floats, ...],
) -> None:
    """Pivot the local rows of all hours of the chunk. Multipliers are in [unit of one row/unit of
    the other].

    The matrix is A theta A' plus slack over dual, so a row's own slack over dual is the least its
    pivot can be; of two rows that say the same from both sides rounding takes all the rest. Nor is
    a pivot less than what rounding leaves of its diagonal, by which noise would grow.
    """
    t0, n = span
    hour = room[0]
    for a in range(pattern.local):
        inverse, pivot = work.local_inverse[a, t0 : t0 + n], hour[pattern.entry[a, a], :n]
        slack, dual = iterate.row_slack[a, t0 : t0 + n], iterate.row_dual[a, t0 : t0 + n]
        for i in range(n):
            inverse[i] = 1.0 / max(pivot[i], slack[i] / dual[i], ROUNDING * inverse[i])
        for e in range(pattern.pivot_ptr[a], pattern.pivot_ptr[a + 1]):
            column, share = (
                hour[pattern.entry[pattern.pivot_to[e], a], :n],
                work.local_factor[e, t0 : t0 + n],
            )
            for i in range(n):
                share[i] = column[i] * inverse[i]
            for f in range(pattern.pivot_ptr[a], e + 1):
                _update(
                    pattern,
                    (pattern.pivot_to[e], pattern.pivot_to[f]),
                    share,
                    hour[pattern.entry[pattern.pivot_to[f], a], :n],
                    room,
                )


@njit(**PIECE)
def _update(
    pattern: FillPattern,
    at: tuple[int, int],
    share: Floats,
    column: Floats,
    room: tuple[Floats, ...],
) -> None:
    """Entry (i, k) -= share * column; between two borders straight into the front."""
    hour, front = room
    target = pattern.entry[at[0], at[1]]
    if target >= 0:
        out = hour[target, : len(share)]
        for i in range(len(share)):
            out[i] -= share[i] * column[i]
    else:
        total = inner(share, column)
        front[at[0] - pattern.rows, at[1] - pattern.rows] -= total
        if at[0] != at[1]:
            front[at[1] - pattern.rows, at[0] - pattern.rows] -= total
