"""Warrants on a share whose price is told branch by branch, valued by odds that reprice the share.

Branch odds of one's own make a warrant on a share that rises with one's success free money. So the
odds are tilted as little as possible (least relative entropy, the Esscher transform) until the mean
of the branch prices is today's price grown at the riskless rate:

    q_b = p_b exp(theta S_b) / sum,   sum q_b S_b = S_0 (1 + r)^T
    worth = sum q_b vested_b max(S_b - strike, 0) / (1 + r)^T
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True, eq=False)
class ShareOnBranches:
    """today: price [USD/share]; prices: at the branches' ends [USD/share]; odds: believed [1], both
    of shape (branches,); rate: riskless [1/year]; years until then.
    """

    today: float
    prices: Floats
    odds: Floats
    rate: float
    years: float

    @property
    def forward(self) -> float:
        """Today's price grown at the riskless rate [USD/share]."""
        return float(self.today * (1 + self.rate) ** self.years)


def repricing_odds(share: ShareOnBranches) -> Floats:
    """Odds [1], shape (branches,), under which the mean of the prices is the forward.

    Raises InputError where no odds can: the forward lies outside the branch prices.
    """
    prices, forward = share.prices, share.forward
    if not prices.min() < forward < prices.max():
        found = f"branch prices of {prices.min():g} to {prices.max():g} USD"
        expected = f"some below and some above {forward:g}, today's price grown"
        raise InputError(InputFault(Place(key="warrant"), found, expected))
    scale = float(prices.max() - prices.min())
    unit = (prices - forward) / scale

    def mean(theta: float) -> float:
        weights = share.odds * np.exp(theta * unit - (theta * unit).max())
        return float(weights @ unit / weights.sum())

    theta = brentq(mean, -700.0, 700.0, xtol=1e-13)
    weights = share.odds * np.exp(theta * unit - (theta * unit).max())
    return np.asarray(weights / weights.sum())


def warrant_worth(share: ShareOnBranches, strike: float, vested: Floats) -> tuple[float, float]:
    """Worth today of a warrant [USD/share] by odds that reprice the share, and by those believed.

    strike: [USD/share]; vested: share of it that vests on each branch [1], shape (branches,).
    """
    gain = vested * np.maximum(share.prices - strike, 0.0) / (1 + share.rate) ** share.years
    return float(repricing_odds(share) @ gain), float(share.odds @ gain)
