"""The bet as it is read, said and drawn: every number of plan.json comes back in words, in a
picture and in a table.
"""

from __future__ import annotations

import copy
import json

from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.cli import results
from headrace.show.figures import order_value, regret
from headrace.show.format import order_sentences
from headrace.show.reports import deep_section, plan_data, plan_page, plan_sections


def span(low: float | None, high: float | None) -> dict[str, float | None]:
    return {"low_usd": low, "high_usd": high}


def leaf(node: int, probability: float, usd: float, lost: float | None = None) -> dict[str, object]:
    told: dict[str, object] = {
        "node": node,
        "label": f"gas <{node}>",
        "probability": probability,
        "npv": span(usd, usd * 1.01),
    }
    return told if lost is None else told | {"regret": span(lost, lost * 1.1)}


DEEP = {
    "finished": False,
    "open": ["what knowing the future is worth"],
    "notes": [],
    "seconds": 600.0,
    "alpha": 0.9,
    "cvar": span(0.8e9, 0.81e9),
    "leaves": [leaf(4, 0.25, 0.8e9), leaf(5, 0.75, 1.4e9)],
    "endings": [
        {
            "share": 0.0,
            "worth": span(1.0e9, 1.01e9),
            "terminal_usd": 0.0,
            "kept": 0.7,
            "worst": None,
        },
        {
            "share": 1.0,
            "worth": span(1.234e9, 1.252e9),
            "terminal_usd": 3.1e8,
            "kept": 1.0,
            "worst": leaf(4, 0.25, 0.8e9),
        },
    ],
    "regrets": [
        {
            "name": "wait",
            "title": "Wait: no order",
            "worth": span(1.1e9, 1.11e9),
            "regret": span(1.2e8, 1.5e8),
            "leaves": [leaf(4, 0.25, 0.7e9, 1e8), leaf(5, 0.75, 1.1e9, 3e8)],
            "about": "",
            "missing": "",
        },
        {
            "name": "cloud",
            "title": "Cloud only: rent",
            "worth": None,
            "regret": None,
            "leaves": [],
            "about": "",
            "missing": "the study rents nothing: `fleet.may_rent`",
        },
    ],
    "information": None,
}


def plan() -> plan_file.PlanFile:
    raw = copy.deepcopy(toy_plan.plan())
    raw["deep"] = DEEP
    raw["orders"][0] |= {
        "flips_at": {
            "key": "sites.greensboro.build.engines.capex",
            "value": 2100.0,
            "unit": "USD/kW",
            "now": 1600.0,
            "low": 2050.0,
            "high": 2150.0,
        },
        "month_earlier": span(1.5e6, 1.9e6),
    }
    raw["orders"][1] |= {
        "flips_at": {"key": "k", "value": None, "unit": "USD/kW", "low": 1200.0, "high": None},
        "month_earlier": span(0.0, 12.0),
    }
    return plan_file.parse(json.dumps(raw))


def test_every_answer_is_a_sentence():
    said = "\n".join(deep_section.sentences(plan()))
    for words in (
        "on the worst branch (gas <4>, 25 %)",
        "The worst 10 % of the branches are worth 800 to 810 M USD on average (CVaR).",
        "Counting nothing of what still stands at the end,"
        " the best plan is worth 1.00 to 1.01 bn USD.",
        "310 M USD of it terminal value",
        "Wait (no order) loses 120 to 150 M USD, 300 to 330 M USD on its worst branch (gas <5>).",
        "Cloud only (rent) was not asked: the study rents nothing: fleet.may_rent.",
        "Still open after 10 minutes: what knowing the future is worth.",
    ):
        assert words in said, said


def test_whole_units_are_told_and_so_is_what_was_not_counted():
    raw = copy.deepcopy(toy_plan.plan())
    raw["deep"] = copy.deepcopy(DEEP)
    for nodes, words in (
        (
            3,
            "whole one, 3 of 5 operated years cost 2 to 3 M USD more than the plan counts",
        ),
        (0, "Whole units on line were counted in none of 2 operated years"),
    ):
        raw["deep"]["whole_units"] = {
            "nodes": nodes,
            "left": 2,
            "relaxed_usd": 1e8,
            "extra": span(2e6, 3e6),
        }
        said = "\n".join(deep_section.sentences(plan_file.parse(json.dumps(raw))))
        assert words in said, said


def test_the_plan_without_the_binding_year_is_told_with_what_it_orders():
    raw = copy.deepcopy(toy_plan.plan())
    raw["deep"] = copy.deepcopy(DEEP)
    size = {"site": "here", "asset": "pv", "title": "Sun", "unit": "MW"}
    for orders, words in (
        ([], "order the same at once"),
        (
            [size | {"planned": 30.0, "without": 12.0}],
            "worth 1.00 to 1.01 bn USD and order 12 MW instead of 30 MW of Sun at Here at once.",
        ),
    ):
        raw["deep"]["without_year"] = {
            "year": "2019.csv",
            "worth": span(1e9, 1.01e9),
            "orders": orders,
        }
        said = "\n".join(deep_section.sentences(plan_file.parse(json.dumps(raw))))
        assert "Without 2019.csv, the year of weather that binds" in said
        assert words in said, said


def test_a_baseline_that_may_do_more_can_gain():
    raw = copy.deepcopy(toy_plan.plan())
    raw["deep"] = copy.deepcopy(DEEP)
    raw["deep"]["regrets"][1] |= {"missing": "", "regret": span(-5e8, -4e8), "about": "added"}
    assert "Cloud only (rent; added) gains 400 to 500 M USD" in "\n".join(
        deep_section.sentences(plan_file.parse(json.dumps(raw)))
    )


def test_flip_and_month_stand_beside_their_order():
    first, second = plan().orders[:2]
    assert (
        order_sentences.sentence(first).further
        == "placed up to 2,100 USD/kW (1,600 today); a month sooner is worth 1.5 to 1.9 M USD"
    )
    assert (
        order_sentences.sentence(second).further
        == "placed up to a price of at least 1,200 USD/kW; a month sooner is worth nothing"
    )
    table = order_value.as_table(plan().orders)
    row = dict(zip(table.columns, table.rows[0]))
    assert (row["placed up to at least"], row["placed up to at most"], row["price in"]) == (
        2050.0,
        2150.0,
        "USD/kW",
    )
    assert row["a month sooner at most [USD]"] == 1.9e6


def test_pictures_carry_the_numbers_and_escape_the_names():
    found = {chart.key: chart for chart in regret.charts(plan())}
    assert set(found) == {"branches", "regrets", "endings"}
    bars = found["regrets"].figure["data"][0]
    assert (bars["x"], bars["error_x"]["array"]) == ([1.2e8], [1.5e8 - 1.2e8])
    rings = found["regrets"].figure["data"][1]
    assert rings["x"] == [3e8]
    dots = found["branches"].figure["data"]
    assert dots[0]["x"] == [0.8e9, 1.4e9]
    assert dots[0]["marker"]["size"][1] > dots[0]["marker"]["size"][0]
    assert dots[-1]["x"] == [0.25 * 0.8e9 + 0.75 * 1.4e9, 0.25 * 0.7e9 + 0.75 * 1.1e9]
    assert "gas &lt;4&gt;" in dots[0]["text"][0]
    within, end = found["endings"].figure["data"]
    assert [a + b for a, b in zip(within["x"], end["x"])] == [1.0e9, 1.234e9]
    assert all(len(row) == 6 for row in regret.as_table(plan()).rows)


def test_the_section_is_there_only_where_something_was_asked():
    asked, plain = plan(), plan_file.parse(json.dumps(toy_plan.plan()))
    assert 'id="bet-2"' in plan_sections.bet(asked)
    assert "gas &lt;4&gt;" in plan_sections.bet(asked)
    assert plan_sections.bet(plain) == ""
    assert 'href="#bet"' in plan_page.navigation(asked)
    assert 'href="#bet"' not in plan_page.navigation(plain)
    assert plan_data.tables(plain)["bet"].rows == ()
    assert regret.as_table(plain).rows == ()


def test_json_carries_the_answers():
    told = results.as_json(plan())
    assert list(told["deep"]["open"]) == ["what knowing the future is worth"]
    assert told["deep"]["regrets"][0]["regret"] == span(1.2e8, 1.5e8)
    flips = {order["asset"]: order["flips_at"] for order in told["orders"]}
    assert flips["engines"]["value"] == 2100.0
    assert flips["solar"]["value"] is None
    assert flips["reactor"] is None
    assert "deep" not in results.as_json(plan_file.parse(json.dumps(toy_plan.plan())))
