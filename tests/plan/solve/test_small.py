"""Small plans by HiGHS: the mean, CVaR and whole orders, with what they prove."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem
from tests.builders.trees import random_tree

from headrace.core.errors import Infeasible
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.problem import RiskMeasure
from headrace.plan.lp.risk_measure import LEAST, leaves, node_costs, risk_of, value
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve.small import exact, own
from headrace.show.examples import find


def averse(seed, alpha, omega):
    return dataclasses.replace(random_tree(seed), risk=RiskMeasure(alpha, omega))


def test_the_engine_by_hand():
    """10 MW in two hours: 2 x 10 x (1 - 5) + 3 x 10 = -50; of engines in units of 4 twelve stand
    where they pay their 3 each hour's last two are idle: 8 MW serve 16, cost 24, earn 64: -40;
    12 MW serve 20 and cost 36: -44.
    """
    assert exact(engine()).lower == pytest.approx(-50.0)
    whole = dataclasses.replace(
        engine(), master=dataclasses.replace(engine().master, unit=np.array([4.0]))
    )
    found = exact(whole)
    assert found.solution.master.tolist() == [12.0]
    assert evaluate(whole, found.solution).value == pytest.approx(-44.0)
    assert found.lower == pytest.approx(-44.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 3000))
def test_the_bound_is_below_and_near_the_plan(seed):
    problem = random_problem(seed)
    found = exact(problem)
    cost = evaluate(problem, found.solution).value
    assert found.lower <= cost + 1e-7 * max(1.0, abs(cost))
    assert found.lower >= cost - 1e-4 * max(1.0, abs(cost))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3000), st.floats(0.0, 0.9), st.floats(0.0, 1.0))
def test_with_risk_the_bound_is_of_the_measure(seed, alpha, omega):
    problem = averse(seed, alpha, omega)
    found = exact(problem)
    cost = value(problem, found.solution)
    size = max(1.0, abs(cost))
    assert found.lower <= cost + 1e-6 * size
    assert found.lower >= cost - 1e-4 * size


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 3000))
def test_the_best_measure_lies_between_the_mean_and_the_worst_branch(seed):
    """min mean <= min of the mixture <= the mean plan's own mixture, for any weight of the tail."""
    plain, problem = random_tree(seed), averse(seed, 0.6, 0.5)
    mean, careful = exact(plain).solution, exact(problem).solution
    low, high = evaluate(plain, mean).value, value(problem, mean)
    size = max(1.0, abs(low))
    assert low - 1e-6 * size <= value(problem, careful) <= high + 1e-6 * size


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_whole_orders_are_whole_with_and_without_risk(seed):
    problem = random_problem(seed, units=True)
    for risk in (None, RiskMeasure(0.5, 0.5)):
        asked = dataclasses.replace(problem, risk=risk)
        found = exact(asked)
        whole = problem.master.unit > 0
        counts = found.solution.master[whole] / problem.master.unit[whole]
        assert counts == pytest.approx(np.round(counts), abs=1e-6)
        cost = value(asked, found.solution)
        assert found.lower <= cost + 1e-6 * max(1.0, abs(cost))


def test_at_omega_one_and_an_extreme_tail_the_worst_branch_is_minimised():
    """No other plan of a few has a cheaper worst branch."""
    problem = averse(5, 0.9999, 1.0)
    best = exact(problem).solution
    worst = risk_of(problem, node_costs(problem, best), RiskMeasure(0.9999, 1.0))[0]
    for alpha, omega in ((0.0, 0.0), (0.5, 0.5), (0.9, 1.0)):
        other = exact(averse(5, alpha, omega)).solution
        cost = risk_of(problem, node_costs(problem, other), RiskMeasure(0.9999, 1.0))[0]
        assert worst <= cost + 1e-6 * max(1.0, abs(worst))
    assert len(leaves(problem)) > 1


def test_prices_are_told_in_a_node_s_own_money():
    """Prices that count half are doubled; a node without weight is operated anew."""
    block = engine(start=10.0).nodes[0]
    node = exact(engine(start=10.0)).solution.nodes[0]
    doubled = own(block, node, np.zeros(1), 0.5)
    assert doubled.rows == pytest.approx(2.0 * node.rows)
    again = own(block, node, np.zeros(1), 0.5 * LEAST)
    assert again.columns[1] == pytest.approx([10.0, 10.0])


def test_limits_that_clash_are_named():
    with pytest.raises(Infeasible, match="balance"):
        exact(engine(most=2.0, must=7.0))


@pytest.mark.slow
def test_what_an_interior_point_leaves_open_is_operated_to_the_row():
    """HiPO without crossover answers the example `clips` on a week a stage, and used 8,000
    accelerators for 0.015 of an hour more than they have: more than books allow.
    """
    text = find("clips").study.read_text(encoding="utf-8")
    study = study_of(parse_text(text.replace("hours: all", "hours: {weeks: 1}")))
    problem = formulate(expand(study)).problem
    found = exact(problem).solution
    assert found.solver in ("highs-hipo", "highs-ipx")
    for block, node in zip(problem.nodes, found.nodes):
        program = FixedNode(block).program(block.start + block.map @ found.master)
        over = program.matrix @ node.columns.ravel() - program.row_upper
        assert over.max() <= 1e-8 * max(1.0, np.abs(node.columns).max())
