"""The kernels that Python calls: handing a node's sixty arrays over costs as much as a small stage,
and compiling it seconds.

    gather     weights, factor and right-hand sides, eliminated down to the borders (visits.py)
    travel     the direction once the borders' move is known, how far it may go, and the step
               (visits.py)
    mend       a feasible point near the iterate at given capacities (mending.py)

Only these are kept on disk. numba does not notice when a callee in another file changes, so their
key holds a fingerprint of every file of kernels.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from numba import njit

from headrace.plan.interior_point.kernels import (
    factorise,
    layout,
    passes,
    repair_hours,
    right_hand_sides,
    step,
    triangular_solve,
    vector_ops,
)
from headrace.plan.interior_point.kernels.layout import ENTRY
from headrace.plan.interior_point.kernels.vector_ops import A

FILES = (
    step,
    layout,
    right_hand_sides,
    factorise,
    repair_hours,
    triangular_solve,
    vector_ops,
    passes,
)


def fingerprint() -> int:
    """Of every source of the kernels: part of the key under which compiled code is kept."""
    sources = [Path(__file__), *(Path(str(module.__file__)) for module in FILES)]
    return int(
        hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:15], 16
    )


def _kernels(key: int) -> tuple[Callable[..., float], Callable[..., int], Callable[..., None]]:
    @njit(**ENTRY)
    def gather(task: int, h: A, p: A, s: A, k: A, x: A, near_x: A, aim: A) -> float:
        """`visits.gather`."""
        _ = key
        return passes.gather(task, h, p, s, k, x, near_x, aim)

    @njit(**ENTRY)
    def travel(task: int, h: A, p: A, s: A, k: A, aim: A, moves: A, steps: A) -> int:
        """`visits.travel`."""
        _ = key
        return passes.travel(task, h, p, s, k, aim, moves, steps)

    @njit(**ENTRY)
    def mend(h: A, role: A, first_chain: int, values: A, x: A, room: A) -> None:
        """`mending.mend`."""
        _ = key
        repair_hours.mend(h, role, first_chain, values, x, room)

    return gather, travel, mend


gather, travel, mend = _kernels(fingerprint())
