"""Trust and royalties, by hand and in random studies: the rebuild and the plan agree."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.oracle.compare import compare, plan, rebuild
from tests.oracle.own_tables import LICENCES
from tests.oracle.test_offers import sold_by_offers, with_offers

STUDY = """
study: app
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [8760 h]},
  terminal_value: false}
sites: {here: {grid: {limit: 5 MW, stands: 5 MW, energy: 0 USD/MWh}}}
products:
  power:
    kind: electricity
    site: here
    royalty: ROYALTY
    offers:
      free: {kind: tier, users: 1000 user, use: 0.1 MWh/user-month, price: 30 USD/user-month,
        churn: {rate: 10 %}, trust: {repair: 0, wear: 10 %, ads: [0, 2], sensitivity: 2}}
beliefs:
  law: {about: "royalty:power", before: 1, reveal: 2, cases: {fair: {probability: 60 %, value: 0},
    licence: {probability: 40 %, value: 5}}}
"""
FIRST = 1000 * 0.9**6
SECOND = 1000 * 0.9 ** (12 + sum(math.exp(2 * (1 - 0.8**k)) for k in range(6)))
"""Users in month 6, and in month 18: a month k after the first advertisement trust is 0.8^k and
the hazard of leaving exp(2 (1 - 0.8^k)) times what it was: 14.29379 months' in half a year."""
ROYALTIES = {
    "a rate a unit": ("{rate: 2 USD/MWh}", 2.0),
    "a rate a clip": ("{rate: 0.5 USD/clip, clip: 250 kWh/clip}", 2.0),
    # the highest price of each: 10 % of 90 USD and 4 % of 12.50 USD
    "a register": (
        "{licences: register1.yaml, clip: 4.75 MWh/clip, asked: {Moonfox: 10 %, Nightowl: 4 %}}",
        2.0,
    ),
}


@pytest.mark.parametrize("name", ROYALTIES)
def test_the_rebuild_and_the_plan_are_the_sum_by_hand(name: str) -> None:
    """A user pays 360 USD a year and takes 1.2 MWh; in the second year twice the rate is owed, in
    the mean of what the law may be.
    """
    written, owed = ROYALTIES[name]
    study = YAML(typ="safe", pure=True).load(STUDY.replace("ROYALTY", written))
    study = json.loads(json.dumps(study))
    expected = FIRST * (360 - 1.2 * owed) + SECOND * (360 - 1.2 * owed * 2)
    found, planned = rebuild(study), plan(study)
    assert found is not None
    assert not isinstance(planned, str), planned
    for value in (found.objective, planned.lower, planned.upper):
        assert value == pytest.approx(expected, rel=1e-7)


def with_trust_and_royalty(seed: int) -> dict[str, Any]:
    """A random study of offers; a part of them trusted, a part of the products owing royalties,
    some of them by a law that is not known yet.
    """
    written, dice = with_offers(seed), random.Random(f"trust and royalty {seed}")
    stages = len(written["horizon"]["stages"])
    for name, product in written["products"].items():
        for offer in product.get("offers", {}).values():
            if "churn" in offer and dice.random() < 0.8:
                offer["trust"] = _trust(dice, stages)
        if product.get("kind") == "electricity" and dice.random() < 0.7:
            product["royalty"] = _royalty(dice)
            if dice.random() < 0.6:
                _law(written, name, dice, stages)
    return written


def _trust(dice: random.Random, stages: int) -> dict[str, Any]:
    def each(most: float) -> Any:
        many = [round(dice.uniform(0, most), 3) for _ in range(stages)]
        return many if dice.random() < 0.6 else many[0]

    found: dict[str, Any] = {
        "repair": f"{dice.randint(0, 20)} %",
        "wear": f"{dice.randint(0, 40)} %",
        "ads": each(3.0),
        "sensitivity": round(dice.uniform(0, 3), 2),
    }
    if dice.random() < 0.5:
        found |= {"now": f"{dice.randint(20, 100)} %", "irrelevance": f"{dice.randint(0, 100)} %"}
    if dice.random() < 0.5:
        found |= {"failed": each(0.2), "failure_wear": dice.randint(0, 6)}
    if dice.random() < 0.5:
        found |= {"jump": f"{dice.randint(10, 90)} %", "found": f"{dice.randint(10, 100)} %"}
        found["audits"] = dice.choice([0.5, 2, 12])
    return found


def _royalty(dice: random.Random) -> dict[str, Any]:
    usd = round(dice.uniform(1, 60), 2)
    return dice.choice(
        [
            {"rate": f"{usd} USD/MWh"},
            {"rate": f"{usd / 4} USD/clip", "clip": "250 kWh/clip"},
            {
                "licences": "register1.yaml",
                "clip": "1.5 MWh/clip",
                "asked": {work: f"{dice.randint(0, 40)} %" for work in LICENCES["register1.yaml"]},
            },
        ]
    )


def _law(written: dict[str, Any], product: str, dice: random.Random, stages: int) -> None:
    """A belief about a product's royalty, or values of a tree that is written by hand."""
    factors = [str(dice.choice([0, 0.5, 2, 3.5])) for _ in range(3)]
    for node in written.get("tree", []):
        if dice.random() < 0.5:
            node.setdefault("values", {})[f"royalty:{product}"] = dice.choice(factors)
    if "tree" not in written and stages > 1 and len(written.get("beliefs", {})) < 3:
        written.setdefault("beliefs", {})[f"law of {product}"] = {
            "about": f"royalty:{product}",
            "before": factors[0],
            "reveal": dice.randint(2, stages),
            "cases": {
                "fair use": {"probability": "30 %", "value": factors[1]},
                "licence": {"probability": "70 %", "value": factors[2]},
            },
        }


QUICK, MANY = (0, 3, 5, 9, 11, 21), (1, 2, 4, 6, 7, 8, 10, 12, 13, *range(14, 21), *range(22, 60))


def agrees(seed: int) -> None:
    written = with_trust_and_royalty(seed)
    if not sold_by_offers(written):
        pytest.skip("no product that can be sold by offers")
    found = compare(written, with_orders=False)
    assert found.agrees, str(found)


@pytest.mark.parametrize("seed", QUICK)
def test_a_plan_with_trust_and_royalties_is_that_of_the_rebuild(seed: int) -> None:
    agrees(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_many_plans_with_trust_and_royalties_are_those_of_the_rebuild(seed: int) -> None:
    agrees(seed)


def test_trust_royalties_and_laws_are_drawn_often() -> None:
    drawn = [json.dumps(with_trust_and_royalty(seed)) for seed in (*QUICK, *MANY)]
    words = ('"trust"', '"licences"', '"clip"', '"royalty:', '"failed"', '"jump"', '"now"')
    rare = {word: sum(word in one for one in drawn) for word in words}
    assert min(rare.values()) >= 6, rare
