"""What contracts bring on each branch of a plan: income, what is owed, what lies with others.

    guarantee    min(cap, max(0, strike x cost - resale)) at the end, a fee while plant stands
    loan         draws with the spending, level payments after; the rest at the horizon's end
    commitment   -(1 + escalator)^t yearly, + sublet x the unused part of it
    futures      -hours x hedged x basis x (rent_t - rent_{t-1}), margin lying there in between

Used share and rent follow the branch's revenue over the mean of all branches in the same year. A
counterparty that fails pays nothing from the first year in which that ratio is below its bound;
what is owed to it stays owed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.contracts.contracts_file import (
    Contract,
    ContractsFile,
    FixedPayments,
    HourFutures,
    Prepayment,
    ResidualGuarantee,
    VendorLoan,
    YearlyCommitment,
)
from headrace.finance.levelised import crf
from headrace.finance.statements.facts import BranchFacts, ContractFlows


@dataclass(frozen=True, eq=False)
class BranchDemand:
    """A branch's revenue over the mean of all branches, by year [1], shape (years,)."""

    ratio: Floats

    def fails_from(self, bound: float) -> int:
        """The first place of a year with less than `bound` [1]; the number of years if none."""
        below = np.flatnonzero(self.ratio < bound)
        return int(below[0]) if len(below) else len(self.ratio)


def with_contracts(branches: Sequence[BranchFacts], file: ContractsFile) -> tuple[BranchFacts, ...]:
    """The branches with what the contracts bring on each.

    Raises InputError for plant that no branch has, and for terms beyond the horizon.
    """
    years = branches[0].years
    known = {one.plant for facts in branches for one in facts.purchases}
    problems = [
        InputFault(Place("contracts", key=name), *words)
        for name, one in file.contracts.items()
        for words in _misfit(one, years, known)
    ]
    if problems:
        raise InputError(problems)
    none = np.zeros(len(years))
    revenues = np.array([sum(facts.revenue.values(), none) for facts in branches])
    odds = np.array([facts.probability for facts in branches])
    mean = (odds / odds.sum()) @ revenues
    return tuple(
        replace(
            facts,
            contracts=facts.contracts + tuple(
                flows_of(name, one, facts, BranchDemand(
                    np.divide(mine, mean, out=np.ones(len(years)), where=mean > 0)))
                for name, one in file.contracts.items()
            ),
        )
        for facts, mine in zip(branches, revenues)
    )  # fmt: skip


def _misfit(one: Contract, years: Sequence[int], plant: set[str]) -> list[tuple[str, str]]:
    """What makes no sense for this plan: found and expected."""
    if isinstance(one, ResidualGuarantee | VendorLoan):
        known = ", ".join(sorted(plant)) or "none"
        there = one.plant in plant
        words = f"the plan has no plant of the class `{one.plant}`"
        return [] if there else [(words, f"one of {known}")]
    if isinstance(one, Prepayment):
        last = one.from_ + one.years - 1
        within = years[0] <= one.year and last <= years[-1]
        return [] if within else [(f"comes back until {last}", f"by {years[-1]}")]
    if one.from_ < years[0] or one.to > years[-1]:
        words = f"within the horizon, {years[0]} to {years[-1]}: beyond it nothing is known"
        return [(f"runs from {one.from_} to {one.to}", words)]
    return []


def flows_of(name: str, one: Contract, facts: BranchFacts, demand: BranchDemand) -> ContractFlows:
    """What one contract brings on one branch [USD of the day]."""
    match one:
        case ResidualGuarantee():
            income, owed, held = _guarantee(one, facts)
        case VendorLoan():
            income, owed, held = _loan(one, facts)
        case YearlyCommitment():
            income, owed, held = _commitment(one, facts, demand)
        case Prepayment():
            income, owed, held = _prepayment(one, facts)
        case HourFutures():
            income, owed, held = _futures(one, facts, demand)
        case FixedPayments():
            income, owed, held = _growing(one, facts) * one.yearly, _none(facts), _none(facts)
    fails = demand.fails_from(one.defaults_below)
    if fails < len(income):
        income = np.where(np.arange(len(income)) >= fails, np.minimum(income, 0.0), income)
        lost = held[fails - 1] if fails else 0.0
        held = np.where(np.arange(len(held)) >= fails, 0.0, held)
        income[fails] -= lost  # what lay with it is gone
    return ContractFlows(name, one.kind, one.counterparty, income, owed, held)


Three = tuple[Floats, Floats, Floats]


def _none(facts: BranchFacts) -> Floats:
    return np.zeros(len(facts.years))


def _growing(one: YearlyCommitment | FixedPayments, facts: BranchFacts) -> Floats:
    years = np.array(facts.years)
    within = (years >= one.from_) & (years <= one.to)
    return np.where(within, (1 + one.escalator) ** np.maximum(years - one.from_, 0), 0.0)


def _guarantee(one: ResidualGuarantee, facts: BranchFacts) -> Three:
    mine = [p for p in facts.purchases if p.plant == one.plant]
    sign = -1.0 if one.given else 1.0
    income = _none(facts)
    for p in mine:
        stands = np.array([12 * y + 12 > p.begins and 12 * y < p.ends for y in facts.years])
        income = np.where(stands, -sign * one.fee, income)
    cost, sold = sum(float(p.spending.sum()) for p in mine), sum(p.resale for p in mine)
    income[-1] += sign * min(one.cap, max(0.0, one.strike * cost - sold))
    return income, _none(facts), _none(facts)


def _loan(one: VendorLoan, facts: BranchFacts) -> Three:
    owed, charged = _none(facts), _none(facts)
    for p in facts.purchases:
        if p.plant != one.plant:
            continue
        for at, spent in enumerate(p.spending.tolist()):
            left = one.share * max(0.0, spent)
            level = left * crf(one.interest, one.years)
            for later in range(at, len(owed)):
                if later > at:
                    due = one.interest * left
                    charged[later] += due
                    left = max(0.0, left - (level - due))
                owed[later] += left if later < len(owed) - 1 else 0.0
    return -charged, owed, _none(facts)


def _commitment(one: YearlyCommitment, facts: BranchFacts, demand: BranchDemand) -> Three:
    due = one.yearly * _growing(one, facts)
    unused = due * np.maximum(0.0, 1.0 - demand.ratio)
    return -due + one.sublet * unused, _none(facts), _none(facts)


def _prepayment(one: Prepayment, facts: BranchFacts) -> Three:
    years = np.array(facts.years)
    back = ((years >= one.from_) & (years < one.from_ + one.years)) / one.years
    paid = np.where(years == one.year, one.amount, 0.0)
    held = np.cumsum(paid - one.amount * back)
    return one.bonus * one.amount * back, _none(facts), held


def _futures(one: HourFutures, facts: BranchFacts, demand: BranchDemand) -> Three:
    years = np.array(facts.years)
    within = (years >= one.from_) & (years <= one.to)
    sold = one.hours * one.hedged
    rent = one.price * np.maximum(demand.ratio, 1e-6) ** one.elasticity
    agreed = np.concatenate(([one.price], rent[:-1]))
    agreed = np.where(years == one.from_, one.price, agreed)
    income = np.where(within, -sold * one.basis * (rent - agreed), 0.0)
    held = np.where(within & (years < one.to), (one.margin or 0.0) * sold * one.price, 0.0)
    return income, _none(facts), held


@dataclass(frozen=True)
class NetOfCounterparty:
    """All contracts with one counterparty on a branch [USD, undiscounted]: received, paid, and both
    ways where it lends or guarantees what it sells: then only the net counts.
    """

    counterparty: str
    received: float
    paid: float
    circular: bool

    @property
    def net(self) -> float:
        """Received less paid [USD]."""
        return self.received - self.paid


def net_by_counterparty(facts: BranchFacts) -> tuple[NetOfCounterparty, ...]:
    """Every named counterparty of a branch's contracts, the largest sums first; circular where it
    both gives and takes.
    """
    sums: dict[str, list[float]] = {}
    for one in facts.contracts:
        if one.counterparty:
            cash = one.cash
            own = sums.setdefault(one.counterparty, [0.0, 0.0])
            own[0] += float(np.maximum(cash, 0.0).sum())
            own[1] += float(np.maximum(-cash, 0.0).sum())
    told = [NetOfCounterparty(k, a, b, a > 0 and b > 0) for k, (a, b) in sums.items()]
    return tuple(sorted(told, key=lambda one: -(one.received + one.paid)))
