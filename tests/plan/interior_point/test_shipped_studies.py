"""On every study that comes along, at few hours, the interior point is worth what HiGHS says the
extensive form is.
"""

from __future__ import annotations

from importlib.resources import files

import pytest

from headrace.core.study import HoursKept
from headrace.core.study_reader import parse_text, study_of
from headrace.plan import interior_point
from headrace.plan.lp import highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.residuals import evaluate
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate

GAP = 1e-4
SLOW = {"piedmont": 40, "the_bet": 100, "time_to_power": 40}
"""Studies that take long even at eight days, with their seconds."""
NAMES = sorted(
    place.name
    for place in (files("headrace") / "examples").iterdir()
    if (place / "study.yaml").is_file()
)


def at_few_hours(name: str) -> Problem:
    """A typical week and the hardest day of each stage."""
    study = study_of(
        parse_text(
            (files("headrace") / "examples" / name / "study.yaml").read_text(encoding="utf-8")
        )
    )
    horizon = study.horizon.model_copy(update={"hours": HoursKept(weeks=1, extreme_days=1)})
    e = expand(study.model_copy(update={"horizon": horizon}))
    return formulate(e).problem


def test_there_are_studies() -> None:
    assert {"gas_first", "offgrid_solar", "piedmont", "reactor_race", "time_to_power"} <= set(NAMES)


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in NAMES],
)
def test_equal_to_the_extensive_form(name: str) -> None:
    problem = at_few_hours(name)
    best = evaluate(problem, highs.solve(problem)).value
    plan = interior_point.solve(problem, SolverOptions(gap=GAP))
    size, tolerance = abs(best), 1e-6 * abs(best)
    assert plan.solver == "interior"
    assert plan.lower <= best + tolerance
    assert plan.upper >= best - tolerance
    assert plan.upper - plan.lower <= 1.01 * GAP * size
    assert evaluate(problem, plan).value == pytest.approx(plan.upper, rel=1e-9)
    assert evaluate(problem, plan).residuals.largest <= 1e-7
