"""Money of other years."""

import pytest

from headrace.core.errors import InputError
from headrace.energy.price_level import LAST_FACT, price_level
from headrace.energy.technology import in_money, technology


def test_money_of_other_years():
    """CPI-U 292.655 in 2022 and 313.689 in 2024: 100 USD of 2022 are 107.19 of 2024."""
    assert price_level(2024) / price_level(2022) == pytest.approx(1.07187, abs=1e-5)
    assert price_level(2026) > price_level(2025) > price_level(2024)
    smr = technology("nuclear.smr")
    assert in_money(smr.capex, "USD/kW", 2022) == 8000
    assert in_money(smr.capex, "USD/kW", 2024) == pytest.approx(8000 * 1.07187, rel=1e-4)
    assert in_money(smr.heat_rate, "MMBtu/MWh", 2024) == smr.heat_rate.value
    with pytest.raises(InputError):
        price_level(1990)


def test_assumed_years_grow_by_what_is_assumed():
    """2.8 % in 2025, then 2.5 % a year: 2027 over 2024 is 1.028 x 1.025^2 = 1.0800."""
    assert price_level(2027) / price_level(LAST_FACT) == pytest.approx(1.028 * 1.025**2)


@pytest.mark.parametrize("year", [2009, 2101, 0, -5])
def test_years_without_an_index_are_refused(year):
    with pytest.raises(InputError, match="2010 to 2100"):
        price_level(year)
