"""Reading what each user's fee leaves for royalties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.currencies import Rates
from headrace.rights.usage.rows import load, opened
from headrace.rights.usage.uses import Uses

_AMOUNT = r"-?\d{1,12}(\.\d{1,6})?"


def read_fees(
    path: Path, uses: Uses, into: Rates | None = None, day: date = date.max
) -> tuple[Uses, Ints]:
    """The royalty part of each user's fee, from a file with the columns user, fee, currency.

    A negative row is a chargeback: a user may have one of each, and their sum may be negative.
    Other currencies are turned into that of the uses at the rates of `day`. Returns the uses with
    all users named, those who used nothing included, and the fees in their order [micro-units]; 0
    for a user whom the file does not name. Raises InputError with every bad row: money that comes
    in is never guessed.
    """
    into = into or Rates(uses.currency)
    with opened(path) as (connection, copy):
        load(connection, path, ("user", "fee", "currency"), copy)
        bad = connection.execute(
            f"""
            SELECT row, CASE WHEN fault IS NOT NULL THEN fault
                WHEN "user" IS NULL OR fee IS NULL OR currency IS NULL
                    THEN 'the row lacks user, fee or currency'
                WHEN NOT list_contains($1::VARCHAR[], currency)
                    THEN 'mixed currencies: ' || currency || ' in a file of ' || $2
                WHEN NOT regexp_full_match(fee, '{_AMOUNT}')
                    THEN '`' || fee || '` is not an amount of at most 6 decimals'
                WHEN row_number() OVER (PARTITION BY "user", starts_with(fee, '-') ORDER BY row) > 1
                    THEN 'user `' || "user" || '` stands twice'
                END AS why
            FROM raw QUALIFY why IS NOT NULL ORDER BY row""",
            [list(into.currencies), uses.currency],
        ).fetchall()
        if bad:
            raise InputError([InputFault(Place(path.name, row), why) for row, why in bad])
        paid = connection.execute(
            'SELECT "user", currency, sum(fee::DECIMAL(25, 6) * 1000000)::BIGINT'
            " FROM raw GROUP BY ALL"
        ).fetchall()
    found: dict[str, int] = {}
    for user, currency, amount in paid:
        found[user] = found.get(user, 0) + into.turn(amount, currency, day)
    known = set(uses.users)
    users = (*uses.users, *sorted(u for u in found if u not in known))
    fees = np.fromiter((found.get(u, 0) for u in users), np.int64, len(users))
    return replace(uses, users=users), fees
