"""One process at a time writes to a folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headrace.core.atomic_write import write_error
from headrace.core.errors import InputError, InputFault, Place

LOCK_FILE = ".lock"


@contextmanager
def hold(root: Path) -> Iterator[None]:
    """Hold a folder that exists while something is written to it.

    The lock is the kernel's and ends with the process, however that ends; a lock file alone holds
    nothing. Raises InputError where another process holds it or nothing can be written.
    """
    path = root / LOCK_FILE
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise write_error(error, path) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            who = os.pread(handle, 20, 0).decode("ascii", "replace").strip() or "unknown"
            fix = "Wait for it, or give another folder with --out."
            found = f"is in use by process {who}"
            raise InputError(InputFault(Place(str(root)), found, fix=fix)) from error
        try:
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        except OSError as error:
            raise write_error(error, path) from error
        yield
    finally:
        os.close(handle)


def holder(root: Path) -> int | None:
    """The process that holds a folder now; None where nobody does, or it cannot be known."""
    try:
        handle = os.open(root / LOCK_FILE, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        told = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
        return int(told) if told.isascii() and told.isdigit() else None
    else:
        return None
    finally:
        os.close(handle)
