"""What a price does where people may go elsewhere: logit choice with an outside option.

A product's utility is u = quality - sensitivity x price; shares are the logit of utilities, the
outside option has 0. A monopolist's best price is closed in Lambert's W; with rivals it is the
fixed point of the same formula. Revenue is concave in the share, so a plan may hold it by tangents.

Source: Anderson, de Palma & Thisse, Discrete Choice Theory of Product Differentiation (1992), 7;
Li & Huh, Manufacturing & Service Operations Management 13 (2011) for concavity; Rochet & Tirole,
J. European Economic Association 1 (2003) for two sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import lambertw

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True)
class PricedProduct:
    """One product in the choice. quality: utility at price 0 [1]; sensitivity: utility lost by a
    unit of price [1/USD] > 0; price, cost [USD a head a period].
    """

    name: str
    quality: float
    sensitivity: float
    price: float
    cost: float = 0.0


class LogitOptimum(NamedTuple):
    """A best price [USD], the share at it [1], and profit a head of the market [USD]."""

    price: float
    share: float
    profit: float


class Tangents(NamedTuple):
    """Revenue from below as the least of lines: intercepts [USD], slopes [USD a unit sold], and the
    largest gap between lines and revenue [USD].
    """

    intercepts: Floats
    slopes: Floats
    error: float


def shares(offers: Sequence[PricedProduct]) -> Floats:
    """Share of the market by offer [1]; what is left takes the outside option.

    Raises InputError for sensitivities that are not above 0.
    """
    faults = [
        InputFault(Place(key=one.name), f"a price sensitivity of {one.sensitivity:g}", "above 0")
        for one in offers
        if not one.sensitivity > 0
    ]
    if faults:
        raise InputError(faults)
    utility = np.array([one.quality - one.sensitivity * one.price for one in offers])
    top = max(0.0, float(utility.max(initial=0.0)))
    weight = np.exp(utility - top)
    return np.asarray(weight / (math.exp(-top) + weight.sum()))


def best_price(own: PricedProduct, rivals: Sequence[PricedProduct] = ()) -> LogitOptimum:
    """The price that is best against rivals who keep theirs: c + (1 + W) / sensitivity, with W of
    Lambert at exp(quality - sensitivity x cost - 1) over what the rest of the market weighs.
    """
    rest = 1.0 + sum(math.exp(r.quality - r.sensitivity * r.price) for r in rivals)
    inside = own.quality - own.sensitivity * own.cost - 1.0 - math.log(rest)
    margin = lambert_of_exp(inside)
    price = own.cost + (1.0 + margin) / own.sensitivity
    share = margin / (1.0 + margin)
    return LogitOptimum(price, share, (price - own.cost) * share)


def lambert_of_exp(x: float) -> float:
    """W(e^x) [1], also where e^x is too large for a float."""
    if x < 700:
        return float(lambertw(math.exp(x)).real)
    w = x - math.log(x)
    for _ in range(50):
        w -= (w + math.log(w) - x) / (1 + 1 / w)
    return w


def two_sided_price(cost: float) -> LogitOptimum:
    """Best prices of a platform with linear demand 1 - p on both sides.

    cost: of an interaction [USD]. Every pair of users interacts, so that profit is
    (2 p - cost) (1 - p)^2, and 1 - p = 2 p - cost at its best.
    """
    price = (1.0 + cost) / 3.0
    return LogitOptimum(price, 1.0 - price, (2 * price - cost) * (1.0 - price) ** 2)


def revenue_tangents(
    revenue: Callable[[Floats], Floats], most: float, number: int, points: int = 4001
) -> Tangents:
    """Tangents of a revenue that is concave in what is sold, and how far they lie above it.

    revenue: [USD] of amounts sold; most: the largest amount [unit sold]. Raises InputError with the
    interval in which the revenue is not concave.
    """
    if number < 1 or not most > 0:
        found = f"{number} tangents up to {most:g}"
        raise InputError(InputFault(Place(key="tangents"), found, "1 or more, above 0"))
    amounts = np.linspace(0.0, most, points)
    value = revenue(amounts)
    slope = np.diff(value) / np.diff(amounts)
    rising = np.flatnonzero(np.diff(slope) > 1e-9 * max(1.0, float(np.abs(slope).max())))
    if len(rising):
        low, high = amounts[rising[0]], amounts[rising[-1] + 2]
        found = f"revenue is not concave between {low:.4g} and {high:.4g} sold"
        raise InputError(InputFault(Place(key="revenue"), found, "falling marginal revenue"))
    at = (np.arange(number) + 0.5) * most / number
    step = 1e-6 * most
    slopes = (revenue(at + step) - revenue(at - step)) / (2 * step)
    intercepts = revenue(at) - slopes * at
    above = (intercepts[None, :] + slopes[None, :] * amounts[:, None]).min(axis=1) - value
    return Tangents(intercepts, np.asarray(slopes), float(above.max()))
