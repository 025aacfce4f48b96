"""The price at which an order flips is algebra where there is one hour."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.analysed import CAMPUS, PLANT, STEP, analysed
from tests.builders.problems import engine

from headrace.core.ids import AssetRole
from headrace.plan.analysis.deep.switching_price import (
    SwitchingPrice,
    price_key,
    switching_price,
    unit_price,
    with_dearer_order,
)
from headrace.plan.lp.scaling import MONEY


def test_the_price_at_which_an_order_flips_is_algebra() -> None:
    """A MW earns 1,000 h x (60 - 15) USD = 45,000 USD: at 45 USD/kW the 10 MW are no longer worth
    it.
    """
    g = analysed(PLANT.format(hours=", hours: {blocks: [1000 h]}", lead=0))
    (value,) = g.values
    assert value.low == pytest.approx(250_000)
    assert value.other is not None
    found = switching_price(g, value, value.other)
    assert (found.key, found.unit, found.now) == (
        "sites.here.build.plant.capex",
        "USD/kW",
        pytest.approx(20),
    )
    assert found.low == pytest.approx(45, rel=1e-6)
    assert found.value == pytest.approx(45, rel=1e-6)
    assert found.low <= found.high


def test_an_order_flips_where_its_first_unit_no_longer_pays() -> None:
    """10 MW for 100 h and 5 MW for 900 h more: the first 5 MW earn 1,000 h x 45 USD/MWh = 45
    USD/kW, the next 5 only 4.5.

    At 20 USD/kW 5 MW are ordered, worth 5 x 25,000 USD; they are ordered up to 20 + 25 = 45 USD/kW.
    """
    g = analysed(STEP)
    (value,) = g.values
    assert value.other is not None
    assert value.low == pytest.approx(125_000)
    assert switching_price(g, value, value.other).value == pytest.approx(45, rel=1e-6)


def test_a_dearer_order_shrinks_before_it_flips() -> None:
    """At 4 USD/kW all 10 MW are ordered, worth 5 x 41,000 + 5 x 500 = 207,500 USD: 20.75 USD/kW on
    average.

    That plan's line ends at 24.75 USD/kW; the next plan orders the 5 MW that pay up to 45 USD/kW.
    """
    g = analysed(STEP.replace("20 USD/kW", "4 USD/kW"))
    (value,) = g.values
    assert value.other is not None
    assert value.low == pytest.approx(207_500)
    found = switching_price(g, value, value.other)
    assert found.low == pytest.approx(45, rel=1e-6)
    assert found.high == pytest.approx(45, rel=1e-6)


def test_what_a_price_is_called_in_a_study():
    g = analysed(CAMPUS)
    by_role = {a.id.role: (price_key(a), unit_price(a)) for a in g.formulation.system.assets}
    assert by_role[AssetRole.GRID][0] == "sites.here.grid.price"
    assert by_role[AssetRole.GRID][1] == (pytest.approx(250), "USD/kW")
    assert by_role[AssetRole.HALL][0] == "sites.here.hall.construction"
    assert by_role[AssetRole.BUILD][0] == "sites.here.build.engines.capex"
    assert by_role[AssetRole.ACCELERATOR][0] == "fleet.may_buy.b200.price"
    assert by_role[AssetRole.ACCELERATOR][1][1] == "USD/accelerator"


@given(st.floats(0.0, 1e6))
def test_a_dearer_order_costs_that_much_a_unit_and_nothing_else_changes(usd):
    problem = engine()
    dearer = with_dearer_order(problem, 0, usd)
    assert (dearer.master.cost[0] - problem.master.cost[0]) * MONEY == pytest.approx(usd)
    assert dearer.master.cost[1:].tolist() == problem.master.cost[1:].tolist()
    assert dearer.nodes is problem.nodes


def test_a_middle_is_a_price_only_where_the_bracket_is_tight():
    """A tenth of the middle: 95 to 105 is told as 100, 90 to 110 is not, an open end never."""
    found = [
        SwitchingPrice(0, "key", "USD/kW", 50.0, low, high).value
        for low, high in ((95.0, 105.0), (90.0, 110.0), (95.0, np.inf))
    ]
    assert found == [pytest.approx(100.0), None, None]
