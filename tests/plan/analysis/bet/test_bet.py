"""The bet on small studies whose answers are known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.builders.analysed import TREE, analysed, plan_file

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.bet.answers import Bet, answered
from headrace.plan.analysis.bet.commit_sizes import allowed, commit_table
from headrace.plan.analysis.bet.deciding_inputs import difference
from headrace.plan.analysis.bet.no_regret import no_regret
from headrace.plan.analysis.bet.tail_frontier import tail_frontier
from headrace.show.reports.bet import sentences

RANGED = """
study: ranged
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 120 months], hours: {blocks: [6000 h, 2760 h]}}
sites:
  here:
    weather: tmy3:723170
    build: {engine: {use: gas.engine, at_most: 20 MW},
        plant: {use: plant, at_most: 20 MW}}
fuels: {gas: {price: 4.5 USD/MMBtu}}
technologies: {plant: {capex: 0 USD/kW, variable: 68 USD/MWh}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""
"""An engine of the catalogue against a plant that costs 68 USD/MWh."""


def asked(text: str, sizes: tuple[float, ...], inputs: int) -> Bet:
    return answered(study_of(parse_text(text)), text, Path("ranged.yaml"), sizes, inputs)


def test_the_plans_own_size_is_the_best_on_the_mean() -> None:
    g = analysed(TREE)
    table = commit_table(g.formulation, g.plan)
    sizes = [one.size for one in table.sizes]
    assert sizes[:3] == [0.0, 0.5, 1.0]
    own = next(one for one in table.sizes if one.size == 1.0)
    assert own.worth.high >= g.plan.low - 1e-6 * abs(g.plan.low)
    assert all(one.worth.low <= own.worth.high + 1e-3 for one in table.sizes)
    regrets = table.regrets
    assert (regrets.regrets >= 0).all()
    assert sum(table.odds) == pytest.approx(1.0)
    means = [sum(o * leaf.low for o, leaf in zip(table.odds, one.leaves)) for one in table.sizes]
    assert means == pytest.approx([one.worth.low for one in table.sizes], rel=1e-6)


def test_a_size_beyond_a_limit_is_cut_to_it() -> None:
    g = analysed(TREE)
    now = np.array([i for i, o in enumerate(g.formulation.orders) if o.date == 0])
    most = allowed(g.formulation.problem, now, g.plan.solution.master[now], 1e6)
    assert 1.0 <= most < 1e6


def test_what_was_cut_is_told_even_where_that_size_is_there_already() -> None:
    """A hundred times and a thousand times the orders are both cut to one size, which is solved
    once; both are told with it.
    """
    g = analysed(TREE)
    table = commit_table(g.formulation, g.plan, (1.0, 100.0, 1000.0))
    first, second = table.cut
    assert (first[0], second[0]) == (100.0, 1000.0)
    assert first[1] == second[1] == table.sizes[-1].size
    assert len({one.size for one in table.sizes}) == len(table.sizes)
    bet = asked(RANGED, (1.0, 100.0), 0)
    assert "10000% was asked; limits on orders allow" in " ".join(sentences(bet))
    assert commit_table(g.formulation, g.plan, (0.5,)).cut == ()


def test_a_size_with_which_no_plan_keeps_every_limit_is_named() -> None:
    bet = asked(RANGED, (0.0, 1.0), 0)
    assert bet.table.impossible == ()
    told = replace(bet, table=replace(bet.table, impossible=(0.25,)))
    assert "With 25% of these orders no plan keeps every limit." in sentences(told)


def test_a_goal_with_a_tail_is_not_called_a_mean() -> None:
    plain = asked(RANGED, (1.0,), 0)
    assert sentences(plain)[0].startswith("On the mean 100% of the plan's orders is best")
    risky = asked(RANGED + "goal: {risk: {alpha: 0.7, omega: 0.3}}\n", (1.0,), 0)
    assert sentences(risky)[0].startswith("By the study's goal, 70% mean and 30% tail, 100% of")


def test_the_tail_rises_and_the_mean_falls_with_its_weight() -> None:
    g = analysed(TREE)
    points = tail_frontier(g.formulation, 0.7)
    tails, means = [p.tail for p in points], [p.mean for p in points]
    slack = 1e-4 * max(map(abs, means))
    assert all(b >= a - slack for a, b in pairwise(tails))
    assert all(b <= a + slack for a, b in pairwise(means))
    assert all(p.worst <= p.tail + slack and p.tail <= p.mean + slack for p in points)


def test_an_order_worth_more_than_the_tolerance_is_in_every_plan_within_it() -> None:
    plan = plan_file(analysed(TREE))
    found = no_regret(plan)
    assert {o.asset for o in (*found.always, *found.sometimes, *found.unknown)} == {
        o.asset for o in plan.orders
    }
    bound = 0.03 * abs(plan.upper_bound_usd)
    assert all(order.value_low_usd > bound for order in found.always)
    nothing = replace(plan, orders=tuple(replace(o, value_low_usd=None) for o in plan.orders))
    assert no_regret(nothing).always == ()


def test_an_input_that_flips_within_its_own_range() -> None:
    """Its range reaches from a price at which the engine is ordered to one at which it is not."""
    found = asked(RANGED, (), 5)
    (one,) = found.decided
    assert one.about.key == "sites.here.build.engine.capex"
    assert one.flips is not None
    assert one.about.low <= one.flips[0] < one.flips[1] <= one.about.high
    assert one.swing > 0
    assert found.complete


def test_an_input_that_does_not_flip_says_so() -> None:
    never = RANGED.replace("variable: 68", "variable: 1")
    found = asked(never, (0.0, 1.0), 5)
    assert [one.flips for one in found.decided] == [None]


def test_orders_are_told_apart_by_quantity_not_by_price() -> None:
    assert difference({"a": (10.0, 5.0)}, {"a": (10.0, 9.0)}) == 0.0
    assert difference({"a": (10.0, 5.0)}, {"a": (5.0, 9.0)}) == pytest.approx(0.5)
    assert difference({}, {"b": (1.0, 2.0)}) == 1.0
    assert difference({}, {}) == 0.0


def test_sizes_below_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="0 to 100"):
        asked(RANGED, (-1.0,), 0)


def test_a_stop_leaves_out_what_is_not_begun() -> None:
    g = analysed(TREE)
    assert commit_table(g.formulation, g.plan, stop=lambda: True).sizes == ()
    assert tail_frontier(g.formulation, 0.9, stop=lambda: True) == ()
