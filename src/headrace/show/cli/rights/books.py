"""`headrace ledger`: the append-only books from the terminal."""

from __future__ import annotations

import io
import sys
from pathlib import Path

from cyclopts import App

from headrace.core.files.inputs import read_text
from headrace.show.cli.output import console, emit, say

ledger = App(
    name="ledger", help="The append-only ledger: verify, head, balances, append, reverse, export."
)


@ledger.command
def verify(file: Path, *, heads: Path | None = None, json: bool = False) -> int:
    """Recompute the whole ledger; with `--heads`, also against heads that were published earlier.

    Parameters
    ----------
    file
        The ledger.
    heads
        Text file with lines as `headrace ledger head` prints them.
    json
        Print one JSON object.

    Returns 3 and names the first entry that does not hold.
    """
    from headrace.rights.ledger import Breach, read_heads
    from headrace.rights.ledger import verify as recompute

    published = (
        read_heads(read_text(heads, expected="published heads"), heads.name) if heads else ()
    )
    found = recompute(file, published)
    if isinstance(found, Breach):
        if json:
            emit({"sound": False, "entry": found.seq, "what": found.what, "head": ""})
        else:
            console().print(f"broken at entry {found.seq}: {found.what}")
        return 3
    if json:
        emit({"sound": True, "entry": found.seq, "what": "", "head": str(found)})
    else:
        against = (
            f" and {len(published)} published heads"
            if published
            else "; no published head was given, so a lost tail (the file copied without its -wal)"
            " or a rewritten chain would pass"
        )
        console().print(f"sound: {found.seq} entries{against}\n{found}")
    return 0


@ledger.command
def head(file: Path, *, day: str | None = None, every: bool = False) -> int:
    """Print the head to publish: ledger name, number of entries, digest, day.

    Parameters
    ----------
    file
        The ledger.
    day
        As it stood at the end of this day (UTC), YYYY-MM-DD.
    every
        The head of every day on which something was booked.
    """
    from headrace.rights.ledger import Ledger, walk_heads

    with Ledger.read(file) as book:
        for line in walk_heads(book) if every else (book.head(day),):
            say(line)
    return 0


@ledger.command
def balances(file: Path, *, json: bool = False) -> int:
    """Print the balance of every account (positive is a debit).

    Parameters
    ----------
    file
        The ledger.
    json
        Print {balances: [...]} as one JSON object.
    """
    from headrace.rights.ledger import Ledger
    from headrace.rights.money import written

    with Ledger.read(file) as book:
        found = [
            {"account": a, "currency": c, "amount": written(v)}
            for (a, c), v in book.balances().items()
        ]
    if json:
        emit({"balances": found})
    else:
        for row in found:
            console().print(f"{row['amount']:>22} {row['currency']}  {row['account']}")
    return 0


@ledger.command
def append(file: Path, entries: Path, *, json: bool = False) -> int:
    """Book entries from a JSON-lines file, all or none; entries that stand already are counted, not
    booked again.

    Parameters
    ----------
    file
        The ledger.
    entries
        One entry a line.
    json
        Print {added, repeated, head} as one JSON object.
    """
    from headrace.rights.ledger import Ledger
    from headrace.rights.ledger.feed import read_entries

    batch = read_entries(entries)
    with Ledger.open(file) as book:
        done = book.append(batch)
    if json:
        emit({"added": done.added, "repeated": done.repeated, "head": str(done.head)})
    else:
        console().print(f"{done.added} added, {done.repeated} stood already\n{done.head}")
    return 0


@ledger.command
def reverse(file: Path, entry: int, *, key: str, booked: str, memo: str = "") -> int:
    """Book the exact opposite of an entry.

    Parameters
    ----------
    file
        The ledger.
    entry
        Number of the entry.
    key
        A name of this booking; a second one of the same name changes nothing.
    booked
        When it is booked (UTC), like 2026-01-31T00:00:00Z.
    memo
        Why it is booked.
    """
    from headrace.rights.ledger import Ledger

    with Ledger.open(file, create=False) as book:
        say(book.reverse(entry, key=key, booked=booked, memo=memo).head)
    return 0


@ledger.command
def export(file: Path, *, out: Path | None = None) -> int:
    """Write the ledger as Beancount text.

    Parameters
    ----------
    file
        The ledger.
    out
        Where to write; stdout if not given.
    """
    from headrace.core.atomic_write import write_text
    from headrace.rights.ledger import Ledger
    from headrace.rights.ledger.text import export as write

    with Ledger.read(file) as book:
        if out is None:
            write(book, sys.stdout)
        else:
            text = io.StringIO()
            write(book, text)
            write_text(out, text.getvalue())
    return 0
