"""Orders in words: ranking, amounts, worth, flips and months sooner."""

from __future__ import annotations

import dataclasses
import json

from tests.builders import toy_plan

from headrace.core import plan_file
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
