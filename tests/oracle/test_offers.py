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


KINDS = ("tier", "seats", "agents", "api", "credits", "results")


def with_every_kind(seed: int) -> dict[str, Any]:
    """The same study, one of its products sold in two of the six kinds, with keys of each drawn."""
    written, dice = with_offers(seed), random.Random(1000 + seed)
    for product in written["products"].values():
        if "offers" not in product:
            continue
        amount = float(product["offers"]["use"]["amount"].split()[0]) / 0.6
        price = float(product["offers"]["use"]["price"].split()[0])
        kinds = dice.sample(KINDS, 2)
        product["offers"] = {
            kind: _drawn(kind, 0.5 * amount, price, written["horizon"], dice) for kind in kinds
        }
    return written


def _drawn(
    kind: str, megawatts: float, price: float, horizon: dict[str, Any], dice: random.Random
) -> dict[str, Any]:
    """An offer of a kind that takes about so many MW [MW] at a price of use [USD/MWh]."""
    found: dict[str, Any] = {"kind": kind, "partner": f"{dice.choice((0, 20))} %"}
    stages = [int(str(one).split()[0]) for one in horizon["stages"]]
    found["creators"] = f"{dice.choice((0, 0, 35))} %"
    if kind in ("tier", "seats", "agents"):
        users, spread = 1000, dice.choice((0.0, 0.8, 1.4))
        each = 0.7 * megawatts * 730 / users
        found |= {
            "users": f"{users} user",
            "price": f"{price * each} USD/user-month",
            "use": {"median": f"{each} MWh/user-month", "spread": spread,
                    "cap": f"{dice.uniform(0.5, 4) * each} MWh/user-month"},
            "groups": {"far": {"share": f"{dice.randint(0, 60)} %",
                               "price": f"{0.5 * price * each} USD/user-month"}},
            "ads": f"{dice.uniform(0, 0.3) * price * each} USD/user-month",
        }  # fmt: skip
        if kind == "agents":
            found["included"] = f"{dice.uniform(0.3, 2) * each} MWh/user-month"
            found["overage"] = f"{round(1.2 * price, 3)} USD/MWh"
        rate = {"rate": f"{dice.randint(0, 5)} %"}
        found["churn"] = dice.choice((rate, {"alpha": 0.7, "beta": 3.5}))
        if dice.random() < 0.3:
            found["churn"] = {"alpha": 0.4, "beta": 2.0, "shape": 1.5}
        elif dice.random() < 0.6:
            values = [round(dice.uniform(-0.5, 1), 2) for _ in range(dice.choice((1, len(stages))))]
            found["churn"] |= {"covariates": {"rise": {"effect": 0.9, "values": values}}}
        found |= {"joins": f"{dice.randint(0, 40)} user/month"}
        found |= {"unserved_churn": f"{dice.choice((0, 50))} %"}
    elif kind == "results":
        found |= {"amount": f"{0.2 * megawatts * 730} result/month", "work": "2 MWh/result",
                  "price": f"{2 * price / 0.4} USD/result", "success": "40 %"}  # fmt: skip
    else:
        found |= {"amount": f"{megawatts} MW", "price": f"{price} USD/MWh"}
        found |= {"batch": {"share": "30 %"}} if kind == "api" else {"unused": "15 %"}
    if dice.random() < 0.6:
        found |= {"elasticity": round(dice.uniform(0.8, 3), 2), "pieces": 4}
        if dice.random() < 0.6:
            found["market_share"] = f"{dice.randint(5, 45)} %"
            year, month = (int(part) for part in horizon["start"].split("-"))
            since = 12 * year + month - 1 + (stages[0] if len(stages) > 1 else 0)
            cut = f"{since // 12}-{since % 12 + 1:02d}"
            found["rivals"] = {"share": "40 %", "cut": "80 %", "since": cut}
    return found


def sold_by_offers(written: dict[str, Any]) -> bool:
    return any("offers" in product for product in written["products"].values())


def agrees_in_every_kind(seed: int) -> None:
    written = with_every_kind(seed)
    if not sold_by_offers(written):
        pytest.skip("no product that can be sold by offers")
    found = compare(written, with_orders=False)
    assert found.agrees, str(found)


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


@pytest.mark.parametrize("seed", QUICK)
def test_each_of_six_kinds_is_what_the_rebuild_makes_of_it(seed: int) -> None:
    agrees_in_every_kind(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_many_mixes_of_six_kinds_are_what_the_rebuild_makes_of_them(seed: int) -> None:
    agrees_in_every_kind(seed)
