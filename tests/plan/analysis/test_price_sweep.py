"""One price from end to end: segments meet at the crossings, orders are expected ones."""

from __future__ import annotations

import pytest
from tests.builders.price_questions import TWO_LEVELS, one_hour, question_of

from headrace.core.errors import InputError
from headrace.plan.analysis.breakeven import Breakeven, best_plan
from headrace.plan.analysis.parametric import envelope
from headrace.plan.analysis.price_sweep import SweepGrid, bought, price_range, segments, sweep

QUIET = {"say": lambda words: None, "stop": lambda: False}


def test_a_sweep_finds_each_plan_between_its_prices():
    """Crossings at 360 and 562.8 USD/kW: 10 MW of reactor below, 6 MW between, none above."""
    found = sweep(question_of(TWO_LEVELS), 100.0, 1000.0, SweepGrid(points=0), **QUIET)
    assert [c.low for c in found.crossings] == pytest.approx([360, 562.8])
    assert found.entry.low == pytest.approx(562.8)
    assert [(s.low, s.high) for s in found.segments] == [
        (pytest.approx(100), pytest.approx(360)),
        (pytest.approx(360), pytest.approx(562.8)),
        (pytest.approx(562.8), pytest.approx(1000)),
    ]
    reactors = [
        sum(o.quantity for o in segment.orders if o.asset == "reactor")
        for segment in found.segments
    ]
    assert reactors == pytest.approx([10.0, 6.0, 0.0])
    assert [s.share for s in found.segments] == [
        pytest.approx(1.0),
        pytest.approx(6 * 8760 / (6 * 8760 + 4 * 2000)),
        pytest.approx(0.0),
    ]
    assert (found.unit, found.name, found.whole, found.curves) == ("USD/kW", "reactor", True, ())


def test_neighbours_that_are_one_plan_are_one_segment():
    """From 600 to 1,000 USD/kW nothing changes."""
    question = question_of(TWO_LEVELS)
    (only,) = segments(question, envelope(question, 600.0, 1000.0))
    assert (only.low, only.high) == (600.0, 1000.0)
    assert only.bought == pytest.approx(0.0, abs=1e-6)


def test_orders_are_weighted_by_probability_and_the_largest_is_first():
    """A second year with 30 MW or 10 MW at even odds: on average 10 MW more of the plant."""
    tree = """
tree:
  - {node: now, demand: {power: [10 MW, 0 MW]}}
  - {node: more, parent: now, probability: 50 %, demand: {power: [30 MW, 0 MW]}}
  - {node: same, parent: now, probability: 50 %, demand: {power: [10 MW, 0 MW]}}
"""
    text = one_hour(hours=8000, tree=tree, fixed=20, v=10, c=300, w=40)
    text = text.replace("stages: [12 months]", "stages: [12 months, 12 months]")
    found = bought(best_plan(question_of(text), 5000.0))
    assert [(one.asset, one.unit) for one in found] == [("plant", "MW")]
    assert found[0].quantity == pytest.approx(10 + 0.5 * 20)


def test_a_range_is_what_is_given_or_lies_around_the_entry():
    question = question_of(TWO_LEVELS)
    entry = Breakeven(400.0, 400.0, True, 6000.0, 1e6, 3)
    never = Breakeven(0.0, 0.0, False, 0.0, 1e6, 2, never=True)
    assert price_range(question, entry, None, None) == (200.0, 600.0)
    assert price_range(question, entry, 50.0, None) == (50.0, 600.0)
    assert price_range(question, None, 2.0, 12.0) == (2.0, 12.0)
    assert price_range(question, never, None, None) == (pytest.approx(50), pytest.approx(150))
    with pytest.raises(InputError, match="a fuel needs a range"):
        price_range(question, None, None, 12.0)


def test_a_stop_leaves_out_the_curves_and_says_that_it_did_not_look_everywhere():
    text = TWO_LEVELS + "\nfuels: {gas: {price: 3 USD/MMBtu}}\n"
    told: list[str] = []
    found = sweep(question_of(text), 100.0, 1000.0, SweepGrid(), say=told.append, stop=lambda: True)
    assert found.curves == ()
    assert not found.whole
    assert not any("shares" in words for words in told)
