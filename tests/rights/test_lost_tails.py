"""A log cut at every length, and with one bit changed: what is left is sound up to a whole entry,
and a published head names what is missing.
"""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from headrace.rights.ledger import Breach, Entry, Head, Ledger, Posting, verify

COUNT = 12
FRAME = 24 + 4096
"""A frame of a write-ahead log: its header and a page [byte]; the log's own header has 32."""


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> tuple[bytes, bytes, list[int], list[Head]]:
    """A ledger and its log as a killed writer leaves them; the log's length and the head after each
    acknowledged entry.
    """
    path = tmp_path_factory.mktemp("tails") / "x.ledger"
    log, ends, heads = path.with_name("x.ledger-wal"), [], []
    with Ledger.open(path) as ledger:
        for number in range(COUNT):
            lines = (Posting("Assets:Bank", "USD", 5), Posting("Equity:Opening", "USD", -5))
            day = f"2026-01-{number + 1:02d}T00:00:00Z"
            ledger.append([Entry(f"{number}", day, "k", "m" * number, lines)])
            ends.append(log.stat().st_size)
            heads.append(ledger.head())
        return path.read_bytes(), log.read_bytes(), ends, heads


def found(folder: Path, file: bytes, log: bytes, published: tuple[Head, ...] = ()):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "x").write_bytes(file)
    (folder / "x-wal").write_bytes(log)
    return verify(folder / "x", published)


def test_a_log_is_whole_frames(killed) -> None:
    _, log, ends, _ = killed
    assert {(end - 32) % FRAME for end in ends} == {0}
    assert all(before < after for before, after in pairwise(ends))
    assert len(log) == ends[-1]


def test_a_cut_log_is_sound_up_to_its_last_whole_entry(tmp_path, killed) -> None:
    file, log, ends, heads = killed
    cuts = sorted({cut + near for cut in range(32, len(log), FRAME) for near in (-1, 0, 1)})
    for cut in (0, *cuts, len(log)):
        left = sum(end <= cut for end in ends)
        alone = found(tmp_path / "t", file, log[:cut])
        assert isinstance(alone, Head)
        assert alone.seq == left
        if left:
            assert alone.digest == heads[left - 1].digest
        told = found(tmp_path / "t", file, log[:cut], (heads[3], heads[-1]))
        if left == COUNT:
            assert told == heads[-1]
        else:
            assert isinstance(told, Breach)
            assert told.seq == left + 1
            assert f"has {COUNT} entries, the ledger only {left}: the end is cut off" in told.what


def test_one_bit_of_a_log_loses_what_follows_and_a_head_says_so(tmp_path, killed) -> None:
    file, log, _, heads = killed
    dice = Random(23)
    for _ in range(60):
        torn = bytearray(log)
        torn[dice.randrange(len(torn))] ^= 1 << dice.randrange(8)
        alone = found(tmp_path / "t", file, bytes(torn))
        assert isinstance(alone, Head)
        assert alone.seq < COUNT
        if alone.seq:
            assert alone.digest == heads[alone.seq - 1].digest
        assert isinstance(found(tmp_path / "t", file, bytes(torn), (heads[-1],)), Breach)


def test_an_old_head_stands_in_what_is_left(tmp_path, killed) -> None:
    """A head of the third entry holds where five are left: it does not know of the rest."""
    file, log, ends, heads = killed
    assert found(tmp_path / "t", file, log[: ends[4]], (heads[2],)) == heads[4]
    assert isinstance(found(tmp_path / "t", file, log[: ends[1]], (heads[2],)), Breach)


def test_who_goes_on_after_a_lost_tail_is_found_by_the_head(tmp_path, killed) -> None:
    """A writer opens the cut ledger and books other entries with the same numbers."""
    file, log, ends, heads = killed
    found(tmp_path / "t", file, log[: ends[4]])
    lines = (Posting("Assets:Bank", "USD", 9), Posting("Equity:Opening", "USD", -9))
    with Ledger.open(tmp_path / "t" / "x") as ledger:
        for number in range(COUNT):
            ledger.append([Entry(f"new {number}", "2026-02-01T00:00:00Z", "k", "", lines)])
    assert verify(tmp_path / "t" / "x").seq == 5 + COUNT
    told = verify(tmp_path / "t" / "x", (heads[-1],))
    assert isinstance(told, Breach)
    assert told.seq == COUNT
    assert "a published head says" in told.what
