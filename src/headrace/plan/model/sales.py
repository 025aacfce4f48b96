"""Levels sold as the master's columns: pieces of an offer's revenue, and what goes unserved.

    sum_k x_k              level of an offer in a stage, over its reference; 0 <= x_k <= width_k
    brings                 slope_k x_k in every hour, or along the shape of its use
    work_t                 shape_t x sum over offers of their level: the demand of the hour
    served_t <= work_t     each unit served saves its refund, each unit of work costs it: what is
                           left is paid back (constraints/demand.py)
    level + lost <= most   of subscribers, in every year: lost = sum over the years before of
                           lost share x unserved use [user-years]

    sum_j z_j <= 1         of a menu of posted prices one, z_j whole: work_t is that of its level;
                           billed_jt <= work_jt, sum_j billed_jt <= served_t where only what is
                           served is billed

A level is one number a stage, whatever the hour: hours that are dear do not see another price. All
is linear in columns of the node and of its ancestors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Demand
from headrace.core.sold import SoldOffer
from headrace.core.uncertainty import RivalPriceCut
from headrace.market.sold import after_cut
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.constraints.conversion import largest_ratio
from headrace.plan.model.master_row import MasterRow
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.scenario.tree import opening_of, path_to_root

ROUNDED = 1e-12
"""Of what a piece brings, what is left of it by rounding where all of it would be paid back [1]."""
UNSERVED = -1
"""Instead of an offer's number: what goes unserved of all offers of a product."""


@dataclass(frozen=True)
class Sale:
    """One master column. node: that opens the stage, of what goes unserved the year's; demand,
    offer: their numbers (UNSERVED: all of them); piece: of the revenue.

    most: largest [own unit: level over the reference, or 1 where its price is posted]; usd: what a
    unit of it brings over the stage, discounted and weighted by probability, less what its work
    would be paid back [USD]. scale: own units per unit of the column [1]. level: of an own unit
    [1]. posted: whether it is a price of a menu, whole or not at all.
    """

    node: int
    demand: int
    offer: int
    piece: int
    most: float
    usd: float
    scale: float
    level: float = 1.0
    posted: bool = False


@dataclass(frozen=True)
class SaleYear:
    """An offer in one operated node. level: of its reference, over the study's [1]; hours: what a
    unit of revenue by the hour counts for [USD of the objective per USD/h]; work: of its reference
    over that of all offers [1].
    """

    offer: SoldOffer
    level: float
    hours: float
    work: float


@dataclass(frozen=True)
class SaleBook:
    """Every sale of a plan, and how the hours of each node see them."""

    expansion: SystemOnTree
    columns: tuple[Sale, ...]
    sizes: tuple[float, ...]

    @cached_property
    def by_demand(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """Numbers of the columns of each (opening node or year, demand), unserved ones included."""
        found: dict[tuple[int, int], list[int]] = {}
        for number, sale in enumerate(self.columns):
            found.setdefault((sale.node, sale.demand), []).append(number)
        return {key: tuple(numbers) for key, numbers in found.items()}

    def taken(self, node: int, demand: int) -> list[tuple[int, float]]:
        """Columns behind the work of a product in a node, and what each unit of a column adds to
        it [reference work / `sizes`].
        """
        opening = opening_of(self.expansion.nodes, node)
        found = []
        for number in self.by_demand.get((opening, demand), ()):
            sale = self.columns[number]
            if sale.offer != UNSERVED:
                here = self.year(node, demand, sale.offer)
                share = here.level * here.work * self.sizes[demand] * sale.scale * sale.level
                found.append((number, share))
        return found

    def unserved(self, node: int, demand: int) -> int | None:
        """The column of what goes unserved of a product in a year; None where nobody minds."""
        here = self.by_demand.get((node, demand), ())
        return next((n for n in here if self.columns[n].offer == UNSERVED), None)

    def year(self, node: int, demand: int, offer: int) -> SaleYear:
        """An offer in one operated node."""
        return sale_year(self.expansion, node, demand, offer)


def sale_book(expansion: SystemOnTree) -> SaleBook:
    """All sales of a study on its tree."""
    system, nodes = expansion.system, expansion.nodes
    sizes = tuple(max(d.reference / largest_ratio(system, d), 1e-6) for d in system.demands)
    found: list[Sale] = []
    for opening, node in enumerate(nodes):
        if not node.decides:
            continue
        stage = [n for n in range(len(nodes)) if opening_of(nodes, n) == opening]
        for d, demand in enumerate(system.demands):
            for o in range(len(demand.offers)):
                found += stage_sales(expansion, stage, (d, o), sizes[d])
    for n in range(len(nodes)):
        for d, demand in enumerate(system.demands):
            if any(one.parent == n for one in nodes) and minds(demand):
                most = sum(
                    (year := sale_year(expansion, n, d, o)).level * year.work * one.most
                    for o, one in enumerate(demand.offers)
                )
                found.append(Sale(n, d, UNSERVED, 0, most, 0.0, 1.0 / sizes[d]))
    return SaleBook(expansion, tuple(found), sizes)


def minds(demand: Demand) -> bool:
    """Whether some subscribers of a product leave for what goes unserved."""
    return any(one.subscribers is not None and one.subscribers.lost > 0 for one in demand.offers)


def stage_sales(
    expansion: SystemOnTree, stage: Sequence[int], which: tuple[int, int], size: float
) -> Iterator[Sale]:
    """The columns of an offer in a stage of these nodes. which: numbers of its demand and its own;
    size: of the work's border for the reference [unit of the column].
    """
    d, o = which
    demand = expansion.system.demands[d]
    years = [(n, sale_year(expansion, n, d, o)) for n in stage]
    first = years[0][1]
    back = sum(
        demand.refund * year.level * year.work * worked(expansion, n, demand) for n, year in years
    )
    hours = sum(year.level * year.hours for _, year in years)
    scale = 1.0 / max(size * first.level * first.work, 1.0)
    drafts = [
        Sale(stage[0], d, o, j, 1.0, 0.0, 1.0, level, posted=True)
        for j, (_, level) in enumerate(menu_of(first.offer))
    ] or [
        Sale(stage[0], d, o, k, float(width), 0.0, scale)
        for k, width in enumerate(first.offer.pieces().widths)
    ]
    for sale in drafts:
        usd = 0.0 if demand.billed else brought(first.offer, sale) * hours
        left = usd - sale.level * back
        yield replace(sale, usd=left if abs(left) > ROUNDED * abs(usd) else 0.0)


def brought(offer: SoldOffer, sale: Sale) -> float:
    """What an own unit of a sale brings in an hour at the reference level of its year [USD/h]."""
    if not sale.posted:
        return float(offer.pieces().slopes[sale.piece])
    price, level = menu_of(offer)[sale.piece]
    return level * (price * offer.usd + offer.advertising)


def menu_of(offer: SoldOffer) -> list[tuple[float, float]]:
    """Prices of an offer's menu over its reference price, and the level sold at each [1], after
    what rivals have done.
    """
    return [(p.price, min(offer.most, offer.curve.level(p.price))) for p in offer.menu]


def sale_year(expansion: SystemOnTree, n: int, d: int, o: int) -> SaleYear:
    """An offer (numbers of its demand and its own) in one operated node."""
    demand, nodes = expansion.system.demands[d], expansion.nodes
    offer, node = demand.offers[o], nodes[n]
    opening = nodes[opening_of(nodes, n)]
    believed = opening.values.get(RivalPriceCut(demand.product.key))
    cut = offer.cut if opening.start >= offer.cut_from else 0.0
    offer = replace(offer, curve=after_cut(offer, cut if believed is None else believed))
    price = expansion.parameters[n].price.get(demand.product, 1.0)
    whole = demand.reference
    if offer.metered:
        hours = worked(expansion, n, demand) / whole if whole > 0 else 0.0
    else:
        weights = expansion.time_slices[n].weights
        hours = price * float(weights.sum()) * node_weight(node, expansion.discounting)
    share = offer.work / whole if whole > 0 else 0.0
    return SaleYear(offer, offer_level(expansion, n, demand, offer), hours, share)


def worked(expansion: SystemOnTree, n: int, demand: Demand) -> float:
    """Reference work of a node at the price of its date, discounted and weighted by probability
    [unit of the bus].
    """
    calendar = expansion.time_slices[n]
    quantity = np.broadcast_to(np.asarray(calendar.cut(demand.quantity)), calendar.weights.shape)
    price = expansion.parameters[n].price.get(demand.product, 1.0)
    weight = node_weight(expansion.nodes[n], expansion.discounting)
    return price * weight * float(calendar.weights @ quantity)


def offer_level(expansion: SystemOnTree, n: int, demand: Demand, offer: SoldOffer) -> float:
    """Reference of an offer in a node's middle, over the study's [1]: subscribers who are there, or
    what has grown.
    """
    nodes, node = expansion.nodes, expansion.nodes[n]
    middle = node.start + node.months / 2
    key = demand.product
    if offer.subscribers is None or offer.amount <= 0:
        grown = expansion.parameters[n].level.get(key, 1.0)
        return float(grown * (1 + offer.growth) ** (middle / 12))
    there = offer.amount * float(offer.subscribers.there(np.array(0.0), middle))
    for number in path_to_root(nodes, n):
        grown = expansion.parameters[number].level.get(key, 1.0)
        begin, end = nodes[number].start, min(nodes[number].end, middle)
        months = begin + np.arange(max(0.0, np.ceil(end - begin)))
        length = np.minimum(months + 1, end) - months
        still = offer.subscribers.there(months + length / 2, middle)
        there += offer.subscribers.joins * grown * float(length @ still)
    return there / offer.amount


def sale_rows(book: SaleBook, first: int) -> tuple[MasterRow, ...]:
    """Of subscribers, in every year after something may have gone unserved: those who are billed
    and those who left for it are at most as many as are there. first: number of the first sale
    among the master's columns.
    """
    expansion, found = book.expansion, []
    nodes, system = expansion.nodes, expansion.system
    for n in range(len(nodes)):
        before = path_to_root(nodes, n)[1:]
        for d, demand in enumerate(system.demands):
            if not minds(demand):
                continue
            spoilt = [(m, c) for m in before if (c := book.unserved(m, d)) is not None]
            for o, offer in enumerate(demand.offers):
                if offer.subscribers is None or offer.subscribers.lost == 0 or not spoilt:
                    continue
                level = book.year(n, d, o).level
                mine = [
                    number
                    for number in book.by_demand[opening_of(nodes, n), d]
                    if book.columns[number].offer == o
                ]
                lost = [offer.subscribers.lost * nodes[m].years for m, _ in spoilt]
                columns = (*(first + c for c in mine), *(first + c for _, c in spoilt))
                values = (*(level * book.columns[c].level for c in mine), *lost)
                about = offer.id
                found.append(MasterRow("stayed", about, n, columns, values, level * offer.most))
    return tuple(found)


def posted_rows(book: SaleBook, first: int) -> tuple[MasterRow, ...]:
    """Of every menu, one price is posted in a stage, or none. first: number of the first sale among
    the master's columns.
    """
    menus: dict[tuple[int, int, int], list[int]] = {}
    for number, sale in enumerate(book.columns):
        if sale.posted:
            menus.setdefault((sale.node, sale.demand, sale.offer), []).append(first + number)
    found = []
    for (node, d, o), columns in menus.items():
        offer = book.expansion.system.demands[d].offers[o].id
        ones = (1.0,) * len(columns)
        found.append(MasterRow("posted", offer, node, tuple(columns), ones, 1.0))
    return tuple(found)


def promise_rows(book: SaleBook, first: int) -> tuple[MasterRow, ...]:
    """Where a share of the work is promised and what goes unserved has a column: at most the rest.
    first: number of the first sale among the master's columns.
    """
    expansion, found = book.expansion, []
    for n, node in enumerate(expansion.nodes):
        for d, demand in enumerate(expansion.system.demands):
            column = book.unserved(n, d)
            if column is None or demand.least == 0 or node.stage < demand.least_from:
                continue
            rest = 1.0 - demand.least
            taken = book.taken(n, d)
            size, scales = book.sizes[d], [book.columns[c].scale for c, _ in taken]
            columns = (first + column, *(first + c for c, _ in taken))
            values = (1.0, *(-rest * v / s / size for (_, v), s in zip(taken, scales)))
            found.append(MasterRow("stayed", demand.product, n, columns, values, 0.0))
    return tuple(found)


def sale_name(expansion: SystemOnTree, sale: Sale) -> str:
    """What people call a column."""
    demand = expansion.system.demands[sale.demand]
    where = expansion.nodes[sale.node].name
    if sale.offer == UNSERVED:
        return f"{where}: unserved {demand.product}"
    word = "price" if sale.posted else "piece"
    return f"{where}: sold {demand.offers[sale.offer].id}, {word} {sale.piece}"


def work_sold(book: SaleBook, node: int, demand: int, solved: Floats) -> float:
    """Work that is sold of a product in a node, over that of the reference [1]. solved: the sales'
    columns.
    """
    taken = book.taken(node, demand)
    return sum(share * max(0.0, float(solved[c])) for c, share in taken) / book.sizes[demand]


def levels(book: SaleBook, solved: Floats) -> dict[tuple[int, int, int], float]:
    """Level of every offer, over its reference [1], by (opening node, demand, offer). solved: the
    sales' columns.
    """
    found: dict[tuple[int, int, int], float] = {}
    for sale, value in zip(book.columns, solved):
        if sale.offer != UNSERVED:
            key = (sale.node, sale.demand, sale.offer)
            level = max(0.0, float(value)) * sale.scale * sale.level
            found[key] = found.get(key, 0.0) + level
    return found
