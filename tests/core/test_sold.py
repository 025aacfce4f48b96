"""What is sold at a posted price: curves by hand, revenue in pieces, people who stay."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.ids import OfferId, ProductId
from headrace.core.sold import PriceCurve, SoldOffer, Subscribers

LINE = PriceCurve("linear", slope=0.5)
MARKET = PriceCurve("logit", slope=3.0, share=0.2)


def offer(**changes: object) -> SoldOffer:
    told: dict[str, object] = {
        "id": OfferId(ProductId("chat"), "plus"),
        "kind": "tier",
        "title": "Plus",
        "amount": 1e6,
        "unit": "user",
        "work": 40.0,
        "price": 20.0,
        "price_unit": "USD/user-month",
        "usd": 100.0,
    }
    return SoldOffer(**(told | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("curve", [PriceCurve("posted"), LINE, MARKET])
def test_every_curve_goes_through_the_reference(curve: PriceCurve) -> None:
    assert float(curve.price(np.array(1.0))) == pytest.approx(1.0)
    assert curve.level(1.0) == pytest.approx(1.0)


@given(st.floats(0.05, 3.9), st.sampled_from([LINE, MARKET, PriceCurve("logit", 2.0, 0.2, 1.7)]))
def test_a_level_is_sold_at_its_price(level: float, curve: PriceCurve) -> None:
    """Price and level are each other's inverse, also where a rival has cut its price; a line has no
    level where it has fallen below zero.
    """
    price = float(curve.price(np.array(level)))
    if curve.kind == "linear" and price < 0:
        return
    assert curve.level(price) == pytest.approx(level, rel=1e-9)


def test_a_posted_price_sells_all_or_nothing() -> None:
    posted = PriceCurve("posted")
    assert [posted.level(price) for price in (0.0, 1.0, 1.0 + 1e-12)] == [1.0, 1.0, 0.0]


def test_a_line_sells_nothing_beyond_its_end() -> None:
    """Slope 0.5: at 1.5 times the price nobody is left, and fewer than nobody there are not."""
    assert LINE.level(1.5) == 0.0
    assert LINE.level(9.0) == 0.0
    assert LINE.price(np.array([0.0, 2.0])).tolist() == [1.5, 0.5]


def test_a_rivals_cut_is_paid_in_price_or_in_level() -> None:
    """Of a market of 20 %: others weigh 1.5 times as much. At the old price the odds of 1:4 are
    1:6, a share of 1/7; the old share is sold log(1.5)/3 below the old price.
    """
    cut = PriceCurve("logit", slope=3.0, share=0.2, outside=1.5)
    assert cut.level(1.0) == pytest.approx((1 / 7) / 0.2)
    assert float(cut.price(np.array(1.0))) == pytest.approx(1.0 - math.log(1.5) / 3.0)


def test_the_smallest_market_has_a_price() -> None:
    """Level 0 of a logit has no finite price; it is told as a large number, not as one that is
    none.
    """
    assert 100 < float(MARKET.price(np.array(0.0))) < np.inf


def test_nothing_sold_brings_nothing_whatever_the_curve() -> None:
    for curve in (PriceCurve("posted"), LINE, MARKET):
        sold = offer(curve=curve, advertising=30.0)
        assert sold.revenue(np.array([0.0])).tolist() == [0.0]
        assert sold.billed(0.0) == 0.0


def test_revenue_is_price_times_level_and_what_advertisers_pay() -> None:
    """Half the users at 1.25 times the price: 0.5 (1.25 x 100 + 30) USD/h."""
    sold = offer(curve=LINE, advertising=30.0)
    assert sold.revenue(np.array([0.5, 1.0])) == pytest.approx([77.5, 130.0])


def test_what_users_pay_is_before_partners_and_creators() -> None:
    """Of 130 USD/h net: an app store takes 30 % of the price, creators 20 % of advertising."""
    sold = offer(advertising=32.0, gross=1 / 0.7, creators=0.2)
    assert sold.billed(1.0) == pytest.approx(100.0 / 0.7 + 32.0 / 0.8)
    assert sold.billed(1.0) > float(sold.revenue(np.array(1.0)))


@given(st.integers(1, 12), st.floats(0.3, 2.5), st.sampled_from([LINE, MARKET]))
def test_pieces_are_concave_end_on_the_curve_and_miss_it_by_their_error(
    number: int, most: float, curve: PriceCurve
) -> None:
    sold = offer(curve=curve, most=most, number=number, advertising=5.0)
    widths, slopes, error = sold.pieces()
    assert widths.sum() == pytest.approx(most)
    assert (np.diff(slopes) <= 1e-9).all()
    ends = np.concatenate([[0.0], np.cumsum(widths)])
    held = np.concatenate([[0.0], np.cumsum(widths * slopes)])
    assert held == pytest.approx(sold.revenue(ends), abs=1e-8)
    between = np.linspace(0.0, most, 301)
    missing = sold.revenue(between) - np.interp(between, ends, held)
    assert missing.min() >= -1e-8
    assert missing.max() <= error * 1.02 + 1e-8


def test_a_posted_price_is_one_straight_piece_without_error() -> None:
    widths, slopes, error = offer().pieces()
    assert (widths.tolist(), slopes.tolist(), error) == ([1.0], [100.0], 0.0)


def test_a_unit_of_use_brings_its_share_and_use_of_nothing_nothing() -> None:
    assert offer().usd_of_use(1.2) == pytest.approx(3.0)
    assert offer(work=0.0).usd_of_use(1.2) == 0.0


STAY = (1.0, 0.8, 0.6, 0.5)


def test_those_who_joined_shrink_at_one_rate_between_two_months() -> None:
    """Half a month of age: the root of .8. Who joins later is younger; nobody leaves before."""
    people = Subscribers(STAY, 1.0, 0.0)
    found = people.there(np.array([0.0, 0.5, 1.0, 2.0]), 1.0)
    assert found == pytest.approx([0.8, math.sqrt(0.8), 1.0, 1.0])


def test_survival_that_is_told_for_months_is_kept_after_them() -> None:
    assert Subscribers(STAY, 1.0, 0.0).there(np.array([0.0]), 50.0) == pytest.approx([0.5])


def test_pressure_of_one_is_no_pressure() -> None:
    joined = np.array([0.0, 0.3, 1.7, 2.9])
    calm = Subscribers(STAY, 1.0, 0.0)
    for month in (1.0, 2.5, 3.0):
        pressed = Subscribers(STAY, 1.0, 0.0, pressure=(1.0, 1.0, 1.0))
        assert pressed.there(joined, month) == pytest.approx(calm.there(joined, month))


def test_a_month_of_double_pressure_is_lived_twice() -> None:
    """The second month counts two: after two months they are as old as three."""
    people = Subscribers(STAY, 1.0, 0.0, pressure=(1.0, 2.0))
    assert people.there(np.array([0.0, 1.0]), 2.0) == pytest.approx([0.5, 0.6])


def test_the_last_pressure_that_is_told_holds_on() -> None:
    people = Subscribers(tuple(0.9**n for n in range(30)), 1.0, 0.0, pressure=(1.0, 3.0))
    assert people.there(np.array([0.0]), 4.0) == pytest.approx([0.9**10])


def test_hazards_that_fall_with_age_are_pressed_where_they_stand() -> None:
    """Shape one half: who has stayed a year loses less in a month of pressure than who is new."""
    stay = tuple(0.5 ** math.sqrt(n) for n in range(40))
    people = Subscribers(stay, 1.0, 0.0, pressure=(*([1.0] * 16), 4.0), shape=0.5)
    calm = Subscribers(stay, 1.0, 0.0, pressure=(1.0,), shape=0.5)
    joined = np.array([0.0, 16.0])
    old, new = people.there(joined, 17.0) / calm.there(joined, 17.0)
    assert calm.there(joined, 17.0) == pytest.approx([stay[17], stay[1]])
    assert new == pytest.approx(0.5**3)
    assert old == pytest.approx(0.5 ** (3 * (math.sqrt(17) - 4)))
