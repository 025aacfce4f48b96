"""`headrace plan` as a child process of the app: started, watched, stopped with the best plan so
far kept.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from headrace.core.errors import InputError, InputFault, Place, StoppedEarly
from headrace.core.files import folder_lock
from headrace.core.run_folder import PLAN, STUDY, create
from headrace.show.app.shelf import Shelf
from headrace.show.run_names import free_folder

MOST_RUNNING = 2  # each takes two threads
MOST_WORDS = 4000
_DEATH_SIGNAL = 1  # prctl(PR_SET_PDEATHSIG)
PATIENCE = 120.0  # how long a stopped child may take to save its plan [s]

State = Literal["solving", "stopping", "planned", "stopped", "failed"]
Command = Callable[[Path, Path], list[str]]


@dataclass
class Child:
    """One solution that goes on or went on. root: its run folder; words: what it said on stderr;
    asked: to stop.
    """

    root: Path
    process: subprocess.Popen[bytes]
    words: IO[bytes]
    asked: bool = False

    def state(self) -> State:
        """Where it stands, by its exit code and by what it left behind."""
        code = self.process.poll()
        if code is None:
            return "stopping" if self.asked else "solving"
        if not (self.root / PLAN).is_file():
            return "failed"  # also where it was stopped before there was anything to keep
        return "planned" if code == 0 else "stopped" if code == StoppedEarly.exit_code else "failed"

    def said(self) -> str:
        """Why there is no plan: the end of what it said on stderr."""
        if self.asked:
            return "Stopped before there was a plan to keep."
        self.words.seek(0)
        return self.words.read()[-MOST_WORDS:].decode("utf-8", "replace").strip()


def command(study: Path, out: Path) -> list[str]:
    """The child: the same verb that a person types."""
    # -P: the folder that the app was started in is no place to import from
    return [sys.executable, "-P", "-m", "headrace", "plan", str(study), "--out", str(out)]


def _ends_with_its_parent() -> Callable[[], None] | None:
    """For the child, before it begins: on Linux the kernel asks it to stop, and to save its best
    plan, when its parent is no more (SIGKILL, out of memory). None elsewhere.
    """
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None, use_errno=True)  # loaded here: after the fork nothing may be

    def asked() -> None:
        library.prctl(_DEATH_SIGNAL, signal.SIGTERM, 0, 0, 0)

    return asked


@dataclass
class Solving:
    """The children of one app, by run name."""

    shelf: Shelf
    command: Command = command
    children: dict[str, Child] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)
    # The kernel takes the thread that started a child for its parent, so one thread starts all of
    # them and lives as long as the app.
    starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))

    def start(self, name: str, text: str) -> str:
        """Begin to plan the study `text` in a new run folder called `name`, or name-2, ...; returns
        its name.

        Raises InputError where two solutions go on already, DiskFull.
        """
        with self.turn:
            self._room()
            root = free_folder(self.shelf.root, name)
            create(root, text)
            self._begin(root)
        return root.name

    def resume(self, name: str) -> str:
        """Go on with a run that was stopped, in its own folder, from its last checkpoint; returns
        its name.

        Raises InputError where it is being solved, or where two solutions go on already.
        """
        with self.turn:
            if self.state(name) in ("solving", "stopping"):
                raise InputError(InputFault(Place(key=name), "is being solved already"))
            self._room()
            self._begin(self.shelf.find(name).root)
        return name

    def _room(self) -> None:
        if len(self.running()) + len(self.left()) >= MOST_RUNNING:
            found = f"{MOST_RUNNING} studies are being solved"
            raise InputError(InputFault(Place(), found, fix="Wait for one, or cancel it."))

    def _begin(self, root: Path) -> None:
        """Start the child that plans the study in `root`."""
        words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
        # A session of its own: Ctrl-C in the terminal reaches the app alone, which then asks
        # each child once to stop.
        process = self.starter.submit(
            subprocess.Popen,
            self.command(root / STUDY, root),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=words,
            start_new_session=True,
            preexec_fn=_ends_with_its_parent(),
        ).result()
        if (old := self.children.get(root.name)) is not None:
            old.words.close()
        self.children[root.name] = Child(root, process, words)

    def cancel(self, name: str) -> State:
        """Ask a solution to stop and keep its best plan; once only, since a second signal would
        interrupt the saving.
        """
        with self.turn:
            child = self.children.get(name)
            if child is None:
                return self._cancel_left(name)
            if child.process.poll() is None and not child.asked:
                child.asked = True
                child.process.terminate()
        return child.state()

    def _cancel_left(self, name: str) -> State:
        """Ask a solver that another app has left, or a terminal has started, to stop."""
        process = folder_lock.holder(self.shelf.find(name).root)
        if process is None or process == os.getpid():
            raise InputError(InputFault(Place(key=name), "is not being solved"))
        try:
            os.kill(process, signal.SIGTERM)
        except OSError as error:
            found = f"cannot be stopped: {error.strerror}"
            raise InputError(InputFault(Place(key=name), found)) from error
        return "stopping"

    def left(self) -> tuple[str, ...]:
        """Names of runs that are being solved by a process that this app did not start."""
        root = self.shelf.root
        names = [entry.name for entry in root.iterdir()] if root.is_dir() else []
        return tuple(
            name
            for name in names
            if name not in self.children and folder_lock.holder(root / name) is not None
        )

    def state(self, name: str) -> State | None:
        """Where the solution of a run stands; None where nobody solves it and this app did not."""
        child = self.children.get(name)
        if child is not None:
            return child.state()
        solving = bool(name) and folder_lock.holder(self.shelf.root / name) is not None
        return "solving" if solving else None

    def words(self, name: str) -> str:
        """What a solution that failed said."""
        child = self.children.get(name)
        return child.said() if child and child.state() == "failed" else ""

    def running(self) -> tuple[str, ...]:
        """Names of the runs that are being solved."""
        return tuple(name for name, child in self.children.items() if child.process.poll() is None)

    def close(self, patience: float = PATIENCE) -> None:
        """Stop every child and wait until each has saved its plan; what takes longer than
        `patience` [s] is killed.
        """
        try:
            for name in self.running():
                self.cancel(name)
            for child in self.children.values():
                child.process.wait(patience)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            pass
        finally:
            for child in self.children.values():
                if child.process.poll() is None:
                    child.process.kill()
                    child.process.wait()
                child.words.close()
