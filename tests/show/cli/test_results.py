"""A stored plan at the terminal: its words, and the JSON that scripts rely on."""

from __future__ import annotations

import dataclasses
import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import Span
from headrace.show.cli import results

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))
RISK = plan_file.RiskRecord(0.9, 0.3, 2e9, 1e9, 0.5e9)


def test_json_keeps_its_contract():
    told = results.as_json(PLAN)
    assert set(told) == {
        *("study", "objective_usd", "lower_bound_usd", "upper_bound_usd", "gap", "nodes"),
        *("hours_per_node", "solve_seconds", "terminal_value_usd", "orders", "certificate"),
        *("schema_version", "status", "decision"),
    }
    assert set(told["orders"][0]) == {
        *("site", "asset", "quantity", "unit", "order_by", "arrives"),
        *("value_low_usd", "value_high_usd", "decided", "flips_at"),
        *("cost_usd", "payments", "worth_per_usd", "branches"),
    }
    assert set(told["certificate"]) == {
        *("max_balance_residual", "max_chain_residual", "max_money_residual", "notes")
    }
    assert [order["asset"] for order in told["orders"]][:2] == ["b200", "solar"]
    json.dumps(told)


def test_whole_units_and_a_month_sooner_are_added_where_they_are_known():
    order = dataclasses.replace(PLAN.orders[0], unit_size=18.0, month_earlier=Span(1.0, 2.0))
    (told,) = results.as_json(dataclasses.replace(PLAN, orders=(order,)))["orders"]
    assert told["month_earlier"] == {"low_usd": 1.0, "high_usd": 2.0}
    assert told["unit_size"] == 18.0
    assert "unit_size" not in results.as_json(PLAN)["orders"][0]


def test_a_run_that_did_not_finish_gives_no_orders(capsys, tmp_path):
    raw = toy_plan.plan()
    raw["status"] |= {"state": "stopped", "after_seconds": 5.2, "holds": "best so far"}
    results.show(plan_file.parse(json.dumps(raw)), tmp_path)
    out = capsys.readouterr().out
    assert "Stopped after 5 s: no advice yet." in out
    assert "Orders now" not in out
    assert "the best possible one lies between" in out
    told = results.as_json(plan_file.parse(json.dumps(raw)))
    assert told["orders"] == []
    assert "decision" not in told


def test_cost_worth_branches_and_the_sum_stand_beside_each_order(capsys, tmp_path):
    results.show(PLAN, tmp_path)
    out = capsys.readouterr().out
    assert "  0  Order nothing this month, decide later: pay nothing; worth 734 to 750 M USD" in out
    engines = (
        "Order 120 MW of gas engines at Greensboro by 2027-03: pay 190 M USD, 57 M USD of it in"
        " 2027-03, the last in 2028-06; worth 41 to 48 M USD, 0.22 to 0.25 a dollar"
    )
    assert engines in out
    assert "gains on 6 of 9 branches: −20 to 62 M USD; because the grid right" in out
    assert "All of them together: pay 1.59 bn USD (361 M USD of it due at once)." in out
    assert "3 decided at this gap, given these beliefs" in out
    assert "Without any of them the plan is worth 484 to 518 M USD less" in out


SITE = plan_file.SiteAvailability("here", "2030-01", 0.81, 0.8, 0.918, 0.91, 0.83, 30.0)


def test_both_availabilities_stand_under_the_headline(capsys, tmp_path):
    asked = dataclasses.replace(
        SITE, asked_hours=0.999, rounds=5, ended="for which there is no room"
    )
    results.show(dataclasses.replace(PLAN, availability=(SITE, asked)), tmp_path)
    out = " ".join(capsys.readouterr().out.split())
    assert (
        "the whole load in 81% of hours (at least 80% with 95% confidence), 91.8% of energy" in out
    )
    assert "of hours nothing is promised" in out
    assert "99.9% of hours is NOT kept after 5 plans, for which there is no room" in out
    (told,) = results.as_json(dataclasses.replace(PLAN, availability=(SITE,)))["availability"]
    assert told["hours"] == 0.81


def test_no_money_is_told_where_all_orders_carry_a_promise(capsys, tmp_path):
    none = plan_file.Alternative(breaks="the promise for `power` breaks")
    given = dataclasses.replace(PLAN.decision, waiting=none)
    results.show(dataclasses.replace(PLAN, decision=given), tmp_path)
    out = " ".join(capsys.readouterr().out.split())
    assert "decide later: pay nothing; no plan, the promise for `power` breaks." in out
    assert "Without any of them the promise for `power` breaks." in out


def test_worths_that_were_cut_short_say_how_to_seek_longer(capsys, tmp_path):
    spent = dataclasses.replace(PLAN.decision, seconds=60.5)
    results.show(dataclasses.replace(PLAN, decision=spent), tmp_path)
    assert "sought for 60 s; `--worth 240` seeks longer" in capsys.readouterr().out


def test_worths_that_were_not_asked_for_say_how_to_seek_them(capsys, tmp_path):
    unasked = dataclasses.replace(PLAN.decision, limit_seconds=0.0)
    results.show(dataclasses.replace(PLAN, decision=unasked), tmp_path)
    assert "not sought; `--worth 180` seeks it for three minutes" in capsys.readouterr().out


def test_the_headline_says_how_good_the_plan_is(capsys, tmp_path):
    results.show(PLAN, tmp_path)
    out = capsys.readouterr().out
    assert "Objective 1.23 bn USD of 2026, at most 1.5 % from the best possible" in out
    assert "13 tree nodes of 8,760 hours, solved in 82 s." in out
    assert out.index("24,000 accelerators") < out.index("SMR slot reservation")
    assert "because each MWh displaces 62 USD of gas" in out
    assert "Report" not in out
    (tmp_path / "report.html").write_text("x")
    results.show(PLAN, tmp_path)
    assert "Report" in capsys.readouterr().out


def test_many_orders_are_cut_and_counted(capsys, tmp_path):
    many = tuple(dataclasses.replace(PLAN.orders[0], asset=f"a{i}") for i in range(33))
    results.show(dataclasses.replace(PLAN, orders=many), tmp_path)
    assert "... and 3 smaller ones, in the report" in capsys.readouterr().out
    results.show(dataclasses.replace(PLAN, orders=()), tmp_path)
    assert "No order now" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (None, "no bound above it yet"),
        (0.0146, "at most 1.5 % from the best possible"),
        (1e-7, "below 0.001 % from the best possible"),
    ],
)
def test_the_gap_in_words(gap, told):
    assert results.gap_words(dataclasses.replace(PLAN, gap=gap)) == told


def test_the_parts_of_a_risk_adjusted_plan_stand_beside_each_other(capsys, tmp_path):
    words = results.risk_words(RISK, "USD")
    assert words == (
        "Expected NPV 2 bn USD; 1 bn USD the mean of the worst 10 % (CVaR);"
        " 500 M USD on the worst branch"
    )
    assert "1 bn USD CVaR 1;" in results.risk_words(dataclasses.replace(RISK, alpha=1.0), "USD")
    plan = dataclasses.replace(PLAN, risk=RISK)
    results.show(plan, tmp_path)
    assert words in capsys.readouterr().out
    assert results.as_json(plan)["risk"]["cvar_usd"] == 1e9
