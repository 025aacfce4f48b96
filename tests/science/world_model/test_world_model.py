"""A library answers with proofs: check 32 by hand, solves against its bounds, ageing, refusals."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import headrace as hr
from headrace.core.errors import InputError
from headrace.science.world_model import library as libraries
from headrace.science.world_model.ask import AskedWorld, gap_of
from headrace.science.world_model.bounds import StoredArrays, proved_range
from headrace.science.world_model.stored import WorldShape
from headrace.science.world_model.theorems import named
from headrace.science.world_model.world_file import read_world

STUDY = """\
study: tiny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [24 months, 120 months], hours: {blocks: [6000 h, 2760 h]}}
tree:
  - {node: now, values: {demand: 100 %}}
  - {node: boom, parent: now, probability: 50 %, values: {demand: 200 %}}
  - {node: bust, parent: now, probability: 50 %, values: {demand: 50 %}}
technologies:
  plant: {capex: 1000 USD/kW, variable: 20 USD/MWh, life: 12 years}
  reactor: {capex: 2500 USD/kW, variable: 5 USD/MWh, life: 12 years}
sites:
  here: {build: {plant: {use: plant, at_most: 100 MW}, reactor: {use: reactor, at_most: 100 MW}}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 90 USD/MWh}
"""
WORLD = """\
world: tiny
study: tiny_study.yaml
vary:
  variable: {key: technologies.plant.variable, from: 10 USD/MWh, to: 40 USD/MWh}
  reactor: {key: technologies.reactor.capex, from: 1500 USD/kW, to: 4000 USD/kW}
  odds: {from: 20 %, to: 80 %, keys: {tree.1.probability: [20 %, 80 %],
      tree.2.probability: [80 %, 20 %]}}
  load: {key: products.power.demand, from: 8 MW, to: 12 MW}
  room: {key: sites.here.build.reactor.at_most, from: 5 MW, to: 15 MW}
tolerance: 1 %
budget: {plans: 60, dollars: 1}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    here = tmp_path_factory.mktemp("world")
    (here / "tiny_study.yaml").write_text(STUDY)
    (here / "world.yaml").write_text(WORLD)
    with opened(here) as asked:
        for _ in asked.fill(9, stop=lambda: False):
            pass
    return here


@contextmanager
def opened(folder):
    """The world of a folder with its library open."""
    file = read_world(folder / "world.yaml", lambda name: None)
    with libraries.opened(folder / "world.duckdb", file) as plans:
        yield AskedWorld(file, plans)


def test_what_moves_what_is_found_and_odds_meet_costs(folder):
    with opened(folder) as asked:
        assert asked.shape.parts == ("costs",) * 3 + ("right-hand side",) * 2
        assert asked.shape.features == ((0,), (1,), (2,), (0, 2), (1, 2))
        assert asked.count == 9


def test_the_truth_is_never_outside_what_is_proved(folder):
    points = np.random.default_rng(7).uniform(size=(6, 5))
    with opened(folder) as asked:
        gaps = []
        for cube in points:
            found, true = asked.proved(cube), asked.solvable.solved(cube.tolist())
            assert found.low <= true.high * (1 + 1e-9)
            assert found.high >= true.low * (1 - 1e-9)
            gaps.append(gap_of(found))
    assert np.median(gaps) < 0.2
    assert np.all(np.isfinite(gaps))


def test_a_stored_plan_is_its_own_answer(folder):
    with opened(folder) as asked:
        plan = asked.library.plans[3]
        found = asked.answer(np.array(plan.point))
        assert found.kind == "proved"
        assert found.low == pytest.approx(plan.low, rel=1e-6)
        assert found.high == pytest.approx(plan.high, rel=1e-6)
        assert "weak duality" in found.theorem
        assert "9 of 60 plans" in found.spent


def test_slopes_are_those_of_solves(folder):
    """The worth of a plan at other costs is what a solve with the same orders there would say: at a
    point where the same plan stays the best, the best plan's worth."""
    with opened(folder) as asked:
        near = asked.solvable.solved([0.5] * 5)
        moved = asked.solvable.solved([0.502, 0.5, 0.5, 0.5, 0.5])
        cube = np.array([[0.5] * 5, [0.502, 0.5, 0.5, 0.5, 0.5]])
        step = np.diff(asked.shape.lifted(cube), axis=0)[0]
        told = near.low + float(np.array(near.worth_slopes) @ step)
        assert told == pytest.approx(moved.low, rel=1e-6)
        more = asked.solvable.solved([0.5, 0.5, 0.5, 0.502, 0.5])
        assert near.high + 0.002 * near.bound_slopes[3] == pytest.approx(more.high, rel=1e-6)


def test_outside_the_box_there_is_no_number(folder):
    with opened(folder) as asked:
        found = asked.ask({"variable": "41 USD/MWh"})
        assert (found.kind, found.low, found.high) == ("extrapolation", None, None)
        assert asked.library.map[-1].kind == "extrapolation"


def test_what_is_too_wide_is_solved_and_stored_unless_the_budget_is_spent(folder, tmp_path):
    for name in ("tiny_study.yaml", "world.yaml"):
        (tmp_path / name).write_text((folder / name).read_text())
    first = hr.ask(tmp_path / "world.yaml", {"load": 9})
    assert first.kind == "solved"
    again = hr.ask(tmp_path / "world.yaml", {"load": 9})
    assert again.kind == "proved"
    assert again.low == pytest.approx(first.low, rel=1e-6)
    wide = hr.ask(tmp_path / "world.yaml", {"load": 11}, solve=False)
    assert (wide.kind, wide.why) == ("too wide", "not solved, as asked")
    with opened(tmp_path) as asked:
        asked.file = replace(
            asked.file,
            asked=asked.file.asked.model_copy(
                update={"budget": asked.file.asked.budget.model_copy(update={"plans": 1})}
            ),
        )
        assert "spent" in asked.ask({"load": 12}).why
        kinds = [one.kind for one in asked.library.map]
        assert kinds == ["solved", "proved", "too wide", "too wide"]


def test_a_change_of_study_or_code_ages_the_library(folder, tmp_path, monkeypatch):
    for name in ("tiny_study.yaml", "world.yaml"):
        (tmp_path / name).write_text((folder / name).read_text())
    hr.ask(tmp_path / "world.yaml")
    monkeypatch.setattr(libraries, "code_hash", lambda: "other code")
    with opened(tmp_path) as asked:
        assert (asked.count, asked.library.aged) == (0, 1)
        assert "1 plans have aged" in asked.spent
        assert asked.proved(np.full(5, 0.5)).low == -np.inf


def test_names_and_units_there_are_not_are_told(folder):
    with opened(folder) as asked, pytest.raises(InputError) as caught:
        asked.ask({"lod": 9, "variable": "9 USD/kW"})
    told = str(caught.value)
    assert "Did you mean `load`?" in told
    assert "is not in USD/MWh" in told


def test_what_no_theorem_covers_is_refused(tmp_path):
    (tmp_path / "tiny_study.yaml").write_text(STUDY)
    (tmp_path / "world.yaml").write_text(
        "world: w\nstudy: tiny_study.yaml\nvary:\n"
        "  rate: {key: money.discount, from: 4 %/a real, to: 9 %/a real}\n"
        "  there: {key: technologies.plant.availability, from: 80 %, to: 100 %}\n"
    )
    with pytest.raises(InputError) as caught:
        hr.ask(tmp_path / "world.yaml")
    assert len(caught.value.problems) == 2
    assert "No theorem holds" in str(caught.value)


def check_32(kind, points, worth, slopes, ask):
    """Check 32: min a g + b s, g + s >= d, s <= 6; costs are negative worth."""
    parts = ("costs", "costs") if kind == "costs" else ("right-hand side",)
    features = ((0,), (1,)) if kind == "costs" else ()
    shape = WorldShape(parts, features, whole=False, risk=False)
    points, empty = np.array(points, float), np.zeros((len(points), 0))
    stored = StoredArrays(
        shape,
        points,
        shape.lifted(points) if kind == "costs" else empty,
        -np.array(worth, float),
        -np.array(worth, float),
        -np.array(slopes, float) if kind == "costs" else empty,
        np.zeros((len(points), 2)) if kind == "costs" else -np.array(slopes, float),
    )
    found = proved_range(stored, np.array(ask, float))
    return -found.high, -found.low


def test_check_32_in_costs():
    """Plans at prices (1, 2) and (3, 1): 10 of g; 4 of g and 6 of s. At (2, 1.5) they cost 20 and
    17; the hull of 10 and 18 says at least 14."""
    low, high = check_32("costs", [[1, 2], [3, 1]], [10, 18], [[10, 0], [4, 6]], [2, 1.5])
    assert (low, high) == (pytest.approx(14.0), pytest.approx(17.0))


def test_check_32_in_demand():
    """At prices (2, 1.5): demand 4 costs 6, 10 costs 17, 12 costs 21. The price 2 at 10 proves 21
    at 12; a mixture of the plans at 4 and 12 carries 10 for 17.25."""
    low, high = check_32("sides", [[4.0], [12.0]], [6.0, 21.0], [[1.5], [2.0]], [10.0])
    assert high == pytest.approx(17.25)
    assert low == pytest.approx(17.0)  # from 12: 21 - 2 x 2
    low, _ = check_32("sides", [[4.0], [10.0]], [6.0, 17.0], [[1.5], [2.0]], [12.0])
    assert low == pytest.approx(21.0)


def test_theorems_are_named():
    assert "convex in costs" in named(("costs",), whole=False, risk=False)
    assert "nothing is mixed" in named(("costs",), whole=True, risk=False)
    assert "CVaR" in named(("costs",), whole=False, risk=True)
    assert "stored prices" in named(("right-hand side",), whole=False, risk=False)


def test_whole_orders_and_risk_mix_nothing():
    points = np.array([[0.0, 0.0], [1.0, 1.0]])
    for whole, risk in ((True, False), (False, True)):
        shape = WorldShape(("costs", "right-hand side"), ((0,),), whole, risk)
        worth = np.array([10.0, 20.0])
        slopes = np.array([[5.0], [5.0]]), np.zeros((2, 2))
        stored = StoredArrays(shape, points, shape.lifted(points), worth, worth, *slopes)
        found = proved_range(stored, np.array([0.5, 0.5]))
        assert not np.isfinite(found.low)
        assert not np.isfinite(found.high)


def test_a_file_that_is_no_library_is_refused(folder, tmp_path):
    (tmp_path / "x.duckdb").write_text("nothing of this kind, and long enough to be looked at")
    file = read_world(Path(folder / "world.yaml"), lambda name: None)
    with (
        pytest.raises(InputError, match="no library of plans"),
        libraries.opened(tmp_path / "x.duckdb", file),
    ):
        pass
