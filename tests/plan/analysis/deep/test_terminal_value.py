"""What still stands at the end is a line of its own."""

from __future__ import annotations

import pytest
from tests.builders.analysed import PLANT, analysed

from headrace.plan.analysis.deep.terminal_value import spending_kept, terminal_value_case


def test_terminal_value_apart() -> None:
    """A plant of 10 years for a horizon of 4 at 0 %: 10 MW x 1,000 USD paid, 6,000 USD left;
    revenue 4 x 87,600 USD.
    """
    g = analysed("""
study: micro
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [48 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 1 USD/kW, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
""")
    none, whole = terminal_value_case(g, 0.0), terminal_value_case(g, 1.0)
    assert none.worth.low == pytest.approx(4 * 87_600 - 10_000)
    assert none.terminal == 0
    assert whole.worth.low == pytest.approx(4 * 87_600 - 4_000)
    assert whole.terminal == pytest.approx(6_000)
    assert none.kept == pytest.approx(1)


def test_what_only_the_end_pays_for_is_not_kept():
    """A plant at 12 USD/kW and 24 months of life sells for 12 months at 8,760 h x 1 USD/MWh: 8.76
    USD/kW of revenue, 6 of terminal value at 0 %. It is ordered only where what is left counts.
    """
    g = analysed("""
study: end
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 12 USD/kW, life: 2 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 1 USD/MWh}}
""")
    none, all_of_it = terminal_value_case(g, 0.0), terminal_value_case(g, 1.0)
    assert all_of_it.worth.low == pytest.approx(10 * (8_760 + 6_000 - 12_000))
    assert all_of_it.terminal == pytest.approx(60_000)
    assert none.worth.high == pytest.approx(0.0, abs=1e-6)
    assert (none.kept, all_of_it.kept) == (pytest.approx(0.0, abs=1e-9), pytest.approx(1.0))


def test_a_plan_that_spends_nothing_has_all_of_it_kept():
    """Power at 1 USD/MWh for a plant of 15 USD/MWh: nothing is ordered, nothing can be lost."""
    g = analysed(PLANT.replace("price: 60", "price: 1").format(hours="", lead=0))
    assert spending_kept(g, g.formulation, g.plan) == 1.0
