"""The kernel's world in plain Python: its state as records whose fields are attributes, its pieces
as they were before compilation. A test of a piece then compiles nothing.
"""

from types import ModuleType

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher

from headrace.models.fleet.kernel import (
    batching,
    completing,
    control,
    dispatching,
    heaps,
    loads,
    metering,
    prefix,
    queues,
    releasing,
    routing,
    stepping,
)
from headrace.models.fleet.kernel.layout import State
from headrace.models.fleet.to_arrays import pack
from headrace.models.fleet.types import NO_OUTAGES, Fleet, ReplicaLimits, Trace, no_limits

MODULES: tuple[ModuleType, ...] = (
    batching, completing, control, dispatching, heaps, loads, metering, prefix, queues,
    releasing, routing, stepping,
)  # fmt: skip


def interpret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every piece of the kernel call the others uncompiled."""
    for module in MODULES:
        for name, piece in vars(module).items():
            if isinstance(piece, Dispatcher):
                monkeypatch.setattr(module, name, piece.py_func)


def records(values: np.ndarray) -> np.ndarray:
    """The same memory, its rows with fields as attributes."""
    return values.view(np.recarray) if values.dtype.names else values


def world_of(trace: Trace, fleet: Fleet, limits: ReplicaLimits | None = None) -> State:
    """A world in which nothing has happened yet; buckets of a minute, steps one by one."""
    told = no_limits(len(fleet.pools)) if limits is None else limits
    state = pack(trace, fleet, told, NO_OUTAGES, bucket=60.0, seed=0, jump=True)
    return State(*(records(values) for values in state))
