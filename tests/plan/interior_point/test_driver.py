"""The loop with its safeguards: what ends it, and what it says then."""

from tests.builders.problems import random_problem

from headrace.plan.interior_point import solve
from headrace.plan.interior_point.driver import WORSE, WarmStartPolicy
from headrace.plan.lp.options import SolverOptions


def test_a_plan_that_is_proved_too_dear_is_not_finished():
    problem = random_problem(4)
    best = solve(problem, SolverOptions(gap=1e-6))
    size = abs(best.upper)
    dear = solve(
        problem, SolverOptions(gap=1e-6), series=WarmStartPolicy(enough=best.lower - 0.01 * size)
    )
    assert dear.stopped == WORSE
    assert best.lower - 0.01 * size < dear.lower <= best.upper + 1e-9 * size
    assert dear.gap > best.gap
    assert (
        solve(
            problem,
            SolverOptions(gap=1e-6),
            series=WarmStartPolicy(enough=best.upper + 0.01 * size),
        ).stopped
        == ""
    )
