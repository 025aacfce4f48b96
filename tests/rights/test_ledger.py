"""The ledger: what it takes, what it refuses, and what shows when somebody has been at the file."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.rights.ledger import (
    Breach,
    Entry,
    Head,
    Ledger,
    Posting,
    component,
    read_heads,
    schema,
    verify,
    walk_heads,
)
from headrace.rights.ledger.words import canonical
from headrace.verification.ledger import two_writers
from headrace.verification.ledger_attacks import alter, cells, rewrite, tamper
from headrace.verification.registry import CheckOutcome

DAY = "2026-01-31T00:00:00Z"


def royalty(key: str, amount: int = 1_000, booked: str = DAY, memo: str = "a memo") -> Entry:
    lines = (
        Posting("Expenses:Royalties", "USD", amount),
        Posting("Liabilities:Holders:N-acme", "USD", -amount),
    )
    return Entry(key, booked, "royalty", memo, lines)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    where = tmp_path / "rights.ledger"
    with Ledger.open(where) as ledger:
        ledger.append(
            [royalty(f"k{i}", 100 + i, f"2026-01-{10 + i:02d}T00:00:00Z") for i in range(8)]
        )
        ledger.reverse(3, key="r3", booked=DAY, memo="wrong holder")
    return where


def test_balances_and_reversal(path: Path) -> None:
    """100 + 101 + ... + 107 = 828; entry 3 (102) is reversed: 726."""
    with Ledger.open(path) as ledger:
        assert ledger.balances() == {
            ("Expenses:Royalties", "USD"): 726,
            ("Liabilities:Holders:N-acme", "USD"): -726,
        }
    assert isinstance(verify(path), Head)


def test_a_repeated_key_is_harmless_and_a_reused_one_refused(path: Path) -> None:
    with Ledger.open(path) as ledger:
        again = ledger.append(
            [royalty("k0", 100, "2026-01-10T00:00:00Z"), royalty("new"), royalty("new")]
        )
        assert (again.added, again.repeated, again.head.seq) == (1, 2, 10)
        with pytest.raises(InputError, match="another content"):
            ledger.append([royalty("k0", 999)])
        with pytest.raises(InputError, match="another content"):
            ledger.append([royalty("x", 1), royalty("x", 2)])
        assert ledger.head().seq == 10


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (
            Entry(
                "b", DAY, "k", "", (Posting("Assets:A", "USD", 5), Posting("Assets:B", "USD", -4))
            ),
            "add up to 1",
        ),
        (
            Entry(
                "b", DAY, "k", "", (Posting("Assets:A", "USD", 5), Posting("Assets:B", "EUR", -5))
            ),
            "add up to 5",
        ),
        (Entry("b", DAY, "k", "", (Posting("Assets:A", "USD", 5),)), "at least two"),
        (Entry("b", DAY, "k", "", ()), "at least two"),
        (
            Entry("b", DAY, "k", "", (Posting("cash", "USD", 5), Posting("Assets:B", "USD", -5))),
            "account name",
        ),
        (
            Entry(
                "b", DAY, "k", "", (Posting("Assets:A", "usd", 5), Posting("Assets:B", "usd", -5))
            ),
            "currency code",
        ),
        (
            Entry(
                "b", DAY, "k", "", (Posting("Assets:A", "USD", 0), Posting("Assets:B", "USD", 0))
            ),
            "zero",
        ),
        (
            Entry(
                "b",
                DAY,
                "k",
                "",
                (Posting("Assets:A", "USD", 10**19), Posting("Assets:B", "USD", -(10**19))),
            ),
            "beyond",
        ),
        (Entry("b", "2026-02-30T00:00:00Z", "k", "", royalty("x").postings), "not a UTC time"),
        (Entry("b", "yesterday", "k", "", royalty("x").postings), "not a UTC time"),
        (Entry("", DAY, "k", "", royalty("x").postings), "1 to 200"),
        (Entry("b", DAY, "k", "zero\x00byte", royalty("x").postings), "zero byte"),
        (royalty("b", booked="2026-01-01T00:00:00Z"), "clock goes back"),
        (Entry("b", DAY, "k", "", royalty("x", 7).postings, reverses=2), "exact opposite"),
        (Entry("b", DAY, "k", "", royalty("x", 7).postings, reverses=99), "exact opposite"),
    ],
)
def test_refusals_leave_nothing_behind(path: Path, bad: Entry, reason: str) -> None:
    before = verify(path)
    with Ledger.open(path) as ledger, pytest.raises(InputError, match=reason):
        ledger.append([royalty("good"), bad])
    assert verify(path) == before


def test_a_reversal_happens_once_and_is_not_reversed(path: Path) -> None:
    with Ledger.open(path) as ledger:
        with pytest.raises(InputError, match="UNIQUE"):
            ledger.reverse(3, key="again", booked=DAY)
        with pytest.raises(InputError, match="exact opposite"):
            ledger.reverse(9, key="back", booked=DAY)
        with pytest.raises(InputError, match="no entry 77"):
            ledger.reverse(77, key="none", booked=DAY)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE entry SET memo = 'x' WHERE seq = 2",
        "UPDATE posting SET amount = amount + 1",
        "DELETE FROM posting WHERE entry = 2",
        "DELETE FROM entry WHERE seq = 9",
        "UPDATE ledger SET uid = hex(zeroblob(16))",
        "DELETE FROM ledger",
        "INSERT INTO ledger VALUES (1, hex(zeroblob(16)))",
        "INSERT INTO posting VALUES (2, 3, 'Assets:A', 'USD', 5)",
        "INSERT OR REPLACE INTO posting VALUES (2, 1, 'Assets:A', 'USD', 5)",
        "INSERT OR REPLACE INTO entry SELECT seq, key, booked, kind, 'x', '', '', '', "
        "reverses, previous, "
        "digest FROM entry WHERE seq = 2",
        "INSERT OR REPLACE INTO entry SELECT 10, key, booked, kind, memo, '', '', '', "
        "NULL, digest, digest "
        "FROM entry WHERE seq = 9",
        "INSERT INTO entry SELECT 12, 'gap', booked, kind, memo, '', '', '', "
        "NULL, digest, digest FROM entry "
        "WHERE seq = 9",
        "INSERT INTO entry SELECT 10, 'empty', booked, kind, memo, '', '', '', "
        "NULL, digest, digest FROM "
        "entry WHERE seq = 9",
        "INSERT INTO entry SELECT 10, 'wrong previous', booked, kind, memo, '', '', '', "
        "NULL, zeroblob(32), "
        "digest FROM entry WHERE seq = 9",
    ],
)
def test_a_plain_sqlite_connection_is_stopped_by_the_triggers(path: Path, sql: str) -> None:
    """Another program, with SQLite's own defaults (no foreign keys, no recursive triggers)."""
    before = verify(path)
    other = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.IntegrityError):
        other.execute(sql)
    other.close()
    assert verify(path) == before


def test_an_unbalanced_seal_is_refused_by_the_file_itself(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN")
    other.execute("INSERT INTO posting VALUES (10, 1, 'Assets:A', 'USD', 5)")
    other.execute("INSERT INTO posting VALUES (10, 2, 'Assets:B', 'USD', -4)")
    with pytest.raises(sqlite3.IntegrityError, match="does not balance"):
        other.execute(
            "INSERT INTO entry SELECT 10, 'u', booked, kind, memo, '', '', '', "
            "NULL, digest, digest FROM "
            "entry WHERE seq = 9"
        )
    other.execute("ROLLBACK")
    other.close()


def test_postings_without_an_entry_cannot_be_committed(path: Path) -> None:
    with Ledger.open(path) as ledger:
        ledger.connection.execute("BEGIN")
        ledger.connection.execute("INSERT INTO posting VALUES (10, 1, 'Assets:A', 'USD', 5)")
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            ledger.connection.execute("COMMIT")
        ledger.connection.execute("ROLLBACK")


def test_every_cell_of_every_row_changed_is_located(path: Path, tmp_path: Path) -> None:
    """Each cell in turn, one bit or one number off: the entry named is the one it stands in."""
    copy = tmp_path / "copy.ledger"
    everything = list(cells(path))
    assert len(everything) == 9 * 11 + 18 * 5
    for cell in everything:
        shutil.copy(path, copy)
        alter(copy, cell)
        found = verify(copy)
        assert isinstance(found, Breach), cell
        assert found.seq == cell.seq, (cell, found)


@pytest.mark.parametrize(
    "sql", ["DELETE FROM posting WHERE entry = 4", "DELETE FROM entry WHERE seq = 4"]
)
def test_a_row_taken_out_is_located(path: Path, sql: str) -> None:
    tamper(path, sql)
    found = verify(path)
    assert isinstance(found, Breach)
    assert found.seq == 4


def test_a_trigger_taken_off_or_weakened_is_seen(path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("DROP TRIGGER posting_no_update")
    db.close()
    assert verify(path) == Breach(0, "the tables or triggers were changed: posting_no_update")


def test_a_wholly_recomputed_chain_passes_alone_and_fails_against_a_published_head(
    path: Path,
) -> None:
    with Ledger.open(path) as ledger:
        heads = list(walk_heads(ledger))
    assert isinstance(verify(path, heads), Head)
    rewrite(path, 5, "forged")
    assert isinstance(verify(path), Head)  # nothing in the file itself can show it
    found = verify(path, heads)
    assert isinstance(found, Breach)
    assert found.seq == 5  # the day's head of entry 4 still stands, that of entry 5 does not


def test_a_cut_off_end_fails_against_a_published_head(path: Path) -> None:
    with Ledger.open(path) as ledger:
        head = ledger.head()
    tamper(path, "DELETE FROM entry WHERE seq = 9")
    tamper(path, "DELETE FROM posting WHERE entry = 9")
    assert isinstance(verify(path), Head)
    found = verify(path, [head])
    assert isinstance(found, Breach)
    assert (found.seq, "cut off" in found.what) == (9, True)


def test_a_head_of_another_ledger_is_refused(path: Path, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "other.ledger") as other:
        head = other.append([royalty("k")]).head
    assert isinstance(verify(path, [head]), Breach)


def test_verify_since_a_head_checks_that_it_still_stands(path: Path) -> None:
    with Ledger.open(path) as ledger:
        early = next(iter(walk_heads(ledger)))
    assert isinstance(verify(path, since=early), Head)
    forged = Head(early.uid, early.seq, "00" * 32, early.day)
    assert isinstance(verify(path, since=forged), Breach)
    assert isinstance(verify(path, [forged], since=verify(path)), Breach)  # type: ignore[arg-type]


def test_heads_by_day_and_as_text(path: Path) -> None:
    with Ledger.open(path) as ledger:
        assert ledger.head("2026-01-09").seq == 0
        assert ledger.head("2026-01-12").seq == 3
        assert ledger.head("2026-01-31") == ledger.head()
        lines = "# published\n" + "\n".join(str(h) for h in walk_heads(ledger))
        assert [h.seq for h in read_heads(lines)] == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    with pytest.raises(InputError, match="heads:2"):
        read_heads(lines.splitlines()[1] + "\nnot a head")


def test_raw_bytes_flipped_in_the_file(path: Path, tmp_path: Path) -> None:
    """Any single byte of the file: a breach, or a byte that carries nothing (every row reads as
    before).
    """
    with Ledger.open(path) as ledger:
        before = list(ledger.sealed())
    head = verify(path)
    raw = path.read_bytes()
    copy = tmp_path / "copy.ledger"
    caught = 0
    for at in range(100, len(raw), 97):
        copy.write_bytes(raw[:at] + bytes([raw[at] ^ 0x55]) + raw[at + 1 :])
        for side in ("-wal", "-shm"):
            Path(f"{copy}{side}").unlink(missing_ok=True)
        found = verify(copy)
        if isinstance(found, Breach):
            caught += 1
            continue
        assert found == head
        with Ledger.open(copy) as ledger:
            assert list(ledger.sealed()) == before
    assert caught > 10


@pytest.mark.parametrize("use", [verify, Ledger.read, Ledger.open])
def test_a_pipe_is_no_ledger_and_is_said_to_be_one(tmp_path: Path, use: Any) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is a pipe, not a regular file"):
        use(tmp_path / "pipe")


def test_a_file_that_is_no_ledger(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("these are notes " * 100)
    with pytest.raises(InputError, match="not a ledger"):
        Ledger.open(text)
    assert isinstance(verify(text), Breach)
    with pytest.raises(InputError, match="no such file"):
        verify(tmp_path / "absent")
    with pytest.raises(InputError, match="no such file"):
        Ledger.open(tmp_path / "absent", create=False)
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (x)")
    other.commit()
    other.close()
    with pytest.raises(InputError, match="another database"):
        Ledger.open(tmp_path / "other.db")


def test_the_schema_without_strict_refuses_the_wrong_storage_class(tmp_path: Path) -> None:
    """What stands in for STRICT before SQLite 3.37: each column checks typeof() itself."""
    db = sqlite3.connect(tmp_path / "old.db", isolation_level=None)
    db.executescript(schema.statements(strict=False))
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO posting VALUES (1, 1, 'Assets:A', 'USD', 1.5)")
    with pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO posting VALUES (1, 1, x'00', 'USD', 1)")
    db.close()


def test_two_writers_never_interleave() -> None:
    """Two processes, 30 batches of 7 each, taking turns: every batch stands in one piece."""
    done = two_writers()
    assert isinstance(done, CheckOutcome)
    assert done.ours == 0, done.reason


words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=30, deadline=None)
@given(
    memos=st.lists(words, min_size=1, max_size=6),
    amounts=st.lists(st.integers(1, 10**18), min_size=1, max_size=4),
)
def test_any_text_and_amount_comes_back_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, memos: list[str], amounts: list[int]
) -> None:
    where = tmp_path_factory.mktemp("ledger") / "l"
    lines = tuple(
        line
        for a in amounts
        for line in (Posting("Assets:A", "USD", a), Posting("Income:B", "USD", -a))
    )
    entries = [Entry(f"k{i}", DAY, memo, memo, lines) for i, memo in enumerate(memos)]
    with Ledger.open(where) as ledger:
        ledger.append(entries)
        assert [item.entry for item in ledger.sealed()] == entries
    assert isinstance(verify(where), Head)


@given(words, words)
def test_components_of_accounts_are_one_to_one(left: str, right: str) -> None:
    assert (component(left) == component(right)) == (left == right)


@given(words, words, words, words)
def test_the_canonical_bytes_are_one_to_one(a: str, b: str, c: str, d: str) -> None:
    one, other = Entry(a, DAY, b, "", ()), Entry(c, DAY, d, "", ())
    assert (canonical(1, one) == canonical(1, other)) == (one == other)
