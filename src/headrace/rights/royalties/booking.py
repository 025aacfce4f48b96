"""Periods in a ledger: booked once, booked again only by the difference, and paid from balances.

A period of a service is an entry's own field, so months may arrive in any order, a corrected log
books what changed, and several services share one ledger. Balances live in the ledger: advances and
what is owed are read from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.ledger import About, Appended, Entry, Ledger, Posting, component
from headrace.rights.money import written
from headrace.rights.royalties.dues import (
    SUSPENSE,
    Account,
    Due,
    entries,
    settlement_key,
)
from headrace.rights.royalties.settlement import Settlement

_MIDNIGHT = "T00:00:00Z"
OPENING = "Equity:Opening"
#: Kinds of entries that say what a period was worth; payments and releases move it afterwards.
SETTLED = ("settlement", "suspense", "undistributed", "adjustment")


@dataclass(frozen=True)
class Booked:
    """What booking a period did: entries added, how many of them correct an earlier booking, and
    the head to publish.
    """

    added: int
    corrections: int
    head: str


def balances_of(
    ledger: Ledger, about: About, currency: str, given: Mapping[str, Account]
) -> dict[str, Account]:
    """The accounts of `given` with the advances that the ledger knows; it counts where it has any.

    The period's own earlier booking is left out, so that settling it again finds what it found.
    """
    own: dict[str, int] = {}
    for booked in ledger.told(about, SETTLED).values():
        for (name, money), amount in booked.items():
            if money == currency:
                own[name] = own.get(name, 0) + amount
    standing = ledger.balances()
    found: dict[str, Account] = {}
    for holder, account in given.items():
        name = f"Assets:Advances:{component(holder)}"
        known = standing.get((name, currency))
        found[holder] = (
            account if known is None else replace(account, advance=max(0, known - own.get(name, 0)))
        )
    return found


def opening_advances(
    ledger: Ledger, currency: str, given: Mapping[str, Account], booked: str
) -> tuple[Entry, ...]:
    """An opening entry for every advance that the ledger does not know yet."""
    standing = ledger.balances()
    return tuple(
        Entry(
            f"opening advance:{holder}:{currency}",
            booked,
            "opening",
            f"advance of {holder} as given",
            (
                Posting(name, currency, account.advance),
                Posting(OPENING, currency, -account.advance),
            ),
        )
        for holder, account in given.items()
        if account.advance
        and (name := f"Assets:Advances:{component(holder)}", currency) not in standing
    )


def book(
    ledger: Ledger,
    settlement: Settlement,
    due: Callable[[Mapping[str, Account]], tuple[Due, ...]],
    accounts: Mapping[str, Account],
    about: About,
    last: date,
) -> tuple[tuple[Due, ...], Booked]:
    """Book a settled period, or what changed since it was booked; returns the dues as booked.

    due: the dues under given accounts. about: service and period. last: the period's last day; an
        entry is dated the day after it, or with the ledger's last entry where that is later.
    """
    when = booking_time(ledger, last)
    money = settlement.currency
    opening = opening_advances(ledger, money, accounts, when)
    if opening:
        ledger.append(opening)
    rows = due(balances_of(ledger, about, money, accounts))
    wanted = entries(settlement, rows, about.period, when, about.service)
    changes = tuple(_changes(ledger, about, wanted, when))
    _refuse_double_release(ledger, changes)
    done: Appended = ledger.append(changes)
    corrected = sum(entry.kind == "adjustment" for entry in changes)
    return rows, Booked(done.added + len(opening), corrected, str(done.head))


def _refuse_double_release(ledger: Ledger, changes: Iterable[Entry]) -> None:
    """Raises InputError where a correction takes money out of suspense that was released before."""
    standing = ledger.balances()
    for entry in changes:
        for line in entry.postings:
            if line.account.startswith(SUSPENSE):
                key = (line.account, line.currency)
                standing[key] = standing.get(key, 0) + line.amount
    problems = [
        InputFault(
            Place("ledger", key=account),
            f"{written(amount)} {currency} of it was released before its owner was in the log",
            fix="Reverse the release (`headrace ledger reverse`), then settle again.",
        )
        for (account, currency), amount in standing.items()
        if account.startswith(SUSPENSE) and amount > 0
    ]
    if problems:
        raise InputError(problems)


def booking_time(ledger: Ledger, last: date) -> str:
    """When a period that ended on `last` is booked now: the ledger's clock never goes back."""
    due = f"{last + timedelta(days=1)}{_MIDNIGHT}"
    row = ledger.connection.execute("SELECT max(booked) FROM entry").fetchone()
    return max(due, row[0] or due)


def _changes(ledger: Ledger, about: About, wanted: Iterable[Entry], when: str) -> Iterable[Entry]:
    """Entries that make what stands about a period what is wanted."""
    standing = ledger.told(about, SETTLED)
    for entry in wanted:
        before = standing.pop(entry.about.party, {})
        if not before and not ledger.times(entry.about):
            yield entry
            continue
        target = {(p.account, p.currency): p.amount for p in entry.postings}
        yield from _adjustment(ledger, entry.about, before, target, when)
    for party, before in standing.items():
        yield from _adjustment(ledger, replace(about, party=party), before, {}, when)


def _adjustment(
    ledger: Ledger,
    about: About,
    before: Mapping[tuple[str, str], int],
    target: Mapping[tuple[str, str], int],
    when: str,
) -> Iterable[Entry]:
    """One entry with the differences, account by account; nothing where there is none."""
    lines = tuple(
        Posting(account, currency, change)
        for account, currency in sorted({*before, *target})
        if (change := target.get((account, currency), 0) - before.get((account, currency), 0))
    )
    if lines:
        key = settlement_key(about, ledger.times(about) + 1)
        memo = f"{about.period} {about.party}, corrected"
        yield Entry(key, when, "adjustment", memo, lines, about=about)
