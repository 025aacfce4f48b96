"""Reading what each user's fee leaves for royalties."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.rights.money import MoneyError, micro
from headrace.rights.rows import load
from headrace.rights.uses import Uses


def read_fees(path: Path, uses: Uses, currency: str = "USD") -> tuple[Uses, Ints]:
    """The royalty part of each user's fee, from a file with the columns user, fee, currency.

    Returns the uses with all users named, those who used nothing included, and the fees in their
    order (0 for a user whom the file does not name). Raises InputError with every bad row: money
    that comes in is never guessed.
    """
    with database.connect(path) as connection:
        load(connection, path, ("user", "fee", "currency"))
        rows = connection.execute(
            'SELECT row, fault, "user", fee, currency FROM raw ORDER BY row'
        ).fetchall()
    found: dict[str, int] = {}
    problems = []
    for row, fault, user, fee, money in rows:
        why = fault or ""
        if not why and None in (user, fee, money):
            why = "the row lacks user, fee or currency"
        elif not why and money != currency:
            why = f"mixed currencies: {money} in a file of {currency}"
        elif not why and user in found:
            why = f"user `{user}` stands twice"
        try:
            amount = 0 if why else micro(fee)
            why = why or ("a fee is negative" if amount < 0 else "")
        except MoneyError as error:
            amount, why = 0, str(error)
        if why:
            problems.append(InputFault(Place(path.name, row), why))
        else:
            found[user] = amount
    if problems:
        raise InputError(problems)
    known = set(uses.users)
    users = (*uses.users, *(u for u in found if u not in known))
    return replace(uses, users=users), np.array([found.get(u, 0) for u in users], dtype=np.int64)
