"""`headrace ledger`: the append-only books from the terminal."""

from __future__ import annotations

import io
import sys
from datetime import date
from pathlib import Path
from typing import Literal

from cyclopts import App

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.show.cli.output import console, emit, say

ledger = App(
    name="ledger",
    help="The append-only ledger: verify, head, balances, append, reverse, export; what waits for"
    " its owner: waiting, release, distribute.",
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
            told = {"sound": False, "entry": found.seq, "what": found.what, "head": ""}
            emit({**told, "published_heads": len(published), "would_pass": ""})
        else:
            console().print(f"broken at entry {found.seq}: {found.what}")
        return 3
    after = f"after entry {max(head.seq for head in published)} " if published else ""
    unseen = f"{after}a lost tail (the file copied without its -wal) or a rewritten chain"
    if json:
        told = {"sound": True, "entry": found.seq, "what": "", "head": str(found)}
        emit({**told, "published_heads": len(published), "would_pass": unseen})
    else:
        against = (
            f" and {len(published)} published heads; {unseen} would pass"
            if published
            else f"; no published head was given, so {unseen} would pass"
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
def waiting(file: Path, period: str, *, service: str = "platform", json: bool = False) -> int:
    """Print what of a period still waits for its owner.

    Parameters
    ----------
    file
        The ledger.
    period
        As it was settled, like 2026-01.
    service
        The service that was settled.
    json
        Print {waiting: [...]} as one JSON object.
    """
    from headrace.rights.ledger import About, Ledger
    from headrace.rights.money import written
    from headrace.rights.royalties.booking import waiting as still

    with Ledger.read(file) as book:
        found = [
            {"account": account, "currency": currency, "amount": written(amount)}
            for (account, currency), amount in still(book, About(service, period)).items()
        ]
    if json:
        emit({"waiting": found})
        return 0
    for row in found:
        console().print(f"{row['amount']:>22} {row['currency']}  {row['account']}")
    if not found:
        say(f"Nothing of {service}, {period} waits.")
    return 0


@ledger.command
def release(
    file: Path,
    period: str,
    *,
    day: str,
    work: str = "",
    holder: str = "",
    to: str = "",
    service: str = "platform",
) -> int:
    """Make what waited payable to the holder who proved a claim.

    Parameters
    ----------
    file
        The ledger.
    period
        As it was settled, like 2026-01.
    day
        The day it is booked, YYYY-MM-DD.
    work
        The unmatched work whose money is claimed.
    holder
        The holder for whom money was held, instead of a work.
    to
        The holder who is paid; `--holder` where not given.
    service
        The service that was settled.
    """
    from headrace.rights.ledger import About, Ledger, component
    from headrace.rights.royalties import booking, dues

    if bool(work) == bool(holder) or not (to or holder):
        what = "`--work W --to HOLDER`, or `--holder HOLDER`"
        raise InputError(InputFault(Place(key="--work"), "whose money is not said", what))
    account = f"{dues.SUSPENSE if work else booking.HELD}{component(work or holder)}"
    with Ledger.open(file, create=False) as book:
        about = About(service, period)
        entry = booking.claimed(book, about, account, to or holder, written_day(day, "--day"))
        say(book.append([entry]).head)
    return 0


@ledger.command
def distribute(
    file: Path,
    period: str,
    *,
    day: str,
    by: Literal["earned", "equally"] = "earned",
    claims: float = 3.0,
    service: str = "platform",
) -> int:
    """Share what nobody claimed among the holders of its own period, once claims have ended.

    Parameters
    ----------
    file
        The ledger.
    period
        As it was settled, like 2026-01.
    day
        The day it is booked, YYYY-MM-DD.
    by
        In proportion to what each earned in that period, or as much to each.
    claims
        How many years claims may come after the period's end.
    service
        The service that was settled.
    """
    from headrace.rights.ledger import About, Ledger
    from headrace.rights.royalties import booking
    from headrace.rights.royalties.period import days_of

    if not 0 <= claims <= 100:
        raise InputError(InputFault(Place(key="--claims"), f"{claims} years", "0 to 100"))
    last = days_of(period)[1]
    with Ledger.open(file, create=False) as book:
        on = written_day(day, "--day")
        entry = booking.distributed(book, About(service, period), by, on, last, claims)
        say(book.append([entry]).head)
    return 0


def written_day(text: str, key: str) -> date:
    """A day written YYYY-MM-DD. Raises InputError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fault = InputFault(Place(key=key), f"`{text}`", "a day like 2029-02-01")
        raise InputError(fault) from None


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
