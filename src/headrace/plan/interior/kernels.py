"""The kernels that Python calls, one for each stage of a step: handing a node's sixty arrays over costs as much as a small stage.

    condense   weights of the columns, the factor, the borders' complement
    gather     right-hand sides of the predictor or the corrector, eliminated down to the borders
    settle     the direction, once the borders' move is known
    travel     along the relative moves: how far, what would be left, the step
    absorb     exact dual feasibility in clipped hours
    mend       a feasible point near the iterate at given capacities

Only these are kept on disk. numba does not notice when a callee in another file changes, so their key holds a fingerprint of
every file of kernels.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

from headrace.plan.interior import advance, columns, factor, mending, sweeps, vectors
from headrace.plan.interior.arrays import ENTRY
from headrace.plan.interior.vectors import A

FILES = (advance, columns, factor, mending, sweeps, vectors)


def fingerprint() -> int:
    """Of every source of the kernels: part of the key under which compiled code is kept."""
    sources = [Path(__file__), *(Path(str(module.__file__)) for module in FILES)]
    return int(hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:15], 16)


def _stages(key: int) -> tuple[Callable[..., float], Callable[..., None], Callable[..., None]]:
    @njit(**ENTRY)
    def condense(h: A, p: A, s: A, k: A) -> Any:
        """Factor the node; returns the sum of its products."""
        _ = key
        total = columns.weigh(h, s, k) + columns.products(s)
        factor.factor(h, p, s, k)
        return total

    @njit(**ENTRY)
    def gather(second: bool, h: A, p: A, s: A, k: A, x: A, near_x: A, aim: A) -> None:
        """Right-hand sides; second: the corrector's, after keeping the predictor's direction."""
        _ = key
        if second:
            columns.keep_near(k)
            columns.second(h, s, k, x, near_x, aim)
        else:
            columns.direct(h, s, k, x)
        sweeps.forward(h, p, k)

    @njit(**ENTRY)
    def settle(second: bool, h: A, p: A, s: A, k: A, step_x: A, dx: A) -> None:
        """Solve for the prices and the columns; second: on top of the predictor's direction, step_x being the increment."""
        _ = key
        sweeps.backward(h, p, k, step_x)
        if second:
            columns.add_near(k)
        columns.move(h, s, k, dx)

    return condense, gather, settle


def _ways(key: int) -> tuple[Callable[..., float], Callable[..., int], Callable[..., None]]:
    @njit(**ENTRY)
    def travel(task: int, h: A, s: A, k: A, aim: A, moves: A, steps: A) -> float:
        """`advance.travel`."""
        _ = key
        return advance.travel(task, h, s, k, aim, moves, steps)

    @njit(**ENTRY)
    def absorb(h: A, s: A, k: A, most: float) -> int:
        """`advance.absorb`."""
        _ = key
        return advance.absorb(h, s, k, most)

    @njit(**ENTRY)
    def mend(h: A, role: A, first_chain: int, values: A, x: A, room: A) -> None:
        """`mending.mend`."""
        _ = key
        mending.mend(h, role, first_chain, values, x, room)

    return travel, absorb, mend


condense, gather, settle = _stages(fingerprint())
travel, absorb, mend = _ways(fingerprint())
