"""The fault injector: it finds what it plants, and finds nothing in the verbs."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from headrace.show.faults import KINDS, injector, tried
from headrace.show.faults.injector import KILL, Bench, Ended, Strike, bench_of, earlier, row
from headrace.show.faults.verbs import FaultVerb, inputs, left_over, seen, state, verbs

pytestmark = pytest.mark.skipif(
    shutil.which("cc") is None or not sys.platform.startswith("linux"),
    reason="the shim needs a C compiler and Linux",
)


def bench(root: Path, old: dict[str, str], new: dict[str, str]) -> Bench:
    return Bench(None, lambda words: 0, FaultVerb("x", lambda root: []), root, old, new)


def test_a_reader_sees_what_stands_and_not_what_is_hidden(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("1")
    (tmp_path / ".next").mkdir()
    (tmp_path / ".next" / "a.csv").write_text("x")
    (tmp_path / "a.csv").write_text("x")
    (tmp_path / "p.json").write_text('{"solve_seconds": 1.5, "after_seconds": 1, "x": 1}')
    first = seen(tmp_path)
    assert set(first) == {"a.csv", "p.json"}
    (tmp_path / "p.json").write_text('{"solve_seconds": 9.25, "after_seconds": 2, "x": 1}')
    assert seen(tmp_path) == first
    (tmp_path / "p.json").write_text('{"solve_seconds": 9.25, "after_seconds": 2, "x": 2}')
    assert seen(tmp_path) != first
    assert left_over(tmp_path) == [".next"]


def test_mixed_torn_and_untrue_are_told(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"old {name}")
    old = dict(seen(tmp_path))
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"new {name}")
    new = dict(seen(tmp_path))
    on_trial = bench(tmp_path, old, new)
    assert on_trial._stands(tmp_path, done=True) == ""
    (tmp_path / "a").write_text("old a")
    assert on_trial._stands(tmp_path, done=False).startswith("mixed")
    (tmp_path / "a").write_text("half of")
    assert on_trial._stands(tmp_path, done=False).startswith("torn")
    (tmp_path / "a").unlink()
    assert on_trial._stands(tmp_path, done=False) == ""
    assert on_trial._stands(tmp_path, done=True).startswith("it said that all is well")


@pytest.mark.parametrize(
    ("ended", "kill", "words"),
    [
        (Ended(0, "", 1), False, ""),
        (Ended(2, "error x", 1), False, ""),
        (Ended(2, "", 1), False, "without a word"),
        (Ended(1, "a defect of ours", 1), False, "code 1"),
        (Ended(5, "Traceback", 1), False, "code 5"),
        (Ended(-14, "", 1), False, "code -14"),
        (Ended(-9, "", 1), True, ""),
        (Ended(-11, "", 1), True, "code -11"),
    ],
)
def test_how_a_command_may_end(tmp_path: Path, ended: Ended, kill: bool, words: str) -> None:
    found = bench(tmp_path, {}, {})._ended(ended, Strike(0, 1, kill=kill))
    assert words in found
    assert bool(words) == bool(found)


def test_an_older_plan_is_no_torn_one_only_where_it_says_so(tmp_path: Path, monkeypatch) -> None:
    on_trial = bench(tmp_path, {"a": "old"}, {"a": "new"})
    (tmp_path / "a").write_text("another")
    assert not earlier(tmp_path)
    assert on_trial._stands(tmp_path, done=False).startswith("torn")
    monkeypatch.setattr(injector, "earlier", lambda root: True)
    assert on_trial._stands(tmp_path, done=False) == ""


def refuses_what_it_left(words: list[str]) -> int:
    """A verb that is wrong on purpose: killed between its two files, it refuses to run again."""
    begun, half, done = (Path(words[0]) / name for name in (".begun", ".done.tmp", "done"))
    if begun.exists() and not done.exists():
        print("error: something stands there", file=sys.stderr)
        return 2
    begun.write_bytes(b"1")
    half.write_bytes(b"1")
    half.rename(done)
    return 0


def on_trial_here(library: str, folder: str) -> None:
    """What the process with the shim does in the test below: one row of that verb."""
    verb = FaultVerb("refuses", lambda root: [str(root)])
    made = bench_of(ctypes.CDLL(library), refuses_what_it_left, verb, Path(folder))
    print(json.dumps([asdict(row(made, KILL, 1)), len(made.after)]))


def test_a_command_that_refuses_what_it_left_is_found_at_every_such_point(tmp_path: Path) -> None:
    """Killed before each of two opens, two writes and a rename: after the first there is something
    that it refuses, and each time something else.
    """
    shim = injector.compiled(tmp_path)
    root = Path(__file__).parents[2]
    code = "import sys; from tests.show import test_faults as t; t.on_trial_here(*sys.argv[1:])"
    told = subprocess.run(
        [sys.executable, "-c", code, str(shim), str(tmp_path)],
        env={**os.environ, "LD_PRELOAD": str(shim), "PYTHONPATH": os.pathsep.join(sys.path)},
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    )
    found, states = json.loads(told.stdout)
    assert (found["tries"], states) == (5, 5)
    points = [failure.split(":")[0] for failure in found["failures"]]
    assert points == ["2/5", "3/5", "4/5", "5/5"]
    refused = "then refused (2): error: something stands there"
    assert all(refused in failure for failure in found["failures"])


def test_what_was_tried_once_is_told_again_and_only_of_what_is_equal(tmp_path, monkeypatch) -> None:
    """Faults that leave the same share one second run; one that leaves another has its own."""
    seconds: list[str] = []

    def attempt(shim: object, run: object, words: object, root: Path, fault: Strike) -> Ended:
        if fault is not injector.NONE:
            (root / ".left").write_text("bad" if fault.at > 1 else "good")
            return Ended(5, "stopped", 1)
        seconds.append((root / ".left").read_text())
        return Ended(2 if seconds[-1] == "bad" else 0, "refused", 1)

    monkeypatch.setattr(injector, "attempt", attempt)
    on_trial = bench(tmp_path, {}, {})
    told = [on_trial.wrong(Strike(1, at)) for at in (1, 2, 1, 3, 2)]
    assert [bool(words) for words in told] == [False, True, False, True, True]
    assert seconds == ["good", "bad"]


def test_the_state_of_a_folder_is_all_that_a_command_can_find(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"solve_seconds": 1.5, "x": 1}')
    (tmp_path / ".a.12.tmp").write_text("x")
    first = state(tmp_path)
    (tmp_path / "a.json").write_text('{"solve_seconds": 2.5, "x": 1}')
    (tmp_path / ".a.12.tmp").rename(tmp_path / ".a.13.tmp")  # the number of another process
    assert state(tmp_path) == first
    (tmp_path / ".hidden").touch()
    second = state(tmp_path)
    assert second != first
    (tmp_path / ".hidden").unlink()
    (tmp_path / ".hidden").mkdir()
    assert state(tmp_path) not in (first, second)
    (tmp_path / ".hidden").rmdir()
    (tmp_path / "a.json").write_text('{"solve_seconds": 2.5, "x": 2}')
    assert state(tmp_path) != first


def test_every_verb_that_writes_is_tried(tmp_path: Path) -> None:
    inputs(tmp_path)
    names = {verb.name.split()[0] for verb in verbs(tmp_path)}
    wanted = "ledger examples audit settle plan report sweep fleet replay"
    assert names == set(wanted.split())


def test_the_quick_part_of_the_table() -> None:
    """Every fifth point of the cheap verbs; `headrace bench faults` tries them all."""
    rows = list(tried(["ledger append", "examples"], [KILL, "open", "write", "rename"], every=5))
    assert [row.failures for row in rows if row.failures] == []
    assert {row.verb for row in rows} == {"ledger append", "examples"}
    assert sum(row.tries for row in rows) > 40


@pytest.mark.slow
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("verb", ["plan", "plan again", "settle again", "sweep", "report", "audit"])
def test_no_kill_and_no_fault_leaves_anything_wrong(verb: str) -> None:
    rows = list(tried([verb], [KILL, *(kind for kind in KINDS if kind != "memory")], every=3))
    assert [row for row in rows if row.failures] == []
    assert sum(row.tries for row in rows) > 20
