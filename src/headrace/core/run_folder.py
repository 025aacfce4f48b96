"""A run is a folder; every view reads it, and nothing else passes between solving and showing.

    study.yaml          what the user wrote, byte for byte
    study.lock.yaml     every default, and what was read: files, catalogue, versions
    inputs/             a copy of every file that the study names (core/study_lock.py)
    events.jsonl        one line per step of the solution
    plan.json           the result
    hourly/node=000.parquet ...   what flows in each hour, one file per tree node
                                  (core/hourly_store.py)
    report.html         the report

Writes are whole or absent (core/atomic_write.py). One process holds a folder at a time. No
name leads out of the folder. A full disk is one clear message, and what stood in the folder before
still stands.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatch
from pathlib import Path

from headrace.core.atomic_write import (
    LEFT_BEHIND,
    replace_file,
    write_bytes,
    write_error,
    write_text,
)
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database, file_set, folder_lock
from headrace.core.files.file_set import FileSet
from headrace.core.files.inputs import MOST_BYTES, read_text

STUDY, LOCK, EVENTS, PLAN, REPORT, HOURLY = (
    "study.yaml",
    "study.lock.yaml",
    "events.jsonl",
    "plan.json",
    "report.html",
    "hourly",
)


PATIENCE = 5.0
"""How long a set of files that is being put in place is waited for [s]."""


CERTIFIED = "certified"
"""Stage of the event that says a certified plan is saved; the worth of its orders follows."""


@dataclass(frozen=True)
class Event:
    """One step on the way to a plan, as it is shown and as it is stored.

    seconds: wall time since the start [s]. stage: one word ("read", "formulate", "solve",
        "evaluate", "certified", "price", "tell", "deep").
    message: the step in words. iteration: counts from 1 inside a stage. done: share of the stage
        [0..1].
    lower_usd, upper_usd: best bounds on the objective so far [USD]; gap: (upper - lower) as DESIGN
        5 defines it [1].
    plan: words for the last finished plan that would be kept if one stopped now ("do nothing",
        "reduced hours", ...). None means not known yet.
    """

    seconds: float
    stage: str
    message: str = ""
    iteration: int | None = None
    done: float | None = None
    lower_usd: float | None = None
    upper_usd: float | None = None
    gap: float | None = None
    plan: str | None = None


@dataclass(frozen=True)
class RunFolder:
    """A run folder that exists. Make one with `create` or `open_run`."""

    root: Path

    def path(self, name: str) -> Path:
        """Where `name` stands in this folder.

        Raises InputError for a name that leads out of it, also through a link.
        """
        good = (
            bool(name)
            and "\0" not in name
            and not Path(name).is_absolute()
            and ".." not in Path(name).parts
        )
        path = self.root / name if good else self.root
        root = self.root.resolve()
        if not good or path.resolve() == root or root not in path.resolve().parents:
            raise InputError(
                InputFault(
                    Place(str(self.root)),
                    f"{name!r} leads out of the run folder",
                    "a name inside it",
                )
            )
        return path

    def read(self, name: str) -> str:
        """The text of a file.

        Raises InputError where it is absent, no regular file, larger than 512 MB or not UTF-8.
        """
        return read_text(self.path(name), MOST_BYTES, encoding="utf-8")

    def write(self, name: str, text: str) -> Path:
        """Put `text` in place whole, or leave what was there. Raises DiskFull."""
        self._stands()
        return write_text(self.path(name), text)

    def write_bytes(self, name: str, content: bytes) -> Path:
        """Put bytes in place whole, or leave what was there. Raises DiskFull."""
        self._stands()
        return write_bytes(self.path(name), content)

    def write_json(self, name: str, value: Mapping[str, object]) -> Path:
        """Put one JSON object in place whole.

        Raises ValueError for NaN and infinities, DiskFull.
        """
        return self.write(
            name, json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1) + "\n"
        )

    def replace(self, name: str, fill: Callable[[Path], None]) -> Path:
        """Let `fill` write a temporary file, then rename it to `name`: a reader sees the old file
        or the new one. Raises DiskFull, InputError.
        """
        self._stands()
        return replace_file(self.path(name), fill)

    def log(self, event: Event) -> None:
        """Append one line to events.jsonl. Raises DiskFull."""
        told = {name: value for name, value in asdict(event).items() if value is not None}
        path = self.path(EVENTS)
        self._stands()
        line = (json.dumps(told, allow_nan=False) + "\n").encode()
        try:
            # without waiting for the reader of a pipe that stands there
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
            handle = os.open(path, flags, 0o644)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)
        except OSError as error:
            raise write_error(error, path) from error

    def events(self) -> tuple[Event, ...]:
        """What was logged so far, oldest first.

        A line torn by a crash ends the list; an absent file is an empty one.
        """
        if not self.path(EVENTS).exists():
            return ()
        known = [field.name for field in fields(Event)]
        found: list[Event] = []
        for line in self.read(EVENTS).split("\n")[:-1]:
            try:
                told = json.loads(line)
                found.append(Event(**{name: told[name] for name in known if name in told}))
            except (ValueError, TypeError, RecursionError):
                break
        return tuple(found)

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the folder while a run writes to it: what an earlier writer left is finished or
        swept. Raises InputError where another process holds it.
        """
        with folder_lock.hold(self.root):
            file_set.finish(self.root)
            file_set.sweep(self.root, HOURLY)
            yield

    def replaced(self, last: str, gone: Iterable[str] = ()) -> AbstractContextManager[FileSet]:
        """A set of files that replaces what stood here when the block ends, `last` last.

        gone: names of older files that do not belong to it. The folder must be held.
        """
        self._stands()
        return file_set.replaced(self.root, last, gone)

    def _stands(self) -> None:
        """Raise InputError where the folder was taken away: it is not made anew without a study."""
        if not self.root.is_dir():
            found = "was removed while it was being written to"
            raise InputError(InputFault(Place(str(self.root)), found, fix="Run it again."))


def create(root: Path, study: str) -> RunFolder:
    """A run folder holding the study text `study`: new, or the one of an earlier run of the very
    same text.

    Raises InputError for a folder of something else, or one that cannot be written.
    """
    database.utf8(root)  # libraries that write files for us take no other names
    try:
        root.mkdir(parents=True, exist_ok=True)
        there = {entry.name for entry in root.iterdir() if not fnmatch(entry.name, LEFT_BEHIND)}
    except OSError as error:
        raise write_error(error, root) from error
    folder = RunFolder(root)
    if STUDY in there and folder.read(STUDY) != study:
        raise InputError(
            InputFault(
                Place(str(root)),
                "holds the run of another study",
                "a new folder",
                "Give another one with --out.",
            )
        )
    if there and STUDY not in there and there - {folder_lock.LOCK_FILE, file_set.NEXT}:
        raise InputError(
            InputFault(
                Place(str(root)),
                "is not empty and not a run folder",
                "a new folder",
                "Give another one with --out.",
            )
        )
    if STUDY not in there:
        with folder_lock.hold(root):  # two at once may each have found it empty
            if not (root / STUDY).exists():
                folder.write(STUDY, study)
        if folder.read(STUDY) != study:
            return create(root, study)  # raises: it holds another one by now
    return folder


def open_run(root: Path) -> RunFolder:
    """An existing run folder. Raises InputError where `root` is none."""
    if not root.is_dir():
        raise InputError(
            InputFault(
                Place(str(root)), "is not a folder", "a run folder, as `headrace plan` writes it"
            )
        )
    _finished(root)
    if not (root / STUDY).is_file() and not (root / PLAN).is_file():
        raise InputError(
            InputFault(
                Place(str(root)),
                f"holds neither {STUDY} nor {PLAN}",
                "a run folder, as `headrace plan` writes it",
            )
        )
    return RunFolder(root)


def _finished(root: Path) -> None:
    """Finish a set of files whose writer died; one that is still being put in place is waited for.

    Raises InputError where neither is possible.
    """
    patience = time.monotonic() + PATIENCE
    while (root / file_set.NEXT).is_dir():
        try:
            with folder_lock.hold(root):
                file_set.finish(root)
        except InputError:
            if time.monotonic() > patience:
                raise
            time.sleep(0.05)
