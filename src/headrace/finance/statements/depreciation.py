"""What is written off each year: in the books over the useful life, for tax by the law's shares.

    books      straight line from the month of service, to the end of the book life or of the asset
    MACRS      the shares of the recovery period, half-year convention (IRS Publication 946)
    expensing  all in the year of service (100 % bonus, Public Law 119-21, section 70301)

An asset's cost is what was spent on it and the interest capitalised on that; what is paid after it
has begun to work is a part of its own, in service from the year it is paid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.quantities import month_text
from headrace.finance.branch_facts import Purchase
from headrace.finance.levelised import MACRS
from headrace.finance.statements.terms import PlantClass, StatementTerms
from headrace.finance.tax_law import credit


@dataclass(frozen=True, eq=False)
class PlantSchedule:
    """One asset on a branch [USD], each of shape (years,). added: cost with capitalised interest,
    by the year it is added; into_service: by the year it begins to count as plant.

    books, tax: written off. credit: of the law, before it is sold; sold: what a sale brings at the
    horizon's end, in its last year.
    """

    added: Floats
    into_service: Floats
    books: Floats
    tax: Floats
    credit: Floats
    law: str = ""


def investment_credit(one: Purchase, kind: PlantClass, terms: StatementTerms) -> tuple[float, str]:
    """Share of the cost that the law credits, by the month of the order and of service, and the
    key of the law; (0, "") where there is none. A production credit is not taken.
    """
    if not (terms.credits and kind.credit_kind) or one.begins < one.ordered:
        return 0.0, ""
    found = credit(kind.credit_kind, month_text(one.ordered), month_text(one.begins))
    best = max(found, key=lambda choice: choice.itc, default=None)
    return (0.0, "") if best is None or best.itc <= 0 else (best.itc, best.law)


def plant_schedule(
    one: Purchase, interest: Floats, years: Sequence[int], terms: StatementTerms
) -> PlantSchedule:
    """What one asset costs, and what is written off. interest: capitalised on it by year [USD]."""
    kind = terms.classes[one.plant]
    added = one.spending + interest
    service = min(max(int(one.begins // 12) - years[0], 0), len(years))
    into, books = np.zeros(len(years)), np.zeros(len(years))
    tax, granted = np.zeros(len(years)), np.zeros(len(years))
    share, law = investment_credit(one, kind, terms)
    if service < len(years):
        parts = {service: float(added[: service + 1].sum())}
        parts |= {at: float(added[at]) for at in range(service + 1, len(years)) if added[at]}
        for at, cost in parts.items():
            into[at] += cost
            begins = max(float(one.begins), 12.0 * years[at])
            ends = min(one.begins + 12 * kind.life, one.ends)
            books += cost * _straight(begins, max(ends, begins + 12), years)
            granted[at] += share * cost
            tax += (cost - share * cost / 2) * _for_tax(kind, begins, at, years, terms)
    return PlantSchedule(added, into, books, tax, granted, law)


def _straight(begins: float, ends: float, years: Sequence[int]) -> Floats:
    inside = [min(ends, 12.0 * (y + 1)) - max(begins, 12.0 * y) for y in years]
    return np.maximum(inside, 0.0) / (ends - begins)


def _for_tax(
    kind: PlantClass, begins: float, at: int, years: Sequence[int], terms: StatementTerms
) -> Floats:
    if terms.depreciation == "straight_line":
        return _straight(begins, begins + 12.0 * kind.recovery, years)
    shares = (1.0,) if terms.depreciation == "expensing" else MACRS[kind.recovery]
    found = np.zeros(len(years))
    kept = shares[: len(years) - at]
    found[at : at + len(kept)] = kept
    return found
