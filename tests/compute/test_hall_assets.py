"""Halls and accelerators of a study as assets."""

import numpy as np
import pytest

from headrace.compute.accelerator import accelerator
from headrace.compute.hall_assets import (
    busy_power,
    chip_asset,
    hall_limit,
    idle_power,
    off_converter,
    standing_converter,
)
from headrace.core.study import Chip

START = 2027 * 12  # January 2027


def h100(**changes):
    return chip_asset("here", "h100", Chip(use="h100", **changes), START, 2025)


def test_a_fifth_is_paid_at_the_order_and_the_rest_at_delivery():
    asset, found = h100()
    price = found.price.to("USD/accelerator")
    first, last = asset.payments
    assert (first.month, first.usd) == pytest.approx((0.0, 0.2 * price))
    assert (last.month, last.usd) == pytest.approx((found.lead.to("month"), 0.8 * price))
    own, _ = h100(price="10 kUSD/accelerator")
    assert sum(p.usd for p in own.payments) == pytest.approx(10_000)


def test_a_part_that_is_not_out_yet_is_ordered_a_lead_before_it_comes():
    """Available from October 2027, nine months after the start: so many less the lead time."""
    asset, found = h100(available_from="2027-10")
    assert asset.available_from == max(0.0, 9 - found.lead.to("month"))
    assert h100(available_from="2020-01")[0].available_from == 0.0


def test_what_stands_draws_its_idle_power_through_the_hall_and_offers_an_hour():
    """At a PUE of 1.25 the grid gives a quarter more than the accelerator draws."""
    asset, found = h100()
    pue = np.full(8760, 1.25)
    power, hours = standing_converter(asset, found, pue).standing
    assert power.ratio == pytest.approx(-1.25 * idle_power(found) * np.ones(8760))
    assert hours.ratio == 1.0


def test_switched_off_gives_back_the_power_and_the_hour():
    asset, found = h100()
    pue = np.full(8760, 1.25)
    standing = standing_converter(asset, found, pue).standing
    off = off_converter(asset, found, pue)
    for one, other in zip(standing, off.ports, strict=True):
        assert one.bus == other.bus
        assert np.asarray(one.ratio + other.ratio) == pytest.approx(0.0)
    assert off.cost > 0


def test_accelerators_stand_only_where_a_hall_does():
    """Busy power of each in MW against a hall in MW."""
    asset, found = h100()
    other, part = chip_asset("here", "b200", Chip(use="b200"), START, 2025)
    limit = hall_limit(asset, ((asset, found), (other, part)))
    assert [weight for _, weight in limit.weights] == pytest.approx(
        [busy_power(found), busy_power(part), -1.0]
    )
    assert limit.limit == 0.0


def test_power_is_in_megawatts():
    """An H100 with its share of a server draws about a kilowatt and a quarter."""
    part = accelerator("h100")
    assert busy_power(part) == pytest.approx(part.power_busy.to("kW/accelerator") / 1000)
    assert 0 < idle_power(part) < busy_power(part) < 0.003
