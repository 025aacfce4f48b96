"""From what was earned to what is paid: guarantees topped up, advances recouped, disputed money
reserved.

    earned      = clear + reserved                      (a settlement)
    top_up      = max(0, guarantee - earned)            (paid by the platform)
    recouped    = min(advance, clear + top_up)          (the advance is never below 0)
    payable     = clear + top_up - recouped             (never below 0)
    advance_left = advance - recouped

All integer micro-units. A guarantee here is of money. A guarantee of exposure is a number of offers
(allocation.py): exposure is not use, and neither promises the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.ledger import Entry, Posting, component
from headrace.rights.royalties.settlement import Settlement


@dataclass(frozen=True)
class Account:
    """What stands between the platform and one holder before a period: guarantee for it and advance
    not yet recouped.
    """

    guarantee: int = 0
    advance: int = 0


@dataclass(frozen=True)
class Due:
    """One holder's period in micro-units; see the module's head for the arithmetic."""

    holder: str
    earned: int
    reserved: int
    top_up: int
    recouped: int
    payable: int
    advance_left: int


def dues(settlement: Settlement, accounts: Mapping[str, Account] | None = None) -> tuple[Due, ...]:
    """Every holder's due, in the order of the settlement, then holders with an account but no use
    at all.

    Raises InputError where a guarantee or an advance is negative.
    """
    accounts = accounts or {}
    problems = [
        InputFault(Place(key=h), f"{a} is negative")
        for h, a in accounts.items()
        if min(a.guarantee, a.advance) < 0
    ]
    if problems:
        raise InputError(problems)
    rows = [
        _due(holder, int(earned), int(reserved), accounts.get(holder, Account()))
        for holder, earned, reserved in zip(
            settlement.holders, settlement.earned, settlement.reserved
        )
    ]
    unused = sorted(set(accounts) - set(settlement.holders))
    return (*rows, *(_due(holder, 0, 0, accounts[holder]) for holder in unused))


def _due(holder: str, earned: int, reserved: int, account: Account) -> Due:
    top_up = max(0, account.guarantee - earned)
    clear = earned - reserved + top_up
    recouped = min(account.advance, clear)
    return Due(
        holder, earned, reserved, top_up, recouped, clear - recouped, account.advance - recouped
    )


def entries(
    settlement: Settlement, rows: Iterable[Due], period: str, booked: str
) -> tuple[Entry, ...]:
    """The period as ledger entries, one per holder with anything to book; booking them twice
    changes nothing.

    The royalty and the top-up are expenses; what is payable and what is reserved are liabilities to
    the holder; what is recouped leaves the asset "advances". The undistributed rest of the pool is
    a liability to nobody yet.
    """
    money = settlement.currency
    booked_entries = []
    for due in rows:
        name = component(due.holder)
        lines = (
            Posting("Expenses:Royalties", money, due.earned),
            Posting("Expenses:Guarantees", money, due.top_up),
            Posting(f"Liabilities:Holders:{name}", money, -due.payable),
            Posting(f"Liabilities:Disputed:{name}", money, -due.reserved),
            Posting(f"Assets:Advances:{name}", money, -due.recouped),
        )
        kept = tuple(line for line in lines if line.amount)
        if kept:
            booked_entries.append(
                Entry(
                    f"{period}:{settlement.rule}:{due.holder}",
                    booked,
                    "settlement",
                    f"{period} {due.holder}",
                    kept,
                )
            )
    if settlement.undistributed:
        rest = settlement.undistributed
        nobody = (
            Posting("Expenses:Royalties", money, rest),
            Posting("Liabilities:Undistributed", money, -rest),
        )
        booked_entries.append(
            Entry(f"{period}:{settlement.rule}", booked, "undistributed", period, nobody)
        )
    return tuple(booked_entries)


def advance(holder: str, currency: str, amount: int, *, key: str, booked: str) -> Entry:
    """An advance paid out to a holder: recoupable later."""
    lines = (
        Posting(f"Assets:Advances:{component(holder)}", currency, amount),
        Posting("Assets:Bank", currency, -amount),
    )
    return Entry(key, booked, "advance", holder, lines)


def payment(holder: str, currency: str, amount: int, *, key: str, booked: str) -> Entry:
    """What was payable, paid."""
    lines = (
        Posting(f"Liabilities:Holders:{component(holder)}", currency, amount),
        Posting("Assets:Bank", currency, -amount),
    )
    return Entry(key, booked, "payment", holder, lines)


def release(holder: str, to: str, currency: str, amount: int, *, key: str, booked: str) -> Entry:
    """A dispute decided: money reserved at `holder` becomes payable to `to` (the same holder, or
    another).
    """
    lines = (
        Posting(f"Liabilities:Disputed:{component(holder)}", currency, amount),
        Posting(f"Liabilities:Holders:{component(to)}", currency, -amount),
    )
    return Entry(key, booked, "dispute", f"{holder} -> {to}", lines)
