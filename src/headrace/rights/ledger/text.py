"""The ledger as Beancount text, so that an independent program can check the books.

Written from Beancount's published syntax (directives open, transaction with metadata, balance).
Every account is opened before its first use and asserted at the end with our own balance, that
of the accounts below it included, as Beancount counts: `bean-check` recomputes all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TextIO

from headrace.rights.ledger.book import Ledger
from headrace.rights.money import written


def export(ledger: Ledger, out: TextIO) -> int:
    """Write the whole ledger as Beancount text; returns the number of entries written."""
    head = ledger.head()
    out.write(f'option "title" "Headrace ledger {head.uid}"\n')
    out.write(f"; head: {head}\n\n")
    # Booking times never go back, so the first entry of an account is its earliest.
    openings = ledger.connection.execute(
        "SELECT account, substr(booked, 1, 10)"
        " FROM (SELECT account, min(entry) AS first FROM posting GROUP BY account)"
        " JOIN entry ON seq = first ORDER BY first, account"
    )
    out.writelines(f"{day} open {account}\n" for account, day in openings)
    count = 0
    for item in ledger.sealed():
        entry = item.entry
        out.write(f"\n{entry.booked[:10]} * {_quoted(entry.kind)} {_quoted(entry.memo)}\n")
        out.write(f"  key: {_quoted(entry.key)}\n")
        out.write(f"  seq: {item.seq}\n")
        out.write(f"  digest: {_quoted(item.digest.hex())}\n")
        if entry.reverses is not None:
            out.write(f"  reverses: {entry.reverses}\n")
        for line in entry.postings:
            out.write(f"  {line.account}  {written(line.amount)} {line.currency}\n")
        count += 1
    if head.day:
        after = date.fromisoformat(head.day) + timedelta(days=1)
        out.write("\n")
        for (account, currency), amount in _with_those_below(ledger.balances()).items():
            out.write(f"{after} balance {account}  {written(amount)} ~ 0 {currency}\n")
    return count


def _with_those_below(
    balances: Mapping[tuple[str, str], int],
) -> dict[tuple[str, str], int]:
    """Balances of the same accounts, those of the accounts below each included."""
    found = dict.fromkeys(balances, 0)
    for (account, currency), amount in balances.items():
        while account:
            if (account, currency) in found:
                found[account, currency] += amount
            account = account.rpartition(":")[0]
    return found


def _quoted(text: str) -> str:
    clean = "".join(c if c.isprintable() else " " for c in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'
