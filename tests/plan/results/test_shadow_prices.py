"""One more of a limit or of what stands is worth what the next solve says."""

from __future__ import annotations

import pytest
from tests.builders.studies import CAMPUS, solve_text

from headrace.plan.results.shadow_prices import worths
from headrace.plan.solve.solve import nothing

TEXT = """
study: worth
money: {{discount: 6 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months, 24 months], terminal_value: false,
    hours: {{blocks: [6000 h, 2760 h]}}}}
technologies:
  plant: {{capex: 90 USD/kW, fixed: 3 USD/kW-year, variable: 15 USD/MWh}}
limits: {{spend: [{spend} USD, 10000000 USD, 10000000 USD]}}
sites:
  here:
    grid: {{limit: {limit} MW, stands: {stands} MW, queue: 1 month, price: 10 USD/kW,
        energy: 40 USD/MWh, demand: 1 USD/kW-month}}
    build: {{plant: {{use: plant, at_most: {most} MW}}}}
beliefs:
  growth: {{about: demand, before: 0 %/a, reveal: 2, cases: {{low: {{probability: 50 %,
      value: -10 %/a}}, high: {{probability: 50 %, value: 40 %/a}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 20 MW, price: 90 USD/MWh}}}}
"""
BASE = {"limit": 5, "stands": 2, "most": 6, "spend": 1e9}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("limit", "sites.here.grid.limit"),
        ("stands", "sites.here.grid.stands"),
        ("most", "sites.here.build.plant.at_most"),
    ],
)
def test_one_more_is_worth_the_difference_of_two_solves(name: str, key: str) -> None:
    found = solve_text(TEXT.format(**BASE))
    more = solve_text(TEXT.format(**{**BASE, name: BASE[name] + 0.01}))
    told = {w.name: w for w in worths(found.formulation, found.plan.solution)}
    assert told[key].unit == "MW"
    assert told[key].site == "here"
    assert told[key].usd == pytest.approx((more.npv - found.npv) / 0.01, rel=1e-5)


def test_a_dollar_that_may_be_spent_is_worth_more_than_itself() -> None:
    tight = {**BASE, "spend": 100_000}
    found = solve_text(TEXT.format(**tight))
    more = solve_text(TEXT.format(**{**tight, "spend": 101_000}))
    told = {w.name: w for w in worths(found.formulation, found.plan.solution)}
    assert told["limits.spend"].usd == pytest.approx((more.npv - found.npv) / 1000, rel=1e-5)
    assert told["limits.spend"].usd > 1


def test_the_plan_that_does_nothing_has_no_prices() -> None:
    found = solve_text(TEXT.format(**BASE))
    assert all(
        w.usd == w.usd for w in worths(found.formulation, nothing(found.formulation.problem))
    )


def test_a_megawatt_of_hall_is_worth_the_accelerators_that_it_lets_in() -> None:
    found, more = (
        solve_text(CAMPUS.replace("stands: 20 MW", f"stands: {size} MW")) for size in (20, 20.01)
    )
    told = {w.name: w for w in worths(found.formulation, found.plan.solution)}
    assert told["sites.here.hall.stands"].usd == pytest.approx(
        (more.npv - found.npv) / 0.01, rel=1e-4
    )
    assert told["sites.here.hall.stands"].usd > 1e6
