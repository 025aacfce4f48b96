"""What is told of what is sold: movements of recurring revenue, cohorts, what goes unserved."""

from __future__ import annotations

import pytest
from tests.builders.studies import Solved, solved_once

from headrace.plan.results import sold
from headrace.plan.scenario.tree import decisions

TEXT = """\
study: sold
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [5000 h, 3760 h]}}
sites: {here: {grid: {limit: 12 MW, stands: 8 MW, queue: 12 months, price: 100 USD/kW,
  energy: 5 USD/MWh}}}
products:
  power:
    kind: electricity
    site: here
    refund: 3 USD/MWh
    price_change: 2 %/a
    offers:
      plan: {kind: tier, users: 7300 user, use: 1 MWh/user-month, price: 40 USD/user-month,
        churn: {rate: 3 %}, joins: 150 user/month, unserved_churn: 50 %, partner: 20 %,
        elasticity: 1.5, most: 1}
      use: {kind: api, amount: 3 MW, price: 50 USD/MWh, elasticity: 1.4, largest: [30 %, 10 %]}
"""


@pytest.fixture(scope="module")
def solved() -> Solved:
    return solved_once(TEXT)


def records(solved: Solved) -> list[tuple[sold.SoldRecord, ...]]:
    return [
        sold.sold_records(
            solved.formulation, solved.plan.solution, [solved.outcomes[n] for n in operated]
        )
        for operated in decisions(solved.formulation.nodes)
    ]


def test_recurring_revenue_moves_from_end_to_end(solved: Solved) -> None:
    before = 7300 * 40 * 0.8
    for stage in records(solved):
        bridge = next(one.bridge for one in stage if one.offer == "plan")
        assert bridge is not None
        assert bridge.start == pytest.approx(before, rel=1e-9)
        moved = bridge.new - bridge.churned - bridge.unbilled + bridge.repriced
        assert bridge.start + moved == pytest.approx(bridge.end, rel=1e-9)
        assert bridge.churned > 0
        before = bridge.end
    assert all(
        one.bridge is None for stage in records(solved) for one in stage if one.offer == "use"
    )


def test_cohorts_are_those_who_are_there(solved: Solved) -> None:
    """Before anybody leaves for a price: 7,300 x 0.97^6 and who joined in half a year."""
    first = next(one for one in records(solved)[0] if one.offer == "plan")
    there = 7300 * 0.97**6 + sum(150 * 0.97 ** (6 - month - 0.5) for month in range(6))
    assert sum(c.users for c in first.cohorts) == pytest.approx(there, rel=1e-9)
    assert first.amount == pytest.approx(first.level * there, rel=1e-9)
    assert [c.joined for c in records(solved)[1][0].cohorts] == [
        "before",
        "year 1",
        "year 2",
        "year 3",
    ]


def test_what_is_billed_adds_up_to_the_revenue(solved: Solved) -> None:
    first = records(solved)[0]
    billed = sum(one.billed_usd for one in first)
    revenue = sum(x.usd for x in solved.lines if x.kind == "revenue" and x.node == 0)
    year = solved.formulation.discounting.years(0, 12)
    assert billed * year == pytest.approx(revenue, rel=1e-9)
    for one in first:
        assert 0 <= one.counted_low_usd <= 0.02 * max(one.billed_usd, 1.0)


def test_offers_are_told_at_their_reference(solved: Solved) -> None:
    plan, use = sold.offer_records(solved.formulation)
    assert plan.net_usd == pytest.approx(7300 * 40 * 12 * 0.8)
    assert plan.gross == pytest.approx(1.25)
    assert use.largest == (0.3, 0.1)
    assert use.curve[0].brings_usd == 0
    assert max(p.brings_usd - p.counted_usd for p in use.curve) <= use.error_usd * (1 + 1e-9)


def test_what_goes_unserved_is_said(solved: Solved) -> None:
    """8 MW there in the first year; more than that is sold to heads who pay whatever is served."""
    told = list(sold.words(solved.formulation, solved.outcomes))
    assert len(told) >= 1
    assert "goes unserved at node" in told[0]
    assert "paid back" in told[0]
