"""Annuities, depreciation and levelised cost, by the formulas of the Annual Technology Baseline.

    CRF  = w / (1 - (1 + w)^-n)                          capital recovery factor,
                                                         w the *real* after-tax rate
    PVD  = sum_i MACRS_i / ((1 + w)(1 + inflation))^i    present value of depreciation,
                                                         at the *nominal* rate
    PFF  = (1 - tax PVD (1 - ITC/2) - ITC) / (1 - tax)   project finance factor
    CFF  = sum_y share_y (D (1 + i)^(y + 1/2) + (1 - D)(1 + e)^(y + 1/2))
                                                         construction finance factor,
                                                         y years before operation
    LCOE = (CRF PFF CFF overnight + fixed) / hours + variable + fuel - PTC

Real: money of one year, without inflation; nominal: money of the day. Every function says which one
    it speaks of.
Source: NREL, Annual Technology Baseline 2024, "Equations and variables".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place

MACRS = {
    5: (0.2, 0.32, 0.192, 0.1152, 0.1152, 0.0576),
    7: (0.1429, 0.2449, 0.1749, 0.1249, 0.0893, 0.0892, 0.0893, 0.0446),
    15: (
        *(0.05, 0.095, 0.0855, 0.077, 0.0693, 0.0623),
        *(0.059, 0.059, 0.0591, 0.059, 0.0591, 0.059, 0.0591, 0.059, 0.0591),
        0.0295,
    ),
    20: (
        *(0.0375, 0.07219, 0.06677, 0.06177, 0.05713, 0.05285, 0.04888, 0.04522),
        *(0.04462, 0.04461, 0.04462, 0.04461, 0.04462, 0.04461),
        *(0.04462, 0.04461, 0.04462, 0.04461, 0.04462, 0.04461),
        0.02231,
    ),
}
"""Depreciation shares by year, half-year convention (IRS Publication 946, table A-1)."""

NO_RATE = 1e-12
"""Rate [1/year] below which a dollar is the same at any time."""


@dataclass(frozen=True)
class Capital:
    """Who pays for a plant, and under which tax.

    interest, equity_return: nominal, a year. debt_share of the money [1]; tax rate [1]; inflation a
        year; years of recovery.
    """

    interest: float
    equity_return: float
    debt_share: float
    tax: float
    inflation: float
    years: int

    @property
    def nominal_rate(self) -> float:
        """Weighted cost of capital after tax, nominal [1/year]."""
        return (
            self.debt_share * self.interest * (1 - self.tax)
            + (1 - self.debt_share) * self.equity_return
        )

    @property
    def real_rate(self) -> float:
        """Weighted cost of capital after tax, real [1/year] (Fisher)."""
        return (1 + self.nominal_rate) / (1 + self.inflation) - 1


@dataclass(frozen=True)
class PlantCost:
    """What a plant costs, per MW, in money of one year.

    capex: with construction finance [USD/MW]; fixed [USD/MW-year]; variable [USD/MWh]; heat_rate
        [MMBtu/MWh] and fuel price [USD/MMBtu]; capacity_factor [1]. itc: share of capex credited;
        ptc: credit over the recovery period, levelised [USD/MWh].
    """

    capex: float
    fixed: float
    capacity_factor: float
    variable: float = 0.0
    heat_rate: float = 0.0
    fuel_price: float = 0.0
    itc: float = 0.0
    ptc: float = 0.0
    depreciation: Sequence[float] = MACRS[5]


def crf(rate: float, years: float) -> float:
    """Capital recovery factor: yearly payment per dollar over `years` at `rate` (both real or both
    nominal) [1/year].

    Raises InputError for a rate of -100 % or below or a life of zero.
    """
    if rate <= -1 or years <= 0:
        raise InputError(
            InputFault(
                Place(),
                f"a rate of {rate:g} over {years:g} years",
                "a rate above -100 % and a positive life",
            )
        )
    if abs(rate) < 1e-12:
        return 1.0 / years
    return rate / -math.expm1(-years * math.log1p(rate))


def annuity(rate: float, years: float) -> float:
    """Present value of a dollar a year, paid at each year's end over `years` [year]; the inverse of
    `crf`.
    """
    return 1.0 / crf(rate, years)


def discount_factor(rate: float, years: float) -> float:
    """Today's value of a dollar due in `years` [year] at `rate` [1/year]; [1]."""
    return float((1 + rate) ** -years)


def flowing(rate: float, begin: float, end: float) -> float:
    """Today's value of a dollar a year that flows evenly from `begin` to `end` [year], at `rate`
    [1/year]; [year]. 0 where the end is not later.
    """
    if end <= begin:
        return 0.0
    if rate < NO_RATE:
        return end - begin
    force = math.log1p(rate)
    # expm1 keeps the digits that a difference of two discounts near one would lose
    return discount_factor(rate, begin) * -math.expm1(-force * (end - begin)) / force


def depreciation_value(shares: Sequence[float], nominal_rate: float) -> float:
    """Present value of depreciation per dollar of basis [1], at the nominal rate [1/year]; the
    first share [1] falls at the end of year 1.
    """
    return sum(share / (1 + nominal_rate) ** year for year, share in enumerate(shares, start=1))


def project_finance_factor(tax: float, depreciation: float, itc: float = 0.0) -> float:
    """PFF [1]: income tax and credits on capex.

    tax rate [1]; depreciation: its present value per dollar of basis [1]; itc: share of capex
    credited [1], by half of which the basis falls.
    """
    return (1 - tax * depreciation * (1 - itc / 2) - itc) / (1 - tax)


def construction_finance_factor(
    shares: Sequence[float],
    interest: float,
    equity_return: float | None = None,
    debt_share: float = 1.0,
) -> float:
    """CFF [1]: overnight cost to capex at operation. shares: of the spending by year [1], the
    *last* year ends at operation.

    Money is spent at mid-year and bears nominal `interest` [1/year] on its `debt_share` [1] and
    `equity_return` [1/year] (nominal; None: the same rate) on the rest until operation. The ATB
    takes 6.5 % on 80 % debt and the technology's equity return plus two points. Raises InputError
    unless the shares add up to 1.
    """
    if not math.isclose(sum(shares), 1.0, abs_tol=1e-9):
        raise InputError(
            InputFault(Place(), f"construction shares that add up to {sum(shares):g}", "1")
        )
    owners = interest if equity_return is None else equity_return
    ages = [len(shares) - 1 - year + 0.5 for year in range(len(shares))]
    grown = [
        debt_share * math.pow(1 + interest, age) + (1 - debt_share) * math.pow(1 + owners, age)
        for age in ages
    ]
    return math.fsum(share * factor for share, factor in zip(shares, grown))


def interest_during_construction(
    overnight: float,
    shares: Sequence[float],
    interest: float,
    equity_return: float | None = None,
    debt_share: float = 1.0,
) -> float:
    """Cost of money until operation [unit of `overnight`, such as USD/MW]: CFF - 1 of it.

    shares of the spending by year [1]; interest, equity_return [1/year]; debt_share [1].
    """
    return overnight * (
        construction_finance_factor(shares, interest, equity_return, debt_share) - 1.0
    )


def fixed_charge_rate(plant: PlantCost, capital: Capital) -> float:
    """FCR = CRF x PFF [1/year], real: revenue per dollar of capex that pays capital and tax."""
    value = depreciation_value(
        plant.depreciation, (1 + capital.real_rate) * (1 + capital.inflation) - 1
    )
    return crf(capital.real_rate, capital.years) * project_finance_factor(
        capital.tax, value, plant.itc
    )


def levelised_ptc(credit: float, capital: Capital, years: float = 10.0) -> float:
    """A production credit paid for the first `years`, as before-tax revenue level over the recovery
    period, real [USD/MWh].

    credit: tax credit in constant money [USD/MWh]; a dollar of it is worth 1 / (1 - tax) dollars of
        taxed revenue.
    """
    paid = annuity(capital.real_rate, min(years, capital.years))
    return credit / (1 - capital.tax) * paid * crf(capital.real_rate, capital.years)


def lcoe_real(plant: PlantCost, capital: Capital) -> float:
    """Levelised cost of energy in constant money of the plant's money year [USD/MWh].

    Raises InputError without output.
    """
    if not plant.capacity_factor > 0:
        raise InputError(
            InputFault(Place(), f"a capacity factor of {plant.capacity_factor:g}", "above 0")
        )
    yearly = fixed_charge_rate(plant, capital) * plant.capex + plant.fixed
    return (
        yearly / (8760 * plant.capacity_factor)
        + plant.variable
        + plant.heat_rate * plant.fuel_price
        - plant.ptc
    )


def lcoe_nominal(plant: PlantCost, capital: Capital) -> float:
    """The level price in money of the day whose present value equals that of `lcoe_real` growing
    with inflation [USD/MWh].

    The real price p pays p (1 + inflation)^t in year t; the nominal one pays the same each year.
    """
    return nominal_from_real(lcoe_real(plant, capital), capital)


def nominal_from_real(price: float, capital: Capital) -> float:
    """A level real price [USD/MWh, or any unit] as the level nominal price [same] of equal present
    value over the recovery period.
    """
    return (
        price * annuity(capital.real_rate, capital.years) * crf(capital.nominal_rate, capital.years)
    )
