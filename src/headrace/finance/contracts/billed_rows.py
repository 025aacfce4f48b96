"""What the contracts of a plan are billed, used and unused, as rows of FOCUS, on every branch.

A commitment is billed by month in proportion to its hours, and used as far as the branch's revenue
is as expected; take-or-pay is billed by its own period. A branch is a sub-account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.branch_facts import BranchFacts
from headrace.finance.contracts.branch_cash import demand_of
from headrace.finance.contracts.commitment import (
    FocusRow,
    HourCommitment,
    UsedPeriod,
    focus_rows,
)
from headrace.finance.contracts.contract_flows import (
    BranchDemand,
    commitment_years,
    sublet_shares,
    taken_hours,
)
from headrace.finance.contracts.kinds import ContractsFile, TakeOrPayHours, YearlyCommitment


def billed_rows(branches: Sequence[BranchFacts], file: ContractsFile) -> tuple[FocusRow, ...]:
    """Rows of every commitment and every take-or-pay of the file, branch by branch [USD].

    Raises InputError where the file has neither.
    """
    told = [
        (name, one)
        for name, one in file.contracts.items()
        if isinstance(one, YearlyCommitment | TakeOrPayHours)
    ]
    if not told:
        found, expected = "no contract that is billed by use", "a `commitment` or a `take_or_pay`"
        raise InputError(InputFault(Place("contracts"), found, expected))
    rows: list[FocusRow] = []
    for facts, demand in zip(branches, demand_of(branches)):
        account = f"branch to node {facts.leaf}"
        for name, one in told:
            shares = [0.0] * len(facts.years)
            if isinstance(one, YearlyCommitment):
                periods = committed_periods(one, facts.years, demand)
                shares = sublet_shares(one, facts).tolist()
            else:
                periods = taken_periods(one, facts.years, demand)
            for rate, period in periods:
                seller = one.counterparty or "not named"
                sublet = shares[period.begins.year - facts.years[0]]
                held = HourCommitment(name, seller, one.kind, rate, rate, sublet, account)
                rows += focus_rows(held, [period])
    return tuple(rows)


def _month(year: int, month: int) -> datetime:
    """The first moment of a month; month 13 is the next January."""
    return datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC)


def committed_periods(
    one: YearlyCommitment, years: Sequence[int], demand: BranchDemand
) -> Iterator[tuple[float, UsedPeriod]]:
    """Rate [USD/h] and period of every month that is billed."""
    found = commitment_years(one, years, demand)
    for at, year in enumerate(years):
        hours = (_month(year, 13) - _month(year, 1)).total_seconds() / 3600
        if found.billed[at] > 0:
            for month in range(1, 13):
                begins, ends = _month(year, month), _month(year, month + 1)
                used = float(found.used[at]) * (ends - begins).total_seconds() / 3600
                yield float(found.billed[at]) / hours, UsedPeriod(begins, ends, used)


def taken_periods(
    one: TakeOrPayHours, years: Sequence[int], demand: BranchDemand
) -> Iterator[tuple[float, UsedPeriod]]:
    """Price [USD/accelerator-h] and period of every period that is billed."""
    found = taken_hours(one, years, demand)
    periods = found.contracted.shape[1]
    for at, year in enumerate(years):
        for number in range(periods):
            most, wanted = float(found.contracted[at, number]), float(found.wanted[at, number])
            taken = min(most, wanted)
            paid = max(taken, one.least * most)
            if paid > 0 and found.price[at] > 0:
                begins = _month(year, 1 + number * 12 // periods)
                ends = _month(year, 1 + (number + 1) * 12 // periods)
                yield float(found.price[at]), UsedPeriod(begins, ends, taken, paid)
