"""From what is owed to what is paid: the least payout, whole minor units, withholding, and what is
carried over.

    balance  = carried_in + payable
    gross    = balance in whole minor units, where it is at least the minimum; else 0
    withheld = gross x rate, rounded half up to a minor unit
    net      = gross - withheld
    carried_out = balance - gross        (nothing is lost by rounding: it waits)

A balance below 0 (fees charged back) is carried and met by later months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from headrace.rights.currencies import minor_unit
from headrace.rights.ledger import About, Entry, Ledger, Posting, component
from headrace.rights.royalties.dues import Due, settlement_key

PAYOUT_COLUMNS = (
    *("period", "currency", "holder", "name", "carried_in", "payable", "gross"),
    *("withheld", "net", "carried_out"),
)


@dataclass(frozen=True)
class Payee:
    """How a holder is paid: its name on statements, the least payout [micro-units], the share of
    tax withheld [1].
    """

    holder: str
    name: str = ""
    minimum: int = 0
    withholding: Fraction = Fraction(0)


@dataclass(frozen=True)
class Payout:
    """One holder's payment of a period, micro-units; see the module's head for the arithmetic."""

    payee: Payee
    carried_in: int
    payable: int
    gross: int
    withheld: int

    @property
    def net(self) -> int:
        """What reaches the holder's bank [micro-units]."""
        return self.gross - self.withheld

    @property
    def carried_out(self) -> int:
        """What waits for a later period [micro-units]."""
        return self.carried_in + self.payable - self.gross


def payout(due: Due, payee: Payee, carried_in: int, currency: str) -> Payout:
    """What of a holder's balance is paid now [micro-units in, and out]."""
    unit = minor_unit(currency)
    balance = carried_in + due.payable
    gross = balance // unit * unit if balance >= max(payee.minimum, unit) else 0
    withheld = int(gross * payee.withholding / unit + Fraction(1, 2)) * unit
    return Payout(payee, carried_in, due.payable, gross, withheld)


def payouts(
    rows: Iterable[Due], payees: Mapping[str, Payee], carried: Mapping[str, int], currency: str
) -> tuple[Payout, ...]:
    """Every holder's payout. carried: what earlier periods left, by holder [micro-units]."""
    return tuple(
        payout(due, payees.get(due.holder, Payee(due.holder)), carried.get(due.holder, 0), currency)
        for due in rows
    )


def carried_over(ledger: Ledger, rows: Iterable[Due], currency: str) -> dict[str, int]:
    """What the ledger owes each holder beyond the period just booked [micro-units]."""
    standing = ledger.balances()
    return {
        due.holder: -standing.get((f"Liabilities:Holders:{component(due.holder)}", currency), 0)
        - due.payable
        for due in rows
    }


def payment_entries(
    ledger: Ledger, paid: Iterable[Payout], currency: str, about: About, booked: str
) -> tuple[Entry, ...]:
    """The payments as entries: from what is owed to the bank, and to the tax withheld."""
    found = []
    for each in paid:
        holder = each.payee.holder
        whom = About(about.service, about.period, holder)
        name = component(holder)
        lines = (
            Posting(f"Liabilities:Holders:{name}", currency, each.gross),
            Posting(f"Liabilities:Withholding:{name}", currency, -each.withheld),
            Posting("Assets:Bank", currency, -each.net),
        )
        kept = tuple(line for line in lines if line.amount)
        if kept:
            key = settlement_key(whom, ledger.times(whom) + 1)
            memo = f"{about.period} {holder}"
            found.append(Entry(key, booked, "payment", memo, kept, about=whom))
    return tuple(found)
