"""Ways to pay for accelerators, by hand, and when they come."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.compute.accelerator import accelerator
from headrace.compute.supply import (
    arrivals,
    bought,
    deliveries,
    later,
    leased,
    rented,
    sublet,
    supply,
)
from headrace.core.errors import InputError


def test_bought_pays_the_price_once():
    asset = bought(accelerator("h100"), "here")
    assert asset.price == pytest.approx(42_000)
    assert [payment.month for payment in asset.payments] == [0.0, 3.0]


def test_a_lease_is_worth_its_price():
    """Payments discounted to delivery plus the resale left to the lessor are the price: at 0 % it
    is plain addition.
    """
    chip = accelerator("h100")
    asset = leased(chip, "here", 4.0, rate=0.0)
    assert asset.price + 42_000 * chip.resale(4.0) == pytest.approx(42_000)
    dear = leased(chip, "here", 4.0, rate=0.09)
    monthly = 0.09 / 12
    worth = (
        sum(p.usd * (1 + monthly) ** -(i + 1) for i, p in enumerate(dear.payments))
        + 42_000 * chip.resale(4.0) * (1 + monthly) ** -48
    )
    assert worth == pytest.approx(42_000)


def test_rent_and_sublet_are_opposite_in_sign():
    """One month of 730 h at 2.95 USD is 2,153.50 USD; a sublet brings 80 % of it."""
    chip = accelerator("h100")
    assert rented(chip, 1).price == pytest.approx(2153.5)
    assert sublet(chip, "here", 1).price == pytest.approx(-0.8 * 2153.5)


def test_deliveries_ramp_to_the_share():
    """1 % of 500,000 a quarter is 5,000, reached in the fourth quarter."""
    assert deliveries(accelerator("b200"), 0.01, 5) == pytest.approx((1250, 2500, 3750, 5000, 5000))
    with pytest.raises(InputError, match=r"share of 0\.\.1"):
        deliveries(accelerator("b200"), 1.5, 4)


def test_an_announced_part_has_three_cases_that_add_up():
    cases = arrivals(accelerator("rubin"))
    assert sum(case.probability for case in cases) == pytest.approx(1.0)
    assert [case.available_from for case in cases] == ["2026-10", "2027-02", "2027-10"]
    assert len(arrivals(accelerator("h100"))) == 1


def test_months_carry_over_years():
    assert later("2026-10", 4) == "2027-02"
    assert later("2026-12", 0) == "2026-12"


def test_a_part_of_unknown_supply_is_promised_to_nobody():
    chip = replace(accelerator("b200"), key="nothing")
    assert supply(chip) is None
    with pytest.raises(InputError, match="known supply"):
        deliveries(chip, 0.01, 4)


@given(st.floats(0, 1), st.integers(1, 12), st.integers(1, 8))
def test_deliveries_never_fall_and_end_at_the_share(share, quarters, ramp):
    chip = accelerator("b200")
    found = deliveries(chip, share, quarters + ramp, ramp=ramp)
    assert list(found) == sorted(found)
    assert found[-1] == pytest.approx(supply(chip).per_quarter.to("accelerator") * share)


@pytest.mark.parametrize(("month", "by"), [("2026-01", 0), ("2026-11", 3), ("2099-12", 25)])
def test_a_month_and_back(month, by):
    assert later(later(month, by), -by) == month


def test_a_rent_is_committed_from_the_first_hour_on():
    """Three months at 2 USD/h, one month after the order: 3 x 730 x 2 = 4,380 USD."""
    asset = rented(accelerator("h100"), 3, rent=2.0)
    assert asset.price == pytest.approx(4380)
    assert [one.month for one in asset.payments] == [1.0, 2.0, 3.0]
    assert asset.fixed_cost == 0.0
    assert asset.resale is None


def test_a_longer_lease_costs_less_a_month_and_more_in_all():
    chip = accelerator("h100")
    short, long = (leased(chip, "here", years) for years in (2.0, 5.0))
    assert short.payments[0].usd > long.payments[0].usd
    assert short.price < long.price
    assert (short.life_months, long.life_months) == (24.0, 60.0)
