"""Every hour of several years, against the rebuild: own prices below zero, export, monthly charges,
lead times and lives of any length in mixed stages.
"""

from __future__ import annotations

import pytest
from tests.oracle import own_tables
from tests.oracle.full_years import STAGES, TOLERANCE, difference, study

SEEDS = range(30)


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_study_of_every_hour_is_what_is_solved(seed: int) -> None:
    rebuilt, planned, apart = difference(study(seed))
    assert apart <= TOLERANCE, (rebuilt, planned)


def test_the_studies_have_what_is_asked_of_them() -> None:
    """Leads of 0 and 60 months, lives of 3 to 30 years, stages of 2 to 62 months."""
    plants = [one for s in map(study, SEEDS) for one in study_plants(s)]
    leads = {int(plant["lead"].split()[0]) for plant in plants}
    lives = {int(plant["life"].split()[0]) for plant in plants}
    assert {0, 60} <= leads
    assert {3, 30} <= lives
    assert max(max(stages) for stages in STAGES) == 62
    grids = [s["sites"]["s"]["grid"] for s in map(study, SEEDS)]
    assert all(grid["billing"] == "month" and "export" in grid for grid in grids)
    below = [(own_tables.columns(n)["swing"] < 0).mean() for n in range(31)]
    assert min(below) > 0.03


def study_plants(written: dict) -> list[dict]:
    return list(written["technologies"].values())
