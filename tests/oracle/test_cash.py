"""Liquidity is what its keys say: plans of random studies with limited cash against the rebuild."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from tests.oracle import linear_program
from tests.oracle.compare import compare, rebuild
from tests.oracle.study_generator import study

QUICK = (400, 401, 403, 404, 405, 406)
ALL = [seed for seed in range(400, 560) if seed not in QUICK]


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


@pytest.mark.slow
def test_cash_matters_in_them() -> None:
    """In a third of the first studies the limit costs something."""
    dearer, first = 0, range(400, 418)
    for seed in first:
        limited, free = cash_study(seed), cash_study(seed)
        del free["limits"]["cash"]
        here, there = rebuild(limited), rebuild(free)
        if there is not None:
            dearer += here is None or here.objective < there.objective - 1.0
    assert dearer >= len(first) / 3


def test_what_nobody_needs_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """1 MW sold for 100 and bought for 40 USD/MWh, with a year's peak at 120,000 USD: 405,600 USD
    over 1.08 for half a year, flowing. A bank lends 1.5 MUSD at less than the discount, so for a
    hundredth of a percent; 144.37 USD would be lost on it, though nothing has to be paid."""
    written: dict[str, Any] = {
        "study": "idle-line",
        "money": {"discount": "8 %/a real"},
        "horizon": {
            "start": "2027-01",
            "stages": ["12 months"],
            "terminal_value": False,
            "hours": {"blocks": ["5000 h", "3760 h"]},
        },
        "sites": {
            "here": {
                "grid": {
                    "limit": "1 MW",
                    "stands": "1 MW",
                    "energy": "40 USD/MWh",
                    "demand": "10 USD/kW-month",
                    "billing": "year",
                }
            }
        },
        "products": {
            "power": {
                "kind": "electricity",
                "site": "here",
                "demand": "1 MW",
                "price": "100 USD/MWh",
            }
        },
        "limits": {
            "cash": {
                "opening": "1 MUSD",
                "lines": {"bank": {"limit": "1.5 MUSD", "cost": "2 %/a real"}},
            }
        },
    }
    earned = (8760.0 * 60.0 - 120_000.0) * (1 - 1 / 1.08) / math.log(1.08)
    for large in (linear_program.LARGE, 0):  # by a vertex, and by an interior point alone
        monkeypatch.setattr(linear_program, "LARGE", large)
        found = rebuild(written)
        assert found is not None
        assert found.objective == pytest.approx(earned, rel=1e-7)
    assert compare(written).agrees
