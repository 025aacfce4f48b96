"""Present values and rates of return of a row of payments: by period, and by date.

    npv    sum_t payment_t / (1 + rate)^t                      t = 0, 1, 2, ... (the textbook's; a
                                                               spreadsheet's NPV begins at t = 1)
    xnpv   sum_i payment_i / (1 + rate)^(days_i / 365)
    irr    every rate above -100 % at which that is 0: there may be none, one or several
    mirr   what is paid out is financed at one rate, what comes in is reinvested at another

Dates are counted by pyxirr, as spreadsheets do; that needs the extra `money`.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from datetime import date

import numpy as np
from scipy.optimize import brentq

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError, InputError, InputFault, Place

RATES = np.concatenate([-1 + np.geomspace(1e-3, 1, 120), np.geomspace(1e-4, 100, 400)])
"""Rates between which sign changes of a present value are looked for [1/period]."""


def npv(rate: float, payments: Sequence[float] | Floats) -> float:
    """Present value at the first payment's time [unit of the payments]. rate: [1/period].

    Raises InputError for a rate at or below -100 %.
    """
    if not rate > -1:
        raise InputError(InputFault(Place(key="rate"), f"{rate:.0%}", "above -100 %"))
    values = np.asarray(payments, dtype=np.float64)
    return float(values @ (1 + rate) ** -np.arange(len(values), dtype=np.float64))


def payment(rate: float, periods: int, amount: float) -> float:
    """What pays off `amount` [any money] in `periods` level payments at `rate` [1/period], at each
    period's end [same money].
    """
    from headrace.finance.levelised import crf

    return amount * crf(rate, periods)


def irr_all(payments: Sequence[float] | Floats) -> tuple[float, ...]:
    """Every internal rate of return [1/period], lowest first; none where the sign never changes.

    Raises InputError for payments that are not finite or all nothing.
    """
    values = np.asarray(payments, dtype=np.float64)
    if not np.isfinite(values).all() or not values.any():
        raise InputError(InputFault(Place(key="payments"), "no finite payment", "some above 0"))
    found: list[float] = []
    roots = np.roots(values)  # of a polynomial in x = 1 + rate
    for root in roots[np.abs(roots.imag) < 1e-6 * np.maximum(1.0, np.abs(roots))].real:
        rate = float(root) - 1.0
        if rate > -1 + 1e-9:
            low, high = rate - 1e-6 * (1 + abs(rate)), rate + 1e-6 * (1 + abs(rate))
            ends = npv(max(low, -1 + 1e-9), values), npv(high, values)
            better = rate
            if ends[0] * ends[1] < 0:
                better = float(brentq(lambda r: npv(r, values), low, high, xtol=1e-14))
            if not any(abs(better - one) < 1e-6 for one in found):
                found.append(better)
    return tuple(sorted(found))


def mirr(payments: Sequence[float] | Floats, finance: float, reinvest: float) -> float:
    """Modified rate of return [1/period]: outlays financed at `finance`, income reinvested at
    `reinvest` [1/period].

    Raises InputError where nothing is paid out, or nothing comes in.
    """
    values = np.asarray(payments, dtype=np.float64)
    last = len(values) - 1
    out = -npv(finance, np.minimum(values, 0.0))
    back = npv(reinvest, np.maximum(values, 0.0)) * (1 + reinvest) ** last
    if not (out > 0 and back > 0):
        raise InputError(InputFault(Place(key="payments"), "all of one sign", "some of either"))
    return float((back / out) ** (1 / last) - 1)


def dated_npv(rate: float, dates: Sequence[date], payments: Sequence[float]) -> float:
    """Present value on the first date [unit of the payments]. rate: [1/year of 365 days].

    Raises HeadraceError where pyxirr is not installed.
    """
    if importlib.util.find_spec("pyxirr") is None:
        raise HeadraceError("Dated returns need pyxirr: pip install 'headrace[money]'")
    import pyxirr

    return float(pyxirr.xnpv(rate, list(dates), list(payments)) or 0.0)


def dated_irr_all(dates: Sequence[date], payments: Sequence[float]) -> tuple[float, ...]:
    """Every rate [1/year of 365 days] at which the dated payments are worth nothing, lowest first;
    pyxirr's own answer is among them.

    Raises HeadraceError where pyxirr is not installed.
    """
    worth = [dated_npv(float(rate), dates, payments) for rate in RATES]
    found: list[float] = []
    for low, high, a, b in zip(RATES, RATES[1:], worth, worth[1:]):
        if a == 0.0 and b != 0.0:
            found.append(float(low))
        elif a * b < 0:
            root = brentq(
                lambda r: dated_npv(r, dates, payments), float(low), float(high), xtol=1e-13
            )
            found.append(float(root))
    import pyxirr

    try:
        theirs = pyxirr.xirr(list(dates), list(payments))
    except pyxirr.InvalidPaymentsError:
        theirs = None
    if theirs is not None and not any(abs(theirs - one) < 1e-7 for one in found):
        found.append(float(theirs))
    return tuple(sorted(found))
