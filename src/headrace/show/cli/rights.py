"""`headrace settle` and `headrace ledger`: the rights room from the command line, without a plan."""

from __future__ import annotations

import sys
from pathlib import Path

from cyclopts import App

from headrace.show.cli.output import console, emit

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
        accounts.csv. `studio` is the example that comes along. rule
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
    from headrace.rights.period import checked_rule, settle_folder, settle_generated

    chosen = checked_rule(rule)
    done = (
        settle_generated(uses, chosen)
        if uses is not None and folder == Path("studio")
        else settle_folder(_found(folder), period, chosen)
    )
    where = out or Path(f"settlement-{done.name}")
    where.mkdir(parents=True, exist_ok=True)
    _write_refused(where, done.refused)
    if strict and done.refused:
        print(
            f"{len(done.refused)} rows refused, nothing settled; see {where / 'refused.csv'}",
            file=sys.stderr,
        )
        return 2
    rows = dues(done.chosen, done.accounts)
    _write(where, done, rows)
    head = None
    if ledger is not None:
        with Ledger.open(ledger) as book:
            head = book.append(entries(done.chosen, rows, done.name, _after(done.name))).head
    _tell(done, rows, where, str(head) if head else "", json=json)
    return 0


def _found(folder: Path) -> Path:
    if folder == Path("studio") and not folder.is_dir():
        import headrace

        return Path(headrace.__file__).parent / "examples" / "studio"
    return folder


def _after(period: str) -> str:
    """The first instant after the month: when its settlement is booked."""
    from datetime import timedelta

    from headrace.rights.period import month

    return f"{month(period)[1] + timedelta(days=1)}T00:00:00Z"


def _write_refused(where: Path, refused) -> None:  # type: ignore[no-untyped-def]
    from headrace.rights.statements import write_csv

    write_csv(
        where / "refused.csv",
        ("row", "id", "kind", "reason"),
        [(str(r.row), r.id, r.kind, r.reason) for r in refused],
    )


def _write(where: Path, done, rows) -> None:  # type: ignore[no-untyped-def]
    from headrace.core.atomic_write import write_text
    from headrace.rights.statements import (
        DUE_COLUMNS,
        WORK_COLUMNS,
        statements,
        write_csv,
        write_parquet,
    )
    from headrace.show.reports.settlement import report

    told = statements(done.chosen, rows, done.name)
    for name, columns, table in (
        ("works", WORK_COLUMNS, told.works),
        ("dues", DUE_COLUMNS, told.dues),
    ):
        write_csv(where / f"{name}.csv", columns, table)
        write_parquet(where / f"{name}.parquet", columns, table)
    write_text(where / "report.html", report(done, rows))


def _tell(done, rows, where: Path, head: str, *, json: bool) -> None:  # type: ignore[no-untyped-def]
    from collections import Counter

    from headrace.rights.coupling import royalty_per_use
    from headrace.rights.money import written

    s = done.chosen
    refused = dict(Counter(r.kind for r in done.refused))
    told = {
        "period": done.name,
        "rule": s.rule,
        "currency": s.currency,
        "read": done.read,
        "accepted": s.uses,
        "repeated": done.repeated,
        "refused": refused,
        "pool": written(s.pool),
        "earned": written(int(s.earned.sum())),
        "reserved": written(int(s.reserved.sum())),
        "undistributed": written(s.undistributed),
        "guarantee_top_up": written(sum(d.top_up for d in rows)),
        "recouped": written(sum(d.recouped for d in rows)),
        "payable": written(sum(d.payable for d in rows)),
        "royalty_per_use": royalty_per_use(s),
        "head": head,
        "note": done.note,
        "folder": str(where),
    }
    if json:
        emit(told)
        return
    for key, value in told.items():
        if value not in ("", {}):
            console().print(f"{key:>16}  {value}", markup=False)


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

    published = read_heads(heads.read_text(encoding="utf-8"), heads.name) if heads else ()
    found = recompute(file, published)
    if isinstance(found, Breach):
        if json:
            emit({"sound": False, "entry": found.seq, "what": found.what, "head": ""})
        else:
            console().print(f"broken at entry {found.seq}: {found.what}", markup=False)
        return 3
    if json:
        emit({"sound": True, "entry": found.seq, "what": "", "head": str(found)})
    else:
        against = (
            f" and {len(published)} published heads"
            if published
            else "; no published head was given, so a rewritten chain would pass"
        )
        console().print(f"sound: {found.seq} entries{against}\n{found}", markup=False)
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
            print(line)
    return 0


@ledger.command
def balances(file: Path, *, json: bool = False) -> int:
    """Print the balance of every account (positive is a debit)."""
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
    """Book the exact opposite of an entry; `key` makes a retry harmless, `booked` is like
    2026-01-31T00:00:00Z.
    """
    from headrace.rights.ledger import Ledger

    with Ledger.open(file, create=False) as book:
        print(book.reverse(entry, key=key, booked=booked, memo=memo).head)
    return 0


@ledger.command
def export(file: Path, *, out: Path | None = None) -> int:
    """Write the ledger as Beancount text, to a file or to stdout."""
    import io

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
