"""Many points to few, with the least loss in a Wasserstein distance.

    optimal_subset   the k of the given points to which all mass is moved at the least cost in W1:
                     exact for few points, by forward selection and swaps for many
    quantised        k new points (means of their cells) for the least W2: Lloyd's method from
                     k-means++ starts, the best of several

Source: Dupacova, Growe-Kuska & Roemisch, Mathematical Programming 95 (2003) for subsets; Max, IRE
Transactions IT-6 (1960), Lloyd (1982) for quantisation; Arthur & Vassilvitskii (2007) for starts.
"""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

MOST_SUBSETS = 50_000
STARTS, MOST_STEPS, STILL = 4, 200, 1e-10


class Subset(NamedTuple):
    """Places of the points that are kept, their probabilities, and the mass-weighted distance."""

    kept: tuple[int, ...]
    probability: Floats
    distance: float


class Cells(NamedTuple):
    """The means of k cells, the cell of every point, probabilities, and the mean squared error."""

    centres: Floats
    cell: np.ndarray
    probability: Floats
    error: float


def optimal_subset(points: Floats, weights: Floats, k: int) -> Subset:
    """The k points to which all mass moves at the least cost in W1.

    points: shape (point, coordinate) [any, the same in all]; weights: probabilities [1]. Exact
    where at most 50,000 subsets are possible; otherwise forward selection, then swaps until none
    helps. Raises InputError for a k that is none.
    """
    number = len(points)
    _check(k, number)
    apart = np.linalg.norm(points[:, None, :] - points[None, :, :], axis=2)
    if comb(number, k) <= MOST_SUBSETS:
        kept = min(combinations(range(number), k), key=lambda s: _cost(apart, weights, s))
    else:
        kept = _forward_and_swap(apart, weights, k)
    nearest = np.argmin(apart[:, list(kept)], axis=1)
    mass = np.asarray(np.bincount(nearest, weights, minlength=k), float)
    return Subset(tuple(kept), mass, _cost(apart, weights, kept))


def _cost(apart: Floats, weights: Floats, kept: tuple[int, ...]) -> float:
    return float(weights @ apart[:, list(kept)].min(axis=1))


def _forward_and_swap(apart: Floats, weights: Floats, k: int) -> tuple[int, ...]:
    kept: list[int] = []
    near = np.full(len(apart), np.inf)
    for _ in range(k):
        costs = weights @ np.minimum(near[:, None], apart)
        costs[kept] = np.inf
        kept.append(int(np.argmin(costs)))
        near = np.minimum(near, apart[:, kept[-1]])
    best = _cost(apart, weights, tuple(kept))
    while True:
        found = None
        for place in range(k):
            rest = kept[:place] + kept[place + 1 :]
            near = apart[:, rest].min(axis=1) if rest else np.full(len(apart), np.inf)
            costs = weights @ np.minimum(near[:, None], apart)
            costs[rest] = np.inf
            other = int(np.argmin(costs))
            if costs[other] < best * (1 - 1e-12):
                best, found = float(costs[other]), (place, other)
        if found is None:
            return tuple(sorted(kept))
        kept[found[0]] = found[1]


def quantised(
    points: Floats, weights: Floats, k: int, rng: np.random.Generator, starts: int = STARTS
) -> Cells:
    """k cells with the least mean squared error; centres are their means, so that the mean of the
    whole is kept.

    points: shape (point, coordinate) [any]; weights: probabilities [1]. Raises InputError for a k
    that is none.
    """
    _check(k, len(points))
    mass = weights / weights.sum()
    return min(
        (_lloyd(points, mass, _starting_points(points, mass, k, rng)) for _ in range(starts)),
        key=lambda cells: cells.error,
    )


def _check(k: int, number: int) -> None:
    if not 1 <= k <= number:
        raise InputError(InputFault(Place(key="reduction"), f"{k} points", f"1 to {number}"))


def _starting_points(points: Floats, mass: Floats, k: int, rng: np.random.Generator) -> Floats:
    chosen = [int(rng.choice(len(points), p=mass))]
    near = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        odds = near * mass
        total = odds.sum()
        place = int(rng.choice(len(points), p=odds / total if total > 0 else mass))
        chosen.append(place)
        near = np.minimum(near, ((points - points[place]) ** 2).sum(axis=1))
    return points[chosen].copy()


def _lloyd(points: Floats, mass: Floats, centres: Floats) -> Cells:
    k, before = len(centres), np.inf
    for _ in range(MOST_STEPS):
        apart = (
            (points**2).sum(axis=1)[:, None]
            - 2 * points @ centres.T
            + (centres**2).sum(axis=1)[None, :]
        )
        cell = np.argmin(apart, axis=1)
        weight = np.bincount(cell, mass, minlength=k)
        for axis in range(points.shape[1]):
            sums = np.bincount(cell, mass * points[:, axis], minlength=k)
            centres[:, axis] = np.divide(sums, weight, out=centres[:, axis], where=weight > 0)
        error = float(mass @ ((points - centres[cell]) ** 2).sum(axis=1))
        if before < np.inf and before - error <= STILL * before:
            break
        before = error
    order = np.lexsort(centres.T[::-1])
    back = np.argsort(order)
    return Cells(centres[order], back[cell], np.asarray(weight[order], float), error)
