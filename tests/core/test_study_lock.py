"""The lock names what it locks, and a run folder holds it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from headrace.core import study_lock
from headrace.core.errors import InputError
from headrace.core.run_folder import LOCK, RunFolder
from headrace.core.study_lock import (
    lock_inputs,
    locked_file,
    other_makers,
    read_lock,
    write_lock,
)
from headrace.energy.weather.series import named_file


@pytest.fixture
def locked(tmp_path: Path) -> RunFolder:
    (tmp_path / "wx.csv").write_text("sun\n")
    (tmp_path / "run").mkdir()
    folder = RunFolder(tmp_path / "run")
    named = {"wx.csv": (tmp_path / "wx.csv", False), "tmy3:1": (tmp_path / "wx.csv", True)}
    write_lock(folder, "study: x\n", {"study": "x"}, lock_inputs(named, folder))
    return folder


def test_a_copy_stands_in_for_the_file(locked: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "wx.csv").unlink()
    found = locked_file("wx.csv", locked.root)
    assert found is not None
    assert found.read_text() == "sun\n"
    assert found.parent == locked.root / "inputs"
    assert locked_file("tmy3:1", locked.root) is None  # it travels with a package
    assert locked_file("other.csv", locked.root) is None
    assert locked_file("wx.csv", None) is None
    assert locked_file("wx.csv", tmp_path) is None


def test_another_file_of_the_same_name_makes_another_lock(
    locked: RunFolder, tmp_path: Path
) -> None:
    first = locked.read(LOCK)
    (tmp_path / "wx.csv").write_text("rain\n")
    again = lock_inputs({"wx.csv": (tmp_path / "wx.csv", False)}, locked)
    write_lock(locked, "study: x\n", {"study": "x"}, again)
    assert locked.read(LOCK) != first
    assert len(list((locked.root / "inputs").iterdir())) == 2


def test_the_lock_names_versions_and_catalogue(locked: RunFolder, monkeypatch) -> None:
    told = json.loads(locked.read(LOCK))
    assert set(study_lock.PACKAGES) == set(told["versions"])
    assert len(told["catalogue"]) == 64
    assert told["inputs"]["wx.csv"]["bytes"] == 4
    assert other_makers(locked.root) == ""
    monkeypatch.setattr(study_lock, "versions", lambda: {**told["versions"], "highspy": "9"})
    assert "highspy" in other_makers(locked.root)


def test_an_altered_copy_is_refused(locked: RunFolder) -> None:
    (copy,) = (locked.root / "inputs").iterdir()
    copy.write_text("rain\n")
    with pytest.raises(InputError, match="not the file that the plan was made of"):
        locked_file("wx.csv", locked.root)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"inputs": 3}',
        '{"inputs": {"a": {}}}',
        '{"inputs": {}, "versions": 1}',
        "[" * 99999,
    ],
)
def test_a_lock_that_is_none_is_words(locked: RunFolder, text: str) -> None:
    locked.path(LOCK).write_text(text)
    with pytest.raises(InputError, match="no lock of ours"):
        read_lock(locked.root)


def test_a_lock_of_before_files_were_named_is_passed_over(locked: RunFolder) -> None:
    locked.write_json(LOCK, {"sha256": "x", "study": {}})
    assert read_lock(locked.root) is None
    assert other_makers(locked.root) == ""


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", ".."])
def test_a_lock_leads_nowhere(locked: RunFolder, name: str) -> None:
    told = json.loads(locked.read(LOCK))
    told["inputs"]["wx.csv"]["file"] = name
    locked.write_json(LOCK, told)
    with pytest.raises(InputError, match="leads out of the run folder"):
        locked_file("wx.csv", locked.root)


def test_names_of_copies_are_plain() -> None:
    assert study_lock.plain_name("log[1] \x1b é.csv") == "log_1_____.csv"
    assert study_lock.plain_name("...") == "file"
    assert len(study_lock.plain_name("x" * 300)) == 80


def test_a_run_planned_again_holds_copies_of_the_same_names(
    locked: RunFolder, tmp_path: Path
) -> None:
    (tmp_path / "again").mkdir()
    again = RunFolder(tmp_path / "again")
    copy = locked_file("wx.csv", locked.root)
    assert copy is not None
    held = lock_inputs({"wx.csv": (copy, False)}, again).inputs["wx.csv"]
    known = read_lock(locked.root)
    assert known is not None
    assert held == known.inputs["wx.csv"]
    assert [path.name for path in (again.root / "inputs").iterdir()] == [copy.name]


def test_a_sign_in_a_locked_name_is_no_year(tmp_path: Path) -> None:
    """`W#30.csv` is a file; `wx.csv#2019` is a year of one. Both are read from their copies."""
    (tmp_path / "run").mkdir()
    folder = RunFolder(tmp_path / "run")
    named = {}
    for name, key in (("W#30.csv", "W#30.csv"), ("wx.csv", "wx.csv#2019")):
        (tmp_path / name).write_text("sun\n")
        named[key] = (tmp_path / name, False)
    write_lock(folder, "study: x\n", {"study": "x"}, lock_inputs(named, folder))
    assert [named_file(key, folder.root)[1] for key in named] == ["", "2019"]
