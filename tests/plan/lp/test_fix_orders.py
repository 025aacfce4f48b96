"""Orders held as they are: the rest of the plan, and nodes alone."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.builders.problems import engine, random_problem

from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.fix_orders import alone, forbid_orders, held, nothing


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10**6))
def test_holding_some_orders_at_their_best_loses_nothing(seed, draw):
    """The best plan with any of its own orders held costs what it cost."""
    problem, rng = random_problem(seed), np.random.default_rng(draw)
    best = highs.solve(problem)
    columns = np.flatnonzero(rng.random(len(best.master)) < 0.5)
    rest = held(problem, columns, best.master[columns])
    again = highs.solve(rest)
    cost = evaluate(problem, best).value
    assert evaluate(rest, again).value == pytest.approx(cost, rel=1e-6, abs=1e-6)
    whole = best.master.copy()
    whole[np.setdiff1d(np.arange(len(whole)), columns)] = again.master
    for block, fixed in zip(problem.nodes, rest.nodes):
        assert block.start + block.map @ whole == pytest.approx(
            fixed.start + fixed.map @ again.master, abs=1e-9
        )


def test_held_orders_by_hand():
    """4 MW of the engine held at 3 each: 12 are spent at the root, 4 stand from the start, nothing
    is left to choose.
    """
    rest = held(engine(), np.array([0]), np.array([4.0]))
    assert rest.constant == 12.0
    assert rest.spent.tolist() == [12.0]
    assert rest.nodes[0].start.tolist() == [4.0]
    assert rest.master.columns == ()
    assert rest.nodes[0].map.shape == (1, 0)


@given(st.floats(0.0, 100.0))
def test_what_was_spent_before_stays_spent(first):
    """Holding nothing more changes neither the constant nor what was spent at which node."""
    once = held(engine(), np.array([0]), np.array([first]))
    none = held(once, np.zeros(0, dtype=np.int64), np.zeros(0))
    assert none.constant == pytest.approx(3.0 * first)
    assert none.spent.tolist() == once.spent.tolist()


def test_an_order_at_its_limit_leaves_exactly_no_room():
    """0.1 + 0.2 against a limit of 0.3 exceeds it by rounding; the rest of the row is 0,
    not less.
    """
    problem = random_problem(3)
    master = problem.master
    row = np.zeros((1, len(master.cost)))
    row[0, :2] = 1.0
    limited = dataclasses.replace(
        problem,
        master=dataclasses.replace(
            master, rows=("land",), matrix=csr_array(row), rhs=np.array([0.3])
        ),
    )
    rest = held(limited, np.array([0, 1]), np.array([0.1, 0.2]))
    assert rest.master.rhs.tolist() == [0.0]


def test_a_node_alone_has_no_orders():
    problem = alone(engine().nodes[0], np.array([7.0]))
    assert problem.master.columns == nothing().columns == ()
    assert problem.master.matrix.shape == (0, 0)
    assert problem.nodes[0].start.tolist() == [7.0]
    assert evaluate(problem, highs.solve(problem)).value == pytest.approx(2 * 7 * (1 - 5))


def test_a_forbidden_order_is_zero_and_the_others_keep_their_boxes():
    problem = random_problem(3)
    found = forbid_orders(problem, [1])
    assert found.master.upper[1] == 0.0
    kept = np.delete(np.arange(len(problem.master.cost)), 1)
    assert found.master.upper[kept].tolist() == problem.master.upper[kept].tolist()
    assert problem.master.upper[1] > 0.0
    assert highs.solve(found).master[1] == 0.0
