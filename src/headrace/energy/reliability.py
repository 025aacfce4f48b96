"""Does the built fleet carry the load? Monte Carlo of outages and weather, hour by hour, on plain
arrays.

A sample draws a weather year and a history of failures and repairs, and runs the year: sun and wind
and the grid first, then the units that are up, then the store; what is left over charges the store.
Nothing is optimised: serving first is what an operator does in scarcity, and it loses the least
energy any operation could lose without foresight of tariffs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.outages import UnitGroup, maintenance
from headrace.energy.reliability_kernel import run_samples

WEEK = 168


@dataclass(frozen=True)
class StoreSize:
    """A store: power [MW], energy [MWh], one-way efficiencies [1], share of energy at the start
    [1].
    """

    power: float = 0.0
    energy: float = 0.0
    efficiency_in: float = 1.0
    efficiency_out: float = 1.0
    start: float = 1.0

    @property
    def possible(self) -> bool:
        """Whether sizes are zero or more and efficiencies and the start are shares."""
        return (
            self.power >= 0
            and self.energy >= 0
            and 0 < self.efficiency_in <= 1
            and 0 < self.efficiency_out <= 1
            and 0 <= self.start <= 1
        )


@dataclass(frozen=True, eq=False)
class PlantFleet:
    """What stands at a site, as plain arrays.

    load [MW], shape (hour,). free: output that costs nothing to wait for - sun, wind, grid - by
    weather year [MW], shape (year, hour). units: kinds of units; derate: share of their nameplate
    that weather leaves, shape (kind, year, hour) or 1. service: 1 in the hours in which a kind may
    be in service, else 0, shape (kind, hour); None allows all.
    """

    load: Floats
    free: Floats
    units: tuple[UnitGroup, ...] = ()
    derate: Floats | float = 1.0
    store: StoreSize = field(default_factory=StoreSize)
    service: Floats | None = None

    def shares(self) -> Floats:
        """`derate` in full [1], shape (kind, year, hour)."""
        shape = (len(self.units), *self.free.shape)
        return np.ascontiguousarray(
            np.broadcast_to(np.asarray(self.derate, dtype=np.float64), shape)
        )

    def faults(self) -> list[InputFault]:
        """Arrays that do not fit together or are not finite, and figures no plant can have."""
        hours, free = len(self.load), self.free
        found = []
        if free.ndim != 2 or free.shape[1] != hours or not free.shape[0]:
            shape = f"free output of shape {free.shape}"
            found.append(InputFault(Place(), shape, f"(weather years, {hours})"))
        elif not (
            np.isfinite(free).all() and np.isfinite(self.load).all() and (self.load >= 0).all()
        ):
            found.append(InputFault(Place(), "load or free output that is negative or not finite"))
        found += [
            InputFault(
                Place(key=group.name),
                f"{group}",
                "0 <= forced < 1, repair >= 1 h, 0 <= planned <= 0.5, count and size >= 0",
            )
            for group in self.units
            if not (
                0 <= group.forced < 1
                and group.repair >= 1
                and 0 <= group.planned <= 0.5
                and 0 <= group.count <= 100_000
                and group.size >= 0
            )
        ]
        found += [
            InputFault(
                Place(key=group.name),
                f"fails every {group.time_to_failure:.2g} h",
                "more than an hour between failures",
            )
            for group in self.units
            if group.time_to_failure < 1
        ]
        if not self.store.possible:
            wanted = "sizes >= 0, efficiencies in (0, 1], start in [0, 1]"
            found.append(InputFault(Place(), f"{self.store}", wanted))
        return found


@dataclass(frozen=True, eq=False)
class Reliability:
    """Losses by sample, shape (sample,): hours lost [h/year], unserved energy [MWh/year], worst
    week's [MWh], longest run [h].

    demand: energy asked for in the year [MWh]; peak: highest load of an hour [MW]; hours: of the
    year [h].
    """

    hours_lost: Floats
    unserved: Floats
    worst_week: Floats
    longest: Floats
    demand: float
    peak: float
    hours: int = 8760

    @property
    def availability(self) -> float:
        """Share of the energy asked for that is served, mean over samples [1]."""
        return 1.0 - float(self.unserved.mean()) / self.demand

    @property
    def availability_bound(self) -> float:
        """Lower bound of the availability at 95 % confidence, one-sided, from the spread of the
        samples [1].

        Where fewer than ten samples lose anything, the spread says little: then a loss as bad as
        the worst seen, at least an hour of the peak, is added with the chance of three in the
        number of samples (the rule of three).
        """
        return 1.0 - upper_mean(self.unserved, self.peak) / self.demand

    @property
    def hours_served(self) -> float:
        """Share of the hours in which the whole load is carried, mean over samples [1]."""
        return 1.0 - float(self.hours_lost.mean()) / self.hours

    @property
    def hours_bound(self) -> float:
        """Lower bound of `hours_served` at 95 % confidence, as that of the availability [1]."""
        return 1.0 - upper_mean(self.hours_lost, 1.0) / self.hours

    def meets(self, target: float) -> bool:
        """Whether the availability is at least `target` [1] with 95 % confidence."""
        return self.availability_bound >= target


def upper_mean(losses: Floats, least: float) -> float:
    """Upper bound at 95 % confidence, one-sided, of the mean of what samples lose [their unit];
    least: the smallest loss there can be.
    """
    bound = float(losses.mean()) + 1.645 * standard_error(losses)
    if int((losses > 0).sum()) < 10:
        bound += 3.0 / len(losses) * max(float(losses.max()), least)
    return bound


def standard_error(values: Floats) -> float:
    """Standard error of the mean of independent samples [their unit]; infinite for one alone."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("inf")


def simulate(
    fleet: PlantFleet, samples: int = 1000, seed: int = 1, *, planned: bool = True
) -> Reliability:
    """Run `samples` years. The same seed gives the same samples on every machine, whatever the
    number of threads.

    planned: schedule maintenance (levelised reserve against the mean of the weather years). Raises
    InputError for arrays that do not fit together or are not finite.
    """
    faults = fleet.faults()
    if not 1 <= samples <= 1_000_000:
        faults.append(InputFault(Place(), f"{samples} samples", "1 to 1,000,000"))
    if faults:
        raise InputError(faults)
    units, store = fleet.units, fleet.store
    kept = units if planned else tuple(replace(group, planned=0.0) for group in units)
    figures = [[group.size, group.forced, group.repair] for group in units]
    losses = run_samples(
        np.ascontiguousarray(fleet.load, dtype=np.float64),
        np.ascontiguousarray(fleet.free, dtype=np.float64),
        fleet.shares(),
        maintenance(fleet.load - fleet.free.mean(axis=0), kept, fleet.service),
        np.array([group.count for group in units], dtype=np.int64),
        np.array(figures, dtype=np.float64).reshape(-1, 3),
        np.array(
            [store.power, store.energy, store.efficiency_in, store.efficiency_out, store.start]
        ),
        (samples, fleet.free.shape[0], seed),
    )
    return Reliability(
        hours_lost=losses[:, 0],
        unserved=losses[:, 1],
        worst_week=losses[:, 2],
        longest=losses[:, 3],
        demand=float(fleet.load.sum()),
        peak=float(fleet.load.max()),
        hours=len(fleet.load),
    )


@dataclass(frozen=True)
class Contingency:
    """The loss of one unit of `name` for the whole year, all else intact: hours lost [h], unserved
    energy [MWh].
    """

    name: str
    hours_lost: float
    unserved: float


def n_minus_one(fleet: PlantFleet) -> tuple[Contingency, ...]:
    """For each kind of unit, the worst weather year with one unit fewer and no other outage.

    Zero hours lost: N-1 secure.
    """
    found = []
    for kind, units in enumerate(fleet.units):
        if units.count == 0:
            continue
        intact = [
            UnitGroup(u.name, u.count - (k == kind), u.size, 0.0, 1.0)
            for k, u in enumerate(fleet.units)
        ]
        years = [
            simulate(
                PlantFleet(
                    fleet.load, fleet.free[[y]], tuple(intact), fleet.shares()[:, [y]], fleet.store
                ),
                1,
                planned=False,
            )
            for y in range(fleet.free.shape[0])
        ]
        worst = max(years, key=lambda result: float(result.unserved[0]))
        found.append(Contingency(units.name, float(worst.hours_lost[0]), float(worst.unserved[0])))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class FleetForTarget:
    """A fleet that meets an availability target, or the best that was tried: how many units of
    `name` were added to it. of: what the target is of, energy or hours.
    """

    fleet: PlantFleet
    name: str
    added: int
    result: Reliability
    target: float
    of: Literal["energy", "hours"] = "energy"

    @property
    def missed_by(self) -> float:
        """How far the lower 95 % bound stays below the target [1]; 0 where it is met."""
        reached = self.result.availability_bound
        return max(0.0, self.target - (self.result.hours_bound if self.of == "hours" else reached))


def meet_target(
    fleet: PlantFleet,
    name: str,
    target: float,
    samples: int = 400,
    seed: int = 1,
    most: int = 64,
    of: Literal["energy", "hours"] = "energy",
) -> FleetForTarget:
    """Add the fewest units of kind `name`, up to `most`, so that availability reaches `target` [1]
    with 95 % confidence. of: whether the target is a share of the energy or of the hours.

    Bisection on the number: a further unit never loses more in the mean. What the plan then costs
    is the plan's affair: it is solved again with this many units as a lower limit, and checked
    again. Judge the outcome with another seed. Raises InputError for an unknown kind or a target
    outside 0 to 1.
    """
    kinds = [units.name for units in fleet.units]
    if name not in kinds or not 0 < target < 1:
        raise InputError(
            InputFault(
                Place(),
                f"`{name}` to {target:g}",
                f"a target below 1 and one of {', '.join(kinds)}",
            )
        )

    def tried(added: int) -> FleetForTarget:
        grown = with_more(fleet, name, added)
        return FleetForTarget(grown, name, added, simulate(grown, samples, seed), target, of)

    low, high = -1, most
    best = tried(most)
    if best.missed_by > 0:
        return best
    while high - low > 1:
        middle = (low + high) // 2
        now = tried(middle)
        if now.missed_by > 0:
            low = middle
        else:
            high, best = middle, now
    return best


def with_more(fleet: PlantFleet, name: str, added: int) -> PlantFleet:
    """The fleet with `added` units of kind `name` more (or fewer)."""
    return replace(
        fleet,
        units=tuple(
            replace(kind, count=kind.count + (added if kind.name == name else 0))
            for kind in fleet.units
        ),
    )


def reserve_requirement(units: tuple[UnitGroup, ...]) -> float:
    """Spinning reserve that covers the loss of the largest unit [MW]."""
    return max((u.size for u in units if u.count), default=0.0)
