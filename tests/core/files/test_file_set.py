"""A set of files is replaced as one, wherever the process dies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from headrace.core.errors import DiskFull, InputError
from headrace.core.files import file_set, folder_lock
from headrace.core.files.file_set import finish, replaced, sweep

OLD = {"a.csv": "old a", "inner/b.csv": "old b", "c.csv": "old c", "plan.json": "old plan"}
NEW = {"a.csv": "new a", "inner/b.csv": "new b", "plan.json": "new plan"}


def written(root: Path, files: dict[str, str], gone: tuple[str, ...] = ()) -> None:
    with folder_lock.hold(root), replaced(root, "plan.json", gone) as new:
        for name, text in files.items():
            new.write(name, text)


def stands(root: Path) -> dict[str, str]:
    """What a reader who knows nothing of sets finds."""
    return {
        path.relative_to(root).as_posix(): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and not path.relative_to(root).as_posix().startswith(".")
    }


def one_set(found: dict[str, str]) -> bool:
    """Whether no old file stands beside a new one, and none counts without the others."""
    words = {text.split()[0] for text in found.values()}
    whole = found in (OLD, NEW, {})
    return len(words) <= 1 and (whole or "plan.json" not in found)


def test_a_set_replaces_a_set(tmp_path: Path) -> None:
    written(tmp_path, OLD)
    assert stands(tmp_path) == OLD
    written(tmp_path, NEW, gone=("c.csv",))
    assert stands(tmp_path) == NEW
    assert sorted(p.name for p in tmp_path.iterdir()) == [".lock", "a.csv", "inner", "plan.json"]


def interrupted(root: Path) -> None:
    with replaced(root, "plan.json") as new:
        new.write("a.csv", "new a")
        raise KeyboardInterrupt


def test_what_fails_leaves_the_old_set(tmp_path: Path) -> None:
    written(tmp_path, OLD)
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path)
    assert stands(tmp_path) == OLD
    assert not list(tmp_path.glob(".next*"))


def died_before(root: Path, at: int) -> int:
    """Write the new set in a child that is killed before its `at`-th change of the disk; returns
    how many there were, 0 where it was killed.
    """
    child = os.fork()
    if child == 0:
        seen = 0

        def hook(event: str, args: tuple) -> None:
            nonlocal seen
            changes = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree")
            opened = event == "open" and (args[2] or 0) & os.O_ACCMODE != os.O_RDONLY
            if event in changes or opened:
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), 9)

        sys.addaudithook(hook)
        written(root, NEW, gone=("c.csv",))
        os._exit(min(seen, 255))
    code = os.waitpid(child, 0)[1]
    return os.waitstatus_to_exitcode(code) if not os.WIFSIGNALED(code) else 0


def test_killed_before_every_change_no_old_file_stands_beside_a_new_one(tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    reference.mkdir()
    written(reference, OLD)
    total = died_before(reference, -1)
    assert total > 15
    ended = []
    for at in range(1, total + 1):
        root = tmp_path / str(at)
        root.mkdir()
        written(root, OLD)
        assert died_before(root, at) == 0
        found = stands(root)
        assert one_set(found), (at, found)
        with folder_lock.hold(root):  # the next who opens it
            finish(root)
            sweep(root)
        assert stands(root) in (OLD, NEW), at  # nothing is lost
        ended.append(stands(root) == NEW)
        written(root, NEW, gone=("c.csv",))
        assert stands(root) == NEW
    assert ended == sorted(ended)
    assert ended[0] is False
    assert ended[-1] is True


def test_a_rename_that_fails_is_made_up_for(tmp_path: Path, monkeypatch) -> None:
    written(tmp_path, OLD)
    real, calls = os.replace, []

    def fails(source, target) -> None:
        calls.append(target)
        if len(calls) == 5:
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(DiskFull):
        written(tmp_path, NEW, gone=("c.csv",))
    assert "plan.json" not in stands(tmp_path)
    monkeypatch.undo()
    assert finish(tmp_path)
    assert stands(tmp_path) == NEW


@pytest.mark.parametrize(
    "told",
    [
        "",
        "[]",
        "{}",
        '{"last": "../../x", "files": [], "gone": []}',
        '{"last": "x", "files": [], "gone": ["/etc/passwd"]}',
        '{"last": "x", "files": [3], "gone": []}',
        "[" * 100_000,
    ],
)
def test_a_set_that_leads_elsewhere_is_refused(tmp_path: Path, told: str) -> None:
    (tmp_path / file_set.NEXT).mkdir()
    (tmp_path / file_set.NEXT / "set.json").write_text(told)
    with pytest.raises(InputError, match="not a set of files of ours"):
        finish(tmp_path)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with folder_lock.hold(tmp_path):
        with (
            pytest.raises(InputError, match=f"in use by process {os.getpid()}"),
            folder_lock.hold(tmp_path),
        ):
            pass
        assert folder_lock.holder(tmp_path) == os.getpid()
    assert folder_lock.holder(tmp_path) is None
    with folder_lock.hold(tmp_path):
        pass


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / folder_lock.LOCK_FILE).symlink_to(victim)
    with pytest.raises(InputError, match="cannot be written"), folder_lock.hold(tmp_path / "run"):
        pass
    assert victim.read_text() == "mine"
