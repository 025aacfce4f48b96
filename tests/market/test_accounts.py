"""People, money and tokens add up to the unit; every mutation of postings or rules is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.market.accounts import (
    SIGN,
    Accounts,
    Move,
    SubscriberPlan,
    SubscriptionTier,
    faults,
    keep_accounts,
)
from headrace.market.cohorts import SurvivalCurve

STAYS = SurvivalCurve("sbg", 0.668, 3.806)
TIERS = (
    SubscriptionTier("free", 0, 100_000, 60_000),
    SubscriptionTier("plus", 2_000, 500_000, 400_000, 300),
    SubscriptionTier("pro", 20_000, 3_000_000, 5_000_000, 300),
)


def plan(months=12, **more) -> SubscriberPlan:
    held = {
        "joins": tuple((10_000 + m, 500 + 10 * m, 20) for m in range(months)),
        "survival": (SurvivalCurve("constant", rate=0.3), STAYS, STAYS),
        "moves": (Move(3, 1, "free", "plus", 100), Move(5, 2, "pro", "plus", 3)),
        "returns": ((6, 1, 40),),
    } | more
    return SubscriberPlan(months, TIERS, **held)


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    return keep_accounts(plan())


@given(
    st.lists(st.tuples(*[st.integers(0, 5000)] * 3), min_size=4, max_size=9),
    st.integers(0, 3),
    st.floats(0.02, 0.6),
)
@settings(max_examples=40, deadline=None)
def test_everything_adds_up_whatever_is_planned(joins, tier, rate):
    made = plan(
        len(joins),
        joins=tuple(joins),
        survival=(SurvivalCurve("constant", rate=rate), STAYS, STAYS),
        moves=(Move(1, 0, "free", "pro", joins[0][0] // 10),) if joins[0][0] >= 10 else (),
        returns=((2, min(tier, 2), 7),),
    )
    assert faults(keep_accounts(made)) == []


def test_the_bridge_is_the_change_of_mrr(accounts):
    for month in range(1, 12):
        before, after = (
            sum(s.mrr for s in accounts.statements if s.month == m) for m in (month - 1, month)
        )
        bridge = accounts.bridge(month)
        assert after - before == sum(SIGN[kind] * value for kind, value in bridge.items())
    assert accounts.bridge(5)["contraction"] == 3 * 18_000
    assert accounts.bridge(3)["expansion"] == 100 * 2_000
    assert accounts.bridge(6)["reactivated"] == 40 * 2_000


def test_a_cohort_shrinks_by_its_curve_to_the_head_and_age_is_kept():
    quiet = keep_accounts(plan(moves=(), returns=(), joins=((0, 1000, 0), *[(0, 0, 0)] * 11)))
    heads = [s.heads for s in quiet.statements if s.tier == "plus"]
    assert heads == pytest.approx(1000 * STAYS.curve(11), abs=2)
    moved = keep_accounts(
        plan(
            moves=(Move(6, 0, "plus", "pro", 100),),
            returns=(),
            joins=((0, 1000, 0), *[(0, 0, 0)] * 11),
        )
    )
    left = [s.heads for s in moved.statements if s.tier == "plus"]
    expected = (1000 * STAYS.curve(11)[6] - 100) * STAYS.curve(11)[11] / STAYS.curve(11)[6]
    assert left[11] == pytest.approx(expected, abs=4)  # who stays is not as good as new


def test_tokens_are_served_up_to_the_cap(accounts):
    for s in accounts.statements:
        tier = next(t for t in TIERS if t.name == s.tier)
        assert s.served == s.heads * min(tier.wanted, tier.cap)
        assert s.served + s.unserved == s.wanted
        assert s.net + s.partner == s.gross


def mutated(accounts: Accounts, seed: int) -> Accounts:
    """One thing made wrong: a posting dropped, doubled, of another sign, amount, month, cohort or
    tier; a statement changed; or the rule of a cohort, its books agreeing with one another.
    """
    rng = np.random.default_rng(seed)
    postings, statements = list(accounts.postings), list(accounts.statements)
    at = int(rng.integers(len(postings)))
    one, names = postings[at], [tier.name for tier in TIERS]
    match seed % 10:
        case 0:
            postings.pop(at)
        case 1:
            postings.append(one)
        case 2:
            postings[at] = replace(one, heads=-one.heads, mrr=-one.mrr)
        case 3:
            postings[at] = replace(one, heads=one.heads + 1)
        case 4:
            postings[at] = replace(one, mrr=one.mrr + 1)
        case 5:
            postings[at] = replace(one, month=(one.month + 1) % 12)
        case 6:
            postings[at] = replace(one, cohort=one.cohort + 1)
        case 7:
            postings[at] = replace(one, tier=names[(names.index(one.tier) + 1) % 3])
        case 8:
            place = int(rng.integers(len(statements)))
            fields = ("heads", "mrr", "gross", "net", "partner", "wanted", "served", "unserved")
            field = fields[int(rng.integers(len(fields)))]
            value = getattr(statements[place], field) + 1
            statements[place] = replace(statements[place], **{field: value})
        case _:
            return late_leaver(accounts, rng)
    return Accounts(accounts.plan, tuple(postings), tuple(statements))


def late_leaver(accounts: Accounts, rng: np.random.Generator) -> Accounts:
    """One head leaves a month later than its cohort's rule has it; all books say so alike."""
    postings = list(accounts.postings)
    early = [i for i, p in enumerate(postings) if p.kind == "churn" and p.month < 11]
    at = early[int(rng.integers(len(early)))]
    one = postings[at]
    tier = next(t for t in TIERS if t.name == one.tier)
    postings[at] = replace(one, heads=one.heads - 1, mrr=one.mrr - tier.price)
    postings.append(replace(one, month=one.month + 1, heads=1, mrr=tier.price))
    statements = [
        stated_with(s, s.heads + 1, tier) if (s.month, s.tier) == (one.month, one.tier) else s
        for s in accounts.statements
    ]
    kept = tuple(p for p in postings if p.heads)
    return Accounts(accounts.plan, kept, tuple(statements))


def stated_with(s, heads, tier):
    gross = heads * tier.price
    partner = gross * tier.partner // 1000
    wanted, served = heads * tier.wanted, heads * min(tier.wanted, tier.cap)
    return replace(
        s, heads=heads, mrr=gross, gross=gross, net=gross - partner, partner=partner,
        wanted=wanted, served=served, unserved=wanted - served,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_every_mutation_is_seen(accounts, seed):
    assert faults(accounts) == []
    assert faults(mutated(accounts, seed)) != []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"moves": (Move(3, 1, "free", "plus", 10**9),)}, "at most the"),
        ({"moves": (Move(3, 1, "free", "gold", 1),)}, "free, plus, pro"),
        ({"moves": (Move(3, 1, "free", "free", 1),)}, "free, plus, pro"),
        ({"joins": ((1, 1, 1),)}, "1 months of joins"),
        ({"joins": tuple((-1, 0, 0) for _ in range(12)), "moves": ()}, "fewer than no people"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(more, told):
    with pytest.raises(InputError, match=told):
        keep_accounts(plan(**more))


def test_a_tier_with_a_negative_price_is_refused():
    bad = replace(plan(), tiers=(replace(TIERS[0], price=-1), *TIERS[1:]))
    with pytest.raises(InputError, match="negative price"):
        keep_accounts(bad)


def test_a_promotion_is_a_tier_whose_heads_move_when_it_ends():
    """A hundred a month pay 5 USD for three months and then 20. Nobody leaves meanwhile, a tenth of
    those who pay 20 leave a month: 100, 90, 81 ... of each cohort.

    After five months cohorts 0 and 1 have moved: MRR is 300 x 5 + (90 + 100) x 20 USD.
    """
    tiers = (SubscriptionTier("trial", 500, 1, 1), SubscriptionTier("full", 2_000, 1, 1))
    stays = (SurvivalCurve("constant", rate=0.0), SurvivalCurve("constant", rate=0.1))
    moves = tuple(Move(born + 3, born, "trial", "full", 100) for born in range(5))
    found = keep_accounts(SubscriberPlan(5, tiers, ((100, 0),) * 5, stays, moves[:2]))
    assert faults(found) == []
    last = {s.tier: s for s in found.statements if s.month == 4}
    assert {name: s.heads for name, s in last.items()} == {"trial": 300, "full": 190}
    assert sum(s.mrr for s in last.values()) == 300 * 500 + 190 * 2_000
    bridge = found.bridge(4)
    assert bridge["expansion"] == 100 * 1_500
    assert bridge["new"] == 100 * 500
    assert bridge["churn"] == 10 * 2_000
    before = sum(s.mrr for s in found.statements if s.month == 3)
    assert before + sum(SIGN[kind] * usd for kind, usd in bridge.items()) == sum(
        s.mrr for s in last.values()
    )


@pytest.mark.parametrize(
    "wrong", [Move(3, 0, "trial", "nowhere", 1), Move(3, 0, "plus", "pro", 10**6)]
)
def test_a_move_from_where_nobody_is_or_to_nowhere_is_refused(wrong):
    with pytest.raises(InputError, match="moves"):
        keep_accounts(plan(moves=(wrong,)))
