"""Verify a ledger: recompute every digest, every balance and every reversal, and name the first
entry that does not hold.

Recomputing catches any altered byte of any row. It cannot catch an owner who rewrites the file
*and* recomputes the whole chain, nor one who cuts off the end: compare with heads that were
published earlier.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import regular
from headrace.rights.ledger import schema
from headrace.rights.ledger.book import Ledger, is_reversal
from headrace.rights.ledger.files import of_the_medium, read_only
from headrace.rights.ledger.words import Breach, Head, Sealed, faults, genesis, link

MOST_PROBLEMS = 50
_HEAD = re.compile(r"([0-9a-f]{32}) (\d+) ([0-9a-f]{64})(?: (\d{4}-\d\d-\d\d)?)?")


def verify(
    path: str | Path, published: Iterable[Head] = (), *, since: Head | None = None
) -> Head | Breach:
    """The head of a sound ledger, or the first breach.

    published: heads given out earlier, in any order; each must still stand.
    since: a head verified before; only what came after is recomputed (the file's pages are then not
        all checked). Raises InputError where there is no such file, or
        where it cannot be read on its medium.
    """
    path = Path(path)
    regular(path, expected="a ledger")
    try:
        with closing(_read_only(path)) as connection:
            return _walk(Ledger(connection, path), tuple(published), since)
    except sqlite3.DatabaseError as error:
        if of_the_medium(error):
            raise InputError(
                InputFault(Place(str(path)), f"cannot be read here: {error}")
            ) from None
        return Breach(0, f"the file is damaged: {error}")
    except (UnicodeDecodeError, OverflowError, TypeError, ValueError) as error:
        return Breach(0, f"a row cannot be read: {error}")


def read_heads(text: str, file: str = "heads") -> tuple[Head, ...]:
    """Heads as `headrace ledger head` prints them, one a line.

    Raises InputError with every bad line.
    """
    heads, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _HEAD.fullmatch(line.strip())
        if found is None:
            problems.append(
                InputFault(
                    Place(file, number), "not a published head", "ledger name, number, digest, day"
                )
            )
            if len(problems) == MOST_PROBLEMS:
                break
        else:
            uid, seq, digest, day = found.groups()
            heads.append(Head(uid, int(seq), digest, day or ""))
    if problems:
        raise InputError(problems)
    return tuple(heads)


def _read_only(path: Path) -> sqlite3.Connection:
    connection = read_only(path)
    # Bytes that are no text must reach the digest, so that the entry they stand in is the one
    # named.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    connection.execute("BEGIN")  # one snapshot for the whole walk, whatever writers do meanwhile
    return connection


def _walk(ledger: Ledger, published: tuple[Head, ...], since: Head | None) -> Head | Breach:
    broken = _file_breach(ledger, since is None)
    if broken is not None:
        return broken
    uid = ledger.uid
    wanted = {head.seq: head for head in published if head.uid == uid}
    for head in published:
        if head.uid != uid or wanted[head.seq].digest != head.digest:
            return Breach(head.seq, f"this is ledger {uid}; the published head {head} is not of it")
    head = since or Head(uid, 0, genesis(uid).hex(), "")
    if 0 in wanted and wanted[0].digest != genesis(uid).hex():
        return Breach(0, "the published empty head does not match")
    standing = _standing_breach(ledger, (*wanted.values(), *((since,) if since else ())), head.seq)
    if standing is not None:
        return standing
    last = next(ledger.sealed(first=head.seq, last=head.seq), None)
    for item in ledger.sealed(first=head.seq + 1):
        what = _entry_breach(ledger, item, head, last)
        if what:
            return Breach(head.seq + 1, what)
        head, last = Head(uid, item.seq, item.digest.hex(), item.entry.booked[:10]), item
        if item.seq in wanted and wanted[item.seq].digest != head.digest:
            return Breach(
                item.seq,
                f"a published head says {wanted[item.seq].digest[:16]}..., "
                f"the chain {head.digest[:16]}...",
            )
    return _tail_breach(ledger, head, wanted) or head


def _standing_breach(ledger: Ledger, heads: Iterable[Head], until: int) -> Breach | None:
    """Heads at or before the point from which the walk starts: the rows must still carry their
    digests.
    """
    for head in heads:
        if 0 < head.seq <= until:
            row = ledger.connection.execute(
                "SELECT digest FROM entry WHERE seq = ?", (head.seq,)
            ).fetchone()
            if row is None or row[0].hex() != head.digest:
                return Breach(head.seq, f"the head {head.digest[:16]}... does not stand any more")
    return None


def _tail_breach(ledger: Ledger, head: Head, wanted: dict[int, Head]) -> Breach | None:
    beyond = max(wanted, default=0)
    if beyond > head.seq:
        return Breach(
            head.seq + 1,
            f"a published head has {beyond} entries, the ledger only {head.seq}: "
            "the end is cut off",
        )
    stray = ledger.connection.execute(
        "SELECT min(entry) FROM posting WHERE entry NOT IN (SELECT seq FROM entry)"
    ).fetchone()[0]
    return None if stray is None else Breach(stray, "postings without an entry")


def _entry_breach(ledger: Ledger, item: Sealed, head: Head, last: Sealed | None) -> str:
    """What is wrong with the entry after `head`; empty where nothing is."""
    if item.seq != head.seq + 1:
        return f"entry {head.seq + 1} is missing"
    if item.previous.hex() != head.digest:
        return "it does not carry the digest of the entry before"
    if not item.in_order:
        return "its postings are not numbered 1, 2, 3"
    if fault := next(faults(item.entry), ""):
        return fault
    if last is not None and item.entry.booked < last.entry.booked:
        return "the clock goes back"
    if link(item.previous, item.seq, item.entry) != item.digest:
        return "its content does not match its digest"
    reverses = item.entry.reverses
    if reverses is None:
        return ""
    found = next(ledger.sealed(first=reverses, last=reverses), None)
    exact = found is not None and is_reversal(found.entry, item.entry)
    return "" if exact else f"it does not reverse entry {reverses} exactly"


def _file_breach(ledger: Ledger, pages: bool) -> Breach | None:
    found = set(schema.objects(ledger.connection).items())
    changed = min((found ^ set(form.items()) for form in schema.expected()), key=len)
    if changed:
        names = ", ".join(sorted({name for name, _ in changed}))
        return Breach(0, f"the tables or triggers were changed: {names}")
    headers = ledger.connection.execute("SELECT format, uid FROM ledger").fetchall()
    if (
        len(headers) != 1
        or headers[0][0] not in schema.FORMATS
        or not re.fullmatch("[0-9a-f]{32}", str(headers[0][1]))
    ):
        return Breach(0, "the header is not the one of a ledger")
    if pages:
        report = [row[0] for row in ledger.connection.execute("PRAGMA integrity_check(3)")]
        # Content faults come out of the walk with their entry's number; a damaged page or index
        # comes out here.
        if report != ["ok"] and not all("CHECK constraint" in line for line in report):
            return _located(ledger, f"the file is damaged: {'; '.join(report)}")
    return None


def _located(ledger: Ledger, what: str) -> Breach:
    """The damage by entry, where the rows can still be read and one of them shows it."""
    head = Head(ledger.uid, 0, genesis(ledger.uid).hex(), "")
    last: Sealed | None = None
    try:
        for item in ledger.sealed():
            fault = _entry_breach(ledger, item, head, last)
            if fault:
                return Breach(head.seq + 1, f"{fault} ({what})")
            head, last = Head(head.uid, item.seq, item.digest.hex(), ""), item
    except (sqlite3.DatabaseError, ValueError, TypeError, AttributeError):
        return Breach(head.seq + 1, what)
    return Breach(0, what)


def walk_heads(ledger: Ledger) -> Iterator[Head]:
    """The head at the end of every day on which something was booked, oldest first: the lines that
    were to be published.
    """
    rows = ledger.connection.execute(
        "SELECT substr(booked, 1, 10) AS day, max(seq) FROM entry GROUP BY day ORDER BY day"
    ).fetchall()
    for day, seq in rows:
        digest = ledger.connection.execute(
            "SELECT digest FROM entry WHERE seq = ?", (seq,)
        ).fetchone()[0]
        yield Head(ledger.uid, seq, digest.hex(), day)
