"""What each kind of contract brings on a branch, year by year [USD of the day].

    guarantee    min(cap, max(0, strike x cost - worth)) at the end or when the tenant leaves
    loan         draws with the spending, level payments after; the rest at the horizon's end
    commitment   -(1 + escalator)^t yearly, + sublet x the unused part of it
    lease        rent until the counterparty fails, nothing while vacant, then step_in x rent
    allocation   -premium x (what is held back) x spending, in years that are short
    take or pay  -price x max(least x Q, min(wanted, Q)) by month or year, - beside x the rest
    futures      -hours x hedged x basis x (rent_t - rent_{t-1}), margin lying there in between
    option       hours x max(0, rent_t - strike), or max(0, strike - rent_t); the premium at once
    warrants     shares x max(0, price - strike) where they vest

Each function returns three rows: income, what is owed, what lies with others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.uncertainty import AcceleratorRent, RentFactor
from headrace.finance.branch_facts import BranchFacts
from headrace.finance.contracts.kinds import (
    AllocationCap,
    CapacityLease,
    FixedPayments,
    HourFutures,
    HourOption,
    HoursContract,
    Prepayment,
    RentContract,
    ResidualGuarantee,
    TakeOrPayHours,
    VendorLoan,
    Warrants,
    YearlyCommitment,
)
from headrace.finance.contracts.take_or_pay import TakeOrPayOffer, cost_of
from headrace.finance.levelised import crf

Three = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, eq=False)
class BranchDemand:
    """A branch's revenue over the mean of all branches, by year [1], shape (years,)."""

    ratio: Floats

    def fails_from(self, bound: float) -> int:
        """The first place of a year with less than `bound` [1]; the number of years if none."""
        below = np.flatnonzero(self.ratio < bound)
        return int(below[0]) if len(below) else len(self.ratio)


def nothing(years: Sequence[int]) -> Floats:
    """A row of zeros [USD], shape (years,)."""
    return np.zeros(len(years))


def growing(years: Sequence[int], term: tuple[int, int], escalator: float) -> Floats:
    """(1 + escalator)^t within a term's first and last year, 0 outside [1], shape (years,)."""
    told, (first, last) = np.array(years), term
    within = (told >= first) & (told <= last)
    return np.where(within, (1 + escalator) ** np.maximum(told - first, 0), 0.0)


def guarantee(one: ResidualGuarantee, facts: BranchFacts, demand: BranchDemand) -> Three:
    """A fee while plant stands, and what it brings too little, once."""
    mine = [p for p in facts.purchases if p.plant == one.plant]
    sign, income = -1.0 if one.given else 1.0, nothing(facts.years)
    left = demand.fails_from(one.tenant_below)
    last = len(income) - 1
    due = min(left, last)
    for p in mine:
        stands = np.array([12 * y + 12 > p.begins and 12 * y < p.ends for y in facts.years])
        income = np.where(stands & (np.arange(len(income)) <= due), -sign * one.fee, income)
    cost = worth = 0.0
    for p in mine:
        paid = float(p.spending[: due + 1].sum())
        begins, ends = float(p.begins), 12.0 * (facts.years[-1] + 1)
        gone = (12.0 * (facts.years[due] + 1) - begins) / (ends - begins) if ends > begins else 1.0
        gone = min(1.0, max(0.0, gone))
        cost, worth = cost + paid, worth + (1 - gone) * paid + gone * min(p.resale, paid)
    if due == last:
        worth = sum(p.resale for p in mine)
    income[due] += sign * min(one.cap, max(0.0, one.strike * cost - worth))
    return income, nothing(facts.years), nothing(facts.years)


def loan(one: VendorLoan, facts: BranchFacts, demand: BranchDemand) -> Three:
    """Drawn with the spending, paid back with level payments; the rest at the horizon's end."""
    owed, charged = nothing(facts.years), nothing(facts.years)
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
    return -charged, owed, nothing(facts.years)


@dataclass(frozen=True, eq=False)
class CommitmentYears:
    """A commitment by year: billed [USD], the used share of it [1], fee for leaving [USD]."""

    billed: Floats
    used: Floats
    fee: Floats


def commitment_years(
    one: YearlyCommitment, years: Sequence[int], demand: BranchDemand
) -> CommitmentYears:
    """What is billed, how much of it is used, and what leaving costs, each of shape (years,)."""
    due = one.yearly * growing(years, (one.from_, one.to), one.escalator)
    fee = nothing(years)
    if one.exit_from is not None:
        may = np.array([one.exit_from <= year <= one.to for year in years])
        leaves = np.flatnonzero(may & (demand.ratio < one.exit_below))
        if len(leaves):
            due = np.where(np.arange(len(due)) >= leaves[0], 0.0, due)
            fee[leaves[0]] = one.exit_fee
    return CommitmentYears(due, np.minimum(1.0, np.maximum(0.0, demand.ratio)), fee)


def commitment(one: YearlyCommitment, facts: BranchFacts, demand: BranchDemand) -> Three:
    """Paid whether used or not, less what somebody else pays for the unused part."""
    found = commitment_years(one, facts.years, demand)
    back = sublet_shares(one, facts) * found.billed * (1.0 - found.used)
    return back - found.billed - found.fee, nothing(facts.years), nothing(facts.years)


def sublet_shares(one: YearlyCommitment, facts: BranchFacts) -> Floats:
    """What others pay for the unused part, over what is billed for it [1], shape (years,)."""
    even = np.full(len(facts.years), one.sublet)
    if one.rental is None:
        return even
    rent = believed_rent(one, 1.0, facts)
    moved = rent / rent[facts.years.index(one.from_)]
    grown = growing(facts.years, (one.from_, one.to), one.escalator)
    return np.where(grown > 0, even * moved / np.maximum(grown, 1e-12), 0.0)


def believed_rent(one: HoursContract, price: float, facts: BranchFacts) -> Floats:
    """The believed rent of an hour on the branch, or `price` times the factor on all rents
    [USD/accelerator-h, of the day], shape (years,).
    """
    own = facts.rents.get(str(AcceleratorRent(one.rental or "")))
    return price * facts.rents[str(RentFactor())] if own is None else own


def lease(one: CapacityLease, facts: BranchFacts, demand: BranchDemand) -> Three:
    """Rent, with whoever steps in after the counterparty has failed."""
    rent = one.yearly * growing(facts.years, (one.from_, one.to), one.escalator)
    place = np.arange(len(rent))
    fails = demand.fails_from(one.defaults_below)
    vacant = (place >= fails) & (place < fails + one.vacant)
    stepped = place >= fails + one.vacant
    sign = 1.0 if one.let else -1.0
    income = sign * np.where(vacant, 0.0, np.where(stepped, one.step_in * rent, rent))
    told = np.array(facts.years)
    lies = np.where((told >= one.from_) & (told < one.to), one.deposit, 0.0)
    if fails < len(rent):
        before = float(lies[fails - 1]) if fails else 0.0
        lies = np.where(place >= fails, 0.0, lies)
        income[fails] += sign * before  # whoever has the deposit keeps it
    none = nothing(facts.years)
    return (income, lies, none) if one.let else (income, none, lies)


def prepayment(one: Prepayment, facts: BranchFacts, demand: BranchDemand) -> Three:
    """Paid at once, taken off later bills with a bonus."""
    years = np.array(facts.years)
    back = ((years >= one.from_) & (years < one.from_ + one.years)) / one.years
    paid = np.where(years == one.year, one.amount, 0.0)
    held = np.cumsum(paid - one.amount * back)
    return one.bonus * one.amount * back, nothing(facts.years), held


def allocation(
    one: AllocationCap, facts: BranchFacts, demand: BranchDemand, prepaid: Sequence[Prepayment]
) -> Three:
    """What plant costs more where the maker holds a part of it back. prepaid: what secures it."""
    spending = sum(
        (np.maximum(p.spending, 0.0) for p in facts.purchases if p.plant == one.plant),
        nothing(facts.years),
    )
    back = np.where(demand.ratio > one.short_above, 1.0 - one.cap, 0.0)
    place, years = np.arange(len(back)), np.array(facts.years)
    for first in prepaid:
        lies = (years >= first.year) & (years < first.from_ + first.years)
        lies &= place < demand.fails_from(first.defaults_below)
        back = np.where(lies, back * (1.0 - first.priority), back)
    return 0.0 - one.premium * back * spending, nothing(facts.years), nothing(facts.years)


@dataclass(frozen=True, eq=False)
class TakenHours:
    """Take-or-pay by year and period: hours contracted, wanted, and the price by year; the first
    two of shape (years, periods) [accelerator-h], price of shape (years,) [USD/accelerator-h].
    """

    contracted: Floats
    wanted: Floats
    price: Floats


def taken_hours(one: TakeOrPayHours, years: Sequence[int], demand: BranchDemand) -> TakenHours:
    """What is contracted and wanted by period; nothing outside the term."""
    shares = np.array(one.months or (1 / 12,) * 12)
    even, mine = (np.full(12, 1 / 12), shares)
    if one.period == "year":
        even = mine = np.ones(1)
    grown = growing(years, (one.from_, one.to), one.escalator)
    within = (grown > 0).astype(float)[:, None]
    wanted = (one.hours if one.wanted is None else one.wanted) * np.maximum(0.0, demand.ratio)
    return TakenHours(within * one.hours * even, within * wanted[:, None] * mine, one.price * grown)


def take_or_pay(one: TakeOrPayHours, facts: BranchFacts, demand: BranchDemand) -> Three:
    """The bill, and what is wanted beyond it."""
    found = taken_hours(one, facts.years, demand)
    cost = nothing(facts.years)
    beside = np.full(len(cost), one.beside)
    if one.rental is not None:
        beside = believed_rent(one, one.beside, facts)
    for at, price in enumerate(found.price.tolist()):
        offer = TakeOrPayOffer(price, float(beside[at]), one.least)
        cost[at] = cost_of(offer, found.contracted[at], found.wanted[at]).sum()
    return -cost, nothing(facts.years), nothing(facts.years)


def rent_of(one: RentContract, facts: BranchFacts, demand: BranchDemand) -> Floats:
    """Rent of an hour on the branch [USD/accelerator-h], shape (years,)."""
    if one.rental is not None:
        return believed_rent(one, one.price, facts)
    return np.asarray(one.price * np.maximum(demand.ratio, 1e-6) ** one.elasticity)


def futures(one: HourFutures, facts: BranchFacts, demand: BranchDemand) -> Three:
    """Moves of the rent, each year, and the margin."""
    years = np.array(facts.years)
    within = (years >= one.from_) & (years <= one.to)
    sold, rent = one.hours * one.hedged, rent_of(one, facts, demand)
    agreed = np.concatenate(([one.price], rent[:-1]))
    agreed = np.where(years == one.from_, one.price, agreed)
    income = np.where(within, -sold * one.basis * (rent - agreed), 0.0)
    held = np.where(within & (years < one.to), (one.margin or 0.0) * sold * one.price, 0.0)
    return income, nothing(facts.years), held


def option(one: HourOption, facts: BranchFacts, demand: BranchDemand) -> Three:
    """The premium at once; the right in every year in which it pays."""
    years = np.array(facts.years)
    within = (years >= one.from_) & (years <= one.to)
    above = rent_of(one, facts, demand) - one.strike
    gain = one.hours * np.maximum(0.0, above if one.right == "buy" else -above)
    income = np.where(within, gain, 0.0) - np.where(years == one.year, one.premium, 0.0)
    return (-income if one.given else income), nothing(facts.years), nothing(facts.years)


def share_price(one: Warrants, facts: BranchFacts, demand: BranchDemand) -> float:
    """The share's price on the branch in the year of the warrants [USD/share]."""
    at = one.year - facts.years[0]
    grown = one.today * (1 + one.rate) ** at
    return float(grown * max(float(demand.ratio[at]), 1e-6) ** one.elasticity)


def warrants(one: Warrants, facts: BranchFacts, demand: BranchDemand) -> Three:
    """What the shares bring above the strike, where they vest."""
    income, at = nothing(facts.years), one.year - facts.years[0]
    if demand.ratio[at] >= one.vests_above:
        gain = one.shares * max(0.0, share_price(one, facts, demand) - one.strike)
        income[at] = -gain if one.given else gain
    return income, nothing(facts.years), nothing(facts.years)


def payments(one: FixedPayments, facts: BranchFacts, demand: BranchDemand) -> Three:
    """The same each year, growing."""
    grown = growing(facts.years, (one.from_, one.to), one.escalator)
    return one.yearly * grown, nothing(facts.years), nothing(facts.years)
