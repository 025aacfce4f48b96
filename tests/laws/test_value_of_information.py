"""EEV <= RP <= WS, so VSS and EVPI are never below zero, whatever limits a study has.

Each of the three is computed here by HiGHS on its own, since the intervals that
`value_of_information` gives are cut by the very law.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.builders.studies import solve_text

from headrace.core.errors import Infeasible
from headrace.plan.analysis.mean_value import mean_study
from headrace.plan.analysis.value_of_information import value_of_information
from headrace.plan.analysis.wait_and_see import branch
from headrace.plan.lp import highs
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.lp.scaling import MONEY

TINY = 1e-5
BELIEF = """
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases:
      low: {{probability: {low} %, value: -60 %/a}}
      high: {{probability: {high} %, value: 150 %/a}}
"""
PLANTS = """
study: plants
money: {{discount: 5 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 24 months], hours: {{blocks: [6000 h, 2760 h]}}}}
technologies:
  plant: {{capex: 500 USD/kW, lead: 12 months, life: 4 years}}
  quick: {{capex: 200 USD/kW, variable: 60 USD/MWh, life: 2 years}}
sites:
  here:
    grid: {{limit: 6 MW, stands: 1 MW, queue: 6 months, price: 100 USD/kW, energy: 70 USD/MWh}}
    build: {{plant: {{use: plant{plant}}}, quick: {{use: quick{quick}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
"""
RESERVE = ", reserve: {deposit: 20 USD/kW, window: 12 months, saves: 6 months, back: 40 %}"
HALLS = """
study: halls
money: {{year: 2026, discount: 8 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 24 months], hours: {{blocks: [6000 h, 2760 h]}}}}
sites:
  here:
    grid: {{limit: 100 MW, stands: 30 MW, queue: 12 months, price: 250 USD/kW, energy: 60 USD/MWh}}
    hall: {{use: hall.ai, stands: 20 MW, at_most: {hall} MW, lead: 12 months}}
fleet: {{may_buy: {{b200: {{use: b200, supply: {supply}}}}}}}
models: {{large: {{shape: deepseek-ai/DeepSeek-V3, precision: fp8}}}}
products:
  chat:
    {{kind: tokens, model: large, isl: 1200, osl: 300, promise: {{ttft: 2 s, tpot: 50 ms}},
     demand: 60 Gtok/h, price: 2.2 USD/Mtok}}
"""


def npv(problem: Problem) -> float:
    return -evaluate(problem, highs.solve(problem)).value * MONEY


def check(text: str) -> None:
    f = solve_text(text).formulation
    found = value_of_information(f.problem, believed=mean_study(f))
    ends = leaves(f.problem)
    recourse = npv(f.problem)
    waiting = float(
        f.problem.probability[ends] @ [npv(branch(f.problem, int(leaf))) for leaf in ends]
    )
    assert found.mean_orders is not None
    columns = np.array([i for i, order in enumerate(f.orders) if order.node == 0])
    mean_plan = npv(held(f.problem, columns, found.mean_orders))
    size = max(1.0, abs(recourse), abs(waiting))
    assert mean_plan <= recourse + TINY * size
    assert recourse <= waiting + TINY * size
    assert found.stochastic_solution.low >= 0
    if found.breaks:  # no dollars say what a broken promise is worth
        assert found.stochastic_solution.high == np.inf
        return
    assert np.isfinite(found.stochastic_solution.high)
    assert found.stochastic_solution.low <= recourse - mean_plan + TINY * size
    assert found.stochastic_solution.high >= recourse - mean_plan - TINY * size
    assert found.perfect_information.high >= waiting - recourse - TINY * size


limit = st.none() | st.floats(0.5, 8.0)


several = (
    limit,
    limit,
    st.none() | st.tuples(st.floats(0.0, 4.0), st.floats(0.0, 4.0)),
    st.booleans(),
    st.integers(10, 90),
    st.none()
    | st.tuples(st.floats(0.0, 6.0), st.floats(0.0, 0.5), st.none() | st.floats(0.1, 3.0)),
)


def limited(plant, quick, spend, reserved, low, cash) -> str:
    """Sizes, spending by stage [million USD], slots; cash that is there at first, that must stay,
    and that a bank lends [million USD].
    """
    text = PLANTS.format(
        plant=("" if plant is None else f", at_most: {plant:.3f} MW")
        + (RESERVE if reserved else ""),
        quick="" if quick is None else f", at_most: {quick:.3f} MW",
    ) + BELIEF.format(low=low, high=100 - low)
    return text + limits(spend, cash)


def limits(spend, cash) -> str:
    """Limits of spending by stage, and of cash [million USD]."""
    found = []
    if spend is not None:
        now, later = (round(1e6 * million) for million in spend)
        found.append(f"spend: [{now} USD, {later} USD]")
    if cash is not None:
        opening, least, lent = cash
        told = f"opening: {opening:.3f} MUSD, least: {least * opening:.3f} MUSD"
        if lent is not None:
            told += f", lines: {{bank: {{limit: {lent:.3f} MUSD, cost: 9 %/a real}}}}"
        found.append(f"cash: {{{told}}}")
    return f"limits: {{{', '.join(found)}}}\n" if found else ""


@settings(max_examples=20, deadline=None, derandomize=True, phases=(Phase.generate,))
@given(*several)
def test_knowing_is_worth_something_whatever_is_limited(plant, quick, spend, reserved, low, cash):
    check(limited(plant, quick, spend, reserved, low, cash))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@settings(max_examples=200, deadline=None, phases=(Phase.generate,))
@given(*several)
def test_knowing_is_worth_something_in_two_hundred_studies(
    plant, quick, spend, reserved, low, cash
):
    check(limited(plant, quick, spend, reserved, low, cash))


@pytest.mark.parametrize("spend", ["", "limits: {spend: [30000000 USD, 900000000 USD]}\n"])
@pytest.mark.parametrize(("hall", "supply"), [(22, 60000), (60, 3000), (60, 60000)])
def test_knowing_is_worth_something_where_halls_and_supply_are_limited(hall, supply, spend):
    check(HALLS.format(hall=hall, supply=supply) + BELIEF.format(low=40, high=60) + spend)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@settings(max_examples=80, deadline=None, phases=(Phase.generate,))
@given(
    st.integers(20, 80),
    st.integers(0, 40_000),
    st.none() | st.tuples(st.floats(0, 900), st.floats(0, 900)),
    st.none() | st.tuples(st.floats(0, 900), st.floats(0, 0.5), st.none() | st.floats(0.1, 300)),
    st.none() | st.floats(0.1, 0.95),
    st.integers(10, 90),
)
def test_knowing_is_worth_something_in_eighty_studies_of_halls(
    hall, supply, spend, cash, served, low
):
    """Halls, deliveries of accelerators, spending, cash and a promise to customers."""
    text = HALLS.format(hall=hall, supply=supply) + BELIEF.format(low=low, high=100 - low)
    if served is not None:
        text = text.replace("demand: 60 Gtok/h", f"availability: {served:.2f}, demand: 60 Gtok/h")
    text += limits(spend, cash)
    try:
        solve_text(text)
    except Infeasible:  # halls that stand cost more than the cash that is there
        return
    check(text)
