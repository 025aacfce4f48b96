"""Files are whole or absent: the old or the new text stands, never half of one, and nothing else
is left in the folder.
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import fill

from headrace.core import atomic_write
from headrace.core.atomic_write import replace_file, write_bytes, write_error, write_text
from headrace.core.errors import DiskFull, HeadraceError, InputError


def names(folder) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_write_makes_the_folders_on_its_way_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "a" / "b" / "note.txt"
    assert write_text(path, "one") == path
    write_text(path, "two")
    assert path.read_text(encoding="utf-8") == "two"
    assert names(path.parent) == ["note.txt"]


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=200))
def test_bytes_come_back_as_given(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "bytes"
    assert write_bytes(path, content).read_bytes() == content


def test_text_is_utf8_with_the_line_ends_it_was_given(tmp_path):
    """Carriage returns stay: a checksum of what was written is a checksum of what is read."""
    path = write_text(tmp_path / "note", "Zürich\r\n\n")
    assert path.read_bytes() == "Zürich\r\n\n".encode()


def test_text_that_cannot_be_encoded_leaves_the_old_file(tmp_path):
    path = write_text(tmp_path / "note", "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")
    assert (path.read_text(), names(tmp_path)) == ("old", ["note"])


@pytest.mark.parametrize("failure", [ValueError("no"), HeadraceError("no"), KeyboardInterrupt()])
def test_a_filler_that_fails_half_way_leaves_the_old_file(tmp_path, failure):
    path = write_text(tmp_path / "note", "old")

    def half(temporary):
        temporary.write_text("ha")
        raise failure

    with pytest.raises(type(failure)):
        replace_file(path, half)
    assert (path.read_text(), names(tmp_path)) == ("old", ["note"])


def test_a_filler_that_writes_nothing_is_no_new_file(tmp_path):
    path = write_text(tmp_path / "note", "old")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        replace_file(path, lambda temporary: None)
    assert path.read_text() == "old"


def test_the_file_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    """fsync of the file, rename, fsync of the folder: in another order a crash of the machine may
    leave an empty file under the final name.
    """
    steps = []
    sync, rename = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (steps.append("sync"), sync(handle)))
    monkeypatch.setattr(os, "replace", lambda *paths: (steps.append("rename"), rename(*paths)))
    write_text(tmp_path / "note", "new")
    assert steps == ["sync", "rename", "sync"]


def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch):
    sync = atomic_write.sync

    def files_only(path):
        if path.is_dir():
            raise OSError(errno.EINVAL, "Invalid argument")
        sync(path)

    monkeypatch.setattr(atomic_write, "sync", files_only)
    assert write_text(tmp_path / "note", "new").read_text() == "new"


def test_a_killed_writer_leaves_the_old_file_and_one_hidden_one(tmp_path):
    path = write_text(tmp_path / "note", "old")
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from headrace.core.atomic_write import replace_file\n"
        "def die(path): path.write_text('ha'); os.kill(os.getpid(), signal.SIGKILL)\n"
        "replace_file(Path(sys.argv[1]), die)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    (left,) = tmp_path.glob(atomic_write.LEFT_BEHIND)
    assert left.read_text() == "ha"


def test_a_full_disk_says_so_and_leaves_the_old_file(small_disk):
    path = write_text(small_disk / "note", "old")
    fill(small_disk)
    with pytest.raises(DiskFull, match=r"No room left on the disk to write .*note"):
        write_text(path, "x" * 100_000)
    assert (path.read_text(), names(small_disk)) == ("old", ["ballast", "note"])


def test_a_place_that_is_no_folder_is_named(tmp_path):
    write_text(tmp_path / "note", "a file")
    with pytest.raises(InputError, match="cannot be written") as told:
        write_text(tmp_path / "note" / "below", "text")
    assert told.value.problems[0].where.file == str(tmp_path / "note" / "below")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_quota_and_a_size_limit_are_full_disks(tmp_path, code):
    told = write_error(OSError(code, os.strerror(code)), tmp_path)
    assert isinstance(told, DiskFull)
    assert told.exit_code == 5


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IO Error: Could not write file: No space left on device", DiskFull),
        ("IO Error: Could not write all bytes to file", DiskFull),
        ("Binder Error: no such column\nLINE 1: SELECT", InputError),
        ("", InputError),
    ],
)
def test_the_error_of_a_library_is_read_by_its_text(tmp_path, text, kind):
    told = write_error(RuntimeError(text), tmp_path, "Do this.")
    assert isinstance(told, kind)
    assert "LINE 1" not in told.message
    assert ("Do this." in told.message) == (kind is InputError)
