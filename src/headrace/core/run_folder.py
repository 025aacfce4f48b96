"""A run is a folder; every view reads it, and nothing else passes between solving and showing.

    study.yaml          what the user wrote, byte for byte
    study.lock.yaml     every default, source and hash
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

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from headrace.core.atomic_write import LEFT_BEHIND, replace_file, write_error, write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import MOST_BYTES, read_text

STUDY, LOCK, EVENTS, PLAN, REPORT, HOURLY = (
    "study.yaml",
    "study.lock.yaml",
    "events.jsonl",
    "plan.json",
    "report.html",
    "hourly",
)
_HOLD = ".lock"


@dataclass(frozen=True)
class Event:
    """One step on the way to a plan, as it is shown and as it is stored.

    seconds: wall time since the start [s]. stage: one word ("read", "formulate", "solve",
        "evaluate", "price", "tell", "deep").
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
        return write_text(self.path(name), text)

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
        return replace_file(self.path(name), fill)

    def log(self, event: Event) -> None:
        """Append one line to events.jsonl. Raises DiskFull."""
        told = {name: value for name, value in asdict(event).items() if value is not None}
        path = self.path(EVENTS)
        try:
            with path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(told, allow_nan=False) + "\n")
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
        """Hold the folder while a run writes to it. Raises InputError where another process holds
        it.

        The lock is the kernel's and ends with the process, however that ends; a lock file alone
        holds nothing.
        """
        path = self.path(_HOLD)
        try:
            stream = path.open("a+", encoding="utf-8")
        except OSError as error:
            raise write_error(error, path) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                stream.seek(0)
                who = f"is in use by process {stream.read(20).strip() or 'unknown'}"
                fix = "Wait for it, or give another folder with --out."
                raise InputError(InputFault(Place(str(self.root)), who, fix=fix)) from error
            stream.truncate(0)
            stream.write(str(os.getpid()))
            stream.flush()
            for left in (*self.root.glob(LEFT_BEHIND), *self.root.glob(f"{HOURLY}/{LEFT_BEHIND}")):
                left.unlink()
            yield


def create(root: Path, study: str) -> RunFolder:
    """A run folder holding the study text `study`: new, or the one of an earlier run of the very
    same text.

    Raises InputError for a folder of something else, or one that cannot be written.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        there = {entry.name for entry in root.iterdir()}
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
    if there and STUDY not in there and there - {_HOLD}:
        raise InputError(
            InputFault(
                Place(str(root)),
                "is not empty and not a run folder",
                "a new folder",
                "Give another one with --out.",
            )
        )
    if STUDY not in there:
        folder.write(STUDY, study)
    return folder


def open_run(root: Path) -> RunFolder:
    """An existing run folder. Raises InputError where `root` is none."""
    if not root.is_dir():
        raise InputError(
            InputFault(
                Place(str(root)), "is not a folder", "a run folder, as `headrace plan` writes it"
            )
        )
    if not (root / STUDY).is_file() and not (root / PLAN).is_file():
        raise InputError(
            InputFault(
                Place(str(root)),
                f"holds neither {STUDY} nor {PLAN}",
                "a run folder, as `headrace plan` writes it",
            )
        )
    return RunFolder(root)
