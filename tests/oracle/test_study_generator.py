"""The random studies are the same every day, and together they meet every key of the rebuild."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest
from tests.oracle.plain_study import NotCovered, read
from tests.oracle.study_generator import FIRST_MOVING, study

ALL = range(200)
OFTEN = 6
"""Studies of two hundred that must hold a thing for it to count as tried."""


def _keys(part: object) -> set[str]:
    """Every key below `part`, and the words of its short values."""
    if isinstance(part, dict):
        return set(part) | {key for one in part.values() for key in _keys(one)}
    if isinstance(part, list):
        return {key for one in part for key in _keys(one)}
    return {part} if isinstance(part, str) and re.fullmatch(r"[a-z]+", part) else set()


def test_a_seed_is_a_study() -> None:
    assert json.dumps(study(7)) == json.dumps(study(7))
    assert len({json.dumps(study(seed) | {"study": ""}) for seed in ALL}) == len(ALL)


def test_every_key_is_drawn_often() -> None:
    drawn = Counter(key for seed in ALL for key in _keys(study(seed)))
    wanted = """carbon co2 fuel heat_rate capex fixed variable availability lead life battery
        efficiency energy_capex at_most at_most_energy stands stands_energy stands_for grid limit
        queue price energy demand billing month year loss times months weekdays hall may_buy supply
        models training price_change shape chat office deadline now day beliefs before reveal tree
        values risk alpha spend blocks weeks extreme_days terminal_value"""
    rare = {key: drawn[key] for key in wanted.split() if drawn[key] < OFTEN}
    assert not rare


def test_what_moves_is_drawn_often() -> None:
    text = [json.dumps(study(seed)) for seed in range(FIRST_MOVING, FIRST_MOVING + 100)]
    patterns = {
        "a path": r'"(price|energy|carbon)": \{"20',
        **{name: rf"csv#{name}" for name in ("price", "load", "share", "cap", "co2")},
    }
    found = {name: sum(bool(re.search(p, one)) for one in text) for name, p in patterns.items()}
    assert min(found.values()) >= OFTEN, found


def test_leads_and_lives_and_stages_are_mixed() -> None:
    text = json.dumps([study(seed) for seed in ALL])
    leads = {int(one) for one in re.findall(r'"(?:lead|queue)": "(\d+) months"', text)}
    lives = {int(one) for one in re.findall(r'"life": "(\d+) years"', text)}
    stages = {int(one) for one in re.findall(r"(\d+) months", text)}
    assert {0, 3, 14, 60} <= leads
    assert {3, 10, 30} <= lives
    assert {1, 3, 6, 12, 18, 24, 48} <= stages


def test_what_the_rebuild_does_not_know_is_refused_and_not_left_out() -> None:
    """Kept days were read as every hour: a comparison with another problem, a quarter of a per
    cent off.
    """
    written = study(7)
    written["horizon"]["hours"] = {"days": 6}
    with pytest.raises(NotCovered, match="days"):
        read(written)
