"""Levered pro forma of a project: who pays what in which year, and the price at which the owners
get their return.

Building takes whole years first (period 1, 2, ...), then operation; every flow falls at its year's
end, in money of the day. The price is found in closed form: equity value is linear in it.

    tax = rate x (revenue - operating cost - interest - depreciation)
          (losses are refunded: the owner has other income)
    equity = revenue - operating cost - debt service - tax + investment credit in the first year of
    operation
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.levelised import MACRS, crf


@dataclass(frozen=True, eq=False)
class Project:
    """A project with debt and tax, nominal.

    spending: by year of building [USD]. operating_cost and energy: by year of operation [USD],
        [MWh], shape (years,).
    credit: investment credit received in the first year of operation [USD]. basis: what may be
        depreciated [USD] by the shares of `depreciation`. debt_share of every dollar of spending;
        level debt service over `debt_years` at `interest`, no interest while building. tax rate
        [1]; equity_return a year. escalation: of the price, a year (0: one level price).
    """

    spending: tuple[float, ...]
    operating_cost: Floats
    energy: Floats
    credit: float
    basis: float
    debt_share: float
    interest: float
    debt_years: int
    tax: float
    equity_return: float
    depreciation: tuple[float, ...] = MACRS[5]
    escalation: float = 0.0

    @property
    def years(self) -> int:
        """Years of operation."""
        return len(self.energy)

    @property
    def debt(self) -> float:
        """Debt at the start of operation [USD]."""
        return self.debt_share * sum(self.spending)

    def debt_service(self) -> tuple[Floats, Floats]:
        """Interest and principal by year of operation [USD], each of shape (years,)."""
        interest, principal = np.zeros(self.years), np.zeros(self.years)
        if self.debt <= 0:
            return interest, principal
        service = self.debt * crf(self.interest, self.debt_years)
        owed = self.debt
        for year in range(min(self.debt_years, self.years)):
            interest[year] = owed * self.interest
            principal[year] = service - interest[year]
            owed -= principal[year]
        return interest, principal

    def check(self) -> None:
        """Raise InputError with everything that is wrong with the self."""
        problems = []
        if len(self.operating_cost) != self.years or not self.years:
            problems.append(
                InputFault(
                    Place(),
                    f"{len(self.operating_cost)} years of cost and {self.years} of energy",
                    "as many",
                )
            )
        if not 0 <= self.debt_share < 1:
            problems.append(
                InputFault(Place(), f"a debt share of {self.debt_share:g}", "0 to below 1")
            )
        if self.debt_share > 0 and not 0 < self.debt_years <= self.years:
            problems.append(
                InputFault(
                    Place(),
                    f"debt over {self.debt_years} years",
                    f"1 to {self.years}, the years of operation",
                )
            )
        if not self.spending or not np.isfinite(self.spending).all():
            problems.append(
                InputFault(
                    Place(), f"spending {self.spending}", "a finite sum for each year of building"
                )
            )
        if problems:
            raise InputError(problems)


@dataclass(frozen=True, eq=False)
class Flows:
    """Yearly flows [USD], building years first, then operation; into the owners' pockets is
    positive.
    """

    revenue: Floats
    operating_cost: Floats
    interest: Floats
    principal: Floats
    depreciation: Floats
    tax: Floats
    credit: Floats
    equity_spending: Floats
    equity: Floats

    @property
    def coverage(self) -> Floats:
        """Debt service coverage in years with debt service: cash before debt service over interest
        and principal [1].
        """
        service = self.interest + self.principal
        due = service > 0
        return np.asarray(
            (self.revenue - self.operating_cost - self.tax + self.credit)[due] / service[due]
        )


def flows(project: Project, price: float) -> Flows:
    """All flows at a price of energy in the first year of operation [USD/MWh].

    Raises InputError for a bad project.
    """
    project.check()
    build, life = len(project.spending), project.years
    revenue = price * (1 + project.escalation) ** np.arange(life) * project.energy
    interest, principal = project.debt_service()
    written_off = np.zeros(life)
    shares = np.array(project.depreciation[:life])
    written_off[: len(shares)] = project.basis * shares
    tax = project.tax * (revenue - project.operating_cost - interest - written_off)
    credit = np.zeros(life)
    credit[0] = project.credit
    own = (1 - project.debt_share) * np.array(project.spending)
    running = revenue - project.operating_cost - interest - principal - tax + credit
    before = np.zeros(build)
    return Flows(
        revenue=np.concatenate([before, revenue]),
        operating_cost=np.concatenate([before, project.operating_cost]),
        interest=np.concatenate([before, interest]),
        principal=np.concatenate([before, principal]),
        depreciation=np.concatenate([before, written_off]),
        tax=np.concatenate([before, tax]),
        credit=np.concatenate([before, credit]),
        equity_spending=np.concatenate([own, np.zeros(life)]),
        equity=np.concatenate([-own, running]),
    )


def level_price(project: Project) -> float:
    """Nominal price at which equity earns exactly its return [USD/MWh in the first year of
    operation].

    Raises InputError where the project sells nothing.
    """
    discount = (1 + project.equity_return) ** -np.arange(
        1.0, len(project.spending) + project.years + 1
    )
    at_zero = float(flows(project, 0.0).equity @ discount)
    slope = float(flows(project, 1.0).equity @ discount) - at_zero
    if not slope > 0:
        raise InputError(
            InputFault(Place(), "a project that sells no energy", "energy above 0 in some year")
        )
    return -at_zero / slope


def equity_value(project: Project, price: float) -> float:
    """Present value of equity one year before the first year of building, at the equity return
    [USD].
    """
    equity = flows(project, price).equity
    return float(equity @ (1 + project.equity_return) ** -np.arange(1.0, len(equity) + 1))


def irr(values: Floats) -> float:
    """Internal rate of return [1/year] of yearly flows [USD] that change sign once from - to +; NaN
    where there is none above -99 %.

    Bisection on the present value, to 1e-12.
    """
    years = np.arange(len(values))
    low, high = -0.99, 10.0
    worth = [float(values @ (1 + rate) ** -years.astype(np.float64)) for rate in (low, high)]
    if not worth[0] > 0 > worth[1]:
        return float("nan")
    while high - low > 1e-13:
        middle = 0.5 * (low + high)
        if float(values @ (1 + middle) ** -years.astype(np.float64)) > 0:
            low = middle
        else:
            high = middle
        if middle in (low, high) and high - low < 1e-12:
            break
    return 0.5 * (low + high)
