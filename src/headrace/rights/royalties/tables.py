"""The small tables of a period's folder: accounts, payees, rates, shares, works, offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.currencies import Rates, rates
from headrace.rights.money import MoneyError, micro
from headrace.rights.royalties.dues import Account
from headrace.rights.royalties.payouts import Payee
from headrace.rights.shares import FOREVER, Share, WorkShares
from headrace.rights.terms import ANY
from headrace.rights.usage.rows import load, opened
from headrace.rights.works.identifiers import SCHEMES
from headrace.rights.works.identifiers import ipi as checked_ipi

Cells = Sequence[str | None]
T = TypeVar("T")


def read_table(path: Path, columns: Sequence[str], read: Callable[[Cells], T]) -> list[T]:
    """Every row of a file of these columns, as `read` understands it; `read` raises ValueError in
    words. Raises InputError with every bad row.
    """
    with opened(path) as (connection, copy):
        load(connection, path, columns, copy)
        listed = ", ".join(f'"{c}"' for c in columns)
        rows = connection.execute(f"SELECT row, fault, {listed} FROM raw ORDER BY row").fetchall()
    found: list[T] = []
    problems = []
    for row, fault, *cells in rows:
        try:
            if fault:
                raise ValueError(fault)
            found.append(read(cells))
        except (ValueError, MoneyError) as error:
            problems.append(InputFault(Place(path.name, row), str(error)))
    if problems:
        raise InputError(problems)
    return found


def read_accounts(path: Path, currency: str) -> dict[str, Account]:
    """Guarantee and open advance by holder [micro-units]. Raises InputError with every bad row."""
    seen: set[str] = set()

    def read(cells: Cells) -> tuple[str, Account]:
        holder, guarantee, advance, money = cells
        if holder is None or money != currency:
            raise ValueError("the row has no holder, or another currency")
        account = Account(micro(guarantee or "0"), micro(advance or "0"))
        if holder in seen:
            raise ValueError(f"holder `{holder}` stands twice")
        seen.add(holder)
        return holder, account

    return dict(read_table(path, ("holder", "guarantee", "advance", "currency"), read))


def read_rates(path: Path, into: str) -> Rates:
    """Dated rates from day, currency, rate: units of `into` for one unit of the currency."""

    def read(cells: Cells) -> tuple[date, str, Fraction]:
        day, currency, rate = cells
        if None in cells:
            raise ValueError("the row lacks day, currency or rate")
        if len(currency or "") != 3 or not (currency or "").isupper():
            raise ValueError(f"`{currency}` is not a code like USD")
        return _day(day or ""), currency or "", _fraction(rate or "")

    return rates(read_table(path, ("day", "currency", "rate"), read), into)


def read_shares(path: Path) -> WorkShares:
    """Shares of works: work, holder, share; optional role, territory (`JP US`), from, until and
    ipi. Raises InputError with every bad row.
    """

    def read(cells: Cells) -> Share:
        work, holder, share, role, territory, first, last, ipi = cells
        if None in (work, holder, share):
            raise ValueError("the row lacks work, holder or share")
        part = _fraction(share or "")
        if not 0 <= part <= 1:
            raise ValueError(f"the share {share} is not between 0 and 1")
        return Share(
            work or "",
            holder or "",
            part,
            role or "",
            tuple((territory or ANY).replace(";", " ").split()),
            _day(first) if first else date.min,
            _day(last) if last else FOREVER,
            checked_ipi(ipi) if ipi else "",
        )

    columns = ("work", "holder", "share", "role", "territory", "from", "until", "ipi")
    return WorkShares(tuple(read_table(path, columns, read)))


def read_identifiers(path: Path) -> dict[str, str]:
    """Works by identifier, in the one form of each: work; optional iswc, isrc, eidr, several with
    `;` between. Raises InputError with every bad row, and for an identifier of two works.
    """
    owner: dict[str, str] = {}

    def read(cells: Cells) -> None:
        work, *written = cells
        if work is None:
            raise ValueError("the row has no work")
        for (scheme, checked), cell in zip(SCHEMES.items(), written):
            for text in filter(None, map(str.strip, (cell or "").split(";"))):
                if owner.setdefault(checked(text), work) != work:
                    raise ValueError(f"{scheme} `{text}` is of `{owner[checked(text)]}` already")

    read_table(path, ("work", *SCHEMES), read)
    return owner


@dataclass(frozen=True)
class OfferCount:
    """How often a work was offered in the period."""

    work: str
    offers: int


def read_offers(path: Path) -> tuple[OfferCount, ...]:
    """Offers by work: work, offers."""

    def read(cells: Cells) -> OfferCount:
        work, offers = cells
        if work is None or not (offers or "").isdecimal():
            raise ValueError("a row is a work and a whole number of offers")
        return OfferCount(work, int(offers or "0"))

    return tuple(read_table(path, ("work", "offers"), read))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a day like 2026-01-31") from None


def _fraction(text: str) -> Fraction:
    """`1/3`, `0.25` or `12.5 %`, exactly."""
    bare = text.strip()
    percent = bare.endswith("%")
    try:
        if "e" in bare.lower() or len(bare) > 40:
            raise ValueError
        value = Fraction(bare.removesuffix("%").strip())
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"`{text}` is no number like 1/3, 0.25 or 12.5 %") from None
    return value / 100 if percent else value


def read_payees(path: Path) -> dict[str, Payee]:
    """How holders are paid: holder; optional name, minimum [main units], withholding (`15 %`)."""

    def read(cells: Cells) -> Payee:
        holder, name, minimum, withholding = cells
        if holder is None:
            raise ValueError("the row has no holder")
        rate = _fraction(withholding or "0")
        if not 0 <= rate < 1:
            raise ValueError(f"withholding {withholding} is not between 0 and 1")
        least = micro(minimum or "0")
        if least < 0:
            raise ValueError(f"the minimum {minimum} is negative")
        return Payee(holder, name or "", least, rate)

    rows = read_table(path, ("holder", "name", "minimum", "withholding"), read)
    found = {row.holder: row for row in rows}
    if len(found) < len(rows):
        raise InputError(InputFault(Place(path.name), "a holder stands twice"))
    return found
