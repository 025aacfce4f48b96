"""Liquidity: cash on every branch, at least what must stay, with money that may be drawn.

At the end of every operated year n, over the years a on its branch up to it,

    sum_a ( theta_a + orders_a + interest_a ) - sum_l B[l, n] - missing_n  <=  opening - least

theta_a is what the hours of a year pay, less what they earn (plan/lp/measured_windows.py); orders_a
what falls due in it, with fixed cost and rent while things stand; B[l, n] what stands drawn of a
line, which is all that was drawn and not paid back. The same row, without the year's own hours,
holds after what falls due on its first day. Dollars are the study's, undiscounted; terminal value
is none. `missing_n` is dearer than any plan would pay, so that every size can be operated, and a
plan that takes it is no plan (plan/results/liquidity.py).

To the goal a line costs what it is beyond the discount rate, which is the mean cost of money
already; what is cheaper earns nothing (docs/decisions/0227).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.sparse import csr_array, vstack

from headrace.core.arrays import Floats, Ints
from headrace.core.components import System
from headrace.core.study import CashLimit, MoneyLine
from headrace.plan.lp.measured_windows import weighed_profiles, with_window
from headrace.plan.lp.problem import Master, Problem, Values
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.investment import InstalledCapacity, Order, span_at
from headrace.plan.model.master_row import MasterRow
from headrace.plan.model.offered_energy import offered_costs_of
from headrace.plan.model.sales import UNSERVED, SaleBook, brought, worked
from headrace.plan.scenario.discounting import SAME_MONTH, Discounting, node_weight
from headrace.plan.scenario.tree import ScenarioNode, opening_of, path_to_root

MISSING = 1000.0
"""A dollar that is missing costs this many today; who would give up more for one has no plan."""
LEAST_COST = 1e-4
"""A line costs the goal at least this a year, so that nothing is drawn that is not needed [1/a]."""
ROOM = 10.0
"""Boxes of measured and missing money, over all that the hours could earn [1]."""


@dataclass(frozen=True)
class MoneyColumn:
    """One master column in thousands of dollars. kind: what a year's hours pay, what stands drawn
    of `line`, or what is missing. usd: to the goal [USD per USD].
    """

    kind: Literal["paid", "drawn", "missing"]
    node: int
    line: str = ""
    usd: float = 0.0
    most: float = np.inf

    def name(self, nodes: Sequence[ScenarioNode]) -> str:
        """What people call it."""
        words = {"paid": "paid by hours", "drawn": f"drawn of {self.line}", "missing": "missing"}
        return f"{nodes[self.node].name}: cash {words[self.kind]}"


@dataclass(frozen=True)
class CashBook:
    """The columns of liquidity, in order, and their rows. earnings: what the hours of each node can
    earn at most, which `paid` counts from [USD].
    """

    columns: tuple[MoneyColumn, ...] = ()
    rows: tuple[MasterRow, ...] = ()
    earnings: tuple[float, ...] = ()


@dataclass(frozen=True)
class PaidInNode:
    """What one node pays beside its hours [USD]: by master column, in own units, and for certain;
    on its first day, and later.
    """

    first: dict[int, float]
    later: dict[int, float]
    standing: float


def span(node: ScenarioNode) -> float:
    """How often a node's own year is lived [1]; a year of weather counts its share."""
    return node.share * (node.years if node.months > 12 else 1.0)


def closings(nodes: Sequence[ScenarioNode]) -> list[tuple[int, tuple[int, ...]]]:
    """Every operated year by its last node, with all of its nodes: those of one year of weather
    below another.
    """
    last = set(range(len(nodes)))
    last -= {n.parent for n in nodes if n.parent >= 0 and nodes[n.parent].start == n.start}
    found = []
    for number in sorted(last):
        line = path_to_root(nodes, number)
        found.append((number, tuple(n for n in line if nodes[n].start == nodes[number].start)))
    return found


def cash_book(
    expansion: SystemOnTree,
    limit: CashLimit,
    known: tuple[tuple[Order, ...], Sequence[tuple[int, float]], SaleBook],
    standing: Sequence[Sequence[InstalledCapacity]],
    earnings: Sequence[float],
) -> CashBook:
    """All columns and rows of liquidity.

    known: orders, peak charges (node and undiscounted price of each column [USD/MW]) and sales, the
        master's columns so far. earnings: what hours can earn at most, by node [USD].
    """
    orders, peaks, sales = known
    nodes, discounting = expansion.nodes, expansion.discounting
    first = len(orders) + len(peaks) + len(sales.columns)
    columns = [
        MoneyColumn("paid", n, most=ROOM * (earnings[n] + limit.opening + MONEY))
        for n in range(len(nodes))
    ]
    drawn: dict[tuple[str, int], int] = {}
    missing: dict[int, int] = {}
    years = closings(nodes)
    for number, _ in years:
        for name, line in limit.lines.items():
            if open_at(line, nodes[number], expansion.start):
                drawn[name, number] = first + len(columns)
                columns.append(
                    MoneyColumn(
                        "drawn",
                        number,
                        name,
                        line_cost(line, nodes[number], discounting),
                        line.limit,
                    )
                )
        dear = MISSING * nodes[number].probability * discounting.discount(nodes[number].start)
        missing[number] = first + len(columns)
        columns.append(MoneyColumn("missing", number, usd=dear, most=columns[0].most))
    paid = [paid_in(expansion, n, orders, standing, (peaks, sales)) for n in range(len(nodes))]
    rows: list[MasterRow] = []
    for number, group in years:
        rows += year_rows(nodes, number, group, limit, (paid, earnings), (first, drawn, missing))
        rows += kept_in(nodes, number, limit, drawn)
    return CashBook(tuple(columns), tuple(rows), tuple(earnings))


def open_at(line: MoneyLine, node: ScenarioNode, start: int) -> bool:
    """Whether a line may stand drawn in a node. start: of the horizon [month]."""
    begins = -np.inf if line.since is None else line.since - start
    ends = np.inf if line.until is None else line.until - start
    return begins <= node.start + SAME_MONTH and node.end <= ends + SAME_MONTH


def line_cost(line: MoneyLine, node: ScenarioNode, discounting: Discounting) -> float:
    """What a dollar drawn costs the goal in a node, expected [USD]."""
    beyond = max(line.cost - discounting.rate, LEAST_COST)
    return node.probability * beyond * discounting.years(node.start, node.end)


def year_rows(
    nodes: Sequence[ScenarioNode],
    number: int,
    group: tuple[int, ...],
    limit: CashLimit,
    money: tuple[Sequence[PaidInNode], Sequence[float]],
    places: tuple[int, dict[tuple[str, int], int], dict[int, int]],
) -> Iterator[MasterRow]:
    """The rows of one operated year [USD]: on its first day where something is due, and at its
    end.
    """
    paid, earnings = money
    first, drawn, missing = places
    here = [drawn[name, number] for name in limit.lines if (name, number) in drawn]
    values: Counter[int] = Counter(dict.fromkeys([missing[number], *here], -1.0))
    rhs = limit.opening - limit.least

    def interest(n: int) -> dict[int, float]:
        asked = {name: line.cost for name, line in limit.lines.items() if line.kind == "debt"}
        open_there = {name: usd for name, usd in asked.items() if (name, n) in drawn}
        return {drawn[name, n]: usd * nodes[n].years for name, usd in open_there.items()}

    for n in path_to_root(nodes, number):
        if n not in group:
            for due_there in ({first + n: 1.0}, paid[n].first, paid[n].later, interest(n)):
                values.update(due_there)
            rhs += earnings[n] - paid[n].standing
    for n in group:
        values.update(paid[n].first)
    if any(usd > 0 for n in group for usd in paid[n].first.values()):
        yield _row(number, values, rhs)
    for n in group:
        for due_there in ({first + n: 1.0}, paid[n].later, interest(n)):
            values.update(due_there)
        rhs += earnings[n] - paid[n].standing
    yield _row(number, values, rhs)


def _row(number: int, values: Mapping[int, float], rhs: float) -> MasterRow:
    at = tuple(sorted(column for column, usd in values.items() if usd != 0.0))
    return MasterRow("cash", None, number, at, tuple(values[c] for c in at), rhs, MONEY)


def kept_in(
    nodes: Sequence[ScenarioNode],
    number: int,
    limit: CashLimit,
    drawn: dict[tuple[str, int], int],
) -> Iterator[MasterRow]:
    """Equity stays in: what stands drawn of it never falls from one year to the next."""
    above = next(
        (n for n in path_to_root(nodes, number) if nodes[n].start < nodes[number].start), -1
    )
    for name, line in limit.lines.items():
        here, before = drawn.get((name, number)), drawn.get((name, above))
        if line.kind == "equity" and here is not None and before is not None:
            yield MasterRow("kept_in", None, number, (before, here), (1.0, -1.0), 0.0, MONEY)


def paid_in(
    expansion: SystemOnTree,
    n: int,
    orders: Sequence[Order],
    standing: Sequence[Sequence[InstalledCapacity]],
    linked: tuple[Sequence[tuple[int, float]], SaleBook],
) -> PaidInNode:
    """What node n pays beside its hours [USD]."""
    nodes, system = expansion.nodes, expansion.system
    node, line = nodes[n], set(path_to_root(nodes, n))
    first: dict[int, float] = {}
    later: dict[int, float] = {}
    undiscounted = span(node) / node_weight(node, expansion.discounting)
    offered, before = offered_costs_of(expansion, standing[n], n, len(orders))
    for column, order in enumerate(orders):
        if order.node not in line:
            continue
        asset = system.assets[order.asset]
        for month, usd in due(system, order) if node.weather == 0 else ():
            if node.start - SAME_MONTH <= month < node.end - SAME_MONTH:
                into = first if month <= node.start + SAME_MONTH else later
                into[column] = into.get(column, 0.0) + usd
        works = span_at(system, order, nodes, n)
        stands = max(0.0, min(works.finish, node.end) - max(works.begin, node.start)) / 12
        usd = asset.fixed_cost * stands * node.share + float(offered[column]) * undiscounted
        if usd:
            later[column] = later.get(column, 0.0) + usd
    peaks, sales = linked
    for i, (where, usd) in enumerate(peaks):
        if where == n:
            later[len(orders) + i] = usd
    for i, usd in sold_in(expansion, n, sales):
        later[len(orders) + len(peaks) + i] = usd * undiscounted
    certain = before * undiscounted
    for asset in system.assets:
        stands = max(0.0, min(asset.stands_until, node.end) - node.start) / 12
        certain += asset.stands * asset.fixed_cost * stands * node.share
    return PaidInNode(first, later, certain)


def due(system: System, order: Order) -> Iterator[tuple[float, float]]:
    """Month after the horizon's start and amount of every payment of an order [USD per own unit];
    a rent that is kept on has none.
    """
    asset = system.assets[order.asset]
    if order.renews >= 0:
        return
    for payment in asset.payments:
        yield order.date + payment.month, order.factor * payment.usd
    if asset.credit:
        yield order.date, -asset.credit


def sold_in(expansion: SystemOnTree, n: int, sales: SaleBook) -> Iterator[tuple[int, float]]:
    """What a unit of each sale costs in a node, discounted and weighted [USD]; less than 0 where it
    earns (plan/model/sales.py).
    """
    opening = opening_of(expansion.nodes, n)
    for d, demand in enumerate(expansion.system.demands):
        for number in sales.by_demand.get((opening, d), ()):
            sale = sales.columns[number]
            if sale.offer == UNSERVED:
                continue
            year = sales.year(n, d, sale.offer)
            back = demand.refund * year.level * year.work * worked(expansion, n, demand)
            usd = 0.0 if demand.billed else brought(year.offer, sale) * year.level * year.hours
            yield number, sale.level * back - usd


def with_cash(
    problem: Problem,
    book: CashBook,
    scales: Floats,
    prices: Sequence[Values],
    nodes: Sequence[ScenarioNode],
) -> Problem:
    """The problem whose nodes measure what their hours pay, and whose master counts it.

    scales: of the master's columns so far [own unit]. prices: of each node's columns, without what
        is only the price of a broken promise [kUSD].
    """
    first, wide = len(scales), len(scales) + len(book.columns)
    known: dict[int, tuple[Floats, Ints]] = {}
    blocks = []
    for n, (block, each) in enumerate(zip(problem.nodes, prices)):
        profiles, (number, factor) = weighed_profiles(block, known)
        amounts = Values(each.scale * factor * span(nodes[n]), number[each.profile])
        old = csr_array(block.map)
        shape = (old.shape[0], wide)
        wider = csr_array((old.data, old.indices, old.indptr), shape=shape)
        shown = replace(block, profiles=profiles, map=wider)
        found = with_window(shown, "cash", amounts, -book.earnings[n] / MONEY, first + n)
        blocks.append(replace(found, template=replace(found.template, measured=True)))
    return replace(
        problem, nodes=tuple(blocks), master=_master(problem.master, book, scales, nodes)
    )


def _master(
    master: Master, book: CashBook, scales: Floats, nodes: Sequence[ScenarioNode]
) -> Master:
    """The master with the columns and rows of cash."""
    own, count = np.concatenate([scales, np.full(len(book.columns), MONEY)]), len(book.columns)
    r = [i for i, row in enumerate(book.rows) for _ in row.columns]
    c = [column for row in book.rows for column in row.columns]
    v = [x * own[j] / row.scale for row in book.rows for j, x in zip(row.columns, row.values)]
    old = csr_array(master.matrix)
    top = csr_array((old.data, old.indices, old.indptr), shape=(old.shape[0], len(own)))
    low = csr_array((v, (r, c)), shape=(len(book.rows), len(own)))
    kinds = np.array([column.kind for column in book.columns])
    return Master(
        columns=(*master.columns, *(column.name(nodes) for column in book.columns)),
        node=np.append(master.node, [column.node for column in book.columns]).astype(np.int64),
        cost=np.append(master.cost, [column.usd for column in book.columns]),
        upper=np.append(master.upper, [column.most / MONEY for column in book.columns]),
        unit=np.append(master.unit, np.zeros(count)),
        rows=(*master.rows, *(row.name(nodes) for row in book.rows)),
        matrix=csr_array(vstack([top, low], format="csr")),
        rhs=np.append(master.rhs, [row.rhs / row.scale for row in book.rows]),
        relief=np.append(np.zeros(len(scales), dtype=bool), kinds != "paid"),
    )
