"""Offers in random studies: the rebuild and the plan agree."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.oracle import study_generator
from tests.oracle.compare import compare


def with_offers(seed: int) -> dict[str, Any]:
    """A random study of electricity whose products are sold by offers."""
    written = study_generator.study(seed)
    dice = random.Random(seed)
    blocked = {name for node in written.get("tree", []) for name in node.get("demand", {})}
    for name, product in written["products"].items():
        if product.get("kind") != "electricity" or name in blocked or "#" in product["demand"]:
            continue
        if ".csv" in product["demand"]:
            continue
        amount = float(product.pop("demand").split()[0])
        price = float(product.pop("price").split()[0])
        sold: dict[str, Any] = {
            "use": {"kind": "api", "amount": f"{0.6 * amount} MW", "price": f"{price} USD/MWh"}
        }
        if dice.random() < 0.7:
            sold["use"] |= {"elasticity": round(dice.uniform(0.5, 3), 2), "pieces": 4}
        if "elasticity" in sold["use"] and dice.random() < 0.5:
            sold["use"]["market_share"] = f"{dice.randint(5, 45)} %"
        if dice.random() < 0.7:
            users = 1000
            sold["plan"] = {
                "kind": "tier",
                "users": f"{users} user",
                "use": f"{0.4 * amount * 730 / users} MWh/user-month",
                "price": f"{price * 0.4 * amount * 730 / users} USD/user-month",
            }
            if dice.random() < 0.6:
                sold["plan"] |= {
                    "churn": {"rate": f"{dice.randint(1, 6)} %"},
                    "joins": f"{dice.randint(0, 60)} user/month",
                    "unserved_churn": f"{dice.randint(0, 90)} %",
                }
        if dice.random() < 0.4:
            product["refund"] = f"{round(price * dice.uniform(0.3, 2), 2)} USD/MWh"
        product["offers"] = sold
    return written


def sold_by_offers(written: dict[str, Any]) -> bool:
    return any("offers" in product for product in written["products"].values())


QUICK, MANY = (0, 1, 2, 4, 5, 9, 11), (3, 6, 7, 8, *range(12, 60))


def agrees(seed: int) -> None:
    written = with_offers(seed)
    if not sold_by_offers(written):
        pytest.skip("no product that can be sold by offers")
    found = compare(written, with_orders=False)
    assert found.agrees, str(found)


@pytest.mark.parametrize("seed", QUICK)
def test_the_plan_of_what_is_sold_is_that_of_the_rebuild(seed: int) -> None:
    agrees(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_many_plans_of_what_is_sold_are_those_of_the_rebuild(seed: int) -> None:
    agrees(seed)
