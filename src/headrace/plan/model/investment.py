"""The master's columns and rows: who may order what where, what then stands when, and which limits
that keeps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Asset, System
from headrace.plan.model.constraints.context import MONEY, NodeParameters
from headrace.plan.scenario.discounting import (
    Discounting,
    LifetimeCost,
    Presence,
    arrival,
    can_order,
    ending,
    money,
    presence,
    standing_cost,
)
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode, line_of

BOX = {"MW": 50_000.0, "MWh": 500_000.0}
"""Most of anything that is ordered at one node, where the study sets no limit; part of the problem,
and reported.
"""


@dataclass(frozen=True)
class Order:
    """One master column: an asset that may be ordered at a node, or a rent that may be kept on
    there.

    begin, finish: months in which it works. most: its box. renews: column of the rent that it keeps
        on, -1 where it is new.
    price: what is due for it, undiscounted [USD per unit], without what was paid before and without
        rent.
    """

    node: int
    asset: int
    begin: float
    finish: float
    money: LifetimeCost
    factor: float
    most: float
    renews: int = -1
    price: float = 0.0

    def stands_at(self, month: float) -> bool:
        """Whether it works in `month`."""
        return self.begin <= month < self.finish


@dataclass(frozen=True)
class MasterRow:
    """sum of coefficients x orders <= rhs."""

    name: str
    columns: tuple[int, ...]
    values: tuple[float, ...]
    rhs: float


@dataclass(frozen=True)
class InstalledCapacity:
    """What stands of one asset in one node under one mask: start + sum share x orders."""

    asset: int
    mask: Floats | None
    start: float
    columns: tuple[int, ...]
    shares: tuple[float, ...]


def possible(
    system: System,
    nodes: Sequence[ScenarioNode],
    worlds: Sequence[NodeParameters],
    clock: Discounting,
) -> tuple[Order, ...]:
    """Every order that can be placed and still work within the horizon, and every rent that can be
    kept on.

    What uses up a reservation can be ordered only where one may be held; how much of it, says
    plan/model/reservations.py.
    """
    found: list[Order] = []
    for n, node in enumerate(nodes):
        for k, asset in enumerate(system.assets):
            if can_order(asset, node, clock) and _may_hold(system, nodes, asset.key, n):
                found.append(
                    _order(asset, k, nodes, n, worlds[n].capex.get(asset.belief, 1.0), clock)
                )
        found += _kept_on(system, nodes, n, found, clock)
    return tuple(found)


def _may_hold(system: System, nodes: Sequence[ScenarioNode], key: str, n: int) -> bool:
    """Whether a slot may be held at node `n` that is needed for `key`; True where none is needed."""
    held = next((r for r in system.reservations if key in r.uses), None)
    if held is None:
        return True
    earliest = next(a.available_from for a in system.assets if a.key == held.slot)
    times = [nodes[a].start for a in line_of(nodes, n)[1:]]
    return any(max(earliest, nodes[n].start - held.window_months) <= time for time in times)


def _order(
    asset: Asset, k: int, nodes: Sequence[ScenarioNode], n: int, factor: float, clock: Discounting
) -> Order:
    node = nodes[n]
    return Order(
        node=n,
        asset=k,
        begin=arrival(asset, node),
        finish=ending(asset, node),
        money=money(asset, node, clock, factor),
        factor=factor,
        most=min(asset.at_most, asset.supply * node.years, BOX.get(asset.unit, 1e4)),
        price=factor * asset.price - asset.credit,
    )


def _kept_on(
    system: System,
    nodes: Sequence[ScenarioNode],
    n: int,
    known: Sequence[Order],
    clock: Discounting,
) -> list[Order]:
    """Rents that end in the stage of node `n` and may be kept on to its end; no lead time, nothing
    to mobilise.
    """
    line, node, found = set(line_of(nodes, n)), nodes[n], []
    for column, order in enumerate(known):
        asset = system.assets[order.asset]
        if (
            asset.rented
            and order.node in line
            and node.start <= order.finish < min(node.end, clock.end)
        ):
            rent = LifetimeCost(0.0, standing_cost(asset, order.finish, node.end, clock), 0.0)
            found.append(
                Order(
                    n, order.asset, order.finish, node.end, rent, order.factor, order.most, column
                )
            )
    return found


def cost(order: Order, node: ScenarioNode) -> float:
    """Cost of one unit in the solver's objective."""
    return node.probability * order.money.net / MONEY


def standings(
    system: System,
    nodes: Sequence[ScenarioNode],
    calendars: Sequence[TimeSlices],
    orders: Sequence[Order],
    number: int,
) -> tuple[InstalledCapacity, ...]:
    """What stands in a node, asset by asset and mask by mask; what cannot stand there is absent."""
    line = set(line_of(nodes, number))
    node, calendar = nodes[number], calendars[number]
    place = {asset.key: k for k, asset in enumerate(system.assets)}
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
        held = (
            presence(asset, order.begin, order.finish, node, calendar)
            if order.node in line
            else None
        )
        if held:
            put(place[asset.into or asset.key], held, column, 1.0)
    return tuple(
        InstalledCapacity(k, mask, start[0], tuple(c), tuple(s))
        for (k, _), (mask, start, c, s) in sorted(groups.items(), key=lambda g: g[0])
    )


def limits(
    system: System,
    nodes: Sequence[ScenarioNode],
    orders: Sequence[Order],
    spend: Sequence[float] | None,
) -> tuple[MasterRow, ...]:
    """At-most, joint limits at every moment something changes, and spending by node; each distinct
    row once.
    """
    found: dict[tuple[tuple[int, ...], tuple[float, ...], float], MasterRow] = {}

    def keep(row: MasterRow) -> None:
        if row.columns:
            found.setdefault((row.columns, row.values, row.rhs), row)

    for number, node in enumerate(nodes):
        line = set(line_of(nodes, number))
        near = [(c, order) for c, order in enumerate(orders) if order.node in line]
        for month in _moments(system.assets, near, node):
            _keep_limits(system, near, month, node, keep)
        for row in _shared_supply(system, near, number, node):
            keep(row)
        if spend is not None:
            here = [(c, o) for c, o in near if o.node == number]
            prices = tuple(o.price / MONEY for _, o in here)
            keep(
                MasterRow(
                    f"spend {node.name}",
                    tuple(c for c, _ in here),
                    prices,
                    spend[node.stage - 1] / MONEY,
                )
            )
    return tuple(found.values())


def _shared_supply(
    system: System, near: Sequence[tuple[int, Order]], number: int, node: ScenarioNode
) -> list[MasterRow]:
    """Accelerators of one name are supplied to all sites together."""
    rows = []
    for name in dict.fromkeys(a.name for a in system.assets if np.isfinite(a.supply)):
        mine = tuple(c for c, o in near if o.node == number and system.assets[o.asset].name == name)
        supply = max(a.supply for a in system.assets if a.name == name)
        rows.append(
            MasterRow(
                f"supply of {name} {node.name}", mine, (1.0,) * len(mine), supply * node.years
            )
        )
    return rows


def _moments(
    assets: Sequence[Asset], near: Sequence[tuple[int, Order]], node: ScenarioNode
) -> list[float]:
    inside = {
        month
        for _, order in near
        for month in (order.begin, order.finish)
        if node.start < month < node.end
    }
    ends = {
        asset.stands_until
        for asset in assets
        if asset.stands and node.start < asset.stands_until < node.end
    }
    return sorted({node.start} | inside | ends)


def _keep_limits(
    system: System,
    near: Sequence[tuple[int, Order]],
    month: float,
    node: ScenarioNode,
    keep: object,
) -> None:
    there = [
        (c, o, system.assets[o.asset].into or system.assets[o.asset].key)
        for c, o in near
        if o.stands_at(month)
    ]
    held = {
        asset.key: asset.stands if month < asset.stands_until else 0.0 for asset in system.assets
    }
    for asset in system.assets:
        mine = tuple(c for c, _, key in there if key == asset.key)
        if np.isfinite(asset.at_most):
            keep(
                MasterRow(
                    f"at most {asset.key} {node.name}",
                    mine,
                    (1.0,) * len(mine),
                    asset.at_most - held[asset.key],
                )
            )  # type: ignore[operator]
    for limit in system.limits:
        weight = dict(limit.weights)
        mine = tuple(c for c, _, key in there if key in weight)
        values = tuple(weight[key] for _, _, key in there if key in weight)
        rhs = limit.limit - sum(w * held.get(key, 0.0) for key, w in weight.items())
        keep(MasterRow(f"{limit.name} {node.name}", mine, values, rhs))  # type: ignore[operator]
