"""Ranking by features alone, frozen with its digest; ads only from the frozen answer."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.trust.ranking import (
    LABEL,
    AdPolicy,
    Bid,
    Item,
    LinearRanker,
    Organic,
    Placed,
    Query,
    place_ads,
    serve,
)

QUERY = Query("shoes", seed=3)
ANSWER = Organic(QUERY, (Placed("a", 0.9), Placed("b", 0.7), Placed("c", 0.2)))
POLICY = AdPolicy(clicks=(0.2, 0.1), reserve=1.0, floor=0.5)


def test_relevance_is_the_logistic_of_the_weighted_features():
    """2 x 1 - 1 x 2 = 0 gives 1/2; ln 3 gives 3/4."""
    items = (Item("b", (1.0, 2.0)), Item("a", (math.log(3.0) / 2, 0.0)))
    found = LinearRanker((2.0, -1.0)).rank(QUERY, items)
    assert [one.key for one in found.items] == ["a", "b"]
    assert [one.relevance for one in found.items] == pytest.approx([0.75, 0.5])


def test_ties_fall_by_key_in_any_order_of_items():
    items = [Item(key, (1.0,)) for key in "cab"]
    ranker = LinearRanker((1.0,))
    assert [one.key for one in ranker.rank(QUERY, items).items] == ["a", "b", "c"]
    assert ranker.rank(QUERY, items).digest == ranker.rank(QUERY, items[::-1]).digest


@given(value=st.floats(allow_nan=False))
def test_no_feature_makes_a_relevance_outside_0_to_1(value):
    (placed,) = LinearRanker((1.0,)).rank(QUERY, [Item("a", (value,))]).items
    assert 0.0 <= placed.relevance <= 1.0


def test_ads_by_hand():
    """Bids 5 on a, 4 on b and 9 on c, which is below the floor. VCG: b pays the reserve of 1; a
    pays (0.1 x 4 + 0.1 x 1) / 0.2 = 2.5 a click.
    """
    bids = (Bid("x", "a", 5.0), Bid("y", "b", 4.0), Bid("z", "c", 9.0))
    first, second = place_ads(ANSWER, bids, POLICY)
    assert (first.slot, first.advertiser, first.item) == (1, "x", "a")
    assert (second.slot, second.advertiser, second.item) == (2, "y", "b")
    assert (first.price, second.price) == pytest.approx((2.5, 1.0))
    assert (first.relevance, first.label) == (0.9, LABEL)


def test_an_advertiser_has_one_place_its_best():
    bids = (Bid("x", "b", 3.0), Bid("x", "a", 5.0), Bid("y", "b", 2.0))
    assert [(ad.advertiser, ad.item) for ad in place_ads(ANSWER, bids, POLICY)] == [
        ("x", "a"),
        ("y", "b"),
    ]


def test_an_item_that_is_not_in_the_answer_is_no_ad():
    assert place_ads(ANSWER, (Bid("x", "zz", 50.0),), POLICY) == ()
    assert place_ads(ANSWER, (), POLICY) == ()


def test_the_served_digest_was_taken_before_the_ads():
    items = (Item("a", (1.0,)), Item("b", (0.5,)))
    ranker = LinearRanker((1.0,))
    plain = serve(ranker, QUERY, items, (), POLICY)
    sold = serve(ranker, QUERY, items, (Bid("x", "b", 5.0),), POLICY)
    assert plain.digest == sold.digest == sold.organic.digest
    assert (len(plain.ads), len(sold.ads)) == (0, 1)
