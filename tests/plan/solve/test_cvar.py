"""CVaR inside the interior point, against the extensive form with a value-at-risk column."""

import dataclasses

import numpy as np
import pytest
from scipy.sparse import csc_array
from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.lp import linear_program
from headrace.plan.lp.extensive_form import extensive
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.risk_measure import RiskMeasure, leaves, risk_of
from headrace.plan.solve.cvar import solve_risk


def fair(seed):
    """A random tree whose probabilities add up over the leaves."""
    problem = random_problem(seed)
    return dataclasses.replace(problem, constant=0.0)


@pytest.mark.parametrize("seed", [4, 10])
def test_without_weight_on_the_tail_risk_is_the_mean(seed):
    problem = fair(seed)
    mean = solve(problem, SolverOptions(gap=1e-6))
    plan = solve_risk(problem, RiskMeasure(0.5, 0.0), SolverOptions(gap=1e-4))
    assert plan.upper == pytest.approx(mean.upper, rel=1e-3)


@pytest.mark.parametrize("seed", [4, 10])
def test_risk_bounds_are_ordered_and_the_measure_grows_with_omega(seed):
    """CVaR is never below the mean of the same plan, so the best measure does not fall when omega
    grows.
    """
    problem = fair(seed)
    assert problem.probability[leaves(problem)].sum() == pytest.approx(1.0)
    mild, strong = (
        solve_risk(problem, RiskMeasure(0.5, 0.2), SolverOptions(gap=1e-4)),
        solve_risk(problem, RiskMeasure(0.5, 0.8), SolverOptions(gap=1e-4)),
    )
    for plan in (mild, strong):
        assert plan.lower <= plan.upper + 1e-6 * abs(plan.upper)
    assert strong.upper >= mild.lower - 1e-6 * abs(mild.lower)
    costs = np.ones(len(problem.nodes))
    assert (
        risk_of(problem, costs, RiskMeasure(0.5, 1.0))[0]
        >= risk_of(problem, costs, RiskMeasure(0.5, 0.0))[0] - 1e-9
    )


@pytest.mark.parametrize("seed", [2, 4, 7, 10, 12])
@pytest.mark.parametrize("omega", [0.4, 1.0])
def test_risk_equals_the_extensive_form_with_a_value_at_risk_column(seed, omega):
    """HiGHS on the epigraph, whose extensive form knows nothing of our bounds, against the bounds
    proved on the plan alone.
    """
    problem, risk = fair(seed), RiskMeasure(0.5, omega)
    best = risk_by_highs(problem, risk)
    plan = solve_risk(problem, risk, SolverOptions(gap=1e-5))
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-5 * size
    assert plan.upper >= best - 1e-5 * size
    assert plan.gap <= 1e-4


def risk_by_highs(problem, risk):
    """The risk measure of the best plan, by linear programming over the extensive form, orders and
    leaves.
    """
    form = extensive(problem)
    width, ends = form.matrix.shape[1], leaves(problem)
    hourly = width - len(problem.master.cost) - sum(len(b.template.borders) for b in problem.nodes)
    first, rows = width - hourly, []
    spans = np.cumsum([0, *(node.hourly.shape[1] for node in form.nodes)])
    for leaf in ends:
        row, n = np.zeros(width + 1 + len(ends)), int(leaf)
        while n >= 0:
            own = np.flatnonzero(problem.master.node == n)
            row[own] = problem.master.cost[own] / problem.probability[n]
            part = slice(first + spans[n], first + spans[n + 1])
            row[part] = form.cost[part] / problem.probability[n]
            n = int(problem.parent[n])
        row[width] = -1.0
        row[width + 1 + len(rows)] = -1.0
        rows.append(row)
    wide = np.hstack([form.matrix.toarray(), np.zeros((form.matrix.shape[0], 1 + len(ends)))])
    tail = risk.omega * problem.probability[ends] / (1 - risk.alpha)
    program = linear_program.LinearProgram(
        matrix=csc_array(np.vstack([wide, *rows])),
        cost=np.concatenate([(1 - risk.omega) * form.cost, [risk.omega], tail]),
        lower=np.concatenate([form.lower, [-np.inf], np.zeros(len(ends))]),
        upper=np.concatenate([form.upper, np.full(1 + len(ends), np.inf)]),
        row_lower=np.concatenate([form.row_lower, np.full(len(ends), -np.inf)]),
        row_upper=np.concatenate([form.row_upper, np.zeros(len(ends))]),
        integer=np.zeros(0, dtype=np.int64),
    )
    return linear_program.run(program).value + problem.constant
