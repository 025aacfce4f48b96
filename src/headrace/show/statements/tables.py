"""The lines of a statement as tables, in the order in which accountants read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import Floats
from headrace.finance.contracts.branch_cash import (
    NetOfCounterparty,
    WarrantWorth,
    net_by_counterparty,
)
from headrace.finance.statements.statements import (
    FINANCING,
    INVESTING,
    OPERATING,
    BranchStatement,
    Lines,
    Statement,
)
from headrace.show.format.chart import Table, table
from headrace.show.format.text import money

EARNED = (
    *("revenue", "running cost", "minor orders", "contracts", "depreciation", "interest", "gain"),
    *("credit", "tax"),
)
SHEET = (
    *("building", "plant", "written off", "receivable", "right of use", "payable", "lease"),
    *("deferred tax", "contract balances", "debt"),
)
Row = tuple[str, Floats]


def income(one: Statement) -> list[Row]:
    """Earnings by year [USD]: costs negative, net income last."""
    return [*_named(one.earnings, EARNED), ("net income", one.net_income)]


def sheet(one: Statement, cash: Floats | None = None) -> list[Row]:
    """What is owned (+) and owed (-) at each year's end [USD], cash and equity with it."""
    held = one.cash_balance if cash is None else cash
    owned = _named(one.balance, SHEET)
    total = sum((values for _, values in owned), np.array(held))
    return [("cash", held), *owned, ("equity: assets less debts", np.asarray(total))]


def cash_flow(one: Statement) -> list[Row]:
    """Cash by year [USD], received positive: operating, investing, financing, and their sum."""
    groups = (("operating", OPERATING), ("investing", INVESTING), ("financing", FINANCING))
    rows: list[Row] = []
    for name, names in groups:
        rows += [*_named(one.cash, names), (f"cash from {name}", one.flow(names))]
    change = one.flow((*OPERATING, *INVESTING, *FINANCING))
    return [*rows, ("change of cash", change)]


def _named(lines: Lines, order: Sequence[str]) -> list[Row]:
    return [(name, lines[name]) for name in order if name in lines]


def as_table(rows: Sequence[Row], years: Sequence[int], unit: str = "M USD") -> Table:
    """Rows by year, in millions."""
    told = [(name, *(round(v / 1e6, 4) for v in values.tolist())) for name, values in rows]
    return table((f"{unit}", *map(str, years)), told)


def summary(branches: Sequence[BranchStatement]) -> Table:
    """A line a branch: what a lender and the owners look at."""
    columns = (
        *("branch ends in node", "probability", "owners' IRR", "owners' NPV [M USD]"),
        *("peak funding [M USD]", "most debt [M USD]", "least DSCR", "in year"),
    )
    rows = []
    for one in branches:
        due = np.isfinite(one.dscr)
        at = int(np.where(due, one.dscr, np.inf).argmin())
        rates = ", ".join(f"{rate:.2%}" for rate in one.irr) or "none"
        rows.append(
            (
                *(str(one.facts.leaf), f"{one.facts.probability:.1%}", rates),
                *(round(one.npv / 1e6, 2), round(one.peak_funding / 1e6, 2)),
                round(float(one.schedule.owed.max(initial=0.0)) / 1e6, 2),
                f"{one.dscr[at]:.2f}" if due.any() else "no debt service",
                str(one.facts.years[at]) if due.any() else "",
            )
        )
    return table(columns, rows)


def lede(branches: Sequence[BranchStatement]) -> str:
    """The answer in a sentence: what owners must have ready, and where they get least."""
    deepest = max(branches, key=lambda one: one.peak_funding)
    poorest = min(branches, key=lambda one: one.npv)
    ready = (
        f"Owners must have at most {money(deepest.peak_funding, 'USD')} ready, on the branch that "
        f"ends in node {deepest.facts.leaf}"
        if deepest.peak_funding > 0
        else "Owners need nothing ready on any branch: customers and lenders pay for everything"
    )
    return (
        f"{ready}; at their own return they are left with least, {money(poorest.npv, 'USD')}, on "
        f"the branch that ends in node {poorest.facts.leaf}."
    )


def contracts(branches: Sequence[BranchStatement]) -> list[Row]:
    """Cash of each contract by year [USD], received positive, mean of the branches."""
    odds = np.array([one.facts.probability for one in branches])
    odds = odds / odds.sum()
    return [
        (one.name, np.asarray(sum(p * b.facts.contracts[at].cash for p, b in zip(odds, branches))))
        for at, one in enumerate(branches[0].facts.contracts)
        if all(len(b.facts.contracts) > at and b.facts.contracts[at].name == one.name
               for b in branches)
    ]  # fmt: skip


def counterparties(branches: Sequence[BranchStatement]) -> list[str]:
    """Each counterparty in a sentence, on the branch that leaves it owing or owed least to us;
    circular ones are named, and only their net counts.
    """
    worst: dict[str, tuple[int, NetOfCounterparty]] = {}
    for one in branches:
        for told in net_by_counterparty(one.facts):
            if told.counterparty not in worst or told.net < worst[told.counterparty][1].net:
                worst[told.counterparty] = one.facts.leaf, told
    lines = []
    for name, (leaf, told) in worst.items():
        bought = f", {money(told.bought, 'USD')} of it for the plant it sells" * (told.bought > 0)
        how = f" CIRCULAR: {name} finances what it sells, so only the net counts." * told.circular
        lines.append(
            f"{name} pays {money(told.received, 'USD')} and is paid {money(told.paid, 'USD')}"
            f"{bought}: net {money(told.net, 'USD')}, on the worst branch for us, to node {leaf}."
            f"{how}"
        )
    return lines


def warrant_lines(worths: Sequence[WarrantWorth]) -> list[str]:
    """What warrants are worth today, by odds that reprice the share and by the plan's own."""
    lines = []
    for one in worths:
        alike = abs(one.believed - one.priced) <= 5e-3 * abs(one.believed)
        own = (
            "and the plan's own odds, whose mean share price is today's price grown, say the same."
            if alike
            else f"the plan's own odds say {money(one.believed, 'USD')}, which is no price: they "
            "take the plan's success for granted."
        )
        priced = money(one.priced, "USD")
        lines.append(
            f"Warrants {one.name}: worth {priced} today by odds that reprice today's share; {own}"
        )
    return lines
