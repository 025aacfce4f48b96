"""The plan in dollars of today: every dollar of the objective on one line, by node, so that the
lines add up to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.lp.problem import Solution
from headrace.plan.model.constraints.context import MONEY
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import NodeOutcome, fuel_burnt, kept_on_line, ordered
from headrace.plan.scenario.discounting import node_weight


@dataclass(frozen=True)
class CashLine:
    """One line: positive is money in. usd: discounted to the horizon's start and weighted by
    probability.

    kind: revenue, fuel, variable, peak, payments, fixed, terminal, or short (the price of broken
        promises).
    about: product, converter key, or asset key.
    """

    node: int
    kind: str
    about: str
    usd: float


def lines(
    formulation: Formulation, solution: Solution, outcomes: Sequence[NodeOutcome]
) -> tuple[CashLine, ...]:
    """All lines; they add up to the plan's objective (a test and the certificate hold that)."""
    found = [*_orders(formulation, ordered(formulation, solution)), *_peaks(formulation, solution)]
    for outcome in outcomes:
        found.extend(_operation(formulation, outcome))
    found.extend(_standing(formulation))
    return tuple(line for line in found if line.usd != 0.0)


def total(found: Sequence[CashLine], *kinds: str) -> float:
    """Sum of the lines of these kinds (all lines where none is named) [USD]."""
    return float(np.sum([line.usd for line in found if not kinds or line.kind in kinds]))


def _orders(formulation: Formulation, quantity: Floats) -> list[CashLine]:
    found = []
    for amount, order in zip(quantity, formulation.orders):
        asset = formulation.system.assets[order.asset].key
        chance = formulation.nodes[order.node].probability * float(amount)
        found.append(CashLine(order.node, "payments", asset, -chance * order.money.payments))
        found.append(CashLine(order.node, "fixed", asset, -chance * order.money.fixed))
        found.append(CashLine(order.node, "terminal", asset, chance * order.money.terminal))
    return found


def _peaks(formulation: Formulation, solution: Solution) -> list[CashLine]:
    sizes = np.maximum(solution.master[len(formulation.orders) :], 0.0)
    keys = [formulation.system.converters[p.converter].key for p in formulation.peaks]
    return [
        CashLine(p.node, "peak", key, -float(size) * p.usd)
        for size, p, key in zip(sizes, formulation.peaks, keys)
    ]


def _standing(formulation: Formulation) -> list[CashLine]:
    clock = formulation.clock
    return [
        CashLine(
            0,
            "fixed",
            a.key,
            -a.stands * a.fixed_cost * clock.years(0, min(a.stands_until, clock.end)),
        )
        for a in formulation.system.assets
        if a.stands > 0
    ]


def _operation(formulation: Formulation, outcome: NodeOutcome) -> list[CashLine]:
    system, number = formulation.system, outcome.number
    calendar, world = formulation.calendars[number], formulation.worlds[number]
    weighted = node_weight(formulation.nodes[number], formulation.clock) * outcome.weights
    price = {str(d.bus): d for d in system.demands}

    def cut(series: object) -> Floats:
        return np.asarray(series)[calendar.hour] if np.ndim(series) else np.asarray(series)  # type: ignore[arg-type]

    found = []
    for i, activity in outcome.activity.items():
        converter = system.converters[i]
        running = activity * cut(converter.cost) + kept_on_line(converter, outcome, i)
        found.append(CashLine(number, "variable", converter.key, -float(weighted @ running)))
        burnt = float(weighted @ fuel_burnt(converter, outcome, i)) * world.fuel.get(
            converter.fuel, 0.0
        )
        found.append(CashLine(number, "fuel", converter.key, -burnt))
        for port in converter.ports:
            sold = price.get(str(port.bus))
            if sold is not None:
                price_here = sold.price * world.price.get(sold.name, 1.0)
                found.append(
                    CashLine(
                        number,
                        "revenue",
                        sold.name,
                        price_here * float(weighted @ (activity * cut(port.ratio))),
                    )
                )
    for i, store in enumerate(system.stores):
        if i in outcome.charge:
            moved = float(weighted @ (outcome.charge[i] + outcome.discharge[i]))
            found.append(CashLine(number, "variable", store.key, -store.wear * moved))
    for i, short in outcome.short.items():
        from headrace.plan.model.constraints.demand import SHORT_FACTOR

        dear = SHORT_FACTOR * max(system.demands[i].price, 1e-6)
        found.append(
            CashLine(number, "short", system.demands[i].name, -dear * float(weighted @ short))
        )
    return found


def objective(formulation: Formulation, solution: Solution) -> float:
    """NPV of a solution as the solver counts it [USD]: minus the minimised cost."""
    problem = formulation.problem
    cost = problem.constant + float(problem.master.cost @ solution.master)
    for block, node in zip(problem.nodes, solution.nodes):
        per_hour = np.einsum("jt,jt->t", block.cost.hourly(block.profiles), node.columns)
        cost += block.weight * float(block.weights @ per_hour)
    return -cost * MONEY
