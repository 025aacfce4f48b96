"""Adaptive pathways: what is ordered on which signal, in a picture and in a table."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import pathways
from headrace.show.figures.scenario_tree import own_words
from headrace.show.reports import plan_sections

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))
LEAST = pathways.least_written(PLAN)
BY_ID = {node.id: node for node in PLAN.tree}


def test_every_stop_tells_its_signal_and_its_orders():
    drawn = pathways.picture(PLAN)
    titles = re.findall(r"<title>([^<]*)</title>", drawn)
    assert len(titles) == len(PLAN.tree)
    for node, title in zip(PLAN.tree, titles):
        for words in pathways.ordered_at(node, LEAST):
            assert words in title
    assert drawn.count("<path") == len(PLAN.tree) - 1


def test_the_table_says_what_the_picture_says():
    told = pathways.as_table(PLAN)
    assert len(told.rows) == len(PLAN.tree)
    for row, node in zip(told.rows, PLAN.tree):
        assert row[1] == (own_words(node, BY_ID) or "no news")
        assert row[4] == ("; ".join(pathways.ordered_at(node, LEAST)) or "nothing")


def test_the_dearest_comes_first_and_dust_is_left_out():
    root = next(node for node in PLAN.tree if node.orders)
    first = root.orders[0]
    dear, cheap, dust = (
        replace(first, asset=name, cost_usd=usd) for name, usd in
        (("dear", 9e6), ("cheap", 2e6), ("dust", 1e3))
    )  # fmt: skip
    plan = replace(PLAN, tree=(replace(root, orders=(cheap, dust, dear)),))
    told = pathways.ordered_at(plan.tree[0], pathways.least_written(plan))
    assert len(told) == 2
    wanted = pathways.ordered_at(replace(root, orders=(dear,)), 0.0)
    assert told[0] == wanted[0]


def test_dust_is_measured_by_the_dearest_stop_of_the_plan():
    """A stop that orders for 50 k USD alone, in a plan that pays 9 M USD elsewhere: nothing."""
    root = next(node for node in PLAN.tree if node.orders)
    late = next(node for node in PLAN.tree if node.parent is not None)
    dear, dust = (replace(root.orders[0], cost_usd=usd) for usd in (9e6, 5e4))
    plan = replace(PLAN, tree=(replace(root, orders=(dear,)), replace(late, orders=(dust,))))
    assert [row[4] == "nothing" for row in pathways.as_table(plan).rows] == [False, True]


def test_one_branch_has_no_signals():
    line = tuple(node for node in PLAN.tree if node.parent is None)
    assert plan_sections.signals(replace(PLAN, tree=line)) == ""
    assert "What is done on which signal" in plan_sections.signals(PLAN)
