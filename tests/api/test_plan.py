"""A stored plan as tables: the numbers are those of the file, and an unfinished one says so."""

from __future__ import annotations

import json
import math

import pytest
from tests.builders import toy_plan

from headrace.api.plan import open_plan
from headrace.core.errors import InputError
from headrace.core.hourly_store import FlowSeries, NodeHours, write_hourly
from headrace.core.run_folder import PLAN, STUDY


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    root = tmp_path_factory.mktemp("run") / "toy"
    toy_plan.write(root, nodes=1)
    return open_plan(root)


@pytest.fixture
def stopped(tmp_path):
    folder = toy_plan.write(tmp_path / "cut", nodes=1)
    told = json.loads(folder.read(PLAN))
    told["status"] |= {"state": "stopped", "after_seconds": 5.0, "holds": "best so far"}
    folder.write(PLAN, json.dumps(told))
    return open_plan(tmp_path / "cut")


def test_orders_are_ranked_with_cost_and_worth(plan):
    orders = plan.orders
    assert orders.title == "Orders now"
    assert orders["order"][:2] == ("B200 servers", "solar with tracking")  # 410, then 112 M USD
    first = next(iter(orders))
    assert (first["cost"], first["worth_low"], first["worth_high"]) == (9.1e8, 410e6, 433e6)
    assert orders.headings[7] == "cost [USD]"
    assert orders["worth_low"][-1] is None  # not computed is not zero


def test_cash_adds_up_either_way(plan):
    """By hand: every node has revenue 9e8, energy -8e7 and orders -4e8 times its growth."""
    whole = math.fsum(line.usd for node in plan.file.tree for line in node.cash)
    assert math.fsum(plan.cash("node")["cash"]) == pytest.approx(whole)
    root = next(row for row in plan.cash("node") if row["node"] == 0)
    assert (root["item"], root["cash"]) == ("revenue", 9e8)
    with pytest.raises(InputError, match="Did you mean `year`"):
        plan.cash("yeer")


def test_cash_by_year_is_undiscounted_and_of_a_branch_where_one_is_named(plan):
    """By hand: the root pays 60 M USD in 2027 and 400 in 2028 and earns 900; node 4, grown by 0.88,
    does the same from 2029 on, node 1 (0.7) from 2027 on.
    """
    sums = dict.fromkeys(plan.cash(node=4)["year"], 0.0)
    for row in plan.cash(node=4):
        sums[row["year"]] += row["cash"]
    earned, paid = 9e8 - 6e7, -4e8
    assert sums["2027"] == pytest.approx(earned * (1 + 0.7))
    assert sums["2028"] == pytest.approx(paid * (1 + 0.7))
    assert sums["2030"] == pytest.approx(paid * 0.88)
    mean = [r["cash"] for r in plan.cash() if (r["year"], r["kind"]) == ("2028", "payments")]
    assert mean == [pytest.approx(paid * (1 + 0.25 * 0.7 + 0.5 * 1.3 + 0.25 * 2.2))]
    assert "sales of chat" in plan.cash()["item"]
    with pytest.raises(InputError, match="a node of the tree, 0 to 12"):
        plan.cash(node=99)


def test_cost_and_price_of_a_unit_are_both_levelised(plan):
    chat = [row for row in plan.unit_costs if row["product"] == "chat"]
    whole = next(row for row in chat if (row["part"], row["stage"]) == ("all together", ""))
    assert (whole["cost"], whole["price"]) == (pytest.approx(1.49), 1.84)
    assert next(row for row in chat if row["stage"] == "2029-01")["price"] == 1.67


def test_the_tree_and_what_stands_and_is_served(plan):
    tree = plan.tree
    assert (len(tree), tree["parent"][0], tree["probability"][0]) == (13, None, 1.0)
    assert "demand low" in tree["beliefs"][1]
    assert sum(q for q, n, a in zip(*map(plan.capacity.__getitem__, ("quantity", "node", "asset")))
               if n == 0 and a == "engines") == pytest.approx(90.0)  # fmt: skip
    chat = next(iter(plan.served))
    assert chat["share"] == pytest.approx(8.9 / 9)
    assert len(plan.flows) == len(plan.file.flows)
    assert plan.prices["worth"] == (91000.0,)
    assert set(plan.unit_costs["product"]) == {cost.product for cost in plan.file.costs}


def test_hours_are_chosen_by_node_site_and_carrier(plan):
    power = plan.hours(site="miami", carrier="electricity")
    assert len(power) == toy_plan.HOURS
    assert len(power.columns) == 2 + 7
    flows = [sum(row[2:]) for row in power.rows]
    assert max(map(abs, flows)) < 1e-6  # in less out is nothing, in every hour
    for wrong in ({"site": "miam"}, {"carrier": "electrcity"}):
        with pytest.raises(InputError, match="Did you mean"):
            plan.hours(**wrong)
    with pytest.raises(InputError, match="node 7 has no stored hours"):
        plan.hours(node=7)


def test_flows_called_alike_have_columns_of_their_own(tmp_path):
    folder = toy_plan.write(tmp_path / "toy", nodes=0)
    alike = tuple(
        FlowSeries("a", "electricity", "plant", "MW", toy_plan.np.full(2, x), item_id=str(x))
        for x in (1.0, 2.0, 3.0)
    )
    write_hourly(folder, NodeHours(0, toy_plan.np.ones(2), alike))
    hours = open_plan(folder.root).hours()
    assert len(set(hours.columns)) == 5
    assert hours.rows[0] == (0, 1.0, 1.0, 2.0, 3.0)


def test_worth_is_the_stored_price_or_nothing_where_the_limit_does_not_bind(tmp_path):
    folder = toy_plan.write(tmp_path / "toy", nodes=0)
    told = json.loads(folder.read(PLAN))
    price = {"site": "a", "unit": "MW", "words": "one more MW"}
    told["prices"] = [
        {**price, "name": "sites.a.grid.limit", "usd": 91000.0},
        {**price, "name": "sites.b.build.pv.at_most", "usd": 5.0},
        {**price, "name": "sites.a.build.pv.at_most", "usd": 7.0},
    ]
    folder.write(PLAN, json.dumps(told))
    folder.write(STUDY, "study: toy\nsites: {c: {grid: {limit: 3 MW}, weather: tmy3:723170}}\n")
    plan = open_plan(folder.root)
    assert plan.worth("a.grid.limit").usd == 91000.0
    assert plan.worth("sites.a.grid.limit") == plan.worth("a.grid.limit")
    assert plan.worth("c.grid.limit").usd == 0.0
    for key in ("pv.at_most", "a.grid.limt", "c.weather", "c.grid.at_most", "d.grid.limit"):
        with pytest.raises(InputError):
            plan.worth(key)


def test_a_finished_plan_shows_its_orders(plan):
    assert "Orders now" in repr(plan)
    assert plan.note == ""
    page = plan._repr_html_()
    assert "<b>invented" not in page
    assert "B200 servers" in page


def test_an_unfinished_plan_gives_no_advice(stopped):
    told = repr(stopped)
    assert "Stopped after 5 s: no advice yet." in told
    assert "B200" not in told
    assert "B200" not in stopped._repr_html_()
    assert stopped.orders.title == "No advice"
    assert len(stopped.orders) == 0
    for table in (stopped.orders, stopped.prices, stopped.cash(), stopped.hours()):
        assert table.note == "Stopped after 5 s: no advice yet."
    with pytest.raises(InputError, match="expected a finished plan"):
        stopped.worth("grid.limit")


def test_the_report_goes_where_it_is_asked_to(plan, tmp_path):
    path = plan.report(tmp_path / "own.html")
    assert path == tmp_path / "own.html"
    assert path.read_text(encoding="utf-8").lstrip().startswith("<!doctype html>")


def test_a_folder_without_a_plan_is_told(tmp_path):
    with pytest.raises(InputError, match="neither"):
        open_plan(tmp_path)


def test_an_option_that_replay_lacks_is_refused_with_the_nearest(plan):
    with pytest.raises(InputError, match="Did you mean `curtail`"):
        plan.replay(curtial="20 %")
