"""The master's columns and rows: who may order what where, what then stands when, and which limits
that keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Asset, System
from headrace.core.ids import AssetId, AssetRole
from headrace.plan.lp.scaling import MONEY, scale_of
from headrace.plan.model.master_row import MasterRow
from headrace.plan.scenario.arrival import WorkingSpan, known_span, lead_at, leaves_below
from headrace.plan.scenario.discounting import (
    SAME_MONTH,
    Discounting,
    LifetimeCost,
    Presence,
    ending,
    money,
    presence,
    standing_cost,
)
from headrace.plan.scenario.operated_years import StageSpan, order_dates
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode, opening_of, path_to_root

BOX = {"MW": 50_000.0, "MWh": 500_000.0, "accelerator": 1e7}
"""Most of anything that is ordered at one node, where the study sets no limit [own unit]; part of
the problem, and reported.
"""


@dataclass(frozen=True)
class Order:
    """One master column: an asset that may be ordered at a node, or a rent that may be kept on
    there.

    date: when it is ordered; begin, finish: when it works [month]. factor: on the catalogue price
        [1]. most: its box [own unit]. renews: column of the rent that it keeps on, -1 where it is
        new.
    price: what is due for it, undiscounted [USD per unit], without what was paid before and without
        rent.
    """

    node: int
    asset: int
    date: float
    begin: float
    finish: float
    money: LifetimeCost
    factor: float
    most: float
    renews: int = -1
    price: float = 0.0

    def stands_at(self, month: float) -> bool:
        """Whether it works in `month` after the horizon's start [month]."""
        return self.begin <= month < self.finish


@dataclass(frozen=True)
class InstalledCapacity:
    """What stands of one asset in one node under one mask: start + sum share x orders."""

    asset: int
    mask: Floats | None
    start: float
    columns: tuple[int, ...]
    shares: tuple[float, ...]


def fixed_sizes(system: System, standing: Iterable[InstalledCapacity]) -> dict[AssetId, float]:
    """What stands of every asset that no order changes, under all masks together [own unit]."""
    found: dict[AssetId, float] = {}
    moved: set[AssetId] = set()
    for group in standing:
        one = system.assets[group.asset].id
        found[one] = found.get(one, 0.0) + group.start
        moved |= {one} if group.columns else set()
    return {one: size for one, size in found.items() if one not in moved}


def possible(
    system: System,
    nodes: Sequence[ScenarioNode],
    parameters: Sequence[NodeParameters],
    discounting: Discounting,
) -> tuple[Order, ...]:
    """Every order that can be placed and still work within the horizon, and every rent that can be
    kept on.

    What uses up a reservation can be ordered only where one may be held; how much of it, says
    plan/model/reservations.py.
    """
    stages = {StageSpan(node.start, node.decided_until) for node in nodes if node.decides}
    dates = [
        order_dates(system, soonest(asset, nodes), stages, discounting) for asset in system.assets
    ]
    found: list[Order] = []
    for n, node in enumerate(nodes):
        if node.weather:  # ordered once for all years of weather
            continue
        for k, asset in enumerate(system.assets):
            if not slot_may_be_held(system, nodes, asset.id, n):
                continue
            supply = asset.supply * stage_years(nodes, n)
            for date, stage_end in dates[k]:
                if not node.start - SAME_MONTH <= date < node.end - SAME_MONTH:
                    continue
                factor = parameters[n].price_factor(asset, date)
                here = replace(asset, lead_months=lead_at(asset, node))
                finish = ending(here, date, stage_end)
                planned = WorkingSpan(date + here.lead_months, finish)
                spans = spans_below(asset, (n, date), planned, nodes)
                if min(span.begin for _, span in spans) >= discounting.end:
                    continue
                found.append(
                    Order(
                        node=n,
                        asset=k,
                        date=date,
                        begin=planned.begin,
                        finish=finish,
                        money=mean_money(here, date, spans, discounting, factor),
                        factor=factor,
                        most=min(asset.at_most, supply, BOX[asset.unit]),
                        price=factor * asset.price - asset.credit,
                    )
                )
        if node.decides:
            found += renewals(system, nodes, n, found, discounting)
    return tuple(found)


def soonest(asset: Asset, nodes: Sequence[ScenarioNode]) -> Asset:
    """The asset at the shortest lead time that may come true."""
    if asset.waits is None:
        return asset
    return replace(asset, lead_months=min(lead_at(asset, node) for node in nodes))


def spans_below(
    asset: Asset,
    ordered: tuple[int, float],
    planned: WorkingSpan,
    nodes: Sequence[ScenarioNode],
) -> list[tuple[float, WorkingSpan]]:
    """The share of each branch below an order in its probability [1], and when it works there."""
    if asset.waits is None:
        return [(1.0, planned)]
    ends = leaves_below(nodes, ordered[0])
    whole = sum(nodes[n].probability for n in ends)
    return [
        (nodes[n].probability / whole, known_span(asset, ordered, planned, nodes, n)) for n in ends
    ]


def mean_money(
    asset: Asset,
    date: float,
    spans: Sequence[tuple[float, WorkingSpan]],
    discounting: Discounting,
    factor: float,
) -> LifetimeCost:
    """What one unit costs, on the mean of the branches [USD per unit]: its payments have their
    dates, fixed cost and terminal value follow its arrival. factor: on the catalogue price [1].
    """
    each = []
    for share, span in spans:
        here = replace(asset, lead_months=span.begin - date)
        each.append((share, money(here, date, span.finish, discounting, factor)))
    return LifetimeCost(
        each[0][1].payments,
        sum(share * one.fixed for share, one in each),
        sum(share * one.terminal for share, one in each),
    )


def span_at(
    system: System, order: Order, nodes: Sequence[ScenarioNode], number: int
) -> WorkingSpan:
    """When an order works as it is known at node `number`, which is at or below its own."""
    asset = system.assets[order.asset]
    planned = WorkingSpan(order.begin, order.finish)
    return known_span(asset, (order.node, order.date), planned, nodes, number)


def stage_years(nodes: Sequence[ScenarioNode], number: int) -> float:
    """Length of the whole stage that node `number` is a part of [year]."""
    opening = nodes[opening_of(nodes, number)]
    return (opening.decided_until - opening.start) / 12


def slot_may_be_held(system: System, nodes: Sequence[ScenarioNode], use: AssetId, n: int) -> bool:
    """Whether the slot that `use` needs can have been ordered above node `n` and not have lapsed
    there; True where none is needed.
    """
    held = next((r for r in system.reservations if use in r.uses), None)
    if held is None:
        return True
    earliest = system.asset(held.slot).available_from
    times = [nodes[a].start for a in path_to_root(nodes, n)[1:]]
    return any(max(earliest, nodes[n].start - held.window_months) <= time for time in times)


def renewals(
    system: System,
    nodes: Sequence[ScenarioNode],
    n: int,
    known: Sequence[Order],
    discounting: Discounting,
) -> list[Order]:
    """Rents that end in the stage that node `n` opens and may be kept on to its end; no lead time,
    nothing to mobilise.
    """
    line, node, found = set(path_to_root(nodes, n)), nodes[n], []
    end = node.decided_until
    for column, order in enumerate(known):
        asset = system.assets[order.asset]
        if (
            asset.rented
            and order.node in line
            and node.start <= order.finish < min(end, discounting.end)
        ):
            rent = LifetimeCost(0.0, standing_cost(asset, order.finish, end, discounting), 0.0)
            begin, most = order.finish, order.most
            found.append(Order(n, order.asset, begin, begin, end, rent, order.factor, most, column))
    return found


def cost(order: Order, node: ScenarioNode) -> float:
    """Cost of one unit, expected and discounted [USD per unit]."""
    return node.probability * order.money.net


def installed_capacity(
    system: System,
    nodes: Sequence[ScenarioNode],
    time_slices: Sequence[TimeSlices],
    orders: Sequence[Order],
    number: int,
) -> tuple[InstalledCapacity, ...]:
    """What stands in a node, asset by asset and mask by mask; what cannot stand there is absent."""
    line = set(path_to_root(nodes, number))
    node, calendar = nodes[number], time_slices[number]
    groups: dict[tuple[int, bytes], tuple[Floats | None, list[float], list[int], list[float]]] = {}

    def put(asset: int, what: Presence, column: int, amount: float) -> None:
        key = (asset, b"" if what.mask is None else what.mask.tobytes())
        _, start, columns, shares = groups.setdefault(key, (what.mask, [0.0], [], []))
        if column < 0:
            start[0] += amount * what.share
        else:
            columns.append(column)
            shares.append(what.share)

    for k, asset in enumerate(system.assets):
        held = (
            presence(asset, 0.0, asset.stands_until, node, calendar) if asset.stands > 0 else None
        )
        if held:
            put(k, held, -1, asset.stands)
    for column, order in enumerate(orders):
        asset = system.assets[order.asset]
        held = None
        if order.node in line:
            span = span_at(system, order, nodes, number)
            held = presence(asset, span.begin, span.finish, node, calendar)
        if held:
            put(system.asset_numbers[asset.adds_to], held, column, 1.0)
    return tuple(
        InstalledCapacity(k, mask, start[0], tuple(c), tuple(s))
        for (k, _), (mask, start, c, s) in sorted(groups.items(), key=lambda g: g[0])
    )


def as_known(system: System, order: Order, nodes: Sequence[ScenarioNode], number: int) -> Order:
    """An order with the months in which it works as they are known at a node."""
    if system.assets[order.asset].waits is None:
        return order
    span = span_at(system, order, nodes, number)
    return replace(order, begin=span.begin, finish=span.finish)


def limits(
    system: System,
    nodes: Sequence[ScenarioNode],
    orders: Sequence[Order],
    spend: Sequence[float] | None,
) -> tuple[MasterRow, ...]:
    """At-most, joint limits at every moment something changes, and spending by node [USD]; each
    distinct row once.
    """
    found: dict[tuple[tuple[int, ...], tuple[float, ...], float], MasterRow] = {}
    last = {opening_of(nodes, n): n for n in range(len(nodes))}
    for number, node in enumerate(nodes):
        line = set(path_to_root(nodes, number))
        near = [(c, order) for c, order in enumerate(orders) if order.node in line]
        known = [(c, as_known(system, order, nodes, number)) for c, order in near]
        rows: list[MasterRow] = []
        changes = {month for _, order in known for month in (order.begin, order.finish)}
        changes |= {asset.stands_until for asset in system.assets if asset.stands}
        inside = {month for month in changes if node.start < month < node.end}
        for month in sorted({node.start} | inside):
            rows += capacity_limits(system, known, month, number)
        opening = opening_of(nodes, number)
        if number == last[opening]:  # what is ordered in any of its years shares a stage's limits
            here = [(c, o) for c, o in near if opening_of(nodes, o.node) == opening]
            rows += shared_supply(system, here, opening, stage_years(nodes, number))
            if spend is not None:
                columns, prices = tuple(c for c, _ in here), tuple(o.price for _, o in here)
                limit = spend[node.stage - 1]
                rows.append(MasterRow("spend", None, opening, columns, prices, limit, MONEY))
        for row in rows:
            if row.columns:
                found.setdefault((row.columns, row.values, row.rhs), row)
    return tuple(found.values())


def shared_supply(
    system: System, here: Sequence[tuple[int, Order]], number: int, years: float
) -> list[MasterRow]:
    """What is supplied under one key of the fleet in a stage of `years` [year] goes to all sites
    together.
    """
    makers: dict[tuple[AssetRole, str], list[Asset]] = {}
    for asset in system.assets:
        if np.isfinite(asset.supply):
            makers.setdefault((asset.id.role, asset.id.key), []).append(asset)
    rows = []
    for alike in makers.values():
        ids = {asset.id for asset in alike}
        mine = tuple(c for c, o in here if system.assets[o.asset].id in ids)
        supply = max(asset.supply for asset in alike) * years
        ones, scale = (1.0,) * len(mine), scale_of(alike[0].unit)
        rows.append(MasterRow("supply", alike[0].id, number, mine, ones, supply, scale))
    return rows


def capacity_limits(
    system: System, near: Sequence[tuple[int, Order]], month: float, number: int
) -> Iterator[MasterRow]:
    """What may stand at once in `month` after the horizon's start [month]: of each asset, and of
    those that a limit joins.
    """
    there = [(c, system.assets[o.asset].adds_to) for c, o in near if o.stands_at(month)]
    held = {a.id: a.stands if month < a.stands_until else 0.0 for a in system.assets}
    for asset in system.assets:
        if np.isfinite(asset.at_most):
            mine = tuple(c for c, one in there if one == asset.id)
            ones, room = (1.0,) * len(mine), asset.at_most - held[asset.id]
            scale = scale_of(asset.unit)
            yield MasterRow("at_most", asset.id, number, mine, ones, room, scale)
    for limit in system.limits:
        weight = dict(limit.weights)
        mine = tuple(c for c, one in there if one in weight)
        values = tuple(weight[one] for _, one in there if one in weight)
        room = limit.limit - sum(w * held.get(one, 0.0) for one, w in weight.items())
        yield MasterRow("limit", limit, number, mine, values, room)
