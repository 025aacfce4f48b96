"""The plan of a study is the study: certified plans against a rebuild from the keys' meanings
alone.

The bounds of a plan prove that its linear program is solved. That the program is the study, nobody
proves but somebody who writes it a second time. `docs/reference/meanings.md` is what both were
written from.
"""

from __future__ import annotations

import json
from random import Random

import pytest
from ruamel.yaml import YAML
from tests.oracle.compare import Comparison, compare, plan, rebuild
from tests.oracle.known_faults import FAULTS, Fault
from tests.oracle.study_generator import FIRST_MOVING, study

QUICK, ALL = (*range(40), 68, 72), range(200)
"""Two more than forty: without them no tariff of the quick ones runs over midnight and matters."""
MOVING_QUICK = range(FIRST_MOVING, FIRST_MOVING + 20)
MOVING = range(FIRST_MOVING + 20, FIRST_MOVING + 100)
"""Studies whose prices move by date, with tables of the planner's own."""

LONG = tuple(seed for seed in range(100) if "blocks" in study(seed)["horizon"]["hours"])
LONG_QUICK = LONG[:8]


def _written(fault: Fault) -> dict:
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(fault.study)))


def _long(seed: int) -> dict:
    """A study of load blocks whose last stage lasts so long that things are ordered inside it."""
    found, random = study(seed), Random(f"long stage {seed}")
    found["horizon"]["stages"][-1] = f"{random.randint(61, 200)} months"
    return found


def _judge(found: Comparison) -> None:
    assert found.agrees, found
    assert not found.strange_orders, found


@pytest.mark.parametrize("seed", [*QUICK, *MOVING_QUICK])
def test_a_random_study_is_what_is_solved(seed: int) -> None:
    _judge(compare(study(seed)))


@pytest.mark.parametrize("seed", LONG_QUICK)
def test_a_study_with_a_long_stage_is_what_is_solved(seed: int) -> None:
    _judge(compare(_long(seed)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [seed for seed in LONG if seed not in LONG_QUICK])
def test_many_studies_with_a_long_stage_are_what_is_solved(seed: int) -> None:
    _judge(compare(_long(seed)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [*(seed for seed in ALL if seed not in QUICK), *MOVING])
def test_many_random_studies_are_what_is_solved(seed: int) -> None:
    _judge(compare(study(seed)))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_rebuild_is_the_sum_by_hand(fault: Fault) -> None:
    found = rebuild(_written(fault))
    assert found is not None
    assert found.objective == pytest.approx(fault.expected, rel=1e-9), fault.by_hand


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_plan_is_the_sum_by_hand(fault: Fault) -> None:
    planned = plan(_written(fault))
    assert not isinstance(planned, str), planned
    assert planned.lower == pytest.approx(fault.expected, rel=1e-5), fault.by_hand
    assert planned.upper == pytest.approx(fault.expected, rel=1e-5), fault.by_hand
