"""Compiled years of `reliability`: outages drawn event by event, the store walked hour by hour.
Arrays in, arrays out.

Times between failure and repair are geometric with the stated means, so the share of hours in
outage is exact from the first hour on. Random numbers come from SplitMix64 (Steele, Lea and Flood
2014), one stream a sample.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.core.compiled_code import can_be_kept

_WEEK = 168


@njit(cache=can_be_kept(), nogil=True)
def _draw(state: NDArray[np.uint64]) -> float:
    """A number in (0, 1)."""
    state[0] = state[0] + np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (float(z >> np.uint64(11)) + 0.5) * (1.0 / 9007199254740992.0)


@njit(cache=can_be_kept(), nogil=True)
def _duration(state: NDArray[np.uint64], mean: float, longest: int) -> int:
    """Hours until the next change: geometric with `mean`, at least 1, at most `longest`."""
    if mean > 1e12:
        return longest
    if mean <= 1.0:
        return 1
    hours = 1.0 + np.floor(np.log(_draw(state)) / np.log(1.0 - 1.0 / mean))
    return longest if hours > longest else int(hours)


@njit(cache=can_be_kept(), nogil=True)
def _history(
    state: NDArray[np.uint64], forced: float, repair: float, block: Ints, up: Ints
) -> None:
    """Add one unit to `up` in the hours in which it is neither broken nor in its planned outage
    `block`.
    """
    mean_up = repair * (1.0 - forced) / forced if forced > 0.0 else np.inf
    works = _draw(state) >= forced
    hour = 0
    while hour < len(up):
        end = min(len(up), hour + _duration(state, mean_up if works else repair, len(up)))
        if works:
            for h in range(hour, end):
                if h < block[0] or h >= block[1]:
                    up[h] += 1
        hour = end
        works = not works


@njit(cache=can_be_kept(), nogil=True)
def _units_up(
    state: NDArray[np.uint64], counts: Ints, figures: Floats, blocks: Ints, up: Ints
) -> None:
    """Units that can run, into `up` of shape (kind, hour), for one sample."""
    up[:] = 0
    unit = 0
    for kind in range(len(counts)):
        for _ in range(counts[kind]):
            _history(state, figures[kind, 1], figures[kind, 2], blocks[unit], up[kind])
            unit += 1


@njit(cache=can_be_kept(), nogil=True)
def _balance(load: Floats, free: Floats, power: Floats, store: Floats) -> Floats:
    """Unserved energy by hour [MWh]: free output, units, then the store."""
    unserved = np.zeros(len(load))
    level = store[1] * store[4]
    for hour in range(len(load)):
        spare = free[hour] + power[hour] - load[hour]
        if spare >= 0.0:
            charge = min(spare, store[0], (store[1] - level) / store[2])
            level += charge * store[2]
            continue
        discharge = min(-spare, store[0], level * store[3])
        level = max(0.0, level - discharge / store[3])
        unserved[hour] = -spare - discharge
    return unserved


@njit(cache=can_be_kept(), nogil=True)
def _losses(unserved: Floats, load: Floats, row: Floats) -> None:
    """Hours lost, unserved energy, worst running week, longest run, into `row`.

    A millionth of the load is rounding.
    """
    week = 0.0
    run = 0.0
    for hour in range(len(unserved)):
        week += unserved[hour]
        if hour >= _WEEK:
            week -= unserved[hour - _WEEK]
        lost = unserved[hour] > 1e-6 * load[hour]
        run = run + 1.0 if lost else 0.0
        row[0] += 1.0 if lost else 0.0
        row[1] += unserved[hour]
        row[2] = max(row[2], week)
        row[3] = max(row[3], run)


@njit(cache=can_be_kept(), nogil=True)
def run_samples(
    load: Floats,
    free: Floats,
    derate: Floats,
    blocks: Ints,
    counts: Ints,
    figures: Floats,
    store: Floats,
    setting: tuple[int, int, int],
) -> Floats:
    """Losses by sample, shape (sample, 4): hours lost [h], unserved energy [MWh], worst week's
    [MWh], longest run of hours [h].

    load [MW], shape (hour,); free [MW], shape (year, hour); derate [1], shape (kind, year, hour);
    blocks: planned outage of each unit, first and last hour; counts: units of each kind; figures:
    size [MW], forced outage [1], repair [h] of each kind; store: power [MW], energy [MWh],
    efficiencies in and out [1], level at the start [1]; setting: samples, years, seed.
    """
    samples, years, seed = setting
    hours = len(load)
    losses = np.zeros((samples, 4))
    state = np.zeros(1, np.uint64)
    power = np.zeros(hours)
    up = np.zeros((len(counts), hours), np.int64)
    for sample in range(samples):
        state[0] = np.uint64(seed) * np.uint64(0xD1342543DE82EF95) + np.uint64(sample) * np.uint64(
            0xDA942042E4DD58B5
        )
        year = min(years - 1, int(_draw(state) * years))
        _units_up(state, counts, figures, blocks, up)
        power[:] = 0.0
        for kind in range(len(counts)):
            for hour in range(hours):
                power[hour] += up[kind, hour] * figures[kind, 0] * derate[kind, year, hour]
        unserved = _balance(load, free[year], power, store)
        _losses(unserved, load, losses[sample])
    return losses
