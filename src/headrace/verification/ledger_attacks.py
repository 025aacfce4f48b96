"""What the owner of a ledger file can do to it: the attacks that `verify` is tried against.

The triggers come off, a row changes, the triggers go back word for word: afterwards the file looks
untouched.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from headrace.rights.ledger.book import Ledger
from headrace.rights.ledger.words import genesis, link


@dataclass(frozen=True)
class Cell:
    """One value of one row: table, column, the condition that finds the row, the entry it belongs
    to, the value.
    """

    table: str
    column: str
    where: str
    seq: int
    value: object


def cells(path: Path, every: int = 1) -> Iterator[Cell]:
    """The cells of every `every`-th entry and its postings."""
    with closing(sqlite3.connect(path)) as db:
        lines = db.execute(
            "SELECT entry, line FROM posting WHERE entry % ? = 0 ORDER BY 1, 2", (every,)
        ).fetchall()
        seqs = db.execute("SELECT seq FROM entry WHERE seq % ? = 0 ORDER BY 1", (every,)).fetchall()
        rows = [("entry", f"seq = {seq}", seq) for (seq,) in seqs]
        rows += [("posting", f"entry = {seq} AND line = {line}", seq) for seq, line in lines]
        for table, where, seq in rows:
            found = db.execute(f"SELECT * FROM {table} WHERE {where}")
            names = [d[0] for d in found.description]
            for column, value in zip(names, found.fetchone()):
                yield Cell(table, column, where, seq, value)


def changed(value: object) -> object:
    """The value with one bit, or one number, off; NULL becomes 1."""
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:]
    if isinstance(value, str):
        return value[:-1] + chr(ord(value[-1]) ^ 64) if value else "x"
    return 1 if value is None else int(str(value)) + 1_000_003


def tamper(path: Path, sql: str, *values: object) -> None:
    """Run one statement on the file as its owner can, with no trigger or check in the way."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        triggers = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            db.execute(f"DROP TRIGGER {name}")
        db.execute("PRAGMA ignore_check_constraints = ON")
        db.execute(sql, values)
        for _, body in triggers:
            db.execute(body)


def alter(path: Path, cell: Cell) -> None:
    """Change one cell by one bit or one number."""
    tamper(
        path, f"UPDATE {cell.table} SET {cell.column} = ? WHERE {cell.where}", changed(cell.value)
    )


def rewrite(path: Path, seq: int, memo: str) -> None:
    """Forge an entry's memo and compute the whole chain again: sound by itself, and not what was
    published.
    """
    with Ledger.open(path) as ledger:
        items, previous = list(ledger.sealed()), genesis(ledger.uid)
    for item in items:
        entry = replace(item.entry, memo=memo) if item.seq == seq else item.entry
        digest = link(previous, item.seq, entry)
        tamper(
            path,
            "UPDATE entry SET memo = ?, previous = ?, digest = ? WHERE seq = ?",
            entry.memo,
            previous,
            digest,
            item.seq,
        )
        previous = digest
