"""How long subscribers stay: survival of cohorts under contractual churn.

    constant     everybody leaves at one rate
    sBG          shifted beta-geometric: rates differ between people, Beta(alpha, beta), and are
                 constant for each
    BdW          beta discrete Weibull: rates also move with the age of a subscription, exponent c

A constant rate that is fitted to a few years loses most of the survivors, since those who leave
easily are gone first. Covariates (a price rise, a cap, waiting) act on the odds of staying as an
exponent on each period's step, survival S(t) = B(alpha, beta + sum_s w_s) / B(alpha, beta), as in
Fader & Hardie's proportional-hazards form; a rate below 0 or above 1 cannot come of it.

Only contractual churn: where people leave without saying so, these are the wrong models (use
Pareto/NBD or BG/NBD). Source: Fader & Hardie, J. Interactive Marketing 21 (2007); Fader, Hardie,
Liu, Davin & Steenburgh, J. Interactive Marketing 43 (2018).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

Family = Literal["constant", "sbg", "bdw"]
LEAST_PERIODS = 3
_LIMIT = 12.0


@dataclass(frozen=True)
class SurvivalCurve:
    """A model of survival. alpha, beta: of the beta distribution of rates [1]; shape: exponent of
    age [1], 1 for sBG. rate: of the constant model [1 a period], 0 otherwise. log_likelihood: of
    the fit [1], 0 where it was not fitted.
    """

    family: Family
    alpha: float = 0.0
    beta: float = 0.0
    shape: float = 1.0
    rate: float = 0.0
    log_likelihood: float = 0.0

    def curve(self, periods: int, weights: Floats | None = None) -> Floats:
        """Share still there after 0, 1, ..., `periods` periods [1], shape (periods + 1,).

        weights: how strongly each period pulls, 1 where nothing is unusual [1], shape (periods,);
        they hold the covariates: exp(sum of effect x covariate). Raises InputError for weights
        below 0.
        """
        pull = np.ones(periods) if weights is None else np.asarray(weights, float)
        if pull.shape != (periods,) or not (pull >= 0).all() or not np.isfinite(pull).all():
            found = f"{pull.size} weights, the least {pull.min(initial=0):g}"
            raise InputError(InputFault(Place(key="weights"), found, f"{periods} of at least 0"))
        if self.family == "constant":
            steps = np.concatenate(([0.0], np.cumsum(pull)))
            return np.asarray((1.0 - self.rate) ** steps)
        from scipy.special import betaln  # a quarter of a second, for whom every rate is constant

        ages = np.arange(periods + 1.0) ** self.shape
        steps = np.concatenate(([0.0], np.cumsum(np.diff(ages) * pull)))
        whole = betaln(self.alpha, self.beta)
        return np.asarray(np.exp(betaln(self.alpha, self.beta + steps) - whole))

    def churn(self, periods: int, weights: Floats | None = None) -> Floats:
        """Share of those there at each period's start who leave in it [1], shape (periods,).

        It is 1 where nobody is left.
        """
        curve = self.curve(periods, weights)
        before = curve[:-1]
        kept = np.divide(curve[1:], before, out=np.zeros(periods), where=before > 0)
        return np.asarray(1.0 - kept)

    def lifetime(self, discount: float, periods: int = 4000) -> float:
        """Discounted periods that a new subscriber pays for [period], paying at each one's start.

        discount: a period [1] > 0. Raises InputError for a discount that is none.
        """
        if not discount > 0:
            raise InputError(InputFault(Place(key="discount"), f"{discount:g}", "above 0"))
        factors = (1.0 + discount) ** -np.arange(periods + 1.0)
        return float(self.curve(periods) @ factors)


def fit_survival(survival: Floats, number: float, family: Family) -> SurvivalCurve:
    """The model of a family that fits a survival curve best (maximum likelihood).

    survival: share still there after 0, 1, 2, ... periods [1], beginning with 1; number: people in
    the cohort [1]. Raises InputError for curves that rise, leave 0 to 1, or are too short.
    """
    curve = np.asarray(survival, float)
    faults = list(_curve_faults(curve, number))
    if faults:
        raise InputError(faults)
    lost = -np.diff(curve) * number
    left = curve[-1] * number
    if family == "constant":
        exposed = curve[:-1].sum() * number
        rate = float(lost.sum() / exposed)
        told = float(
            lost.sum() * math.log(max(rate, 1e-300)) + (exposed - lost.sum()) * math.log1p(-rate)
        )
        return SurvivalCurve("constant", rate=rate, log_likelihood=told)
    from scipy.optimize import minimize

    periods = len(lost)

    def made(theta: Floats) -> SurvivalCurve:
        shape = math.exp(theta[2]) if family == "bdw" else 1.0
        return SurvivalCurve(family, math.exp(theta[0]), math.exp(theta[1]), shape)

    def loss(theta: Floats) -> float:
        if np.abs(theta).max() > _LIMIT:
            return 1e12
        share = made(theta).curve(periods)
        gone = np.maximum(-np.diff(share), 1e-300)
        return -float(lost @ np.log(gone) + left * math.log(max(share[-1], 1e-300)))

    starts = ([0.0, 0.0], [0.0, 1.5], [-1.0, 1.0])
    found = (
        minimize(
            loss,
            np.array([*start, *([0.2] if family == "bdw" else [])]),
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-10, "maxiter": 20_000, "maxfev": 20_000},
        )
        for start in starts
    )
    best = min(found, key=lambda one: float(one.fun))
    fitted = made(best.x)
    return SurvivalCurve(
        family, fitted.alpha, fitted.beta, fitted.shape, log_likelihood=-float(best.fun)
    )


def _curve_faults(curve: Floats, number: float) -> list[InputFault]:
    faults = []
    if curve.ndim != 1 or len(curve) < LEAST_PERIODS + 1:
        found = f"{max(curve.size - 1, 0)} periods of survival"
        faults.append(InputFault(Place(key="survival"), found, f"{LEAST_PERIODS} or more"))
        return faults
    if not number > 0:
        faults.append(InputFault(Place(key="number"), f"{number:g} people", "above 0"))
    if not math.isclose(curve[0], 1.0, abs_tol=1e-9):
        fix = "Write shares, not percentages: 1, 0.869, ..."
        faults.append(InputFault(Place(key="survival"), f"it begins with {curve[0]:g}", "1", fix))
    for period in range(1, len(curve)):
        if not 0 <= curve[period] <= 1:
            found = f"{curve[period]:g} after {period} periods"
            faults.append(InputFault(Place(key="survival"), found, "a share of 0 to 1"))
        elif curve[period] > curve[period - 1]:
            found = f"it rises from {curve[period - 1]:g} to {curve[period]:g} in period {period}"
            fix = "Those who come back are a cohort of their own."
            faults.append(InputFault(Place(key="survival"), found, "it never rises", fix))
    return faults
