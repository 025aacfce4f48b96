"""Money in time: discount factors, annuities and what still stands at the end.

A year's real rate r discounts a payment in month t by (1 + r)^(-t/12). What runs, runs evenly and
is discounted continuously.
"""

from __future__ import annotations

import math

from tests.oracle.units import MONTHS_PER_YEAR


def factor(rate: float, month: float) -> float:
    """Today's worth of 1 USD paid in `month`."""
    return (1 + rate) ** (-month / MONTHS_PER_YEAR)


def months_worth(rate: float, begin: float, end: float) -> float:
    """Today's worth of 1 USD a month, paid evenly from month `begin` to `end` [USD]."""
    if end <= begin:
        return 0.0
    force = math.log1p(rate) / MONTHS_PER_YEAR
    if force == 0:
        return end - begin
    return (math.exp(-force * begin) - math.exp(-force * end)) / force


def mean_factor(rate: float, begin: float, end: float) -> float:
    """Today's worth of 1 USD paid evenly between `begin` and `end`."""
    return months_worth(rate, begin, end) / (end - begin)


def unexpired(rate: float, life: float, age: float) -> float:
    """Share of a price that is not yet worn at `age` months of a `life`: a(left) / a(life)."""
    if age >= life:
        return 0.0
    return months_worth(rate, 0.0, life - age) / months_worth(rate, 0.0, life)


def staged(lead: float, years: int, deposit: float = 0.1) -> list[tuple[float, float]]:
    """(month after the order, share): `deposit` at the order, the rest in equal parts in the middle
    of each of the last `years` years before operation, squeezed into shorter lead times."""
    step = min(MONTHS_PER_YEAR, lead / years)
    first = lead - years * step
    rest = (1 - deposit) / years
    return [(0.0, deposit), *((first + step * (n + 0.5), rest) for n in range(years))]
