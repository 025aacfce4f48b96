"""The kernels made ready before the first iteration: on a fresh machine two processes compile them
side by side.

The compiler is held by one lock in each process, so that a second thread gains nothing. What the
second process compiles it keeps on disk, where this one finds it; whatever goes wrong over there is
compiled here at its first call (docs/decisions/0013).
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import typeof

from headrace.plan.interior_point.kernels import entry
from headrace.plan.interior_point.kernels.step import NO_STEP
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.interior_point.predictor_corrector import UNCENTRED
from headrace.plan.interior_point.repair import roles

OTHERS = ("advance", "repair")
"""For the second process: together they take about as long as `assemble`."""

PATIENCE = 60.0
"""How much longer the second process may take; then its kernels are compiled here as well [s]."""


def compile_kernels(node: NodeArrays) -> None:
    """Compile the kernels for such nodes, or load them, unless this process already has."""
    first = _kernel("assemble")
    if first.signatures:
        return
    types = kernel_types(node)
    beside = None
    if kept_on_disk(first) and not on_disk(first):
        beside = second_process({name: types[name] for name in OTHERS})
    first.compile(types["assemble"])
    if beside is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            beside.wait(PATIENCE)


def kernel_types(node: NodeArrays) -> dict[str, tuple[Any, ...]]:
    """Types of what each kernel is called with (`predictor_corrector`, `repair`)."""
    h, k, x = node.reduced.hours, node.work, np.zeros(1)
    inside = (0, h, node.pattern, node.state, k)
    calls = {
        "assemble": (*inside, x, x, UNCENTRED),
        "advance": (*inside, UNCENTRED, (x, x, x, x), NO_STEP),
        "repair": (
            h,
            roles(node),
            0,
            node.state.column,
            x,
            (k.row_rhs, k.column_rhs, k.combined_column, k.window_rhs),
        ),
    }
    return {name: tuple(typeof(each) for each in call) for name, call in calls.items()}


def _kernel(name: str) -> Any:
    """What numba made of a kernel: callable, and more."""
    return getattr(entry, name)


def kept_on_disk(kernel: Any) -> bool:
    """Whether numba has a folder to keep this kernel in: a second process would compile for nobody
    where it has none (core/compiled_code.py).
    """
    return kernel.stats.cache_path is not None


def on_disk(kernel: Any) -> bool:
    """Whether this kernel lies on disk, compiled, be it of an earlier version."""
    stem = Path(kernel.py_func.__code__.co_filename).stem
    return any(Path(kernel.stats.cache_path).glob(f"{stem}.*.{kernel.__name__}-*.nbi"))


def second_process(types: dict[str, tuple[Any, ...]]) -> subprocess.Popen[bytes] | None:
    """Another process that compiles these kernels; None where none can be started."""
    try:
        other = subprocess.Popen(
            # -P: a study's folder is no place to import from
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert other.stdin is not None
        with other.stdin as told:
            told.write(pickle.dumps(types))
    except OSError:
        return None
    return other


def main(read: Callable[[], bytes]) -> None:
    """What the second process does: compile what it is told, which keeps it on disk."""
    for name, types in pickle.loads(read()).items():
        _kernel(name).compile(types)


if __name__ == "__main__":
    main(sys.stdin.buffer.read)
