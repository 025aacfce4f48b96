"""What a plan is judged by, and in which units it is ordered: laws that hold for any study, here on
one with four branches.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csc_array
from tests.builders.studies import Solved, solve_text

from headrace.core.audit_run import demand_closed
from headrace.core.errors import InputError, LawBroken
from headrace.core.plan_file import read_plan
from headrace.core.run_folder import PLAN, RunFolder
from headrace.core.study_reader import parse_text, study_of
from headrace.plan import run as api
from headrace.plan.analysis import breakeven
from headrace.plan.lp import linear_program
from headrace.plan.lp.extensive_form import extensive
from headrace.plan.lp.fix_orders import held
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Problem, RiskMeasure
from headrace.plan.lp.risk_measure import leaves, outlook
from headrace.plan.lp.scaling import MONEY
from headrace.plan.results.order_value import ValuationOptions, root_orders, value_orders
from headrace.plan.results.shadow_prices import worths
from headrace.plan.solve import solve as solving

STUDY = """
study: four
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months, 24 months], hours: {blocks: [6000 h,
    2760 h]}}
technologies:
  plant: {capex: 900 USD/kW, variable: 3 USD/MWh, life: 10 years}
  quick: {capex: 150 USD/kW, heat_rate: 8 MMBtu/MWh, fuel: gas, life: 4 years}
fuels: {gas: {price: 4 USD/MMBtu}}
beliefs:
  growth: {about: demand, before: 0 %/a, reveal: 2, cases: {bust: {probability: 50 %,
      value: -70 %/a}, boom: {probability: 50 %, value: 70 %/a}}}
  gas: {about: "fuel:gas", before: 4 USD/MMBtu, reveal: 3, cases: {cheap: {probability: 50 %,
      value: 3 USD/MMBtu}, dear: {probability: 50 %, value: 12 USD/MMBtu}}}
sites: {here: {build: {plant: {use: plant, at_most: 80 MW}, quick: {use: quick, at_most: 50 MW}}}}
products: {power: {kind: electricity, site: here, demand: 20 MW, price: 75 USD/MWh}}
"""
WHOLE = STUDY.replace("at_most: 80 MW}", "at_most: 80 MW, unit: 7 MW}").replace(
    "at_most: 50 MW}", "at_most: 50 MW, unit: 4 MW}"
)
OMEGAS = (0.0, 0.1, 0.3, 0.6, 0.9, 1.0)


@pytest.fixture(scope="module")
def plain() -> Solved:
    return solve_text(STUDY)


@pytest.fixture(scope="module")
def units() -> Solved:
    return solve_text(WHOLE)


def judged(problem: Problem, omega: float, alpha: float = 0.75) -> Problem:
    return replace(problem, risk=RiskMeasure(alpha, omega))


def test_the_optimum_never_rises_with_the_weight_of_the_tail(plain: Solved, units: Solved) -> None:
    for problem in (plain.formulation.problem, units.formulation.problem):
        found = [solving.solve(judged(problem, omega), SolverOptions(gap=1e-7)) for omega in OMEGAS]
        for mild, strong in pairwise(found):
            assert strong.low <= mild.high + 1e-7 * abs(mild.high)
        assert found[-1].high < 0.98 * found[0].low  # the study has a risk worth the name


def test_without_weight_on_the_tail_it_is_the_plain_plan(plain: Solved) -> None:
    found = solving.solve(judged(plain.formulation.problem, 0.0))
    assert found.low == pytest.approx(plain.plan.low, rel=1e-9)
    assert found.high == pytest.approx(plain.plan.high, rel=1e-9)


@pytest.mark.parametrize("alpha", [0.75, 0.9])
def test_with_all_weight_on_the_worst_leaf_it_is_the_max_min_plan(
    plain: Solved, alpha: float
) -> None:
    """Four equally likely leaves: CVaR at 1 - 1/4, or any thinner tail, is the worst leaf."""
    problem = plain.formulation.problem
    assert problem.probability[leaves(problem)] == pytest.approx(np.full(4, 0.25))
    found = solving.solve(
        solve_text(
            STUDY.replace("money:", f"goal: {{risk: {{alpha: {alpha}, omega: 1}}}}\nmoney:")
        ).formulation.problem
    )
    best = max_min(problem)
    assert found.low == pytest.approx(best, rel=1e-7)
    assert found.high == pytest.approx(best, rel=1e-7)
    assert -MONEY * outlook(problem, found.solution, alpha).worst == pytest.approx(best, rel=1e-7)


def max_min(problem: Problem) -> float:
    """The largest t that every leaf earns, by a linear program that knows nothing of CVaR [USD]."""
    form = extensive(problem)
    orders, width = len(problem.master.cost), form.matrix.shape[1]
    starts = np.cumsum(
        [
            width - sum(n.hourly.shape[1] for n in form.nodes),
            *(n.hourly.shape[1] for n in form.nodes),
        ]
    )
    rows = []
    for leaf in leaves(problem):
        row, n = np.zeros(width + 1), int(leaf)
        while n >= 0:
            own = np.flatnonzero(problem.master.node == n)
            assert (own < orders).all()
            row[own] = form.cost[own] / problem.probability[n]
            row[starts[n] : starts[n + 1]] = (
                form.cost[starts[n] : starts[n + 1]] / problem.probability[n]
            )
            n = int(problem.parent[n])
        row[width] = -1.0
        rows.append(row)
    wide = np.hstack([form.matrix.toarray(), np.zeros((form.matrix.shape[0], 1))])
    program = linear_program.LinearProgram(
        matrix=csc_array(np.vstack([wide, *rows])),
        cost=np.eye(width + 1)[width],
        lower=np.append(form.lower, -np.inf),
        upper=np.append(form.upper, np.inf),
        row_lower=np.append(form.row_lower, np.full(len(rows), -np.inf)),
        row_upper=np.append(form.row_upper, np.zeros(len(rows))),
        integer=np.zeros(0, dtype=np.int64),
    )
    return -MONEY * (linear_program.run(program).value + problem.constant)


@pytest.mark.parametrize("omega", [0.0, 0.5, 1.0])
def test_whole_units_are_whole_and_never_worth_more(
    plain: Solved, units: Solved, omega: float
) -> None:
    relaxed = solving.solve(judged(plain.formulation.problem, omega), SolverOptions(gap=1e-7))
    found = solving.solve(judged(units.formulation.problem, omega), SolverOptions(gap=1e-7))
    assert found.low <= relaxed.high + 1e-7 * abs(relaxed.high)
    assert found.low > 0.8 * relaxed.low
    unit = units.formulation.problem.master.unit
    assert set(unit[unit > 0]) == {7.0, 4.0}
    counts = found.solution.master[unit > 0] / unit[unit > 0]
    assert counts == pytest.approx(np.round(counts), abs=1e-9)
    assert counts.sum() >= 2
    assert found.evaluation.residuals.largest < 1e-9


@pytest.mark.parametrize("omega", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("whole", [False, True])
def test_both_routes_find_the_same_plan(
    plain: Solved, units: Solved, omega: float, whole: bool
) -> None:
    """Intervals of the interior point and of HiGHS on the extensive form overlap, and each is as
    narrow as was asked.
    """
    problem = (units if whole else plain).formulation.problem
    problem = judged(problem, omega) if omega else problem
    exact = solving.solve(problem, SolverOptions(gap=1e-7))
    found = solving.solve(problem, SolverOptions(method="interior", gap=1e-4))
    assert found.solution.solver.startswith("interior")
    slack = 1e-7 * abs(exact.high)
    assert found.low <= exact.high + slack
    assert exact.low <= found.high + slack
    assert found.finished
    assert found.high - found.low <= (1.1e-3 if whole else 1.1e-4) * abs(found.high)
    if whole:
        unit = problem.master.unit
        counts = found.solution.master[unit > 0] / unit[unit > 0]
        assert counts == pytest.approx(np.round(counts), abs=1e-9)


@pytest.mark.parametrize("route", ["highs", "interior"])
@pytest.mark.parametrize("omega", [0.5, 1.0])
def test_orders_held_at_the_optimum_are_worth_the_optimum(
    units: Solved, omega: float, route: str
) -> None:
    """What was spent on held orders still counts on the branch on which it was spent."""
    problem = judged(units.formulation.problem, omega)
    best = solving.solve(problem, SolverOptions(gap=1e-7))
    whole = np.flatnonzero(problem.master.unit > 0)
    fixed = held(problem, whole, best.solution.master[whole])
    found = solving.solve(fixed, SolverOptions(method=route, gap=1e-7))
    assert found.low == pytest.approx(best.low, rel=1e-6)
    assert found.high == pytest.approx(best.low, rel=1e-6)


@pytest.mark.parametrize("omega", [0.0, 0.5, 1.0])
def test_one_more_of_a_limit_is_worth_what_the_next_solve_says(omega: float) -> None:
    """Prices are of the measure: they count each branch as its tail does."""
    text = (
        STUDY.replace("at_most: 80 MW", "at_most: {most} MW")
        .replace("{", "{{")
        .replace("}", "}}")
        .replace("{{most}}", "{most}")
    )
    text = text.replace("money:", f"goal: {{{{risk: {{{{alpha: 0.6, omega: {omega}}}}}}}}}\nmoney:")
    tight, wider = solve_text(text.format(most=5)), solve_text(text.format(most=5.1))
    price = next(
        w
        for w in worths(tight.formulation, tight.plan.solution)
        if w.name == "sites.here.build.plant.at_most"
    )
    assert wider.plan.low - tight.plan.low == pytest.approx(0.1 * price.usd, rel=1e-6)


CAREFUL = WHOLE.replace("money:", "goal: {risk: {alpha: 0.6, omega: 0.4}}\nmoney:")


def test_every_answer_can_be_written_down(plain: Solved) -> None:
    """Bounds and worths of a careful plan are plain numbers and words; JSON takes nothing else."""
    problem = judged(plain.formulation.problem, 0.5)
    careful = replace(plain.formulation, problem=problem)
    best = solving.solve(problem)
    values = value_orders(careful, best, root_orders(careful, best), ValuationOptions(1e-6)).values
    assert values
    json.dumps([[best.low, best.high], *([v.low, v.high, v.decided] for v in values)])


@pytest.fixture(scope="module", params=["highs", "interior"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The careful study planned into a folder, on either route."""
    folder = tmp_path_factory.mktemp("careful")
    route = f"solver: {{method: {request.param}}}\nmoney:"
    (folder / "study.yaml").write_text(CAREFUL.replace("money:", route, 1))
    return RunFolder(
        api.plan(
            folder / "study.yaml", folder / "run", lambda event: None, lambda: False, deep=60.0
        )
    )


def test_the_run_folder_tells_what_the_objective_mixes(run: RunFolder) -> None:
    plan = read_plan(run)
    assert plan.measure == "risk-adjusted NPV: 60 % mean + 40 % CVaR 0.6"
    assert plan.risk.worst_usd <= plan.risk.cvar_usd <= plan.objective_usd <= plan.risk.expected_usd
    assert plan.objective_usd == pytest.approx(
        0.6 * plan.risk.expected_usd + 0.4 * plan.risk.cvar_usd, rel=1e-9
    )
    assert plan.lower_bound_usd <= plan.upper_bound_usd * (1 + 1e-9)
    assert plan.orders
    assert all(
        order.units * order.unit_size == pytest.approx(order.quantity, rel=1e-9)
        for order in plan.orders
    )
    assert all(order.value_low_usd is not None for order in plan.orders)
    known = plan.deep.information
    assert known.mean_plan.low_usd <= known.recourse.high_usd * (1 + 1e-9)
    assert known.recourse.low_usd <= known.wait_and_see.high_usd * (1 + 1e-9)
    assert min(leaf.npv.low_usd for leaf in plan.deep.leaves) == pytest.approx(
        plan.risk.worst_usd, rel=1e-6
    )
    assert plan.deep.cvar.low_usd == pytest.approx(plan.risk.cvar_usd, rel=1e-6)
    demand_closed(run)


@pytest.mark.parametrize(
    ("key", "kind"),
    [("expected_usd", "money"), ("cvar_usd", "risk"), ("worst_usd", "risk"), ("omega", "risk")],
)
def test_a_changed_measure_is_found(run: RunFolder, tmp_path: Path, key: str, kind: str) -> None:
    stored = json.loads(run.read(PLAN))
    stored["risk"][key] *= 0.99
    copy = RunFolder(tmp_path)
    copy.write_json(PLAN, stored)
    with pytest.raises(LawBroken, match=kind):
        demand_closed(copy)


def test_a_broken_unit_is_found(run: RunFolder, tmp_path: Path) -> None:
    stored = json.loads(run.read(PLAN))
    order = next(order for node in stored["tree"] for order in node["orders"] if order["unit_size"])
    order["quantity"] += 0.1
    copy = RunFolder(tmp_path)
    copy.write_json(PLAN, stored)
    with pytest.raises(LawBroken, match="whole units"):
        demand_closed(copy)


def test_whole_units_of_what_comes_in_any_size_are_refused() -> None:
    text = STUDY.replace("at_most: 80 MW}", "at_most: 80 MW, whole: true}")
    with pytest.raises(InputError, match="plant comes in any size"):
        solve_text(text)


def test_a_sweep_of_prices_refuses_a_goal_that_it_does_not_ask_for() -> None:
    with pytest.raises(InputError, match="mean alone"):
        breakeven.breakeven_question(study_of(parse_text(CAREFUL)), "capex:plant")
