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
Amount = tuple[int, CashKind, str, float, float]
"""Calendar year, kind, product, USD, the same discounted before probability [USD]."""


def cash_by_year(
    formulation: Formulation, solution: Solution, money: Sequence[CashLine], start: int
) -> tuple[tuple[YearCash, ...], ...]:
    """By node: positive received, if the node is reached [USD]. start: of the horizon, in months
    since year 0 [month].
    """
    found: list[list[YearCash]] = [[] for _ in formulation.nodes]
    for node, (year, kind, product, usd, today) in _amounts(formulation, solution, money, start):
        chance = formulation.nodes[node].probability
        found[node].append(YearCash(year, kind, usd, product, chance * today))
    return tuple(merged([own]) for own in found)


def merged(nodes: Iterable[Sequence[YearCash]]) -> tuple[YearCash, ...]:
    """The cash of several nodes in one: the years in which one decision is operated."""
    sums: dict[tuple[int, str, str], tuple[float, float]] = defaultdict(lambda: (0.0, 0.0))
    for line in (line for own in nodes for line in own):
        usd, today = sums[line.year, line.kind, line.product]
        sums[line.year, line.kind, line.product] = usd + line.usd, today + (line.discounted or 0.0)
    return tuple(
        YearCash(y, kind, usd, product, today)
        for (y, kind, product), (usd, today) in sorted(sums.items())
        if usd != 0.0
    )


def due(formulation: Formulation, number: int, quantity: float, start: int) -> list[DuePayment]:
    """What is due for an order of `quantity` [own unit], month by month; without rent."""
    months = _due_by_month(formulation, number, quantity)
    return [DuePayment(month_text(start + m), usd) for m, usd in sorted(months.items()) if usd]


def _due_by_month(formulation: Formulation, number: int, quantity: float) -> dict[float, float]:
    order = formulation.orders[number]
    asset, first = formulation.system.assets[order.asset], order.date
    months: dict[float, float] = defaultdict(float)
    if order.renews < 0:
        for payment in asset.payments:
            months[first + payment.month] += quantity * order.factor * payment.usd
        months[first] -= quantity * asset.credit
    return months


def years_of(begin: float, end: float, start: int) -> Iterator[tuple[int, float, float]]:
    """Every calendar year between two months after the horizon's start, with the months between
    which it lies there [month].
    """
    for year in range(int((start + begin) // 12), int(-(-(start + end) // 12))):
        first, last = max(begin, 12.0 * year - start), min(end, 12.0 * (year + 1) - start)
        if last > first:
            yield year, first, last


def _amounts(
    formulation: Formulation, solution: Solution, money: Sequence[CashLine], start: int
) -> Iterator[tuple[int, Amount]]:
    """Node and amount: operation, then orders, then what stands from the start."""
    discounting, system = formulation.discounting, formulation.system
    for line in money:
        node = formulation.nodes[line.node]
        if line.kind not in ORDERED:
            sold = line.about if line.kind in ("revenue", "royalty") else None
            product = sold.key if isinstance(sold, ProductId) else ""
            whole = discounting.years(node.start, node.end)
            for year, begin, end in years_of(node.start, node.end, start):
                usd = line.usd / node.probability / whole * ((end - begin) / 12)
                today = line.usd / node.probability * discounting.years(begin, end) / whole
                yield line.node, (year, line.kind, product, usd, today)
    amounts = ordered(formulation, solution).tolist()
    for number, (order, amount) in enumerate(zip(formulation.orders, amounts)):
        if amount > 0:
            for found in _of_order(formulation, number, amount, start):
                yield order.node, found
    for asset in system.assets:
        usd = -asset.stands * asset.fixed_cost
        for year, begin, end in years_of(0.0, min(asset.stands_until, discounting.end), start):
            today = usd * discounting.years(begin, end)
            yield 0, (year, "fixed", "", usd * ((end - begin) / 12), today)


def _of_order(formulation: Formulation, number: int, amount: float, start: int) -> Iterator[Amount]:
    """Fixed cost and terminal value of what may arrive on different dates have the mean that the
    plan counts, spread over the years of the planned date.
    """
    order, discounting = formulation.orders[number], formulation.discounting
    for month, usd in _due_by_month(formulation, number, amount).items():
        year = int((start + month) // 12)
        yield year, "payments", "", -usd, -usd * discounting.discount(month)
    yearly = -amount * formulation.system.assets[order.asset].fixed_cost
    begin, end = order.begin, min(order.finish, discounting.end)
    planned = discounting.years(begin, end)
    for year, first, last in years_of(begin, end, start):
        today = -amount * order.money.fixed * discounting.years(first, last) / planned
        yield year, "fixed", "", yearly * ((last - first) / 12), today
    ending = amount * order.money.terminal
    final = int((start + discounting.end - 1e-9) // 12)
    yield final, "terminal", "", ending / discounting.discount(discounting.end), ending
