"""The identified set: against a plain search, verdicts at both ends, and points that clash."""

from __future__ import annotations

import math

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.market.clips import (
    BreakEven,
    ClipTariff,
    Moment,
    behaviour,
    break_even,
    deciding_datum,
    grid_of_users,
    sentence,
)

SEEN = ClipTariff("as it was", 2.0, 0.40)
USERS = grid_of_users([0.1, 1.0, 3.0], [1.0, 8.0], [1, 60])


def test_behaviour_by_hand():
    told = behaviour(grid_of_users([1.0], [10.0], [30]), SEEN)
    # at 0.40 a clip of worth falling from 1 to 0 over ten: six a day, two of them free
    assert told["clips"][0] == pytest.approx(30 * 6)
    assert told["spend"][0] == pytest.approx(30 * 4 * 0.40)
    assert (told["payers"][0], told["back30"][0]) == (1.0, 1.0)
    none = behaviour(grid_of_users([1.0], [10.0], [30]), ClipTariff("free only", 2.0, math.inf))
    assert none["spend"][0] == 0
    assert none["clips"][0] == 60


@pytest.mark.parametrize("fixed", [0.0, 0.05])
def test_both_ends_are_those_of_many_distributions(fixed):
    """No distribution that agrees lies outside, and some come near either end."""
    told = behaviour(USERS, SEEN)
    moments = [Moment("spend", 1.0, 3.0), Moment("back30", 0.1, 0.3)]
    found = break_even(USERS, SEEN, moments, SEEN, fixed)
    rng = np.random.default_rng(0)
    draws = rng.dirichlet(np.full(12, 0.25), 400_000)
    spend, back = draws @ told["spend"], draws @ told["back30"]
    ok = (spend >= 1) & (spend <= 3) & (back >= 0.1) & (back <= 0.3)
    ratio = (spend[ok] - fixed) / (draws[ok] @ told["clips"])
    assert ok.sum() > 1000
    assert ratio.min() >= found.low - 1e-9
    assert ratio.max() <= found.high + 1e-9
    assert ratio.max() > 0.8 * found.high
    assert found.low <= found.high


def test_more_points_never_widen_the_set():
    wide = break_even(USERS, SEEN, [Moment("spend", 1.0, 3.0)], SEEN)
    more = [Moment("spend", 1.0, 3.0), Moment("clips", 20.0, 30.0)]
    narrow = break_even(USERS, SEEN, more, SEEN)
    assert wide.low - 1e-9 <= narrow.low <= narrow.high <= wide.high + 1e-9


def test_ads_add_what_a_clip_earns_and_fixed_cost_takes_away():
    plain = break_even(USERS, SEEN, [Moment("spend", 1.0, 3.0)], SEEN)
    ads = break_even(USERS, SEEN, [Moment("spend", 1.0, 3.0)], SEEN._replace(ad=0.02))
    assert ads.low == pytest.approx(plain.low + 0.02)
    assert ads.high == pytest.approx(plain.high + 0.02)
    dear = break_even(USERS, SEEN, [Moment("spend", 1.0, 3.0)], SEEN, 10.0)
    assert dear.high < 0


def test_points_that_clash_are_named_with_their_reach():
    with pytest.raises(InputError, match=r"Without spend.*there is one"):
        break_even(USERS, SEEN, [Moment("spend", 1e6, 2e6), Moment("back30", 0.1, 0.2)], SEEN)
    with pytest.raises(InputError, match="spend, clips, back30, payers"):
        break_even(USERS, SEEN, [Moment("sales", 1.0, 2.0)], SEEN)
    with pytest.raises(InputError, match="2 to 1"):
        break_even(USERS, SEEN, [Moment("spend", 2.0, 1.0)], SEEN)
    with pytest.raises(InputError, match="above 0"):
        grid_of_users([0.0], [1.0], [1])


@pytest.mark.parametrize(
    ("ends", "costs", "told"),
    [
        ((0.1, 0.2), (0.3, 1.3), "not viable"),
        ((0.4, 0.5), (0.3, 0.4), "viable"),
        ((0.1, 0.5), (0.3, 0.4), "cannot tell"),
        ((0.35, 0.5), (0.3, 0.4), "cannot tell"),
    ],
)
def test_a_verdict_needs_both_ends(ends, costs, told):
    one = BreakEven(SEEN, *ends)
    assert one.verdict(*costs) == told
    words = sentence([one], costs, {"clips": 0.1, "payers": 0.3})
    assert told in words.lower()
    assert ("clips would narrow" in words) == (told == "cannot tell")


def test_the_datum_that_would_decide_narrows_the_set():
    moments = [Moment("spend", 1.0, 3.0)]
    whole = break_even(USERS, SEEN, moments, SEEN)
    widths = deciding_datum(USERS, SEEN, moments, SEEN)
    assert set(widths) == {"clips", "back30", "payers"}
    assert all(0 <= w <= whole.high - whole.low + 1e-9 for w in widths.values())
    assert widths["clips"] < 0.9 * (whole.high - whole.low)


def test_what_creators_are_paid_is_not_left_for_clips():
    """Of one type the break-even is a number: 60 of 100 % of what it is without them, ads too."""
    users, told = grid_of_users([1.0], [10.0], [30]), {}
    for share in (0.0, 0.4):
        asked = ClipTariff("shared", 2.0, 0.40, 0.01, share)
        told[share] = break_even(users, SEEN, [Moment("spend", 40.0, 60.0)], asked)
    assert told[0.0].low == pytest.approx((30 * 4 * 0.40 + 180 * 0.01) / 180)
    assert told[0.4].low == pytest.approx(0.6 * told[0.0].low)
    assert told[0.4].high == pytest.approx(0.6 * told[0.0].high)
