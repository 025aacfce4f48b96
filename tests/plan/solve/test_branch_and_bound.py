"""Whole units around the interior point: as good as branch and bound on the extensive form."""

import numpy as np
import pytest
from tests.builders.problems import random_problem

from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.options import SolverOptions
from headrace.plan.solve.branch_and_bound import solve_whole


@pytest.mark.parametrize("seed", [1, 4, 9, 15])
def test_whole_units_equal_branch_and_bound_on_the_extensive_form(seed):
    problem = random_problem(seed, units=True)
    best = evaluate(problem, highs.solve(problem)).value
    plan = solve_whole(problem, SolverOptions(gap=1e-4))
    size = max(1.0, abs(best))
    assert plan.lower <= best + 1e-5 * size
    assert plan.upper >= best - 1e-5 * size
    whole = problem.master.unit > 0
    counts = plan.master[whole] / problem.master.unit[whole]
    assert counts == pytest.approx(np.round(counts), abs=1e-6)
