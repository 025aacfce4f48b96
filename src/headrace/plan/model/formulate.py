"""Nouns on a tree become sparse blocks with labels: the step between `expand` and `solve`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.core.components import System
from headrace.core.ids import AssetId
from headrace.core.study import CashLimit
from headrace.plan.lp.most_earned import most_earned
from headrace.plan.lp.problem import Master, NodeBlock, Problem, Values
from headrace.plan.lp.risk_measure import tempered
from headrace.plan.lp.scaling import MONEY, scale_of
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.column_money import rates
from headrace.plan.model.constraints import (
    contract_terms,
    conversion,
    demand,
    demand_charge,
    ramping,
    reserve,
    storage,
    surplus,
    unit_commitment,
)
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    RowLabel,
)
from headrace.plan.model.investment import (
    BOX,
    InstalledCapacity,
    Order,
    cost,
    fixed_sizes,
    installed_capacity,
    limits,
    possible,
)
from headrace.plan.model.liquidity import CashBook, cash_book, span, with_cash
from headrace.plan.model.master_row import MasterRow
from headrace.plan.model.offered_energy import offered_costs
from headrace.plan.model.reservations import precedence_rows
from headrace.plan.model.sales import (
    SaleBook,
    posted_rows,
    promise_rows,
    sale_book,
    sale_name,
    sale_rows,
)
from headrace.plan.model.sold_borders import sold_borders
from headrace.plan.scenario.discounting import Discounting, node_weight
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode


@dataclass(frozen=True)
class Peak:
    """One master column: the highest activity of a converter in a billing period of a node; charge:
    its number among the system's peak charges.
    """

    node: int
    converter: int
    period: str
    usd: float
    charge: int = 0


@dataclass(frozen=True)
class BlockLabels:
    """What the columns, rows and windows of a node are, and which standing each border is (-1: a
    peak).
    """

    columns: tuple[ColumnLabel, ...]
    rows: tuple[RowLabel, ...]
    windows: tuple[RowLabel, ...]
    borders: tuple[int, ...]


@dataclass(frozen=True)
class Formulation:
    """The problem with everything needed to read its solution.

    Master columns: first orders, then peaks, then sales, then cash. Its columns are in units of the
    problem: a noun's own quantity is the column times `order_scales` or a label's scale
    (`lp/scaling.py`).
    """

    expansion: SystemOnTree
    problem: Problem
    orders: tuple[Order, ...]
    peaks: tuple[Peak, ...]
    rows: tuple[MasterRow, ...]
    installed: tuple[tuple[InstalledCapacity, ...], ...]
    labels: tuple[BlockLabels, ...]
    sales: SaleBook
    cash: CashBook = field(default_factory=CashBook)

    @property
    def system(self) -> System:
        """The nouns, the same at every node."""
        return self.expansion.system

    @property
    def nodes(self) -> tuple[ScenarioNode, ...]:
        """The tree, root first."""
        return self.expansion.nodes

    @property
    def time_slices(self) -> tuple[TimeSlices, ...]:
        """The snapshots of each node."""
        return self.expansion.time_slices

    @property
    def parameters(self) -> tuple[NodeParameters, ...]:
        """What holds at each node."""
        return self.expansion.parameters

    @property
    def discounting(self) -> Discounting:
        """How money is discounted."""
        return self.expansion.discounting

    @cached_property
    def order_scales(self) -> Floats:
        """Units of its asset per unit of each order's column [own unit], shape (order,)."""
        units = [self.system.assets[order.asset].unit for order in self.orders]
        return np.array([scale_of(unit) for unit in units])


def formulate(expansion: SystemOnTree, orders: tuple[Order, ...] | None = None) -> Formulation:
    """The whole problem. Cost is minimised in thousands of dollars; NPV is minus that.

    orders: what may be ordered where and when it arrives; None: everything that is possible, at its
        own lead time.
    """
    e = expansion
    system, nodes, discounting = e.system, e.nodes, e.discounting
    if orders is None:
        orders = possible(system, nodes, e.parameters, discounting)
    peaks = _peaks(e)
    standing = tuple(
        installed_capacity(system, nodes, e.time_slices, orders, n) for n in range(len(nodes))
    )
    books: dict[int, ProfileBook] = {}
    sales, first = sale_book(e), len(orders) + len(peaks)
    drafts = [_draft(e, n, standing[n], (peaks, sales), books) for n in range(len(nodes))]
    profiles = {key: book.rows() for key, book in books.items()}
    widths = (len(orders), first, first + len(sales.columns))
    blocks = tuple(
        _block(
            nodes[n],
            draft,
            profiles[id(e.time_slices[n])],
            node_weight(nodes[n], discounting),
            widths,
        )
        for n, draft in enumerate(drafts)
    )
    paid, paid_before = offered_costs(e, standing, len(orders))
    rows = (
        *limits(system, nodes, orders, e.spend),
        *precedence_rows(system, nodes, orders),
        *sale_rows(sales, first),
        *promise_rows(sales, first),
        *posted_rows(sales, first),
    )
    problem = Problem(
        master=_master(e, orders, (peaks, sales), rows, paid),
        nodes=blocks,
        parent=np.array([node.parent for node in nodes], np.int64),
        probability=np.array([node.probability for node in nodes]),
        constant=(standing_cost(e) + paid_before) / MONEY,
        risk=e.risk,
    )
    labels = tuple(draft.labels for draft in drafts)
    found = Formulation(e, tempered(problem), orders, peaks, rows, standing, labels, sales)
    return found if e.cash is None else _liquid(found, e.cash)


def _liquid(formulation: Formulation, limit: CashLimit) -> Formulation:
    """The same with liquidity on every branch; hours then measure what they pay."""
    f, prices = formulation, []
    for n, (block, labels) in enumerate(zip(f.problem.nodes, f.labels)):
        real = [
            any(
                rate.kind != "short"
                for rate in rates(f.system, f.parameters[n], f.time_slices[n].cut, label)
            )
            for label in labels.columns
        ]
        prices.append(Values(np.where(real, block.cost.scale, 0.0), block.cost.profile))
    peaks = []
    for peak in f.peaks:
        undiscounted = span(f.nodes[peak.node]) / node_weight(f.nodes[peak.node], f.discounting)
        peaks.append((peak.node, peak.usd * undiscounted))
    earnings = [
        MONEY * span(f.nodes[n]) * most_earned(block, each, f.problem.master)
        for n, (block, each) in enumerate(zip(f.problem.nodes, prices))
    ]
    known = (f.orders, peaks, f.sales)
    book = cash_book(f.expansion, limit, known, f.installed, earnings)
    scales = np.concatenate(
        [f.order_scales, np.ones(len(peaks)), [sale.scale for sale in f.sales.columns]]
    )
    problem = with_cash(f.problem, book, scales, prices, f.nodes)
    return replace(f, problem=problem, rows=(*f.rows, *book.rows), cash=book)


def standing_cost(expansion: SystemOnTree) -> float:
    """Fixed cost of what stands from the start, discounted [USD]: the same whatever is ordered."""
    discounting = expansion.discounting
    return sum(
        a.stands * a.fixed_cost * discounting.years(0, min(a.stands_until, discounting.end))
        for a in expansion.system.assets
    )


@dataclass(frozen=True)
class _Draft:
    writer: HourWriter
    labels: BlockLabels
    standing: tuple[InstalledCapacity, ...]
    scales: tuple[float, ...]
    sold: tuple[tuple[tuple[int, float], ...], ...]
    peak_columns: tuple[int, ...]


def _peaks(expansion: SystemOnTree) -> tuple[Peak, ...]:
    found = []
    for n, node in enumerate(expansion.nodes):
        weight = node_weight(node, expansion.discounting)
        for number, charge in enumerate(expansion.system.peaks):
            converter = expansion.system.converter_numbers[charge.converter]
            for period in demand_charge.periods(expansion.time_slices[n], charge):
                usd = charge.usd * period.months * weight
                found.append(Peak(n, converter, period.name, usd, number))
    return tuple(found)


def _draft(
    expansion: SystemOnTree,
    number: int,
    standing: tuple[InstalledCapacity, ...],
    linked: tuple[tuple[Peak, ...], SaleBook],
    books: dict[int, ProfileBook],
) -> _Draft:
    system, node, calendar = (
        expansion.system,
        expansion.nodes[number],
        expansion.time_slices[number],
    )
    writer = HourWriter(calendar, books.setdefault(id(calendar), ProfileBook(len(calendar.hour))))
    there: dict[AssetId, tuple[tuple[int, Floats | None], ...]] = {}
    for group in standing:
        one = system.assets[group.asset].id
        masks = there.get(one, ())
        there[one] = (*masks, (writer.border(f"{one}, {len(masks)}"), group.mask))
    peaks, sales = linked
    scales = {asset.id: scale_of(asset.unit) for asset in system.assets}
    context = ConstraintContext(writer, expansion.parameters[number], there, scales, node.stage)
    sold = {bus: context.parameters.demand(one) for bus, one in system.sold_at.items()}
    behind = sold_borders(context, system, sales, number)
    surplus.add(context, system)
    for i, asked in enumerate(system.demands):
        promised = context.parameters.demand(asked)
        if asked.offers or (promised.least > 0 and node.stage >= promised.least_from):
            demand.promise(context, promised, i, conversion.largest_ratio(system, promised))
    for i, listed in enumerate(system.converters):
        converter = context.parameters.converter(listed)
        conversion.add(context, converter, i, sold)
        unit_commitment.add(context, converter, i)
        ramping.add(context, converter, i)
    for i, store in enumerate(system.stores):
        storage.add(context, store, i)
        surplus.keep(context, system, store, i)
    surplus.finish(context, system)
    for reserved in system.spinning:
        reserve.add(context, system, reserved, fixed_sizes(system, standing))
    for i in range(len(system.terms)):
        contract_terms.add(context, system, i, node.start, node.end)
    mine = _add_peaks(context, system, peaks, number)
    borders = tuple(range(len(standing))) + (-1,) * (len(behind) + len(mine))
    labels = BlockLabels(
        tuple(context.columns), tuple(context.rows), tuple(context.windows), borders
    )
    own = tuple(scales[system.assets[group.asset].id] for group in standing)
    return _Draft(writer, labels, standing, own, behind, mine)


def _add_peaks(
    context: ConstraintContext, system: System, peaks: tuple[Peak, ...], node: int
) -> tuple[int, ...]:
    mine, of = [], [f" {k}" if k else "" for k in range(len(system.peaks))]
    for k, charge in enumerate(system.peaks):
        number = system.converter_numbers[charge.converter]
        activity = context.find("activity", number)
        if activity is None:
            continue
        here = [i for i, p in enumerate(peaks) if p.node == node and p.charge == k]
        borders = tuple(
            (context.writer.border(f"peak {charge.converter} {period.name}{of[k]}"), period)
            for period in demand_charge.periods(context.writer.calendar, charge)
        )
        demand_charge.add(context, system.converters[number], activity, charge, borders)
        mine.extend(here)
    return tuple(mine)


def _block(
    node: ScenarioNode,
    draft: _Draft,
    profiles: Floats,
    weight: float,
    widths: tuple[int, int, int],
) -> NodeBlock:
    orders, sales, width = widths
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    for i, group in enumerate(draft.standing):
        row.extend([i] * len(group.columns))
        column.extend(group.columns)
        value.extend(group.shares)
    linked = [[(sales + c, share) for c, share in each] for each in draft.sold]
    linked += [[(orders + c, 1.0)] for c in draft.peak_columns]
    for i, each in enumerate(linked, start=len(draft.standing)):
        row.extend([i] * len(each))
        column.extend(c for c, _ in each)
        value.extend(share for _, share in each)
    shape = (len(draft.standing) + len(linked), width)
    there = [group.start / scale for group, scale in zip(draft.standing, draft.scales)]
    start = np.array(there + [0.0] * len(linked))
    return draft.writer.block(
        node.name, weight, profiles, start, csr_array((value, (row, column)), shape=shape)
    )


def _master(
    expansion: SystemOnTree,
    orders: tuple[Order, ...],
    linked: tuple[tuple[Peak, ...], SaleBook],
    rows: tuple[MasterRow, ...],
    paid: Floats,
) -> Master:
    system, nodes = expansion.system, expansion.nodes
    peaks, sales = linked[0], linked[1].columns
    assets = [system.assets[o.asset] for o in orders]
    names = [
        f"{nodes[o.node].name}: {asset.id}"
        + ("" if o.date == nodes[o.node].start or o.renews >= 0 else f" in month {o.date:g}")
        for o, asset in zip(orders, assets)
    ]
    names += [
        f"{nodes[p.node].name}: peak {system.converters[p.converter].id} {p.period}"
        f"{f' {p.charge}' if p.charge else ''}"
        for p in peaks
    ]
    names += [sale_name(expansion, s) for s in sales]
    none = np.zeros(len(peaks))
    scale = np.concatenate(
        [[scale_of(asset.unit) for asset in assets], none + 1.0, [s.scale for s in sales]]
    )
    usd = [cost(o, nodes[o.node]) + float(more) for o, more in zip(orders, paid)]
    usd += [p.usd for p in peaks] + [-s.usd for s in sales]
    charged = [system.converters[p.converter].asset for p in peaks]
    limits_of_peaks = [np.inf if a is None else system.asset(a).at_most for a in charged]
    most = [o.most for o in orders] + [min(limit, BOX["MW"]) for limit in limits_of_peaks]
    most += [s.most for s in sales]
    unit = [asset.unit_size for asset in assets] + [0.0] * len(peaks)
    unit += [float(s.posted) for s in sales]
    whose = [o.node for o in orders] + [p.node for p in peaks] + [s.node for s in sales]
    r = [i for i, row in enumerate(rows) for _ in row.columns]
    c = [column for row in rows for column in row.columns]
    v = [x * scale[j] / row.scale for row in rows for j, x in zip(row.columns, row.values)]
    return Master(
        columns=tuple(names),
        node=np.array(whose, np.int64),
        cost=np.array(usd) * scale / MONEY,
        upper=np.array(most) / scale,
        unit=np.array(unit) / scale,
        rows=tuple(row.name(nodes) for row in rows),
        matrix=csr_array((v, (r, c)), shape=(len(rows), len(names))),
        rhs=np.array([row.rhs / row.scale for row in rows]),
    )
