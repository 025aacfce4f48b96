from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError, LawBroken
from headrace.trust.noninterference import check, generate
from headrace.trust.ranking import AdPolicy, Bid, Item, Organic, Placed, Query, serve
from headrace.verification.leaking_recommenders import LEAKS, POLICY, RANKER, honest

ITEMS = tuple(Item(f"i{k}", (float(k % 2), 0.0)) for k in range(4))
AMOUNTS = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.0, 1e300))
BIDS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(ITEMS), AMOUNTS), max_size=6)


def test_ten_thousand_cases_leave_the_organic_bytes_alone(noninterference: object) -> None:
    noninterference(lambda: honest, cases=10_000, seed=11)  # type: ignore[operator]


@pytest.mark.parametrize("name", sorted(LEAKS))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_seeded_leaks_are_caught_and_shrunk(name: str, seed: int) -> None:
    found = check(LEAKS[name], cases=1000, seed=seed).leak
    assert found is not None
    assert len(found.case) == (2 if name == "cache" else 1)
    assert sum(len(one.first) + len(one.second) for one in found.case) == 1  # one bid is enough
    assert all(len(one.items) <= 2 for one in found.case)
    with pytest.raises(LawBroken, match="bids changed the organic answer"):
        check(LEAKS[name], cases=1000, seed=seed).raise_if_leaking()


def test_the_fixture_fails_a_leaking_test(noninterference: object) -> None:
    with pytest.raises(pytest.fail.Exception, match="bids changed the organic answer"):
        noninterference(LEAKS["cache"])  # type: ignore[operator]


def test_a_system_that_does_not_repeat_itself_is_told_so() -> None:
    counter = itertools.count()
    with pytest.raises(LawBroken, match="fix the seed"):
        check(lambda: lambda query, items, bids: str(next(counter)), cases=5)


def test_a_system_that_returns_something_else_is_told_so() -> None:
    with pytest.raises(TypeError, match="organic answer as bytes"):
        check(lambda: lambda query, items, bids: 3, cases=1)


def test_the_search_visits_what_it_promises() -> None:
    cases = list(generate(2000, seed=0))
    requests = [one for case in cases for one in case]
    assert any(not one.first and one.second for one in requests)  # absent advertisers
    assert any(bid.amount == 1e300 for one in requests for bid in one.first)
    # ties of bids
    assert any(len({b.amount for b in one.first}) == 1 < len(one.first) for one in requests)
    # ties of relevance
    assert any(len({i.features for i in one.items}) < len(one.items) for one in requests)
    # the same query again
    assert any(len({one.query.text for one in case}) < len(case) for case in cases)
    assert any(bid.at > 0 for one in requests for bid in one.second)


@settings(max_examples=300, deadline=None)
@given(bids=BIDS)
def test_served_answer_is_the_frozen_one_and_ads_obey_the_policy(
    bids: list[tuple[str, Item, float]],
) -> None:
    query = Query("q")
    offers = [Bid(who, item.key, amount) for who, item, amount in bids]
    policy = AdPolicy(clicks=(0.2, 0.1), reserve=0.5, floor=0.6)
    served = serve(RANKER, query, ITEMS, offers, policy)
    assert served.organic.canonical() == RANKER.rank(query, ITEMS).canonical()
    assert served.digest == served.organic.digest
    best = {(b.advertiser, b.item): b.amount for b in sorted(offers, key=lambda b: b.amount)}
    for ad in served.ads:
        assert ad.label == "Ad"
        assert ad.relevance >= 0.6
        assert 0.5 <= ad.price <= best[ad.advertiser, ad.item]
    assert len({ad.advertiser for ad in served.ads}) == len(served.ads) <= 2


def test_the_ranker_is_given_nothing_about_money() -> None:
    """The law is kept by type: neither Query nor Item has a field for it."""
    fields = set(Query.__dataclass_fields__) | set(Item.__dataclass_fields__)
    assert fields == {"text", "seed", "key", "features"}


@pytest.mark.parametrize("amount", [float("nan"), float("inf"), -1.0])
def test_bids_that_are_no_amounts_are_refused(amount: float) -> None:
    with pytest.raises(InputError, match="finite amount"):
        serve(RANKER, Query("q"), ITEMS, [Bid("a", "i0", amount)], POLICY)


def test_canonical_bytes_tell_every_difference() -> None:
    one = Organic(Query("q"), (Placed("a", 0.1 + 0.2),))
    assert one.canonical() != Organic(Query("q"), (Placed("a", 0.3),)).canonical()
    assert one.canonical() != Organic(Query("q", 1), one.items).canonical()
