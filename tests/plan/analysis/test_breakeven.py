"""Break-even prices: algebra where there is one hour, brackets where there are many, and the law
that quantity falls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from math import log

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.price_questions import one_hour, question_of

from headrace.core.errors import InputError
from headrace.plan.analysis.breakeven import (
    best_plan,
    best_plans,
    breakeven,
    electricity_sources,
    formulation_at,
    plan_without,
    quantity,
    share,
)
from headrace.plan.analysis.parametric import crossings
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.solve.solve import CertifiedPlan, solve


def test_one_hour_is_algebra() -> None:
    """A MW of reactor saves the plant's 300 USD/kW and 8,000 h x (40 - 10) USD/MWh, less 20 USD/kW
    of fixed cost for its year.

    300 + 240 - 20 = 520 USD/kW; below it all 6 MW are ordered, above it none.
    """
    question = question_of(one_hour(hours=8000, fixed=20, v=10, c=300, w=40))
    found = breakeven(question)
    assert found.exact
    assert found.low == pytest.approx(520, rel=1e-9)
    assert found.high == pytest.approx(520, rel=1e-9)
    assert found.slope == pytest.approx(6000)
    assert quantity(best_plan(question, 519.9), "reactor") == pytest.approx(6)
    assert quantity(best_plan(question, 520.1), "reactor") == pytest.approx(0, abs=1e-9)
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
    found = breakeven(question_of(one_hour(**n)))
    if expected <= 1e-6:
        assert found.never
    else:
        assert found.low == pytest.approx(expected, rel=1e-9)
        assert found.exact


HOURLY = """
study: hourly
money: {{discount: 7 %/a real}}
horizon: {{start: 2035-01, stages: [12 months, 48 months], hours: {{weeks: 1, extreme_days: 0}}}}
fuels: {{gas: {{price: {gas} USD/MMBtu, co2: 53.06 kg/MMBtu}}}}
carbon: {carbon} USD/t
beliefs:
  demand:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {{low: {{probability: 50 %, value: 0 %/a}}, high: {{probability: 50 %, value: 30 %/a}}}}
sites:
  miami:
    weather: tm2:12839
    build:
      smr: {{use: nuclear.smr, lead: 0 months}}
      engines: {{use: gas.engine, lead: 0 months}}
      pv: {{use: solar.single_axis, lead: 0 months, at_most: {pv} MW}}
      battery: {{use: battery.lfp, lead: 0 months, at_most: {battery} MW}}
products:
  power:
    {{kind: electricity, site: miami, demand: 100 MW, price: 400 USD/MWh, shape: {shape}}}
"""
PLAIN = {"gas": 6, "carbon": 0, "pv": 400, "battery": 200, "shape": "office"}


@pytest.mark.parametrize(
    "stages", ["120 months", "60 months, 60 months", "60 months, 30 months, 30 months"]
)
def test_a_cut_of_a_stage_moves_no_break_even(stages: str) -> None:
    """Power costs nothing for five years and 50 USD/MWh for the next five. A kW saves 438 USD a
    year of those, from month 60 on, in which it is paid: 438 x (1 - 1.07^-5) / ln 1.07 USD.
    """
    text = f"""
study: waits
money: {{discount: 7 %/a real}}
horizon: {{start: 2027-01, stages: [{stages}], terminal_value: false, hours: {{blocks: [8760 h]}}}}
technologies: {{reactor: {{capex: 100 USD/kW}}}}
sites:
  here:
    grid: {{limit: 10 MW, stands: 10 MW, energy: {{2027: 0 USD/MWh, 2032: 50 USD/MWh}}}}
    build: {{reactor: {{use: reactor, at_most: 10 MW}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 500 USD/MWh}}}}
"""
    found = breakeven(question_of(text, "capex:reactor"))
    assert found.low == pytest.approx(438 * (1 - 1.07**-5) / log(1.07), rel=1e-4)


def _opened(monkeypatch: pytest.MonkeyPatch, wide: Callable[[float], bool]) -> None:
    """Certificates of solves at those gaps leave 30,000 USD open."""

    def opened(problem: Problem, options: SolverOptions) -> CertifiedPlan:
        plan = solve(problem, options)
        return replace(plan, high=plan.high + 3e4) if wide(options.gap) else plan

    monkeypatch.setattr("headrace.plan.analysis.breakeven.solve", opened)


def test_what_a_certificate_leaves_open_is_asked_for_more_closely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """6 MW that are worth 520 USD/kW; at 515 their gain of 30,000 USD is within the bounds."""
    question = question_of(one_hour(hours=8000, fixed=20, v=10, c=300, w=40))
    _opened(monkeypatch, lambda gap: gap >= question.gap)
    found = breakeven(question)
    assert found.exact
    assert found.low == pytest.approx(520, rel=1e-6)


def test_what_stays_open_is_told_as_a_bracket(monkeypatch: pytest.MonkeyPatch) -> None:
    question = question_of(one_hour(hours=8000, fixed=20, v=10, c=300, w=40))
    _opened(monkeypatch, lambda gap: True)
    found = breakeven(question)
    assert not found.exact
    assert found.low == pytest.approx(515, rel=1e-6)
    assert 520 <= found.high <= 1.01 * 520


@pytest.mark.slow
def test_reactors_enter_the_race_at_one_price_however_its_years_are_cut() -> None:
    text = (files("headrace") / "examples" / "reactor_race" / "study.yaml").read_text("utf-8")
    cuts = ("240 months", "120 months, 120 months", ", ".join(["60 months"] * 4))
    found = [
        breakeven(question_of(text.replace("240 months", cut), "capex:nuclear.smr")).low
        for cut in cuts
    ]
    assert max(found) <= 1.02 * min(found)


@pytest.mark.slow
def test_an_hourly_break_even_is_bracketed_to_one_per_cent() -> None:
    question = question_of(HOURLY.format(**PLAIN), "capex:nuclear.smr")
    found = breakeven(question)
    assert 0 < found.low <= found.high <= 1.01 * found.low
    assert quantity(best_plan(question, 0.99 * found.low), "nuclear.smr") > 1e-3
    assert quantity(best_plan(question, 1.011 * found.high), "nuclear.smr") == pytest.approx(
        0, abs=1e-4
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
    points = best_plans(
        question_of(HOURLY.format(**n), "capex:nuclear.smr"),
        [1000.0, 3000.0, 5000.0, 8000.0, 14000.0],
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
        question_of(text, "capex:windmill")
    with pytest.raises(InputError, match="low < high"):
        crossings(question_of(text), 5, 5)
    with pytest.raises(InputError, match="spend"):
        question_of(text + "\nlimits: {spend: [1e9 USD]}\n")


def test_a_price_that_enters_a_limit_cannot_be_asked_about_but_a_fuel_can():
    """V is convex in a price of the objective alone: a fuel is never committed money."""
    text = one_hour(hours=8000, fixed=20, v=10, c=300, w=40)
    text = text.replace("variable: 40 USD/MWh}", "heat_rate: 5 MMBtu/MWh, fuel: gas}")
    text += "\nfuels: {gas: {price: 3 USD/MMBtu}}\nlimits: {spend: [1e9 USD]}\n"
    assert question_of(text, "fuel:gas").name == "gas"
    with pytest.raises(InputError, match=r"limits\.spend"):
        question_of(text, "capex:plant")


def test_the_plan_without_a_technology_never_orders_it():
    """The plant alone serves 10 MW for 8,000 h: 10 x (8 x (500 - 40) - 300) thousand USD."""
    question = question_of(one_hour(hours=8000, fixed=20, v=10, c=300, w=40))
    assert plan_without(question).low == pytest.approx(10_000 * (8 * 460 - 300))


def test_electricity_comes_from_what_puts_it_in_and_takes_none():
    """A battery gives back what it took: it is no source, and a delivery is none either."""
    question = question_of(HOURLY.format(**PLAIN), "capex:nuclear.smr")
    found = electricity_sources(formulation_at(question, 4000.0))
    keys = {one.asset.key for one in found}
    assert keys == {"smr", "engines", "pv"}


def test_a_share_counts_what_is_used():
    """6 of 10 MW come from the reactor in the one hour there is: 60 % below the break-even price of
    520 USD/kW, nothing above it.
    """
    question = question_of(one_hour(hours=8000, fixed=20, v=10, c=300, w=40))
    points = best_plans(question, [500.0, 540.0])
    assert [share(p, "reactor") for p in points] == [pytest.approx(0.6), pytest.approx(0.0)]
    assert [p.at(p.price) for p in points] == pytest.approx([p.worth for p in points])
