"""What a unit costs: parts by hand, and together the money that was spent."""

from __future__ import annotations

import pytest
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, UNITS, Solved, solved_once

from headrace.plan.results.unit_cost import UnitCost, unit_costs


def costs(found: Solved) -> tuple[UnitCost, ...]:
    return unit_costs(found.formulation, found.outcomes, found.lines)


def test_a_megawatt_hour_of_the_plant_by_hand() -> None:
    """800,000 USD over 8 x 8,760 MWh, and 20 USD: 31.4155 USD/MWh."""
    (one,) = costs(solved_once(PLANT))
    assert (one.product.key, one.unit, one.price) == ("power", "MWh", 50.0)
    assert dict(one.parts) == {"electricity": pytest.approx(20 + 800_000 / 70_080)}


def test_a_megawatt_hour_with_units_on_line() -> None:
    """124 USD of fuel and 120 USD else for 6 MWh, and 8,000 USD a year."""
    (one,) = costs(solved_once(UNITS))
    assert dict(one.parts)["electricity"] == pytest.approx(244 / 6 + 8000 / (6 * 8760))


@pytest.mark.parametrize("text", [PLANT, BELIEFS, UNITS])
def test_one_product_carries_all_that_is_spent(text: str) -> None:
    """Parts times units is everything that was paid, less the terminal value."""
    found = solved_once(text)
    (one,) = costs(found)
    spent = -sum(line.usd for line in found.lines if line.kind != "revenue")
    units = found.total("revenue") / one.price
    assert sum(usd for _, usd in one.parts) * units == pytest.approx(spent, rel=1e-6)


def test_tokens_carry_electricity_accelerators_and_halls() -> None:
    (one,) = costs(solved_once(CAMPUS))
    assert {name for name, _ in one.parts} == {"electricity", "accelerators", "halls"}
    assert all(usd > 0 for _, usd in one.parts)
    assert sum(usd for _, usd in one.parts) < one.price


def test_the_levelised_price_is_revenue_over_what_is_sold() -> None:
    """A price that never changes is its own levelised price; one that halves is in between."""
    (one,) = costs(solved_once(PLANT))
    assert one.levelised_price == pytest.approx(50.0)
    falling = BELIEFS.replace("price: 50 USD/MWh", "price: 50 USD/MWh, price_change: -5 %/a")
    (one,) = costs(solved_once(falling))
    assert one.price == 50.0
    assert 50.0 * 0.95**4 < one.levelised_price < 50.0
    prices = [stage.price for stage in one.stages]
    assert prices == sorted(prices, reverse=True)
    assert prices[1] / prices[0] == pytest.approx(0.95)


@pytest.mark.parametrize("text", [PLANT, BELIEFS, UNITS, CAMPUS])
def test_stages_weighted_by_what_is_sold_add_up(text: str) -> None:
    for one in costs(solved_once(text)):
        assert sum(s.sold for s in one.stages) == pytest.approx(1.0)
        whole = sum(usd for _, usd in one.parts)
        assert sum(s.sold * s.cost for s in one.stages) == pytest.approx(whole)
        assert sum(s.sold * s.price for s in one.stages) == pytest.approx(one.levelised_price)
        assert [s.start for s in one.stages] == sorted(s.start for s in one.stages)


def test_what_is_not_made_has_no_cost() -> None:
    dear = solved_once(PLANT.replace("price: 50", "price: 1"))
    assert costs(dear) == ()
