"""Running plant: fuel at part load, units on line, starts, ramps, water - exact here, linear in the
plan.

A unit at a share u of full load burns heat_rate x u / (1 - k (1 - u)) per MW of its size. The plan
knows one straight line,

    fuel = no_load x running capacity + slope x output,

which meets the exact curve at minimum and at full load. `replay` runs whole units over an output
the plan has asked for and says what the straight line left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.technology import TechnologyRow, value_of
from headrace.energy.thermal import fuel_at


@dataclass(frozen=True)
class FuelLine:
    """The plan's straight line: no_load [MMBtu/h per MW running], slope [MMBtu/MWh], minimum load
    [1].

    worst: largest relative distance of the line from the exact curve between minimum and full load
        [1].
    """

    no_load: float
    slope: float
    minimum: float
    worst: float


def fuel_line(technology: TechnologyRow) -> FuelLine:
    """The straight line through the exact fuel at minimum and full load; through the origin for a
    plant without minimum.
    """
    least = value_of(technology.minimum_load, "1")
    low, full = (float(fuel_at(technology, np.array([u]))[0]) for u in (least, 1.0))
    slope = (full - low) / (1.0 - least) if least < 1.0 else full
    no_load = full - slope
    loads = np.linspace(max(least, 1e-6), 1.0, 201)
    exact = fuel_at(technology, loads)
    with np.errstate(invalid="ignore", divide="ignore"):
        off = np.abs(no_load + slope * loads - exact) / exact
    return FuelLine(no_load, slope, least, float(np.nan_to_num(off).max()))


@dataclass(frozen=True, eq=False)
class DispatchReplay:
    """A year of whole units.

    running: units on line by hour; fuel [MMBtu], starts, start_fuel [MMBtu], start_cost [USD];
    dumped: energy made only because a unit cannot run lower [MWh]; unserved: asked for beyond what
    all units can give [MWh]; ramp_violations: hours whose change of output exceeds the ramp of the
    running units; linear_fuel: what the plan's line says [MMBtu]; water [m3].
    """

    running: Ints
    fuel: float
    starts: int
    start_fuel: float
    start_cost: float
    dumped: float
    unserved: float
    ramp_violations: int
    linear_fuel: float
    water: float

    @property
    def fuel_difference(self) -> float:
        """Exact fuel, starts included, over the plan's line, less one [1]."""
        return (self.fuel + self.start_fuel) / self.linear_fuel - 1.0 if self.linear_fuel else 0.0


def replay(
    technology: TechnologyRow,
    output: Floats,
    count: int,
    size: float,
    *,
    spinning: Floats | float = 0.0,
    left: Floats | float = 1.0,
    circle: bool = False,
) -> DispatchReplay:
    """Run `count` units of `size` MW to give `output` [MW by hour], with `spinning` MW of reserve
    on line.

    As few units as possible run, equally loaded; a unit stays on for an hour of need that follows
    within its start.
    left: share of a unit's nameplate that weather leaves it (`thermal.derate`). circle: the first
        hour follows the last, so that what runs in both was not started. Raises InputError for
        outputs that are negative or not finite.
    """
    if not (np.isfinite(output).all() and (output >= 0).all()) or count < 0 or size <= 0:
        raise InputError(
            InputFault(
                Place(key=technology.key), "an output that is negative or not finite, or no units"
            )
        )
    full = size * np.asarray(left, dtype=np.float64)
    given = np.minimum(output, count * full)
    running = np.minimum(
        count, np.ceil((given + np.where(given > 0, spinning, 0.0)) / full - 1e-9)
    ).astype(np.int64)
    least = value_of(technology.minimum_load, "1")
    made = np.maximum(given, running * least * full)
    load = np.divide(made, running * full, out=np.zeros_like(made), where=running > 0)
    fuel = float((running * full * fuel_at(technology, load)).sum())
    starts = int(np.maximum(np.diff(running, prepend=running[-1] if circle else 0), 0).sum())
    line = fuel_line(technology)
    return DispatchReplay(
        running=running,
        fuel=fuel,
        starts=starts,
        start_fuel=starts * size * value_of(technology.start_fuel, "MMBtu/MW"),
        start_cost=starts * size * value_of(technology.start_cost, "USD/MW"),
        dumped=float((made - given).sum()),
        unserved=float((output - given).sum()),
        ramp_violations=ramp_violations(technology, made, running, size),
        linear_fuel=float((line.no_load * given + line.slope * given).sum()),
        water=float(made.sum()) * value_of(technology.water, "m3/MWh"),
    )


def ramp_violations(technology: TechnologyRow, made: Floats, running: Ints, size: float) -> int:
    """Hours in which the units on line cannot follow `made` [MW by hour]; running: units of `size`
    [MW] by hour. Units that start bring their minimum load with them, and up to all of their size.
    """
    if technology.ramp is None:
        return 0
    hourly = min(1.0, 60.0 * technology.ramp.to("1/min")) * size
    stayed = np.minimum(running[1:], running[:-1])
    started_or_stopped = np.abs(np.diff(running)) * size
    return int((np.abs(np.diff(made)) > hourly * stayed + started_or_stopped + 1e-9).sum())
