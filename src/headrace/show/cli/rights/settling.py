"""`headrace settle`: a period of a folder into statements, a report and ledger entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

import headrace
from headrace.core.atomic_write import write_error
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import file_set, folder_lock
from headrace.core.files.file_set import FileSet
from headrace.core.printable import in_one_line
from headrace.show.cli.options import percent
from headrace.show.cli.output import console, emit, say

if TYPE_CHECKING:
    from headrace.rights.royalties.booking import Booked
    from headrace.rights.royalties.dues import Account, Due
    from headrace.rights.royalties.payouts import Payout
    from headrace.rights.royalties.period import Period

REFUSED, REPORT = "refused.csv", "report.html"
SETTLED = (
    *(REFUSED, "works.csv", "works.parquet", "dues.csv", "dues.parquet"),
    *("held.csv", "held.parquet", "payouts.csv", REPORT),
)
"""Every file that a settlement may hold, beside those of single payees."""
STATEMENTS = "statement-*"


@dataclass(frozen=True)
class Terms:
    """Whose log it is, in what currency, and when to complain.

    Parameters
    ----------
    service
        Name of the service settled; several may share one ledger.
    licensee
        Who used the works, as licences name it; a column `licensee` of the log says it row by row.
    currency
        Currency to settle in, where rates.csv turns others into it.
    most_held
        Exit with code 3 where more than this share of the pool is held [%].
    strict
        Settle nothing where any row was refused.
    holders
        Holders who get a statement of their own (HTML, PDF, CSV), comma separated, or `all`.
    pay
        With a ledger: book the payouts too.
    """

    service: str = "platform"
    licensee: str = "platform"
    currency: str = ""
    most_held: Annotated[float, Parameter(validator=percent)] = 100.0
    strict: bool = False
    holders: str = ""
    pay: bool = False


def settle(
    folder: Path,
    *,
    rule: str = "user_centric",
    period: str = "2026-01",
    out: Path | None = None,
    ledger: Path | None = None,
    terms: Annotated[Terms, Parameter(name="*")] = Terms(),
    uses: int | None = None,
    json: bool = False,
) -> int:
    """Turn a period's log of uses into statements, a report and, if asked, ledger entries.

    Parameters
    ----------
    folder
        Holds licences.yaml (or .csv, .parquet), uses.csv (or .parquet, .jsonl, .ndjson), fees.csv,
        and if need be accounts, shares, rates, offers. `studio` is the example that comes along.
    rule
        user_centric, pro_rata, equal_split (the Shapley value) or per_use.
    period
        A month YYYY-MM, a quarter YYYY-Q1, a half YYYY-H1 or a year YYYY.
    out
        Folder for statements, refused rows and report; by default settlement-PERIOD.
    ledger
        Ledger file to book into. Booking the same period again books the difference only.
    terms
        See below.
    uses
        With the example `studio`: generate this many uses instead of reading its files.
    json
        Print one JSON object.
    """
    from headrace.rights.royalties.dues import dues
    from headrace.rights.royalties.payouts import payouts
    from headrace.rights.royalties.period import checked_rule, settle_folder, settle_generated

    chosen = checked_rule(rule)
    example = folder == Path("studio")
    if example and uses is not None:
        done = settle_generated(uses, chosen)
    else:
        bundled = Path(headrace.__file__).parent / "examples" / "studio"
        own = bundled if example and not folder.is_dir() else folder
        done = settle_folder(own, period, chosen, licensee=terms.licensee, currency=terms.currency)
    where = out or Path(f"settlement-{done.name}")
    settled = not (terms.strict and done.refused)
    if not settled:
        with settlement_folder(where, settled) as new:
            write_refused(new.root, done)
        refused = (
            f"{len(done.refused)} rows refused, nothing settled; see {in_one_line(where / REFUSED)}"
        )
        say(refused, stderr=True)
        return 2
    rows, booked = dues(done.chosen, done.accounts), None
    carried: Mapping[str, int] = {}
    if ledger is not None:
        rows, booked, carried = book_period(ledger, done, terms)
    paid = payouts(rows, done.payees, carried, done.chosen.currency)
    asked = holders_asked(paid, terms.holders)
    with settlement_folder(where, settled) as new:
        write_refused(new.root, done)
        write_payouts(new.root, done, paid)
        write_statements(new.root, done, rows)
        write_payee_statements(new.root, done, rows, asked)
    told = as_json(done, rows) | {
        "head": booked.head if booked else "",
        "corrections": booked.corrections if booked else 0,
        "note": done.note,
        "folder": str(where),
    }
    held = held_share(done)
    if json:
        emit(told)
    else:
        tell(told)
    print_banners(done, held, terms.most_held)
    return 3 if 100 * held > terms.most_held else 0


def book_period(
    ledger: Path, done: Period, terms: Terms
) -> tuple[tuple[Due, ...], Booked, Mapping[str, int]]:
    """Book a settled period into a ledger; returns the dues under the ledger's own balances, and
    what earlier periods left.
    """
    from headrace.rights.ledger import About, Ledger
    from headrace.rights.royalties.booking import book, booking_time
    from headrace.rights.royalties.dues import dues
    from headrace.rights.royalties.payouts import carried_over, payment_entries, payouts
    from headrace.rights.royalties.period import days_of

    def due(accounts: Mapping[str, Account]) -> tuple[Due, ...]:
        return dues(done.chosen, accounts)

    about, last = About(terms.service, done.name), days_of(done.name)[1]
    money = done.chosen.currency
    with Ledger.open(ledger) as books:
        rows, booked = book(books, done.chosen, due, done.accounts, about, last)
        carried = carried_over(books, rows, money)
        if terms.pay:
            paid = payouts(rows, done.payees, carried, money)
            when = booking_time(books, last)
            appended = books.append(payment_entries(books, paid, money, about, when))
            booked = replace(booked, added=booked.added + appended.added, head=str(appended.head))
        return rows, booked, carried


def write_payouts(where: Path, done: Period, paid: Sequence[Payout]) -> None:
    """Write payouts.csv."""
    from headrace.rights.money import written
    from headrace.rights.royalties.payouts import PAYOUT_COLUMNS
    from headrace.rights.royalties.statements import write_csv

    money = done.chosen.currency
    table = [
        (
            *(done.name, money, each.payee.holder, each.payee.name),
            *map(written, (each.carried_in, each.payable, each.gross, each.withheld)),
            *map(written, (each.net, each.carried_out)),
        )
        for each in paid
    ]
    write_csv(where / "payouts.csv", PAYOUT_COLUMNS, table)


def holders_asked(paid: Sequence[Payout], holders: str) -> tuple[Payout, ...]:
    """The payouts of the holders named, or of all. Raises InputError for one that is not there."""
    known = {each.payee.holder: each for each in paid}
    wanted = list(known) if holders == "all" else [h.strip() for h in holders.split(",") if h]
    unknown = [holder for holder in wanted if holder not in known]
    if unknown:
        fault = f"no holder `{unknown[0]}` in this period"
        raise InputError(InputFault(Place(key="--holders"), fault))
    return tuple(known[holder] for holder in wanted)


def write_payee_statements(
    where: Path, done: Period, rows: Sequence[Due], asked: Sequence[Payout]
) -> None:
    """Write a statement for each of these payees."""
    from headrace.rights.royalties.payee_statement import payee_statement
    from headrace.rights.royalties.statements import statements
    from headrace.show.reports import payee_statement as report

    for paid in asked:
        told = statements(done.chosen, rows, done.name, paid.payee.holder)
        report.write(payee_statement(told, paid, done.chosen.currency), where)


@contextmanager
def settlement_folder(where: Path, settled: bool) -> Iterator[FileSet]:
    """The files of a settlement, which replace those of an earlier one together when the block
    ends, statements of its payees among them; without a settlement, the refused rows alone.

    Raises InputError where the folder cannot be written or another process writes to it, DiskFull.
    """
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, where) from error
    with folder_lock.hold(where):
        file_set.finish(where)
        file_set.sweep(where)
        older = (*SETTLED, *(path.name for path in where.glob(STATEMENTS) if path.is_file()))
        with file_set.replaced(where, REPORT if settled else REFUSED, older) as new:
            yield new


def held_share(done: Period) -> float:
    """Share of the pool that waits for its owner or for a reason to go away [1]."""
    chosen = done.chosen
    held = sum(abs(each.amount) for each in chosen.held_by)
    return held / abs(chosen.pool) if chosen.pool else 0.0


def print_banners(done: Period, held: float, most_held: float) -> None:
    """Say loudly what is held and what was not enforced, on stderr."""
    lines = []
    if held:
        kinds = ", ".join(f"{kind} {amount}" for kind, amount in held_by_kind(done).items())
        above = f", more than {most_held:g} %" if 100 * held > most_held else ""
        lines.append(f"HELD {100 * held:.1f} % of the pool{above}: {kinds}; see held.csv")
    lines += [f"{note.term}: {note}" for note in done.terms if note.state == "not enforced"]
    lines += [
        f"exposure of {x.work} is short: {x.offered / 1e4:.2f} % of the offers,"
        f" {x.promised / 1e4:.2f} % promised by {x.licence}"
        for x in done.exposures
        if x.short
    ]
    for line in lines:
        console(stderr=True).print(line)


def tell(told: Mapping[str, object]) -> None:
    """Print the figures of a settled period for people."""
    for key, value in told.items():
        if value not in ("", {}, []):
            console().print(f"{key:>16}  {value}")


def write_refused(where: Path, done: Period) -> Path:
    """Write refused.csv: every row that was not counted, and why. Returns its path."""
    from headrace.rights.royalties.statements import write_csv

    path = where / REFUSED
    rows = [(str(row.row), row.id, row.kind, row.reason) for row in done.refused]
    write_csv(path, ("row", "id", "kind", "reason"), rows)
    return path


def write_statements(where: Path, done: Period, rows: Sequence[Due]) -> None:
    """Write works, dues and what is held as CSV and Parquet, and the report."""
    from headrace.rights.royalties import statements
    from headrace.show.reports import settlement

    told = statements.statements(done.chosen, rows, done.name)
    for name, columns, table in (
        ("works", statements.WORK_COLUMNS, told.works),
        ("dues", statements.DUE_COLUMNS, told.dues),
        ("held", statements.HELD_COLUMNS, told.held),
    ):
        statements.write_csv(where / f"{name}.csv", columns, table)
        statements.write_parquet(where / f"{name}.parquet", columns, table)
    settlement.write(done, rows, where / REPORT)


def held_by_kind(done: Period) -> dict[str, str]:
    """Money held by the reason why, in main units, most first."""
    from headrace.rights.money import written

    sums: Counter[str] = Counter()
    for each in done.chosen.held_by:
        sums[each.kind] += each.amount
    return {kind: written(amount) for kind, amount in sums.most_common()}


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
        "held": written(sum(each.amount for each in chosen.held_by)),
        "held_by": held_by_kind(done),
        "unmatched": written(chosen.unmatched),
        "retained": written(chosen.retained),
        "undistributed": written(chosen.undistributed),
        "guarantee_top_up": written(sum(due.top_up for due in rows)),
        "recouped": written(sum(due.recouped for due in rows)),
        "payable": written(sum(due.payable for due in rows)),
        "royalty_per_use": royalty_per_use(chosen),
        "terms": {note.term: str(note) for note in done.terms},
        "exposure_short": [x.work for x in done.exposures if x.short],
    }
