"""The process around a verb: its streams, its signals, the memory it may take, and what the
operating system refuses, in words.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from headrace.core.atomic_write import write_error
from headrace.core.errors import (
    HeadraceError,
    InputError,
    InputFault,
    OutOfMemory,
    Place,
    StoppedEarly,
)
from headrace.core.files import memory

MEMORY = "--memory"
STOPPED = "Stopped early, as you asked. What was saved before is whole."
UNSUPPORTED = (
    "Headrace runs on Linux and macOS. On Windows, run it inside the Windows Subsystem for Linux."
)


def ready() -> None:
    """Make the streams usable wherever the process was started, and hear every signal to stop.

    A closed stream is written to nowhere; a character that a terminal cannot show is written out;
    SIGTERM and SIGHUP interrupt as Ctrl-C does, so that what was begun is cleaned up.
    """
    if os.name == "nt":
        raise SystemExit(UNSUPPORTED)
    for handle in (0, 1, 2):
        try:
            os.fstat(handle)
        except OSError:  # else the next file that is opened would take its place, and be written to
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    for number in ("SIGTERM", "SIGHUP"):
        # what was told to be ignored (`nohup`) stays ignored
        if signal.getsignal(getattr(signal, number)) is signal.SIG_DFL:
            signal.signal(getattr(signal, number), signal.default_int_handler)


@contextlib.contextmanager
def within(words: list[str]) -> Iterator[list[str]]:
    """The words without `--memory SIZE`, which holds for the verb and its children while the block
    runs. Raises InputError for a size that is none.
    """
    left, size = [], ""
    waiting = iter(words)
    for word in waiting:
        if word == MEMORY:
            size = next(waiting, "nothing")
        elif word.startswith(f"{MEMORY}="):
            size = word.partition("=")[2] or "nothing"
        else:
            left.append(word)
    before = os.environ.get(memory.ASKED)
    if size:
        os.environ[memory.ASKED] = f"{memory.asked(size):.0f} B"
    elif before:
        memory.limit()
    try:
        yield left
    finally:
        if size and before is None:
            del os.environ[memory.ASKED]
        elif size and before is not None:
            os.environ[memory.ASKED] = before


OF_DUCKDB = ("InternalException", "InvalidInputException", "IOException", "FatalException")
"""What DuckDB raises where it cannot go on, also where an allocation fails in what it unpacks."""

NO_MEMORY = (
    "There is not enough memory. What was saved before is whole; give less, or more memory "
    f"({MEMORY}, or a larger machine)."
)


def in_words(error: Exception) -> HeadraceError | None:
    """What the operating system or a library refused, as an error that a person can act on; None
    for a defect.
    """
    # The parser of Python itself gives up without an exception where an allocation fails.
    nothing_said = isinstance(error, SystemError) and "without setting an exc" in str(error)
    named = type(error).__name__ == "OutOfMemoryException"
    if isinstance(error, MemoryError) or nothing_said or named:
        return OutOfMemory(NO_MEMORY)
    if type(error).__name__ in OF_DUCKDB:
        what = str(error).strip().partition("\n")[0]
        return StoppedEarly(f"DuckDB, which reads the files, gave up ({what}). {NO_MEMORY}")
    if isinstance(error, OSError) and error.errno is not None:
        if error.filename is None:
            return write_error(error, Path("output"))
        found = f"cannot be used: {error.strerror or error}"
        return InputError(InputFault(Place(str(error.filename)), found))
    return None


def stopped() -> int:
    """Say that a signal ended the verb; returns the exit code."""
    # Python ends the process by the signal once more where it came inside a text that `exec` ran
    # (dataclasses are made so), although it was caught. Another text makes it forget that.
    exec("")
    print(STOPPED, file=sys.stderr)
    return StoppedEarly.exit_code


def leave_stdout() -> None:
    """Write no more to stdout: Python would complain once more while it closes it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
