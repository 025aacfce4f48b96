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
BY_ID = {node.id: node for node in PLAN.tree}


def test_every_stop_tells_its_signal_and_its_orders():
    drawn = pathways.picture(PLAN)
    titles = re.findall(r"<title>([^<]*)</title>", drawn)
    assert len(titles) == len(PLAN.tree)
    for node, title in zip(PLAN.tree, titles):
        for words in pathways.ordered_at(node):
            assert words in title
    assert drawn.count("<path") == len(PLAN.tree) - 1


def test_the_table_says_what_the_picture_says():
    told = pathways.as_table(PLAN)
    assert len(told.rows) == len(PLAN.tree)
    for row, node in zip(told.rows, PLAN.tree):
        assert row[1] == (own_words(node, BY_ID) or "no news")
        assert row[4] == ("; ".join(pathways.ordered_at(node)) or "nothing")


def test_the_dearest_comes_first_and_dust_is_left_out():
    root = next(node for node in PLAN.tree if node.orders)
    first = root.orders[0]
    dear, cheap, dust = (
        replace(first, asset=name, cost_usd=usd) for name, usd in
        (("dear", 9e6), ("cheap", 2e6), ("dust", 1e3))
    )  # fmt: skip
    told = pathways.ordered_at(replace(root, orders=(cheap, dust, dear)))
    assert len(told) == 2
    wanted = pathways.ordered_at(replace(root, orders=(dear,)))
    assert told[0] == wanted[0]


def test_one_branch_has_no_signals():
    line = tuple(node for node in PLAN.tree if node.parent is None)
    assert plan_sections.signals(replace(PLAN, tree=line)) == ""
    assert "What is done on which signal" in plan_sections.signals(PLAN)
