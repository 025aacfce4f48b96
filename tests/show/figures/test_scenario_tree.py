"""The tree as a river: boxes, labels, stacks."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import scenario_tree

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_a_tree_of_many_leaves_keeps_its_parents_amid_their_children():
    tree = [{"id": 0, "parent": None, "probability": 1.0, "start": "2027-01", "months": 12}]
    tree += [
        {"id": i, "parent": 0, "probability": 1 / 300, "start": "2028-01", "months": 12}
        for i in range(1, 301)
    ]
    raw = toy_plan.plan() | {"tree": tree, "flows": [], "nodes": 301}
    plan = plan_file.parse(json.dumps(raw))
    boxes = scenario_tree.layout(plan, dict.fromkeys(range(301), 5.0))
    middles = [boxes[i].middle for i in range(1, 301)]
    assert middles == sorted(middles)
    assert boxes[0].middle == pytest.approx((middles[0] + middles[-1]) / 2)
    assert all(b - a >= 5 for a, b in pairwise(middles))
    assert boxes[0].right <= boxes[1].left


def test_a_label_says_only_what_is_new():
    root = plan_file.NodeRecord(0, None, 1.0, "2027-01", 6, "today's beliefs")
    first = plan_file.NodeRecord(1, 0, 0.6, "2028-01", 6, "demand steady")
    second = plan_file.NodeRecord(2, 1, 0.3, "2029-01", 6, "demand steady, gas_price high")
    third = plan_file.NodeRecord(3, 2, 0.3, "2030-01", 6, "demand steady, gas_price high")
    tree = {node.id: node for node in (root, first, second, third)}
    assert [scenario_tree.own_words(node, tree) for node in tree.values()] == [
        "today's beliefs",
        "demand steady",
        "gas price high",
        "",
    ]
    assert scenario_tree.path_words(second, tree) == "demand steady, gas price high"
    assert scenario_tree.path_words(third, tree) == "demand steady, gas price high, from 2030-01"
    assert scenario_tree.path_words(root, tree) == "today's beliefs"


def test_boxes_of_one_stage_never_overlap():
    for family in scenario_tree.families(PLAN):
        totals = {node.id: sum(scenario_tree.stack(node, family).values()) for node in PLAN.tree}
        boxes = scenario_tree.layout(
            PLAN, {i: 90 * total / max(totals.values()) for i, total in totals.items()}
        )
        for left in {box.left for box in boxes.values()}:
            column = sorted((b for b in boxes.values() if b.left == left), key=lambda b: b.middle)
            assert all(
                a.middle + a.slot / 2 <= b.middle - b.slot / 2 + 1e-6 for a, b in pairwise(column)
            )


def test_capacities_stand_with_their_like():
    """A hall takes megawatts and makes none: it never stands on what makes them."""

    def name(asset, unit):
        return scenario_tree.family_of(plan_file.Capacity("here", asset, 1.0, unit)).name

    assert name("engines", "MW") == "Power"
    assert name("AI hall", "MW") == "Halls"
    assert name("b200", "accelerators") == "Accelerators"
    assert name("battery_energy", "MWh") == "Storage"
    assert name("reservoir", "m3") == "m3"
    assert [family.name for family in scenario_tree.families(PLAN)] == ["Power", "Accelerators"]


def test_a_stack_adds_up_over_the_sites():
    """Engines: 90 MW at a growth of 1, 54 at Greensboro and 36 at Miami; what is 0 is not there."""
    power = scenario_tree.families(PLAN)[0]
    found = scenario_tree.stack(PLAN.root(), power)
    assert found == pytest.approx({"grid": 60.0, "engines": 90.0})


def test_the_river_draws_each_node_once_and_as_thick_as_it_is_likely():
    power = scenario_tree.families(PLAN)[0]
    told = str(scenario_tree.river(PLAN, power))
    assert [told.count(f'data-node="{node.id}"') for node in PLAN.tree] == [1] * len(PLAN.tree)
    assert told.count('stroke-width="3.25"') == 2  # 1 + 9 x 0.25
    assert told.count("<line x1=") == 3  # 2027-01, 2027-07, 2029-01
    assert "2027-07</text>" in told


def test_a_long_label_is_cut_and_a_crowded_tree_has_none():
    power = scenario_tree.families(PLAN)[0]
    tree = {node.id: node for node in PLAN.tree}
    node = dataclasses.replace(PLAN.tree[1], label="demand " + "very " * 30 + "low")
    tree[node.id] = node
    box = scenario_tree.NodeBox(0.0, 120.0, 50.0, 60.0, 36.0)
    told = str(scenario_tree.node_group(node, box, power, 0.1, tree))
    assert "\N{HORIZONTAL ELLIPSIS}" in told
    crowded = dataclasses.replace(box, room=3.0)
    assert "<text" not in scenario_tree.node_group(node, crowded, power, 0.1, tree)


def test_the_table_holds_every_capacity_of_every_node():
    table = scenario_tree.as_table(PLAN)
    assert len(table.rows) == sum(len(node.capacity) for node in PLAN.tree)
    row = dict(zip(table.columns, table.rows[0]))
    assert (row["node"], row["parent"], row["unit"]) == (0, None, "MW")


def test_the_legend_names_what_was_ordered_as_the_order_does():
    told = str(scenario_tree.legend(PLAN, scenario_tree.families(PLAN)[0]))
    assert "gas engines" in told
    assert "Solar" in told
