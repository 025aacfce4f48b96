"""Undiscounted cash by calendar year, as it falls due where a node is reached.

    operation   its yearly amount (the one whose present value is the node's line) in each year
    orders      each payment in its own year; fixed cost while it stands; terminal value at the end

What is due for an order belongs to the node that places it, also where it falls due later: a branch
pays what all the nodes on its path have ordered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from headrace.core.ids import ProductId
from headrace.core.plan_file import DuePayment, YearCash
from headrace.core.quantities import month_text
from headrace.plan.lp.problem import Solution
from headrace.plan.model.constraints.context import CashKind
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.dispatch import ordered

ORDERED = ("payments", "fixed", "terminal")
"""Kinds of cash that orders and what stands from the start bring, not the hours of a node."""
Amount = tuple[int, CashKind, str, float]
"""Calendar year, kind, product, USD."""


def cash_by_year(
    formulation: Formulation, solution: Solution, money: Sequence[CashLine], start: int
) -> tuple[tuple[YearCash, ...], ...]:
    """By node: positive received, if the node is reached [USD]. start: of the horizon, in months
    since year 0 [month].
    """
    sums: list[dict[tuple[int, CashKind, str], float]]
    sums = [defaultdict(float) for _ in formulation.nodes]
    for node, (year, kind, product, usd) in _amounts(formulation, solution, money, start):
        sums[node][year, kind, product] += usd
    return tuple(
        tuple(
            YearCash(y, kind, usd, product)
            for (y, kind, product), usd in sorted(own.items())
            if usd != 0.0
        )
        for own in sums
    )


def merged(nodes: Iterable[Sequence[YearCash]]) -> tuple[YearCash, ...]:
    """The cash of several nodes in one: the years in which one decision is operated."""
    sums: dict[tuple[int, str, str], float] = defaultdict(float)
    for line in (line for own in nodes for line in own):
        sums[line.year, line.kind, line.product] += line.usd
    return tuple(
        YearCash(y, kind, usd, product) for (y, kind, product), usd in sorted(sums.items())
    )


def due(formulation: Formulation, number: int, quantity: float, start: int) -> list[DuePayment]:
    """What is due for an order of `quantity` [own unit], month by month; without rent."""
    order = formulation.orders[number]
    asset, first = formulation.system.assets[order.asset], order.date
    months: dict[float, float] = defaultdict(float)
    if order.renews < 0:
        for payment in asset.payments:
            months[first + payment.month] += quantity * order.factor * payment.usd
        months[first] -= quantity * asset.credit
    return [DuePayment(month_text(start + m), usd) for m, usd in sorted(months.items()) if usd]


def years_of(begin: float, end: float, start: int) -> Iterator[tuple[int, float]]:
    """Every calendar year between two months after the horizon's start [month], with how much of it
    lies between [a].
    """
    for year in range(int((start + begin) // 12), int(-(-(start + end) // 12))):
        inside = min(start + end, 12.0 * (year + 1)) - max(start + begin, 12.0 * year)
        if inside > 0:
            yield year, inside / 12


def _amounts(
    formulation: Formulation, solution: Solution, money: Sequence[CashLine], start: int
) -> Iterator[tuple[int, Amount]]:
    """Node and amount: operation, then orders, then what stands from the start."""
    discounting, system = formulation.discounting, formulation.system
    for line in money:
        node = formulation.nodes[line.node]
        if line.kind not in ORDERED:
            sold = line.about if line.kind == "revenue" else None
            product = sold.key if isinstance(sold, ProductId) else ""
            held = node.probability * discounting.years(node.start, node.end)
            for year, share in years_of(node.start, node.end, start):
                yield line.node, (year, line.kind, product, line.usd / held * share)
    amounts = ordered(formulation, solution).tolist()
    for number, (order, amount) in enumerate(zip(formulation.orders, amounts)):
        if amount > 0:
            for found in _of_order(formulation, number, amount, start):
                yield order.node, found
    for asset in system.assets:
        usd = -asset.stands * asset.fixed_cost
        for year, share in years_of(0.0, min(asset.stands_until, discounting.end), start):
            yield 0, (year, "fixed", "", usd * share)


def _of_order(formulation: Formulation, number: int, amount: float, start: int) -> Iterator[Amount]:
    order, discounting = formulation.orders[number], formulation.discounting
    for payment in due(formulation, number, amount, start):
        yield int(payment.due[:4]), "payments", "", -payment.usd
    yearly = -amount * formulation.system.assets[order.asset].fixed_cost
    for year, share in years_of(order.begin, min(order.finish, discounting.end), start):
        yield year, "fixed", "", yearly * share
    ending = amount * order.money.terminal / discounting.discount(discounting.end)
    yield int((start + discounting.end - 1e-9) // 12), "terminal", "", ending
