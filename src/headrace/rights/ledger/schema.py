"""The tables and triggers of a ledger file (SQLite, STRICT, write-ahead log, foreign keys).

An entry is written postings first, entry row last: the entry row *is* the seal. Its trigger refuses
an unbalanced entry, a gap in the numbers, a previous digest that is not the last one, and a clock
that goes back; once it stands, no posting can be added. Rows are never updated or deleted; a
correction is a reversal. Postings without an entry cannot be committed (deferred foreign key).

Triggers stop accidents and programs, not the owner of the file; against the owner stand the
published heads.
"""

from __future__ import annotations

import re
import sqlite3
from functools import cache
from itertools import product

FORMATS = (1, 2)
"""Format 2 tells for each entry its service, period and party; ledgers of format 1 are read,
verified and appended to as ever, without these."""
FORMAT = FORMATS[-1]

_TABLES = """
CREATE TABLE ledger (
  format INTEGER NOT NULL CHECK (format = {format}),
  uid TEXT NOT NULL CHECK (length(uid) = 32)
) {strict};
CREATE TABLE entry (
  seq INTEGER PRIMARY KEY CHECK ({int_seq}),
  key TEXT NOT NULL UNIQUE CHECK ({text_key} AND length(key) BETWEEN 1 AND 200),
  booked TEXT NOT NULL
    CHECK ({text_booked} AND booked GLOB '{time}'),
  kind TEXT NOT NULL CHECK ({text_kind}),
  memo TEXT NOT NULL CHECK ({text_memo}),
{about}  reverses INTEGER REFERENCES entry (seq) CHECK (reverses < seq),
  previous BLOB NOT NULL CHECK ({blob_previous} AND length(previous) = 32),
  digest BLOB NOT NULL CHECK ({blob_digest} AND length(digest) = 32)
) {strict};
CREATE TABLE posting (
  entry INTEGER NOT NULL REFERENCES entry (seq) DEFERRABLE INITIALLY DEFERRED,
  line INTEGER NOT NULL CHECK ({int_line} AND line >= 1),
  account TEXT NOT NULL CHECK ({text_account}),
  currency TEXT NOT NULL CHECK ({text_currency} AND currency GLOB '[A-Z][A-Z][A-Z]'),
  amount INTEGER NOT NULL
    CHECK ({int_amount} AND amount <> 0
           AND amount BETWEEN -1000000000000000000 AND 1000000000000000000),
  PRIMARY KEY (entry, line)
) {strict_rowid};
"""

_TRIGGERS = """
CREATE UNIQUE INDEX entry_reversed_once ON entry (reverses) WHERE reverses IS NOT NULL;
CREATE TRIGGER ledger_no_update BEFORE UPDATE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger''s header is never changed'); END;
CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger
BEGIN SELECT RAISE(ABORT, 'the ledger''s header is never deleted'); END;
CREATE TRIGGER ledger_one_row BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM ledger)
BEGIN SELECT RAISE(ABORT, 'a ledger has one header'); END;
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed; reverse it'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted; reverse it'); END;
CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never changed; reverse its entry'); END;
CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting
BEGIN SELECT RAISE(ABORT, 'a posting is never deleted; reverse its entry'); END;
CREATE TRIGGER posting_not_sealed BEFORE INSERT ON posting
  WHEN EXISTS (SELECT 1 FROM entry WHERE seq = NEW.entry)
BEGIN SELECT RAISE(ABORT, 'the entry is sealed; no posting can be added'); END;
CREATE TRIGGER entry_seal BEFORE INSERT ON entry WHEN NOT (
    NEW.seq IS (SELECT coalesce(max(seq), 0) + 1 FROM entry)
    AND NOT EXISTS (SELECT 1 FROM entry WHERE key = NEW.key)
    AND (NEW.seq = 1 OR EXISTS (
      SELECT 1 FROM entry
      WHERE seq = NEW.seq - 1 AND digest = NEW.previous AND booked <= NEW.booked))
    AND (SELECT count(*) >= 2 AND min(currency) = max(currency) AND sum(amount) = 0
      FROM posting WHERE entry = NEW.seq)
  ) BEGIN
  SELECT RAISE(ABORT, 'entry numbers have no gaps and no repeats')
    WHERE NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entry);
  SELECT RAISE(ABORT, 'the idempotency key is taken')
    WHERE EXISTS (SELECT 1 FROM entry WHERE key = NEW.key);
  SELECT RAISE(ABORT, 'the previous digest is not the last one')
    WHERE NEW.seq > 1
      AND NEW.previous IS NOT (SELECT digest FROM entry WHERE seq = NEW.seq - 1);
  SELECT RAISE(ABORT, 'the clock goes back')
    WHERE NEW.booked < (SELECT booked FROM entry WHERE seq = NEW.seq - 1);
  SELECT RAISE(ABORT, 'an entry needs two postings')
    WHERE (SELECT count(*) FROM posting WHERE entry = NEW.seq) < 2;
  SELECT RAISE(ABORT, 'the entry does not balance')
    WHERE EXISTS (
      SELECT 1 FROM posting WHERE entry = NEW.seq GROUP BY currency HAVING sum(amount) <> 0);
END;
"""

_CHECKED = {
    "int": ("seq", "line", "amount"),
    "text": (
        *("key", "booked", "kind", "memo", "account", "currency"),
        *("service", "period", "party"),
    ),
    "blob": ("previous", "digest"),
}
_STORAGE = {"int": "integer", "text": "text", "blob": "blob"}


_ABOUT = """  service TEXT NOT NULL CHECK ({text_service}),
  period TEXT NOT NULL CHECK ({text_period}),
  party TEXT NOT NULL CHECK ({text_party}),
"""


def statements(strict: bool, format: int = FORMAT) -> str:
    """The whole schema as SQL.

    Before SQLite 3.37, which has no STRICT, each column checks its own storage class.
    """
    words = {
        f"{kind}_{column}": "1" if strict else f"typeof({column}) = '{_STORAGE[kind]}'"
        for kind, columns in _CHECKED.items()
        for column in columns
    }
    words["time"] = "{d}{d}{d}{d}-{d}{d}-{d}{d}T{d}{d}:{d}{d}:{d}{d}Z".format(d="[0-9]")
    words["strict"] = "STRICT" if strict else ""
    words["strict_rowid"] = "STRICT, WITHOUT ROWID" if strict else "WITHOUT ROWID"
    words["format"] = str(format)
    words["about"] = _ABOUT.format(**words) if format > 1 else ""
    tables = _TABLES.format(**words)
    index = "CREATE INDEX entry_about ON entry (service, period, party);\n" if format > 1 else ""
    return re.sub(r"\)\s+;", ");", tables) + index + _TRIGGERS


def has_strict() -> bool:
    """Whether this Python's SQLite knows STRICT tables (3.37, November 2021)."""
    return sqlite3.sqlite_version_info >= (3, 37, 0)


def objects(connection: sqlite3.Connection) -> dict[str, str]:
    """Name to SQL of every table and trigger in the file (spaces evened out)."""
    rows = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
    ).fetchall()
    return {name: " ".join(sql.split()) for name, sql in rows}


@cache
def expected() -> tuple[dict[str, str], ...]:
    """What `objects` must give, for either form of the schema."""
    found = []
    for strict, format in product((True, False), FORMATS):
        if strict and not has_strict():
            continue
        with sqlite3.connect(":memory:") as fresh:
            fresh.executescript(statements(strict, format))
            found.append(objects(fresh))
        fresh.close()
    return tuple(found)
