"""A store hour by hour: what goes in, what stays, what comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.nouns import asset, cell, context, costs, table

from headrace.core.ids import AssetRole
from headrace.plan.model.constraints import storage

POWER, ENERGY = asset("cell"), asset("cell", AssetRole.BUILD_ENERGY, unit="MWh")


def test_a_store_by_hand() -> None:
    """level' - 0.99 level - 0.9 charge + discharge / 0.9 <= 0, 2 USD a MWh out, 95 % there."""
    here = context([POWER, ENERGY])
    storage.add(here, cell(POWER, ENERGY, keep=0.99, wear=2.0, availability=0.95), 0)
    assert costs(here) == {"charge": [0.0] * 3, "discharge": [2.0] * 3, "level": [0.0] * 3}
    assert table(here, "next") == {("store", "level"): [1.0] * 3}
    now = {column: values[0] for (_, column), values in table(here, "now").items()}
    assert now == {"level": -0.99, "charge": -0.9, "discharge": pytest.approx(1 / 0.9)}
    assert {v[0] for v in table(here, "upper").values()} == {0.95}
    flows = {column: values[0] for (_, column), values in table(here, "rows").items()}
    assert flows == {"charge": 1.0, "discharge": -1.0}


@pytest.mark.parametrize("there", [[POWER], [ENERGY], []])
def test_a_store_without_its_power_or_its_energy_is_not_there(there: list) -> None:
    here = context(there)
    storage.add(here, cell(POWER, ENERGY), 0)
    assert not here.writer.columns


@given(st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_a_round_trip_gives_back_the_product_of_both_ways(into: float, out: float) -> None:
    """Charge 1, carry it, discharge d: the chain allows d = into x out and no more."""
    here = context([POWER, ENERGY])
    storage.add(here, cell(POWER, ENERGY, efficiency_in=into, efficiency_out=out), 0)
    now = {column: values[0] for (_, column), values in table(here, "now").items()}
    assert -now["charge"] / now["discharge"] == pytest.approx(into * out, abs=1e-8)


def test_the_dollar_rule_is_wear_on_what_comes_out() -> None:
    found = storage.rate(cell(POWER, ENERGY, wear=3.0))
    assert (found.kind, found.usd) == ("variable", -3.0)
