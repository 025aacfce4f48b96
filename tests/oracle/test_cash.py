"""Liquidity is what its keys say: plans of random studies with limited cash against the rebuild."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.oracle.compare import compare, rebuild
from tests.oracle.study_generator import study

QUICK, ALL = range(400, 418), range(418, 560)


def cash_study(seed: int) -> dict[str, Any]:
    """A random study of stages of at most a year whose cash is a part of what its plan would
    need."""
    draw = random.Random(seed)
    written = study(seed)
    stages = [draw.choice(["6 months", "12 months"]) for _ in written["horizon"]["stages"]]
    written["horizon"]["stages"] = stages
    size = draw.choice([2e4, 2e5, 2e6, 2e7])
    cash: dict[str, Any] = {"opening": f"{size * draw.random():.0f} USD"}
    if draw.random() < 0.3:
        cash["least"] = f"{size * 0.1 * draw.random():.0f} USD"
    for name in ("bank", "owners"):
        if draw.random() < 0.5:
            line: dict[str, Any] = {
                "limit": f"{size * draw.random() + 1:.0f} USD",
                "cost": f"{draw.choice([2, 9, 14, 40])} %/a real",
            }
            if name == "owners":
                line["kind"] = "equity"
            cash.setdefault("lines", {})[name] = line
    written["limits"] = {**written.get("limits", {}), "cash": cash}
    return written


def judge(seed: int) -> None:
    found = compare(cash_study(seed))
    assert found.agrees, found
    assert not found.strange_orders, found


@pytest.mark.parametrize("seed", QUICK)
def test_a_random_study_with_little_cash_is_what_is_solved(seed: int) -> None:
    judge(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ALL)
def test_many_random_studies_with_little_cash_are_what_is_solved(seed: int) -> None:
    judge(seed)


def test_cash_matters_in_them() -> None:
    """In a third of the quick studies the limit costs something."""
    dearer = 0
    for seed in QUICK:
        limited, free = cash_study(seed), cash_study(seed)
        del free["limits"]["cash"]
        here, there = rebuild(limited), rebuild(free)
        if there is not None:
            dearer += here is None or here.objective < there.objective - 1.0
    assert dearer >= len(QUICK) / 3
