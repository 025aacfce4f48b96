"""What the constraint families share: the node's writer, what stands there, its prices, and the
labels they leave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Bus
from headrace.plan.model.block_builder import HourWriter

MONEY = 1e3
"""Dollars per unit of the solver's objective: thousands keep coefficients near one."""

ColumnKind = Literal[
    "activity", "charge", "discharge", "level", "short", "running", "start", "rise", "fall", "held"
]
RowKind = Literal["bus", "demand", "peak", "running", "spinning"]


@dataclass(frozen=True)
class ColumnLabel:
    """What an hourly column is: its kind and the number of its converter, store or demand in the
    system.
    """

    kind: ColumnKind
    number: int


@dataclass(frozen=True)
class RowLabel:
    """What an hourly row or window is: its kind, the bus or name it is about, and by what it was
    divided.
    """

    kind: RowKind
    name: str
    scale: float = 1.0


@dataclass(frozen=True)
class NodeParameters:
    """What holds at one tree node.

    fuel: price with its carbon [USD/MMBtu]; fuel_co2 [t/MMBtu] for the books; capex: factor on an
        asset's price by belief; level and price: factors on a demand and on its price; blocks:
        demand by load block where it is given outright.
    """

    fuel: Mapping[str, float]
    capex: Mapping[str, float]
    level: Mapping[str, float]
    price: Mapping[str, float]
    blocks: Mapping[str, Floats]


@dataclass
class ConstraintContext:
    """One node while its hours are written.

    standing: borders of each asset that is there, with the mask of its hours (None: all); absent
        assets are missing.
    """

    writer: HourWriter
    world: NodeParameters
    standing: Mapping[str, tuple[tuple[int, Floats | None], ...]]
    stage: int
    columns: list[ColumnLabel] = field(default_factory=list)
    rows: list[RowLabel] = field(default_factory=list)
    windows: list[RowLabel] = field(default_factory=list)
    bus_rows: dict[Bus, int] = field(default_factory=dict)
    demand_rows: dict[str, tuple[str, int, float]] = field(default_factory=dict)

    def column(self, name: str, cost: Hourly, label: ColumnLabel, upper: Hourly = 0.0) -> int:
        """A labelled column."""
        self.columns.append(label)
        return self.writer.column(name, cost, upper)

    def row(self, name: str, label: RowLabel, rhs: Hourly = 0.0) -> int:
        """A labelled row."""
        self.rows.append(label)
        return self.writer.row(name, rhs)

    def find(self, name: str) -> int | None:
        """A column by its name; None where it is not written."""
        return self.writer.columns.index(name) if name in self.writer.columns else None

    def bus_row(self, bus: Bus) -> int:
        """Row `taken out - put in <= 0` of a bus, written when first needed."""
        if bus not in self.bus_rows:
            self.bus_rows[bus] = self.row(f"bus {bus}", RowLabel("bus", str(bus)))
        return self.bus_rows[bus]

    def bound_by_asset(self, column: int, asset: str, share: Hourly) -> None:
        """Column <= share x capacity of the asset, over all of its borders."""
        for border, mask in self.standing.get(asset, ()):
            cut = self.writer.cut(share)
            self.writer.bound(column, border, cut if mask is None else cut * mask)

    def allow_by_asset(self, row: int, asset: str, value: Hourly) -> None:
        """`value x capacity` on the right of a row, over all borders of the asset."""
        for border, mask in self.standing.get(asset, ()):
            cut = self.writer.cut(value)
            self.writer.allowance(row, border, cut if mask is None else cut * mask)
