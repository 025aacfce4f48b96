"""A plan stopped at any moment ends soon with the best that is there, and the same command goes on
from it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.builders.studies import MIDDLING

from headrace.core.run_folder import EVENTS, PLAN, RunFolder, open_run

HEARD, DONE = 1.0, 30.0
"""What is promised after SIGTERM [s]: a word, and every file."""


@dataclass
class Run:
    """`headrace plan` as a child; words: its stderr lines with the moment at which each came."""

    root: Path
    process: subprocess.Popen
    words: list[tuple[float, str]] = field(default_factory=list)
    listener: threading.Thread = field(init=False)
    asked: float = 0.0

    def __post_init__(self) -> None:
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self) -> None:
        with self.process.stderr as stream:
            self.words.extend((time.monotonic(), line) for line in stream)

    def out(self) -> str:
        """What it prints until it ends."""
        with self.process.stdout as stream:
            told = stream.read()
        self.process.wait(timeout=60)
        self.listener.join(timeout=60)
        return told

    def said(self) -> str:
        return "".join(line for _, line in self.words)

    def until(self, there, limit: float = 240.0) -> None:
        """Wait until the events so far please `there`, or the run has ended."""
        last = time.monotonic() + limit
        while self.process.poll() is None and time.monotonic() < last:
            if (self.root / EVENTS).exists() and there(RunFolder(self.root).events()):
                return
            time.sleep(0.02)
        pytest.fail(f"this moment did not come: {self.said()}")

    def stop(self) -> dict:
        """SIGTERM; what was printed, after the promises about time were held."""
        self.asked = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        out = self.out()
        assert self.process.returncode == 5, self.said()
        took = time.monotonic() - self.asked
        heard = next(at for at, line in self.words if line.startswith("Stopping"))
        assert heard - self.asked < HEARD
        assert took < DONE
        assert "Traceback" not in self.said()
        return json.loads(out)


def begin(folder: Path) -> Run:
    study = folder / "middling.yaml"
    study.write_text(MIDDLING)
    command = [
        sys.executable,
        "-m",
        "headrace.show.cli",
        "plan",
        str(study),
        "--out",
        str(folder / "run"),
        "--json",
    ]
    return Run(
        folder / "run",
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder
        ),
    )


def finish(run: Run) -> dict:
    out = run.out()
    assert run.process.returncode == 0, run.said()
    return json.loads(out)


def iterations(folder: Path) -> list[int]:
    return [event.iteration for event in open_run(folder).events() if event.iteration is not None]


def test_killed_while_orders_are_valued_and_resumed(tmp_path):
    """kill -9 leaves the certified plan, its orders not valued: the next run goes on from it."""
    run = begin(tmp_path)
    run.until(lambda events: events[-1].stage == "price")
    run.process.kill()
    run.out()
    left = json.loads((run.root / PLAN).read_text())
    assert left["status"]["state"] == "finished"
    assert all(order.get("decided") is None for order in left["orders"])
    first = len(iterations(run.root))
    again = begin(tmp_path)
    assert finish(again)["gap"] <= 1e-3
    assert "proved anew" in again.said()
    assert len(iterations(run.root)) == first


def test_stopped_while_the_study_is_read(tmp_path):
    run = begin(tmp_path)
    last = time.monotonic() + 60
    while not run.words and time.monotonic() < last:
        time.sleep(0.02)
    assert run.stop().get("orders", []) == []  # or nothing but that it was stopped


@pytest.mark.slow
def test_stopped_while_kernels_are_compiled(tmp_path, monkeypatch):
    """Nobody waits for a compiler: the plan that does nothing is saved, and the files are there in
    time.
    """
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "kernels"))
    run = begin(tmp_path)
    run.until(lambda events: events[-1].message == "all hours of every node at once")
    time.sleep(2.0)
    assert run.stop().get("orders", []) == []  # or nothing but that it was stopped
    assert os.listdir(run.root / "hourly")
