import dataclasses

import numpy as np
import pytest
from systems import random_problem

from headrace.plan import highs
from headrace.plan.certificate import evaluate
from headrace.plan.integers import solve_whole
from headrace.plan.interior import solve
from headrace.plan.risk import Risk, leaves, risk_of, solve_risk, worst_odds


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_whole_units_equal_branch_and_bound_on_the_extensive_form(seed):
    problem = random_problem(seed, units=True)
    best = evaluate(problem, highs.solve(problem)).value
    plan = solve_whole(problem, gap=1e-4)
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-5 * size
    assert plan.upper >= best - 1e-5 * size
    whole = problem.master.unit > 0
    counts = plan.master[whole] / problem.master.unit[whole]
    assert counts == pytest.approx(np.round(counts), abs=1e-6)


def test_worst_odds_by_hand():
    """Costs 1, 5, 3 at 1/3 each, alpha 0.5: the worst half is 2/3 of it at 5 and 1/3 at 3, mean 13/3."""
    tail = worst_odds(np.array([1.0, 5.0, 3.0]), np.full(3, 1 / 3), 0.5)
    assert tail == pytest.approx([0.0, 2 / 3, 1 / 3])
    assert tail @ np.array([1.0, 5.0, 3.0]) == pytest.approx(13 / 3)


def fair(seed):
    """A random tree whose probabilities add up over the leaves."""
    problem = random_problem(seed)
    return dataclasses.replace(problem, constant=0.0)


@pytest.mark.parametrize("seed", [4, 10])
def test_without_weight_on_the_tail_risk_is_the_mean(seed):
    problem = fair(seed)
    mean = solve(problem, gap=1e-6)
    plan = solve_risk(problem, Risk(0.5, 0.0), gap=1e-4)
    assert plan.upper == pytest.approx(mean.upper, rel=1e-3)


@pytest.mark.parametrize("seed", [4, 10])
def test_risk_bounds_are_ordered_and_the_measure_grows_with_omega(seed):
    """CVaR is never below the mean of the same plan, so the best measure does not fall when omega grows."""
    problem = fair(seed)
    assert problem.probability[leaves(problem)].sum() == pytest.approx(1.0)
    mild, strong = solve_risk(problem, Risk(0.5, 0.2), gap=1e-4), solve_risk(problem, Risk(0.5, 0.8), gap=1e-4)
    for plan in (mild, strong):
        assert plan.lower <= plan.upper + 1e-6 * abs(plan.upper)
    assert strong.upper >= mild.lower - 1e-6 * abs(mild.lower)
    costs = np.ones(len(problem.nodes))
    assert risk_of(problem, costs, Risk(0.5, 1.0))[0] >= risk_of(problem, costs, Risk(0.5, 0.0))[0] - 1e-9
