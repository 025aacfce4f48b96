"""How much to contract when a part of it is paid in any case.

    cost(Q) = E[ p max(min(D, Q), least Q) + s max(D - Q, 0) ]

p: contract price, s: price of what is bought beside it, D: what is wanted, a sample of equal odds.
The cost is convex and piecewise linear in Q, with its corners where Q or least x Q meets a demand,
so its minimum is a corner, exactly for the sample.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True)
class TakeOrPayOffer:
    """price, beside: contract and spot price [USD per unit]; least: share of the contract that is
    paid in any case [1].
    """

    price: float
    beside: float
    least: float

    def __post_init__(self) -> None:
        if not (self.price >= 0 and self.beside >= 0 and 0 <= self.least <= 1):
            found = f"prices {self.price:g} and {self.beside:g}, at least {self.least:g}"
            raise InputError(InputFault(Place(key="take_or_pay"), found, "prices, a share of 0-1"))


def cost_of(offer: TakeOrPayOffer, contracted: Floats | float, wanted: Floats) -> Floats:
    """Cost [USD] of every period or case, shape of `wanted` [unit]; contracted: [unit]."""
    taken = np.maximum(np.minimum(wanted, contracted), offer.least * contracted)
    beside = np.maximum(wanted - contracted, 0.0)
    return np.asarray(offer.price * taken + offer.beside * beside)


def expected_cost(offer: TakeOrPayOffer, contracted: float, wanted: Floats) -> float:
    """Mean cost [USD] of a contract for `contracted` [unit] over demands of equal odds, shape
    (cases,) [unit].
    """
    return float(cost_of(offer, contracted, wanted).mean())


def best_contract(offer: TakeOrPayOffer, wanted: Floats) -> tuple[float, float]:
    """The cheapest contract [unit] and its mean cost [USD]: the first corner beyond which one more
    unit costs no less than it saves.
    """
    wanted = np.sort(wanted)
    corners = np.concatenate(([0.0], wanted))
    if offer.least > 1e-9:  # beyond, nobody contracts a thousand million times what is wanted
        corners = np.unique(np.concatenate((corners, wanted / offer.least)))
    above = 1 - np.searchsorted(wanted, corners, side="right") / len(wanted)
    # a corner that was divided by the share and is multiplied by it again is that demand
    paid = offer.least * corners * (1 + 1e-12)
    idle = np.searchsorted(wanted, paid, side="right") / len(wanted)
    slope = (offer.price - offer.beside) * above + offer.price * offer.least * idle
    rising = np.flatnonzero(slope >= 0)
    found = float(corners[rising[0]] if len(rising) else corners[-1])
    return found, expected_cost(offer, found, wanted)
