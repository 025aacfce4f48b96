"""Files written whole or not at all: a temporary file beside the target, fsync, rename.

A reader sees the old file or the new one, also after a crash: `rename` within one folder is atomic
(POSIX), the temporary file reaches the disk before its name does, and the folder's entry after it.
What a killed process leaves behind is a hidden `.NAME.PID.RANDOM.tmp`, which the next writer of
that file takes away.
"""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from headrace.core.errors import DiskFull, HeadraceError, InputError, InputFault, Place

LEFT_BEHIND = ".*.tmp"
"""Glob of the temporary files that a killed writer leaves."""

_KEPT_OF_A_NAME = 40  # characters; a temporary name must not be too long where the name is not
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# DuckDB passes the operating system's text on, without its number.
_FULL_WORDS = ("No space left", "File too large", "quota exceeded", "Could not write all bytes")


def replace_file(path: Path, fill: Callable[[Path], None]) -> Path:
    """Let `fill` write a temporary file, then rename it to `path`; returns `path`.

    Folders on the way are made. Whatever goes wrong, what stood at `path` still stands and the
    temporary file is gone. Raises DiskFull; InputError where `path` cannot be written; what `fill`
    raises beside OSError.
    """
    temporary = temporary_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fill(temporary)
        sync(temporary)
        os.replace(temporary, path)
        with suppress(OSError):  # some file systems cannot sync a folder; the file is whole already
            sync(path.parent)
        sweep_dead(path.parent, start_of(path))
    except OSError as error:
        raise write_error(error, path) from error
    finally:
        with suppress(OSError):
            temporary.unlink()
    return path


def write_text(path: Path, text: str) -> Path:
    """Put UTF-8 text in place whole, line ends as given. Raises as `replace_file`."""
    return write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> Path:
    """Put bytes in place whole. Raises as `replace_file`."""

    def fill(temporary: Path) -> None:
        temporary.write_bytes(content)

    return replace_file(path, fill)


def write_error(error: Exception, path: Path, fix: str = "") -> HeadraceError:
    """A failed write in words: DiskFull, else InputError with the place that cannot be written.

    error: an OSError, or the error of a library that writes files itself and quotes one.
    """
    if isinstance(error, OSError):
        full = error.errno in _FULL
        why = error.strerror or str(error)
    else:
        full = any(words in str(error) for words in _FULL_WORDS)
        why = (str(error).splitlines() or [type(error).__name__])[0]
    if full:
        return DiskFull(
            f"No room left on the disk to write {path}. What was saved before is whole; "
            "free some space and run again."
        )
    return InputError(
        InputFault(Place(str(path)), f"cannot be written: {why}", "a folder you may write", fix)
    )


def temporary_of(path: Path) -> Path:
    """A hidden name beside `path` that nobody else takes, and that `sweep_dead` knows."""
    own = f"{start_of(path)}{os.getpid()}.{secrets.token_hex(3)}.tmp"
    return path.with_name(own)


def start_of(path: Path) -> str:
    """How the names of the temporary files of `path` begin."""
    return f".{path.name[:_KEPT_OF_A_NAME]}."


def sweep_dead(folder: Path, start: str) -> None:
    """Remove what writers of the same file left who are no more: files and folders."""
    with suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(start) and entry.name.endswith(".tmp"):
                writer = entry.name[len(start) :].split(".")[0]
                if not (writer.isascii() and writer.isdigit()) or _lives(int(writer)):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)


def _lives(process: int) -> bool:
    """Whether a process goes on; one that we may not ask does."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def sync(path: Path) -> None:
    """Have the kernel put a file, or the names in a folder, on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
