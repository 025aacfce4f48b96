"""Nouns on a tree become sparse blocks with labels: the step between `expand` and `solve`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.core.components import Demand, System
from headrace.plan.lp.problem import Master, NodeBlock, Problem, RiskMeasure
from headrace.plan.lp.risk_measure import tempered
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.constraints import (
    conversion,
    demand,
    demand_charge,
    ramping,
    storage,
    unit_commitment,
)
from headrace.plan.model.constraints import (
    reserve as spinning,
)
from headrace.plan.model.constraints.context import (
    MONEY,
    ColumnLabel,
    ConstraintContext,
    NodeParameters,
    RowLabel,
)
from headrace.plan.model.investment import (
    InstalledCapacity,
    MasterRow,
    Order,
    cost,
    limits,
    possible,
    standings,
)
from headrace.plan.model.reservations import leaning
from headrace.plan.scenario.discounting import Discounting, node_weight
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode


@dataclass(frozen=True)
class Peak:
    """One master column: the highest activity of a converter in a billing period of a node."""

    node: int
    converter: int
    period: str
    usd: float


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

    Master columns: first orders, then peaks.
    """

    problem: Problem
    system: System
    nodes: tuple[ScenarioNode, ...]
    calendars: tuple[TimeSlices, ...]
    worlds: tuple[NodeParameters, ...]
    clock: Discounting
    orders: tuple[Order, ...]
    peaks: tuple[Peak, ...]
    standings: tuple[tuple[InstalledCapacity, ...], ...]
    labels: tuple[BlockLabels, ...]
    standing_cost: float


def formulate(
    system: System,
    nodes: Sequence[ScenarioNode],
    calendars: Sequence[TimeSlices],
    worlds: Sequence[NodeParameters],
    clock: Discounting,
    spend: Sequence[float] | None = None,
    orders: tuple[Order, ...] | None = None,
    risk: RiskMeasure | None = None,
) -> Formulation:
    """The whole problem. Cost is minimised in thousands of dollars; NPV is minus that.

    orders: what may be ordered where and when it arrives; None: everything that is possible, at its
        own lead time.
    risk: how much the worst branches count; None: the mean alone.
    """
    orders = possible(system, nodes, worlds, clock) if orders is None else orders
    peaks = _peaks(system, nodes, calendars, clock)
    standing = tuple(standings(system, nodes, calendars, orders, n) for n in range(len(nodes)))
    books: dict[int, ProfileBook] = {}
    drafts = [
        _draft(system, nodes[n], calendars[n], worlds[n], standing[n], peaks, n, books)
        for n in range(len(nodes))
    ]
    profiles = {key: book.rows() for key, book in books.items()}
    width = len(orders) + len(peaks)
    blocks = tuple(
        _block(
            nodes[n],
            draft,
            standing[n],
            profiles[id(calendars[n])],
            node_weight(nodes[n], clock),
            (len(orders), width),
        )
        for n, draft in enumerate(drafts)
    )
    held = sum(
        a.stands * a.fixed_cost * clock.years(0, min(a.stands_until, clock.end))
        for a in system.assets
    )
    rows = (*limits(system, nodes, orders, spend), *leaning(system, nodes, orders))
    problem = Problem(
        master=_master(system, nodes, orders, peaks, rows),
        nodes=blocks,
        parent=np.array([node.parent for node in nodes], np.int64),
        probability=np.array([node.probability for node in nodes]),
        constant=held / MONEY,
        risk=risk,
    )
    labels = tuple(draft.labels for draft in drafts)
    problem = tempered(problem)
    return Formulation(
        problem,
        system,
        tuple(nodes),
        tuple(calendars),
        tuple(worlds),
        clock,
        orders,
        peaks,
        standing,
        labels,
        held,
    )


@dataclass(frozen=True)
class _Draft:
    writer: HourWriter
    labels: BlockLabels
    peak_columns: tuple[int, ...]


def _peaks(
    system: System,
    nodes: Sequence[ScenarioNode],
    calendars: Sequence[TimeSlices],
    clock: Discounting,
) -> tuple[Peak, ...]:
    number = {converter.key: i for i, converter in enumerate(system.converters)}
    found = []
    for n, node in enumerate(nodes):
        for charge in system.peaks:
            for name, _ in demand_charge.periods(calendars[n].month, charge):
                months = 1.0 if charge.period == "month" else min(12.0, node.months)
                found.append(
                    Peak(
                        n,
                        number[charge.converter],
                        name,
                        charge.usd * months * node_weight(node, clock),
                    )
                )
    return tuple(found)


def _draft(
    system: System,
    node: ScenarioNode,
    calendar: TimeSlices,
    world: NodeParameters,
    standing: tuple[InstalledCapacity, ...],
    peaks: tuple[Peak, ...],
    number: int,
    books: dict[int, ProfileBook],
) -> _Draft:
    writer = HourWriter(calendar, books.setdefault(id(calendar), ProfileBook(len(calendar.hour))))
    there: dict[str, tuple[tuple[int, Floats | None], ...]] = {}
    for group in standing:
        key = system.assets[group.asset].key
        there[key] = (
            *there.get(key, ()),
            (writer.border(f"{key} {len(there.get(key, ()))}"), group.mask),
        )
    setting = ConstraintContext(writer, world, there, node.stage)
    sold = {str(d.bus): d for d in system.demands}
    for i, promised in enumerate(system.demands):
        if promised.least > 0 and node.stage >= promised.least_from:
            demand.promise(setting, promised, i, _largest_ratio(system, promised))
    for i, converter in enumerate(system.converters):
        conversion.add(setting, converter, i, sold)
        unit_commitment.add(setting, converter, i)
        ramping.add(setting, converter, i)
    for i, store in enumerate(system.stores):
        storage.add(setting, store, i)
    for reserve in system.spinning:
        spinning.add(setting, system, reserve)
    mine = _add_peaks(setting, system, peaks, number)
    borders = tuple(range(len(standing))) + (-1,) * len(mine)
    return _Draft(
        writer,
        BlockLabels(tuple(setting.columns), tuple(setting.rows), tuple(setting.windows), borders),
        mine,
    )


def _largest_ratio(system: System, sold: Demand) -> float:
    ratios = [
        float(np.max(p.ratio))
        for c in system.converters
        for p in c.ports
        if str(p.bus) == str(sold.bus)
    ]
    return max(ratios, default=1.0)


def _add_peaks(
    setting: ConstraintContext, system: System, peaks: tuple[Peak, ...], node: int
) -> tuple[int, ...]:
    mine = []
    for charge in system.peaks:
        number = next(i for i, c in enumerate(system.converters) if c.key == charge.converter)
        if f"activity {charge.converter}" not in setting.writer.columns:
            continue
        here = [i for i, p in enumerate(peaks) if p.node == node and p.converter == number]
        masks = [mask for _, mask in demand_charge.periods(setting.writer.calendar.month, charge)]
        borders = tuple(
            (setting.writer.border(f"peak {charge.converter} {peaks[i].period}"), mask)
            for i, mask in zip(here, masks)
        )
        demand_charge.add(setting, system.converters[number], borders)
        mine.extend(here)
    return tuple(mine)


def _block(
    node: ScenarioNode,
    draft: _Draft,
    standing: tuple[InstalledCapacity, ...],
    profiles: Floats,
    weight: float,
    widths: tuple[int, int],
) -> NodeBlock:
    orders, width = widths
    row: list[int] = []
    column: list[int] = []
    value: list[float] = []
    for i, group in enumerate(standing):
        row.extend([i] * len(group.columns))
        column.extend(group.columns)
        value.extend(group.shares)
    for i, peak_number in enumerate(draft.peak_columns):
        row.append(len(standing) + i)
        column.append(orders + peak_number)
        value.append(1.0)
    shape = (len(standing) + len(draft.peak_columns), width)
    start = np.array([group.start for group in standing] + [0.0] * len(draft.peak_columns))
    return draft.writer.block(
        node.name, weight, profiles, start, csr_array((value, (row, column)), shape=shape)
    )


def _master(
    system: System,
    nodes: Sequence[ScenarioNode],
    orders: tuple[Order, ...],
    peaks: tuple[Peak, ...],
    rows: tuple[MasterRow, ...],
) -> Master:
    names = [f"{nodes[o.node].name}:{system.assets[o.asset].key}" for o in orders]
    names += [
        f"{nodes[p.node].name}:peak {system.converters[p.converter].key} {p.period}" for p in peaks
    ]
    r = [i for i, row in enumerate(rows) for _ in row.columns]
    c = [column for row in rows for column in row.columns]
    v = [value for row in rows for value in row.values]
    return Master(
        columns=tuple(names),
        node=np.array([o.node for o in orders] + [p.node for p in peaks], np.int64),
        cost=np.array([cost(o, nodes[o.node]) for o in orders] + [p.usd / MONEY for p in peaks]),
        upper=np.array([o.most for o in orders] + [_peak_box(system, p) for p in peaks]),
        unit=np.array([system.assets[o.asset].unit_size for o in orders] + [0.0] * len(peaks)),
        rows=tuple(row.name for row in rows),
        matrix=csr_array((v, (r, c)), shape=(len(rows), len(names))),
        rhs=np.array([row.rhs for row in rows]),
    )


def _peak_box(system: System, charged: Peak) -> float:
    asset = system.converters[charged.converter].asset
    most = next((a.at_most for a in system.assets if a.key == asset), np.inf)
    return float(min(most, 50_000.0))
