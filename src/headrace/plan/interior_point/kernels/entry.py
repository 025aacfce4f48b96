"""The kernels that Python calls: handing a node's sixty arrays over costs as much as a small stage,
and compiling it seconds.

    assemble   weights, factor and right-hand sides, eliminated down to the borders (passes.py)
    advance    the direction once the borders' move is known, how far it may go, and the step
               (passes.py)
    repair     a feasible point near the iterate at given capacities (repair_hours.py)

Only these are kept on disk. numba does not notice when a callee in another file changes, so their
key holds a fingerprint of every file of kernels.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels import passes, repair_hours
from headrace.plan.interior_point.kernels.layout import (
    ENTRY,
    FillPattern,
    Hours,
    Iterate,
    RepairRoles,
    Work,
)


def fingerprint() -> int:
    """Of every source of the kernels: part of the key under which compiled code is kept."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    return int(digest[:15], 16)


def _kernels(key: int) -> tuple[Callable[..., float], Callable[..., int], Callable[..., None]]:
    @njit(**ENTRY)
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
        """`passes.assemble`."""
        _ = key
        return passes.assemble(task, hours, pattern, iterate, work, x, affine_x, centring)

    @njit(**ENTRY)
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
        """`passes.advance`."""
        _ = key
        return passes.advance(task, hours, pattern, iterate, work, centring, moves, steps)

    @njit(**ENTRY)
    def repair(
        hours: Hours,
        role: RepairRoles,
        first_chain: int,
        values: Floats,
        x: Floats,
        room: tuple[Floats, ...],
    ) -> None:
        """`repair_hours.repair`."""
        _ = key
        repair_hours.repair(hours, role, first_chain, values, x, room)

    return assemble, advance, repair


def forget_unreadable(kernels: Iterable[Callable[..., object]]) -> None:
    """Remove from disk the index of a kernel that cannot be read: a class in its signatures has
    another name by now. numba stamps an index with this file alone, and would end with an error.
    """
    for kernel in kernels:
        file = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
        if file is None:
            continue
        try:
            file._load_index()
        except (AttributeError, ImportError, EOFError, pickle.UnpicklingError):
            with suppress(OSError):
                Path(file._index_path).unlink()


assemble, advance, repair = _kernels(fingerprint())
forget_unreadable((assemble, advance, repair))
