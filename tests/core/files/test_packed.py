"""gzip: bounded by what it unpacks to, damage in words."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.core.files.packed import unpacked


def test_plain_and_packed_are_the_same_text(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"abc" * 1000)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"abc" * 1000))
    assert unpacked(tmp_path / "a.csv", 10**6) == unpacked(tmp_path / "a.csv.gz", 10**6)


def test_members_and_padding(tmp_path: Path) -> None:
    path = tmp_path / "two.gz"
    path.write_bytes(gzip.compress(b"one ") + gzip.compress(b"two") + bytes(512))
    assert unpacked(path, 100) == b"one two"
    path.write_bytes(gzip.compress(b""))
    assert unpacked(path, 100) == b""


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(300_000_000), 9))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match="unpacks to more than 5,000,000 bytes"):
            unpacked(path, 5_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("cut", [1, 9, 15, 30])
def test_a_torn_file(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "torn.gz"
    path.write_bytes(gzip.compress(b"a line of text\n" * 99)[:cut])
    with pytest.raises(InputError, match="no whole gzip file"):
        unpacked(path, 10**6)


def test_every_damaged_byte_is_told_or_harmless(tmp_path: Path) -> None:
    whole = gzip.compress(b"a line of text\n" * 9, mtime=0)
    for place in range(len(whole)):
        path = tmp_path / "damaged.gz"
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :])
        try:
            found = unpacked(path, 10**6)
        except InputError:
            continue
        assert found == b"a line of text\n" * 9  # bytes of the header that mean nothing
