"""Boxes beside those of the Exploratory Modeling Workbench (Kwakkel 2017), version 2.5.3.

It weighs 600 MB and is in no lock: `pip install ema_workbench==2.5.3` brings these tests to life.
"""

from __future__ import annotations

import numpy as np
import pytest

from headrace.science.robustness.prim import boxes, chosen, pasted

workbench = pytest.importorskip(
    "ema_workbench.analysis.prim", reason="ema_workbench is not installed: an oracle of 600 MB"
)
pandas = pytest.importorskip("pandas")
NAMES = ["a", "b", "c", "d"]


def cases(seed: int, count: int = 600):
    return np.random.default_rng(seed).uniform(0, 1, (count, len(NAMES)))


def corner(points):
    return (points[:, 0] > 0.55) & (points[:, 2] < 0.6)


def slope(points):
    return points[:, 0] + 0.6 * points[:, 1] - 0.3 * points[:, 3] > 0.9


def peeled_there(points, interest, peel: float):
    """Coverage, density and mass of the boxes of the workbench; those it pastes come last."""
    frame = pandas.DataFrame(points, columns=NAMES)
    found = workbench.Prim(
        frame, interest.astype(int), threshold=0.5, peel_alpha=peel, paste_alpha=0.05
    ).find_box()
    return found.peeling_trajectory[["coverage", "density", "mass"]].to_numpy()


@pytest.mark.parametrize("of", [corner, slope])
@pytest.mark.parametrize("peel", [0.05, 0.1])
def test_a_trajectory_is_that_of_the_workbench(of, peel):
    """Box after box: the same cases are peeled away, up to the first box that holds nothing else;
    what comes after it could not be denser.
    """
    points = cases(1)
    interest = of(points)
    ours = np.array([[b.coverage, b.density, b.mass] for b in boxes(points, interest, peel=peel)])
    theirs = peeled_there(points, interest, peel)
    assert len(ours) > 10
    np.testing.assert_allclose(ours, theirs[: len(ours)], atol=1e-12)


def test_a_planted_box_is_recovered_as_well_as_by_the_workbench():
    """Theirs: coverage 0.94 and density 1 before pasting; ours is pasted as well."""
    points = cases(7, 1000)
    interest = corner(points)
    box = pasted(chosen(boxes(points, interest), density=0.99), points, interest)
    theirs = peeled_there(points, interest, 0.05)
    pure = theirs[theirs[:, 1] >= 0.99]
    assert box.density >= 0.99
    assert box.coverage >= pure[:, 0].max()
