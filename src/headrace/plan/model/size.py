"""How large a plan will be, multiplied before any of it is made."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.errors import Place
from headrace.core.files import memory
from headrace.plan.model.build_system import SystemOnTree

BYTES_A_COLUMN = 420
"""What an hourly column takes until its orders are valued: the fifteen million of the embedded
study take 6.2 GB (measured; smaller ones take no more than the base)."""
BASE = 250e6
"""What a plan takes besides: the program and its compiled kernels [byte]."""
OF_A_STORE = 3
"""Columns of a store: what goes in, what comes out, what is kept."""


@dataclass(frozen=True)
class PlanSize:
    """Counts of a plan. hours: of all nodes together."""

    nodes: int
    hours: int
    columns: int

    @property
    def bytes(self) -> float:
        """Memory that solving it takes, about [byte]."""
        return BASE + self.columns * BYTES_A_COLUMN

    def __str__(self) -> str:
        return f"{self.nodes:,} nodes of {self.hours:,} hours, {self.columns:,} hourly columns,"


def size_of(expansion: SystemOnTree) -> PlanSize:
    """What a study makes of nodes, hours and columns; a little more than it will be."""
    system = expansion.system
    an_hour = (
        sum(converter.has_activity for converter in system.converters)
        + OF_A_STORE * len(system.stores)
        + len(system.demands)
    )
    hours = sum(len(slices.hour) for slices in expansion.time_slices)
    return PlanSize(len(expansion.nodes), hours, hours * an_hour)


def refuse_too_large(expansion: SystemOnTree) -> None:
    """Raise InputError for a study whose plan does not fit into the memory that there is."""
    found = size_of(expansion)
    fix = (
        "Keep fewer cases, reveal later, write `horizon: {hours: {weeks: 2}}`, or give more "
        "memory (`--memory`)."
    )
    memory.afford(found.bytes, f"{found}", Place.of("horizon"), fix)
