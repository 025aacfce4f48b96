"""What a stored plan proves of a changed study: the true best plan lies between the two ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import CAMPUS, PLANT, solve_text, study
from tests.builders.what_ifs import MOVES, changes

from headrace.core.run_folder import open_run
from headrace.core.study_changes import changed_study
from headrace.plan import run
from headrace.plan.analysis.what_if import bounds, same_orders, what_if
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.solve import solve
from headrace.plan.solve.stored_solution import stored_plan

ITERATED = SolverOptions(method="interior")
"""By which even small nodes are repaired and not solved."""


def planned(text, folder):
    (folder / "study.yaml").write_text(text)
    run.plan(folder / "study.yaml", folder / "run", lambda _: None, lambda: False, worth=0.0)
    return stored_plan(open_run(folder / "run"))


@pytest.fixture(scope="module")
def plant(tmp_path_factory):
    return planned(PLANT, tmp_path_factory.mktemp("plant"))


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    return planned(CAMPUS, tmp_path_factory.mktemp("campus"))


def test_a_dearer_plant_by_hand(plant):
    """8 MW earn 162,800 USD each; at 250 USD/kW they would lose 50 x 8 less: 12,800 USD each. At
    300 USD/kW nothing is worth ordering: the orders lose 37,200 each, the best plan earns nothing.
    """
    found = what_if(plant, changed_study(PLANT, {"technologies.t.capex": "250 USD/kW"}))
    assert (found.low, found.high) == pytest.approx((8 * 12_800, 8 * 12_800))
    assert found.change == pytest.approx((-1_200_000, -1_200_000))
    dear = what_if(plant, changed_study(PLANT, {"technologies.t.capex": "300 USD/kW"}))
    assert (dear.low, dear.high) == pytest.approx((-8 * 37_200, 0.0), abs=1e-3)
    assert dear.kind == "both"
    assert dear.before == pytest.approx((8 * 162_800, 8 * 162_800))


@pytest.mark.parametrize("options", [SolverOptions(), ITERATED])
@pytest.mark.parametrize(
    "asked",
    [
        {"products.chat.price": "2 USD/Mtok"},
        {"sites.here.grid.queue": "30 months"},  # other years are operated
        {"sites.here.build.plant": None},  # a plant is gone
        {"horizon.stages": ["12 months", "12 months"]},
        {"products.chat.demand": "260 Gtok/h"},
    ],
)
def test_the_best_plan_of_a_changed_campus_lies_between(campus, asked, options):
    changed = formulate(expand(changed_study(CAMPUS, asked)))
    best, found = solve(changed.problem), bounds(campus, changed, options)
    assert found.kind == "both"
    assert found.low <= best.high * (1 + 1e-9)
    assert best.low <= found.high * (1 + 1e-9)


def test_the_study_itself_is_known_as_well_as_before(campus):
    found = bounds(campus, campus.formulation)
    assert found.width < 1e-6
    assert found.low == pytest.approx(campus.file.objective_usd, rel=1e-6)


def test_a_promise_that_the_stored_orders_break_leaves_the_bound(plant):
    """8 MW serve 80 % of 10 MW in every hour; 12 MW may be ordered now, and 90 % are promised. The
    best plan orders 10 MW for 1,628,000 USD; prices found at 8 MW only know that 12 MW earn no more
    than 12 times as much as one.
    """
    asked = {"products.power.availability": "90 %", "sites.here.build.plant.at_most": "12 MW"}
    found = what_if(plant, changed_study(PLANT, asked))
    assert (found.kind, found.low, found.width) == ("bound", -np.inf, np.inf)
    assert 1_628_000 <= found.high <= 12 * 162_800 * (1 + 1e-9)
    assert "80.00% of `power`" in found.why


def test_a_promise_that_nobody_can_keep_is_not_told_in_money(plant):
    found = what_if(plant, changed_study(PLANT, {"products.power.availability": "90 %"}))
    assert (found.kind, found.low) == ("none", -np.inf)


def test_orders_are_known_again_by_what_they_order_and_where(campus):
    """The plant goes: every other order keeps its quantity, in a master of fewer columns."""
    old = campus.formulation
    new = formulate(expand(changed_study(CAMPUS, {"sites.here.build.plant": None})))
    master = same_orders(old, campus.solution.master, new, range(len(new.nodes)))
    there = {
        (o.node, old.system.assets[o.asset].id, o.date): amount
        for o, amount in zip(old.orders, campus.solution.master)
    }
    kept = [there[o.node, new.system.assets[o.asset].id, o.date] for o in new.orders]
    assert len(new.orders) < len(old.orders)
    assert master[: len(new.orders)] == pytest.approx(kept)
    assert max(kept) > 0


def test_whole_orders_stay_whole(campus):
    """A unit that does not divide the stored quantity: the largest multiple below it is held."""
    text = CAMPUS.replace("at_most: 60 MW", "at_most: 60 MW, unit: 7 MW")
    changed = formulate(expand(changed_study(text, {})))
    found, best = bounds(campus, changed), solve(changed.problem, SolverOptions(gap=1e-6))
    assert found.kind == "both"
    assert found.low <= best.high * (1 + 1e-9) <= found.high * (1 + 1e-6)


def test_a_wrong_price_still_proves(campus):
    """Prices of any size prove a bound: thrice the stored ones as well."""
    solution = campus.solution
    nodes = tuple(
        replace(n, rows=3 * n.rows, chains=3 * n.chains, windows=tuple(3 * w for w in n.windows))
        for n in solution.nodes
    )
    wrong = replace(campus, solution=replace(solution, nodes=nodes))
    found = bounds(wrong, campus.formulation, ITERATED)
    assert campus.file.objective_usd <= found.high
    assert found.high > bounds(campus, campus.formulation, ITERATED).high


@pytest.mark.slow
def test_the_true_value_lies_inside_of_500_random_what_ifs(tmp_path, capsys):
    """Both ends hold in all of them, whether nodes are solved or repaired; the median width is at
    most 1 %.
    """
    rng, widths = np.random.default_rng(18), []
    for place, (text, count) in enumerate(zip(MOVES, (210, 210, 80), strict=True)):
        folder = tmp_path / str(place)
        folder.mkdir()
        stored = planned(text, folder)
        for k in range(count):
            asked = changes(text, rng)
            changed = formulate(expand(changed_study(text, asked)))
            best = solve(changed.problem, SolverOptions(gap=1e-5))
            found = bounds(stored, changed, ITERATED if k % 5 == 0 else SolverOptions())
            slack = 1e-6 * max(abs(best.low), 1.0)
            assert found.low <= best.high + slack, (asked, found, best.low)
            assert best.low <= found.high + slack, (asked, found, best.high)
            widths.append(found.width)
    with capsys.disabled():
        print(f"\n500 what-ifs: median width {np.median(widths):.2e}, all inside")
    assert np.median(widths) <= 0.01


def test_what_is_sold_is_carried_over() -> None:
    """A study that is changed by nothing keeps its levels, so both bounds are its own."""
    text = """\
study: sold
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}}
sites: {here: {grid: {limit: 6 MW, stands: 6 MW, energy: 3 USD/MWh}}}
products: {power: {kind: electricity, site: here, offers: {use: {kind: api, amount: 5 MW,
  price: 15 USD/MWh, elasticity: 3, most: 3}}}}
"""
    solved = solve_text(text)
    whole = formulate(expand(study(text)))
    found = same_orders(solved.formulation, solved.plan.solution.master, whole, [0])
    assert found == pytest.approx(solved.plan.solution.master)
    assert found.sum() > 1
