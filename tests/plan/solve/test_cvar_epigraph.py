"""CVaR as one more problem: its optimum is the measure's, and its parts say what they should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.trees import random_tree

from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import RiskMeasure
from headrace.plan.lp.residuals import operating_cost
from headrace.plan.lp.risk_measure import leaves, value
from headrace.plan.solve.cvar_epigraph import epigraph
from headrace.plan.solve.small import exact

BELOW = SolverOptions().cvar_floor


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 3000), st.floats(0.0, 0.9), st.floats(0.05, 1.0))
def test_its_optimum_is_the_best_measure_unless_a_floor_is_too_high(seed, alpha, omega):
    """Columns that count from a floor shift the value by the floor's own measure. A node that would
    earn more than its floor is held there: the optimum is then dearer, never cheaper.
    """
    problem, risk = random_tree(seed), RiskMeasure(alpha, omega)
    extended = epigraph(problem, risk, BELOW)
    plan = highs.solve(extended.problem)
    shifted = evaluate(extended.problem, plan).value - risk.omega * extended.base
    careful = dataclasses.replace(problem, risk=risk)
    measure = value(careful, exact(careful).solution)
    slack = 1e-4 * max(1.0, abs(measure))
    count = len(problem.master.cost)
    theta = plan.master[count : count + len(problem.nodes)]
    assert shifted >= measure - slack
    if theta.min() > 1e-6:
        assert shifted <= measure + slack


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 3000))
def test_the_cost_window_of_a_node_holds_its_cost(seed):
    """Its entries, summed over the hours, are the node's weighted cost; theta is what it may be."""
    problem = random_tree(seed)
    extended = epigraph(problem, RiskMeasure(0.5, 0.5), BELOW)
    rng = np.random.default_rng(seed)
    for n, (block, wide) in enumerate(zip(problem.nodes, extended.problem.nodes)):
        z = rng.uniform(0.0, 1.0, (len(block.template.columns), block.hours))
        family = len(wide.template.windows) - 1
        mine = wide.template.window_entries.row == family
        numbers = wide.window_entries.hourly(wide.profiles)[mine]
        held = float((numbers * z[wide.template.window_entries.column[mine]]).sum())
        assert held == pytest.approx(operating_cost(block, z), rel=1e-9, abs=1e-9)
        theta = len(problem.master.cost) + n
        assert wide.map.toarray()[-1].nonzero()[0].tolist() == [theta]
        assert wide.start[-1] == pytest.approx(-extended.floor[n])


def test_the_judged_problem_comes_first():
    problem = random_tree(4)
    extended = epigraph(problem, RiskMeasure(0.5, 0.5), BELOW)
    master, wide = problem.master, extended.problem.master
    count = len(master.columns)
    assert wide.columns[:count] == master.columns
    assert wide.rows[: len(master.rows)] == master.rows
    assert len(wide.columns) == count + len(problem.nodes) + 1 + len(leaves(problem))
    assert wide.matrix.toarray()[: len(master.rows), :count] == pytest.approx(
        master.matrix.toarray()
    )
    for block, more in zip(problem.nodes, extended.problem.nodes):
        assert more.template.borders[:-1] == block.template.borders
        assert more.template.windows[:-1] == block.template.windows


def test_the_floor_is_below_what_hours_can_earn_at_typical_sizes():
    """A higher factor starts lower, in proportion."""
    problem = random_tree(4)
    one, three = (epigraph(problem, RiskMeasure(0.5, 0.5), below) for below in (1.0, 3.0))
    assert three.floor - 1e-3 == pytest.approx(3.0 * (one.floor - 1e-3))
    assert (one.floor > 0).all()
