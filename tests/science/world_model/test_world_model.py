"""A library answers with proofs: check 32 by hand, solves against its bounds, ageing, refusals."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.builders.tiny_world import STUDY, WORLD, fill, opened, write

import headrace as hr
from headrace.core.errors import InputError
from headrace.plan.lp.options import SolverOptions
from headrace.science.world_model import library as libraries
from headrace.science.world_model.ask import AskedWorld, WidestFirst, gap_of
from headrace.science.world_model.bounds import ProvedRange, StoredArrays, proved_range
from headrace.science.world_model.stored import WorldShape
from headrace.science.world_model.theorems import cost_numbers, cost_order, named
from headrace.science.world_model.world_file import read_world


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    here = tmp_path_factory.mktemp("world")
    fill(write(here), 9)
    return here


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
            found, true = asked.proved(cube), asked.solved(cube)
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
        near = asked.solvable.solved([0.5] * 5, 1e-6)
        moved = asked.solvable.solved([0.502, 0.5, 0.5, 0.5, 0.5], 1e-6)
        cube = np.array([[0.5] * 5, [0.502, 0.5, 0.5, 0.5, 0.5]])
        step = np.diff(asked.shape.lifted(cube), axis=0)[0]
        told = near.low + float(np.array(near.worth_slopes) @ step)
        assert told == pytest.approx(moved.low, rel=1e-6)
        more = asked.solvable.solved([0.5, 0.5, 0.5, 0.502, 0.5], 1e-6)
        assert near.high + 0.002 * near.bound_slopes[3] == pytest.approx(more.high, rel=1e-6)


def test_the_interior_point_proves_the_same_slopes(folder):
    """Its solution keeps cuts of the problem that it solved, which know nothing of another demand:
    what moves with the demand are prices, whoever found them.
    """
    with opened(folder) as asked:
        exact = asked.solvable.solved([0.4] * 5, 1e-6)
        inside = replace(asked.solvable, options=SolverOptions(threads=1, method="interior"))
        found = inside.solved([0.4] * 5, 1e-6)
        more = asked.solvable.solved([0.4, 0.4, 0.4, 0.5, 0.4], 1e-6)
    assert exact.bound_slopes[3] > 1e6
    assert found.bound_slopes[3] == pytest.approx(exact.bound_slopes[3], rel=1e-3)
    assert found.low <= exact.high * (1 + 1e-9)
    assert exact.low <= found.high * (1 + 1e-9)
    assert more.low <= found.high + 0.1 * found.bound_slopes[3] + 1e-6 * more.low


def test_with_cvar_prices_move_from_what_they_prove_themselves(tmp_path):
    """CVaR of three branches: from a plan at 10 MW, what is proved at 11 MW holds for a solve
    there, and is told with the odds of the tail.
    """
    told = STUDY.replace("money:", "goal: {risk: {alpha: 0.5, omega: 0.5}}\nmoney:")
    (tmp_path / "tiny_study.yaml").write_text(told)
    (tmp_path / "world.yaml").write_text(
        "world: w\nstudy: tiny_study.yaml\n"
        "vary:\n  load: {key: products.power.demand, from: 8 MW, to: 12 MW}\n"
    )
    with opened(tmp_path) as asked:
        stored, true = (asked.solvable.solved([x], 1e-6) for x in (0.5, 0.75))
        asked.library.store(stored)
        asked._read()
        found = asked.proved(np.array([0.75]))
    assert asked.shape.risk
    assert stored.bound_slopes[0] != 0.0
    assert true.low <= found.high * (1 + 1e-9)
    assert found.high == pytest.approx(true.high, rel=0.05)


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
    monkeypatch.setattr(libraries, "code_hash", lambda root: "other code")
    with opened(tmp_path) as asked:
        assert (asked.count, asked.library.aged) == (0, 1)
        assert "1 plans have aged" in asked.spent
        assert asked.proved(np.full(5, 0.5)).low == -np.inf
    monkeypatch.undo()
    with opened(tmp_path) as asked:  # what changed was put back
        assert (asked.count, asked.library.aged) == (1, 0)
        assert np.isfinite(asked.proved(np.full(5, 0.5)).low)


def test_code_and_catalogues_of_the_rooms_below_are_hashed_and_no_others(tmp_path):
    """A price of the catalogue is moved, then a line of the solver; a page of the app is not asked.
    The hash is kept while the program runs, so each state stands in a folder of its own.
    """
    told = []
    for number, (name, text) in enumerate(
        (
            ("show/app/x.py", "old"),
            ("show/app/x.py", "new"),
            ("energy/catalogue/gas.yaml", "capex: 2500"),
            ("plan/solve/solve.py", "x = 2"),
        )
    ):
        root = tmp_path / str(number)
        for path, content in (
            ("show/app/x.py", "old"),
            ("energy/catalogue/gas.yaml", "capex: 2400"),
            ("plan/solve/solve.py", "x = 1"),
        ):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text if path == name else content)
        told.append(libraries.code_hash(root))
    assert told[0] == told[1]
    assert len(set(told)) == 3


def test_a_file_that_the_study_names_ages_the_library_too(tmp_path):
    """The demand stands in a table beside the study: its text stays, its numbers change."""
    own = STUDY.replace("demand: 10 MW, price", "demand: load.csv, price").replace(
        "hours: {blocks: [6000 h, 2760 h]}", "hours: {days: 1}"
    )
    (tmp_path / "tiny_study.yaml").write_text(own)
    (tmp_path / "load.csv").write_text("MW\n" + "10\n" * 8760)
    (tmp_path / "world.yaml").write_text(
        "world: w\nstudy: tiny_study.yaml\n"
        "vary:\n  reactor: {key: technologies.reactor.capex, from: 1500 USD/kW, to: 4000 USD/kW}\n"
    )
    file = read_world(tmp_path / "world.yaml", lambda name: None)
    before = libraries.fingerprint(file)
    assert libraries.fingerprint(file) == before
    (tmp_path / "load.csv").write_text("MW\n" + "11\n" * 8760)
    assert libraries.fingerprint(file) != before


def test_corners_meet_every_end_of_costs_and_of_right_hand_sides(folder):
    """Odds turn costs up and down, prices only raise them: first the two odds with four corners of
    right-hand sides, all prices low; then the other corners of three things that move costs.
    """
    with opened(folder) as asked:
        assert asked.shape.rising == (0, 1)
        found = asked._corners()
    first, rest = found[:4], found[4:]
    assert np.all(first[:, :2] == 0)
    assert len(np.unique(first[:, 2:], axis=0)) == 4
    assert set(first[:, 2]) == {0.0, 1.0}
    assert len(np.unique(first[:, 3:], axis=0)) == 4
    assert len(np.unique(np.vstack([first, rest])[:, :3], axis=0)) == 8
    sides, counts = np.unique(rest[:, 3:], axis=0, return_counts=True)
    assert len(sides) == 4
    assert max(counts) - min(counts) <= 1
    assert len(np.unique(found, axis=0)) == len(found)


def test_rows_say_which_costs_are_larger():
    """Two numbers: one rises with the first feature, one falls with it and rises with the second.
    At (1, 0) the second is lower than at (0, 0): neither lies below the other.
    """
    moves = np.array([[2.0, 0.0], [-3.0, 3.0], [4.0, 0.0], [0.0, 0.0]])
    rows = np.array(cost_order(moves, np.ones(4), np.zeros(4, dtype=bool)))
    assert rows.tolist() == [[-1.0, 1.0], [1.0, 0.0]]
    either = np.array([True, False, False, False])
    rows = np.array(cost_order(moves, np.ones(4), either))
    assert rows.tolist() == [[-1.0, 0.0], [-1.0, 1.0], [1.0, 0.0]]
    many = np.random.default_rng(0).uniform(size=(500, 2))
    equal = np.array(cost_order(many, np.ones(500), np.zeros(500, dtype=bool)))
    assert equal.tolist() == [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]


def test_a_plan_at_lower_costs_proves_something_at_higher_ones():
    """One plan at price 1, of 10 units for a worth of 90: at price 3 nothing is worth more than 90,
    at price 0 nothing is known.
    """
    shape = WorldShape(("costs",), ((0,),), whole=False, risk=False, order=((1.0,),))
    points, worth = np.array([[0.25]]), np.array([90.0])
    stored = StoredArrays(
        shape, points, points, worth, worth, np.array([[-40.0]]), np.zeros((1, 1))
    )
    assert proved_range(stored, np.array([0.75])).high == pytest.approx(90.0, rel=1e-6)
    assert proved_range(stored, np.array([0.75])).low == pytest.approx(70.0, rel=1e-6)
    assert proved_range(stored, np.array([0.0])).high == np.inf


def test_a_price_below_zero_in_some_hour_is_not_taken_for_a_cost(folder):
    """Where a profile is negative in one hour, a larger scale costs less there: such numbers have
    to be met, not only not exceeded.
    """
    with opened(folder) as asked:
        first = asked.solvable.corner()
    block = first.nodes[0]
    assert not cost_numbers(first)[1].any()
    profile = int(block.cost.profile[0])
    turned = block.profiles.copy()
    turned[profile, 0] = -1.0
    other = replace(first, nodes=(replace(block, profiles=turned), *first.nodes[1:]))
    assert cost_numbers(other)[1].sum() == np.sum(block.cost.profile == profile)


def test_what_was_found_of_a_world_is_kept_with_it(folder):
    with opened(folder) as asked:
        assert asked.library.shape == asked.solvable.shape
        assert len(asked.shape.order) >= 4


def test_the_widest_answer_is_found_without_working_out_all_of_them():
    """Widths only shrink: ten points, the widest is taken and solved, again and again. The order is
    that of a search that works out every width each time.
    """
    generation = np.random.default_rng(3)
    points, widths, asked = np.arange(10.0)[:, None], generation.uniform(1, 2, 10), []

    def proved(point):
        asked.append(int(point[0]))
        return ProvedRange(0.0, widths[int(point[0])], 0)

    widest, order = WidestFirst(points), []
    for _ in range(8):
        place = int(widest.next(proved)[0])
        assert gap_of(ProvedRange(0.0, widths[place], 0)) == max(
            gap_of(ProvedRange(0.0, w, 0)) for w in widths
        )
        order.append(place)
        widths[place] *= 0.1
        widths[(place + 1) % 10] *= 0.9
    assert len(set(order)) >= 6
    assert len(asked) < 8 * 10


def test_filling_ends_with_the_dollars(folder, tmp_path):
    """At a price at which one solve costs more than all that may be spent, one plan is stored."""
    (tmp_path / "tiny_study.yaml").write_text(STUDY)
    text = WORLD.replace("{plans: 60, dollars: 1}", "{plans: 60, dollars: 1, price: 1e9}")
    (tmp_path / "world.yaml").write_text(text)
    with opened(tmp_path) as asked:
        told = list(asked.fill(5, stop=lambda: False))
        assert (len(told), asked.count, asked.full) == (1, 1, True)
        assert "of 1 USD spent" in told[0]
        assert asked.ask({"load": 11}).why == "the budget of plans or of dollars is spent"


def test_filling_stops_when_told(folder, tmp_path):
    for name in ("tiny_study.yaml", "world.yaml"):
        (tmp_path / name).write_text((folder / name).read_text())
    said = iter([False, True])
    with opened(tmp_path) as asked:
        assert len(list(asked.fill(9, stop=lambda: next(said)))) == 1
        assert asked.count == 1


def test_a_point_without_a_plan_is_refused_and_stands_on_the_map(tmp_path):
    """200 MW may be built, and what is promised is 10 to 500 MW in every hour: at 300 MW no plan
    keeps it, and what a broken promise is charged in the program is no money to tell.
    """
    promised = STUDY.replace("price: 90 USD/MWh", "availability: 100 %, price: 90 USD/MWh")
    (tmp_path / "tiny_study.yaml").write_text(promised)
    (tmp_path / "world.yaml").write_text(
        "world: w\nstudy: tiny_study.yaml\n"
        "vary:\n  load: {key: products.power.demand, from: 10 MW, to: 300 MW}\n"
    )
    with opened(tmp_path) as asked:
        found = asked.ask({"load": 300})
        last = asked.library.map[-1]
        assert asked.count == 0
    assert (found.kind, found.low, found.high) == ("refused", None, None)
    assert found.why.startswith("no plan there")
    assert (last.kind, last.point) == ("refused", (300.0,))


def test_filling_goes_round_what_has_no_plan(tmp_path):
    """At the upper end of the box nothing keeps the promise: that corner goes on the map, and plans
    are stored in the rest of it.
    """
    promised = STUDY.replace("price: 90 USD/MWh", "availability: 100 %, price: 90 USD/MWh")
    (tmp_path / "tiny_study.yaml").write_text(promised)
    (tmp_path / "world.yaml").write_text(
        "world: w\nstudy: tiny_study.yaml\n"
        "vary:\n  load: {key: products.power.demand, from: 10 MW, to: 300 MW}\n"
    )
    with opened(tmp_path) as asked:
        told = list(asked.fill(3, stop=lambda: False))
        assert asked.count == 3
        assert asked.library.map[0].kind == "refused"
        assert all(one.point[0] > 100 for one in asked.library.map)
        assert sum("no plan there" in words for words in told) == len(told) - 3
        corners = [plan.point for plan in asked.library.plans].count((10.0,))
    with opened(tmp_path) as asked:  # a second run begins where the first ended
        list(asked.fill(4, stop=lambda: False))
        assert [plan.point for plan in asked.library.plans].count((10.0,)) == corners == 1


def test_a_library_that_is_only_read_notes_nothing(folder):
    file = read_world(folder / "world.yaml", lambda name: None)
    with libraries.opened(folder / "world.duckdb", file, read_only=True) as plans:
        asked = AskedWorld(file, plans)
        before = len(plans.map)
        assert asked.ask({}, solve=False).low is not None
        assert len(plans.map) == before


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
        pytest.raises(InputError, match="another file than a library of plans"),
        libraries.opened(tmp_path / "x.duckdb", file),
    ):
        pass
    os.mkfifo(tmp_path / "pipe")  # which nobody writes to
    with (
        pytest.raises(InputError, match="is a pipe"),
        libraries.opened(tmp_path / "pipe", file),
    ):
        pass
