"""Ways to pay for accelerators, by hand, and when they come."""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.compute.failures import spares, standing, up_share
from headrace.compute.supply import arrivals, bought, deliveries, later, leased, rented, sublet
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


def test_failures_by_hand():
    """Interval 99 h, repair 1 h: 99 % up.

    Of 100 parts one is in repair on average; Poisson(1) has its 99 % point at 4.
    """
    assert up_share(99.0, 1.0) == 0.99
    assert spares(100, 99.0, 1.0, 0.99) == 4
    assert standing(2.0, 0.1) == pytest.approx(0.81)
    with pytest.raises(InputError):
        up_share(0.0, 1.0)


def test_more_reliable_parts_need_no_more_spares():
    counts = [spares(10_000, interval, 48.0) for interval in np.geomspace(100, 1e6, 12)]
    assert counts == sorted(counts, reverse=True)
