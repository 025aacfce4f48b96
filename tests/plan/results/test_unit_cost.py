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


def test_what_is_not_made_has_no_cost() -> None:
    dear = solved_once(PLANT.replace("price: 50", "price: 1"))
    assert costs(dear) == ()
