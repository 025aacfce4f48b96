"""When to invest in what moves at random: closed forms and lattices that a tree is compared with.

    dV = (r - delta) V dt + sigma V dW               value of the project under the pricing measure
    beta = 1/2 - (r - delta)/sigma^2 + sqrt(((r - delta)/sigma^2 - 1/2)^2 + 2 r / sigma^2)
    V* / I = beta / (beta - 1)                       invest at this value, not at I
    F(V) = (V* - I) (V / V*)^beta                    what the right to wait is worth below V*

McDonald & Siegel 1986; Dixit & Pindyck 1994, chapter 5. The lattice is that of Cox, Ross &
Rubinstein 1979; exchanging one asset for another is Margrabe 1978.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True)
class InvestmentRule:
    """beta: elasticity of the option in the project's value [1]; threshold: V*/I [1]; worth:
    F(I)/I, the right to wait where the project is just worth its cost [1].
    """

    beta: float
    threshold: float
    worth: float


@dataclass(frozen=True)
class RandomValue:
    """A value that moves at random. rate: riskless [1/year]; payout: what it yields or loses by
    waiting [1/year]; volatility [1/sqrt(year)].
    """

    rate: float
    payout: float
    volatility: float

    def __post_init__(self) -> None:
        if not (self.volatility > 0 and self.rate >= 0 and math.isfinite(self.payout)):
            found = f"rate {self.rate:g}, payout {self.payout:g}, volatility {self.volatility:g}"
            raise InputError(InputFault(Place(key="value"), found, "a volatility above 0"))


def investment_rule(value: RandomValue) -> InvestmentRule:
    """When to pay a fixed cost for ever open. Raises InputError where waiting costs nothing: then
    one waits for ever.
    """
    if value.payout <= 0:
        found = f"a payout of {value.payout:g}: waiting costs nothing"
        raise InputError(InputFault(Place(key="payout"), found, "above 0"))
    variance = value.volatility**2
    drift = (value.rate - value.payout) / variance
    beta = 0.5 - drift + math.sqrt((drift - 0.5) ** 2 + 2 * value.rate / variance)
    threshold = beta / (beta - 1)
    return InvestmentRule(beta, threshold, (threshold - 1) * threshold**-beta)


def lattice_threshold(value: RandomValue, years: float, steps: int) -> float:
    """V*/I [1] from a lattice alone: the lowest value at which paying at once is as good as the
    right to wait, which ends after `years` [year] of `steps` steps.
    """
    low, high = 1.0, 1.0 + 40 * value.volatility
    for _ in range(40):
        middle = 0.5 * (low + high)
        if american(value, middle, 1.0, years, (steps, 1)) > (middle - 1.0) * (1 + 1e-9):
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def american(
    value: RandomValue, spot: float, strike: float, years: float, way: tuple[int, int]
) -> float:
    """An American option by a lattice [unit of spot and strike]. way: number of steps, and +1 for
    the right to pay the strike and get the value, -1 for the right to give the value for it.

    Raises InputError for a lattice too coarse for its rate.
    """
    steps, sign = way
    step = years / steps
    up = math.exp(value.volatility * math.sqrt(step))
    grown = math.exp((value.rate - value.payout) * step)
    chance, fade = (grown - 1 / up) / (up - 1 / up), math.exp(-value.rate * step)
    if not 0 < chance < 1:
        found = f"{steps} steps of {step:g} years at a volatility of {value.volatility:g}"
        raise InputError(InputFault(Place(key="steps"), found, "more steps"))
    prices = spot * up ** np.arange(-steps, steps + 1, 2, dtype=np.float64)
    worth = np.maximum(sign * (prices - strike), 0.0)
    for left in range(steps - 1, -1, -1):
        prices = prices[:-1] * up
        kept = fade * (chance * worth[1:] + (1 - chance) * worth[:-1])
        worth = np.maximum(kept, sign * (prices - strike))
        assert len(worth) == left + 1
    return float(worth[0])


def exchange_option(
    given: tuple[float, float], received: tuple[float, float], correlation: float, years: float
) -> float:
    """The right to give one asset for another after `years` [year]: value today [same money].

    given, received: value [money] and volatility [1/sqrt(year)] of each; correlation [1].
    """
    (a, va), (b, vb) = given, received
    spread = math.sqrt(max(0.0, va**2 + vb**2 - 2 * correlation * va * vb) * years)
    if spread == 0.0:
        return max(0.0, b - a)
    d = math.log(b / a) / spread + spread / 2
    return float(b * ndtr(d) - a * ndtr(d - spread))
