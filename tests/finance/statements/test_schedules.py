"""A branch of three years by hand: tax, debt, the owners' money and all three ledgers; each law of
the schedules on its own; and random branches, which balance whatever they hold.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.finance.branch_facts import BranchFacts, ContractFlows, Purchase
from headrace.finance.statements.ledgers import postings
from headrace.finance.statements.schedules import (
    BranchSchedule,
    owners_money,
    schedules_of,
    still_to_be_paid,
)
from headrace.finance.statements.statements import OPERATING, Statement, added_up
from headrace.finance.statements.terms import StatementTerms, terms_of

YEARS = (2027, 2028, 2029)
TERMS = replace(
    terms_of(),
    tax=0.25, debt_share=0.5, interest=0.1, dscr=1.2, depreciation="expensing", interest_limit=0.3,
    loss_use=0.8, credits=False, receivable=0.0, payable=0.0, lives={"other": 3.0}, payout="all",
)  # fmt: skip


def bought(*spending: float, resale: float = 60.0, begins: int = 12 * 2028) -> Purchase:
    """Plant that works from January 2028 to beyond the horizon."""
    paid = np.array([*spending, *[0.0] * (3 - len(spending))])
    return Purchase("0.0", "plant", "other", 12 * 2027, begins, 12 * 2035, paid, resale,
                    np.zeros(3))  # fmt: skip


def branch(*purchases: Purchase, sold=(100.0, 200.0, 200.0), paid=(20.0, 40.0, 40.0), leaf=1):
    return BranchFacts(leaf, 1.0, (0, leaf), (leaf,) * 3, YEARS, np.ones(3),
                       {"chat": np.array(sold)}, {"fuel": np.array(paid)}, np.zeros(3), 0.0,
                       purchases)  # fmt: skip


def drawn(
    facts: BranchFacts | None = None, terms: StatementTerms = TERMS
) -> tuple[BranchSchedule, Statement]:
    (found,) = schedules_of((facts or branch(bought(300.0)),), terms)
    return found, added_up(postings(found), YEARS)


SECOND = 152 / 1.2 / 1.1
"""Debt that the last year's 152 serve at 1.2, a year before at 10 %."""


def test_debt_is_the_lesser_of_what_plant_cost_and_what_cash_serves() -> None:
    """Before debt: 80 less 20 of tax; 160, no tax since 300 are written off; 160 less 8, since
    the loss of 140 takes off at most 128 of 160. So 60, 160, 152: they serve 115.15 at the end of
    2028 and (115.15 + 133.33) / 1.1 before, which half of 300 bounds.
    """
    found, _ = drawn()
    assert found.cash_before_debt == pytest.approx([60, 160, 152])
    assert found.capacity == pytest.approx([(SECOND + 160 / 1.2) / 1.1, SECOND, 0])
    assert found.owed == pytest.approx([150, SECOND, 0])
    assert found.interest == pytest.approx([0, 15, SECOND / 10])
    assert not found.capitalised.any()  # it works from the first day after the money was spent


def test_tax_takes_losses_and_interest_as_the_law_lets_it() -> None:
    """2028: 160 - 300 - 15 is a loss of 155. 2029: 160 + 60 of resale - interest, of which the
    loss may take 80 %: all 155 of it.
    """
    found, _ = drawn()
    last = 220 - SECOND / 10
    assert found.tax.taxable == pytest.approx([80, 0, last - 155])
    assert found.tax.paid == pytest.approx([20, 0, (last - 155) / 4])
    assert found.tax.losses == pytest.approx([0, 155, 0])
    assert found.tax.allowed == pytest.approx([0, 15, SECOND / 10])


def test_deferred_tax_is_what_was_taken_off_too_early() -> None:
    """End of 2028: 300 off for tax, 100 in the books, 155 of loss carried: a quarter of 45."""
    found, _ = drawn()
    assert found.deferred == pytest.approx([0, 11.25, 0])


def test_owners_pay_what_is_missing_and_get_what_is_free() -> None:
    found, told = drawn()
    tax = found.tax.paid[2]
    assert found.contribution == pytest.approx([90, 0, 0])
    assert found.distribution == pytest.approx(
        [0, 160 - 15 - (150 - SECOND), 160 - tax - SECOND / 10 - SECOND + 60]
    )
    assert told.cash_balance == pytest.approx([0, 0, 0])


def test_income_and_sheet_by_hand() -> None:
    """Books: 100 a year from 2028; sold for 60 while 100 are left. Equity 150 is 300 of building
    less 150 of debt; 2028: 200 of plant less debt and deferred tax.
    """
    found, told = drawn()
    tax = found.tax.paid[2]
    assert told.net_income == pytest.approx(
        [60, 160 - 15 - 100 - 11.25, 160 - SECOND / 10 - 100 - 40 - (tax - 11.25)]
    )
    assert told.equity == pytest.approx([150, 200 - SECOND - 11.25, 0])
    assert told.balance["building"] == pytest.approx([300, 0, 0])
    assert told.balance["plant"] == pytest.approx([0, 300, 0])
    assert told.balance["written off"] == pytest.approx([0, -100, 0])
    assert told.balance["debt"] == pytest.approx([-150, -SECOND, 0])


def test_interest_above_the_limit_is_carried_on() -> None:
    """A limit of 5 % of 160: 8 of 15 in 2028; 7 and the next interest meet 11 in 2029."""
    tight = replace(TERMS, interest_limit=0.05)
    found, _ = drawn(terms=tight)
    due = 7 + float(found.interest[2])
    assert found.tax.allowed == pytest.approx([0, 8, min(due, 11)])
    assert found.tax.carried == pytest.approx([0, 7, due - min(due, 11)])
    assert found.deferred[1] == pytest.approx((200 - 148 - 7) / 4)  # ahead less loss and interest


def test_what_is_being_built_carries_its_interest() -> None:
    """Spent in 2027 and 2028, at work from July 2028: half a year's interest on 200 at 10 %."""
    found, told = drawn(branch(bought(200.0, 100.0, begins=12 * 2028 + 6)))
    assert found.owed[0] == pytest.approx(100)
    assert found.interest[1] == pytest.approx(10)
    assert found.capitalised[1] == pytest.approx(10)  # half of 20 is all that is due
    assert told.cash["interest capitalised"] == pytest.approx([0, -10, 0])
    assert told.balance["plant"][1] == pytest.approx(310)


def test_working_capital_is_days_of_revenue_and_cost() -> None:
    """73 days are a fifth: 20, 40 open at the ends of 2027 and 2028, all paid by the end."""
    found, told = drawn(terms=replace(TERMS, receivable=73.0, payable=36.5))
    assert found.receivable == pytest.approx([20, 40, 0])
    assert found.payable == pytest.approx([2, 4, 0])
    assert told.cash["customers"] == pytest.approx([80, 180, 240])
    assert told.cash["suppliers"] == pytest.approx([-18, -38, -44])


def test_owners_are_paid_no_more_than_was_earned_where_that_is_asked() -> None:
    flows, earned = np.array([-10.0, 50.0, 40.0]), np.array([5.0, 20.0, 10.0])
    paid_in, paid_out = owners_money(flows, earned, replace(TERMS, payout="earned"))
    assert paid_in == pytest.approx([10, 0, 0])
    assert paid_out == pytest.approx([0, 25, 65])  # the end leaves nothing behind
    assert owners_money(flows, earned, TERMS)[1] == pytest.approx([0, 50, 40])


def test_a_lease_is_worth_its_rents_to_come() -> None:
    """Rents of 110 and 121 at 10 %, ordered in 2028: 110 / 1.1 + 121 / 1.21 before; 110 after."""
    rent = np.array([0.0, 110.0, 121.0])
    assert still_to_be_paid(rent, 0.1, 12 * 2027, YEARS) == pytest.approx([200, 110, 0])
    assert still_to_be_paid(rent, 0.1, 12 * 2028, YEARS) == pytest.approx([0, 110, 0])


def test_rent_is_a_right_and_a_duty_and_no_cash_of_its_own() -> None:
    rented = replace(bought(), plant="rented", resale=0.0, rent=np.array([0.0, 110.0, 121.0]))
    _, told = drawn(branch(rented))
    assert told.balance["right of use"] == pytest.approx([200, 110, 0])
    assert told.balance["lease"] == pytest.approx([-200, -110, 0])
    assert "plant" not in told.cash


def test_what_two_branches_share_is_lent_on_the_worse_of_them() -> None:
    """Until 2028 nobody knows which it is; one of them earns nothing then."""
    good, poor = branch(bought(300.0), leaf=1), branch(bought(300.0), sold=(100, 0, 0), leaf=2)
    both = tuple(replace(one, probability=0.5, node_of_year=(0, one.leaf, one.leaf))
                 for one in (good, poor))  # fmt: skip
    first, second = schedules_of(both, TERMS)
    assert first.capacity[0] == second.capacity[0] == 0.0
    assert first.capacity[1] == pytest.approx(SECOND)
    mean = schedules_of(both, replace(TERMS, lender_case="mean"))[0]
    assert mean.capacity[0] == pytest.approx((SECOND + 160 / 1.2) / 1.1 / 2)


money = st.floats(0, 1e9).map(lambda usd: round(usd, 2))
three = st.lists(money, min_size=3, max_size=3)


@given(
    three, three, st.lists(st.tuples(three, money, st.integers(2027 * 12, 2030 * 12)), max_size=3),
    three, three, st.floats(0, 0.5), st.floats(0, 1), st.sampled_from(("all", "earned")),
    st.sampled_from(("macrs", "straight_line", "expensing")), st.floats(0, 365),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_three_ledgers_agree_on_any_branch(
    sold, paid, plants, owed, held, tax, share, payout, how, days
) -> None:
    """Every event of every year, the sheet, the indirect flow, and nothing left at the end."""
    purchases = tuple(
        replace(bought(*spending, resale=resale, begins=begins), key=f"0.{number}")
        for number, (spending, resale, begins) in enumerate(plants)
    )
    contract = ContractFlows("c", "payments", "", np.array(paid) - np.array(sold),
                             np.array([*owed[:2], 0.0]), np.array([*held[:2], 0.0]))  # fmt: skip
    facts = replace(branch(*purchases, sold=sold, paid=paid), contracts=(contract,))
    terms = replace(TERMS, tax=tax, debt_share=share, payout=payout, depreciation=how,
                    receivable=days, payable=days, credits=True)  # fmt: skip
    found, told = drawn(facts, terms)
    size = 1e-9 * max(1.0, *(abs(line.usd) for line in postings(found)), 1e6)
    events: dict[tuple[object, ...], float] = {}
    for line in postings(found):
        sign = -1.0 if line.ledger == "earnings" else 1.0
        key = (line.event, line.about, line.year)
        events[key] = events.get(key, 0.0) + sign * line.usd
    assert max(map(abs, events.values()), default=0.0) <= size
    owned = told.cash_balance + sum(told.balance.values(), np.zeros(3))
    assert owned == pytest.approx(told.equity, abs=10 * size)
    assert owned[-1] == pytest.approx(0.0, abs=10 * size)
    assert told.flow(OPERATING) == pytest.approx(told.indirect, abs=10 * size)
    assert (found.owed >= 0).all()
    assert (found.tax.paid >= 0).all()
