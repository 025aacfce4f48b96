"""Tax, interest and the owners' money of one branch, year by year: what all three ledgers post.

    taxable   revenue - cost - write-offs + gain - interest allowed - losses carried forward
    interest  allowed up to a share of income before it, write-offs added back (26 USC 163(j)); the
              rest is carried forward without end
    losses    take off at most a share of later income (26 USC 172)
    deferred  tax x (book value - tax value - losses - interest carried)
    owners    pay in what the plan draws of them and what is missing, and are paid what is free

Everything falls at its year's end; interest is due on what was owed at its beginning. What is being
built carries the interest on its cost (ASC 835-20), never more than is due. At the horizon's end
everything is sold at the plan's terminal value, working capital comes in and debt is gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.finance.branch_facts import BranchFacts
from headrace.finance.statements.debt import capacity_on_tree
from headrace.finance.statements.depreciation import PlantSchedule, plant_schedule
from headrace.finance.statements.terms import StatementTerms


@dataclass(frozen=True, eq=False)
class TaxSchedule:
    """By year [USD], shape (years,): taxable income, tax paid, interest allowed; losses and
    interest carried forward at the year's end.
    """

    taxable: Floats
    paid: Floats
    allowed: Floats
    losses: Floats
    carried: Floats


@dataclass(frozen=True, eq=False)
class BranchSchedule:
    """One branch [USD of the day], each of shape (years,); balances at the year's end.

    receivable, payable, owed, deferred: balances; interest: due, capitalised of it; credit: sold.
    capacity: most that the cash of later years serves; cash_before_debt: what serves it.
    lease: what is still to be paid of rents, by purchase, at the year's end.
    """

    facts: BranchFacts
    plant: Mapping[str, PlantSchedule]
    receivable: Floats
    payable: Floats
    owed: Floats
    interest: Floats
    capitalised: Floats
    tax: TaxSchedule
    deferred: Floats
    credit: Floats
    contribution: Floats
    distribution: Floats
    capacity: Floats
    cash_before_debt: Floats
    lease: Mapping[str, Floats]

    @property
    def resale(self) -> Mapping[str, float]:
        """What each asset brings in the last year [USD]."""
        return {one.key: one.resale for one in self.facts.purchases if one.key in self.plant}


def schedules_of(
    branches: Sequence[BranchFacts], terms: StatementTerms
) -> tuple[BranchSchedule, ...]:
    """Every branch: first what it earns without debt, from which the lender's capacity on the tree
    follows, then with its debt.
    """
    before = []
    for facts in branches:
        none = np.zeros(len(facts.years))
        plant = _plant(facts, none, none, terms)[0]
        tax = _tax(facts, plant, none, terms, resale=False)
        change = np.diff(np.subtract(*_working_capital(facts, terms)), prepend=0.0)
        before.append(facts.operating - facts.minor - tax.paid - change)
    odds = [facts.probability for facts in branches]
    capacity = capacity_on_tree(
        before,
        odds,
        [facts.node_of_year for facts in branches],
        (terms.dscr, terms.interest, terms.lender_case),
    )
    return tuple(
        _scheduled(facts, each, cash, terms)
        for facts, each, cash in zip(branches, capacity, before)
    )


def _scheduled(
    facts: BranchFacts, capacity: Floats, before: Floats, terms: StatementTerms
) -> BranchSchedule:
    count = len(facts.years)
    plant, owed, interest, capitalised = _plant(
        facts, capacity, np.full(count, terms.debt_share), terms
    )
    expensed = interest - capitalised
    tax = _tax(facts, plant, expensed, terms, resale=True)
    credit = sum((one.credit for one in plant.values()), np.zeros(count)) * terms.credit_sold_at
    receivable, payable = _working_capital(facts, terms)
    deferred = deferred_tax(plant, tax, terms)
    flows = facts.operating - facts.minor - np.diff(receivable - payable, prepend=0.0)
    flows = flows - tax.paid + credit - interest + np.diff(owed, prepend=0.0)
    flows = flows - sum((one.spending for one in facts.purchases), np.zeros(count))
    lent = sum((one.balance for one in facts.contracts), np.zeros(count))
    flows = flows + np.diff(lent, prepend=0.0)
    flows[-1] += sum(one.resale for one in facts.purchases) + facts.minor_resale
    earned = facts.operating - facts.minor - expensed - tax.paid + credit
    earned = earned - np.diff(deferred, prepend=0.0)
    earned = earned - sum((one.books for one in plant.values()), np.zeros(count))
    moved = facts.equity_in - facts.equity_out
    contribution, distribution = owners_money(flows + moved, earned, terms)
    return BranchSchedule(
        facts=facts,
        plant=plant,
        receivable=receivable,
        payable=payable,
        owed=owed,
        interest=interest,
        capitalised=capitalised,
        tax=tax,
        deferred=deferred,
        credit=credit,
        contribution=contribution + facts.equity_in,
        distribution=distribution + facts.equity_out,
        capacity=capacity,
        cash_before_debt=before,
        lease={one.key: still_to_be_paid(one.rent, terms.interest, one.ordered, facts.years)
               for one in facts.purchases if one.rent.any()},
    )  # fmt: skip


def _working_capital(facts: BranchFacts, terms: StatementTerms) -> tuple[Floats, Floats]:
    """Receivable and payable at each year's end [USD]; nothing at the horizon's end."""
    none = np.zeros(len(facts.years))
    receivable = sum(facts.revenue.values(), none) * (terms.receivable / 365)
    payable = sum(facts.cost.values(), none) * (terms.payable / 365)
    receivable[-1] = payable[-1] = 0.0
    return receivable, payable


def _plant(
    facts: BranchFacts, capacity: Floats, share: Floats, terms: StatementTerms
) -> tuple[dict[str, PlantSchedule], Floats, Floats, Floats]:
    """Schedules of what is owned, and debt: owed, interest, capitalised of it [USD by year]."""
    own = [one for one in facts.purchases if one.plant != "rented"]
    count, first = len(facts.years), facts.years[0]
    bears = {one.key: np.zeros(count) for one in own}
    owed, interest, capitalised = np.zeros(count), np.zeros(count), np.zeros(count)
    spent, building = 0.0, {one.key: 0.0 for one in own}
    for at, year in enumerate(facts.years):
        interest[at] = terms.interest * owed[at - 1] if at else 0.0
        # months of this year in which each is still being built bear interest on its cost
        weights = {
            one.key: building[one.key] * min(1.0, max(0.0, one.begins / 12 - year)) for one in own
        }
        whole = sum(weights.values())
        capitalised[at] = min(interest[at], terms.interest * whole)
        for one in own:
            part = capitalised[at] * weights[one.key] / whole if whole > 0 else 0.0
            bears[one.key][at] = part
            building[one.key] += float(one.spending[at]) + part
            spent += float(one.spending[at]) + part
            if one.begins // 12 - first <= at:
                building[one.key] = 0.0
        owed[at] = min(float(capacity[at]), float(share[at]) * max(0.0, spent))
    plant = {one.key: plant_schedule(one, bears[one.key], facts.years, terms) for one in own}
    return plant, owed, interest, capitalised


def _tax(
    facts: BranchFacts,
    plant: Mapping[str, PlantSchedule],
    interest: Floats,
    terms: StatementTerms,
    *,
    resale: bool,
) -> TaxSchedule:
    count = len(facts.years)
    written = sum((one.tax for one in plant.values()), np.zeros(count))
    income = facts.operating - facts.minor - written
    if resale:
        value = sum(float((one.added - one.tax - one.credit / 2).sum()) for one in plant.values())
        income[-1] += sum(one.resale for one in facts.purchases) + facts.minor_resale - value
    taxable, allowed, losses, carried = (np.zeros(count) for _ in range(4))
    loss = left = 0.0
    for at in range(count):
        due = float(interest[at]) + left
        allowed[at] = min(due, terms.interest_limit * max(0.0, float(income[at] + written[at])))
        left = due - allowed[at]
        result = float(income[at] - allowed[at])
        used = min(loss, terms.loss_use * max(0.0, result))
        taxable[at] = max(0.0, result) - used
        loss += max(0.0, -result) - used
        losses[at], carried[at] = loss, left
    return TaxSchedule(taxable, terms.tax * taxable, allowed, losses, carried)


def deferred_tax(
    plant: Mapping[str, PlantSchedule], tax: TaxSchedule, terms: StatementTerms
) -> Floats:
    """Deferred tax at each year's end, positive owed [USD]; nothing once all is sold."""
    ahead = sum(
        (np.cumsum(one.tax + one.credit / 2 - one.books) for one in plant.values()),
        np.zeros(len(tax.paid)),
    )
    found = terms.tax * (ahead - tax.losses - tax.carried)
    found[-1] = 0.0
    return np.asarray(found)


def owners_money(flows: Floats, earned: Floats, terms: StatementTerms) -> tuple[Floats, Floats]:
    """What owners pay in and are paid [USD by year]; at the end, all that is there."""
    paid_in, paid_out, cash, retained = np.zeros(len(flows)), np.zeros(len(flows)), 0.0, 0.0
    for at in range(len(flows)):
        cash += float(flows[at])
        retained += float(earned[at])
        paid_in[at] = max(0.0, -cash)
        free = max(0.0, cash)
        if terms.payout == "earned" and at < len(flows) - 1:
            free = min(free, max(0.0, retained))
        paid_out[at] = free
        cash += paid_in[at] - free
        retained -= free
    return paid_in, paid_out


def still_to_be_paid(rent: Floats, interest: float, ordered: int, years: Sequence[int]) -> Floats:
    """Present value at each year's end of the rents still to come, once it is ordered [USD]."""
    found, count = np.zeros(len(rent)), len(rent)
    for at in range(count - 2, -1, -1):
        found[at] = (found[at + 1] + rent[at + 1]) / (1 + interest)
    return np.where(np.array(years) >= ordered // 12, found, 0.0)
