"""A supplier that answers: it picks its price on a grid against what is bought at that price.

What is bought is a function that is asked, not a formula: in a study it is the plan solved again at
each price (`plan/analysis/supplier_response.py`). In a chain, the buyer of the first supplier is
the next one, whose own best answer at every cost is what the first is asked for; so mark-ups pile
up by themselves (Spengler 1950), and the error of a grid is a part of its step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place


class Buyer(Protocol):
    """What is bought at a price."""

    def __call__(self, price: float) -> float:
        """Quantity bought at `price` [USD per unit] in the supplier's unit [unit]."""


@dataclass(frozen=True)
class SupplierAnswer:
    """The price that earns most [USD per unit], what is bought at it [unit], and the profit."""

    price: float
    quantity: float
    profit: float


def best_answer(bought: Sequence[float], prices: Floats, cost: float) -> SupplierAnswer:
    """The best of `prices` [USD per unit, shape (prices,)] at a marginal `cost` [USD per unit],
    where `bought` [unit] is what each sells; the lowest of equals.

    Raises InputError for prices that do not rise.
    """
    if len(prices) < 2 or not (np.diff(prices) > 0).all():
        raise InputError(InputFault(Place(key="prices"), "a grid that does not rise", "it rises"))
    profits = (prices - cost) * np.asarray(bought)
    at = int(profits.argmax())
    return SupplierAnswer(float(prices[at]), float(bought[at]), float(profits[at]))


def on_grid(buyer: Callable[[float], float], prices: Floats) -> Floats:
    """What is bought at every price of a grid [unit], shape (prices,)."""
    return np.array([buyer(float(price)) for price in prices])


def refined(bought: Floats, prices: Floats, cost: float) -> SupplierAnswer:
    """The best answer between the prices of the grid: the top of the parabola through the best one
    and its neighbours, and what is bought on the straight line there. cost: [USD per unit].

    A chain needs it: answers that jump from price to price leave the next supplier a stair, on
    which its own best price is off by far more than a step.
    """
    best = best_answer(bought.tolist(), prices, cost)
    at = int(np.searchsorted(prices, best.price))
    if 0 < at < len(prices) - 1:
        left, here, right = (prices[at - 1 : at + 2] - cost) * bought[at - 1 : at + 2]
        bend = left - 2 * here + right
        if bend < 0:
            step = float(prices[at + 1] - prices[at])
            price = best.price + 0.5 * step * float((left - right) / bend)
            quantity = float(np.interp(price, prices, bought))
            return SupplierAnswer(price, quantity, (price - cost) * quantity)
    return best


def chain(bought: Floats, prices: Floats, suppliers: int) -> list[Floats]:
    """What the last buyer takes when each of `suppliers` in a row asks its own best price: for the
    first element the buyer alone, for the last all suppliers, at every cost of the grid [unit],
    shape (prices,) each.

    bought: by the last buyer at every price of the grid [unit].
    """
    found = [bought]
    for _ in range(suppliers):
        answers = [refined(found[-1], prices, float(cost)) for cost in prices]
        found.append(np.array([one.quantity for one in answers]))
    return found


def prices_of_chain(
    bought: Floats, prices: Floats, suppliers: int, cost: float
) -> tuple[SupplierAnswer, ...]:
    """The answers of a chain from its first supplier, who has the marginal `cost` [USD per unit],
    to the one who sells to the last buyer.
    """
    below = chain(bought, prices, suppliers)
    found, here = [], cost
    for level in range(suppliers - 1, -1, -1):
        answer = refined(below[level], prices, here)
        found.append(answer)
        here = answer.price
    return tuple(found)
