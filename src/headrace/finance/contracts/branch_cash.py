"""What contracts bring on the branches of a plan, and what that is by counterparty.

Used share, rent and the price of a share follow the branch's revenue over the mean of all branches
in the same year. A counterparty that fails pays nothing from the first year in which that ratio is
below its bound; what is owed to it stays owed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.uncertainty import AcceleratorRent, RentFactor
from headrace.finance.branch_facts import BranchFacts, ContractFlows
from headrace.finance.contracts import contract_flows as flows
from headrace.finance.contracts.contract_flows import BranchDemand, Three
from headrace.finance.contracts.kinds import (
    AllocationCap,
    CapacityLease,
    Contract,
    ContractsFile,
    FixedPayments,
    HourFutures,
    HourOption,
    HoursContract,
    Prepayment,
    ResidualGuarantee,
    TakeOrPayHours,
    TermContract,
    VendorLoan,
    Warrants,
    YearlyCommitment,
)
from headrace.finance.contracts.warrants import ShareOnBranches, warrant_worth


def with_contracts(branches: Sequence[BranchFacts], file: ContractsFile) -> tuple[BranchFacts, ...]:
    """The branches with what the contracts bring on each.

    Raises InputError for plant that no branch has, and for terms beyond the horizon.
    """
    years = branches[0].years
    known = {one.plant for facts in branches for one in facts.purchases}
    believed = set.intersection(
        *({key for key, rents in f.rents.items() if np.isfinite(rents).all()} for f in branches)
    )
    problems = [
        InputFault(Place("contracts", key=name), *words)
        for name, one in file.contracts.items()
        for words in _misfit(one, years, known, believed)
    ]
    if problems:
        raise InputError(problems)
    return tuple(
        replace(
            facts,
            contracts=facts.contracts + tuple(
                flows_of(name, one, facts, demand, securing(file, name))
                for name, one in file.contracts.items()
            ),
        )
        for facts, demand in zip(branches, demand_of(branches))
    )  # fmt: skip


def demand_of(branches: Sequence[BranchFacts]) -> tuple[BranchDemand, ...]:
    """Each branch's revenue over the mean of all; 1 where nothing is expected."""
    none = np.zeros(len(branches[0].years))
    revenues = np.array([sum(facts.revenue.values(), none) for facts in branches])
    odds = np.array([facts.probability for facts in branches])
    mean = (odds / odds.sum()) @ revenues
    return tuple(
        BranchDemand(np.divide(mine, mean, out=np.ones(len(none)), where=mean > 0))
        for mine in revenues
    )


def securing(file: ContractsFile, name: str) -> tuple[Prepayment, ...]:
    """The prepayments that have priority in an allocation."""
    every = file.contracts.values()
    return tuple(one for one in every if isinstance(one, Prepayment) and one.secures == name)


def _misfit(
    one: Contract, years: Sequence[int], plant: set[str], rents: set[str]
) -> list[tuple[str, str]]:
    """What makes no sense for this plan: found and expected. rents: what is believed of them in
    every year of every branch.
    """
    within = f"within the horizon, {years[0]} to {years[-1]}: beyond it nothing is known"
    if isinstance(one, ResidualGuarantee | VendorLoan | AllocationCap):
        known = ", ".join(sorted(plant)) or "none"
        there = one.plant in plant
        words = f"the plan has no plant of the class `{one.plant}`"
        return [] if there else [(words, f"one of {known}")]
    if isinstance(one, Prepayment):
        last = one.from_ + one.years - 1
        fits = years[0] <= one.year and last <= years[-1]
        return [] if fits else [(f"comes back until {last}", f"by {years[-1]}")]
    found = []
    if isinstance(one, Warrants | HourOption) and not years[0] <= one.year <= years[-1]:
        found.append((f"is of the year {one.year}", within))
    if isinstance(one, TermContract) and (one.from_ < years[0] or one.to > years[-1]):
        found.append((f"runs from {one.from_} to {one.to}", within))
    if isinstance(one, HoursContract) and one.rental is not None:
        own = AcceleratorRent(one.rental)
        if not {str(own), str(RentFactor())} & rents:
            words = f"the plan believes nothing of the rent of `{one.rental}` in every year"
            told = f"a belief about `{own}` or `{RentFactor()}`"
            found.append((words, f"{told}; there are: {', '.join(sorted(rents)) or 'none'}"))
    return found


def flows_of(
    name: str,
    one: Contract,
    facts: BranchFacts,
    demand: BranchDemand,
    prepaid: Sequence[Prepayment] = (),
) -> ContractFlows:
    """What one contract brings on one branch [USD of the day]; prepaid: what secures it."""
    if isinstance(one, AllocationCap):
        income, owed, held = flows.allocation(one, facts, demand, prepaid)
    else:
        income, owed, held = FLOWS[type(one)](one, facts, demand)
    fails = demand.fails_from(one.defaults_below)
    if fails < len(income) and not isinstance(one, CapacityLease):
        income = np.where(np.arange(len(income)) >= fails, np.minimum(income, 0.0), income)
        lost = held[fails - 1] if fails else 0.0
        held = np.where(np.arange(len(held)) >= fails, 0.0, held)
        income[fails] -= lost  # what lay with it is gone
    plant = one.plant if isinstance(one, VendorLoan) else ""
    return ContractFlows(name, one.kind, one.counterparty, income, owed, held, plant)


FLOWS: dict[type, Callable[..., Three]] = {
    ResidualGuarantee: flows.guarantee,
    VendorLoan: flows.loan,
    YearlyCommitment: flows.commitment,
    CapacityLease: flows.lease,
    Prepayment: flows.prepayment,
    TakeOrPayHours: flows.take_or_pay,
    HourFutures: flows.futures,
    HourOption: flows.option,
    Warrants: flows.warrants,
    FixedPayments: flows.payments,
}
"""The rule of every kind that needs no other contract."""


@dataclass(frozen=True)
class WarrantWorth:
    """Warrants of the file today [USD]: priced by odds that reprice today's share, and by the
    branches' own odds, which price the share's success in for free.
    """

    name: str
    priced: float
    believed: float


def warrant_worths(
    branches: Sequence[BranchFacts], file: ContractsFile
) -> tuple[WarrantWorth, ...]:
    """Every contract on a share. Raises InputError where no odds of the branches reprice it."""
    found = []
    odds = np.array([facts.probability for facts in branches])
    demands = demand_of(branches)
    for name, one in file.contracts.items():
        if not isinstance(one, Warrants):
            continue
        at = one.year - branches[0].years[0]
        prices = [flows.share_price(one, f, d) for f, d in zip(branches, demands)]
        share = ShareOnBranches(one.today, np.array(prices), odds / odds.sum(), one.rate, at)
        vested = np.array([float(d.ratio[at] >= one.vests_above) for d in demands])
        try:
            priced, believed = warrant_worth(share, one.strike, vested)
        except InputError as error:
            fault = error.problems[0]
            raise InputError(replace(fault, where=Place("contracts", key=name))) from None
        sign = -one.shares if one.given else one.shares
        found.append(WarrantWorth(name, sign * priced, sign * believed))
    return tuple(found)


@dataclass(frozen=True)
class NetOfCounterparty:
    """All contracts with one counterparty on a branch [USD, undiscounted]: received, paid, bought
    (of what is paid, the plant on which it lends), and circular where it finances what it sells:
    then only the net counts.
    """

    counterparty: str
    received: float
    paid: float
    bought: float
    circular: bool

    @property
    def net(self) -> float:
        """Received less paid [USD]."""
        return self.received - self.paid


FINANCES = ("vendor_loan", "residual_guarantee", "warrants")
SELLS = ("commitment", "capacity_lease", "prepayment", "allocation", "take_or_pay", "option")


def net_by_counterparty(facts: BranchFacts) -> tuple[NetOfCounterparty, ...]:
    """Every named counterparty of a branch's contracts, the largest sums first.

    One is circular that lends on the plant it sells, or finances us - a guarantee, a loan, warrants
    - and is paid under another contract.
    """
    told = []
    for name in dict.fromkeys(one.counterparty for one in facts.contracts if one.counterparty):
        mine = [one for one in facts.contracts if one.counterparty == name]
        cash = np.concatenate([one.cash for one in mine])
        plants = {one.plant for one in mine if one.plant}
        bought = sum(float(p.spending.sum()) for p in facts.purchases if p.plant in plants)
        kinds = {one.kind for one in mine}
        both = bool(kinds & set(FINANCES)) and bool(kinds & set(SELLS))
        received, paid = float(cash[cash > 0].sum()), bought - float(cash[cash < 0].sum())
        told.append(NetOfCounterparty(name, received, paid, bought, both or bool(plants)))
    return tuple(sorted(told, key=lambda one: -(one.received + one.paid)))
