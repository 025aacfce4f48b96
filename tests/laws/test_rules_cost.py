"""Each rule of how plants run takes freedom away and gives none; every such plan is certified and
its books close.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from headrace.core.audit_run import recheck
from headrace.core.hourly_store import read_hourly
from headrace.core.run_folder import PLAN, RunFolder
from headrace.core.study_reader import parse_text, study_of
from headrace.plan import interior_point
from headrace.plan.lp import highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.residuals import evaluate
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.run import plan

RULES = ("commitment", "ramps", "reserve")
STUDY = """
study: units
money: {{discount: 8 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 24 months], hours: {{weeks: 1}}}}
beliefs:
  gas: {{about: "fuel:gas", before: 5 USD/MMBtu, reveal: 2, cases: {{same: {{probability: 70 %,
      value: 5 USD/MMBtu}}, dear: {{probability: 30 %, value: 9 USD/MMBtu}}}}}}
fuels: {{gas: {{price: 5 USD/MMBtu, co2: 53.06 kg/MMBtu}}}}
technologies:
  boiler: {{capex: 600 USD/kW, lead: 2 months, life: 20 years, variable: 12 USD/MWh,
      units: {{size: 20 MW, ramp: 10 %/h, minimum_load: 50 %}}}}
sites:
  greensboro:
    weather: tmy3:723170
    {reserve}
    build:
      pv: {{use: solar.single_axis, at_most: 400 MW, lead: 3 months}}
      battery: {{use: battery.lfp, at_most: 100 MW, at_most_energy: 400 MWh, lead: 3 months}}
      engines: {{use: gas.engine, at_most: 120 MW, stands: 40 MW, lead: 6 months{rules}}}
      frame: {{use: gas.small_turbine, at_most: 120 MW, lead: 6 months{rules}}}
      boiler: {{use: boiler, at_most: 60 MW{rules}}}
products: {{campus: {{kind: electricity, site: greensboro, demand: 100 MW, price: 150 USD/MWh,
    shape: office}}}}
"""


def text(rules: tuple[str, ...]) -> str:
    written = (", commitment: relaxed" if "commitment" in rules else "") + (
        ", ramps: true" if "ramps" in rules else ""
    )
    return STUDY.format(
        rules=written, reserve="spinning_reserve: largest unit" if "reserve" in rules else ""
    )


def problem(rules: tuple[str, ...]) -> Problem:
    e = expand(study_of(parse_text(text(rules))))
    return formulate(e).problem


def every() -> Iterator[tuple[str, ...]]:
    for count in range(len(RULES) + 1):
        yield from combinations(RULES, count)


@pytest.fixture(scope="module")
def bounds() -> dict[tuple[str, ...], tuple[float, float]]:
    """Certified bounds of the cost with each set of rules."""
    found = {
        rules: interior_point.solve(problem(rules), SolverOptions(gap=1e-5)) for rules in every()
    }
    return {rules: (one.lower, one.upper) for rules, one in found.items()}


@pytest.mark.slow
def test_no_rule_makes_a_plan_cheaper(bounds: dict[tuple[str, ...], tuple[float, float]]) -> None:
    dearer = 0
    for rules, (lower, upper) in bounds.items():
        for more in set(RULES) - set(rules):
            other = bounds[tuple(r for r in RULES if r in (*rules, more))]
            assert other[1] >= lower, (rules, more)
            dearer += other[0] > upper
    assert dearer >= 10  # of twelve: these rules all bind here


@pytest.mark.parametrize(
    "rules",
    [RULES, *(pytest.param((one,), marks=pytest.mark.slow) for one in RULES)],
    ids="+".join,
)
def test_the_interior_point_is_worth_what_highs_says(rules: tuple[str, ...]) -> None:
    written = problem(rules)
    best = evaluate(written, highs.solve(written)).value
    found = interior_point.solve(written, SolverOptions(gap=1e-4))
    assert found.solver == "interior"
    assert found.lower <= best + 1e-7 * abs(best)
    assert found.upper >= best - 1e-7 * abs(best)
    assert found.gap <= 1e-4
    assert evaluate(written, found).residuals.largest <= 1e-7


def test_the_books_of_a_plan_with_every_rule_close(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(text(RULES))
    run = RunFolder(
        plan(tmp_path / "study.yaml", tmp_path / "run", lambda event: None, lambda: False, worth=5)
    )
    assert all(closing.good for closing in recheck(run))
    on_line = {s.item: s.values for s in read_hourly(run, 1).series if s.bus == "inside engines"}
    assert set(on_line) == {"on line", "at work", "spinning"}
    assert np.all(on_line["spinning"] <= 1e-6)
    # the engines' minimum load
    assert np.all(-on_line["at work"] >= 0.25 * on_line["on line"] - 1e-4)
    stored = json.loads(run.read(PLAN))
    assert {row["asset"] for row in stored["whole_units"]} <= {"engines", "frame"}
    assert stored["whole_units"]
