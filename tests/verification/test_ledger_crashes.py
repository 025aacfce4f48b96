"""A ledger after kill -9, and after a log that was torn at any byte."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from headrace.rights.ledger import Entry, Head, Ledger, Posting, verify
from headrace.verification.ledger_crashes import survive

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")


def test_sixty_killed_writers_lose_nothing_they_acknowledged(tmp_path: Path) -> None:
    found = survive(tmp_path / "l", kills=60, seed=7)
    assert (found.lost, found.halves, found.breaches) == (0, 0, ())
    assert found.entries > 60  # the writers really wrote


def test_a_log_cut_at_any_byte_leaves_whole_batches(tmp_path: Path) -> None:
    """Five batches of 4 entries stand in the log only; the file with the log cut at byte n holds 0,
    4, 8, ... or 20.
    """
    path = tmp_path / "l"
    with Ledger.open(path) as made:
        made.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    seen = set()
    with Ledger.open(path) as ledger:
        ledger.connection.execute("PRAGMA wal_autocheckpoint = 0")
        for batch in range(5):
            lines = (Posting("Assets:A", "USD", 1), Posting("Income:B", "USD", -1))
            ledger.append(
                [Entry(f"{batch}/{i}", "2026-01-01T00:00:00Z", "k", "", lines) for i in range(4)]
            )
        log = Path(f"{path}-wal").read_bytes()
        copy = tmp_path / "copy"
        for cut in range(0, len(log) + 1, 331):
            shutil.copy(path, copy)
            Path(f"{copy}-wal").write_bytes(log[:cut])
            Path(f"{copy}-shm").unlink(missing_ok=True)
            found = verify(copy)
            assert isinstance(found, Head)
            seen.add(found.seq)
    assert seen == {0, 4, 8, 12, 16} | ({20} if len(log) % 331 == 0 else set())
