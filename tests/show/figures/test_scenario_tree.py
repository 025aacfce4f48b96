"""The tree as a river: boxes, labels, stacks."""

from __future__ import annotations

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
