"""Rented accelerators and beliefs about their rent, by hand and in random studies: the rebuild and
the plan agree.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.oracle import study_generator
from tests.oracle.compare import compare, formulated, plan, rebuild

STUDY = """
study: rented
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [8760 h]},
  terminal_value: false}
sites: {here: {grid: {limit: 1 MW, stands: 1 MW, energy: 0 USD/MWh}}}
fleet: {may_rent: {cloud h100: {use: h100.cloud, price: 2 USD/accelerator-h, lead: 0 months,
  term: TERM}}}
models: {m: {shape: meta-llama/Llama-3.1-70B}}
products: {chat: {model: m, isl: 1000, osl: 300, demand: 5 Gtok/h, price: 4 USD/Mtok}}
beliefs:
  rents: {about: ABOUT, before: BEFORE, reveal: 2,
    cases: {falls: {probability: 60 %, value: FALLS}, rises: {probability: 40 %, value: RISES}}}
"""
HOURS = 8760
SERVED = 5_000 * 4.0 * HOURS
"""A year's revenue [USD]."""


def written(term: int, about: str, before: str, falls: str, rises: str) -> dict[str, Any]:
    text = STUDY.replace("TERM", f"{term} months").replace("ABOUT", json.dumps(about))
    text = text.replace("BEFORE", before).replace("FALLS", falls).replace("RISES", rises)
    found: dict[str, Any] = json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))
    return found


def accelerators(study: dict[str, Any]) -> float:
    """That serve all of the demand; one of them earns 14.1 USD an hour."""
    made = formulated(study).data.serving["chat", "cloud h100"]
    assert made is not None
    return 5_000 / made.rate


ANSWERS = {
    # first year at 3; then 1 where rents fell, and 5 where they rose, still below 14.1
    "by the year": (12, 3.0, 1.0, 5.0, lambda n: 2 * SERVED - n * HOURS * (3 + 0.6 * 1 + 0.4 * 5)),
    # nobody rents at 20
    "not where it is too dear": (
        *(12, 3.0, 1.0, 20.0),
        lambda n: 1.6 * SERVED - n * HOURS * (3 + 0.6 * 1),
    ),
    # a term of two years keeps the rent of its order: 3 and 3 beat 3 and 0.6 x 2.5 + 0.4 x 5
    "signed for two years": (24, 3.0, 2.5, 5.0, lambda n: 2 * SERVED - n * HOURS * 6),
}


@pytest.mark.parametrize("about", ["rent:cloud h100", "rent"])
@pytest.mark.parametrize("name", ANSWERS)
def test_the_rebuild_and_the_plan_are_the_sum_by_hand(name: str, about: str) -> None:
    """As prices of an hour, or as factors on the 2 USD that the study writes."""
    term, *rents, worth = ANSWERS[name]
    values = [f"{one} USD/accelerator-h" if ":" in about else f"{one / 2}" for one in rents]
    study = written(term, about, *values)
    found, planned = rebuild(study), plan(study)
    assert found is not None
    assert not isinstance(planned, str), planned
    for value in (found.objective, planned.lower, planned.upper):
        assert value == pytest.approx(worth(accelerators(study)), rel=1e-6)


def with_rents(seed: int) -> dict[str, Any]:
    """A random study that sells tokens, made in rented hours too, whose rent is not known yet."""
    found = study_generator.study(10 * seed + 6)
    dice, stages = random.Random(f"rents {seed}"), len(found["horizon"]["stages"])
    names = ["lent", "rent:lent"][: dice.randint(1, 2)]
    found["fleet"]["may_rent"] = {name: _rental(dice) for name in names}
    for node in found.get("tree", []):
        for about in _subjects(names):
            if dice.random() < 0.4:
                node.setdefault("values", {})[about] = _value(about, dice)
    if "tree" not in found and stages > 1:
        about = dice.choice(_subjects(names))
        shares = (40, 60)
        beliefs = found.setdefault("beliefs", {})
        while len(beliefs) > 1:
            beliefs.popitem()
        beliefs["what an hour costs"] = {
            "about": about,
            "before": _value(about, dice),
            "reveal": dice.randint(2, stages),
            "cases": {
                f"case {number}": {"probability": f"{share} %", "value": _value(about, dice)}
                for number, share in enumerate(shares)
            },
        }
    return found


def _subjects(names: list[str]) -> list[str]:
    return ["rent", *(f"rent:{name}" for name in names)]


def _value(about: str, dice: random.Random) -> str:
    if about == "rent":
        return str(dice.choice([0.3, 0.7, 1, 1.6, 3]))
    return f"{round(dice.uniform(0.2, 4), 2)} USD/accelerator-h"


def _rental(dice: random.Random) -> Any:
    found: dict[str, Any] = {"use": dice.choice(["h100.cloud", "b200.cloud"])}
    if dice.random() < 0.8:
        found["price"] = f"{round(dice.uniform(0.2, 4), 2)} USD/accelerator-h"
    if dice.random() < 0.6:
        found["lead"] = f"{dice.choice([0, 1, 3])} months"
    if dice.random() < 0.7:
        found["term"] = f"{dice.choice([3, 6, 12, 18, 36])} months"
    if dice.random() < 0.5:
        found["supply"] = dice.choice([200, 3000])
    return found["use"] if len(found) == 1 else found


QUICK, MANY = tuple(range(8)), tuple(range(8, 40))


@pytest.mark.parametrize("seed", QUICK)
def test_a_plan_with_believed_rents_is_that_of_the_rebuild(seed: int) -> None:
    found = compare(with_rents(seed))
    assert found.agrees, str(found)
    assert not found.strange_orders, str(found)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MANY)
def test_many_plans_with_believed_rents_are_those_of_the_rebuild(seed: int) -> None:
    found = compare(with_rents(seed))
    assert found.agrees, str(found)
    assert not found.strange_orders, str(found)


def test_rents_are_believed_often_and_matter() -> None:
    drawn = [with_rents(seed) for seed in (*QUICK, *MANY)]
    told = [json.dumps(one) for one in drawn]
    assert sum('"rent"' in one for one in told) >= 6
    assert sum('"rent:' in one.replace('"rent:lent": {', "") for one in told) >= 6
