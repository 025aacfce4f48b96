"""Ageing of cells, and what a cycle costs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.energy.battery import ageing, heat_rate_after, left_after, wear
from headrace.energy.technology import technology


def test_a_battery_is_replaced_when_it_is_worn_by_hand():
    """1.2 % a year and 365 x 0.00003 = 1.095 %: 2.295 % a year; below 0.65 after 16 years
    (0.6328).
    """
    row = technology("battery.lfp")
    found = ageing(row, 365, 20)
    assert found.left[0] == pytest.approx(1 - 0.02295)
    assert found.replaced == (16,)
    assert found.left[16] == pytest.approx(1 - 0.02295)
    assert 0.7 < found.mean < 1
    # 0.00003 / 0.35 x 0.5 x 309,900 = 13.28 USD/MWh
    assert wear(row, 309_900) == pytest.approx(0.00003 / 0.35 * 0.5 * 309_900)
    with pytest.raises(InputError):
        ageing(technology("gas.engine"), 365, 20)


def test_fade_compounds():
    assert left_after(technology("solar.single_axis"), 2) == pytest.approx((1 - 0.0055) ** 2)
    assert heat_rate_after(technology("gas.ccgt"), 10) == pytest.approx(6.168 * 1.003**10)


@given(st.floats(0, 2000), st.integers(1, 40))
def test_more_cycles_never_need_fewer_replacements(cycles, years):
    row = technology("battery.lfp")
    gentle, hard = ageing(row, cycles, years), ageing(row, cycles + 100, years)
    assert len(gentle.left) == years
    assert len(hard.replaced) >= len(gentle.replaced)
    assert all(0 <= left <= 1 for left in hard.left)


def test_cells_worn_in_the_last_year_are_not_replaced():
    """Below 0.65 after 16 years: a plan of 16 years sells the battery worn, one of 17 renews it."""
    row = technology("battery.lfp")
    assert ageing(row, 365, 16).replaced == ()
    assert ageing(row, 365, 17).replaced == (16,)


@pytest.mark.parametrize(("cycles", "years"), [(-1, 10), (6000, 10), (365, 0), (365, 101)])
def test_impossible_lives_are_refused(cycles, years):
    with pytest.raises(InputError, match="cycles"):
        ageing(technology("battery.lfp"), cycles, years)


def test_what_does_not_cycle_does_not_wear():
    assert wear(technology("gas.engine"), 300_000) == 0.0
    assert left_after(technology("battery.lfp"), -3) == 1.0
