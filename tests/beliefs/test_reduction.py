"""Reduction: against enumeration, against published optima, and the laws of cells."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.beliefs import reduction
from headrace.beliefs.reduction import optimal_subset, quantised
from headrace.core.errors import InputError


def cloud(seed, number=9, axes=2):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(number, axes)), rng.dirichlet(np.ones(number))


@given(st.integers(0, 10_000), st.integers(1, 8))
@settings(max_examples=40, deadline=None)
def test_a_subset_is_the_best_of_all(seed, k):
    points, mass = cloud(seed)
    found = optimal_subset(points, mass, k)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    best = min(mass @ apart[:, list(s)].min(axis=1) for s in combinations(range(9), k))
    assert found.distance == pytest.approx(best, abs=1e-12)
    assert found.probability.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("seed", range(6))
def test_forward_selection_with_swaps_is_near_the_best(seed, monkeypatch):
    points, mass = cloud(seed, 14)
    exact = optimal_subset(points, mass, 4).distance
    monkeypatch.setattr(reduction, "MOST_SUBSETS", 1)
    quick = optimal_subset(points, mass, 4)
    assert exact - 1e-12 <= quick.distance <= 1.1 * exact
    assert len(set(quick.kept)) == 4


def test_all_points_kept_cost_nothing_and_one_is_the_median():
    points, mass = cloud(3)
    assert optimal_subset(points, mass, 9).distance == pytest.approx(0.0, abs=1e-12)
    line = np.array([1.0, 2, 3, 10, 50])[:, None]
    assert optimal_subset(line, np.full(5, 0.2), 1).kept == (2,)


@given(st.integers(0, 10_000), st.integers(1, 6))
@settings(max_examples=30, deadline=None)
def test_cells_keep_the_mean_and_every_point_is_in_the_nearest(seed, k):
    points, mass = cloud(seed, 40)
    cells = quantised(points, mass, k, np.random.default_rng(seed))
    assert cells.probability.sum() == pytest.approx(1.0)
    assert cells.probability @ cells.centres == pytest.approx(mass @ points)
    apart = np.linalg.norm(points[:, None] - cells.centres[None], axis=2)
    own = apart[np.arange(40), cells.cell]
    assert (own <= apart.min(axis=1) + 1e-9).all()
    assert cells.error == pytest.approx(float(mass @ own**2), rel=1e-9)


def test_more_cells_never_lose_more():
    points, mass = cloud(1, 200)
    errors = [quantised(points, mass, k, np.random.default_rng(0), 8).error for k in (1, 2, 4, 8)]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == pytest.approx(float(mass @ ((points - mass @ points) ** 2).sum(axis=1)))


@pytest.mark.parametrize("k", [0, -1, 10])
def test_a_number_of_points_that_cannot_be_is_refused(k):
    points, mass = cloud(0)
    for reduce in (
        lambda: optimal_subset(points, mass, k),
        lambda: quantised(points, mass, k, np.random.default_rng(0)),
    ):
        with pytest.raises(InputError, match="1 to 9"):
            reduce()
