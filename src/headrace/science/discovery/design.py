"""Where a question is asked: evenly over the box, where stored plans tie, and beyond the box.

All points follow from the seed and the answers so far, so that a run that was stopped goes on to
the same end. Points are made in the unit cube, 0 and 1 being the ends of what is varied.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from headrace.core.arrays import Floats
from headrace.science.discovery.recipe import Varied

MOST_CORNERS = 32
ODD = 2654435761
CANDIDATES = 24
"""Points looked at for each that is chosen where plans tie [1]."""


def scaled_to(varied: Sequence[Varied], cube: Floats) -> Floats:
    """Points of the cube [1] in the units of what is varied, shape (point, varied)."""
    low = np.array([each.low for each in varied])
    high = np.array([each.high for each in varied])
    return np.asarray(low + cube * (high - low))


def in_cube(varied: Sequence[Varied], points: Floats) -> Floats:
    """Points [own units] in the unit cube [1], shape (point, varied)."""
    low = np.array([each.low for each in varied])
    high = np.array([each.high for each in varied])
    return np.asarray((points - low) / (high - low))


def evenly(dimension: int, count: int, seed: int) -> Floats:
    """So many points of a scrambled Sobol sequence in the cube [1], shape (point, dimension)."""
    power = max(0, int(np.ceil(np.log2(max(count, 1)))))
    return np.asarray(qmc.Sobol(dimension, rng=np.random.default_rng(seed)).random_base2(power))[
        :count
    ]


def corners(dimension: int) -> Floats:
    """Corners of the cube and its middle [1]; every corner up to five dimensions, of more the first
    32 in an order that spreads.
    """
    count = 2**dimension
    # an odd factor permutes the numbers of the corners: of a part of them every input meets both
    # ends, which multiples of a step would not
    numbers = (
        range(count) if count <= MOST_CORNERS else [n * ODD % count for n in range(MOST_CORNERS)]
    )
    chosen = np.array([[(n >> d) & 1 for d in range(dimension)] for n in numbers], dtype=float)
    return np.vstack([chosen, np.full((1, dimension), 0.5)])


def where_plans_tie(
    known: Floats, plans: Sequence[tuple[str, ...]], count: int, seed: int
) -> Floats:
    """So many points of the cube [1] between plans of different kinds: as far from the nearest
    plan as from the nearest one that orders other things. Where all order the same, points far from
    all that is known. known: shape (point, dimension), in the cube; plans: what each orders.
    """
    if count == 0:
        return np.empty((0, known.shape[1]))
    asked = evenly(known.shape[1], CANDIDATES * count, seed)
    kinds = sorted(set(plans))
    distance = np.linalg.norm(asked[:, None, :] - known[None, :, :], axis=2)
    nearest = np.sort(
        [np.min(distance[:, [p == kind for p in plans]], axis=1) for kind in kinds], axis=0
    )
    score = nearest[1] - nearest[0] if len(kinds) > 1 else -nearest[0]
    chosen: list[int] = []
    apart = 0.5 * count ** (-1.0 / known.shape[1])
    while len(chosen) < count:
        for place in np.argsort(score, kind="stable"):
            away = [np.linalg.norm(asked[place] - asked[other]) for other in chosen]
            if len(chosen) < count and all(far > apart for far in away):
                chosen.append(int(place))
        apart *= 0.5
    return asked[chosen]


def beyond(varied: Sequence[Varied], share: float, count: int, seed: int) -> Floats:
    """So many points outside the box and within it widened on all sides [own units]. share: of each
    range, on either side [1]; a range that begins at 0 or above stays there.
    """
    dimension = len(varied)
    if count == 0 or share == 0:
        return np.empty((0, dimension))
    wide = (1 + 2 * share) * evenly(dimension, 64 * count, seed) - share
    points = scaled_to(varied, wide)
    allowed = np.all(
        [(points[:, n] >= 0.0) | (each.low < 0.0) for n, each in enumerate(varied)], axis=0
    )
    outside = np.any((wide < 0.0) | (wide > 1.0), axis=1)
    return np.asarray(points[allowed & outside][:count])


def worst_neighbours(
    known: Floats, errors: Floats, count: int, generation: np.random.Generator, radius: float
) -> Floats:
    """So many points of the cube [1] near those at which the errors are largest. known: shape
    (point, dimension), in the cube; errors [1]; radius: of the steps, as a share of the cube [1].
    """
    worst = np.argsort(-errors, kind="stable")[: max(1, min(4, len(errors)))]
    begin = known[worst[np.arange(count) % len(worst)]]
    moved = begin + radius * generation.standard_normal(begin.shape)
    return np.asarray(np.clip(moved, 0.0, 1.0))
