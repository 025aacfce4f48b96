"""The leaking recommenders leak where they say, and nowhere else: the honest one stands beside."""

from __future__ import annotations

import pytest

from headrace.trust.noninterference import check
from headrace.trust.ranking import Bid, Item, Query
from headrace.verification.leaking_recommenders import (
    LEAKS,
    RANKER,
    LeakInCache,
    honest,
    leak_in_score,
    leak_in_tie_break,
)

QUERY = Query("shoes", seed=0)
TWINS = (Item("a", (1.0, 0.0)), Item("b", (1.0, 0.0)))
UNLIKE = (Item("a", (1.0, 0.0)), Item("b", (0.0, 0.0)))
BID = (Bid("advertiser", "b", 10.0),)


def order(answer) -> list[str]:
    return [one.key for one in answer.organic.items]


def test_the_honest_one_ranks_the_same_with_and_without_bids():
    for items in (TWINS, UNLIKE):
        assert honest(QUERY, items, BID).organic == honest(QUERY, items, ()).organic
        assert order(honest(QUERY, items, BID)) == ["a", "b"]
    assert [ad.item for ad in honest(QUERY, UNLIKE, BID).ads] == ["b"]


def test_a_sliver_of_the_bid_moves_near_equals_only():
    """.001 of the score at most: twins swap, items .23 apart do not."""
    assert order(leak_in_score(QUERY, TWINS, BID)) == ["b", "a"]
    assert order(leak_in_score(QUERY, UNLIKE, BID)) == ["a", "b"]
    shown = leak_in_score(QUERY, TWINS, BID).organic.items
    honest_scores = {one.key: one.relevance for one in RANKER.rank(QUERY, TWINS).items}
    assert {one.key: one.relevance for one in shown} == honest_scores


def test_a_bid_decides_between_equals_only():
    assert order(leak_in_tie_break(QUERY, TWINS, BID)) == ["b", "a"]
    assert order(leak_in_tie_break(QUERY, UNLIKE, BID)) == ["a", "b"]


def test_the_cache_leaks_only_when_a_query_comes_again():
    system = LeakInCache()
    assert order(system(QUERY, UNLIKE, BID)) == ["a", "b"]
    assert order(system(QUERY, UNLIKE, ())) == ["b", "a"]
    assert order(system(Query("hats", seed=0), UNLIKE, ())) == ["a", "b"]


@pytest.mark.parametrize("name", LEAKS)
def test_the_search_finds_each_leak_and_none_in_the_honest_one(name):
    assert check(LEAKS[name], 300, seed=1).leak is not None
    assert check(lambda: honest, 300, seed=1).leak is None
