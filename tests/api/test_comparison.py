"""Two plans beside each other: differences are those of the files, and none hides its status."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.api.comparison import compare
from headrace.api.plan import open_plan
from headrace.core.run_folder import PLAN


@pytest.fixture
def changed_plan(tmp_path):
    """Opens the toy plan after a change to its JSON."""

    def made(name, change=lambda plan: None):
        folder = toy_plan.write(tmp_path / name, nodes=0)
        plan = json.loads(folder.read(PLAN))
        change(plan)
        folder.write(PLAN, json.dumps(plan))
        return open_plan(tmp_path / name)

    return made


def rows_of(table):
    return {row["what"]: row for row in table}


def test_a_plan_beside_itself_differs_in_nothing(changed_plan):
    table = compare(changed_plan("a"), changed_plan("b"))
    assert table.note == ""
    assert table.columns[2:4] == ("a", "b")
    assert {row["difference"] for row in table} == {0.0, None}


def test_differences_are_second_less_first(changed_plan):
    """Objective 1.234e9 -> 1.3e9, engines 120.4 -> 100.4 MW, one order less, one a month later."""

    def change(plan):
        plan["objective_usd"] = plan["lower_bound_usd"] = 1.24e9
        plan["orders"][0]["quantity"] -= 20.0
        plan["orders"][0]["order_by"] = "2027-04"
        del plan["orders"][-1]

    found = rows_of(compare(changed_plan("a"), changed_plan("b", change)))
    assert found["NPV"]["difference"] == pytest.approx(6e6)
    assert found["order gas engines"]["difference"] == pytest.approx(-20.0)
    assert found["order gas engines"]["unit"] == "MW"
    moved = found["order gas engines by"]
    assert (moved["a"], moved["b"]) == ("2027-03", "2027-04")
    assert found["order SMR slot reservation"]["b"] == 0.0


def test_two_orders_of_one_asset_are_added(changed_plan):
    def twice(plan):
        plan["orders"].append(dict(plan["orders"][0], quantity=9.6))

    found = rows_of(compare(changed_plan("a"), changed_plan("b", twice)))
    assert found["order gas engines"]["b"] == pytest.approx(130.0)


def test_an_unfinished_plan_is_told_by_name(changed_plan):
    def stop(plan):
        plan["status"] |= {"state": "stopped", "after_seconds": 5.0, "holds": "best so far"}

    table = compare(changed_plan("whole"), changed_plan("cut", stop))
    assert table.note == "cut: Stopped after 5 s: no advice yet."
    assert rows_of(table)["status"]["cut"] == "stopped"


def test_an_infeasible_plan_has_no_number_to_compare(changed_plan):
    def none(plan):
        plan["status"] |= {"state": "infeasible", "holds": "no plan"}
        plan |= {"objective_usd": None, "gap": None, "orders": []}

    found = rows_of(compare(changed_plan("a"), changed_plan("b", none)))
    assert found["NPV"]["b"] is None
    assert found["NPV"]["difference"] is None


def test_another_measure_is_said(changed_plan):
    def risk(plan):
        plan["risk"] = {
            **{"alpha": 0.9, "omega": 0.3, "expected_usd": 2.0, "cvar_usd": 1.0},
            "worst_usd": 0.5,
        }

    assert (
        "b maximises risk-adjusted NPV" in compare(changed_plan("a"), changed_plan("b", risk)).note
    )
