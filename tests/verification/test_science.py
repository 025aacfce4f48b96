"""The rows of science that need no search; the rest are slow."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.science.world_model.ask import AskedWorld
from headrace.science.world_model.library import opened
from headrace.show import cli
from headrace.verification import science_world
from headrace.verification.registry import registered, run, seed, seeded

pytest.importorskip("SALib")
CHECKS = {check.id: check for check in registered("science")}
SKIPPED = ("science.world_model.embedded",)
SEARCHED = (
    "science.laws.planted",
    "science.laws.noise",
    "science.laws.feynman",
    "science.world_model.small",
)


@pytest.mark.parametrize("name", [name for name in CHECKS if name not in SEARCHED + SKIPPED])
def test_a_row_passes(name):
    rows = list(run(CHECKS[name]))
    assert [row.status for row in rows] == ["pass"] * len(rows), rows


@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHED)
def test_a_row_of_laws_passes(name):
    pytest.importorskip("pyoperon")
    rows = list(run(CHECKS[name]))
    assert [row.status for row in rows] == ["pass"] * len(rows), rows


def test_the_library_of_the_embedded_study_is_made_where_it_is_asked_for(monkeypatch):
    monkeypatch.delenv("HEADRACE_EMBEDDED_WORLD", raising=False)
    (row,) = run(CHECKS["science.world_model.embedded"])
    assert row.status == "skip"
    assert "HEADRACE_EMBEDDED_WORLD=plans.duckdb" in row.reason


def test_points_are_of_the_callers_seed_and_a_false_bound_is_seen(tmp_path):
    """The same library asked at points of two seeds has other gaps; where truth is told 5 % too
    high, every point of it lies outside.
    """
    file = science_world.written(tmp_path, science_world.SMALL_STUDY, science_world.SMALL_WORLD)
    with opened(tmp_path / "plans.duckdb", file) as plans:
        world = AskedWorld(file, plans)
        with seeded(3):
            first = science_world.figures(world, 76, 20, 4)
            wrong = science_world.figures(
                world, 76, 4, 4, truth=lambda problem: 1.05 * science_world.by_highs(problem)
            )
        with seeded(4):
            other = science_world.figures(world, 76, 20, 0)
    assert first.plans == 76
    assert (first.crossed, first.against, first.outside) == (0, 4, 0)
    assert wrong.outside >= 3
    assert not np.array_equal(first.gaps, other.gaps)
    assert first.seconds < 0.1
    told = {each.id_suffix: each for each in first.outcomes(0.01)}
    assert told[".violations"].ours == 0.0
    assert "answered without a solve; 20 points, 76 plans" in told[".gap_p95"].reason


def test_the_seed_is_given_on_the_command_line(capsys):
    assert seed() == 1
    with seeded(5):
        assert seed() == 5
    assert cli.main(["verify", "--only", "science.conformal", "--seed", "9", "--json"]) == 0
    assert seed() == 1
    capsys.readouterr()
