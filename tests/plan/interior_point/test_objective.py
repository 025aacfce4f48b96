"""The expected cost as a measure: its value, its cuts and its proofs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.plan.interior_point.objective import Expected
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.residuals import operating_cost


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_the_value_is_the_cost_and_the_proof_below_it(seed):
    problem = random_problem(seed)
    measure, best = Expected(problem), highs.solve(problem)
    costs = np.array([operating_cost(b, n.columns) for b, n in zip(problem.nodes, best.nodes)])
    value = measure.value(best.master, costs)
    assert value == pytest.approx(evaluate(problem, best).value, rel=1e-9, abs=1e-9)
    cuts = tuple(measure.cut(n, node) for n, node in enumerate(best.nodes))
    lower, kept = measure.proof([cuts])
    assert kept == cuts
    assert lower == pytest.approx(value, rel=1e-5, abs=1e-5)


def test_the_iteration_works_on_the_problem_itself():
    problem = random_problem(1)
    measure = Expected(problem)
    assert measure.iterated is problem
    assert measure.soft == 0
    assert measure.begin(np.ones(3)).tolist() == [1.0, 1.0, 1.0]
