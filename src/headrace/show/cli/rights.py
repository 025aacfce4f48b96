"""`headrace settle` and `headrace ledger`: the rights room from the terminal, without a plan."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

import headrace
from headrace.core.atomic_write import write_error
from headrace.core.files import file_set, folder_lock
from headrace.core.files.file_set import FileSet
from headrace.core.files.inputs import read_text
from headrace.show.cli.output import console, emit, say

if TYPE_CHECKING:
    from headrace.rights.dues import Due
    from headrace.rights.period import Period

REFUSED, REPORT = "refused.csv", "report.html"
SETTLED = (REFUSED, "works.csv", "works.parquet", "dues.csv", "dues.parquet", REPORT)
"""Every file that a settlement may hold."""

ledger = App(
    name="ledger", help="The append-only ledger: verify, head, balances, append, reverse, export."
)


def settle(
    folder: Path,
    *,
    rule: str = "user_centric",
    period: str = "2026-01",
    out: Path | None = None,
    ledger: Path | None = None,
    uses: int | None = None,
    strict: bool = False,
    json: bool = False,
) -> int:
    """Turn a month's log of uses into statements, a report and, if asked, ledger entries.

    Parameters
    ----------
    folder
        Holds licences.yaml, uses.csv (or .parquet, .jsonl, .ndjson), fees.csv, and if need be
        accounts.csv. `studio` is the example that comes along.
    rule
        user_centric, pro_rata, equal_split (the Shapley value) or per_use.
    period
        The month, YYYY-MM.
    out
        Folder for statements, refused rows and report; by default settlement-PERIOD.
    ledger
        Ledger file to book into. Booking the same period again changes nothing.
    uses
        With the example `studio`: generate this many uses instead of reading its files.
    strict
        Settle nothing where any row was refused.
    json
        Print one JSON object.
    """
    from headrace.rights.dues import dues, entries
    from headrace.rights.ledger import Ledger
    from headrace.rights.period import checked_rule, month, settle_folder, settle_generated

    chosen = checked_rule(rule)
    example = folder == Path("studio")
    if example and uses is not None:
        done = settle_generated(uses, chosen)
    else:
        bundled = Path(headrace.__file__).parent / "examples" / "studio"
        own = bundled if example and not folder.is_dir() else folder
        done = settle_folder(own, period, chosen)
    where = out or Path(f"settlement-{done.name}")
    rows = dues(done.chosen, done.accounts)
    settled = not (strict and done.refused)
    with settlement_folder(where, settled) as new:
        write_refused(new.root, done)
        if settled:
            write_statements(new.root, done, rows)
    if not settled:
        refused = f"{len(done.refused)} rows refused, nothing settled; see {where / REFUSED}"
        say(refused, stderr=True)
        return 2
    head = ""
    if ledger is not None:
        # booked at the first instant after the month
        booked = f"{month(done.name)[1] + timedelta(days=1)}T00:00:00Z"
        with Ledger.open(ledger) as book:
            head = str(book.append(entries(done.chosen, rows, done.name, booked)).head)
    told = as_json(done, rows) | {"head": head, "note": done.note, "folder": str(where)}
    if json:
        emit(told)
        return 0
    for key, value in told.items():
        if value not in ("", {}):
            console().print(f"{key:>16}  {value}")
    return 0


@contextmanager
def settlement_folder(where: Path, settled: bool) -> Iterator[FileSet]:
    """The files of a settlement, which replace those of an earlier one together when the block
    ends; without a settlement, the refused rows alone.

    Raises InputError where the folder cannot be written or another process writes to it, DiskFull.
    """
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, where) from error
    with folder_lock.hold(where):
        file_set.finish(where)
        file_set.sweep(where)
        with file_set.replaced(where, REPORT if settled else REFUSED, SETTLED) as new:
            yield new


def write_refused(where: Path, done: Period) -> Path:
    """Write refused.csv: every row that was not counted, and why. Returns its path."""
    from headrace.rights.statements import write_csv

    path = where / REFUSED
    rows = [(str(row.row), row.id, row.kind, row.reason) for row in done.refused]
    write_csv(path, ("row", "id", "kind", "reason"), rows)
    return path


def write_statements(where: Path, done: Period, rows: Sequence[Due]) -> None:
    """Write works and dues as CSV and Parquet, and the report."""
    from headrace.rights import statements
    from headrace.show.reports import settlement

    told = statements.statements(done.chosen, rows, done.name)
    for name, columns, table in (
        ("works", statements.WORK_COLUMNS, told.works),
        ("dues", statements.DUE_COLUMNS, told.dues),
    ):
        statements.write_csv(where / f"{name}.csv", columns, table)
        statements.write_parquet(where / f"{name}.parquet", columns, table)
    settlement.write(done, rows, where / REPORT)


def as_json(done: Period, rows: Sequence[Due]) -> dict[str, object]:
    """A settled period in figures, amounts in main units."""
    from headrace.rights.coupling import royalty_per_use
    from headrace.rights.money import written

    chosen = done.chosen
    return {
        "period": done.name,
        "rule": chosen.rule,
        "currency": chosen.currency,
        "read": done.read,
        "accepted": chosen.uses,
        "repeated": done.repeated,
        "refused": dict(Counter(row.kind for row in done.refused)),
        "pool": written(chosen.pool),
        "earned": written(int(chosen.earned.sum())),
        "reserved": written(int(chosen.reserved.sum())),
        "undistributed": written(chosen.undistributed),
        "guarantee_top_up": written(sum(due.top_up for due in rows)),
        "recouped": written(sum(due.recouped for due in rows)),
        "payable": written(sum(due.payable for due in rows)),
        "royalty_per_use": royalty_per_use(chosen),
    }


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
            else "; no published head was given, so a rewritten chain would pass"
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

    with Ledger.open(file, create=False) as book:
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

    with Ledger.open(file, create=False) as book:
        found = [
            {"account": a, "currency": c, "amount": written(v)}
            for (a, c), v in book.balances().items()
        ]
    if json:
        emit({"balances": found})
    else:
        for row in found:
            console().print(
                f"{row['amount']:>22} {row['currency']}  {row['account']}", markup=False
            )
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
        console().print(
            f"{done.added} added, {done.repeated} stood already\n{done.head}", markup=False
        )
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

    with Ledger.open(file, create=False) as book:
        if out is None:
            write(book, sys.stdout)
        else:
            text = io.StringIO()
            write(book, text)
            write_text(out, text.getvalue())
    return 0
