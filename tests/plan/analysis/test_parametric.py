"""Every price at which the best plan changes: the meeting points of lines."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.price_questions import ONE_HOUR, TWO_LEVELS, question_of

from headrace.core.errors import InputError
from headrace.plan.analysis.breakeven import PricePoint
from headrace.plan.analysis.parametric import crossings, doubt, envelope, intersection


def test_every_step_of_a_load_curve_is_a_crossing() -> None:
    """10 MW for 2,000 h, 6 MW for 6,760 h. The first 6 MW of the reactor save 300 + 8,760 x 30 /
    1,000 = 562.8 USD/kW, the last 4 only 300 + 2,000 x 30 / 1,000 = 360.

    Blocks of the demand are written at the tree's only node.
    """
    found = crossings(question_of(TWO_LEVELS), 0, 1000)
    assert [c.low for c in found] == pytest.approx([360, 562.8], rel=1e-9)
    assert all(c.exact for c in found)
    assert [(c.below, c.above) for c in found] == [
        pytest.approx((10_000, 6_000)),
        pytest.approx((6_000, 0), abs=1e-6),
    ]


def test_an_envelope_that_is_cut_short_says_so() -> None:
    """Two solves know only the ends; a third finds the plan between, and two brackets are left."""
    short = envelope(question_of(TWO_LEVELS), 100, 1000, most=2)
    assert not short.whole
    assert [(c.low, c.high) for c in short.crossings] == [(100, 1000)]
    third = envelope(question_of(TWO_LEVELS), 100, 1000, most=3)
    assert not third.whole
    assert len(third.crossings) == 2
    stopped = envelope(question_of(TWO_LEVELS), 100, 1000, stop=lambda: True)
    assert not stopped.whole
    whole = envelope(question_of(TWO_LEVELS), 100, 1000)
    assert whole.whole
    assert len(whole.points) == 3
    for cut in (short, third):  # a bracket always holds what the whole search finds
        assert all(any(b.low <= c.low <= b.high for b in cut.crossings) for c in whole.crossings)


def test_a_fuel_price_has_crossings_too() -> None:
    """At 5 MMBtu/MWh a plant of 300 USD/kW meets a reactor of 520 USD/kW and 10 USD/MWh at 8,000 h
    where 300 + 8 x 5 f = 520 + 80: f = 7.5 USD/MMBtu.
    """
    text = ONE_HOUR.format(hours=8000, fixed=0, v=10, c=300, w=0).replace(
        "at_most: 6 MW", "at_most: 20 MW, capex: 520 USD/kW"
    )
    text = (
        text.replace("variable: 0 USD/MWh}", "heat_rate: 5 MMBtu/MWh, fuel: gas}")
        + "\nfuels: {gas: {price: 3 USD/MMBtu}}\n"
    )
    found = crossings(question_of(text, "fuel:gas"), 0, 50)
    assert [c.low for c in found] == pytest.approx([7.5], rel=1e-9)


def line(price: float, fixed: float, slope: float) -> PricePoint:
    plan = SimpleNamespace(low=fixed, high=fixed)
    return PricePoint(price, None, plan, fixed, slope)  # type: ignore[arg-type]


def test_two_lines_meet_where_both_are_worth_the_same():
    """10 - 4 p and 6 - 2 p meet at p = 2, worth 2 there. The chord from 6 at p = 1 to 0 at p = 3 is
    3 at that price, so V may lie 1 above both lines.
    """
    left, right = line(1.0, 10.0, 4.0), line(3.0, 6.0, 2.0)
    assert intersection(left, right) == pytest.approx(2.0)
    assert left.at(2.0) == right.at(2.0) == pytest.approx(2.0)
    assert doubt(left, right) == pytest.approx(1.0)


number = st.floats(0.0, 1e6)


@given(st.floats(0.1, 1e3), st.floats(0.1, 1e3), st.tuples(number, number, number, number))
def test_a_next_price_always_lies_inside(low, width, lines):
    """Parallel, equal or swapped lines meet nowhere inside: half way is asked then."""
    left, right = line(low, lines[0], lines[1]), line(low + width, lines[2], lines[3])
    assert left.price < intersection(left, right) < right.price


def test_an_empty_range_is_refused():
    question = question_of(TWO_LEVELS)
    for low, high in ((5.0, 5.0), (7.0, 5.0), (-1.0, 5.0)):
        with pytest.raises(InputError, match="low < high"):
            crossings(question, low, high)
