"""One period of a folder, from its files to a settlement: what `headrace settle` does.

licences.yaml | .csv | .parquet   the register (several: licences-*, for registers that changed
                                  within the period)
uses.csv | .parquet | .jsonl | .ndjson
fees.*       what each user's fee leaves for royalties (needed by every rule but per_use)
accounts.*   optional: guarantee and advance by holder
shares.*     optional: who holds which part of a work
rates.*      optional: dated rates of other currencies
offers.*     optional: offers by work, to check guarantees of exposure
payees.*     optional: name, least payout and withholding by holder
pool.yaml    optional: a formula whose result is the pot of pro_rata, instead of fees
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.currencies import Rates
from headrace.rights.register import Register
from headrace.rights.royalties.clauses import read_pool
from headrace.rights.royalties.dues import Account
from headrace.rights.royalties.enforcement import PromisedExposure, TermNote, exposures, term_notes
from headrace.rights.royalties.payouts import Payee
from headrace.rights.royalties.settlement import RULES, Rule, Settlement, settle
from headrace.rights.royalties.tables import (
    OfferCount,
    read_accounts,
    read_identifiers,
    read_offers,
    read_payees,
    read_rates,
    read_shares,
)
from headrace.rights.shares import WorkShares
from headrace.rights.terms_table import read_licence_table
from headrace.rights.terms_yaml import read_licences
from headrace.rights.usage.fees import read_fees
from headrace.rights.usage.metering import Metered, Refusal, meter
from headrace.rights.usage.rows import KINDS
from headrace.rights.usage.uses import Uses

LAST_YEAR = 9998  # the day after a period has a date
_PERIOD = re.compile(r"(\d{4})(?:-(?:(\d\d)|Q([1-4])|H([12])))?")


@dataclass(frozen=True)
class Period:
    """A settled period: the chosen rule, all rules that could be settled (for comparison), and how
    the log was read.

    uses: accepted and refused ones. terms: which terms were enforced. exposures: promises of offers
    beside the offers made. note: what has to be said of the data, "" for a user's own.
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
    terms: tuple[TermNote, ...] = ()
    exposures: tuple[PromisedExposure, ...] = ()
    payees: Mapping[str, Payee] = field(default_factory=dict)


def days_of(name: str) -> tuple[date, date]:
    """First and last day of a period written 2026-01, 2026-Q1, 2026-H1 or 2026.

    Raises InputError.
    """
    found = _PERIOD.fullmatch(name)
    year, month, quarter, half = (int(x) if x else 0 for x in found.groups()) if found else (0,) * 4
    if not 0 < year <= LAST_YEAR or month > 12 or (found and found[2] == "00"):
        raise InputError(
            InputFault(
                Place(key="--period"),
                f"`{name}` is not a period",
                "a month like 2026-01, a quarter like 2026-Q1, a half like 2026-H1 or a year",
            )
        )
    first, last = 1, 12
    if month:
        first = last = month
    elif quarter:
        first, last = 3 * quarter - 2, 3 * quarter
    elif half:
        first, last = 6 * half - 5, 6 * half
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def checked_rule(rule: str) -> Rule:
    """The rule of that name. Raises InputError."""
    found = next((r for r in RULES if r == rule), None)
    if found is None:
        raise InputError(
            InputFault(Place(key="--rule"), f"`{rule}` is not a rule", ", ".join(RULES))
        )
    return found


def settle_folder(
    folder: Path, name: str, rule: Rule, *, licensee: str = "platform", currency: str = ""
) -> Period:
    """Read, check and settle a folder's period.

    licensee: who used the works, where the log does not say. currency: to settle in; needed where
        licences name several. Raises InputError for files that are absent or wrong as a whole.
    """
    first, last = days_of(name)
    registers = read_registers(folder)
    into = _currency(folder, registers, currency)
    shares = read_shares(_one(folder, "shares")) if _some(folder, "shares") else WorkShares()
    if _some(folder, "identifiers"):
        shares = replace(shares, identified=read_identifiers(_one(folder, "identifiers")))
    metered: Metered = meter(
        _one(folder, "uses"),
        registers,
        first=first,
        last=last,
        licensee=licensee,
        shares=shares,
        rates=into,
    )
    uses, fees, pooled = metered.log, None, folder / "pool.yaml"
    rules: tuple[Rule, ...] = RULES
    if pooled.is_file() and rule == "pro_rata":
        # Only the sum of fees matters to one pot; the user rules have no part in it.
        rules, fees = ("pro_rata", "per_use"), np.zeros(len(uses.users), dtype=np.int64)
        pool = read_pool(pooled, last)  # its amount is what the formula leaves to share
        fees[:1] = into.turn(pool.amount, pool.currency, last)
    elif _some(folder, "fees"):
        uses, fees = read_fees(_one(folder, "fees"), uses, into, last)
    elif rule != "per_use":
        raise InputError(
            InputFault(
                Place(str(folder)),
                f"{rule} shares out fees, and there is no fees.csv",
                fix="Add it, or use per_use.",
            )
        )
    accounts = _one(folder, "accounts") if _some(folder, "accounts") else None
    offers: Sequence[OfferCount] = ()
    if _some(folder, "offers"):
        offers = read_offers(_one(folder, "offers"))
    every = tuple(settle(uses, r, fees) for r in rules if fees is not None or r == "per_use")
    note = folder / "note.txt"
    said = (
        note.read_text(encoding="utf-8", errors="replace")[:2_000].strip() if note.is_file() else ""
    )
    return Period(
        name,
        next(s for s in every if s.rule == rule),
        every,
        uses,
        fees,
        read_accounts(accounts, into.into) if accounts else {},
        metered.read,
        metered.repeated,
        metered.refused,
        said,
        term_notes(registers, metered.answered, rule, licensee, offers),
        exposures(registers, offers) if offers else (),
        read_payees(_one(folder, "payees")) if _some(folder, "payees") else {},
    )


def settle_generated(count: int, rule: Rule) -> Period:
    """The generated example studio at any size: January 2026."""
    from headrace.rights.generated_studio import HONEST, generate

    studio = generate(count)
    every = tuple(settle(studio.uses, r, studio.fees) for r in RULES)
    chosen = next(s for s in every if s.rule == rule)
    return Period("2026-01", chosen, every, studio.uses, studio.fees, {}, count, 0, (), HONEST)


def read_registers(folder: Path) -> tuple[Register, ...]:
    """Every register of a folder. Raises InputError where there is none."""
    yaml = (*folder.glob("licences.yaml"), *sorted(folder.glob("licences-*.yaml")))
    tables = sorted(p for kind in (".csv", ".parquet") for p in folder.glob(f"licences*{kind}"))
    if not yaml and not tables:
        raise InputError(InputFault(Place(str(folder)), "there is no licences.yaml in this folder"))
    return (*map(read_licences, yaml), *map(read_licence_table, tables))


def _currency(folder: Path, registers: Sequence[Register], chosen: str) -> Rates:
    """The currency to settle in, with the rates of others. Raises InputError where it is open."""
    priced = {x.currency for r in registers for x in r.licences if x.per_use is not None}
    found = sorted(priced) or ["USD"]
    rated = _some(folder, "rates")
    if len(found) > 1 and not (chosen and rated):
        words = f"mixed currencies: {', '.join(found)}"
        fix = "Settle them apart, or add rates.csv and say --currency."
        raise InputError(InputFault(Place(key="licences"), words, "one currency", fix))
    into = chosen or found[0]
    return read_rates(_one(folder, "rates"), into) if rated else Rates(into)


def _some(folder: Path, stem: str) -> list[Path]:
    return [path for kind in KINDS if (path := folder / f"{stem}{kind}").is_file()]


def _one(folder: Path, stem: str) -> Path:
    found = _some(folder, stem)
    if len(found) != 1:
        names = ", ".join(p.name for p in found) or "none"
        raise InputError(
            InputFault(
                Place(str(folder)), f"found {names}", f"one file {stem} of kind {', '.join(KINDS)}"
            )
        )
    return found[0]
