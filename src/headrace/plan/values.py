"""What an order is worth: the objective lost when that order alone is forced to zero, as a certified interval.

With [low, high] around the plan's value and [low0, high0] around the value without the order, the order is worth at
least low - high0 and at most high - low0; more options never cost more, so never less than zero. An interval that
reaches zero says that this gap cannot decide the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from headrace.core.errors import StoppedEarly
from headrace.plan.formulate import Formulation
from headrace.plan.outcome import ordered
from headrace.plan.solve import Bounded, Stop, solve, without

LEAST = 1e-3
"""Quantities below this share of the largest order of the same unit are the solver's dust, not orders."""


@dataclass(frozen=True)
class OrderValue:
    """The worth of one order [USD], between bounds; other: the plan without it."""

    order: int
    low: float
    high: float
    other: Bounded

    @property
    def decided(self) -> bool:
        """Whether the order is worth placing for certain."""
        return self.low > 0


def root_orders(formulation: Formulation, plan: Bounded) -> list[int]:
    """Orders of the root that are worth naming, dearest first."""
    quantity = ordered(formulation, plan.solution)
    here = [i for i, order in enumerate(formulation.orders) if order.node == 0 and quantity[i] > 0]
    spent = {i: quantity[i] * formulation.system.assets[formulation.orders[i].asset].price for i in here}
    most = max(spent.values(), default=0.0)
    return sorted((i for i in here if spent[i] > LEAST * most), key=lambda i: -spent[i])


def value_orders(
    formulation: Formulation,
    plan: Bounded,
    orders: Sequence[int],
    *,
    gap: float,
    threads: int,
    stop: Stop | None = None,
    told: Callable[[int, int], None] | None = None,
) -> tuple[OrderValue, ...]:
    """The worth of each of `orders`, in that order; ends early, with those done, when `stop` says so."""
    found = []
    for done, number in enumerate(orders):
        if stop is not None and stop():
            break
        if told is not None:
            told(done, len(orders))
        try:
            other = solve(without(formulation.problem, number), gap=gap, threads=threads, stop=stop, near=plan)
        except StoppedEarly:
            break
        if not other.finished and stop is not None and stop():
            break
        found.append(OrderValue(number, max(0.0, plan.low - other.high), max(0.0, plan.high - other.low), other))
    return tuple(found)
