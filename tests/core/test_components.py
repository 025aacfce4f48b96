"""The nouns: what they say of themselves, and what a system refuses."""

from __future__ import annotations

import pytest
from tests.builders.nouns import MARKET, POWER, SOLD, asset, cell, delivery, plant, sold, system

from headrace.core.components import Payment
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole


def test_a_price_is_the_sum_of_its_payments() -> None:
    assert asset(payments=(Payment(0.0, 40.0), Payment(6.0, 60.0))).price == 100.0
    assert asset(payments=()).price == 0


def test_what_comes_from_a_slot_adds_to_the_plant() -> None:
    own = asset()
    assert own.adds_to == own.id
    assert asset("other", AssetRole.FROM_SLOT, into=own.id).adds_to == own.id


def test_things_stand_where_their_asset_does() -> None:
    power, energy = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY, unit="MWh")
    assert cell(power, energy).site == power.site == plant(asset()).site == "here"
    assert delivery().site == "here"


def test_buses_in_words() -> None:
    assert str(POWER) == "electricity at here"
    assert str(MARKET) == "product of product 'power'"


@pytest.mark.parametrize(
    "nouns",
    [
        {"assets": (asset(), asset(stands=3.0))},
        {"assets": (asset(),), "converters": (plant(asset()), plant(asset(), cost=1.0))},
        {"assets": (), "demands": (sold(), sold(price=1.0))},
    ],
)
def test_one_identity_for_two_things_is_refused(nouns: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="made twice: "):
        system(**nouns)  # type: ignore[arg-type]


def test_everything_is_found_by_what_it_is() -> None:
    first, second = asset("a"), asset("b", at_most=5.0)
    found = system([first, second], [plant(first), plant(second), delivery()], demands=(sold(),))
    assert found.asset(second.id) is second
    assert found.asset_numbers == {first.id: 0, second.id: 1}
    assert found.converter_numbers[ConverterId(ConverterRole.PLANT, second.id)] == 1
    assert found.sold_at[MARKET].product == SOLD
    assert found.products == (SOLD,)
    with pytest.raises(KeyError):
        found.asset(AssetId("there", AssetRole.BUILD, "a"))
