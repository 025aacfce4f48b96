"""The attacks do what they claim: otherwise a ledger that withstands them proves nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.rights.ledger import Breach, Entry, Head, Ledger, Posting, schema, verify
from headrace.verification.ledger_attacks import Cell, alter, cells, changed, rewrite, tamper


@pytest.fixture
def path(tmp_path):
    """Three entries of two postings each."""
    file = tmp_path / "ledger"
    with Ledger.open(file) as ledger:
        ledger.append(
            [
                Entry(
                    f"key {k}",
                    f"2026-01-0{k}T00:00:00Z",
                    "royalty",
                    "memo",
                    (Posting("Assets:A", "USD", k), Posting("Income:B", "USD", -k)),
                )
                for k in (1, 2, 3)
            ]
        )
    return file


def objects(path):
    with closing(sqlite3.connect(path)) as db:
        return schema.objects(db)


def test_every_cell_of_entries_and_postings_is_listed(path):
    """8 columns of an entry and 5 of each of its 2 postings: 18 cells an entry."""
    found = list(cells(path))
    assert len(found) == 3 * (9 + 2 * 6)
    assert {cell.seq for cell in found} == {1, 2, 3}
    assert {cell.seq for cell in cells(path, every=2)} == {2}
    assert Cell("posting", "amount", "entry = 2 AND line = 1", 2, 2) in found


@given(value=st.one_of(st.none(), st.binary(min_size=1), st.text(), st.integers()))
def test_a_changed_value_is_another_of_the_same_kind(value):
    assert changed(value) != value
    assert value is None or type(changed(value)) is type(value)


def test_bits_are_flipped_one_at_a_time():
    assert changed(b"\x00\xff") == b"\x01\xff"
    assert changed("USD") == "US\x04"
    assert changed(None) == 1


def test_a_tampered_file_looks_untouched(path):
    """Triggers come off and go back word for word, so only the content can tell."""
    before = objects(path)
    tamper(path, "UPDATE entry SET memo = 'other' WHERE seq = 2")
    assert objects(path) == before
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT memo FROM entry WHERE seq = 2").fetchone() == ("other",)
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            db.execute("UPDATE entry SET memo = 'again' WHERE seq = 2")


def test_checks_of_the_file_do_not_stand_in_the_way(path):
    tamper(path, "UPDATE posting SET amount = 0 WHERE entry = 1 AND line = 1")
    assert isinstance(verify(path), Breach)


def test_an_altered_cell_is_one_cell(path):
    before = list(cells(path))
    place = next(k for k, cell in enumerate(before) if (cell.seq, cell.column) == (3, "memo"))
    alter(path, before[place])
    after = list(cells(path))
    assert [k for k in range(len(after)) if after[k] != before[k]] == [place]
    assert after[place].value == "mem/"  # "o" with one bit off
    assert verify(path) == Breach(3, "its content does not match its digest")


def test_a_forger_with_the_whole_file_leaves_a_sound_chain(path):
    """Only a head published before shows it: the reason why heads are published."""
    with Ledger.open(path) as ledger:
        published = ledger.head()
    rewrite(path, 2, "forged")
    alone = verify(path)
    assert isinstance(alone, Head)
    assert alone.digest != published.digest
    assert verify(path, [published]).seq == 3
    with Ledger.open(path) as ledger:
        assert [item.entry.memo for item in ledger.sealed()] == ["memo", "forged", "memo"]
