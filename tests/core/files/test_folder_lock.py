"""Who writes to a folder: locks of the kernel, which no file can pretend and no crash leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.core.files.folder_lock import LOCK_FILE, hold, holder

HOLDS = """
import sys
from pathlib import Path
from headrace.core.files.folder_lock import hold
with hold(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other(tmp_path: Path):
    """Another process that holds the folder until it is killed."""
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_the_holder_is_told_by_its_number(tmp_path: Path, other: subprocess.Popen) -> None:
    assert holder(tmp_path) == other.pid
    with pytest.raises(InputError, match=f"in use by process {other.pid}"), hold(tmp_path):
        pytest.fail("two hold one folder")
    assert holder(tmp_path) == other.pid  # asking and failing have not let go of it


def test_a_killed_holder_holds_nothing(tmp_path: Path, other: subprocess.Popen) -> None:
    other.kill()
    other.wait()
    assert (tmp_path / LOCK_FILE).read_text() == str(other.pid)
    assert holder(tmp_path) is None
    with hold(tmp_path):
        assert (tmp_path / LOCK_FILE).read_text() == str(os.getpid())


def test_a_longer_number_of_before_leaves_no_digits(tmp_path: Path) -> None:
    (tmp_path / LOCK_FILE).write_text("9" * 19)
    with hold(tmp_path):
        assert holder(tmp_path) == os.getpid()


def test_a_lock_file_alone_holds_nothing(tmp_path: Path) -> None:
    assert holder(tmp_path) is None
    (tmp_path / LOCK_FILE).write_text("1")
    assert holder(tmp_path) is None
    with hold(tmp_path):
        pass
    assert holder(tmp_path) is None


def test_what_the_block_raises_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), hold(tmp_path):
        _ = 1 / 0
    assert holder(tmp_path) is None


def test_a_name_that_is_no_number_is_no_process(tmp_path: Path) -> None:
    with hold(tmp_path):
        for told in ("nobody", "", "१२"):  # digits, but not ascii
            (tmp_path / LOCK_FILE).write_text(told, encoding="utf-8")
            assert holder(tmp_path) is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Whoever may write in the folder must not have another file emptied."""
    precious = tmp_path / "thesis.txt"
    precious.write_text("precious")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / LOCK_FILE).symlink_to(precious)
    with pytest.raises(InputError), hold(tmp_path / "run"):
        pytest.fail("a link was followed")
    assert precious.read_text() == "precious"
    assert holder(tmp_path / "run") is None


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError), hold(tmp_path / "nowhere"):
        pytest.fail("a folder that is not there was held")
    assert holder(tmp_path / "nowhere") is None
