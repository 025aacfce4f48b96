"""The plans without orders: what they lose by hand, and branch by branch."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, Solved, solved_once

from headrace.core.plan_file import DuePayment, OrderRecord
from headrace.plan.results.decision import alternatives
from headrace.plan.results.decision.alternatives import (
    ALL,
    Alternatives,
    gains,
    solve_alternatives,
)
from headrace.plan.results.decision.sheet import branch_gains, decision, ratio
from headrace.plan.results.order_value import (
    OrderValue,
    ValuationOptions,
    interval,
    root_orders,
    value_orders,
)


def beside(found: Solved) -> Alternatives:
    return solve_alternatives(found.formulation, found.plan, ValuationOptions(gap=1e-7))


def test_without_the_only_order_everything_is_lost() -> None:
    """The plant earns 8 x 162,800 USD (tests/builders/studies.py); without it nothing is made."""
    found = solved_once(PLANT)
    others = beside(found)
    for other in (others.waiting, others.nothing):
        assert other is not None
        lost = interval(found.plan, ALL, other)
        assert lost.low == pytest.approx(8 * 162_800, rel=1e-5)
        assert lost.high == pytest.approx(8 * 162_800, rel=1e-5)


@pytest.mark.parametrize("text", [BELIEFS, CAMPUS])
def test_fewer_orders_never_earn_more_and_branches_add_up(text: str) -> None:
    """Plan >= waiting >= nothing; gains weighted by probability are the difference of the means."""
    found = solved_once(text)
    others, problem = beside(found), found.formulation.problem
    assert others.waiting is not None
    assert others.nothing is not None
    scale = abs(found.plan.low)
    assert found.plan.high >= others.waiting.low - 1e-6 * scale
    assert others.waiting.high >= others.nothing.low - 1e-6 * scale
    for other in (others.waiting, others.nothing):
        more = gains(found.formulation, found.plan, other)
        nodes = found.formulation.nodes
        assert all(nodes[leaf].decides for leaf, _ in more)
        mean = sum(problem.probability[leaf] * usd for leaf, usd in more)
        assert mean == pytest.approx(found.plan.low - other.low, abs=1e-6 * scale)


def test_no_time_no_answer() -> None:
    found = solved_once(PLANT)
    late = ValuationOptions(stop=lambda: True)
    assert solve_alternatives(found.formulation, found.plan, late) == Alternatives()


def test_an_alternative_that_was_cut_short_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that orders nothing, under a ceiling of ten times the plan: nothing worth telling."""
    found = solved_once(PLANT)
    cut = replace(found.plan, low=0.0, high=10 * found.plan.high, finished=False)
    monkeypatch.setattr(alternatives, "beside", lambda *_: cut)
    assert beside(found) == Alternatives()
    monkeypatch.setattr(alternatives, "beside", lambda *_: replace(cut, finished=True))
    assert beside(found).waiting is not None


def test_the_sheet_sums_costs_and_what_is_due_first() -> None:
    """Two orders of 10 and 5 USD, of which 4 + 5 are due in the first month."""
    found = solved_once(PLANT)
    plain = OrderRecord("here", "plant", 1.0, "MW", "2027-01", "2028-01", cost_usd=10.0)
    paid = (DuePayment("2027-01", 4.0), DuePayment("2027-05", 6.0))
    orders = [
        OrderRecord(**{**vars(plain), "payments": paid}),
        OrderRecord(**{**vars(plain), "cost_usd": 5.0, "payments": (DuePayment("2027-01", 5.0),)}),
    ]
    told = decision(found.formulation, found.plan, orders, beside(found), (1.5, 60.0))
    assert (told.committed_usd, told.due_now_usd) == (15.0, 9.0)
    assert (told.seconds, told.limit_seconds) == (1.5, 60.0)
    assert told.waiting is not None
    assert len(told.waiting.branches) == 1
    none = decision(found.formulation, found.plan, [], Alternatives(), (0.0, None))
    assert (none.committed_usd, none.waiting) == (0.0, None)


def test_worth_for_each_dollar() -> None:
    value = OrderValue(0, 20.0, float("inf"), None)
    found = ratio(100.0, value)
    assert found is not None
    assert (found.low, found.high) == (0.2, None)
    assert ratio(0.0, value) is None
    assert ratio(100.0, None) is None


def test_an_order_gains_on_its_branches_what_it_is_worth() -> None:
    found = solved_once(BELIEFS)
    problem = found.formulation.problem
    orders = root_orders(found.formulation, found.plan)
    valued = value_orders(found.formulation, found.plan, orders, ValuationOptions(gap=1e-7))
    for value in valued.values:
        more = branch_gains(found.formulation, found.plan, value)
        mean = sum(problem.probability[gain.node] * gain.usd for gain in more)
        slack = 1e-6 * abs(found.plan.low)
        assert value.low - slack <= mean <= value.high + slack
    assert branch_gains(found.formulation, found.plan, None) == ()


def test_a_plan_that_breaks_a_promise_is_none_and_has_no_worth_in_money() -> None:
    """8 MW of 10 are promised; without the plant nothing is served, which the penalty of the
    promise says, and no sum of money.
    """
    found = solved_once(PLANT.replace("price: 50 USD/MWh", "price: 50 USD/MWh, availability: 70 %"))
    told = decision(found.formulation, found.plan, (), beside(found), (1.0, None))
    for other in (told.waiting, told.nothing):
        assert other is not None
        assert (other.worth, other.loses, other.branches) == (None, None, ())
        assert (
            other.breaks
            == "the promise for `power` breaks: at most 0% of it can be served in stage 1"
        )
