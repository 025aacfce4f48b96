"""Files that belong together, replaced together: at no moment do some of the old stand beside some
of the new, whatever kills the process.

    1  every file is written whole into `.next.*.tmp` and put on the disk
    2  that folder is renamed to `.next`: from here on the new set is the one that counts
    3  the old files go, the one that names the set first; then the new ones come, that one last

A process that dies before 2 leaves the old set and a folder that the next writer sweeps. One that
dies after 2 leaves all of the new set: whoever opens the folder next finishes step 3 (`finish`).
Between the two a reader finds files of one set only, and not the one that names it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from headrace.core.atomic_write import LEFT_BEHIND, sync, write_bytes, write_error, write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text

NEXT = ".next"
_LIST = "set.json"


@dataclass(frozen=True)
class FileSet:
    """A set of files that is being written. root: where it is written to, not yet where it goes."""

    root: Path

    def path(self, name: str) -> Path:
        """Where to write the file that will be called `name`; its folders are made.

        Raises InputError, DiskFull.
        """
        path = self.root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise write_error(error, path) from error
        return path

    def write(self, name: str, text: str) -> Path:
        """One file of text. Raises DiskFull, InputError."""
        return write_text(self.path(name), text)

    def write_bytes(self, name: str, content: bytes) -> Path:
        """One file of bytes. Raises DiskFull, InputError."""
        return write_bytes(self.path(name), content)


@contextmanager
def replaced(root: Path, last: str, gone: Iterable[str] = ()) -> Iterator[FileSet]:
    """Let the block write a set of files; when it ends, the set replaces what stood in `root`.

    The folder must be held (core/files/folder_lock.py). last: the file that names the set, without
    which the others count for nothing. gone: names of older files that do not belong to it. Raises
    what the block raises, and DiskFull or InputError where something cannot be written; then the
    old set stands.
    """
    staging = root / f"{NEXT}.{os.getpid()}.{secrets.token_hex(3)}.tmp"
    try:
        staging.mkdir()
        made = FileSet(staging)
        yield made
        names = sorted(
            path.relative_to(staging).as_posix() for path in staging.rglob("*") if path.is_file()
        )
        made.write(_LIST, json.dumps({"last": last, "files": names, "gone": sorted(gone)}))
        for folder in (*(path for path in staging.rglob("*") if path.is_dir()), staging):
            with suppress(OSError):
                sync(folder)
        os.rename(staging, root / NEXT)
        with suppress(OSError):
            sync(root)
    except OSError as error:
        raise write_error(error, root) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    finish(root)


def finish(root: Path) -> bool:
    """Put a set that was written to its end in its place; returns whether there was one.

    The folder must be held. Raises DiskFull or InputError where that cannot be done.
    """
    waiting = root / NEXT
    if not waiting.is_dir():
        return False
    told = _told(waiting)
    files = [name for name in told["files"] if (waiting / name).is_file()]
    last = told["last"]
    try:
        if len(files) == len(told["files"]):  # none has come yet, so the old ones go
            for name in dict.fromkeys((*last, *told["gone"], *files)):
                (root / name).unlink(missing_ok=True)
            with suppress(OSError):
                sync(root)
        for name in (
            *(each for each in files if each not in last),
            *(n for n in files if n in last),
        ):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(waiting / name, root / name)
        done = root / f"{NEXT}.{os.getpid()}.{secrets.token_hex(3)}.tmp"
        os.rename(waiting, done)  # what is half removed is a set no more
        shutil.rmtree(done, ignore_errors=True)
        for folder in {(root / name).parent for name in files}:
            with suppress(OSError):
                sync(folder)
    except OSError as error:
        raise write_error(error, root) from error
    return True


def sweep(root: Path, *inner: str) -> None:
    """Remove what killed writers left in a folder that is held, and in folders inside it."""
    for folder in (root, *(root / name for name in inner)):
        for left in folder.glob(LEFT_BEHIND):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                with suppress(OSError):
                    left.unlink()


def _told(waiting: Path) -> dict[str, list[str]]:
    """What belongs to a set that waits. Raises InputError for names that lead elsewhere."""
    try:
        told = json.loads(read_text(waiting / _LIST, 10_000_000))
        found = {"last": [told["last"]], "files": told["files"], "gone": told["gone"]}
        names = [name for each in found.values() for name in each]
        inside = all(
            isinstance(n, str) and n and not Path(n).is_absolute() and ".." not in Path(n).parts
            for n in names
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        inside = False
    if not inside:
        fix = f"Delete the folder `{NEXT}` in it."
        raise InputError(InputFault(Place(str(waiting)), "is not a set of files of ours", fix=fix))
    return found
