"""What a belief is about: text read once, and written back as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.uncertainty import UNITS, Capex, DemandGrowth, FuelPrice, uncertainty, unit_of

names = st.text(min_size=1, max_size=6)


@given(st.builds(FuelPrice, names) | st.builds(Capex, names) | st.builds(DemandGrowth, names))
def test_what_is_written_is_read_back(about: FuelPrice | Capex | DemandGrowth) -> None:
    """Names with colons too: `fuel:a:b` is the fuel `a:b`."""
    assert uncertainty(str(about)) == about


def test_the_demand_for_everything_has_no_product() -> None:
    assert uncertainty("demand") == uncertainty("demand:") == DemandGrowth(None)
    assert str(DemandGrowth()) == "demand"


@pytest.mark.parametrize("text", ["", "price", "fuels:gas", " fuel:gas", "Demand", "gas"])
def test_other_words_are_about_nothing(text: str) -> None:
    assert uncertainty(text) is None


def test_a_fuel_and_a_technology_of_one_name_are_two_things() -> None:
    assert FuelPrice("gas") != Capex("gas")
    assert len({FuelPrice("gas"), Capex("gas"), DemandGrowth("gas")}) == 3


@pytest.mark.parametrize(
    ("text", "unit"), [("fuel:gas", "USD/MMBtu"), ("capex:smr", "USD/kW"), ("demand", "1/year")]
)
def test_the_unit_of_what_is_believed(text: str, unit: str) -> None:
    about = uncertainty(text)
    assert about is not None
    assert unit_of(about) == unit == UNITS[text.split(":")[0]]
