"""A supplier picks its price on a grid against what the plan, solved again at each price, buys.

    price = argmax over the grid of (p - cost) Q(p)^n            n suppliers of equal cost

which for one supplier is its profit, and for n is where each, taking the others' quantities as
given, would not move (Cournot: Q + n (p - cost) Q' = 0). Q is what one plan pays more for each
dollar of price: discounted and weighted by probability. Nobody pays more than the next best source
asks and what changing over costs; where the price is set anew with some probability once one
depends on it, the plan pays the mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study_changes import changed_study
from headrace.plan.analysis.integration.layers_file import LayersQuestion, SupplierPart
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results import cash_flow
from headrace.plan.solve.solve import CertifiedPlan, Stop, solve


@dataclass(frozen=True)
class SupplierResponse:
    """prices asked [the supplier's unit], what is bought at each [discounted units], profit at each
    [USD]; answer: the price it picks; paid: what the plan reckons with, renewal included.
    """

    layer: str
    unit: str
    prices: tuple[float, ...]
    bought: tuple[float, ...]
    profits: tuple[float, ...]
    answer: float
    paid: float


def response(question: LayersQuestion, layer: str, stop: Stop | None = None) -> SupplierResponse:
    """The price of one layer's supplier against a plan that buys this layer and makes the others.

    Raises InputError where the price changes what is possible, so that plans cannot be compared.
    """
    one = question.file.layers[layer].supplier
    assert one is not None
    prices = grid_of(one)
    options = SolverOptions(gap=min(1e-6, question.file.gap))
    plans: list[CertifiedPlan] = []
    problems: list[Formulation] = []
    for price in prices:
        rest = frozenset(question.players) - {layer}
        changes = question.changes(rest, {layer: price})
        problems.append(formulate(expand(changed_study(question.text, changes), question.folder)))
        plans.append(solve(problems[-1].problem, options, stop=stop))
    bought = [quantity(problems, plans, at, prices) for at in range(len(prices))]
    profits = [(price - one.cost) * amount for price, amount in zip(prices, bought)]
    at = best(prices, bought, one)
    return SupplierResponse(
        layer,
        one.unit,
        tuple(prices),
        tuple(bought),
        tuple(profits),
        prices[at],
        expected_price(prices[at], one),
    )


def grid_of(one: SupplierPart) -> list[float]:
    """The prices of the grid [the supplier's unit], none above what anybody would pay."""
    low = one.cost if one.from_ is None else one.from_
    most = one.to if one.alternative is None else min(one.to, one.alternative + one.switching)
    if most <= low:
        return [low]
    return [float(price) for price in np.linspace(low, most, one.steps)]


def quantity(
    problems: Sequence[Formulation],
    plans: Sequence[CertifiedPlan],
    at: int,
    prices: Sequence[float],
) -> float:
    """What the plan at price number `at` buys [discounted units]: what it would cost more at the
    next price, for each dollar of difference. 0 where there is one price alone.
    """
    if len(prices) == 1:
        return 0.0
    other = at + 1 if at + 1 < len(prices) else at - 1
    mine, theirs = problems[at], problems[other]
    if len(mine.orders) != len(theirs.orders):
        found = f"at {prices[at]:g} and {prices[other]:g} different things may be ordered"
        raise InputError(InputFault(Place(key="supplier.price"), found, "a price alone"))
    here = cash_flow.objective(mine, plans[at].solution)
    there = cash_flow.objective(theirs, plans[at].solution)
    return max(0.0, (here - there) / (prices[other] - prices[at]))


def best(prices: Sequence[float], bought: Sequence[float], one: SupplierPart) -> int:
    """The place of the price that `suppliers` of equal cost end at; the lowest of equals. prices:
    [its unit]; bought: [discounted units].
    """
    most = max(max(bought), 1e-300)
    worth = [(p - one.cost) * (q / most) ** one.suppliers for p, q in zip(prices, bought)]
    return int(np.argmax(worth))


def expected_price(answer: float, one: SupplierPart) -> float:
    """What one reckons with [its unit]: on entry the next best source keeps the price down; at a
    renewal only that and the cost of changing over does.
    """
    if one.alternative is None:
        return answer
    entry = min(answer, one.alternative)
    return (1 - one.renewal) * entry + one.renewal * min(answer, one.alternative + one.switching)
