"""Orders in words: ranking, amounts, worth, flips and months sooner."""

from __future__ import annotations

import dataclasses
import json

from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import Span
from headrace.show.format import order_sentences

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def test_orders_are_ranked_decided_first_and_told_in_words():
    """Certain worth 410, 112, 41 M USD; then the one whose interval holds 0; then the one without a
    value.
    """
    ranked = order_sentences.ranked(PLAN.orders)
    assert [order.asset for order in ranked] == ["b200", "solar", "engines", "battery", "reactor"]
    told = order_sentences.sentence(ranked[2])
    assert told.what == "Order 120 MW of gas engines at Greensboro by 2027-03"
    assert told.worth == "worth 41 to 48 M USD"
    assert told.when == "arrives 2028-06, 15 months after the order"
    assert order_sentences.sentence(ranked[3]).worth.startswith(
        "undecided at this gap: worth \N{MINUS SIGN}2 to 6 M USD"
    )
    assert order_sentences.sentence(ranked[4]).worth == "worth not computed"


def test_ranking_does_not_depend_on_the_order_of_the_file():
    assert order_sentences.ranked(tuple(reversed(PLAN.orders))) == order_sentences.ranked(
        PLAN.orders
    )
    huge = dataclasses.replace(PLAN.orders[3], value_high_usd=1e12)
    assert order_sentences.ranked((huge, *PLAN.orders[:3]))[-1] == huge


def order(**more):
    plain = plan_file.OrderRecord("here", "gas", 120.0, "MW", "2027-01", "2028-01", title="engines")
    return dataclasses.replace(plain, **more)


def test_whole_units_are_counted_beside_the_amount():
    """300 MW in units of 100 MW are 3 units."""
    told = order_sentences.amount(order(quantity=300.0, unit_size=100.0))
    assert told == "300 MW of engines (3 units of 100 MW)"
    assert order_sentences.amount(order(quantity=8.0, unit="accelerator")) == (
        "8 accelerators (engines)"
    )


def test_the_price_at_which_it_flips_is_known_or_bracketed():
    flip = plan_file.FlipRecord("k", "USD/kW", 2100.0, 1600.0)
    assert order_sentences.flips(order(flips_at=flip)) == (
        "placed up to 2,100 USD/kW (1,600 today)"
    )
    between = plan_file.FlipRecord("k", "USD/kW", None, None, 1500.0, 2000.0)
    assert order_sentences.flips(order(flips_at=between)) == (
        "placed up to a price of at least 1,500 and at most 2,000 USD/kW"
    )
    assert order_sentences.flips(order(flips_at=plan_file.FlipRecord("k", "USD/kW"))) == ""
    assert order_sentences.flips(order()) == ""


def test_a_month_sooner_is_worth_something_nothing_or_an_unknown_amount():
    def told(low, high):
        return order_sentences.sooner(order(month_earlier=Span(low, high)))

    assert told(1.5e6, 1.9e6) == "a month sooner is worth 1.5 to 1.9 M USD"
    assert told(0.0, 12.0) == "a month sooner is worth nothing"
    assert told(-1.0, 2e6) == "a month sooner is worth at most 2 M USD"
    assert told(0.0, None) == "a month sooner is worth an unknown amount"
    assert order_sentences.sooner(order()) == ""


def test_an_order_without_a_date_of_arrival_says_nothing_of_it():
    assert order_sentences.when(order(arrives="")) == ""
    assert order_sentences.when(order(order_by="soon")) == "arrives 2028-01"
    assert order_sentences.when(order()) == "arrives 2028-01, 12 months after the order"


def test_a_fraction_of_an_accelerator_says_how_whole_ones_are_ordered():
    """.306 and 3.06 accelerators are told as planned; 3 whole, 306 and MW are not spoken of."""
    told = order_sentences.sentence(order(quantity=0.306, unit="accelerator"))
    assert told.further.startswith("the plan has 0.306, a fraction: `unit: replica`")
    assert "3.06" in order_sentences.fraction(order(quantity=3.06, unit="accelerator"))
    for fine in (
        order(quantity=3.0, unit="accelerator"),
        order(quantity=306.4, unit="accelerator"),
        order(quantity=3.06),
        order(quantity=3.06, unit="accelerator", unit_size=3.06),
    ):
        assert not order_sentences.fraction(fine)


def test_a_rent_is_told_beside_what_bringing_it_costs():
    """319 MW of a bridge were told as 19.6 M USD, and their rent of 102 M USD a year nowhere."""
    due = (plan_file.DuePayment("2027-01", 19.6e6),)
    bridge = order(cost_usd=19.6e6, payments=due, rented=True, yearly_usd=102e6)
    assert order_sentences.pays(bridge) == (
        "pay 19.6 M USD in 2027-01, and a rent of 102 M USD a year while it stands"
    )
    free = order(cost_usd=0.0, rented=True, yearly_usd=2e6)
    told = "nothing to pay at once, and a rent of 2 M USD a year while it stands"
    assert order_sentences.pays(free) == told
    before = order(cost_usd=0.0)  # of a file that does not hold the rent
    assert order_sentences.pays(before) == "nothing to pay at once, and a rent while it stands"
    owned = order(cost_usd=19.6e6, payments=due, yearly_usd=3e6)
    assert order_sentences.pays(owned) == "pay 19.6 M USD in 2027-01"
