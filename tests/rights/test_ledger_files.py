"""A ledger on its medium: read-only, over a network, without its log."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.rights.ledger import Entry, Head, Ledger, Posting, files, verify
from headrace.rights.ledger.files import network_file_system

LINES = (Posting("Assets:Bank", "USD", 5), Posting("Equity:Opening", "USD", -5))


def made(path: Path) -> Path:
    with Ledger.open(path) as ledger:
        ledger.append([Entry("a", "2026-01-01T00:00:00Z", "k", "", LINES)])
    return path


def test_a_sound_ledger_where_nothing_can_be_written(tmp_path, monkeypatch):
    """Without a log beside it the file is whole: it verifies, and its balances can be read."""
    path = made(tmp_path / "x.ledger")
    monkeypatch.setattr(files.os, "access", lambda *_: False)
    assert isinstance(verify(path), Head)
    with Ledger.read(path) as ledger:
        assert ledger.balances()["Assets:Bank", "USD"] == 5
        with pytest.raises(sqlite3.OperationalError):
            ledger.connection.execute("DELETE FROM posting")
    path.with_name("x.ledger-wal").write_bytes(b"entries")
    with pytest.raises(InputError, match="entries stand in this log"):
        verify(path)


def test_a_medium_that_fails_is_not_called_damaged(tmp_path, monkeypatch):
    path = made(tmp_path / "x.ledger")

    def fails(_):
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    monkeypatch.setattr("headrace.rights.ledger.audit.read_only", fails)
    with pytest.raises(InputError, match="cannot be read here"):
        verify(path)


def test_a_log_that_a_killed_writer_left_is_read(tmp_path):
    path = made(tmp_path / "x.ledger")
    held = sqlite3.connect(path)
    held.execute("SELECT count(*) FROM entry").fetchone()  # keeps the log from being folded in
    with Ledger.open(path) as ledger:
        ledger.append([Entry("b", "2026-01-02T00:00:00Z", "k", "", LINES)])
    for suffix in ("", "-wal"):
        shutil.copy(f"{path}{suffix}", f"{tmp_path / 'copy'}{suffix}")
    shutil.copy(path, tmp_path / "alone")
    held.close()
    assert verify(tmp_path / "copy").seq == 2
    assert verify(tmp_path / "alone").seq == 1  # the tail is lost, and nothing but a head tells


def test_reading_changes_neither_a_ledger_nor_its_log(tmp_path):
    """A reader that folds the log in would take away what is left behind a damaged frame."""
    path, copy = tmp_path / "x.ledger", tmp_path / "copy"
    with Ledger.open(path) as ledger:
        for number in range(10):
            day = f"2026-01-{number + 1:02d}T00:00:00Z"
            ledger.append([Entry(f"{number}", day, "k", "", LINES)])
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    log = copy.with_name("copy-wal")
    sound = bytearray(log.read_bytes())
    torn = sound.copy()
    torn[len(torn) // 2] ^= 1
    log.write_bytes(torn)
    before = copy.read_bytes()
    found = verify(copy)
    assert isinstance(found, Head)
    assert 0 < found.seq < 10
    with Ledger.read(copy) as ledger:
        assert ledger.head().seq == found.seq
    assert (copy.read_bytes(), log.read_bytes()) == (before, bytes(torn))
    log.write_bytes(sound)  # the one bit is found and put right: nothing was lost
    assert verify(copy).seq == 10
    shutil.copy(path, tmp_path / "folded")
    verify(tmp_path / "folded")
    assert not (tmp_path / "folded-wal").exists()


@pytest.mark.parametrize(
    ("kind", "found"),
    [("nfs4", "nfs4"), ("cifs", "cifs"), ("fuse.sshfs", "fuse.sshfs"), ("9p", "9p")]
    + [(local, "") for local in ("ext4", "overlay", "tmpfs", "fuse.lxcfs", "xfs", "btrfs")],
)
def test_file_systems_over_a_network(tmp_path, kind, found):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"dev / ext4 rw 0 0\nhost:/x {tmp_path} {kind} rw 0 0\nbad line\n")
    assert network_file_system(tmp_path / "sub", mounts) == found
    assert network_file_system(Path("/elsewhere"), mounts) == ""
    assert network_file_system(tmp_path, tmp_path / "absent") == ""


def test_writing_over_a_network_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "network_file_system", lambda _: "nfs4")
    with pytest.raises(InputError, match="network file system"):
        Ledger.open(tmp_path / "x.ledger")
