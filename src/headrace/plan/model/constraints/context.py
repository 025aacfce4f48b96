"""What the constraint families share: the node's writer, what stands there, its parameters, the
labels they leave, and the money that a column moves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Bus
from headrace.core.ids import AssetId, ConverterId, MoneyLineId, ProductId, StoreId
from headrace.plan.lp.scaling import MONEY, scale_of
from headrace.plan.model.block_builder import HourWriter
from headrace.plan.scenario.parameters import NodeParameters

ColumnKind = Literal[
    "activity",
    "charge",
    "discharge",
    "level",
    "short",
    "running",
    "start",
    "off",
    "rise",
    "fall",
    "held",
    "wasted",
    "spilled",
    "beyond",
    "credited",
    "unused",
    "spared",
    "excess",
    "unburnt",
    "billed",
    "lacking",
]
RowKind = Literal[
    "bus",
    "surplus",
    "store",
    "demand",
    "promise",
    "peak",
    "running",
    "spinning",
    "limit",
    "tier",
    "netted",
    "generation",
    "offered",
    "spared",
    "untaken",
    "unused",
    "unburnt",
    "billed",
]
CashKind = Literal[
    "revenue",
    "fuel",
    "variable",
    "peak",
    "payments",
    "fixed",
    "terminal",
    "short",
    "unserved",
    "financing",
    "royalty",
]
About = AssetId | ConverterId | StoreId | ProductId | MoneyLineId
"""What a row, a column or a dollar is about."""


@dataclass(frozen=True)
class ColumnLabel:
    """What an hourly column is: its kind and the number of its converter, store or demand in the
    system; of what is wasted at a bus, the first converter that feeds it. scale: what one unit of
    the column is in the noun's own unit (`lp/scaling.py`).
    """

    kind: ColumnKind
    number: int
    scale: float = 1.0


@dataclass(frozen=True)
class RowLabel:
    """What an hourly row or window is: its kind and what it is about. scale: by what it was divided
    [unit of the row].
    """

    kind: RowKind
    about: About | Bus
    scale: float = 1.0


@dataclass(frozen=True)
class Rate:
    """The money that one unit of a column moves in an hour: a dollar rule, which the objective and
    the cash flow share.

    usd: positive is money in [USD per unit of the noun and hour].
    """

    kind: CashKind
    about: About
    usd: Hourly


@dataclass(frozen=True)
class DemandRow:
    """Where what is served of a product is counted: a row or a window of that number, divided by
    `scale`; weighted: by the hours that each snapshot stands for. share: a further factor by
    snapshot, where windows that differ have one limit [1].
    """

    kind: Literal["row", "window"]
    number: int
    scale: float
    weighted: bool = False
    share: Hourly = 1.0


@dataclass(frozen=True)
class SoldBorders:
    """Where the hours of a node see what is sold of a product. work: border of all that is taken,
    in `size` units of it for the reference; unserved: border of what may go unserved, None where
    nobody leaves for it. most: largest work over the reference [1]. billed: row of what is billed
    as it is served, divided by `scale`; None where all that is sold is.
    """

    work: int
    unserved: int | None
    size: float
    most: float
    billed: int | None = None
    scale: float = 1.0


Cut = Callable[[Hourly], Hourly]
"""A series of the weather year at a node's snapshots; constants stay constants."""


@dataclass
class ConstraintContext:
    """One node while its hours are written.

    standing: linking columns of each asset that is there, with the mask of its hours (None: all);
        absent assets are missing; scales: units of an asset per unit of its linking columns.
    served, promised: where a product's deliveries are counted. sold: of products with offers, the
        linking columns of what is sold. surplus_rows: the other side of the
        balance, of buses where nothing may be thrown away (constraints/surplus.py).
    """

    writer: HourWriter
    parameters: NodeParameters
    standing: Mapping[AssetId, tuple[tuple[int, Floats | None], ...]]
    scales: Mapping[AssetId, float]
    stage: int
    columns: list[ColumnLabel] = field(default_factory=list)
    rows: list[RowLabel] = field(default_factory=list)
    windows: list[RowLabel] = field(default_factory=list)
    bus_rows: dict[Bus, int] = field(default_factory=dict)
    surplus_rows: dict[Bus, int] = field(default_factory=dict)
    served: dict[ProductId, DemandRow] = field(default_factory=dict)
    promised: dict[ProductId, DemandRow] = field(default_factory=dict)
    sold: dict[ProductId, SoldBorders] = field(default_factory=dict)
    _numbers: dict[tuple[ColumnKind, int], int] = field(default_factory=dict)

    def column(
        self,
        label: ColumnLabel,
        about: About,
        rates: tuple[Rate, ...] = (),
        upper: Hourly = 0.0,
        *,
        at_rest: bool = False,
    ) -> int:
        """A labelled column that costs what its rates say; `upper`: the fixed part of its bound
        [own unit]; at_rest: it stands at its bound where nothing is done.
        """
        cost: Hourly = 0.0
        for rate in rates:
            cost = cost - rate.usd * (label.scale / MONEY)
        self.columns.append(label)
        number = self.writer.column(f"{label.kind} {about}", cost, upper / label.scale)
        self._numbers[label.kind, label.number] = number
        if at_rest:
            self.writer.at_rest.append(number)
        return number

    def row(self, label: RowLabel, words: str, rhs: Hourly = 0.0) -> int:
        """A labelled row `... <= rhs` [unit of the row]."""
        self.rows.append(label)
        return self.writer.row(f"{words} {label.about}", rhs)

    def find(self, kind: ColumnKind, number: int) -> int | None:
        """The column of that kind of a converter, store or demand; None where it is not written."""
        return self._numbers.get((kind, number))

    def bus_row(self, bus: Bus) -> int:
        """Row `taken out - put in <= 0` of a bus, written when first needed, divided by
        `scale_of` its unit.
        """
        if bus not in self.bus_rows:
            label = RowLabel("bus", bus, scale_of(bus.unit))
            self.bus_rows[bus] = self.row(label, "bus")
        return self.bus_rows[bus]

    def take_out(self, bus: Bus, column: int, ratio: Hourly) -> None:
        """Each unit of `column` takes `ratio` out of the bus (puts in where negative) [unit of the
        bus per own unit].
        """
        factor = self.columns[column].scale / scale_of(bus.unit)
        self.writer.entry(self.bus_row(bus), column, ratio * factor)
        if bus in self.surplus_rows:
            self.writer.entry(self.surplus_rows[bus], column, -ratio * factor)

    def stand(self, bus: Bus, asset: AssetId, ratio: Hourly) -> None:
        """What stands puts `ratio` into the bus, or takes it out, in every hour [unit of the bus
        per unit of the asset]. What it takes out is used; what it puts in may go unused.
        """
        self.allow_by_asset(self.bus_row(bus), asset, ratio)
        if bus in self.surplus_rows:
            self.allow_by_asset(self.surplus_rows[bus], asset, np.maximum(-ratio, 0.0))

    def bound_by_asset(self, column: int, asset: AssetId, share: Hourly, at: Hourly = 1.0) -> None:
        """Column <= share x capacity of the asset [1], over all of its masks; at: a further factor
        by snapshot [1].
        """
        share = share * (self.scales[asset] / self.columns[column].scale)
        for border, mask in self.standing.get(asset, ()):
            cut = self.writer.cut(share) * at
            self.writer.bound(column, border, cut if mask is None else cut * mask)

    def allow_by_asset(self, row: int, asset: AssetId, value: Hourly, at: Hourly = 1.0) -> None:
        """`value x capacity` on the right of a row [unit of the row per unit of the asset], over
        all of its masks; at: a further factor by snapshot [1].
        """
        value = value * (self.scales[asset] / self.rows[row].scale)
        for border, mask in self.standing.get(asset, ()):
            cut = self.writer.cut(value) * at
            self.writer.allowance(row, border, cut if mask is None else cut * mask)
