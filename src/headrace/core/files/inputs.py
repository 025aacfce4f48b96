"""The one door for every file that is read.

A name is taken literally and as it stands; what is behind it must be a regular file (no FIFO that
waits for ever, no device, no folder), of a size that its kind can have. Whatever is wrong is an
InputError that names the file.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import BinaryIO

from headrace.core.errors import InputError, InputFault, Place

MEGABYTE = 1_000_000
MOST_BYTES = 512 * 1024 * 1024
"""Largest file whose whole text is held [bytes], where its kind says nothing else."""

# A FIFO opens at once and is then refused; on Windows there is no such flag.
_OPENED = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
    (stat.S_ISSOCK, "is a socket"),
)


@contextmanager
def open_input(path: Path, most: int = MOST_BYTES, expected: str = "") -> Iterator[BinaryIO]:
    """A regular file of at most `most` bytes [byte], open for reading.

    expected: what the file should be, in words. Raises InputError for no such file, a folder, pipe
    or device, a file that is larger or cannot be opened.
    """
    try:
        handle = os.open(path, _OPENED)
    except (OSError, ValueError) as error:  # ValueError: a name that holds the character 0
        raise InputError(_not_opened(path, error, expected)) from None
    fault = _unfit(os.fstat(handle), most)
    if fault:
        os.close(handle)
        raise InputError(InputFault(Place(str(path)), fault[0], fault[1] or expected))
    with os.fdopen(handle, "rb") as stream:
        yield stream


def regular(path: Path, most: int = 2**63, expected: str = "") -> Path:
    """The path of a regular file of at most `most` bytes [byte], for a library that opens it.

    Raises InputError as `open_input` does.
    """
    with open_input(path, most, expected):
        return path


def read_bytes(path: Path, most: int = MOST_BYTES, expected: str = "") -> bytes:
    """All bytes of a regular file of at most `most` bytes [byte]. Raises InputError."""
    with open_input(path, most, expected) as stream:
        try:
            content = stream.read(most + 1)  # a file may grow while it is read
        except OSError as error:
            raise InputError(_not_opened(path, error, expected)) from None
    if len(content) > most:
        raise InputError(InputFault(Place(str(path)), "grows while it is read", expected))
    return content


def read_text(
    path: Path, most: int = MOST_BYTES, expected: str = "", encoding: str = "utf-8-sig"
) -> str:
    """The text of a regular file of at most `most` bytes [byte], with or without a byte order mark.

    Line ends become line feeds. Raises InputError.
    """
    try:
        text = read_bytes(path, most, expected).decode(encoding)
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is not UTF-8 text"
        raise InputError(InputFault(Place(str(path)), found, expected)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _unfit(found: os.stat_result, most: int) -> tuple[str, str] | None:
    """Why what was opened is no input: found, expected. None where it is one."""
    if not stat.S_ISREG(found.st_mode):
        words = next((told for holds, told in _KINDS if holds(found.st_mode)), "is no regular file")
        return f"{words}, not a regular file", ""
    if found.st_size > most:
        return f"has {found.st_size:,} bytes", f"at most {most:,} bytes"
    return None


def _not_opened(path: Path, error: Exception, expected: str) -> InputFault:
    """Why a file could not be opened, and the file nearby that may be meant."""
    if not isinstance(error, FileNotFoundError):
        why = getattr(error, "strerror", None) or str(error)
        return InputFault(Place(str(path)), f"cannot be read: {why}", expected)
    try:
        beside = [entry.name for entry in os.scandir(path.parent)]
    except OSError:
        beside = []
    near = get_close_matches(path.name, beside, n=1)
    fix = f"Did you mean `{near[0]}`?" if near else ""
    return InputFault(Place(str(path)), "there is no such file", expected, fix)
