"""Debt sculpted to a coverage ratio, on a sequence and on a tree.

    capacity_t = (capacity_{t+1} + max(0, cash_{t+1}) / DSCR) / (1 + interest)

is what the later cash before debt pays back at the ratio, nothing at the end; cash below zero
carries no debt. On a tree the right side is the least, or the mean, over the branches that cannot
yet be told apart at the end of year t: nobody lends on what he cannot know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.statements.terms import LenderCase


@dataclass(frozen=True, eq=False)
class SculptedDebt:
    """What is lent against a row of cash: at the start [USD], what is owed at the end of each
    period, interest and repayment in it [USD], each of shape (periods,).
    """

    amount: float
    balance: Floats
    interest: Floats
    repayment: Floats


def sculpted(cash: Floats, dscr: float, interest: float) -> SculptedDebt:
    """The largest debt that `cash` [USD by period, shape (periods,)] serves at `dscr` [1] in every
    period, at `interest` [1/period].

    Raises InputError for a ratio below 1 or an interest at or below -100 %.
    """
    refuse(dscr, interest)
    service = np.maximum(cash, 0.0) / dscr
    owed = np.zeros(len(cash) + 1)
    for at in range(len(cash) - 1, -1, -1):
        owed[at] = (owed[at + 1] + service[at]) / (1 + interest)
    charged = interest * owed[:-1]
    return SculptedDebt(float(owed[0]), owed[1:], charged, service - charged)


def refuse(dscr: float, interest: float) -> None:
    """Raise InputError for a coverage ratio below 1 [1], or an interest [1/period] of no sense."""
    if not dscr >= 1 or not interest > -1:
        raise InputError(
            InputFault(
                Place(key="debt"),
                f"a coverage ratio of {dscr:g} at an interest of {interest:.1%}",
                "a ratio of at least 1 and an interest above -100 %",
            )
        )


def coverage(cash: Floats, service: Floats) -> Floats:
    """Cash before debt over its service [1], shape of both [USD]; infinite where none is due."""
    due = service > 1e-9 * max(1.0, float(np.abs(service).max(initial=0.0)))
    return np.where(due, cash / np.where(due, service, 1.0), np.inf)


def capacity_on_tree(
    cash: Sequence[Floats],
    probability: Sequence[float],
    known: Sequence[Sequence[int]],
    terms: tuple[float, float, LenderCase],
) -> list[Floats]:
    """Most debt at the end of each year on each branch [USD], shape (years,) each.

    cash: before debt by branch and year [USD]; known: the node in force at each year's end, by
        branch; terms: coverage ratio [1], interest [1/year], and whose cash counts.
    """
    dscr, interest, case = terms
    refuse(dscr, interest)
    found = [np.zeros(len(each)) for each in cash]
    for at in range(len(cash[0]) - 2, -1, -1):
        alike: dict[int, list[int]] = defaultdict(list)
        for branch in range(len(cash)):
            alike[known[branch][at]].append(branch)
        for branches in alike.values():
            worth = [
                (found[b][at + 1] + max(0.0, float(cash[b][at + 1])) / dscr) / (1 + interest)
                for b in branches
            ]
            odds = np.array([probability[b] for b in branches])
            lent = min(worth) if case == "worst" else float(odds @ worth / odds.sum())
            for b in branches:
                found[b][at] = lent
    return found
