"""Small nouns of the optimiser, and one node's hours as plain tables, for tests by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from headrace.core.components import Asset, Bus, Converter, Demand, Payment, Port, Store, System
from headrace.core.ids import (
    ELECTRICITY,
    AssetId,
    AssetKind,
    AssetRole,
    CarrierId,
    CarrierKind,
    ConverterId,
    ConverterRole,
    ProductId,
    StoreId,
)
from headrace.plan.lp.problem import NodeBlock
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.constraints.context import ConstraintContext
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode

POWER = Bus(ELECTRICITY, "here", "MWh")
SOLD = ProductId("power")
MARKET = Bus(CarrierId(CarrierKind.PRODUCT, SOLD), "", "MWh")


def asset(key: str = "plant", role: AssetRole = AssetRole.BUILD, **more: Any) -> Asset:
    """A MW that costs 100 USD at once, has no fixed cost, arrives at once and lives ten years."""
    given: dict[str, Any] = {
        "payments": (Payment(0.0, 100.0),),
        "fixed_cost": 0.0,
        "lead_months": 0.0,
        "life_months": 120.0,
        "unit": "MW",
        "kind": AssetKind.SUPPLY,
    }
    return Asset(id=AssetId("here", role, key), title=key, **{**given, **more})


def plant(of: Asset, **more: Any) -> Converter:
    """A plant of an asset that puts its activity into the bus of the site."""
    ports = more.pop("ports", (Port(POWER, 1.0),))
    return Converter(ConverterId(ConverterRole.PLANT, of.id), of.title, ports, of.id, **more)


def delivery(**more: Any) -> Converter:
    """Electricity of the site sold as the product."""
    ports = (Port(POWER, -1.0), Port(MARKET, 1.0))
    return Converter(ConverterId(ConverterRole.DELIVERY, None, SOLD), "sold", ports, **more)


def sold(**more: Any) -> Demand:
    """10 MW of the product at 50 USD/MWh."""
    return Demand(
        SOLD, "power", MARKET, more.pop("quantity", 10.0), more.pop("price", 50.0), **more
    )


def cell(power: Asset, energy: Asset, **more: Any) -> Store:
    """A store of two assets, 0.9 in and 0.9 out."""
    given = {"efficiency_in": 0.9, "efficiency_out": 0.9, **more}
    return Store(StoreId(power.id), "cell", POWER, power.id, energy.id, **given)


def system(assets: Sequence[Asset], converters: Sequence[Converter] = (), **more: Any) -> System:
    """A system of these nouns."""
    parts = {"stores": (), "demands": (), **more}
    return System(tuple(assets), tuple(converters), **parts)


def node(start: float = 0.0, months: float = 12.0, **more: Any) -> ScenarioNode:
    """A node of the tree that begins in month `start`; the root, unless it says otherwise."""
    given: dict[str, Any] = {
        "name": "now",
        "parent": -1,
        "stage": 1,
        "probability": 1.0,
        "label": "",
        "cases": {},
        "values": {},
        "growth": {},
        "blocks": {},
    }
    return ScenarioNode(start=start, months=months, **{**given, **more})


def parameters(**more: Any) -> NodeParameters:
    """What holds at a node where nothing is said: no fuel, every factor 1."""
    given: dict[str, Any] = {"fuel": {}, "capex": {}, "level": {}, "price": {}, "blocks": {}}
    return NodeParameters(**{**given, **more})


def circle(hours: int = 3, weight: float = 1.0) -> TimeSlices:
    """Hours that follow each other in one circle, each counting `weight` hours, all in one day."""
    index = np.arange(hours, dtype=np.int64)
    return TimeSlices(
        hour=index,
        weights=np.full(hours, weight),
        next_hour=np.roll(index, -1),
        day=0 * index,
        months=((12.0, None),),
        offset=index.astype(np.float64),
        like=index,
        span=hours * weight,
        labelled="hours",
    )


def context(
    there: Sequence[Asset] = (),
    holds: NodeParameters | None = None,
    slices: TimeSlices | None = None,
    masks: dict[AssetId, np.ndarray] | None = None,
) -> ConstraintContext:
    """A node in which these assets stand, in all hours or in those of their mask."""
    slices = slices or circle()
    writer = HourWriter(slices, ProfileBook(len(slices.hour)))
    standing = {a.id: ((writer.border(str(a.id)), (masks or {}).get(a.id)),) for a in there}
    scales = {a.id: 1.0 for a in there}
    return ConstraintContext(writer, holds or parameters(), standing, scales, 1)


def block(of: ConstraintContext) -> NodeBlock:
    """The finished block, where one unit of everything stands."""
    count = len(of.writer.borders)
    rows = of.writer._book.rows()
    return of.writer.block("now", 1.0, rows, np.ones(count), csr_array((count, 1)))


def table(of: ConstraintContext, part: str) -> dict[tuple[str, str], list[float]]:
    """Entries of one small matrix by the names of its row and column, hour by hour.

    part: rows, allowed (borders on the right of rows), upper (borders in a bound), now, next
    (chains) or windows.
    """
    made = block(of)
    t = made.template
    pattern, values, rows, columns = {
        "rows": (t.row_entries, made.row_entries, t.rows, t.columns),
        "allowed": (t.row_border, made.row_border, t.rows, t.borders),
        "upper": (t.upper_border, made.upper_border, t.columns, t.borders),
        "now": (t.chain_now, made.chain_now, t.chains, t.columns),
        "next": (t.chain_next, made.chain_next, t.chains, t.columns),
        "windows": (t.window_entries, made.window_entries, t.windows, t.columns),
    }[part]
    numbers = values.hourly(made.profiles)
    return {
        (rows[r].split(" ")[0], columns[c].split(" ")[0]): [round(float(x), 9) for x in numbers[e]]
        for e, (r, c) in enumerate(zip(pattern.row, pattern.column))
    }


def costs(of: ConstraintContext) -> dict[str, list[float]]:
    """Cost of every column by the first word of its name [USD per unit and hour]."""
    made = block(of)
    numbers = 1e3 * made.cost.hourly(made.profiles)
    return {
        name.split(" ")[0]: [round(float(x), 9) for x in numbers[j]]
        for j, name in enumerate(made.template.columns)
    }
