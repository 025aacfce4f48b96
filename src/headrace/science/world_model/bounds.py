"""What a library of plans proves at a point of its box.

With c the costs and b the right-hand sides of the point asked, (c_i, b_i) those of stored plans,
w_i(c) the worth of plan i at other costs and p_i(b) what its prices prove at other right-hand
sides:

    low  = max  sum_i m_i w_i(c)          over mixtures m with  sum_i m_i b_i = b
    high = min  sum_i m_i p_i(b)          over mixtures m with  sum_i m_i c_i <= c

Each is a small linear program. What it says is proved again with the mixture it found: rounding can
make a bound looser, never wrong by more than is added for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from headrace.core.arrays import Flags, Floats
from headrace.science.discovery.recipe import Varied
from headrace.science.world_model.stored import LibraryPoint, WorldShape

ROUNDING = 1e-8
"""Added to each end, relative to the largest stored worth [1]."""


@dataclass(frozen=True)
class ProvedRange:
    """low, high: of what the best plan is worth [USD], endless where nothing is proved. plan: the
    number of the stored plan that counts most below; -1 for none.
    """

    low: float
    high: float
    plan: int


@dataclass(frozen=True)
class StoredArrays:
    """A library as arrays. points: shape (plan, varied) in the unit cube of the box; features:
    shape (plan, feature) [1]; worth, bound: [USD]; worth_slopes, bound_slopes: by feature and by
    thing varied [USD for the whole range].
    """

    shape: WorldShape
    points: Floats
    features: Floats
    worth: Floats
    bound: Floats
    worth_slopes: Floats
    bound_slopes: Floats

    @classmethod
    def of(
        cls, shape: WorldShape, varied: Sequence[Varied], stored: Sequence[LibraryPoint]
    ) -> StoredArrays:
        """The arrays of stored plans."""
        low = np.array([each.low for each in varied])
        span = np.array([each.high for each in varied]) - low
        points = (np.array([p.point for p in stored]) - low) / span
        return cls(
            shape,
            points,
            shape.lifted(points),
            np.array([p.low for p in stored]),
            np.array([p.high for p in stored]),
            np.array([p.worth_slopes for p in stored]).reshape(len(stored), -1),
            np.array([p.bound_slopes for p in stored]).reshape(len(stored), -1),
        )


def proved_range(stored: StoredArrays, point: Floats) -> ProvedRange:
    """What the stored plans prove at a point of the unit cube [1]."""
    shape = stored.shape
    costs = np.array([part == "costs" for part in shape.parts])
    features = shape.lifted(point[None, :])[0]
    apart = point - stored.points
    worth = stored.worth + np.sum(stored.worth_slopes * (features - stored.features), axis=1)
    bound = stored.bound + np.sum(stored.bound_slopes * apart, axis=1)
    slack = ROUNDING * float(np.max(np.abs(stored.worth)))
    same_costs = np.all(np.abs(apart[:, costs]) < 1e-12, axis=1)
    same_sides = np.all(np.abs(apart[:, ~costs]) < 1e-12, axis=1)
    if shape.risk:
        low = float(np.max(stored.worth[same_costs & same_sides], initial=-np.inf))
        high = float(np.min(bound[same_costs], initial=np.inf))
        return ProvedRange(low - slack, high + slack, -1)
    there = same_sides if shape.whole else np.ones(len(worth), dtype=bool)
    low, best = _mixed(worth, there, meets=(stored.points[:, ~costs], point[~costs]))
    if shape.order:
        order = np.array(shape.order)
        high, _ = _mixed(-bound, there, below=(stored.features @ order.T, order @ features))
    else:
        high, _ = _mixed(-bound, there, meets=(stored.features, features))
    return ProvedRange(low - slack, -high + slack, best)


Sides = tuple[Floats, Floats]
NO_SIDES: Sides = (np.zeros((0, 0)), np.zeros(0))


def _mixed(
    values: Floats, there: Flags, *, meets: Sides = NO_SIDES, below: Sides = NO_SIDES
) -> tuple[float, int]:
    """Most that a mixture of plans is worth [USD], and the plan that counts most in it; (-inf, -1)
    where none is allowed. meets, below: what each plan counts, shape (plan, side), and what the
    mixture has to come to, or may at the most.
    """
    places = np.flatnonzero(there)
    if not len(places):
        return -np.inf, -1
    if meets[0].shape[1] + below[0].shape[1] == 0:
        best = places[int(np.argmax(values[places]))]
        return float(values[best]), int(best)
    size = float(np.max(np.abs(values[places]))) or 1.0
    rows = [part[0][places].T for part in (meets, below) if part[0].shape[1]]
    met = meets[0].shape[1]
    matrix = np.vstack([*rows, np.ones((1, len(places)))])
    wanted = np.concatenate([meets[1][:met], below[1], [1.0]])
    least = np.concatenate([wanted[:met], np.full(len(below[1]), -np.inf), [1.0]])
    weights = best_weights(values[places] / size, matrix, least, wanted)
    if weights is None:
        return -np.inf, -1
    mixture = np.maximum(weights, 0.0)
    mixture /= np.sum(mixture)
    off = matrix[:-1] @ mixture - wanted[:-1]
    off[:met] = np.abs(off[:met])
    missed = max(0.0, float(np.max(off, initial=0.0)))
    if missed > 1e-7:
        return -np.inf, -1
    spread = float(np.ptp(values[places]))  # what the rest of the way could cost at the most
    told = float(values[places] @ mixture) - missed * spread
    return told, int(places[int(np.argmax(mixture))])


def best_weights(values: Floats, matrix: Floats, least: Floats, most: Floats) -> Floats | None:
    """Weights >= 0 of most value with least <= matrix weights <= most, by the simplex method; None
    where there are none. What is returned is not believed: it is counted again.
    """
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = matrix.shape[1], matrix.shape[0]
    program.col_cost_ = -values
    program.col_lower_ = np.zeros(len(values))
    program.col_upper_ = np.full(len(values), np.inf)
    program.row_lower_, program.row_upper_ = least, most
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_ = np.arange(0, matrix.size + 1, len(matrix), dtype=np.int32)
    program.a_matrix_.index_ = np.tile(np.arange(len(matrix), dtype=np.int32), matrix.shape[1])
    program.a_matrix_.value_ = matrix.T.ravel()
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("solver", "simplex")
    model.passModel(program)
    model.run()
    if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return np.array(model.getSolution().col_value)
