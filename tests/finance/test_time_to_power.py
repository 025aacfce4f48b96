"""Idle accelerators by two rules, and solar around the clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.finance.time_to_power import (
    AcceleratorCost,
    Idle,
    by_opportunity,
    by_retail,
    dispatchable,
    idle_adder,
    rent,
)
from headrace.verification.finance import ACCELERATOR, EL_PASO, IDLE


def order(ranked):
    return [one.name for one in ranked]


def test_the_adder_by_hand_without_discount():
    """1 USD/h, 1 kW, 10 years of which 2 wait: 2 x 8,760 USD over 8 x 8,760 kWh = 0.25 USD/kWh =
    250 USD/MWh.
    """
    assert idle_adder(1.0, 2.0, Idle(1.0, 1.0, rate=0.0, years=10)) == pytest.approx(250)
    # 2.5 years: 2.5 / 7.5
    assert idle_adder(1.0, 2.5, Idle(1.0, 1.0, rate=0.0, years=10)) == pytest.approx(1000 / 3)


def test_published_adders_and_the_flip_of_the_ranking():
    """Newkirk et al. 2025, El Paso: 441 solar, 703 grid, 992 gas USD/MWh on 181, 54.8 and 100."""
    found = {one.name: one.adder for one in by_retail(EL_PASO, IDLE)}
    for name, published in (("solar", 441.3), ("grid", 703.6), ("gas", 992.4)):
        assert found[name] == pytest.approx(published, rel=0.02)
    assert order(sorted(EL_PASO, key=lambda one: one.cost)) == ["grid", "gas", "solar"]
    assert order(by_retail(EL_PASO, IDLE)) == ["solar", "grid", "gas"]


def test_the_opportunity_rule_counts_rent_only():
    """Rent is below retail, so every adder is smaller; with a third of the hours unsold it vanishes
    and cost alone ranks.
    """
    retail = {one.name: one.adder for one in by_retail(EL_PASO, IDLE)}
    for one in by_opportunity(EL_PASO, IDLE, ACCELERATOR):
        assert 0 < one.adder < 0.5 * retail[one.name]
    half_sold = AcceleratorCost(**{**ACCELERATOR.__dict__, "sold": 0.6})
    assert order(by_opportunity(EL_PASO, IDLE, half_sold)) == ["grid", "gas", "solar"]
    assert rent(IDLE.retail, half_sold, IDLE, 60.0) == 0.0


@given(st.floats(0, 20), st.floats(0.1, 5), st.floats(0, 0.15))
def test_longer_delays_never_cost_less(delay, more, rate):
    idle = Idle(2.0, 1.0, rate=rate)
    assert idle_adder(2.0, delay + more, idle) >= idle_adder(2.0, delay, idle)


def test_a_delay_beyond_the_project_is_refused():
    with pytest.raises(InputError):
        idle_adder(1.0, 27.0, Idle(1.0, 1.0))


def test_ember():
    """43 + 0.5 x 65 = 75.5, printed as 76."""
    assert dispatchable(43, 65, 0.5) == 75.5
