"""The master's columns and rows: who may order what where, what then stands when, and which limits that keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.nouns import Asset, Floats, System
from headrace.plan.calendar import Calendar
from headrace.plan.constraints.setting import MONEY, World
from headrace.plan.timing import Clock, OrderMoney, Presence, arrival, can_order, moments, money, presence, stands_at
from headrace.plan.tree import Node

BOX = {"MW": 50_000.0, "MWh": 500_000.0}
"""Most of anything that is ordered at one node, where the study sets no limit; part of the problem, and reported."""


@dataclass(frozen=True)
class Order:
    """One master column: an asset that may be ordered at a node. most: its box."""

    node: int
    asset: int
    begin: float
    money: OrderMoney
    factor: float
    most: float


@dataclass(frozen=True)
class MasterRow:
    """sum of coefficients x orders <= rhs."""

    name: str
    columns: tuple[int, ...]
    values: tuple[float, ...]
    rhs: float


@dataclass(frozen=True)
class Standing:
    """What stands of one asset in one node under one mask: start + sum share x orders."""

    asset: int
    mask: Floats | None
    start: float
    columns: tuple[int, ...]
    shares: tuple[float, ...]


def ancestors(nodes: Sequence[Node], number: int) -> list[int]:
    """A node's line from itself up to the root."""
    line = [number]
    while nodes[line[-1]].parent >= 0:
        line.append(nodes[line[-1]].parent)
    return line


def possible(system: System, nodes: Sequence[Node], worlds: Sequence[World], clock: Clock) -> tuple[Order, ...]:
    """Every order that can be placed and still work within the horizon."""
    found = []
    for n, node in enumerate(nodes):
        for k, asset in enumerate(system.assets):
            if can_order(asset, node, clock):
                factor = worlds[n].capex.get(asset.belief, 1.0)
                most = min(asset.at_most, asset.supply * node.years, BOX.get(asset.unit, 1e4))
                found.append(Order(n, k, arrival(asset, node), money(asset, node, clock, factor), factor, most))
    return tuple(found)


def cost(order: Order, node: Node) -> float:
    """Cost of one unit in the solver's objective."""
    return node.probability * order.money.net / MONEY


def standings(
    system: System, nodes: Sequence[Node], calendars: Sequence[Calendar], orders: Sequence[Order], number: int
) -> tuple[Standing, ...]:
    """What stands in a node, asset by asset and mask by mask; what cannot stand there is absent."""
    line = set(ancestors(nodes, number))
    node, calendar = nodes[number], calendars[number]
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
        held = presence(asset, 0.0, node, calendar, asset.stands_until) if asset.stands > 0 else None
        if held:
            put(k, held, -1, asset.stands)
    for column, order in enumerate(orders):
        held = presence(system.assets[order.asset], order.begin, node, calendar) if order.node in line else None
        if held:
            put(order.asset, held, column, 1.0)
    return tuple(
        Standing(k, mask, start[0], tuple(c), tuple(s))
        for (k, _), (mask, start, c, s) in sorted(groups.items(), key=lambda g: g[0])
    )


def limits(system: System, nodes: Sequence[Node], orders: Sequence[Order], spend: Sequence[float] | None) -> tuple[MasterRow, ...]:
    """At-most, joint limits at every moment something changes, and spending by node; each distinct row once."""
    found: dict[tuple[tuple[int, ...], tuple[float, ...], float], MasterRow] = {}

    def keep(row: MasterRow) -> None:
        if row.columns:
            found.setdefault((row.columns, row.values, row.rhs), row)

    for number, node in enumerate(nodes):
        line = set(ancestors(nodes, number))
        near = [(c, order) for c, order in enumerate(orders) if order.node in line]
        for month in _moments(system.assets, near, node):
            _keep_limits(system, near, month, node, keep)
        for row in _shared_supply(system, near, number, node):
            keep(row)
        if spend is not None:
            here = [(c, o) for c, o in near if o.node == number]
            prices = tuple(system.assets[o.asset].price * o.factor / MONEY for _, o in here)
            keep(MasterRow(f"spend {node.name}", tuple(c for c, _ in here), prices, spend[node.stage - 1] / MONEY))
    return tuple(found.values())


def _shared_supply(system: System, near: Sequence[tuple[int, Order]], number: int, node: Node) -> list[MasterRow]:
    """Accelerators of one name are supplied to all sites together."""
    rows = []
    for name in dict.fromkeys(a.name for a in system.assets if np.isfinite(a.supply)):
        mine = tuple(c for c, o in near if o.node == number and system.assets[o.asset].name == name)
        supply = max(a.supply for a in system.assets if a.name == name)
        rows.append(MasterRow(f"supply of {name} {node.name}", mine, (1.0,) * len(mine), supply * node.years))
    return rows


def _moments(assets: Sequence[Asset], near: Sequence[tuple[int, Order]], node: Node) -> list[float]:
    inside = {m for _, order in near for m in moments(assets[order.asset], order.begin, node)}
    ends = {asset.stands_until for asset in assets if asset.stands and node.start < asset.stands_until < node.end}
    return sorted({node.start} | inside | ends)


def _keep_limits(system: System, near: Sequence[tuple[int, Order]], month: float, node: Node, keep: object) -> None:
    there = [(c, o) for c, o in near if stands_at(system.assets[o.asset], o.begin, month)]
    held = {asset.key: asset.stands if month < asset.stands_until else 0.0 for asset in system.assets}
    for k, asset in enumerate(system.assets):
        mine = tuple(c for c, o in there if o.asset == k)
        if np.isfinite(asset.at_most):
            keep(MasterRow(f"at most {asset.key} {node.name}", mine, (1.0,) * len(mine), asset.at_most - held[asset.key]))  # type: ignore[operator]
    for limit in system.limits:
        weight = dict(limit.weights)
        mine = tuple(c for c, o in there if system.assets[o.asset].key in weight)
        values = tuple(weight[system.assets[orders_asset].key] for orders_asset in (o.asset for c, o in there if c in mine))
        rhs = limit.limit - sum(w * held.get(key, 0.0) for key, w in weight.items())
        keep(MasterRow(f"{limit.name} {node.name}", mine, values, rhs))  # type: ignore[operator]
