"""Arrival, life and money of an order by hand: annuity, terminal value, presence in a node."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.nouns import asset, circle, node

from headrace.core.components import Payment
from headrace.core.ids import AssetKind
from headrace.plan.scenario.discounting import (
    Discounting,
    LifetimeCost,
    can_order,
    ending,
    money,
    node_weight,
    presence,
    standing_cost,
    terminal_value,
)
from headrace.plan.scenario.time_slices import keep_all, keep_blocks

FREE = Discounting(rate=0.0, end=36.0, terminal=True)
TEN = Discounting(rate=0.10, end=36.0, terminal=True)

rates = st.floats(0.0, 0.3)
months = st.floats(0.0, 600.0)


def test_a_dollar_in_two_years_at_ten_per_cent() -> None:
    """1 / 1.1^2 = 0.826446; a dollar a year through two years (1 - 0.826446) / ln 1.1 = 1.82092."""
    assert TEN.discount(24.0) == pytest.approx(1 / 1.21)
    assert TEN.years(0.0, 24.0) == pytest.approx((1 - 1 / 1.21) / log(1.1))
    assert TEN.years(0.0, 24.0) == pytest.approx(1.82092, rel=1e-5)


def test_without_a_rate_a_year_is_a_year() -> None:
    assert FREE.discount(120.0) == 1.0
    assert FREE.years(6.0, 24.0) == pytest.approx(1.5)
    assert FREE.years(24.0, 6.0) == 0.0


@given(rates, months, months, months)
def test_years_add_up_and_are_never_longer_than_on_the_wall(
    rate: float, a: float, b: float, c: float
) -> None:
    first, middle, last = sorted((a, b, c))
    one = Discounting(rate, 600.0, terminal=True)
    whole = one.years(first, last)
    assert whole == pytest.approx(one.years(first, middle) + one.years(middle, last), abs=1e-9)
    assert whole <= (last - first) / 12 + 1e-9


@given(rates, st.floats(1.0, 600.0), st.floats(0.0, 1.0))
def test_an_annuity_left_falls_from_one_to_nothing(rate: float, life: float, share: float) -> None:
    """Interest makes the early years pay off less: more than the straight line is left."""
    one = Discounting(rate, 600.0, terminal=True)
    assert one.annuity_left(life, life) == pytest.approx(1.0)
    assert one.annuity_left(life, 0.0) == 0.0
    assert one.annuity_left(life, share * life) >= share - 1e-9


def test_what_has_no_life_has_nothing_left() -> None:
    assert TEN.annuity_left(0.0, 10.0) == 0.0


def test_an_order_works_from_its_lead_time_on() -> None:
    late = asset(lead_months=9.0, life_months=24.0)
    assert ending(late, 12.0, 24.0) == 45.0


def test_a_rent_lasts_at_least_to_the_end_of_its_stage() -> None:
    """Three months from month 12 on would end in month 15; the stage ends in month 24."""
    rent = asset(rented=True, life_months=3.0)
    assert ending(rent, 12.0, 24.0) == 24.0
    assert ending(rent, 12.0, 13.0) == 15.0


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, True),
        ({"lead_months": 24.0}, False),
        ({"lead_months": 23.9}, True),
        ({"at_most": 0.0}, False),
        ({"supply": 0.0}, False),
        ({"available_from": 13.0}, False),
    ],
)
def test_only_what_can_still_work_within_the_horizon_is_ordered(
    more: dict[str, float], wanted: bool
) -> None:
    assert can_order(asset(**more), 12.0, FREE) is wanted


def test_the_money_of_an_order_by_hand() -> None:
    """Half at once, half after a year: 50 + 50 / 1.1 = 95.4545; 6 USD a year from month 12 to the
    horizon's end; paid for ten years, two of them used: the annuity of eight is left, discounted.
    """
    one = asset(
        payments=(Payment(0.0, 50.0), Payment(12.0, 50.0)), fixed_cost=6.0, lead_months=12.0
    )
    found = money(one, 0.0, 132.0, TEN, 1.0)
    assert found.payments == pytest.approx(50 + 50 / 1.1)
    assert found.fixed == pytest.approx(6 * TEN.years(12.0, 36.0))
    left = 100 * (1 - 1.1**-8) / (1 - 1.1**-10)
    assert found.terminal == pytest.approx(left / 1.1**3)
    assert found.net == pytest.approx(found.payments + found.fixed - found.terminal)


def test_a_price_factor_raises_payments_and_terminal_value_alike_but_no_credit() -> None:
    one = asset(credit=10.0)
    plain, dear = money(one, 0.0, 120.0, TEN, 1.0), money(one, 0.0, 120.0, TEN, 2.0)
    assert dear.payments + 10.0 == pytest.approx(2 * (plain.payments + 10.0))
    assert dear.terminal == pytest.approx(2 * plain.terminal)


def test_without_interest_half_a_life_is_worth_half_a_price() -> None:
    """Ten years from month 0 on, the horizon ends after three: 7 of 10 years are left."""
    assert terminal_value(asset(), 0.0, 120.0, FREE, 100.0) == pytest.approx(70.0)


def test_a_lower_resale_replaces_the_annuity() -> None:
    """60 % after the first year, 10 % less each further one: 100 x 0.6 x 0.9^2 = 48.6 < 70."""
    sold = asset(resale=(0.6, 0.9))
    assert terminal_value(sold, 0.0, 120.0, FREE, 100.0) == pytest.approx(48.6)
    assert terminal_value(asset(resale=(2.0, 1.0)), 0.0, 120.0, FREE, 100.0) == pytest.approx(70.0)


@pytest.mark.parametrize(
    ("one", "finish", "terminal"),
    [
        (asset(), 36.0, True),
        (asset(rented=True), 120.0, True),
        (asset(), 120.0, False),
    ],
)
def test_no_terminal_value(one: object, finish: float, terminal: bool) -> None:
    """What has ended, what is rented, and any where the study wants none."""
    end = Discounting(0.0, 36.0, terminal)
    assert terminal_value(one, 0.0, finish, end, 100.0) == 0.0  # type: ignore[arg-type]


def test_a_term_that_is_still_paid_for_is_worth_what_is_to_be_paid() -> None:
    """A rent of 10 a month for a year from month 30 on, the horizon ends in month 36: six of twelve
    payments follow. An annuity of 120 would leave 61.4 at 10 %, and 58.8 are still to be paid.
    """
    paid = tuple(Payment(float(month), 10.0) for month in range(12))
    one = asset(kind=AssetKind.RENTED_ACCELERATOR, payments=paid, life_months=12.0)
    found = money(one, 30.0, 42.0, TEN, 1.0)
    later = sum(10 * 1.1 ** (-month / 12) for month in range(36, 42))
    assert found.terminal == pytest.approx(later)
    assert found.net == pytest.approx(sum(10 * 1.1 ** (-month / 12) for month in range(30, 36)))
    assert money(one, 30.0, 42.0, TEN, 3.0).terminal == pytest.approx(3 * later)
    assert money(one, 20.0, 32.0, TEN, 1.0).terminal == 0.0
    half = money(one, 24.5, 36.5, TEN, 1.0).terminal  # of the last month, which was paid for
    assert half == pytest.approx(5.0 / 1.1**3)


def test_fixed_cost_stops_at_the_horizon() -> None:
    one = asset(fixed_cost=12.0)
    assert standing_cost(one, 24.0, 120.0, FREE) == pytest.approx(12.0)
    assert standing_cost(one, 48.0, 120.0, FREE) == 0.0


def test_a_credit_may_make_an_order_cost_less_than_nothing() -> None:
    assert money(asset(credit=150.0), 0.0, 120.0, FREE, 1.0).payments == pytest.approx(-50.0)
    assert LifetimeCost(1.0, 2.0, 4.0).net == -1.0


def test_what_is_there_all_the_time_needs_no_mask() -> None:
    found = presence(asset(), 0.0, inf, node(), keep_all(0, 12.0))
    assert found is not None
    assert (found.share, found.mask) == (1.0, None)
    assert presence(asset(), 12.0, inf, node(), keep_all(0, 12.0)) is None
    assert presence(asset(), -24.0, 0.0, node(), keep_all(0, 12.0)) is None


def test_an_arrival_in_the_middle_is_masked_to_the_hour() -> None:
    """Six of twelve months of 730 hours: hour 4,380 of 8,760 is the first."""
    found = presence(asset(), 6.0, inf, node(), keep_all(0, 12.0))
    assert found is not None
    assert found.mask is not None
    assert int(found.mask.argmax()) == 4380
    assert found.mask.sum() == 4380


def test_load_blocks_are_cut_at_an_arrival() -> None:
    """A quarter of the year without it: the first piece of each block, 1,500 and 690 hours."""
    slices = keep_blocks((6000.0, 2760.0), 12.0, (2190.0,))
    found = presence(asset(), 3.0, inf, node(), slices)
    assert found is not None
    assert found.share == 1.0
    assert found.mask is not None
    assert found.mask.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert slices.weights.tolist() == [1500.0, 690.0, 4500.0, 2070.0]


def test_capacity_fades_with_the_age_in_the_middle() -> None:
    """10 % a year, in its first year half a year old: 0.9^0.5."""
    found = presence(asset(fade=0.1), 0.0, inf, node(), circle())
    assert found is not None
    assert found.share == pytest.approx(0.9**0.5)


def test_a_node_of_three_years_counts_its_year_three_times() -> None:
    assert node_weight(node(months=36.0), FREE) == pytest.approx(3.0)
    assert node_weight(node(months=6.0), FREE) == pytest.approx(1.0)
    assert node_weight(node(months=36.0, probability=0.25), FREE) == pytest.approx(0.75)
    assert node_weight(node(months=6.0), TEN) == pytest.approx(TEN.years(0, 6) / 0.5)


def test_discounting_never_gives_nan() -> None:
    assert np.isfinite(Discounting(1e-12, 36.0, terminal=True).years(0.0, 600.0))
