"""What stored plans prove, on random parametric programs whose truth scipy's simplex finds.

    worth(costs f, sides g) = max -c(f) z   with  A z >= b(g),  z >= 0

c and b are affine in what moves; every stored plan is the exact answer at its point.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.optimize import linprog

from headrace.science.world_model.bounds import ProvedRange, StoredArrays, proved_range
from headrace.science.world_model.stored import WorldShape

COSTS, SIDES, COLUMNS, ROWS = 2, 2, 6, 4


@dataclass(frozen=True)
class Program:
    """The numbers of one program: c = cost + moved_cost f, b = side + moved_side g."""

    cost: np.ndarray
    moved_cost: np.ndarray
    rows: np.ndarray
    side: np.ndarray
    moved_side: np.ndarray

    def solved(self, point: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Worth, plan and prices at a point of the unit cube."""
        c = self.cost + self.moved_cost @ point[:COSTS]
        b = self.side + self.moved_side @ point[COSTS:]
        found = linprog(c, A_ub=-self.rows, b_ub=-b, method="highs-ds")
        assert found.status == 0
        return -float(found.fun), found.x, -found.ineqlin.marginals


def program(seed: int, *, rising: bool) -> Program:
    rng = np.random.default_rng(seed)
    moved = rng.uniform(0.0 if rising else -0.4, 1.0, (COLUMNS, COSTS))
    return Program(
        rng.uniform(1.0, 3.0, COLUMNS),
        moved,
        rng.uniform(0.0, 1.0, (ROWS, COLUMNS)),
        rng.uniform(1.0, 2.0, ROWS),
        rng.uniform(-0.5, 0.5, (ROWS, SIDES)),
    )


def library(of: Program, points: np.ndarray, *, rising: bool) -> StoredArrays:
    order = tuple(map(tuple, of.moved_cost.tolist())) if rising else ()
    shape = WorldShape(
        ("costs",) * COSTS + ("right-hand side",) * SIDES,
        tuple((n,) for n in range(COSTS)),
        whole=False,
        risk=False,
        order=order,
    )
    worth, plans, prices = zip(*(of.solved(point) for point in points))
    return StoredArrays(
        shape,
        points,
        points[:, :COSTS],
        np.array(worth),
        np.array(worth),
        -np.array(plans) @ of.moved_cost,
        np.column_stack([np.zeros((len(points), COSTS)), -np.array(prices) @ of.moved_side]),
    )


def points_of(seed: int, *, count: int) -> np.ndarray:
    """The corners of the box, and some inside."""
    corners = np.array([[n >> k & 1 for k in range(COSTS + SIDES)] for n in range(16)], float)
    inside = np.random.default_rng(seed + 1000).uniform(size=(count, COSTS + SIDES))
    return np.vstack([corners, inside])


def holds(found: ProvedRange, true: float) -> bool:
    room = 1e-7 * abs(true)
    return found.low - room <= true <= found.high + room


@pytest.mark.parametrize("rising", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_the_truth_lies_inside_everywhere(seed, rising):
    one = program(seed, rising=rising)
    known = library(one, points_of(seed, count=8), rising=rising)
    for point in np.random.default_rng(seed + 7).uniform(size=(20, COSTS + SIDES)):
        found = proved_range(known, point)
        assert np.isfinite([found.low, found.high]).all()
        assert holds(found, one.solved(point)[0])


@pytest.mark.parametrize("seed", range(4))
def test_a_stored_point_is_known_exactly(seed):
    one = program(seed, rising=False)
    points = points_of(seed, count=4)
    known = library(one, points, rising=False)
    for n in (0, 5, 17, 19):
        found = proved_range(known, points[n])
        assert found.low == pytest.approx(known.worth[n], rel=1e-6)
        assert found.high == pytest.approx(known.worth[n], rel=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_a_plan_more_never_widens_an_answer(seed):
    one = program(seed, rising=True)
    points = points_of(seed, count=10)
    few, many = (library(one, points[:n], rising=True) for n in (18, 26))
    for point in np.random.default_rng(seed).uniform(size=(10, COSTS + SIDES)):
        before, after = proved_range(few, point), proved_range(many, point)
        room = 1e-6 * abs(before.low)
        assert after.low >= before.low - room
        assert after.high <= before.high + room


@pytest.mark.parametrize("seed", range(6))
def test_to_say_which_costs_are_larger_proves_no_less(seed):
    one = program(seed, rising=True)
    points = points_of(seed, count=6)
    plain, ordered = (library(one, points, rising=told) for told in (False, True))
    for point in np.random.default_rng(seed).uniform(size=(20, COSTS + SIDES)):
        before, after = proved_range(plain, point), proved_range(ordered, point)
        assert after.high <= before.high + 1e-6 * abs(before.high)


def test_low_costs_alone_prove_something_where_costs_only_rise():
    """Without the order, costs outside the mixtures of those stored are not bounded at all."""
    one = program(3, rising=True)
    low = points_of(3, count=0)
    low = low[(low[:, :COSTS] == 0).all(axis=1)]
    point = np.full(COSTS + SIDES, 0.5)
    assert proved_range(library(one, low, rising=False), point).high == np.inf
    found = proved_range(library(one, low, rising=True), point)
    assert np.isfinite(found.high)
    assert holds(found, one.solved(point)[0])


def test_with_whole_orders_nothing_is_mixed_across_sides():
    one = program(5, rising=True)
    points = points_of(5, count=0)
    known = library(one, points, rising=True)
    whole = replace(known, shape=replace(known.shape, whole=True))
    middle = np.full(COSTS + SIDES, 0.5)
    assert proved_range(known, middle).high < np.inf
    found = proved_range(whole, middle)
    assert (found.low, found.high) == (-np.inf, np.inf)
    at_a_corner = np.array([0.5, 0.5, 1.0, 0.0])
    assert holds(proved_range(whole, at_a_corner), one.solved(at_a_corner)[0])


def test_a_wrong_slope_is_seen_by_these_programs():
    """The laws above are no matter of course: worths that move the wrong way break them."""
    one = program(2, rising=False)
    known = library(one, points_of(2, count=8), rising=False)
    wrong = replace(known, worth_slopes=-known.worth_slopes)
    asked = np.random.default_rng(9).uniform(size=(20, COSTS + SIDES))
    assert not all(holds(proved_range(wrong, each), one.solved(each)[0]) for each in asked)
