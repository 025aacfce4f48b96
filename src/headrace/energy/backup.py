"""Does the backup survive an outage of the grid? Exact, by enumeration of every state of generators
and battery.

The rule is that of REopt's energy resilience tool: at the start each generator is available and
starts with a given chance; in every hour those running may fail before they serve it; none is
repaired within the outage; the battery takes the surplus and gives the rest. Survival at hour h
means that every load up to h was served in full.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import comb

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

State = tuple[tuple[int, ...], float]
"""Generators running of each kind, and energy in the battery."""

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Generators:
    """Backup generators of one kind: count, size [kW or MW], mean time to failure [h], chance to be
    available and to start [1].
    """

    count: int
    size: float
    time_to_failure: float
    available: float = 1.0
    starts: float = 1.0


@dataclass(frozen=True)
class Battery:
    """A battery in an outage: power and usable energy in the unit of the load, energy at the start,
    efficiencies [1].
    """

    power: float = 0.0
    energy: float = 0.0
    start: float = 0.0
    efficiency_in: float = 1.0
    efficiency_out: float = 1.0

    def level_after(self, level: float, spare: float) -> float | None:
        """Energy [kWh or MWh] after an hour that begins at `level` [kWh or MWh]; spare: generation
        less load [kW or MW], charged where positive, made up where negative.

        None where the battery cannot make it up. Rounded, so that equal levels are one state.
        """
        if spare >= 0:
            charge = min(spare, self.power, (self.energy - level) / self.efficiency_in)
            return round(level + charge * self.efficiency_in, 9)
        if -spare > min(self.power, level * self.efficiency_out) + _ROUNDING:
            return None
        return round(max(0.0, level + spare / self.efficiency_out), 9)


def survival(
    load: Floats,
    generators: tuple[Generators, ...],
    battery: Battery | None = None,
    free: Floats | None = None,
) -> Floats:
    """Probability that the load is served in full through each hour of the outage [1], exact.

    load and free (sun, wind): by hour of the outage, in the unit of the generators [kW or MW];
    returns shape (hour,). Cost grows with the number of distinct battery levels, which stays small
    for round sizes. Raises InputError for chances outside 0 to 1 or over a million states.
    """
    store = battery or Battery()
    _check(generators, store)
    need = load if free is None else load - free
    outcomes = _survivors([(g.count, g.available * g.starts) for g in generators])
    states = {(running, store.start): chance for running, chance in outcomes}
    served = np.empty(len(load))
    for hour in range(len(load)):
        states = transition(states, generators, store, float(need[hour]))
        served[hour] = sum(states.values())
    return served


def sampled_survival(
    load: Floats,
    generators: tuple[Generators, ...],
    battery: Battery | None = None,
    samples: int = 100_000,
    seed: int = 1,
) -> Floats:
    """The same by Monte Carlo: load by hour [kW or MW]; returns one row a sample, 1 in the hours
    survived, else 0 [1], shape (sample, hour).
    """
    store = battery or Battery()
    _check(generators, store)
    draw = np.random.default_rng(seed)
    running = [draw.binomial(g.count, g.available * g.starts, samples) for g in generators]
    level = np.full(samples, store.start)
    fine = np.ones(samples, dtype=bool)
    rows = np.zeros((samples, len(load)))
    for hour in range(len(load)):
        running = [draw.binomial(n, 1 - 1 / g.time_to_failure) for n, g in zip(running, generators)]
        spare = (
            sum((n * g.size for n, g in zip(running, generators)), np.zeros(samples)) - load[hour]
        )
        charge = np.minimum.reduce(
            [
                np.maximum(spare, 0),
                np.full(samples, store.power),
                (store.energy - level) / store.efficiency_in,
            ]
        )
        give = np.minimum.reduce(
            [np.maximum(-spare, 0), np.full(samples, store.power), level * store.efficiency_out]
        )
        fine &= spare + give >= -_ROUNDING
        level = level + charge * store.efficiency_in - give / store.efficiency_out
        rows[:, hour] = fine
    return rows


def transition(
    states: dict[State, float], generators: tuple[Generators, ...], store: Battery, need: float
) -> dict[State, float]:
    """The states after one more hour in which `need` [kW or MW] is served in full, each with its
    probability [1]; what is not served has left. Raises InputError for over a million states.
    """
    after: dict[State, float] = {}
    for (running, level), chance in states.items():
        for left, share in _survivors(
            [(n, 1 - 1 / g.time_to_failure) for n, g in zip(running, generators)]
        ):
            spare = sum(n * g.size for n, g in zip(left, generators)) - need
            kept = store.level_after(level, spare)
            if kept is not None and share > 0:
                after[left, kept] = after.get((left, kept), 0.0) + chance * share
    if len(after) > 1_000_000:
        raise InputError(
            InputFault(Place(), f"{len(after):,} states", "round sizes, or `sampled_survival`")
        )
    return after


def _survivors(kinds: list[tuple[int, float]]) -> Iterator[tuple[tuple[int, ...], float]]:
    """Every number of survivors of each kind, with its binomial probability."""
    laws = [[(k, comb(n, k) * p**k * (1 - p) ** (n - k)) for k in range(n + 1)] for n, p in kinds]
    for pick in product(*laws):
        chance = 1.0
        for _, share in pick:
            chance *= share
        if chance > 0:
            yield tuple(k for k, _ in pick), chance


def _check(generators: tuple[Generators, ...], store: Battery) -> None:
    problems = [
        InputFault(
            Place(), f"{g}", "chances of 0 to 1, more than an hour to failure, 0 to 200 units"
        )
        for g in generators
        if not (
            0 <= g.count <= 200
            and g.time_to_failure >= 1
            and 0 <= g.available <= 1
            and 0 <= g.starts <= 1
            and g.size >= 0
        )
    ]
    if not (
        0 <= store.start <= store.energy
        and store.power >= 0
        and 0 < store.efficiency_in <= 1
        and 0 < store.efficiency_out <= 1
    ):
        problems.append(
            InputFault(Place(), f"{store}", "0 <= start <= energy, efficiencies in (0, 1]")
        )
    if problems:
        raise InputError(problems)
