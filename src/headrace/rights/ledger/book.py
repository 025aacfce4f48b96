"""A ledger file: open it, append to it, reverse, and read it back.

    with Ledger.open("rights.ledger") as ledger:
        ledger.append([Entry("2026-01:acme", "2026-01-31T00:00:00Z", "royalty", "", (Posting(...),
        Posting(...)))])

`append` returns after the write-ahead log is on the disk (synchronous=FULL): what it acknowledges
survives the death of the process. A batch is one transaction: all of it, or nothing. Writers take
the lock before they read the head, so two of them never interleave.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from headrace.core.atomic_write import start_of, sweep_dead
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import regular
from headrace.rights.ledger.files import made, prepare, read_only, refuse_network, refused
from headrace.rights.ledger.words import (
    About,
    Appended,
    Entry,
    Head,
    Posting,
    Sealed,
    genesis,
    link,
    refuse,
)

_COLUMNS = "seq, key, booked, kind, memo, reverses, previous, digest"
_ABOUT = "service, period, party"


class Ledger:
    """One open ledger file.

    Use as a context manager, in one thread; never carry it across a fork.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path
        told = connection.execute(
            "SELECT count(*) FROM pragma_table_info('entry', 'main') WHERE name = 'period'"
        ).fetchone()
        self._periods = bool(told[0])

    @classmethod
    def open(cls, path: str | Path, *, create: bool = True, wait_seconds: float = 30.0) -> Ledger:
        """Open or make the ledger at `path`. `wait_seconds` is how long another
        writer is waited for [s].

        Raises InputError where the file is absent (and `create` is false) or is no ledger.
        """
        path = Path(path)
        if not create or path.exists():
            regular(path, expected="a ledger; `headrace ledger append` makes one")
        refuse_network(path)
        if create:
            sweep_dead(path.parent, start_of(path))
        if create and not path.exists():
            made(path, wait_seconds)
        connection = None
        try:
            connection = sqlite3.connect(path, timeout=wait_seconds, isolation_level=None)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            # Fold the log in less often than SQLite's 4 MB: a large batch would otherwise pay for
            # it at every commit.
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            connection.execute("PRAGMA cache_size = -65536")
            # REPLACE would otherwise delete rows without asking the delete triggers.
            connection.execute("PRAGMA recursive_triggers = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            prepare(connection, wait_seconds)
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
            raise refused(error, path) from error
        return cls(connection, path)

    @classmethod
    def read(cls, path: str | Path) -> Ledger:
        """Open a ledger for reading, on any medium. Raises InputError where there is none."""
        path = Path(path)
        regular(path, expected="a ledger")
        connection = read_only(path)
        try:
            connection.execute("SELECT uid FROM ledger").fetchone()
        except sqlite3.DatabaseError as error:
            connection.close()
            raise InputError(InputFault(Place(str(path)), f"not a ledger ({error})")) from error
        return cls(connection, path)

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in by the last one to leave."""
        self._db.close()

    @property
    def _columns(self) -> str:
        return f"{_COLUMNS}, {_ABOUT}" if self._periods else _COLUMNS

    @property
    def uid(self) -> str:
        """The ledger's own random name, part of every published head."""
        return str(self._db.execute("SELECT uid FROM ledger").fetchone()[0])

    @property
    def connection(self) -> sqlite3.Connection:
        """The SQLite connection, for reading."""
        return self._db

    def append(self, entries: Iterable[Entry]) -> Appended:
        """Book a batch, all or nothing, durable on return.

        An entry whose key stands already with the same content is counted as repeated. Raises
        InputError (every fault named) where an entry does not balance, is not well formed, reuses a
        key with other content, reverses what cannot be reversed, or is dated before the last entry.
        """
        batch = tuple(entries)
        refuse(batch)
        if not self._periods and any(entry.about for entry in batch):
            raise InputError(
                InputFault(
                    Place(str(self.path)),
                    "this ledger is of format 1, whose entries know no period",
                    fix="Book settlements into a new ledger; this one stays readable.",
                )
            )
        try:
            self._db.execute("BEGIN IMMEDIATE")
            fresh = self._unknown(batch)
            head = self._seal(fresh)
            self._db.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):  # a full disk has rolled it back already
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.IntegrityError):
                raise InputError(
                    InputFault(Place(str(self.path)), f"refused by the ledger: {error}")
                ) from error
            if isinstance(error, sqlite3.Error):
                raise refused(error, self.path) from error
            raise
        return Appended(len(fresh), len(batch) - len(fresh), head)

    def reverse(self, seq: int, *, key: str, booked: str, memo: str = "") -> Appended:
        """Book the exact opposite of entry `seq`; an entry can be reversed once, a reversal not at
        all.
        """
        found = next(self.sealed(first=seq, last=seq), None)
        if found is None:
            raise InputError(
                InputFault(Place(str(self.path)), f"there is no entry {seq} to reverse")
            )
        opposite = tuple(Posting(p.account, p.currency, -p.amount) for p in found.entry.postings)
        about = found.entry.about
        return self.append([Entry(key, booked, "reversal", memo, opposite, seq, about)])

    def head(self, day: str | None = None) -> Head:
        """The head now, or as it stood at the end of `day` ("2026-01-31", UTC): the line to
        publish.
        """
        clause, values = ("", ()) if day is None else (" WHERE booked < ?", (f"{day}T24",))
        row = self._db.execute(
            f"SELECT seq, digest, booked FROM entry{clause} ORDER BY seq DESC LIMIT 1", values
        ).fetchone()
        if row is None:
            return Head(self.uid, 0, genesis(self.uid).hex(), day or "")
        return Head(self.uid, row[0], row[1].hex(), day or row[2][:10])

    def sealed(self, first: int = 1, last: int | None = None) -> Iterator[Sealed]:
        """Entries first..last in order, with their postings, as they stand."""
        until = last if last is not None else 2**62
        lines = _grouped(
            self._db.execute(
                "SELECT entry, line, account, currency, amount FROM posting"
                " WHERE entry BETWEEN ? AND ? ORDER BY entry, line",
                (first, until),
            )
        )
        pending = next(lines, None)
        for row in self._db.execute(
            f"SELECT {self._columns} FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq",
            (first, until),
        ):
            seq, key, booked, kind, memo, reverses, previous, digest, *about = row
            while pending is not None and pending[0] < seq:
                pending = next(lines, None)
            _, postings, in_order = (
                pending if pending is not None and pending[0] == seq else (seq, (), True)
            )
            yield Sealed(
                seq,
                Entry(key, booked, kind, memo, postings, reverses, About(*about)),
                previous,
                digest,
                in_order,
            )

    def balances(self) -> dict[tuple[str, str], int]:
        """Balance of every (account, currency), micro-units; those at zero too, where anything was
        ever booked.
        """
        rows = self._db.execute(
            "SELECT account, currency, sum(amount) FROM posting GROUP BY 1, 2 ORDER BY 1, 2"
        )
        return {(account, currency): amount for account, currency, amount in rows}

    def told(self, about: About, kinds: Sequence[str]) -> dict[str, dict[tuple[str, str], int]]:
        """What entries of these kinds, and reversals of them, booked so far about a service and a
        period: party -> (account, currency) -> micro-units.
        """
        if not self._periods:
            return {}
        rows = self._db.execute(
            "SELECT e.party, account, currency, sum(amount)"
            " FROM entry e JOIN posting ON entry = e.seq LEFT JOIN entry o ON o.seq = e.reverses"
            " WHERE e.service = ? AND e.period = ?"
            f" AND coalesce(o.kind, e.kind) IN ({', '.join('?' * len(kinds))}) GROUP BY 1, 2, 3",
            (about.service, about.period, *kinds),
        )
        found: dict[str, dict[tuple[str, str], int]] = {}
        for party, account, currency, amount in rows:
            found.setdefault(party, {})[account, currency] = amount
        return found

    def times(self, about: About) -> int:
        """How many entries there are about exactly this."""
        if not self._periods:
            return 0
        row = self._db.execute(
            "SELECT count(*) FROM entry WHERE service = ? AND period = ? AND party = ?",
            (about.service, about.period, about.party),
        ).fetchone()
        return int(row[0])

    def _unknown(self, batch: Sequence[Entry]) -> tuple[Entry, ...]:
        """The entries of the batch that do not stand yet.

        Raises where a key is used for another content.
        """
        known: dict[str, Entry] = {}
        keys = [e.key for e in batch]
        for at in range(0, len(keys), 500):
            part = keys[at : at + 500]
            marks = ",".join("?" * len(part))
            for (seq,) in self._db.execute(
                f"SELECT seq FROM entry WHERE key IN ({marks})", part
            ).fetchall():
                stands = next(self.sealed(first=seq, last=seq)).entry
                known[stands.key] = stands
        fresh: list[Entry] = []
        problems = []
        for entry in batch:
            stands_already = known.get(entry.key)
            if stands_already is None:
                known[entry.key] = entry
                fresh.append(entry)
            elif stands_already != entry:
                problems.append(
                    InputFault(
                        Place(key=entry.key),
                        "this key is already booked with another content",
                        fix="Use a new key.",
                    )
                )
        if problems:
            raise InputError(problems)
        return tuple(fresh)

    def _seal(self, fresh: Sequence[Entry]) -> Head:
        head = self.head()
        self._check_reversals(fresh, head.seq)
        previous = bytes.fromhex(head.digest)
        postings: list[tuple[int, int, str, str, int]] = []
        rows = []
        for seq, entry in enumerate(fresh, head.seq + 1):
            digest = link(previous, seq, entry)
            rows.append(
                (
                    seq,
                    entry.key,
                    entry.booked,
                    entry.kind,
                    entry.memo,
                    entry.reverses,
                    previous,
                    digest,
                    *(
                        (entry.about.service, entry.about.period, entry.about.party)
                        if self._periods
                        else ()
                    ),
                )
            )
            postings.extend(
                (seq, line, p.account, p.currency, p.amount)
                for line, p in enumerate(entry.postings, 1)
            )
            previous = digest
        self._db.executemany("INSERT INTO posting VALUES (?, ?, ?, ?, ?)", postings)
        marks = ", ".join("?" * len(self._columns.split(", ")))
        self._db.executemany(f"INSERT INTO entry ({self._columns}) VALUES ({marks})", rows)
        if not rows:
            return head
        return Head(head.uid, rows[-1][0], previous.hex(), rows[-1][2][:10])

    def _check_reversals(self, fresh: Sequence[Entry], last: int) -> None:
        problems = []
        for entry in fresh:
            if entry.reverses is None:
                continue
            found = (
                next(self.sealed(first=entry.reverses, last=entry.reverses), None)
                if entry.reverses <= last
                else None
            )
            if found is None or not is_reversal(found.entry, entry):
                problems.append(
                    InputFault(
                        Place(key=entry.key),
                        f"not the exact opposite of a standing entry {entry.reverses}",
                    )
                )
        if problems:
            raise InputError(problems)


def is_reversal(of: Entry, entry: Entry) -> bool:
    """Whether `entry` is the exact opposite of `of`, which is itself no reversal."""
    opposite = tuple((p.account, p.currency, -p.amount) for p in of.postings)
    return of.reverses is None and opposite == tuple(
        (p.account, p.currency, p.amount) for p in entry.postings
    )


def _grouped(
    rows: Iterable[tuple[int, int, str, str, int]],
) -> Iterator[tuple[int, tuple[Posting, ...], bool]]:
    """Postings by entry, and whether their lines count 1, 2, 3 without a gap."""
    at, in_order = 0, True
    lines: list[Posting] = []
    for seq, line, account, currency, amount in rows:
        if seq != at and lines:
            yield at, tuple(lines), in_order
            lines, in_order = [], True
        at = seq
        lines.append(Posting(account, currency, amount))
        in_order = in_order and line == len(lines)
    if lines:
        yield at, tuple(lines), in_order
