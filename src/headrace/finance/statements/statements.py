"""The ledgers added up: income statement, balance sheet, cash flow, ratios, returns.

A branch's statements are by calendar year, in money of the day. A node's are the mean of the
branches through it, over the years it lies in: what is to be expected once it is reached. Every
line is a sum of postings, so means add up as branches do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.plan_file import PlanFile
from headrace.core.quantities import read_month
from headrace.finance.branch_facts import BranchFacts
from headrace.finance.contracts.branch_cash import with_contracts
from headrace.finance.contracts.contracts_file import read_contracts
from headrace.finance.contracts.kinds import ContractsFile
from headrace.finance.returns import dated_irr_all, npv
from headrace.finance.statements.debt import coverage
from headrace.finance.statements.facts import facts_of
from headrace.finance.statements.ledgers import LedgerLine, postings
from headrace.finance.statements.schedules import BranchSchedule, schedules_of
from headrace.finance.statements.terms import StatementTerms, terms_of

Lines = Mapping[str, Floats]
OWNERS = ("paid in", "paid out")
OPERATING = (*("customers", "suppliers", "minor orders", "contracts", "interest", "tax", "credit"),)
PENALTIES = ("short", "unserved")
"""Kinds of cost that are prices of the plan for what it leaves undone."""
INVESTING = ("plant", "interest capitalised", "resale")
FINANCING = ("debt", "contract balances", *OWNERS)
ASSETS = ("building", "plant", "written off", "receivable", "right of use")


@dataclass(frozen=True, eq=False)
class Statement:
    """Lines by name, each of shape (years,) [USD of the day].

    earnings: by year, costs negative; owners: paid in, paid out; balance: at each year's end,
    assets positive, debts negative, without cash; cash: by year, received positive.
    """

    years: tuple[int, ...]
    earnings: Lines
    owners: Lines
    balance: Lines
    cash: Lines

    @property
    def net_income(self) -> Floats:
        """Earnings after tax [USD by year]."""
        return np.asarray(sum(self.earnings.values(), np.zeros(len(self.years))))

    @property
    def equity(self) -> Floats:
        """What is the owners' at each year's end [USD]: earnings and what they paid in, less what
        they were paid; from no other ledger.
        """
        owners = sum(self.owners.values(), np.zeros(len(self.years)))
        return np.cumsum(self.net_income + owners)

    @property
    def cash_balance(self) -> Floats:
        """Cash at each year's end [USD]."""
        return np.cumsum(sum(self.cash.values(), np.zeros(len(self.years))))

    def flow(self, names: Sequence[str]) -> Floats:
        """Cash of some lines together [USD by year]."""
        return np.asarray(
            sum((self.cash[n] for n in names if n in self.cash), np.zeros(len(self.years)))
        )

    @property
    def indirect(self) -> Floats:
        """Operating cash flow from net income [USD by year]: what is earned and not cash is taken
        off, and what customers, suppliers and the tax office still owe or are owed.
        """
        found = self.net_income.copy()
        for name in ("depreciation", "gain"):
            found -= self.earnings.get(name, 0.0)
        for name in ("receivable", "payable", "deferred tax"):
            found -= np.diff(self.balance.get(name, np.zeros(len(self.years))), prepend=0.0)
        return found


@dataclass(frozen=True, eq=False)
class BranchStatement:
    """A branch with its three ledgers, its statement, and what a lender and the owners look at.

    dscr: cash before debt over its service, by year [1]; irr: every root [1/year]; npv: of the
    owners' cash at the first year's end [USD]; peak_funding: most that owners have paid in, net,
    at any year's end [USD]; bounded: years in which cost, not cash, bounds the debt.
    """

    facts: BranchFacts
    schedule: BranchSchedule
    postings: tuple[LedgerLine, ...]
    statement: Statement
    dscr: Floats
    irr: tuple[float, ...]
    npv: float
    peak_funding: float
    bounded: tuple[int, ...]

    @property
    def owners_cash(self) -> Floats:
        """Paid out less paid in [USD by year]."""
        return self.schedule.distribution - self.schedule.contribution


@dataclass(frozen=True, eq=False)
class PlanStatements:
    """All branches of a plan, their mean, and every node; notes: what has to be known of them."""

    study: str
    terms: StatementTerms
    branches: tuple[BranchStatement, ...]
    mean: Statement
    nodes: Mapping[int, Statement]
    notes: tuple[str, ...] = field(default=())


def statements_of(
    plan: PlanFile, terms: StatementTerms, contracts: ContractsFile | None = None
) -> PlanStatements:
    """Statements of a stored plan on every branch and at every node, with what was signed beside
    it.

    Raises InputError for a plan that did not finish, and HeadraceError without pyxirr.
    """
    facts = facts_of(plan, terms)
    if contracts is not None:
        facts = with_contracts(facts, contracts)
    schedules = schedules_of(facts, terms)
    branches = tuple(_branch(found, terms) for found in schedules)
    nodes = {}
    for node in plan.tree:
        through = [one for one in branches if node.id in one.facts.path]
        first = read_month(node.start)
        within = [
            at
            for at, year in enumerate(branches[0].facts.years)
            if first < 12 * (year + 1) and first + node.months > 12 * year
        ]
        nodes[node.id] = _cut(_mean(through), within)
    return PlanStatements(
        plan.study, terms, branches, _mean(branches), nodes, tuple(_notes(plan, branches, terms))
    )


def statements_of_files(
    plan: PlanFile, terms: Path | None = None, contracts: Path | None = None
) -> PlanStatements:
    """As `statements_of`, with terms and contracts read from files. Raises InputError."""
    signed = None if contracts is None else read_contracts(contracts)
    return statements_of(plan, terms_of(terms), signed)


def added_up(lines: Sequence[LedgerLine], years: Sequence[int]) -> Statement:
    """The statement of a branch's postings."""
    sums: dict[str, dict[str, Floats]] = {
        ledger: defaultdict(lambda: np.zeros(len(years)))
        for ledger in ("cash", "position", "earnings")
    }
    for line in lines:
        sums[line.ledger][line.account][line.year - years[0]] += line.usd
    earned = sums["earnings"]
    return Statement(
        years=tuple(years),
        earnings={name: values for name, values in earned.items() if name not in OWNERS},
        owners={name: values for name, values in earned.items() if name in OWNERS},
        balance={name: np.cumsum(values) for name, values in sums["position"].items()},
        cash=dict(sums["cash"]),
    )


def _branch(found: BranchSchedule, terms: StatementTerms) -> BranchStatement:
    lines = postings(found)
    owners = found.distribution - found.contribution
    service = found.interest - found.capitalised - np.minimum(0.0, np.diff(found.owed, prepend=0.0))
    dates = [date(year, 12, 31) for year in found.facts.years]
    rates = dated_irr_all(dates, owners.tolist()) if owners.any() else ()
    lent = found.owed > 1.0
    return BranchStatement(
        facts=found.facts,
        schedule=found,
        postings=lines,
        statement=added_up(lines, found.facts.years),
        dscr=coverage(found.cash_before_debt, service),
        irr=rates,
        npv=npv(terms.equity_return, owners),
        peak_funding=max(0.0, -float(np.cumsum(owners).min(initial=0.0))),
        bounded=tuple(
            year
            for year, cost, owed, most in zip(found.facts.years, lent, found.owed, found.capacity)
            if cost and most > owed * (1 + 1e-9)
        ),
    )


def _mean(branches: Sequence[BranchStatement]) -> Statement:
    odds = np.array([one.facts.probability for one in branches])
    odds = odds / odds.sum()
    none = np.zeros(len(branches[0].facts.years))

    def mixed(each: Sequence[Lines]) -> dict[str, Floats]:
        names = dict.fromkeys(name for lines in each for name in lines)
        return {
            name: np.asarray(sum(p * lines.get(name, none) for p, lines in zip(odds, each)))
            for name in names
        }

    told = [one.statement for one in branches]
    return Statement(
        branches[0].facts.years,
        mixed([one.earnings for one in told]),
        mixed([one.owners for one in told]),
        mixed([one.balance for one in told]),
        mixed([one.cash for one in told]),
    )


def _cut(whole: Statement, within: Sequence[int]) -> Statement:
    """Some years of a statement; balances at the beginning are what the years before left."""
    if not within:
        return whole
    at = np.array(within)
    before = Statement(*(whole.years, *whole_lines(whole)))
    years = tuple(before.years[i] for i in within)
    parts = [{name: values[at] for name, values in lines.items()} for lines in whole_lines(whole)]
    return Statement(years, *parts)


def whole_lines(one: Statement) -> tuple[Lines, Lines, Lines, Lines]:
    """The four groups of lines in the order in which they are declared."""
    return one.earnings, one.owners, one.balance, one.cash


def _notes(plan: PlanFile, branches: Sequence[BranchStatement], terms: StatementTerms) -> list[str]:
    words = [
        f"Money of the day: the plan's {plan.money.year} money grows by {terms.inflation:.1%} a "
        "year. Everything falls at its year's end. Law is dated, not advice.",
        "Resale is the plan's terminal value; production credits are not taken.",
    ]
    fined, owed = (
        sum(
            one.facts.probability * float(values.sum())
            for one in branches
            for kind, values in one.facts.cost.items()
            if kind in kinds
        )
        for kinds in (PENALTIES, ("royalty",))
    )
    if any(one.kind == "line" for branch in branches for one in branch.facts.contracts):
        words.append(
            "What the plan draws of its own lines is among the contracts, beside the debt of the "
            "terms: `debt: {share: 0 %}` leaves the lines alone."
        )
    if owed > 0.0:
        words.append(f"Running cost holds {owed / 1e6:,.4g} M USD owed to holders of rights.")
    if fined > 1.0:
        words.append(
            f"Running cost holds {fined / 1e6:,.4g} M USD of the plan's own prices for promises "
            "broken and work not served: what the plan avoids, not what anybody is paid."
        )
    share = max((one.schedule.capacity.max(initial=0.0) for one in branches), default=0.0)
    if any(one.bounded for one in branches):
        words.append(
            f"Cash would carry more debt than {terms.debt_share:.0%} of what plant costs (up to "
            f"{share / 1e6:,.4g} M USD): debt is bounded by cost in "
            f"{', '.join(map(str, sorted({y for b in branches for y in b.bounded})))}."
        )
    if share <= 1.0:
        words.append("No branch-proof cash is left before debt: nothing is lent.")
    for one in branches:
        owned = one.statement.equity
        low = int(owned.argmin())
        if owned[low] < -1.0:
            words.append(
                f"Negative equity on the branch that ends in node {one.facts.leaf}: "
                f"{owned[low] / 1e6:,.4g} M USD at the end of {one.facts.years[low]}. Write "
                "`payout: earned`, or a smaller `debt.share`."
            )
    return words
