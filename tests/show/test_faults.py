"""The fault injector: it finds what it plants, and finds nothing in the verbs."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from headrace.show.faults import KINDS, injector, tried
from headrace.show.faults.injector import KILL, Bench, Ended, Strike, stopped
from headrace.show.faults.verbs import FaultVerb, inputs, left_over, seen, verbs

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
    assert not stopped(tmp_path)
    assert on_trial._stands(tmp_path, done=False).startswith("torn")
    monkeypatch.setattr(injector, "stopped", lambda root: True)
    assert on_trial._stands(tmp_path, done=False) == ""


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
