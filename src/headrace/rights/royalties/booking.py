"""Periods in a ledger: booked once, booked again only by the difference, and paid from balances.

A period of a service is an entry's own field, so months may arrive in any order, a corrected log
books what changed, and several services share one ledger. Balances live in the ledger: advances and
what is owed are read from it. What waited is released to whoever proves a claim, or distributed by
a stated rule once nobody can claim any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.ledger import About, Appended, Entry, Ledger, Posting, component
from headrace.rights.money import apportion, lots, written
from headrace.rights.royalties.dues import (
    NOBODY,
    SUSPENSE,
    UNMATCHED,
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
RELEASE, RELEASED = "release", "(released)"
HELD = "Liabilities:Held:"
WAITING = (SUSPENSE, HELD, "Liabilities:Undistributed")
"""Accounts in which money of a period waits for its owner."""
By = Literal["earned", "equally"]
CLAIM_YEARS = 3.0
"""How long money of unmatched works waits for a claim [year]: 17 U.S.C. 115(d)(3)(H)."""


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
    """Raises InputError where a correction takes away money that was released before.

    Chargebacks may leave an account in debt too; there nothing was taken out but by settlements.
    """
    standing = ledger.balances()
    taken = _taken_out(ledger)
    touched = set()
    for entry in changes:
        for line in entry.postings:
            key = (line.account, line.currency)
            standing[key] = standing.get(key, 0) + line.amount
            touched.add(key)
    problems = [
        InputFault(
            Place("ledger", key=account),
            f"{written(amount)} {currency} of it was released before its owner was in the log",
            fix="Reverse the release (`headrace ledger reverse`), then settle again.",
        )
        for (account, currency), amount in sorted(standing.items())
        if amount > 0
        and (account, currency) in touched
        and taken.get((account, currency), 0) > 0
        and account.startswith(WAITING)
    ]
    if problems:
        raise InputError(problems)


def _taken_out(ledger: Ledger) -> dict[tuple[str, str], int]:
    """What entries other than settlements moved, by account and currency [micro-units]."""
    rows = ledger.connection.execute(
        "SELECT account, currency, sum(amount)"
        " FROM entry e JOIN posting ON entry = e.seq LEFT JOIN entry o ON o.seq = e.reverses"
        f" WHERE coalesce(o.kind, e.kind) NOT IN ({', '.join('?' * len(SETTLED))}) GROUP BY 1, 2",
        SETTLED,
    )
    return {(account, currency): amount for account, currency, amount in rows}


def waiting(ledger: Ledger, about: About) -> dict[tuple[str, str], int]:
    """What still waits of a service's period: (account, currency) -> micro-units, all above 0."""
    found: dict[tuple[str, str], int] = {}
    for booked in ledger.told(about, (*SETTLED, RELEASE)).values():
        for key, amount in booked.items():
            if key[0].startswith(WAITING):
                found[key] = found.get(key, 0) - amount
    return {key: amount for key, amount in sorted(found.items()) if amount > 0}


def claimed(ledger: Ledger, about: About, account: str, to: str, day: date) -> Entry:
    """The entry by which what waits in `account` becomes payable to the holder `to`, who proved to
    own it. day: on which it is booked. Raises InputError where nothing waits there.
    """
    found = {key: amount for key, amount in waiting(ledger, about).items() if key[0] == account}
    if not found:
        raise InputError(
            InputFault(
                Place("ledger", key=account),
                f"nothing of {about.service}, {about.period} waits there",
                fix="`headrace ledger waiting` lists what does.",
            )
        )
    lines = [
        line
        for (name, currency), amount in found.items()
        for line in (
            Posting(name, currency, amount),
            Posting(f"Liabilities:Holders:{component(to)}", currency, -amount),
        )
    ]
    return _release(ledger, about, f"{account} claimed by {to}", lines, day)


def distributed(
    ledger: Ledger,
    about: About,
    by: By,
    day: date,
    last: date,
    claim_years: float = CLAIM_YEARS,
) -> Entry:
    """The entry by which what nobody claimed is shared among the holders of its own period.

    by: "earned": in proportion to what each earned in that period, the market share of 17 U.S.C.
    115(d)(3)(J); "equally": as much to each of them. last: the period's last day; before
    `claim_years` [year] have passed since, nothing is shared. Money held for a known holder stays
    held. Raises InputError.
    """
    first = last + timedelta(days=round(365.25 * claim_years))
    if day <= first:
        found = f"claims of {about.period} may come until {first}, and it is {day}"
        raise InputError(InputFault(Place("ledger"), found, "a day after that"))
    lines: list[Posting] = []
    for currency, account, amount in (
        (currency, account, amount)
        for (account, currency), amount in waiting(ledger, about).items()
        if not account.startswith(HELD)
    ):
        earned = _earned(ledger, about, currency)
        if not earned:
            found = f"{written(amount)} {currency} waits, and nobody earned any in {about.period}"
            raise InputError(InputFault(Place("ledger", key=account), found))
        weights = list(earned.values()) if by == "earned" else [1] * len(earned)
        lot = [int(x) for x in lots([f"{account}\x1f{name}" for name in earned])]
        lines.append(Posting(account, currency, amount))
        lines += [
            Posting(f"Liabilities:Holders:{component(holder)}", currency, -part)
            for holder, part in zip(earned, apportion(amount, weights, lot))
            if part
        ]
    if not lines:
        found = f"nothing of {about.service}, {about.period} waits without an owner"
        raise InputError(InputFault(Place("ledger"), found))
    return _release(ledger, about, f"{about.period} unclaimed, shared as {by}", lines, day)


def _earned(ledger: Ledger, about: About, currency: str) -> dict[str, int]:
    """What each holder earned in a period [micro-units], of those who earned any, by name."""
    told = ledger.told(about, SETTLED)
    found = {
        party: booked.get(("Expenses:Royalties", currency), 0)
        for party, booked in sorted(told.items())
        if party not in (UNMATCHED, NOBODY)
    }
    return {party: amount for party, amount in found.items() if amount > 0}


def _release(ledger: Ledger, about: About, memo: str, lines: Iterable[Posting], day: date) -> Entry:
    """One entry about what is released; lines of one account and currency become one."""
    total: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.account, line.currency)
        total[key] = total.get(key, 0) + line.amount
    own = replace(about, party=RELEASED)
    postings = tuple(Posting(*key, amount) for key, amount in sorted(total.items()) if amount)
    key_ = settlement_key(own, ledger.times(own) + 1)
    when = booking_time(ledger, day - timedelta(days=1))
    return Entry(key_, when, RELEASE, memo, postings, about=own)


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
