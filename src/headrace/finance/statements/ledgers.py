"""Three ledgers, each written from the facts on its own: cash, position, earnings.

    cash       what is received (+) and paid (-)
    position   what is owned (+) and owed (-), without cash: every change of it
    earnings   what is earned (+) and used up (-); and what owners pay in (+) and are paid (-)

Nothing is derived from another ledger, and no line is what is missing. So for every event of a year
cash + position = earnings, or a posting is wrong. An event is told by a name and by what it is
about (a product, a kind of cost, an order).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.finance.statements.schedules import BranchSchedule

Ledger = Literal["cash", "position", "earnings"]
Event = Literal[
    "sale",
    "cost",
    "minor",
    "spending",
    "capitalised",
    "service",
    "depreciation",
    "resale",
    "interest",
    "debt",
    "tax",
    "credit",
    "lease",
    "contract",
    "owners",
]


@dataclass(frozen=True)
class LedgerLine:
    """One line of a ledger: an account of it, and which event of which year moves it [USD]."""

    ledger: Ledger
    account: str
    event: Event
    about: str
    year: int
    usd: float


def postings(found: BranchSchedule) -> tuple[LedgerLine, ...]:
    """All three ledgers of a branch, without lines of nothing."""
    lines = (*cash_ledger(found), *position_ledger(found), *earnings_ledger(found))
    return tuple(line for line in lines if line.usd != 0.0)


def _rows(
    found: BranchSchedule, ledger: Ledger, account: str, named: tuple[Event, str], values: Floats
) -> Iterator[LedgerLine]:
    for year, usd in zip(found.facts.years, values.tolist()):
        yield LedgerLine(ledger, account, *named, year, usd)


def _at_end(found: BranchSchedule, usd: float) -> Floats:
    values = np.zeros(len(found.facts.years))
    values[-1] = usd
    return values


def _change(balance: Floats) -> Floats:
    return np.diff(balance, prepend=0.0)


def cash_ledger(found: BranchSchedule) -> Iterator[LedgerLine]:
    """What is received and paid."""
    facts = found.facts
    days = np.divide(
        found.receivable, sum(facts.revenue.values(), np.zeros(len(facts.years))),
        out=np.zeros(len(facts.years)), where=found.receivable > 0,
    )  # fmt: skip
    for product, earned in facts.revenue.items():
        # paid this year: what last year left open, and what this year does not leave open
        open_before = np.concatenate(([0.0], (earned * days)[:-1]))
        collected = earned - earned * days + open_before
        yield from _rows(found, "cash", "customers", ("sale", product), collected)
    days = np.divide(
        found.payable, sum(facts.cost.values(), np.zeros(len(facts.years))),
        out=np.zeros(len(facts.years)), where=found.payable > 0,
    )  # fmt: skip
    for kind, due in facts.cost.items():
        open_before = np.concatenate(([0.0], (due * days)[:-1]))
        paid = due - due * days + open_before
        yield from _rows(found, "cash", "suppliers", ("cost", kind), -paid)
    yield from _rows(found, "cash", "minor orders", ("minor", ""), -facts.minor)
    minor = _at_end(found, facts.minor_resale)
    yield from _rows(found, "cash", "resale", ("resale", "minor"), minor)
    for one in facts.purchases:
        yield from _rows(found, "cash", "plant", ("spending", one.key), -one.spending)
        sold = _at_end(found, one.resale)
        yield from _rows(found, "cash", "resale", ("resale", one.key), sold)
    expensed = found.interest - found.capitalised
    yield from _rows(found, "cash", "interest", ("interest", ""), -expensed)
    for key, plant in found.plant.items():
        part = plant.added - next(o.spending for o in facts.purchases if o.key == key)
        yield from _rows(found, "cash", "interest capitalised", ("capitalised", key), -part)
    yield from _rows(found, "cash", "debt", ("debt", ""), _change(found.owed))
    yield from _rows(found, "cash", "tax", ("tax", ""), -found.tax.paid)
    yield from _rows(found, "cash", "credit", ("credit", ""), found.credit)
    for each in facts.contracts:
        named: tuple[Event, str] = ("contract", each.name)
        yield from _rows(found, "cash", "contracts", named, each.income)
        moved = _change(each.owed) - _change(each.held)
        yield from _rows(found, "cash", "contract balances", named, moved)
    yield from owners_rows(found, "cash")


def position_ledger(found: BranchSchedule) -> Iterator[LedgerLine]:
    """What is owned and owed, without cash."""
    facts = found.facts
    none = np.zeros(len(facts.years))
    for balance, each, named, sign in (
        (found.receivable, facts.revenue, "receivable", 1.0),
        (found.payable, facts.cost, "payable", -1.0),
    ):
        whole = sum(each.values(), none)
        share = np.divide(balance, whole, out=np.zeros(len(whole)), where=balance > 0)
        event: Event = "sale" if sign > 0 else "cost"
        for name, values in each.items():
            yield from _rows(
                found, "position", named, (event, name), sign * _change(values * share)
            )
    for one in facts.purchases:
        if one.key not in found.plant:
            continue
        plant = found.plant[one.key]
        borne = plant.added - one.spending
        yield from _rows(found, "position", "building", ("spending", one.key), one.spending)
        yield from _rows(found, "position", "building", ("capitalised", one.key), borne)
        into, off = plant.into_service, plant.books
        yield from _rows(found, "position", "building", ("service", one.key), -into)
        yield from _rows(found, "position", "plant", ("service", one.key), into)
        yield from _rows(found, "position", "written off", ("depreciation", one.key), -off)
        resale: tuple[Event, str] = ("resale", one.key)
        gone = _at_end(found, float(into.sum()))
        yield from _rows(found, "position", "plant", resale, -gone)
        yield from _rows(found, "position", "written off", resale, _at_end(found, float(off.sum())))
        unfinished = _at_end(found, float((plant.added - into).sum()))
        yield from _rows(found, "position", "building", resale, -unfinished)
    yield from _rows(found, "position", "debt", ("debt", ""), -_change(found.owed))
    yield from _rows(found, "position", "deferred tax", ("tax", ""), -_change(found.deferred))
    for signed in facts.contracts:
        owing: tuple[Event, str] = ("contract", signed.name)
        yield from _rows(found, "position", "contract balances", owing, -_change(signed.balance))
    for key, owed in found.lease.items():
        yield from _rows(found, "position", "right of use", ("lease", key), _change(owed))
        yield from _rows(found, "position", "lease", ("lease", key), -_change(owed))


def earnings_ledger(found: BranchSchedule) -> Iterator[LedgerLine]:
    """What is earned and used up, and what owners pay in and are paid."""
    facts = found.facts
    for product, earned in facts.revenue.items():
        yield from _rows(found, "earnings", "revenue", ("sale", product), earned)
    for kind, due in facts.cost.items():
        yield from _rows(found, "earnings", "running cost", ("cost", kind), -due)
    yield from _rows(found, "earnings", "minor orders", ("minor", ""), -facts.minor)
    for key, plant in found.plant.items():
        yield from _rows(found, "earnings", "depreciation", ("depreciation", key), -plant.books)
        gain = found.resale[key] - float(plant.added.sum()) + float(plant.books.sum())
        yield from _rows(found, "earnings", "gain", ("resale", key), _at_end(found, gain))
    for each in facts.contracts:
        yield from _rows(found, "earnings", "contracts", ("contract", each.name), each.income)
    minor = _at_end(found, facts.minor_resale)
    yield from _rows(found, "earnings", "gain", ("resale", "minor"), minor)
    charged = found.interest - found.capitalised
    yield from _rows(found, "earnings", "interest", ("interest", ""), -charged)
    due = found.tax.paid + np.diff(found.deferred, prepend=0.0)
    yield from _rows(found, "earnings", "tax", ("tax", ""), -due)
    yield from _rows(found, "earnings", "credit", ("credit", ""), found.credit)
    yield from owners_rows(found, "earnings")


def owners_rows(found: BranchSchedule, ledger: Ledger) -> Iterator[LedgerLine]:
    """What owners pay in and are paid: what the plan draws of them by its lines, and the rest."""
    for line in found.facts.equity:
        named: tuple[Event, str] = ("owners", line.name)
        yield from _rows(found, ledger, "paid in", named, np.maximum(line.moved, 0.0))
        yield from _rows(found, ledger, "paid out", named, np.minimum(line.moved, 0.0))
    paid_in = found.contribution - found.facts.equity_in
    paid_out = found.distribution - found.facts.equity_out
    yield from _rows(found, ledger, "paid in", ("owners", "in"), paid_in)
    yield from _rows(found, ledger, "paid out", ("owners", "out"), -paid_out)
