"""Trust as a stock: it wears with ad load times irrelevance, jumps down on exposure, and exposure
follows the auditor's power.

Trust T of a cohort in 0..1, per period:
    T' = T + repair * (1 - T) - wear * load * irrelevance * T - failure_wear * failed * T
    after an exposure  T' = (1 - jump) * T'
Hazard of exposure of a bias beta, with `audits` independent audits a period:
    h(beta) = 1 - (1 - power(beta))^audits,    h(0) from the false alarms an honest firm suffers too
A firm with honest profit pi per period and discount factor d earns gain * beta more while
unexposed. On exposure it stops, and the fraction L of all later profit is gone:
    V(beta, L) = (pi + gain * beta + d * h * (1 - L) * pi / (1 - d)) / (1 - d * (1 - h)) The
    break-even loss L*(beta) solves V(beta, L) = V(0, L): a loss above L* makes honesty the better
    business; L* > 1 means that the bias pays even if exposure ends the firm. The true size of the
    loss has no public estimate: it stays a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

Power = Callable[[float], float]


@dataclass(frozen=True)
class Habits:
    """How a cohort's trust moves. repair, wear [1/period]; jump: share of trust lost on exposure
    [0..1]; failure_wear: lost where all use fails [1/period].
    """

    repair: float
    wear: float
    jump: float
    failure_wear: float = 0.0

    def __post_init__(self) -> None:
        _shares(repair=self.repair, wear=self.wear, jump=self.jump)

    def after(self, trust: float, load: float, irrelevance: float, failed: float = 0.0) -> float:
        """Trust [1] a period later, unexposed. load [ads/answer]; irrelevance, failed [0..1]."""
        drain = min(1.0, self.wear * load * irrelevance + self.failure_wear * failed)
        return min(1.0, max(0.0, trust + self.repair * (1.0 - trust) - drain * trust))


@dataclass(frozen=True)
class Business:
    """profit: honest profit a period [USD]; gain: extra profit a period per unit of bias [USD];
    discount: factor a period, 0..1.
    """

    profit: float
    gain: float
    discount: float

    def __post_init__(self) -> None:
        if not (
            0.0 < self.discount < 1.0
            and self.profit > 0.0
            and math.isfinite(self.profit)
            and math.isfinite(self.gain)
        ):
            raise InputError(
                InputFault(
                    Place(key="business"), str(self), "profit > 0, a finite gain, 0 < discount < 1"
                )
            )


@dataclass(frozen=True)
class Temptation:
    """One size of bias: its hazard of exposure per period, and the loss above which it does not pay
    [share of later profit].
    """

    beta: float
    hazard: float
    break_even_loss: float

    def pays(self, loss: float) -> bool:
        """Whether this bias beats honesty when exposure costs `loss` [share of later profit]."""
        return self.break_even_loss > loss


def trust_path(
    start: float,
    load: Sequence[float],
    irrelevance: Sequence[float],
    habits: Habits,
    exposed: Sequence[bool],
) -> Floats:
    """Trust of a cohort at the start and after each period, shape (periods + 1,). load
    [ads/answer], irrelevance [0..1].
    """
    if not len(load) == len(irrelevance) == len(exposed):
        raise InputError("load, irrelevance and exposed must have one value per period each")
    _shares(start=start)
    out = np.empty(len(load) + 1)
    out[0] = start
    for k in range(len(load)):
        level = habits.after(float(out[k]), load[k], irrelevance[k])
        out[k + 1] = level * (1.0 - habits.jump) if exposed[k] else level
    return out


def expected_path(
    start: float,
    habits: Habits,
    pressed: Sequence[tuple[float, float, float]],
    exposure: float = 0.0,
) -> Floats:
    """Mean trust of a cohort at the start and after each period, shape (periods + 1,).

    pressed: load [ads/answer], irrelevance and share that fails [0..1] of each period; exposure:
        chance a period that paid ranking is found out [1], each time anew. The mean over what is
        found is exact: trust after exposure is linear in trust before it.
    """
    _shares(start=start, exposure=exposure)
    out = [start]
    for load, irrelevance, failed in pressed:
        level = habits.after(out[-1], load, irrelevance, failed)
        out.append(level * (1.0 - exposure * habits.jump))
    return np.array(out)


def settled_trust(load: float, irrelevance: float, habits: Habits) -> float:
    """Trust in the long run without exposure [1]: repair / (repair + wear * load * irrelevance).

    load [ads/answer], irrelevance [1].
    """
    drain = min(1.0, habits.wear * load * irrelevance)
    return 1.0 if habits.repair + drain == 0 else habits.repair / (habits.repair + drain)


def churn_factor(trust: float, sensitivity: float) -> float:
    """Factor on a cohort's churn [1]: exp(sensitivity * (1 - trust)); 1 at full trust.

    trust [1] in 0..1; sensitivity [1].
    """
    return math.exp(sensitivity * (1.0 - trust))


def hazard(power: float, audits: float = 1.0) -> float:
    """Chance [1/period] that one of `audits` independent audits [1/period] of a power [1] finds the
    bias.
    """
    _shares(power=power)
    return (
        1.0
        if power >= 1.0 and audits > 0
        else -math.expm1(audits * math.log1p(-power))
        if audits > 0
        else 0.0
    )


def firm_value(business: Business, beta: float, exposure: float, loss: float) -> float:
    """Expected discounted profit [USD] of a firm that biases by beta until exposed (hazard per
    period `exposure`).
    """
    d, after = business.discount, business.profit / (1.0 - business.discount)
    return (business.profit + business.gain * beta + d * exposure * (1.0 - loss) * after) / (
        1.0 - d * (1.0 - exposure)
    )


def break_even_loss(
    business: Business, beta: float, exposure: float, honest_exposure: float = 0.0
) -> float:
    """Loss L* [share of later profit] at which bias and honesty are worth the same; infinite where
    exposure is no likelier.

    V is linear in L, so L* is a ratio. With honest_exposure = 0,
    L* = gain * beta * (1 - d) / (d * h * pi).
    """
    biased = [firm_value(business, beta, exposure, loss) for loss in (0.0, 1.0)]
    honest = [firm_value(business, 0.0, honest_exposure, loss) for loss in (0.0, 1.0)]
    advantage, fall = biased[0] - honest[0], (biased[0] - biased[1]) - (honest[0] - honest[1])
    if fall <= 0.0:
        return math.inf if advantage > 0.0 else 0.0
    return max(0.0, advantage / fall)


def temptations(
    business: Business, betas: Sequence[float], power: Power, audits: float = 1.0
) -> tuple[Temptation, ...]:
    """Which of the biases `betas` [unit of the power curve] would ever pay, found by `audits`
    audits [1/period] of that power.
    """
    honest = hazard(power(0.0), audits)
    return tuple(
        Temptation(b, h := hazard(power(b), audits), break_even_loss(business, b, h, honest))
        for b in betas
    )


def _shares(**values: float) -> None:
    bad = [
        InputFault(Place(key=name), f"{value}", "a share in 0..1")
        for name, value in values.items()
        if not 0.0 <= value <= 1.0
    ]
    if bad:
        raise InputError(bad)
