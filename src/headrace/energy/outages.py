"""Forced and planned outages of units: how often, how long, and when maintenance is least in the
way.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.technology import TechnologyRow


@dataclass(frozen=True)
class UnitGroup:
    """Equal units of one kind.

    count; size [MW]; forced: share of the hours outside planned outage in which a unit is broken
    [1]; repair: mean time to repair [h]; planned: share of the year in planned outage [1], one
    block a year for each unit.
    """

    name: str
    count: int
    size: float
    forced: float
    repair: float
    planned: float = 0.0

    @property
    def time_to_failure(self) -> float:
        """Mean time from repair to failure [h]; infinite where nothing fails."""
        return np.inf if self.forced == 0 else self.repair * (1 - self.forced) / self.forced

    @property
    def capacity(self) -> float:
        """All units together [MW]."""
        return self.count * self.size


def units_of(
    technology: TechnologyRow, capacity: float, unit_size: float | None = None
) -> UnitGroup:
    """`capacity` [MW] of a technology as whole units of `unit_size` [MW], the last one rounded up.

    Raises InputError for a negative capacity.
    """
    if not 0 <= capacity < 1e7:
        raise InputError(InputFault(Place(), f"a capacity of {capacity} MW", "zero or more"))
    size = unit_size or technology.unit_size.to("MW") or max(capacity, 1.0)
    count = int(np.ceil(capacity / size - 1e-9))
    planned = technology.planned_outage.value
    forced = technology.forced_outage.value / (1 - planned)
    return UnitGroup(technology.key, count, size, forced, technology.repair.to("h"), planned)


def maintenance(
    load: Floats, fleets: tuple[UnitGroup, ...], allowed: Floats | None = None
) -> NDArray[np.int64]:
    """First hour and the hour after the last of each unit's planned outage, shape (unit, 2), units
    in the order of `fleets`.

    Large units first; each block goes where the highest sum of load and capacity already out is
    lowest within the block (levelised reserve, in steps of a day), among those with the most hours
    in which service is allowed. `load`: what the units have to carry [MW], shape (hour,). allowed:
    1 where a kind may be in service, else 0, shape (kind, hour); None allows all.
    """
    hours = len(load)
    burden = np.array(load, dtype=np.float64)
    first = np.cumsum([0, *(fleet.count for fleet in fleets)])
    blocks = np.zeros((int(first[-1]), 2), dtype=np.int64)
    for f in sorted(range(len(fleets)), key=lambda f: -fleets[f].size):
        length = round(fleets[f].planned * hours)
        starts = np.arange(0, max(hours - length, 0) + 1, 24)
        for unit in range(fleets[f].count if length else 0):
            windows = np.lib.stride_tricks.sliding_window_view(burden, length)[starts]
            keys = [windows.mean(axis=1), windows.max(axis=1)]
            if allowed is not None:
                inside = np.lib.stride_tricks.sliding_window_view(allowed[f], length)[starts]
                keys.append(-inside.sum(axis=1))
            # within the allowed hours the window whose maximum is lowest, then the lowest mean
            lowest = np.lexsort(tuple(keys))[0]
            begin = int(starts[lowest])
            burden[begin : begin + length] += fleets[f].size
            blocks[first[f] + unit] = (begin, begin + length)
    return blocks


def capacity_table(fleets: tuple[UnitGroup, ...], step: float = 1.0) -> Floats:
    """Probability that exactly k steps of capacity are in forced outage [1], shape (steps + 1,), by
    exact convolution.

    step [MW]: sizes must be whole multiples of it. Raises InputError otherwise.
    """
    table = np.ones(1)
    for fleet in fleets:
        width = round(fleet.size / step)
        if abs(width * step - fleet.size) > 1e-9 * max(fleet.size, 1.0):
            raise InputError(
                InputFault(
                    Place(), f"units of {fleet.size:g} MW in steps of {step:g} MW", "whole steps"
                )
            )
        for _ in range(fleet.count):
            grown = np.zeros(len(table) + width)
            grown[: len(table)] += table * (1 - fleet.forced)
            grown[width:] += table * fleet.forced
            table = grown
    return table


def expected_loss(
    load: Floats, fleets: tuple[UnitGroup, ...], step: float = 1.0
) -> tuple[float, float]:
    """Exact expectation of hours lost [h] and unserved energy [MWh] over `load` [MW], without
    storage or maintenance.

    The classic loss-of-load expectation; an oracle for the Monte Carlo and for outside results.
    """
    table = capacity_table(fleets, step)
    available = sum(fleet.capacity for fleet in fleets) - step * np.arange(len(table))
    order = np.argsort(available)
    level, chance = available[order], table[order]
    below = np.concatenate([[0.0], np.cumsum(chance)])
    weight = np.concatenate([[0.0], np.cumsum(chance * level)])
    short = np.searchsorted(level, load - 1e-9, side="left")
    lost = below[short]
    energy = lost * load - weight[short]
    return float(lost.sum()), float(energy.sum())
