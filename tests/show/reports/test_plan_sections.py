"""The sections of a plan's page: there where there is something to say, hooked to the scripts."""

from __future__ import annotations

import dataclasses
import json
import re

from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.format.html import Markup, join
from headrace.show.reports import page, plan_data, plan_page, plan_sections

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))
BODY = str(join(*plan_page.plan_body(PLAN)))


def test_every_table_of_the_page_has_its_data():
    """A button names a table that the data holds, or that the page's script makes itself."""
    named = set(re.findall(r'data-(?:csv|table)="([\w-]+)"', BODY))
    assert named - set(plan_data.tables(PLAN)) == {"sankey", "dispatch", "costs"}


def test_every_element_the_script_asks_for_is_there():
    """planPage would stop at the first one it does not find."""
    script = page.static("plan.js")
    wanted = set(re.findall(r'\$\("#([\w-]+)"\)(?!\?)', script))
    assert wanted
    assert {name for name in wanted if f'id="{name}"' not in BODY} == set()


def test_what_was_not_found_has_no_section():
    bare = dataclasses.replace(PLAN, prices=(), costs=(), sources=(), assumptions=())
    told = str(join(*plan_page.plan_body(bare)))
    for name in ("prices", "costs", "sources", "bet"):
        assert f'<section id="{name}"' not in told
    assert "Assumed" not in told
    assert "Assumed" in BODY


def test_a_limit_is_told_with_its_site_and_its_unit():
    told = str(plan_sections.prices(PLAN))
    assert "one more MW of grid right, Greensboro" in told
    assert "91 k USD per MW a" in told


def test_nodes_that_carry_only_telling_weeks_are_counted():
    assert "For 2 nodes this file carries" in plan_sections.hours(PLAN, (3, 4), Markup(""))
    assert "this file carries" not in plan_sections.hours(PLAN, (), Markup("<svg/>"))


def test_what_does_not_balance_is_said():
    """The toy's flows balance to the last digit; a sun that gives a tenth more is seen."""
    worst = float(re.search(r"is (\S+) of the flow", plan_sections.balance_words(PLAN))[1])
    assert worst < 1e-12
    flow = dataclasses.replace(PLAN.flows[0], quantity=PLAN.flows[0].quantity * 1.1)
    broken = dataclasses.replace(PLAN, flows=(flow, *PLAN.flows[1:]))
    assert "e-02 of the flow" in plan_sections.balance_words(broken)


def test_the_first_choice_of_a_switch_is_pressed():
    told = str(plan_sections.switch([("a", "<A>"), ("b", "B")], "view"))
    assert told.count('aria-pressed="true" data-view="a">&lt;A&gt;') == 1
    assert told.count('aria-pressed="false" data-view="b"') == 1


def test_one_family_needs_no_switch():
    nodes = tuple(
        dataclasses.replace(node, capacity=tuple(c for c in node.capacity if c.unit == "MW"))
        for node in PLAN.tree
    )
    assert "data-family" not in plan_sections.tree(dataclasses.replace(PLAN, tree=nodes))
    assert "data-family" in plan_sections.tree(PLAN)
