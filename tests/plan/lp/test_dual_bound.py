import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import random_problem

from headrace.plan.lp.dual_bound import cut, evaluate, lower_bound, rents, transfer
from headrace.plan.lp.highs import FixedNode, solve
from headrace.plan.lp.problem import NodeSolution, Solution


def random_prices(problem, rng, size):
    """Prices that know nothing of the problem: about half of them zero."""

    def draw(block, *shape):
        return rng.exponential(size * block.weight, shape) * (rng.random(shape) < 0.5)

    prices = []
    for block in problem.nodes:
        t, hours = block.template, block.hours
        windows = tuple(draw(block, len(rhs)) for rhs in block.window_rhs)
        columns = np.zeros((len(t.columns), hours))
        prices.append(
            NodeSolution(
                columns, draw(block, len(t.rows), hours), draw(block, len(t.chains), hours), windows
            )
        )
    return prices


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.sampled_from([0.0, 0.1, 1.0, 30.0]))
def test_any_prices_give_a_valid_bound(seed, size):
    """No prices, however foolish, prove more than the optimum."""
    problem = random_problem(seed)
    best = evaluate(problem, solve(problem)).value
    prices = random_prices(problem, np.random.default_rng(seed + 1), size)
    assert lower_bound(problem, prices) <= best + 1e-6 * max(1.0, abs(best))


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_optimal_prices_prove_the_optimum(seed):
    """Strong duality: the closed-form completion of HiGHS's prices meets HiGHS's value."""
    problem = random_problem(seed)
    solution = solve(problem)
    point = evaluate(problem, solution)
    assert point.residuals.largest <= 1e-6
    assert lower_bound(problem, solution.nodes) == pytest.approx(point.value, rel=1e-5, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_cut_holds_at_other_capacities(seed):
    """A cut made at one plan bounds the node's cost at any capacities."""
    problem = random_problem(seed)
    solution = solve(problem)
    rng = np.random.default_rng(seed)
    for block, node in zip(problem.nodes, solution.nodes):
        x = rng.uniform(0.0, 3.0, len(block.start))
        cost = FixedNode(block).solve(x)[1]
        assert cut(block, node).at(x) <= cost + 1e-6 * max(1.0, abs(cost))


def test_transfer_scales_with_the_weight():
    """A node that counts twice as much has twice the prices; the bound then doubles with it."""
    problem = random_problem(5)
    block = problem.nodes[0]
    node = solve(problem).nodes[0]
    heavy = dataclasses.replace(block, weight=2 * block.weight)
    twice = cut(heavy, transfer(node, block, heavy))
    assert twice.constant == pytest.approx(2 * cut(block, node).constant)
    assert twice.slope == pytest.approx(2 * cut(block, node).slope)


def test_rents_are_non_negative_and_shaped_like_columns():
    problem = random_problem(7)
    node = solve(problem).nodes[0]
    found = rents(problem.nodes[0], node)
    assert found.shape == node.columns.shape
    assert (found >= 0).all()


def test_evaluate_sees_a_broken_row():
    """Doubling every column of an optimal plan must show as a violation (the optimum leaves some
    limit tight).
    """
    problem = random_problem(11)
    good = solve(problem)
    nodes = tuple(NodeSolution(2 * n.columns + 1, n.rows, n.chains, n.windows) for n in good.nodes)
    bad = Solution(good.master, nodes, 0.0, 0, "broken")
    assert evaluate(problem, bad).residuals.largest > 0.01
