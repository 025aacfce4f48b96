"""Catalogue rows of what can be built."""

import pytest

from headrace.core.errors import InputError
from headrace.energy.contracts import staged_payments
from headrace.energy.technology import (
    fuel,
    in_money,
    learned,
    technologies,
    technology,
    value_of,
)


@pytest.mark.parametrize("row", technologies(), ids=lambda row: row.key)
def test_every_technology_can_be_paid_learned_and_given_hours(row):
    assert sum(one.usd for one in staged_payments(row, 1.0)) == pytest.approx(1)
    for scenario in ("advanced", "moderate", "conservative"):
        late = learned(row, 2050, scenario)
        assert late.overnight() > 0
    assert (
        learned(row, 2050, "advanced").overnight()
        <= learned(row, 2050, "conservative").overnight() + 1e-9
    )


def test_unknown_keys_name_the_nearest():
    with pytest.raises(InputError, match=r"gas\.ccgt"):
        technology("gas.cgt")
    with pytest.raises(InputError, match="gas, diesel"):
        fuel("peat")


def test_the_connection_is_part_of_what_is_paid_overnight():
    row = technology("wind.onshore")
    assert row.connection is not None
    alone = row.capex.to("USD/MW")
    assert row.overnight() == pytest.approx(alone + row.connection.to("USD/MW"))
    assert row.overnight("USD/kW") == pytest.approx(row.overnight() / 1000)


def test_a_figure_that_does_not_apply_is_its_default():
    row = technology("wind.onshore")
    assert value_of(row.heat_rate, "MMBtu/MWh") == 0.0
    assert value_of(row.heat_rate, "MMBtu/MWh", 7.0) == 7.0
    assert row.co2 == 0.0


def test_a_moved_figure_says_so_and_keeps_its_money_year():
    before, after = technology("nuclear.smr"), technology("nuclear.smr", 2050, "advanced")
    assert "moved to 2050 by the advanced curve" in after.capex.source
    assert after.capex.money_year == before.capex.money_year
    assert after.capex.status == "estimate"
    assert after.unit_size == before.unit_size


def test_every_figure_is_listed_once_with_its_source():
    for row in technologies():
        figures = row.figures()
        assert "capex" in figures
        assert all(figure.source for figure in figures.values())
        assert in_money(figures["capex"], "USD/MW", 2030) > 0


def test_fuels_carry_carbon():
    """Natural gas emits 53.06 kg/MMBtu when burnt; uranium none."""
    assert fuel("gas").co2.to("kg/MMBtu") == pytest.approx(53.06)
    assert fuel("uranium").co2.value == 0.0
