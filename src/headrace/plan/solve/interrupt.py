"""Work that may have to be left: it runs beside the main thread, which stays free to hear a signal.

A solver asked to stop answers with its best plan after its next iteration. Where it does not answer
for a while (kernels that are being compiled for the first time, a long simplex run) it is left
alone, and what stood before is kept.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from headrace.core.errors import StoppedEarly

T = TypeVar("T")
PATIENCE, BRIEF = 10.0, 2.0
"""How long a solver that was asked to stop may take to answer [s]: with bounds already told, and
with nothing to lose.
"""
_LOOK = 0.05
_NAME = "headrace-solver"


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


def patiently(
    work: Callable[[], T],
    stop: Callable[[], bool],
    patience: Callable[[], float] = lambda: PATIENCE,
    who: str = "the solver",
) -> T:
    """The result of `work`, which looks at `stop` itself now and then; whatever it raises is raised
    here.

    who: does the work, in words. Raises StoppedEarly when `stop` has been true for longer than
    `patience()` [s] and the work goes on: its result is then lost.
    """
    going: _Work[T] = _Work(work)
    threading.Thread(target=going, name=_NAME, daemon=True).start()
    asked: float | None = None
    while not going.ended.wait(_LOOK):
        if asked is None and stop():
            asked = time.monotonic()
        if asked is not None and time.monotonic() - asked > patience():
            raise StoppedEarly(f"{who} did not answer within {patience():g} seconds")
    if going.error is not None:
        raise going.error
    return going.result  # type: ignore[return-value]


def leave(code: int) -> None:
    """End the process at once with `code` where a solver was left behind: it would hold the door
    until it is done.
    """
    if any(thread.name == _NAME for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
