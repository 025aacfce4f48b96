"""From what was earned to what is paid: guarantees topped up, advances recouped, disputed and held
money set aside.

    earned      = clear + reserved + held               (a settlement)
    top_up      = max(0, guarantee - earned)            (paid by the platform; 0 without one)
    recouped    = min(advance, clear + top_up)          (the advance is never below 0)
    payable     = clear + top_up - recouped             (below 0 only where fees were charged back)
    advance_left = advance - recouped

All integer micro-units. A guarantee here is of money. A guarantee of exposure is a number of offers
(allocation.py): exposure is not use, and neither promises the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.ledger import About, Entry, Posting, component
from headrace.rights.royalties.settlement import Settlement

#: Parties that are no holder, in the entries of a settlement.
NOBODY = "(undistributed)"
UNMATCHED = "(unmatched)"
#: Money of works without a known holder waits in accounts under this one.
SUSPENSE = "Liabilities:Suspense:"


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
    held: int = 0


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
    s = settlement
    rows = [
        _due(holder, int(earned), int(reserved), int(held), accounts.get(holder, Account()))
        for holder, earned, reserved, held in zip(s.holders, s.earned, s.reserved, s.held)
    ]
    unused = sorted(set(accounts) - set(settlement.holders))
    return (*rows, *(_due(holder, 0, 0, 0, accounts[holder]) for holder in unused))


def _due(holder: str, earned: int, reserved: int, held: int, account: Account) -> Due:
    top_up = max(0, account.guarantee - earned) if account.guarantee else 0
    clear = earned - reserved - held + top_up
    recouped = min(account.advance, max(clear, 0))
    return Due(
        holder,
        earned,
        reserved,
        top_up,
        recouped,
        clear - recouped,
        account.advance - recouped,
        held,
    )


def entries(
    settlement: Settlement,
    rows: Iterable[Due],
    period: str,
    booked: str,
    service: str = "platform",
) -> tuple[Entry, ...]:
    """The period as ledger entries, one per holder with anything to book; booking them twice
    changes nothing.

    The royalty and the top-up are expenses; what is payable, reserved or held is a liability to the
    holder; what is recouped leaves the asset "advances". Money of works without a known holder
    waits in suspense by work; the undistributed rest of the pool is a liability to nobody yet.
    """
    money = settlement.currency
    found: list[tuple[str, str, tuple[Posting, ...]]] = []
    for due in rows:
        name = component(due.holder)
        lines = (
            Posting("Expenses:Royalties", money, due.earned),
            Posting("Expenses:Guarantees", money, due.top_up),
            Posting(f"Liabilities:Holders:{name}", money, -due.payable),
            Posting(f"Liabilities:Disputed:{name}", money, -due.reserved),
            Posting(f"Liabilities:Held:{name}", money, -due.held),
            Posting(f"Assets:Advances:{name}", money, -due.recouped),
        )
        found.append((due.holder, "settlement", lines))
    waiting: dict[str, int] = {}
    for each in settlement.held_by:
        if not each.holder:
            waiting[each.work] = waiting.get(each.work, 0) + each.amount
    suspense = [
        Posting(f"{SUSPENSE}{component(work)}", money, -amount)
        for work, amount in sorted(waiting.items())
    ]
    total = Posting("Expenses:Royalties", money, sum(waiting.values()))
    found.append((UNMATCHED, "suspense", (total, *suspense)))
    rest = settlement.undistributed
    nobody = Posting("Liabilities:Undistributed", money, -rest)
    found.append((NOBODY, "undistributed", (Posting("Expenses:Royalties", money, rest), nobody)))
    return tuple(
        Entry(
            settlement_key(About(service, period, party), 1),
            booked,
            kind,
            f"{period} {party}",
            kept,
            about=About(service, period, party),
        )
        for party, kind, lines in found
        if (kept := tuple(line for line in lines if line.amount))
    )


def settlement_key(about: About, times: int) -> str:
    """The key of the n-th booking about a party's period: a retry of it changes nothing."""
    return f"{about.service}:{about.period}:{about.party}:{times}"[:200]


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
