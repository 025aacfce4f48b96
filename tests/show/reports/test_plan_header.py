"""The top of a plan's page: the answer in two sentences, and the figures that frame it."""

from __future__ import annotations

import dataclasses
import json

from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.format.html import join
from headrace.show.reports import plan_header

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def lede(**more) -> str:
    return str(join(*plan_header.lede(dataclasses.replace(PLAN, **more))))


def test_the_answer_counts_what_is_decided_and_what_is_open():
    assert lede().startswith(
        "Commit 1.59 bn USD (361 M USD of it due at once) this month in 5 orders: 3 decided at this"
        " gap, given these beliefs, 1 undecided, 1 not valued. First: "
    )
    first = (
        "<b>order 24,000 accelerators (B200 servers) at Greensboro by 2027-06</b>, pay 910 M USD"
    )
    assert first in lede()
    assert lede().endswith(
        "Without any of them the plan is worth 484 to 518 M USD less; placing them gains on 6 of 9"
        " branches: −200 to 600 M USD."
    )


def test_all_decided_none_decided_none_at_all():
    sure = tuple(order for order in PLAN.orders if order.decided)
    assert "in 3 orders: 3 decided at this gap, given these beliefs. First" in lede(orders=sure)
    undecided = tuple(order for order in PLAN.orders if order.decided is False)
    assert lede(orders=undecided, decision=None).startswith("Place 1 order: 1 undecided. First: ")
    assert lede(orders=()).startswith("Place no order now")


def test_no_order_is_called_certain():
    assert "certain" not in lede()


def test_the_figures_name_money_year_gap_and_size():
    told = str(plan_header.figures(PLAN))
    for words in ("1.23 bn USD", "USD of 2026, real", "310 M USD", "1.5 %", "13 nodes", "in 82 s"):
        assert words in told
    bare = dataclasses.replace(PLAN, gap=None, terminal_value_usd=None)
    assert "no bound certified" in plan_header.figures(bare)
    assert "terminal value" not in plan_header.figures(bare)


def test_a_risk_adjusted_worth_stands_beside_its_parts():
    risk = plan_file.RiskRecord(0.9, 0.3, 2e9, 1e9, 0.5e9)
    told = str(plan_header.figures(dataclasses.replace(PLAN, risk=risk)))
    assert "Risk-adjusted worth of the plan" in told
    assert told.index("2 bn USD") < told.index("500 M USD") < told.index("CVaR 1 bn USD")


def test_a_typical_year_is_a_caution_each_site_once():
    typical = plan_file.WeatherRecord("new_albany", "tmy3:1", typical=True)
    told = str(plan_header.masthead(dataclasses.replace(PLAN, weather=(typical, typical))))
    assert "Weather of New Albany: a typical year" in told
    actual = dataclasses.replace(typical, typical=False)
    assert "caution" not in plan_header.masthead(dataclasses.replace(PLAN, weather=(actual,)))
