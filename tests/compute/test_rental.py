"""Accelerators rented by the hour."""

import pytest

from headrace.compute.rental import rental, rented_asset, rented_hours, rented_work
from headrace.core.components import Bus
from headrace.core.errors import InputError
from headrace.core.ids import CarrierId, CarrierKind, ProductId
from headrace.core.study import Rental


def test_a_term_is_paid_month_by_month_and_then_goes_back():
    """Twelve months at 2 USD/accelerator-h from the second month on: 730 x 2 USD a month."""
    asset, part = rented_asset(
        "cloud", Rental(use="h100.cloud", price="2 USD/accelerator-h", term="12 months"), 2025
    )
    assert part.key == "h100"
    assert len(asset.payments) == 12
    assert {p.usd for p in asset.payments} == {1460.0}
    assert asset.life_months == 12
    assert asset.resale is None


def test_terms_are_the_catalogues_unless_written():
    row = rental("h100.cloud")
    asset, _ = rented_asset("cloud", Rental(use="h100.cloud"), 2025)
    assert asset.lead_months == row.lead.to("month")
    assert asset.life_months == round(row.term.to("month"))
    assert asset.title == row.title


def test_a_rented_hour_is_there_and_becomes_work_at_its_rate():
    asset, _ = rented_asset("cloud", Rental(use="h100.cloud"), 2025)
    (hours,) = rented_hours(asset).standing
    product = ProductId("chat")
    tokens = Bus(CarrierId(CarrierKind.PRODUCT, product), "", "Mtok")
    taken, made = rented_work(asset, product, tokens, 3.5).ports
    assert (hours.ratio, taken.ratio, made.ratio) == (1.0, -1.0, 3.5)
    assert hours.bus == taken.bus
    assert made.bus == tokens


def test_an_unknown_rental_names_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean `h100\.cloud`"):
        rental("h100.clod")
