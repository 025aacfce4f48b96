"""Which financing keeps the owners' cash within what they have, on every branch, and at what cost.

Debt shares from 0 to 80 % of what plant costs, lent on the worst or the mean of the branches, are
each drawn up whole. One closes where no branch asks owners for more than they have; its cost is
what it takes off the expected present value of the owners' cash, against the best of all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from headrace.core.plan_file import PlanFile
from headrace.finance.contracts.kinds import ContractsFile
from headrace.finance.statements.statements import statements_of
from headrace.finance.statements.terms import LenderCase, StatementTerms

SHARES = (0.0, 0.2, 0.4, 0.6, 0.8)
CASES: tuple[LenderCase, ...] = ("worst", "mean")


@dataclass(frozen=True)
class Financing:
    """A debt share [1] and whose cash it is lent on; peak: most that owners pay in, net, on any
    branch [USD], and the node in which that branch ends; npv: expected, of the owners' cash [USD].

    closes: whether peak is within what they have; cost: npv below the best of all financings [USD].
    """

    share: float
    case: LenderCase
    peak: float
    leaf: int
    npv: float
    closes: bool
    cost: float


def financings(
    plan: PlanFile, terms: StatementTerms, cash: float, contracts: ContractsFile | None = None
) -> tuple[Financing, ...]:
    """Every financing, the cheapest that closes first; cash: what owners have [USD].

    Raises InputError for an unfinished plan.
    """
    found = []
    for share in SHARES:
        for case in CASES if share > 0 else CASES[:1]:
            asked = replace(terms, debt_share=share, lender_case=case)
            told = statements_of(plan, asked, contracts)
            deepest = max(told.branches, key=lambda one: one.peak_funding)
            npv = sum(one.facts.probability * one.npv for one in told.branches)
            closes = deepest.peak_funding <= cash
            peak, leaf = deepest.peak_funding, deepest.facts.leaf
            found.append(Financing(share, case, peak, leaf, npv, closes, 0.0))
    best = max(one.npv for one in found)
    found = [replace(one, cost=best - one.npv) for one in found]
    return tuple(sorted(found, key=lambda one: (not one.closes, one.cost, one.share)))
