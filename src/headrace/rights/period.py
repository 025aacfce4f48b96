"""One period of a folder, from its files to a settlement: what `headrace settle` does.

licences.yaml               the register (several: licences-*.yaml, for registers that changed
                            within the period)
uses.csv | .parquet | .jsonl | .ndjson
fees.csv | .parquet | ...   what each user's fee leaves for royalties (needed by every rule but
                            per_use)
accounts.csv | ...          optional: guarantee and advance by holder
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.rights.dues import Account
from headrace.rights.fees import read_fees
from headrace.rights.metering import Metered, Refusal, meter
from headrace.rights.money import MoneyError, micro
from headrace.rights.rows import load
from headrace.rights.settlement import RULES, Rule, Settlement, settle
from headrace.rights.terms_yaml import read_licences
from headrace.rights.uses import Uses

LAST_YEAR = 9998
_KINDS = (".csv", ".parquet", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Period:
    """A settled period: the chosen rule, all rules that could be settled (for comparison), and how
    the log was read.

    note: what has to be said of the data, "" for a user's own.
    """

    name: str
    chosen: Settlement
    all_rules: tuple[Settlement, ...]
    uses: Uses
    fees: Ints | None
    accounts: Mapping[str, Account]
    read: int
    repeated: int
    refused: tuple[Refusal, ...]
    note: str = ""


def month(name: str) -> tuple[date, date]:
    """First and last day of a month written YYYY-MM. Raises InputError."""
    try:
        first = date.fromisoformat(f"{name}-01")
        if first.year > LAST_YEAR:
            raise ValueError(name)  # the day after it has no date
    except ValueError:
        raise InputError(
            InputFault(Place(key="--period"), f"`{name}` is not a month", "YYYY-MM, like 2026-01")
        ) from None
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def checked_rule(rule: str) -> Rule:
    """The rule of that name. Raises InputError."""
    found = next((r for r in RULES if r == rule), None)
    if found is None:
        raise InputError(
            InputFault(Place(key="--rule"), f"`{rule}` is not a rule", ", ".join(RULES))
        )
    return found


def settle_folder(folder: Path, name: str, rule: Rule) -> Period:
    """Read, check and settle a folder's month.

    Raises InputError for files that are absent or wrong as a whole.
    """
    first, last = month(name)
    licences = (*folder.glob("licences.yaml"), *sorted(folder.glob("licences-*.yaml")))
    if not licences:
        raise InputError(InputFault(Place(str(folder)), "there is no licences.yaml in this folder"))
    registers = tuple(read_licences(path) for path in licences)
    currencies = sorted({x.currency for r in registers for x in r.licences}) or ["USD"]
    if len(currencies) > 1:
        found = f"mixed currencies: {', '.join(currencies)}"
        fault = InputFault(Place(key="licences"), found, "one currency; settle them apart")
        raise InputError(fault)
    currency = currencies[0]
    metered: Metered = meter(
        _one(folder, "uses"), registers, first=first, last=last, currency=currency
    )
    uses, fees = metered.uses, None
    if _some(folder, "fees"):
        uses, fees = read_fees(_one(folder, "fees"), uses, currency)
    elif rule != "per_use":
        raise InputError(
            InputFault(
                Place(str(folder)),
                f"{rule} shares out fees, and there is no fees.csv",
                fix="Add it, or use per_use.",
            )
        )
    accounts = (
        read_accounts(_one(folder, "accounts"), currency) if _some(folder, "accounts") else {}
    )
    every = tuple(settle(uses, r, fees) for r in RULES if fees is not None or r == "per_use")
    chosen = next(s for s in every if s.rule == rule)
    note = folder / "note.txt"
    said = (
        note.read_text(encoding="utf-8", errors="replace")[:2_000].strip() if note.is_file() else ""
    )
    return Period(
        name,
        chosen,
        every,
        uses,
        fees,
        accounts,
        metered.read,
        metered.repeated,
        metered.refused,
        said,
    )


def settle_generated(count: int, rule: Rule) -> Period:
    """The generated example studio at any size: January 2026."""
    from headrace.rights.generated_studio import HONEST, generate

    studio = generate(count)
    every = tuple(settle(studio.uses, r, studio.fees) for r in RULES)
    chosen = next(s for s in every if s.rule == rule)
    return Period("2026-01", chosen, every, studio.uses, studio.fees, {}, count, 0, (), HONEST)


def _some(folder: Path, stem: str) -> list[Path]:
    return [path for kind in _KINDS if (path := folder / f"{stem}{kind}").is_file()]


def _one(folder: Path, stem: str) -> Path:
    found = _some(folder, stem)
    if len(found) != 1:
        names = ", ".join(p.name for p in found) or "none"
        raise InputError(
            InputFault(
                Place(str(folder)), f"found {names}", f"one file {stem} of kind {', '.join(_KINDS)}"
            )
        )
    return found[0]


def read_accounts(path: Path, currency: str) -> dict[str, Account]:
    """Guarantee and open advance by holder, from a file. Raises InputError with every bad row."""
    with database.connect(path) as connection:
        load(connection, path, ("holder", "guarantee", "advance", "currency"))
        rows = connection.execute(
            "SELECT row, fault, holder, guarantee, advance, currency FROM raw ORDER BY row"
        ).fetchall()
    found: dict[str, Account] = {}
    problems = []
    for row, fault, holder, guarantee, advance, money in rows:
        why = fault or (
            "the row has no holder, or another currency"
            if holder is None or money != currency
            else ""
        )
        try:
            account = Account(micro(guarantee or "0"), micro(advance or "0"))
        except MoneyError as error:
            account, why = Account(), why or str(error)
        if why or holder in found:
            problems.append(
                InputFault(Place(path.name, row), why or f"holder `{holder}` stands twice")
            )
        else:
            found[holder] = account
    if problems:
        raise InputError(problems)
    return found
