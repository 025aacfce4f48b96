"""The risk measure by hand, its laws, and what cuts prove of it."""

import dataclasses
from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.trees import random_tree

from headrace.core.errors import Infeasible
from headrace.plan.lp import highs
from headrace.plan.lp.cut_pool import cuts_of
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.problem import Master, Problem, RiskMeasure
from headrace.plan.lp.risk_measure import (
    branch_costs,
    leaves,
    node_costs,
    owner,
    paths,
    proved,
    reweighted,
    risk_of,
    tempered,
    value,
    weights,
    worst_odds,
)


def test_worst_odds_by_hand():
    """Costs 1, 5, 3 at 1/3 each, alpha 0.5: the worst half is 2/3 of it at 5 and 1/3 at 3, mean
    13/3.
    """
    tail = worst_odds(np.array([1.0, 5.0, 3.0]), np.full(3, 1 / 3), 0.5)
    assert tail == pytest.approx([0.0, 2 / 3, 1 / 3])
    assert tail @ np.array([1.0, 5.0, 3.0]) == pytest.approx(13 / 3)


def star(probability, constant=0.0):
    """A root with leaves of these probabilities."""
    problem = random_tree(3)
    count = 1 + len(probability)
    blocks = tuple(
        dataclasses.replace(problem.nodes[0], map=csr_array((problem.nodes[0].map.shape[0], 2)))
        for _ in range(count)
    )
    master = Master(
        columns=("at the root", "at the last leaf"),
        node=np.array([0, count - 1]),
        cost=np.array([2.0, 3.0]),
        upper=np.full(2, 10.0),
        unit=np.zeros(2),
        rows=(),
        matrix=csr_array((0, 2)),
        rhs=np.zeros(0),
    )
    parent = np.array([-1] + [0] * len(probability))
    return Problem(master, blocks, parent, np.array([1.0, *probability]), constant)


def test_branches_by_hand():
    """Root costs 10, leaves 4 and 9 in weighted money at probabilities 0.4 and 0.6: branches cost
    10 + 4 / 0.4 = 20 and 10 + 9 / 0.6 = 25; their mean is 8 + 15 = 23 = 10 + 4 + 9.
    """
    problem, costs = star([0.4, 0.6]), np.array([10.0, 4.0, 9.0])
    assert leaves(problem).tolist() == [1, 2]
    assert paths(problem).toarray().tolist() == [[1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]
    assert branch_costs(problem, costs) == pytest.approx([20.0, 25.0])
    assert risk_of(problem, costs, RiskMeasure(0.0, 1.0))[0] == pytest.approx(23.0)


def test_the_measure_by_hand():
    """The same branches: the worst 30 % all cost 25; with a weight of one half 0.5 * 23 +
    0.5 * 25.
    """
    value, odds = risk_of(star([0.4, 0.6]), np.array([10.0, 4.0, 9.0]), RiskMeasure(0.7, 0.5))
    assert value == pytest.approx(24.0)
    assert odds == pytest.approx([0.0, 1.0])


def test_orders_cost_at_their_node():
    """Two of the root's at 2 and one of the last leaf's at 3."""
    assert (owner(star([0.4, 0.6])) @ np.array([2.0, 1.0])).tolist() == [4.0, 0.0, 3.0]


def test_what_was_spent_counts_on_the_branch_on_which_it_was_spent():
    """6 of the constant 7 were spent at the first leaf of probability 0.4: that branch costs 15
    more, the rest of the constant counts everywhere.
    """
    problem = dataclasses.replace(star([0.4, 0.6], 7.0), spent=np.array([0.0, 6.0, 0.0]))
    assert branch_costs(problem, np.zeros(3)) == pytest.approx([16.0, 1.0])


ODDS = st.lists(st.floats(0.05, 1.0), min_size=2, max_size=6).map(lambda p: np.array(p) / sum(p))


@given(ODDS, st.floats(0.0, 0.99), st.integers(0, 10**6))
def test_worst_odds_are_a_distribution_below_the_cap(odds, alpha, seed):
    costs = np.random.default_rng(seed).normal(size=len(odds))
    tail = worst_odds(costs, odds, alpha)
    assert tail.sum() == pytest.approx(1.0)
    assert (tail >= 0).all()
    assert (tail <= odds / (1.0 - alpha) * (1 + 1e-9)).all()
    assert tail @ costs >= odds @ costs - 1e-9


@given(ODDS, st.floats(0.0, 0.9), st.integers(0, 10**6))
def test_no_admissible_odds_are_worse(odds, alpha, seed):
    """Against random odds under the same cap."""
    rng = np.random.default_rng(seed)
    costs, cap = rng.normal(size=len(odds)), odds / (1.0 - alpha)
    left, other = 1.0, np.zeros(len(odds))
    for i in rng.permutation(len(odds)):
        other[i] = min(left, cap[i])
        left -= other[i]
    assert worst_odds(costs, odds, alpha) @ costs >= other @ costs - 1e-9


@given(ODDS, st.integers(0, 10**6))
def test_the_tail_grows_with_alpha_up_to_the_worst_branch(odds, seed):
    costs = np.random.default_rng(seed).normal(size=len(odds))
    told = [float(worst_odds(costs, odds, a) @ costs) for a in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert all(a <= b + 1e-9 for a, b in pairwise(told))
    assert told[0] == pytest.approx(float(odds @ costs))
    assert told[-1] == pytest.approx(costs.max())


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2000), st.floats(0.0, 0.9), st.floats(0.0, 1.0))
def test_reweighting_by_the_worst_odds_makes_the_mean_the_measure(seed, alpha, omega):
    """For a plan's own worst odds the reweighted problem's mean is the plan's measure."""
    problem = dataclasses.replace(random_tree(seed), risk=RiskMeasure(alpha, omega))
    plan = highs.solve(dataclasses.replace(problem, risk=None))
    measure, tail = risk_of(problem, node_costs(problem, plan), problem.risk)
    worse = reweighted(problem, weights(problem, tail, problem.risk))
    assert value(worse, plan) == pytest.approx(measure, rel=1e-9, abs=1e-9)
    assert value(problem, plan) == pytest.approx(measure)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2000), st.floats(0.0, 0.9), st.floats(0.0, 1.0))
def test_a_proof_of_any_prices_is_below_every_plan(seed, alpha, omega):
    """Cuts of the mean's optimum prove something of the measure that no plan undercuts."""
    risk = RiskMeasure(alpha, omega)
    problem = random_tree(seed)
    plan = highs.solve(problem)
    careful = dataclasses.replace(problem, risk=risk)
    bound = proved(careful, [cuts_of(problem, plan)])
    rng = np.random.default_rng(seed)
    orders = np.minimum(plan.master * rng.uniform(0.0, 1.0), problem.master.upper)
    others = [plan]
    with suppress(Infeasible):
        others.append(highs.solve_fixed(problem, orders))
    for each in others:
        assert bound <= value(careful, each) + 1e-6 * max(1.0, abs(bound))


def test_a_tail_thinner_than_a_branch_is_that_branch():
    problem = dataclasses.replace(star([0.4, 0.6]), risk=RiskMeasure(0.95, 0.3))
    assert tempered(problem).risk == RiskMeasure(0.6, 0.3)
    assert tempered(star([0.4, 0.6])).risk is None


def test_cuts_that_prove_nothing_prove_nothing_of_the_measure():
    problem = dataclasses.replace(star([0.4, 0.6]), risk=RiskMeasure(0.5, 0.5))
    nothing = tuple(Cut(-np.inf, np.zeros(len(b.start))) for b in problem.nodes)
    assert proved(problem, [nothing]) == -np.inf
    assert proved(problem, []) == -np.inf
