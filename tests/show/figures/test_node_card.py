"""The card of a node: what holds there, what is ordered, served and paid."""

from __future__ import annotations

import dataclasses
import json

from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import node_card

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))
ROOT = PLAN.root()


def test_a_card_says_when_how_likely_and_what_holds():
    branch = next(node for node in PLAN.tree if node.parent == 0)
    told = str(node_card.card(PLAN, branch, shown=False))
    assert "from 2027-07, 18 months, probability 25 %; demand low" in told
    assert f'data-card="{branch.id}" hidden' in told
    assert " hidden" not in str(node_card.card(PLAN, ROOT, shown=True)).partition(">")[0]


def test_a_start_that_names_a_branch_is_told_once():
    branch = next(node for node in PLAN.tree if node.parent == 0)
    later = dataclasses.replace(branch, id=99, parent=branch.id, start="2029-01", beliefs={})
    plan = dataclasses.replace(PLAN, tree=(*PLAN.tree, later))
    assert str(node_card.card(plan, later, shown=False)).count("2029-01") == 1


def test_beliefs_are_told_with_their_units():
    held = {"demand growth": plan_file.BeliefValue(0.4, "1/year")}
    told = node_card.card(PLAN, dataclasses.replace(ROOT, beliefs=held), shown=True)
    assert "demand growth 40 % a year" in told


def test_only_the_dearest_orders_are_listed():
    many = tuple(
        plan_file.OrderRecord("here", f"a{i}", 1.0, "MW", "2027-01", "2028-01", cost_usd=float(i))
        for i in range(11)
    )
    rows = node_card.orders(dataclasses.replace(ROOT, orders=many))
    assert len(rows) == node_card.MOST + 1
    assert "a10" in rows[0]
    assert "and 3 smaller ones" in rows[-1]


def test_what_is_served_is_a_share_of_what_was_asked_for():
    """8.9 of 9 million Mtok are 98.9 %; of nothing asked for, all is served."""
    none = plan_file.DemandRecord("<x>", 0.0, "Mtok", 0.0)
    rows = node_card.served(dataclasses.replace(ROOT, demand=(*ROOT.demand[:1], none)))
    assert "98.9 %" in rows[0]
    assert "100 %" in rows[1]
    assert "&lt;x&gt;" in rows[1]


def test_the_cash_adds_up_to_its_last_line():
    """900 earned, 80 for energy, 400 for orders: 420 M USD are left."""
    rows = node_card.cash(PLAN, ROOT)
    assert "420 M USD" in rows[-1]
    assert 'class="sum"' in rows[-1]
    assert node_card.cash(PLAN, dataclasses.replace(ROOT, cash=())) == []


def test_a_node_where_nothing_happens_says_nothing():
    bare = plan_file.NodeRecord(0, None, 1.0, "2027-01", 6)
    assert node_card.card(PLAN, bare, shown=True).count("nothing") == 3
