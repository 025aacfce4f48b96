"""Break-even prices: algebra where there is one hour, brackets where there are many, and the law
that quantity falls.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.breakeven import (
    BreakevenQuestion,
    along,
    ask,
    breakeven,
    quantity,
    share,
    solved,
)
from headrace.plan.analysis.parametric import crossings, envelope

ONE_HOUR = """
study: algebra
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], terminal_value: false, hours: {{blocks: [{hours} h, {rest} h]}}}}
technologies:
  reactor: {{capex: 100 USD/kW, fixed: {fixed} USD/kW-year, variable: {v} USD/MWh}}
  plant: {{capex: {c} USD/kW, variable: {w} USD/MWh}}
sites: {{here: {{build: {{reactor: {{use: reactor, at_most: 6 MW}}, plant: plant}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 500 USD/MWh}}}}
tree: [{{node: now, demand: {{power: [10 MW, 0 MW]}}}}]
"""
"""10 MW are wanted for some hours of the year, none in the rest."""


def one_hour(hours: int, **numbers: float) -> str:
    return ONE_HOUR.format(hours=hours, rest=8760 - hours, **numbers)


def posed(text: str, about: str = "capex:reactor") -> BreakevenQuestion:
    return ask(study_of(parse_text(text)), about)


def test_one_hour_is_algebra() -> None:
    """A MW of reactor saves the plant's 300 USD/kW and 8,000 h x (40 - 10) USD/MWh, less 20 USD/kW
    of fixed cost for its year.

    300 + 240 - 20 = 520 USD/kW; below it all 6 MW are ordered, above it none.
    """
    question = posed(one_hour(hours=8000, fixed=20, v=10, c=300, w=40))
    found = breakeven(question)
    assert found.exact
    assert found.low == pytest.approx(520, rel=1e-9)
    assert found.high == pytest.approx(520, rel=1e-9)
    assert found.slope == pytest.approx(6000)
    assert quantity(solved(question, 519.9), "reactor") == pytest.approx(6)
    assert quantity(solved(question, 520.1), "reactor") == pytest.approx(0, abs=1e-9)
    only = crossings(question, 0, 2000)
    assert [c.exact for c in only] == [True]
    assert only[0].low == pytest.approx(520, rel=1e-9)


numbers = st.fixed_dictionaries(
    {
        "hours": st.integers(1000, 8759),
        "fixed": st.integers(0, 60),
        "v": st.integers(0, 30),
        "c": st.integers(50, 900),
        "w": st.integers(20, 90),
    }
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(numbers)
def test_the_algebra_holds_everywhere(n: dict[str, int]) -> None:
    """c + hours (w - v) / 1,000 - fixed, as long as the plant itself pays at 500 USD/MWh (it does:
    1,000 h x 410 > 900).
    """
    expected = n["c"] + n["hours"] * (n["w"] - n["v"]) / 1e3 - n["fixed"]
    pays = n["hours"] * (500 - n["w"]) / 1e3 > n["c"]
    if not pays:
        expected = n["hours"] * (500 - n["v"]) / 1e3 - n["fixed"]
    found = breakeven(posed(one_hour(**n)))
    if expected <= 1e-6:
        assert found.never
    else:
        assert found.low == pytest.approx(expected, rel=1e-9)
        assert found.exact


def test_every_step_of_a_load_curve_is_a_crossing() -> None:
    """10 MW for 2,000 h, 6 MW for 6,760 h. The first 6 MW of the reactor save 300 + 8,760 x 30 /
    1,000 = 562.8 USD/kW, the last 4 only 300 + 2,000 x 30 / 1,000 = 360.

    Blocks of the demand are written at the tree's only node.
    """
    text = one_hour(hours=2000, fixed=0, v=10, c=300, w=40)
    text = text.replace(", at_most: 6 MW", "").replace("[10 MW, 0 MW]", "[10 MW, 6 MW]")
    found = crossings(posed(text), 0, 1000)
    assert [c.low for c in found] == pytest.approx([360, 562.8], rel=1e-9)
    assert all(c.exact for c in found)
    assert [(c.below, c.above) for c in found] == [
        pytest.approx((10_000, 6_000)),
        pytest.approx((6_000, 0), abs=1e-6),
    ]


def test_an_envelope_that_is_cut_short_says_so() -> None:
    """Two solves know only the ends; a third finds the plan between, and two brackets are left."""
    text = one_hour(hours=2000, fixed=0, v=10, c=300, w=40)
    text = text.replace(", at_most: 6 MW", "").replace("[10 MW, 0 MW]", "[10 MW, 6 MW]")
    short = envelope(posed(text), 100, 1000, most=2)
    assert not short.whole
    assert [(c.low, c.high) for c in short.crossings] == [(100, 1000)]
    third = envelope(posed(text), 100, 1000, most=3)
    assert not third.whole
    assert len(third.crossings) == 2
    stopped = envelope(posed(text), 100, 1000, stop=lambda: True)
    assert not stopped.whole
    whole = envelope(posed(text), 100, 1000)
    assert whole.whole
    assert len(whole.points) == 3
    for cut in (short, third):  # a bracket always holds what the whole search finds
        assert all(any(b.low <= c.low <= b.high for b in cut.crossings) for c in whole.crossings)


def test_a_fuel_price_has_crossings_too() -> None:
    """At 5 MMBtu/MWh a plant of 300 USD/kW meets a reactor of 520 USD/kW and 10 USD/MWh at 8,000 h
    where 300 + 8 x 5 f = 520 + 80: f = 7.5 USD/MMBtu.
    """
    text = one_hour(hours=8000, fixed=0, v=10, c=300, w=0).replace(
        "at_most: 6 MW", "at_most: 20 MW, capex: 520 USD/kW"
    )
    text = (
        text.replace("variable: 0 USD/MWh}", "heat_rate: 5 MMBtu/MWh, fuel: gas}")
        + "\nfuels: {gas: {price: 3 USD/MMBtu}}\n"
    )
    found = crossings(posed(text, "fuel:gas"), 0, 50)
    assert [c.low for c in found] == pytest.approx([7.5], rel=1e-9)


HOURLY = """
study: hourly
money: {{discount: 7 %/a real}}
horizon: {{start: 2035-01, stages: [12 months, 48 months], hours: {{weeks: 1, extreme_days: 0}}}}
fuels: {{gas: {{price: {gas} USD/MMBtu, co2: 53.06 kg/MMBtu}}}}
carbon: {carbon} USD/t
beliefs:
  demand: {{about: demand, before: 0 %/a, reveal: 2, cases: {{low: {{probability: 50 %, value: 0 %/a}}, high: {{probability: 50 %, value: 30 %/a}}}}}}
sites:
  miami:
    weather: tm2:12839
    build:
      smr: {{use: nuclear.smr, lead: 0 months}}
      engines: {{use: gas.engine, lead: 0 months}}
      pv: {{use: solar.single_axis, lead: 0 months, at_most: {pv} MW}}
      battery: {{use: battery.lfp, lead: 0 months, at_most: {battery} MW}}
products: {{power: {{kind: electricity, site: miami, demand: 100 MW, price: 400 USD/MWh, shape: {shape}}}}}
"""
PLAIN = {"gas": 6, "carbon": 0, "pv": 400, "battery": 200, "shape": "office"}


def test_an_hourly_break_even_is_bracketed_to_one_per_cent() -> None:
    question = posed(HOURLY.format(**PLAIN), "capex:nuclear.smr")
    found = breakeven(question)
    assert 0 < found.low <= found.high <= 1.01 * found.low
    assert quantity(solved(question, 0.99 * found.low), "nuclear.smr") > 1e-3
    assert quantity(solved(question, 1.011 * found.high), "nuclear.smr") == pytest.approx(
        0, abs=1e-6
    )


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(
    st.fixed_dictionaries(
        {
            "gas": st.integers(2, 14),
            "carbon": st.integers(0, 150),
            "pv": st.sampled_from([0, 100, 500]),
            "battery": st.sampled_from([0, 200]),
            "shape": st.sampled_from(["flat", "office", "chat"]),
        }
    )
)
def test_a_reactor_never_gains_from_its_own_price(n: dict[str, object]) -> None:
    """Discounted quantity falls in its own price whatever else there is; its energy too where
    nothing stores and no sun shines.
    """
    points = along(
        posed(HOURLY.format(**n), "capex:nuclear.smr"), [1000.0, 3000.0, 5000.0, 8000.0, 14000.0]
    )
    most = max(p.slope for p in points)
    for near, far in pairwise(points):
        assert far.slope <= near.slope + 1e-7 * max(most, 1.0)
        if n["pv"] == 0 and n["battery"] == 0:
            assert share(far, "nuclear.smr") <= share(near, "nuclear.smr") + 1e-7
    assert all(0 <= share(p, "nuclear.smr") <= 1 for p in points)


def test_questions_that_make_no_sense_are_refused() -> None:
    text = one_hour(hours=8000, fixed=20, v=10, c=300, w=40)
    with pytest.raises(InputError, match="capex:plant"):
        posed(text, "capex:windmill")
    with pytest.raises(InputError, match="low < high"):
        crossings(posed(text), 5, 5)
    with pytest.raises(InputError, match="spend"):
        posed(text + "\nlimits: {spend: [1e9 USD]}\n")
