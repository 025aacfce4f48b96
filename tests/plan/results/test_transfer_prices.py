"""What one part of a plan would charge the next: by hand, and where a plant just pays."""

from __future__ import annotations

import math

import pytest
from tests.builders.studies import solve_text

from headrace.core.ids import AssetId, AssetRole, CarrierKind
from headrace.plan.results.transfer_prices import asset_prices, bus_prices

STUDY = """
study: two-plants
money: {{discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months], terminal_value: false,
  hours: {{blocks: [6000 h, 2760 h]}}}}
technologies:
  own: {{capex: 87.6 USD/kW, variable: 20 USD/MWh, life: 1 year}}
  other: {{capex: 0 USD/kW, variable: 40 USD/MWh}}
sites: {{here: {{build: {{own: {{use: own, at_most: {most} MW}}, other: {{use: other}}}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}}}
"""
OWN, OTHER = (AssetId("here", AssetRole.BUILD, key) for key in ("own", "other"))
CHIPS = """
study: rented
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [6000 h, 2760 h]}}
sites: {here: {grid: {limit: 1 MW, stands: 1 MW, energy: 60 USD/MWh}}}
fleet: {may_rent: {cloud: {use: b200.cloud, price: 4.2 USD/accelerator-h}}}
models: {large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}}
products:
  chat:
    {kind: tokens, model: large, isl: 1200, osl: 300, promise: {ttft: 2 s, tpot: 50 ms},
     demand: 60 Gtok/h, price: 2.2 USD/Mtok}
"""


def told(most: float):
    one = solve_text(STUDY.format(most=most))
    (bus,) = (
        b for b in bus_prices(one.formulation, one.plan.solution)
        if b.bus.carrier.kind is CarrierKind.ELECTRICITY
    )  # fmt: skip
    return bus, asset_prices(one.formulation, one.plan.solution, (OWN, OTHER))


def test_a_plant_that_sets_the_price_must_work_all_the_time() -> None:
    """87,600 USD/MW a year are 10 USD/MWh over 8,760 h: with 20 of running cost, 30."""
    bus, (own, other) = told(50.0)
    assert bus.price == pytest.approx(30.0, rel=1e-4)
    assert bus.passed == pytest.approx(87_600.0, rel=1e-6)
    assert own.even_use == pytest.approx(1.0, rel=1e-3)
    assert own.use == pytest.approx(1.0, rel=1e-6)
    assert own.unit == "MWh"
    assert other.even_use is None  # costs 40 to run: an hour at 30 brings nothing


def test_where_the_dear_one_sets_the_price_half_the_hours_do() -> None:
    """4 MW of the cheap plant, the rest at 40: 87,600 over 8,760 x (40 - 20) is a half."""
    bus, (own, other) = told(4.0)
    assert bus.price == pytest.approx(40.0, rel=1e-4)
    assert own.even_use == pytest.approx(0.5, rel=1e-3)
    assert other.use is not None


def test_what_is_not_there_has_no_use_and_the_price_it_would_get() -> None:
    """The same plant where none may be built: at 40 it would need half the hours."""
    _, (own, _) = told(0.0)
    assert own.use is None
    assert own.even_use == pytest.approx(0.5, rel=1e-3)


def test_rented_chips_charge_their_rent_and_the_product_what_they_charge() -> None:
    one = solve_text(CHIPS)
    prices = {b.bus.carrier.kind: b for b in bus_prices(one.formulation, one.plan.solution)}
    hours, chat = prices[CarrierKind.ACCELERATOR_HOURS], prices[CarrierKind.PRODUCT]
    assert hours.price == pytest.approx(4.2, rel=0.02)
    assert chat.price * chat.passed == pytest.approx(hours.price * hours.passed, rel=0.02)
    (cloud,) = (a.id for a in one.formulation.system.assets if a.id.role is AssetRole.RENTAL)
    (rented,) = asset_prices(one.formulation, one.plan.solution, (cloud,))
    assert rented.even_use == pytest.approx(1.0, rel=0.02)
    assert rented.use == pytest.approx(1.0, rel=0.02)


def test_chips_that_nobody_may_buy_are_told_at_the_rent_of_others() -> None:
    """Own ones cost a year (price over the life, fixed cost, idle power) what so many hours of
    rent do: by hand from the asset, 4.2 USD an hour.
    """
    text = CHIPS.replace("fleet: {", "fleet: {may_buy: {b200: {use: b200, supply: 0}}, ")
    one = solve_text(text.replace("{here: {", "{here: {hall: {use: hall.ai, stands: 1 MW}, "))
    (own,) = (a for a in one.formulation.system.assets if a.id.role is AssetRole.ACCELERATOR)
    (told,) = asset_prices(one.formulation, one.plan.solution, (own.id,))
    assert told.use is None
    assert told.price == pytest.approx(4.2, rel=0.02)
    life = own.life_months / 12
    annuity = own.price / ((1 - 1.08**-life) / math.log(1.08))
    assert told.even_use == pytest.approx((annuity + own.fixed_cost) / (8760 * 4.2), rel=0.05)
