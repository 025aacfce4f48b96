"""Laws of time: cutting a stage in two where nothing is decided, beginning in another month and
keeping more weeks of a year change the value by half a per cent at most, or the report says why.

Kept weeks are a sample: the value that they give moves with the weeks that are chosen. What the
report says of it, beside the value, is what the same orders are worth in every hour. So either the
values agree, or those in every hour do and the difference is what was told.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import pytest
from tests.oracle import full_years
from tests.oracle.compare import text_of
from tests.oracle.own_tables import folder_of
from tests.oracle.rewriting import nothing_to_order, stage_cut

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.analysis.full_hours import full_hours
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.cash_flow import lines, total
from headrace.plan.results.dispatch import node_outcome
from headrace.plan.solve.solve import solve

Written = dict[str, Any]
QUICK, ALL = (7,), range(60)
TOLERANCE = 5e-3
"""Of the value, or of a tenth of what is sold where that is more [1]."""
STAGES = ((12,), (24,), (36,), (12, 12), (12, 24))


@dataclass(frozen=True)
class Value:
    """kept: value of the plan's hours [USD]; open: between its bounds, and of the check [USD];
    every: value of the same orders in every hour [USD]; size: what differences are shares of [USD].
    """

    kept: float
    open: float
    every: float
    size: float


def _study(seed: int, weeks: int = 2) -> Written:
    """A study with own prices, export, monthly peaks and lives of 3 to 30 years, in kept weeks."""
    random, found = Random(f"time law {seed}"), copy.deepcopy(full_years.study(seed))
    stages = random.choice(STAGES)
    found["horizon"]["stages"] = [f"{one} months" for one in stages]
    found["horizon"]["hours"] = {"weeks": weeks, "extreme_days": 1}
    for dated, key in [
        *((one, "lead") for one in found["technologies"].values()),
        (found["sites"]["s"]["grid"], "queue"),
    ]:
        # what could never arrive is refused
        if int(dated[key].split()[0]) >= sum(stages):
            dated[key] = f"{random.choice([0, 3, 6])} months"
    return found


def _value(written: Written) -> Value:
    text, options = text_of(written), SolverOptions(gap=1e-5)
    study, folder = study_of(parse_text(text)), folder_of(text)
    formulation = formulate(expand(study, folder))
    plan = solve(formulation.problem, options)
    check = full_hours(study, folder, formulation, plan, options)
    assert check is not None
    assert check.full_usd is not None
    nodes = range(len(formulation.nodes))
    outcomes = tuple(node_outcome(formulation, plan.solution, node) for node in nodes)
    sold = total(lines(formulation, plan.solution, outcomes), "revenue")
    return Value(
        plan.low,
        plan.high - plan.low + check.open_usd,
        plan.low + check.kept_usd - check.full_usd,
        max(abs(plan.low), 0.1 * sold),
    )


_planned = cache(lambda seed: _value(_study(seed)))


def _same(one: Value, other: Value) -> None:
    room = TOLERANCE * one.size + one.open + other.open
    kept, every = other.kept - one.kept, other.every - one.every
    assert min(abs(kept), abs(every)) <= room, (
        f"{kept / one.size:+.2%} in the kept hours, {every / one.size:+.2%} in every hour"
    )


def _cut(seed: int) -> None:
    """All that may be built stands, so that no date is a decision."""
    random, written = Random(f"cut {seed}"), nothing_to_order(_study(seed))
    months = [int(one.split()[0]) for one in written["horizon"]["stages"]]
    longest = months.index(max(months))
    cut = stage_cut(written, longest, random.randrange(1, months[longest]))
    _same(_value(written), _value(cut))


def _start(seed: int) -> None:
    """Own tables repeat every year and have no season: any month begins the same study."""
    random, written = Random(f"start {seed}"), _study(seed)
    year, month = (int(part) for part in written["horizon"]["start"].split("-"))
    later = 12 * year + month - 1 + random.randint(1, 11)
    written["horizon"]["start"] = f"{later // 12}-{later % 12 + 1:02d}"
    _same(_planned(seed), _value(written))


def _weeks(seed: int) -> None:
    _same(_planned(seed), _value(_study(seed, weeks=8)))


LAWS: dict[str, Callable[[int], None]] = {
    "a stage cut in two": _cut,
    "another start month": _start,
    "more weeks": _weeks,
}


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("seed", QUICK)
def test_a_law_of_time_holds(law: str, seed: int) -> None:
    LAWS[law](seed)


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("seed", [seed for seed in ALL if seed not in QUICK])
def test_a_law_of_time_holds_of_many(law: str, seed: int) -> None:
    LAWS[law](seed)


def test_weeks_that_are_not_told_of_would_be_found() -> None:
    """A value that is another by a per cent, in the kept hours and in every hour, is refused."""
    one = Value(100.0, 0.0, 99.0, 100.0)
    _same(one, Value(101.0, 0.0, 99.2, 100.0))
    with pytest.raises(AssertionError, match=r"\+1\.00% in the kept hours, \+2\.00% in every"):
        _same(one, Value(101.0, 0.0, 101.0, 100.0))
