"""The waterfall of a unit: each step begins where the last one ended."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import CostPart, ProductCost
from headrace.show.figures import waterfall
from headrace.show.format import colours

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def test_a_waterfall_ends_at_the_sum_of_its_parts():
    """Chat: 0.21 + 0.16 + 0.83 + 0.05 + 0.02 + 0.22 = 1.49; it brings 1.84, 0.35 is left."""
    chart = waterfall.charts(PLAN.costs)[0]
    bars = chart.figure["data"][0]
    assert bars["base"][-2] + bars["x"][-2] == pytest.approx(1.49)
    assert bars["x"][-1] == pytest.approx(1.49)
    assert chart.about == (
        "costs 1.49 USD, brings 1.84 USD (from 2.1 USD at the start): 0.35 USD left; all levelised"
    )
    rows = dict(chart.table.rows)
    assert (rows["levelised price"], rows["price at the start"]) == (1.84, 2.1)
    assert rows["price from 2029-01"] == 1.67
    assert [a + b for a, b in zip(bars["base"], bars["x"])][:5] == pytest.approx(bars["base"][1:6])


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=6))
def test_every_step_has_its_own_length_and_the_last_one_is_the_sum(amounts):
    """Also where a part earns: then its bar goes back, and begins where it ends."""
    parts = tuple(CostPart(f"part {place}", usd) for place, usd in enumerate(amounts))
    (chart,) = waterfall.charts((ProductCost("chat", "Mtok", None, parts),))
    bars = chart.figure["data"][0]
    assert bars["x"][:-1] == pytest.approx([abs(usd) for usd in amounts])
    assert bars["x"][-1] == pytest.approx(abs(sum(amounts)))
    running = 0.0
    for base, usd in zip(bars["base"], amounts):
        assert base == pytest.approx(min(running, running + usd))
        running += usd
    assert chart.table.rows[-1] == ("all together", sum(amounts))


def test_a_product_without_a_price_has_no_dotted_line():
    (chart,) = waterfall.charts((ProductCost("chat", "Mtok", None, (CostPart("hall", 1.0),)),))
    assert chart.figure["layout"]["annotations"] == []
    assert chart.about == "costs 1 USD"
    assert waterfall.charts((ProductCost("chat", "Mtok"),)) == ()


def test_a_loss_is_called_short():
    lost = ProductCost("<x>", "s", 0.5, (CostPart("<hall>", 2.0),), 0.5)
    (chart,) = waterfall.charts((lost,))
    assert chart.about == "costs 2 USD, brings 0.5 USD: 1.5 USD short; all levelised"
    assert chart.title == "<x>, a second"
    assert chart.figure["data"][0]["y"][0] == "&lt;hall&gt;"


def test_a_price_of_the_start_alone_is_not_set_against_a_levelised_cost():
    """A file of before has no levelised price: nothing is "left" then."""
    (chart,) = waterfall.charts((ProductCost("chat", "Mtok", 2.2, (CostPart("hall", 0.25),)),))
    assert chart.about == "costs 0.25 USD; sells for 2.2 USD at the start"


def test_price_and_cost_stand_beside_each_other_by_stage():
    told = waterfall.by_stage(PLAN.costs[0])
    assert told.rows[1] == ("2029-01", "1.67 USD", "1.46 USD", "0.21 USD")


def test_a_part_has_the_colour_of_its_layer():
    assert waterfall.layer_colour("Electrons") == colours.CARRIERS["electricity"]
    assert waterfall.layer_colour("chips and network") == colours.CARRIERS["accelerator-hours"]
    assert waterfall.layer_colour("something else") == colours.LOSS
