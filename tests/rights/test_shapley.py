"""Shapley by enumeration, and what a bot can move."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.rights_logs import Row, by_name, fee_maps, fees, log, plain, rows

from headrace.core.errors import InputError
from headrace.rights.royalties.settlement import settle
from headrace.rights.royalties.shapley import fees_that_stay, shapley
from headrace.rights.usage.fraud import bot_gains


def by_orders(values: list[int], n: int) -> list[Fraction]:
    """The definition: the mean marginal worth over all orders of arrival."""
    total = [Fraction(0)] * n
    orders = list(permutations(range(n)))
    for order in orders:
        mask = 0
        for player in order:
            total[player] += Fraction(values[mask | 1 << player] - values[mask], len(orders))
            mask |= 1 << player
    return total


@given(st.integers(1, 4), st.data())
def test_enumeration_is_the_mean_over_orders(n: int, data: st.DataObject) -> None:
    values = [
        0,
        *data.draw(st.lists(st.integers(-(10**9), 10**9), min_size=2**n - 1, max_size=2**n - 1)),
    ]
    assert list(shapley(values)) == by_orders(values, n)
    assert sum(shapley(values)) == values[-1]


def test_gloves() -> None:
    """One left glove, two right ones; a pair is worth 6: 4, 1, 1."""
    assert shapley([0, 0, 0, 6, 0, 6, 0, 6]) == (4, 1, 1)


@settings(max_examples=40, deadline=None)
@given(rows, fee_maps)
def test_equal_split_is_the_shapley_value_in_closed_form(
    log_rows: list[Row], fee: dict[str, int]
) -> None:
    uses = log(log_rows)
    groups, worth = fees_that_stay(
        uses, fees(uses, fee), {h: h for h in uses.holders}, stay_above=0.0
    )
    exact = dict(zip(groups, shapley(worth)))
    split = by_name(uses, settle(uses, "equal_split", fees(uses, fee)).earned)
    for holder, amount in split.items():
        assert abs(amount - exact[holder]) < len(uses.users)


def test_users_who_leave() -> None:
    """u uses a 3 times and b once, pays 8.

    At 'more than half' a alone keeps u, b alone does not: a gets all of it.
    """
    uses = log([plain("u", "a1")] * 3 + [plain("u", "b1")])
    groups, worth = fees_that_stay(uses, np.array([8]), {"a": "a", "b": "b"}, stay_above=0.5)
    assert (groups, worth.tolist()) == (("a", "b"), [0, 8, 0, 8])
    assert shapley(worth) == (8, 0)


def test_what_is_refused() -> None:
    uses = log([plain("u", "a1"), plain("u", "b1")])
    with pytest.raises(InputError, match="have no group: b"):
        fees_that_stay(uses, np.array([8]), {"a": "a"}, stay_above=0.5)
    with pytest.raises(InputError, match="share below 1"):
        fees_that_stay(uses, np.array([8]), {"a": "a", "b": "b"}, stay_above=1.0)
    with pytest.raises(InputError, match=r"2\*\*n"):
        shapley([0] * 2**13)
    with pytest.raises(InputError, match=r"2\*\*n"):
        shapley([0, 1, 2])
    with pytest.raises(InputError, match="empty coalition"):
        shapley([1, 2])


@settings(max_examples=30, deadline=None)
@given(rows, fee_maps, st.integers(0, 10**7), st.integers(1, 50))
def test_a_bot_moves_at_most_its_fee_under_the_user_rules(
    log_rows: list[Row], fee: dict[str, int], paid: int, count: int
) -> None:
    uses = log(log_rows)
    gains = bot_gains(
        uses,
        fees(uses, fee),
        work=uses.works[0],
        fee=paid,
        count=count,
        rules=("user_centric", "equal_split"),
    )
    for gain in gains:
        assert gain.gain == paid
        assert gain.others_lost == 0


def test_a_bot_under_pro_rata_by_hand() -> None:
    """Ten honest users, 10 each, one use of b each; a has one use by one more who pays 10: pool
    110, a gets 10. A bot pays 1 and uses a 89 times: pool 111, a has 90 of 100: 99.9. Gain 89.9, of
    which 88.9 from b.
    """
    uses = log([plain(f"b{i}", "b1") for i in range(10)] + [plain("u", "a1")])
    gain = bot_gains(
        uses, np.full(11, 10_000_000), work="a1", fee=1_000_000, count=89, rules=("pro_rata",)
    )[0]
    assert (gain.gain, gain.others_lost) == (89_900_000, 88_900_000)
    assert gain.times_fee == pytest.approx(89.9)
    with pytest.raises(InputError, match="not used"):
        bot_gains(uses, np.full(11, 1), work="zzz", fee=1, count=1)
