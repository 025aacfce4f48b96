"""Identities are told apart by their parts, however they are called."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.ids import (
    ELECTRICITY,
    AssetId,
    AssetRole,
    CarrierId,
    CarrierKind,
    ConverterId,
    ConverterRole,
    ProductId,
    StoreId,
)

keys = st.text("ab.' -", max_size=4)
assets = st.builds(AssetId, keys, st.sampled_from(list(AssetRole)), keys)
converters = st.builds(
    ConverterId,
    st.sampled_from(list(ConverterRole)),
    st.none() | assets,
    st.none() | st.builds(ProductId, keys),
)


@given(assets, assets)
def test_two_assets_read_alike_only_where_they_are_one(one: AssetId, other: AssetId) -> None:
    """Sites and keys with dots, dashes, blanks and quotes: `a.b` + `c` never meets `a` + `b.c`."""
    assert (str(one) == str(other)) == (one == other)


@given(converters, converters)
def test_two_converters_read_alike_only_where_they_are_one(
    one: ConverterId, other: ConverterId
) -> None:
    assert (str(one) == str(other)) == (one == other)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        (AssetRole.BUILD, "x"),
        (AssetRole.BUILD_ENERGY, "x, energy"),
        (AssetRole.SLOT, "x, slot"),
        (AssetRole.SLOT_GIVEN_UP, "x, slot given up"),
        (AssetRole.FROM_SLOT, "x, from the slot"),
        (AssetRole.ACCELERATOR, "x"),
    ],
)
def test_people_call_an_asset_by_its_key_and_role(role: AssetRole, name: str) -> None:
    assert AssetId("here", role, "x").name == name


def test_the_one_grid_right_and_hall_of_a_site_have_no_key() -> None:
    assert AssetId("here", AssetRole.GRID).name == "grid"
    assert str(AssetId("here", AssetRole.HALL)) == "hall at 'here'"


def test_a_plant_named_hall_is_no_hall() -> None:
    named = AssetId("here", AssetRole.BUILD, "hall")
    assert named.name == AssetId("here", AssetRole.HALL).name
    assert named != AssetId("here", AssetRole.HALL)


def test_what_is_paid_for_is_the_part_of_the_study_that_is_written() -> None:
    families = {role: role.family for role in AssetRole}
    assert set(families.values()) == {
        AssetRole.BUILD,
        AssetRole.GRID,
        AssetRole.HALL,
        AssetRole.ACCELERATOR,
        AssetRole.RENTAL,
    }
    assert all(family.family is family for family in families.values())


def test_a_product_called_electricity_is_not_electricity() -> None:
    sold = CarrierId(CarrierKind.PRODUCT, ProductId("electricity"))
    assert sold.name == ELECTRICITY.name == "electricity"
    assert sold != ELECTRICITY
    assert str(sold) != str(ELECTRICITY)


def test_carriers_in_words() -> None:
    chip = AssetId("here", AssetRole.ACCELERATOR, "b200")
    hours = CarrierId(CarrierKind.ACCELERATOR_HOURS, chip)
    assert hours.name == "accelerator-hours b200"
    assert str(hours) == "accelerator-hours of may_buy 'b200' at 'here'"


def test_every_role_of_a_converter_has_words() -> None:
    chip, chat = AssetId("here", AssetRole.ACCELERATOR, "b200"), ProductId("chat")
    names = [ConverterId(role, chip, chat).name for role in ConverterRole]
    assert names == [
        "b200",
        "b200, standing",
        "b200, switched off",
        "chat on b200",
        "chat, delivered",
        "b200, export",
    ]
    assert ConverterId(ConverterRole.DELIVERY, None, chat).name == "chat, delivered"


def test_a_store_is_named_after_its_power() -> None:
    one = StoreId(AssetId("here", AssetRole.BUILD, "cell"))
    assert one.name == "cell"
    assert str(one) == "store build 'cell' at 'here'"


def test_identities_are_keys_and_sort_by_site_role_and_key() -> None:
    made = [AssetId(s, r, k) for s, r, k in product("ba", (AssetRole.GRID, AssetRole.BUILD), "yx")]
    assert len({one: None for one in made + made}) == 8
    assert sorted(made)[0] == AssetId("a", AssetRole.BUILD, "x")
