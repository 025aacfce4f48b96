"""The chain in yearly amounts: what comes to a place leaves it."""

from __future__ import annotations

from collections import defaultdict

import pytest
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, UNITS, WRITTEN_TREE, Solved, solved_once

from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole, ProductId
from headrace.core.plan_file import FlowRecord
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.flows import links, purpose


def chain(found: Solved) -> tuple[FlowRecord, ...]:
    return links(found.formulation, found.outcomes, found.lines)


def test_the_plant_by_hand() -> None:
    """8 MW x 8,760 h = 70,080 MWh from the plant over the site to the product."""
    found = [link for link in chain(solved_once(PLANT)) if link.carrier != "money"]
    assert [link.quantity for link in found[:3]] == pytest.approx([70_080.0] * 3)
    assert (found[0].source, found[0].target) == ("plant", "electricity here")


@pytest.mark.parametrize("text", [PLANT, BELIEFS, WRITTEN_TREE, UNITS, CAMPUS])
def test_at_every_bus_links_in_and_out_add_up(text: str) -> None:
    into: dict = defaultdict(float)
    out: dict = defaultdict(float)
    for link in chain(solved_once(text)):
        if link.carrier != "money":
            into[link.node, link.target_id] += link.quantity
            out[link.node, link.source_id] += link.quantity
    buses = [key for key in into if key[1].startswith("bus ")]
    assert buses
    for key in buses:
        assert into[key] == pytest.approx(out[key], rel=1e-6)


@pytest.mark.parametrize("text", [PLANT, BELIEFS, CAMPUS])
def test_money_comes_through_the_enterprise_and_its_gain_is_the_plan_s(text: str) -> None:
    found = solved_once(text)
    money = [link for link in chain(found) if link.carrier == "money"]
    into = sum(link.quantity for link in money if link.target_id == "enterprise")
    out = sum(link.quantity for link in money if link.source_id == "enterprise")
    assert into == pytest.approx(out)
    gain = sum(link.quantity for link in money if link.target_id == "gain")
    loss = sum(link.quantity for link in money if link.source_id == "loss")
    assert gain - loss == pytest.approx(found.npv)


def test_every_amount_is_positive() -> None:
    assert all(link.quantity >= 0 for link in chain(solved_once(CAMPUS)))


PLANT_ID = AssetId("here", AssetRole.BUILD, "plant")
MADE = ConverterId(ConverterRole.PLANT, PLANT_ID)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (CashLine(0, "revenue", ProductId("chat"), 1.0), "chat"),
        (CashLine(0, "fuel", MADE, -1.0), "fuel"),
        (CashLine(0, "short", ProductId("chat"), -1.0), "broken promises"),
        (CashLine(0, "terminal", PLANT_ID, 1.0), "terminal value"),
        (CashLine(0, "payments", PLANT_ID, -1.0), "plant"),
        (CashLine(0, "fixed", AssetId("here", AssetRole.GRID), -1.0), "grid"),
    ],
)
def test_where_a_dollar_goes_in_words(line: CashLine, words: str) -> None:
    assert purpose(line).words == words


def test_a_product_and_a_plant_of_one_name_are_two_ends() -> None:
    named = AssetId("here", AssetRole.BUILD, "chat")
    sale = purpose(CashLine(0, "revenue", ProductId("chat"), 1.0))
    paid = purpose(CashLine(0, "payments", named, -1.0))
    assert sale.words == paid.words
    assert sale.id != paid.id


def test_the_energy_of_a_battery_is_paid_under_the_battery() -> None:
    power = AssetId("here", AssetRole.BUILD, "cell")
    energy = AssetId("here", AssetRole.BUILD_ENERGY, "cell")
    ends = {purpose(CashLine(0, "payments", one, -1.0)).id for one in (power, energy)}
    assert len(ends) == 1
