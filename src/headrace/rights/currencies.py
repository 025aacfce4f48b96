"""Currencies: their minor units, and dated rates of one into another.

A rate holds from its day until the next day that has one. Amounts are turned by exact fractions and
rounded half to even, to the micro-unit.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from headrace.core.errors import InputError, InputFault, Place

#: Decimals of the currencies that have others than two (ISO 4217, amendment 176).
_MINOR = {
    code: decimals
    for decimals, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for code in codes.split()
}


def minor_unit(currency: str) -> int:
    """The smallest amount that can be paid in a currency [micro-units]: 10,000 for USD."""
    return int(10 ** (6 - _MINOR.get(currency, 2)))


@dataclass(frozen=True)
class Rates:
    """Dated rates into one currency: per other currency, days and what one unit of it is worth
    [units of `into` per unit].
    """

    into: str
    table: Mapping[str, tuple[tuple[date, Fraction], ...]] = field(default_factory=dict)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currency itself, then those that can be turned into it."""
        return (self.into, *sorted(set(self.table) - {self.into}))

    def rate(self, currency: str, day: date) -> Fraction:
        """What one unit of a currency is worth on a day [units of `into`]. Raises InputError."""
        if currency == self.into:
            return Fraction(1)
        dated = self.table.get(currency, ())
        at = bisect_right([first for first, _ in dated], day)
        if not at:
            fault = InputFault(
                Place("rates", key=currency),
                f"no rate of {currency} into {self.into} holds on {day}",
                "a row of rates.csv with day, currency, rate",
            )
            raise InputError(fault)
        return dated[at - 1][1]

    def turn(self, amount: int, currency: str, day: date) -> int:
        """An amount [micro-units] in micro-units of `into`. Raises InputError without a rate."""
        if currency == self.into:  # most are
            return amount
        return round(amount * self.rate(currency, day))


def rates(rows: Iterable[tuple[date, str, Fraction]], into: str) -> Rates:
    """Rates from (day, currency, rate) rows. Raises InputError for doubled days and rates <= 0."""
    found: dict[str, dict[date, Fraction]] = {}
    problems = []
    for day, currency, rate in rows:
        where = Place("rates", key=f"{currency} {day}")
        if rate <= 0:
            problems.append(InputFault(where, f"the rate {rate} is not above 0"))
        if day in found.setdefault(currency, {}):
            problems.append(InputFault(where, "two rates of one day"))
        found[currency][day] = rate
    if problems:
        raise InputError(problems)
    return Rates(into, {c: tuple(sorted(by_day.items())) for c, by_day in found.items()})
