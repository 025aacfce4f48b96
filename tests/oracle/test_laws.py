"""Laws of meaning: a study written otherwise that means the same has the same value.

Names, their order, a thing cut in two halves, what cannot matter, the unit and the size of money:
none may change the plan. Both sides are the library's own, so no law depends on the rebuild.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.oracle import adapter, rewriting
from tests.oracle.adapter import Planned
from tests.oracle.compare import plan, text_of
from tests.oracle.renaming import renamed
from tests.oracle.study_generator import FIRST_MOVING, study

Written = dict[str, Any]
QUICK, ALL = range(100, 112), range(100, FIRST_MOVING)
"""Rewritings do not read the dated prices and series of moving studies; test_time_laws.py does."""
TOLERANCE = 1e-6


def _random(seed: int) -> Written:
    """The random study of a seed; where it has every hour, the blocks of another one instead."""
    written = study(seed)
    return study(seed + 1) if written["horizon"]["hours"] == "all" else written


def _same(one: Planned | str, other: Planned | str, factor: float = 1.0) -> str:
    """Why two plans differ, `other` being worth `factor` times as much; empty where they agree."""
    if isinstance(one, str) or isinstance(other, str):
        both = (one, other)
        infeasible = all(isinstance(p, str) and p.startswith("Infeasible") for p in both)
        return "" if infeasible else f"{one} became {other}"
    room = TOLERANCE * max(abs(one.lower), 1e3) + one.gap + other.gap / factor
    return "" if abs(other.lower / factor - one.lower) <= room else f"{one} became {other}"


def _holds(seed: int, rewrite: Callable[[Written], Written], factor: float = 1.0) -> None:
    written = _random(seed)
    why = _same(plan(written), plan(rewrite(written)), factor)
    assert not why, why


def _tokens(written: Mapping[str, Any]) -> bool:
    return "fleet" in written


LAWS: dict[str, Callable[[int], None]] = {}


def _law(check: Callable[[int], None]) -> Callable[[int], None]:
    LAWS[check.__name__.replace("_", " ")] = check
    return check


@_law
def other_names(seed: int) -> None:
    _holds(seed, lambda study: rewriting.under_other_names(study, seed))


@_law
def another_order(seed: int) -> None:
    _holds(seed, lambda study: rewriting.permuted(study, Random(seed)))


@_law
def an_option_in_two_halves(seed: int) -> None:
    _holds(seed, rewriting.option_split)


@_law
def a_product_in_two_halves(seed: int) -> None:
    if rewriting.can_split_product(_random(seed)):
        _holds(seed, rewriting.product_split)


@_law
def an_option_that_never_pays(seed: int) -> None:
    _holds(seed, rewriting.with_unaffordable_option)


@_law
def a_case_that_never_happens(seed: int) -> None:
    if _random(seed).get("beliefs"):
        _holds(seed, rewriting.with_impossible_case)


@_law
def twice_the_money(seed: int) -> None:
    """Not of studies with halls and accelerators, whose prices stand in the catalogue."""
    if not _tokens(_random(seed)):
        _holds(seed, rewriting.in_half_dollars, factor=2.0)


@_law
def a_later_start(seed: int) -> None:
    """Nothing is dated where blocks have no calendar."""
    if "blocks" in _random(seed)["horizon"]["hours"]:
        _holds(seed, lambda study: rewriting.years_later(study, 3))


@_law
def other_units(seed: int) -> None:
    _holds(seed, rewriting.in_other_units)


def _stage(written: Written, at_least: int) -> tuple[int, int] | None:
    """Number and months of the longest stage that has more than so many months."""
    months = [int(one.split()[0]) for one in written["horizon"]["stages"]]
    longest = max(months)
    return (months.index(longest), longest) if longest > at_least else None


@_law
def a_stage_cut_at_the_turn_of_a_year(seed: int) -> None:
    """Nothing is decided, so whether the years are one stage or two is no difference at all; weeks
    are chosen for each year of a stage alike."""
    written = rewriting.nothing_to_order(_random(seed))
    stage = _stage(written, 12)
    if stage is None or "tree" in written or _tokens(written):
        return
    one, other = plan(written), plan(rewriting.stage_cut(written, stage[0], 12))
    assert not _same(one, other), _same(one, other)


@_law
def a_stage_cut_anywhere(seed: int) -> None:
    """Demand and prices are held at another middle then, ratchets and yearly deadlines end there
    (docs/reference/meanings.md); the rest may not be seen: half a per cent."""
    written = rewriting.nothing_to_order(study(seed))
    stage = _stage(written, 1)
    if stage is None or "tree" in written or _tokens(written) or "weeks" in str(written["horizon"]):
        return
    yearly = [s.get("grid", {}).get("billing") == "year" for s in written["sites"].values()]
    if any(yearly) or any(p.get("deadline") == "year" for p in written["products"].values()):
        return
    one = plan(written)
    other = plan(rewriting.stage_cut(written, stage[0], Random(seed).randrange(1, stage[1])))
    assert not isinstance(one, str)
    assert not isinstance(other, str)
    years = sum(int(months.split()[0]) for months in written["horizon"]["stages"]) / 12
    yearly_sales = 8760 * sum(
        float(p["price"].split()[0]) * float(p["demand"].split()[0])
        for p in written["products"].values()
    )
    room = 5e-3 * max(abs(one.lower), years * yearly_sales) + one.gap + other.gap
    assert abs(one.lower - other.lower) <= room, f"{one} became {other}"


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("seed", QUICK)
def test_a_law_holds(law: str, seed: int) -> None:
    LAWS[law](seed)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("seed", [seed for seed in ALL if seed not in QUICK])
def test_a_law_holds_of_many(law: str, seed: int) -> None:
    LAWS[law](seed)


def _campus(name: str) -> Written:
    """A campus with a plant of this name beside its grid right, its hall and its accelerators."""
    return {
        "study": "campus",
        "money": {"year": 2026, "discount": "8 %/a real"},
        "horizon": {
            "start": "2027-01",
            "stages": ["12 months", "24 months"],
            "hours": {"blocks": ["6000 h", "2760 h"]},
        },
        "technologies": {"plant": {"capex": "900 USD/kW", "variable": "5 USD/MWh"}},
        "sites": {
            "here": {
                "grid": {
                    "limit": "100 MW",
                    "stands": "60 MW",
                    "queue": "24 months",
                    "price": "250 USD/kW",
                    "energy": "60 USD/MWh",
                },
                "hall": {
                    "use": "hall.ai",
                    "stands": "20 MW",
                    "at_most": "60 MW",
                    "lead": "18 months",
                },
                "build": {name: {"use": "plant", "at_most": "50 MW"}},
            }
        },
        "fleet": {"may_buy": {"b200": {"use": "b200", "supply": 60000}}},
        "models": {"large": {"shape": "deepseek-ai/DeepSeek-V3", "precision": "fp8"}},
        "products": {
            "chat": {
                "kind": "tokens",
                "model": "large",
                "isl": 1200,
                "osl": 300,
                "promise": {"ttft": "2 s", "tpot": "50 ms"},
                "demand": "200 Gtok/h",
                "price": "2.2 USD/Mtok",
            }
        },
    }


@pytest.mark.parametrize(
    "name", ["windmill", "über.plant 2", "electricity here", "hall", "grid", "b200"]
)
def test_the_name_of_a_plant_changes_nothing(name: str) -> None:
    plain, named = plan(_campus("plant")), plan(_campus(name))
    assert not _same(plain, named)
    assert not isinstance(plain, str)
    assert not isinstance(named, str)
    for (what, site, key), amount in plain.orders.items():
        other = (what, site, name if (what, key) == ("power", "plant") else key)
        assert named.orders.get(other, 0.0) == pytest.approx(amount, rel=1e-6, abs=1e-6)


def _numbers(told: Any) -> list[float]:
    """Every number that is told, in order of size; how long it took is no part of the plan."""
    if isinstance(told, Mapping):
        parts = [one for key, one in told.items() if key != "certificate" and "seconds" not in key]
        return sorted(number for part in parts for number in _numbers(part))
    if isinstance(told, list):
        return sorted(number for part in told for number in _numbers(part))
    return [float(told)] if isinstance(told, int | float) else []


@pytest.mark.parametrize("product", ["sold", "electricity"])
def test_names_change_no_number_that_is_told(product: str, tmp_path: Path) -> None:
    """A site with a dot, a plant named as an accelerator, an accelerator named as the hall."""
    hostile = {
        ("site", "here"): "new.albany",
        ("plant", "plant"): "b200",
        ("product", "chat"): product,
        ("chip", "b200"): "hall",
        ("model", "large"): "grid",
        ("technology", "plant"): "über.plant 2",
    }
    plain = _campus("plant")
    named = renamed(plain, lambda kind, name: hostile[kind, name])
    told = []
    for number, written in enumerate((plain, named)):
        folder = tmp_path / str(number)
        folder.mkdir()
        told.append(_numbers(adapter.tell(text_of(written), folder)))
    assert len(told[0]) > 100
    assert told[1] == pytest.approx(told[0], rel=1e-6, abs=1e-3)
