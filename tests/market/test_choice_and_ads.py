"""Choice with an outside option, caps, capability, ads, and the size of experiments."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.market.ads import AdPrice, AdResponse, best_load, estimate, experiment, value_of_load
from headrace.market.capability import addressable, doubling_time, success_curve
from headrace.market.caps import capped_use
from headrace.market.experiments import least_change, people_an_arm
from headrace.market.rivals import (
    PricedProduct,
    best_price,
    revenue_tangents,
    shares,
    two_sided_price,
)

TRUTH = AdResponse(0.1 / 3, 0.2 / 3, 1.0)


@given(st.floats(-3, 5), st.floats(0.2, 3), st.floats(0, 2), st.floats(-2, 3), st.floats(0.1, 3))
@settings(max_examples=40)
def test_no_price_earns_more_than_the_best(quality, sensitivity, cost, rival, rival_price):
    other = PricedProduct("rival", rival, 1.0, rival_price)
    own = PricedProduct("own", quality, sensitivity, 0.0, cost)
    best = best_price(own, [other])
    prices = best.price + np.linspace(-0.9, 3, 60) * (best.price - cost)
    for price in prices:
        at = PricedProduct("own", quality, sensitivity, float(price), cost)
        share = shares([at, other])[0]
        assert (price - cost) * share <= best.profit * (1 + 1e-9) + 1e-12
    at = PricedProduct("own", quality, sensitivity, best.price, cost)
    assert shares([at, other])[0] == pytest.approx(best.share)


def test_a_rivals_cut_of_eighty_percent_takes_share_and_lowers_the_best_price():
    own = PricedProduct("own", 2.0, 1.5, 1.6, 0.5)
    rival = PricedProduct("rival", 2.0, 1.5, 1.6)
    cut = PricedProduct("rival", 2.0, 1.5, 0.32)
    assert shares([own, cut])[0] < shares([own, rival])[0]
    assert best_price(own, [cut]).price < best_price(own, [rival]).price
    assert shares([own, cut]).sum() < 1.0


def test_a_very_good_product_does_not_overflow():
    found = best_price(PricedProduct("own", 2000.0, 1.0, 0.0))
    assert found.price == pytest.approx(2000.0 - math.log(found.price - 1), rel=1e-6)
    assert shares([PricedProduct("own", 2000.0, 1.0, 0.0)])[0] == pytest.approx(1.0)
    with pytest.raises(InputError, match="sensitivity"):
        shares([PricedProduct("own", 1.0, 0.0, 1.0)])


@given(st.floats(0, 0.9))
def test_no_price_of_two_sides_earns_more(cost):
    best = two_sided_price(cost)
    for price in np.linspace(cost / 2, 1, 40):
        assert (2 * price - cost) * (1 - price) ** 2 <= best.profit + 1e-12


def test_twice_the_tangents_leave_a_quarter_of_the_gap_and_lie_above():
    def revenue(sold):
        return sold * (10 - sold)

    few, many = (revenue_tangents(revenue, 8.0, n) for n in (10, 20))
    assert few.error / many.error == pytest.approx(4.0, rel=1e-6)
    amounts = np.linspace(0, 8, 333)
    lines = (many.intercepts[None] + many.slopes[None] * amounts[:, None]).min(axis=1)
    assert (lines >= revenue(amounts) - 1e-9).all()
    with pytest.raises(InputError, match=r"not concave between"):
        revenue_tangents(lambda sold: sold**2, 1.0, 3)
    with pytest.raises(InputError, match="tangents"):
        revenue_tangents(revenue, 8.0, 0)


@given(st.floats(0.1, 100), st.floats(0.05, 2.5), st.floats(0.1, 1000))
@settings(max_examples=30, deadline=None)
def test_capped_use_is_that_of_many_draws(median, spread, cap):
    found = capped_use(median, spread, cap)
    z = (np.arange(20_000) + 0.5) / 20_000
    from scipy.stats import norm

    use = median * np.exp(spread * norm.ppf(z))
    assert found.served == pytest.approx(np.minimum(use, cap).mean(), rel=0.02)
    assert found.at_cap == pytest.approx((use > cap).mean(), abs=2e-3)
    assert 0 <= found.unserved <= 1


def test_caps_at_their_ends():
    assert capped_use(10.0, 1.0, math.inf).served == pytest.approx(10 * math.exp(0.5))
    assert capped_use(10.0, 0.0, 4.0) == (10.0, 4.0, 1.0)
    with pytest.raises(InputError) as caught:
        capped_use(0.0, -1.0, 0.0)
    assert len(caught.value.problems) == 3


def test_a_success_curve_meets_both_horizons_and_less_is_done_at_a_higher_bar():
    curve = success_curve(203.0, 38.3)
    assert curve.at(203.0) == pytest.approx(0.5)
    assert curve.at(38.3) == pytest.approx(0.8)
    assert curve.longest(0.8) == pytest.approx(38.3)
    done = [
        addressable(curve, median=60.0, spread=1.2, success=s, clean=0.47) for s in (0.5, 0.8, 0.99)
    ]
    assert done == sorted(done, reverse=True)
    assert done[0] < 0.47
    assert addressable(curve, median=60.0, spread=1.2, success=1.0, clean=0.47) == 0.0
    low = addressable(curve, median=60.0, spread=1.2, success=0.8, clean=0.025)
    assert done[1] / low == pytest.approx(0.47 / 0.025)
    with pytest.raises(InputError, match="0 < h80 < h50"):
        success_curve(30.0, 40.0)
    with pytest.raises(InputError) as caught:
        addressable(curve, median=0.0, spread=1.0, success=2.0, clean=0.0)
    assert len(caught.value.problems) == 3


def test_a_doubling_time_is_that_of_the_line():
    years = np.arange(5) / 2
    assert doubling_time(years, 3.0 * 2.0 ** (years * 365.25 / 131)) == pytest.approx(131)
    with pytest.raises(InputError, match="3 or more"):
        doubling_time(years[:2], np.ones(2))
    with pytest.raises(InputError, match="do not rise"):
        doubling_time(years, np.ones(5))


def test_without_noise_both_rates_are_found_exactly():
    data = experiment(TRUTH, (0.5, 2.0), 21, 0.0, np.random.default_rng(0))
    found = estimate(*data, TRUTH.speed).response
    assert (found.at_once, found.later) == pytest.approx((TRUTH.at_once, TRUTH.later))
    assert found.long_run == pytest.approx(0.1)


def test_bands_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(7)
    held = [
        estimate(*experiment(TRUTH, (0.5, 1.0, 2.0), 21, 0.02, rng), 1.0).holds(TRUTH)
        for _ in range(200)
    ]
    assert ((np.mean(held, axis=0) >= 0.85) & (np.mean(held, axis=0) <= 0.95)).all()


def test_trusting_one_month_loses_the_audience():
    price = AdPrice(60.0, 1.0, 0.0)
    felt = TRUTH.effective(0.1)
    month = TRUTH.at_once + TRUTH.later * (1 - math.exp(-1 / 12))
    ordered = best_load(month, price)
    assert ordered > 2 * best_load(felt, price)
    assert (
        value_of_load(ordered, felt, price) < 0 < value_of_load(best_load(felt, price), felt, price)
    )


@given(st.floats(0.01, 0.5), st.floats(0, 0.8))
def test_no_load_earns_more_than_the_best(sensitivity, fall):
    price = AdPrice(60.0, 1.0, fall)
    best = best_load(sensitivity, price)
    top = value_of_load(best, sensitivity, price)
    for load in np.linspace(0, 2 * best, 41):
        assert value_of_load(float(load), sensitivity, price) <= top + 1e-9
    assert AdPrice(60, 1, 0.5).at(4.0) == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda: best_load(0.0, AdPrice(60, 1, 0)), "ads cost audience"),
        (lambda: best_load(0.1, AdPrice(60, 1, 1.0)), "more sold earns less"),
        (lambda: estimate(np.ones(3), np.ones(3), np.ones(3), 1.0), "six rows"),
        (lambda: estimate(np.ones(8), np.ones(8), np.ones(8), 1.0), "all rows are of one date"),
        (lambda: people_an_arm(0.05, 0.0), "a change that matters"),
        (lambda: people_an_arm(0.0, 2.0), "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused(call, told):
    with pytest.raises(InputError, match=told):
        call()


def test_a_sample_shows_a_change_as_often_as_promised():
    people = people_an_arm(0.05, 0.02)
    rng = np.random.default_rng(0)
    left, other = (rng.binomial(people, p, 4000) / people for p in (0.05, 0.07))
    middle = (left + other) / 2
    seen = np.abs(other - left) > 1.959964 * np.sqrt(2 * middle * (1 - middle) / people)
    assert seen.mean() == pytest.approx(0.8, abs=0.03)
    assert least_change(0.05, people) == pytest.approx(0.02, rel=1e-3)


@given(st.floats(20, 2000), st.floats(1.5, 12), st.floats(5, 400), st.floats(0.5, 2.5))
@settings(max_examples=60)
def test_more_can_be_asked_of_who_can_do_more_and_less_where_more_is_required(
    h50, ratio, median, spread
):
    """Addressable work rises with both horizons and with the share that is clean, falls with the
    success that is required, and is a share.
    """

    def asked(h=h50, success=0.8, clean=0.1):
        curve = success_curve(h, h / ratio)
        return addressable(curve, median=median, spread=spread, success=success, clean=clean)

    assert 0 <= asked() <= 0.1
    assert asked(h=2 * h50) >= asked()
    assert asked(success=0.9) <= asked() <= asked(success=0.5)
    assert asked(clean=0.2) == pytest.approx(2 * asked())


@given(st.floats(0.02, 0.5), st.integers(200, 200_000))
@settings(max_examples=40)
def test_the_least_change_that_people_show_needs_them_all(churn, people):
    found = least_change(churn, people)
    if churn + found < 0.999:
        assert people_an_arm(churn, found * 1.001) <= people
        assert people_an_arm(churn, found * 0.98) > 0.95 * people


@given(st.floats(0.1, 50), st.floats(0, 2.5), st.floats(0.05, 500))
@settings(max_examples=60)
def test_a_cap_serves_more_the_higher_it_is_and_never_more_than_is_wanted(median, spread, cap):
    low, high = capped_use(median, spread, cap), capped_use(median, spread, 2 * cap)
    assert low.served <= high.served * (1 + 1e-12)
    assert high.served <= low.wanted * (1 + 1e-12)
    assert high.served <= 2 * low.served * (1 + 1e-12)  # concave in the cap
    assert high.at_cap <= low.at_cap
