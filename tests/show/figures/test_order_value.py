"""Orders now as one sheet: words, worth and time on common scales."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import order_value

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_bars_keep_to_their_scale():
    """Worth 41 to 48.2 on a scale of -2.2 to 433: the band begins at 43.2/435.2 = 9.93 % and is
    7.2/435.2 = 1.65 % wide.
    """
    text = str(order_value.sheet(PLAN))
    assert "left:9.926%;width:1.65%" in text


def test_a_value_outside_its_scale_stands_at_the_edge():
    scale = order_value.Scale(-10.0, 30.0)
    assert [scale.at(value) for value in (-99.0, -10.0, 0.0, 30.0, 99.0)] == [0, 0, 25, 100, 100]


def test_orders_the_gap_cannot_decide_stand_on_a_shelf_of_their_own():
    told = str(order_value.sheet(PLAN))
    shelves = re.findall(r'<li class="shelf">([^<]*)<', told)
    assert shelves == ["Undecided at this gap: the interval holds 0", "Worth not computed"]
    assert told.index("Undecided at this gap") < told.index("evening peaks")
    assert told.count('class="order open"') == 2


def test_the_plans_without_orders_come_first_and_the_sum_last():
    """Costs of 1,591 M USD stand in the sum; waiting loses 484 to 518 M USD."""
    told = str(order_value.sheet(PLAN))
    waits = told.index("Order nothing this month, decide later")
    assert waits < told.index("Order nothing, now or later") < told.index("24,000 accelerators")
    assert "worth 734 to 750 M USD, 484 to 518 M USD less" in told
    assert told.index("SMR slot") < told.index("pay 1.59 bn USD (361 M USD of it due at once)")
    none = str(order_value.sheet(dataclasses.replace(PLAN, orders=())))
    assert "No order now" in none
    assert "Order nothing, now or later" in none
    bare = dataclasses.replace(PLAN, orders=(), decision=None)
    assert "<ol" not in order_value.sheet(bare)
    assert order_value.total(bare) == ""


def test_a_row_says_what_is_paid_and_where_the_order_gains():
    """The engines cost 190 M USD, 57 of them in 2027-03; on branch 4 they lose half of 41 M USD."""
    told = str(order_value.sheet(PLAN))
    assert "<b>pay 190 M USD</b>" in told
    assert "57 M USD of it in 2027-03, the last in 2028-06" in told
    assert "0.22 to 0.25 a dollar" in told
    assert "gains on 6 of 9 branches: −20 to 62 M USD" in told
    assert "demand low, gas low (7.5 %): −20.5 M USD" in told


def test_the_bar_of_time_reaches_from_order_to_arrival():
    """From 2027-03 to 2028-06 on a scale of 2027 to 2029: 2 of 24 months, then 15 more."""
    order = PLAN.orders[0]
    told = str(order_value.time_bar(order, "", order_value.Scale(12 * 2027.0, 12 * 2029.0)))
    assert f"left:{100 * 2 / 24:.4g}%;width:{100 * 15 / 24:.4g}%" in told
    assert "15 months, arrives 2028-06" in told
    undated = dataclasses.replace(order, arrives="later")
    assert "<i" not in order_value.time_bar(undated, "arrives later", order_value.Scale(0, 1))


def test_scales_hold_every_order_and_zero():
    worth, time = order_value.worth_scale(PLAN.orders), order_value.time_scale(PLAN.orders)
    assert (worth.low, worth.high) == (-2.2e6, 433e6)
    assert (time.low, time.high) == (12 * 2027, 12 * 2035)
    assert order_value.worth_scale(()).high > order_value.worth_scale(()).low


def test_the_axis_ends_at_a_round_number():
    """433 M USD: the last tick is 400 M USD."""
    worth, time = order_value.worth_scale(PLAN.orders), order_value.time_scale(PLAN.orders)
    told = str(order_value.axis(worth, time, "USD"))
    assert ">400 M USD<" in told
    assert ">2027<" in told
    assert "USD" not in order_value.axis(order_value.worth_scale(()), time, "USD")


def test_rows_hold_whole_accelerators_and_leave_out_what_was_not_asked():
    odd = dataclasses.replace(PLAN.orders[2], quantity=24000.4)
    table = order_value.as_table((odd, PLAN.orders[0]))
    first, second = (dict(zip(table.columns, row)) for row in table.rows)
    assert (first["quantity"], second["quantity"]) == (24000.0, 120.4)
    assert (first["rank"], second["rank"]) == (1, 2)
    assert first["price today"] is None
    assert first["a month sooner at most [USD]"] is None
