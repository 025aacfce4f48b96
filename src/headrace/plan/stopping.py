"""Work that may have to be left: it runs beside the main thread, which stays free to hear a signal.

A solver asked to stop answers with its best plan after its next iteration. Where it does not answer for a while (kernels
that are being compiled for the first time, a long simplex run) it is left alone, and what stood before is kept.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from headrace.core.errors import StoppedEarly

T = TypeVar("T")
PATIENCE = 10.0
"""How long a solver that was asked to stop may take to answer [s]; saving must still fit into half a minute."""
_LOOK = 0.05


class _Work(Generic[T]):
    """One piece of work and how it ended."""

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self.ended = threading.Event()
        self.result: T | None = None
        self.error: BaseException | None = None

    def __call__(self) -> None:
        try:
            self.result = self._work()
        except BaseException as error:  # whatever it is, it belongs to the thread that asked
            self.error = error
        finally:
            self.ended.set()


def patiently(work: Callable[[], T], stop: Callable[[], bool], patience: float = PATIENCE) -> T:
    """The result of `work`, which looks at `stop` itself now and then; whatever it raises is raised here.

    Raises StoppedEarly when `stop` has been true for `patience` [s] and the work goes on: its result is then lost.
    """
    going: _Work[T] = _Work(work)
    threading.Thread(target=going, name="headrace-solver", daemon=True).start()
    asked: float | None = None
    while not going.ended.wait(_LOOK):
        if asked is None and stop():
            asked = time.monotonic()
        if asked is not None and time.monotonic() - asked > patience:
            raise StoppedEarly(f"the solver was asked to stop and did not answer within {patience:g} seconds")
    if going.error is not None:
        raise going.error
    return going.result  # type: ignore[return-value]
