"""The plan in dollars of today: every dollar of the objective on one line, by node, so that the
lines add up to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.ids import MoneyLineId
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.column_money import rates
from headrace.plan.model.constraints.context import About, CashKind
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.offered_energy import offered
from headrace.plan.model.sales import UNSERVED, brought, work_sold, worked
from headrace.plan.results.dispatch import NodeOutcome, cash_columns, ordered, sold_columns
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.scenario.tree import opening_of


@dataclass(frozen=True)
class CashLine:
    """One line: positive is money in. usd: discounted to the horizon's start and weighted by
    probability.

    kind: revenue, fuel, variable, peak, royalty, payments, fixed, terminal, unserved (paid back),
        or short (the price of broken promises). about: the product, converter, store or
        asset that it comes from.
    """

    node: int
    kind: CashKind
    about: About
    usd: float


def lines(
    formulation: Formulation, solution: Solution, outcomes: Sequence[NodeOutcome]
) -> tuple[CashLine, ...]:
    """All lines; they add up to the plan's objective (a test and the certificate hold that)."""
    found: list[CashLine] = []
    for amount, order in zip(ordered(formulation, solution), formulation.orders):
        asset = formulation.system.assets[order.asset].id
        chance = formulation.nodes[order.node].probability * float(amount)
        found.append(CashLine(order.node, "payments", asset, -chance * order.money.payments))
        found.append(CashLine(order.node, "fixed", asset, -chance * order.money.fixed))
        found.append(CashLine(order.node, "terminal", asset, chance * order.money.terminal))
    sizes = np.maximum(solution.master[len(formulation.orders) :], 0.0)
    found += sale_lines(formulation, solution)
    found += financing_lines(formulation, solution)
    for size, peak in zip(sizes, formulation.peaks):
        converter = formulation.system.converters[peak.converter].id
        found.append(CashLine(peak.node, "peak", converter, -float(size) * peak.usd))
    for outcome in outcomes:
        found.extend(operating_lines(formulation, solution, outcome.number))
        for source, each in offered(formulation.expansion, outcome.number):
            there = None if source.asset is None else outcome.hourly_capacity.get(source.asset)
            if there is not None:
                due = -float(each @ there)
                found.append(CashLine(outcome.number, "variable", source.id, due))
    discounting = formulation.discounting
    for standing in formulation.system.assets:
        years = discounting.years(0, min(standing.stands_until, discounting.end))
        usd = -standing.stands * standing.fixed_cost * years
        found.append(CashLine(0, "fixed", standing.id, usd))
    return tuple(line for line in netted(found) if line.usd != 0.0)


def financing_lines(formulation: Formulation, solution: Solution) -> Iterator[CashLine]:
    """What is drawn costs the goal beyond the discount rate, and what is missing its price."""
    for column, value in zip(formulation.cash.columns, cash_columns(formulation, solution)):
        if column.kind != "paid":
            usd = -column.usd * MONEY * max(0.0, float(value))
            kind: CashKind = "financing" if column.kind == "drawn" else "short"
            yield CashLine(column.node, kind, MoneyLineId(column.line), usd)


def netted(found: Sequence[CashLine]) -> list[CashLine]:
    """What is paid back for what is not served as one line a node and product: all of its work less
    what is served.
    """
    back: dict[tuple[int, About], float] = {}
    for line in found:
        if line.kind == "unserved":
            back[line.node, line.about] = back.get((line.node, line.about), 0.0) + line.usd
    rest = [line for line in found if line.kind != "unserved"]
    return rest + [CashLine(node, "unserved", about, usd) for (node, about), usd in back.items()]


def sale_lines(formulation: Formulation, solution: Solution) -> list[CashLine]:
    """What is billed for what is sold, year by year, and what all of its work would be paid back;
    what is served saves that again (constraints/conversion.py).
    """
    expansion, sales = formulation.expansion, formulation.sales
    solved = sold_columns(formulation, solution)
    found: list[CashLine] = []
    for n in range(len(formulation.nodes)):
        opening = opening_of(formulation.nodes, n)
        for d, demand in enumerate(formulation.system.demands):
            if not demand.offers or demand.billed:
                continue
            billed = 0.0
            for number in sales.by_demand.get((opening, d), ()):
                sale = sales.columns[number]
                if sale.offer != UNSERVED:
                    year = sales.year(n, d, sale.offer)
                    value = max(0.0, float(solved[number])) * sale.scale
                    billed += value * brought(year.offer, sale) * year.level * year.hours
            work = work_sold(sales, n, d, solved) * worked(expansion, n, demand)
            found.append(CashLine(n, "revenue", demand.product, billed))
            found.append(CashLine(n, "unserved", demand.product, -demand.refund * work))
    return found


def total(found: Sequence[CashLine], *kinds: str) -> float:
    """Sum of the lines of these kinds (all lines where none is named) [USD]."""
    return float(np.sum([line.usd for line in found if not kinds or line.kind in kinds]))


def operating_lines(formulation: Formulation, solution: Solution, number: int) -> list[CashLine]:
    """What the hours of a node earn and cost, by the dollar rules of the constraint families."""
    calendar, parameters = formulation.time_slices[number], formulation.parameters[number]
    weighted = node_weight(formulation.nodes[number], formulation.discounting) * calendar.weights
    sums: dict[tuple[CashKind, About], float] = {}
    labels, columns = formulation.labels[number].columns, solution.nodes[number].columns
    for label, row in zip(labels, columns):
        for rate in rates(formulation.system, parameters, calendar.cut, label):
            usd = float(weighted @ (row * label.scale * rate.usd))
            sums[rate.kind, rate.about] = sums.get((rate.kind, rate.about), 0.0) + usd
    return [CashLine(number, kind, about, usd) for (kind, about), usd in sums.items()]


def objective(formulation: Formulation, solution: Solution) -> float:
    """NPV of a solution as the solver counts it [USD]: minus the minimised cost."""
    problem = formulation.problem
    cost = problem.constant + float(problem.master.cost @ solution.master)
    for block, node in zip(problem.nodes, solution.nodes):
        per_hour = np.einsum("jt,jt->t", block.cost.hourly(block.profiles), node.columns)
        cost += block.weight * float(block.weights @ per_hour)
    return -cost * MONEY
