"""`headrace plan` as a child process of the app: started, watched, stopped with the best plan so
far kept.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Literal

from headrace.core.errors import InputError, InputFault, Place, StoppedEarly
from headrace.core.run_folder import PLAN, STUDY, create
from headrace.show.app.shelf import Shelf
from headrace.show.run_names import free_folder

MOST_RUNNING = 2  # each takes two threads
MOST_WORDS = 4000
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
    return [sys.executable, "-m", "headrace", "plan", str(study), "--out", str(out)]


@dataclass
class Solving:
    """The children of one app, by run name."""

    shelf: Shelf
    command: Command = command
    children: dict[str, Child] = field(default_factory=dict)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def start(self, name: str, text: str) -> str:
        """Begin to plan the study `text` in a new run folder called `name`, or name-2, ...; returns
        its name.

        Raises InputError where two solutions go on already, DiskFull.
        """
        with self.turn:
            if (
                sum(child.process.poll() is None for child in self.children.values())
                >= MOST_RUNNING
            ):
                raise InputError(
                    InputFault(
                        Place(),
                        f"{MOST_RUNNING} studies are being solved",
                        fix="Wait for one, or cancel it.",
                    )
                )
            root = free_folder(self.shelf.root, name)
            create(root, text)
            words = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
            # A session of its own: Ctrl-C in the terminal reaches the app alone, which then asks
            # each child once to stop.
            process = subprocess.Popen(
                self.command(root / STUDY, root),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                start_new_session=True,
            )
            self.children[root.name] = Child(root, process, words)
        return root.name

    def cancel(self, name: str) -> State:
        """Ask a solution to stop and keep its best plan; once only, since a second signal would
        interrupt the saving.
        """
        with self.turn:
            child = self.children.get(name)
            if child is None:
                raise InputError(InputFault(Place(key=name), "is not being solved by this app"))
            if child.process.poll() is None and not child.asked:
                child.asked = True
                child.process.terminate()
        return child.state()

    def state(self, name: str) -> State | None:
        """Where the solution of a run stands; None where this app did not start one."""
        child = self.children.get(name)
        return child.state() if child else None

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
