"""Pools of cuts: valid below every plan, and no weaker for more of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.lp import highs, linear_program
from headrace.plan.lp.cut_pool import blend, combine, cut_rows, cuts_of, master_program
from headrace.plan.lp.dual_bound import Cut, cut, evaluate, master_bound
from headrace.plan.lp.linear_program import Answer


def pool_of(problem, seed, count=3):
    """Cuts of the optimum's prices, disturbed ever less."""
    rng = np.random.default_rng(seed)
    best = highs.solve(problem)
    pools = []
    for noise in np.linspace(1.0, 0.0, count):
        nodes = []
        for node in best.nodes:
            parts = {
                name: getattr(node, name) * rng.uniform(1 - noise / 2, 1 + noise)
                for name in ("rows", "chains")
            }
            nodes.append(type(node)(node.columns, windows=node.windows, **parts))
        pools.append(tuple(cut(b, n) for b, n in zip(problem.nodes, nodes)))
    return best, pools


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_a_blend_is_a_bound_and_no_worse_than_the_last_cuts(seed):
    problem = random_problem(seed)
    best, pools = pool_of(problem, seed)
    value = evaluate(problem, best).value
    size = max(1.0, abs(value))
    blended = master_bound(problem, blend(problem, pools))
    assert blended <= value + 1e-6 * size
    assert blended >= max(master_bound(problem, cuts) for cuts in pools) - 1e-5 * size


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000))
def test_the_master_program_is_below_the_plan_and_grows_with_the_pool(seed):
    problem = random_problem(seed, units=True)
    best, pools = pool_of(problem, seed)
    value = evaluate(problem, best).value
    size = max(1.0, abs(value))
    told = [
        linear_program.run(master_program(problem, pools[:k], integer=False)).value
        + problem.constant
        for k in (1, 2, 3)
    ]
    whole = (
        linear_program.run(master_program(problem, pools, integer=True)).bound + problem.constant
    )
    assert told[0] <= told[1] + 1e-6 * size <= told[2] + 2e-6 * size
    assert told[2] <= whole + 1e-6 * size
    assert whole <= value + 1e-5 * size


def test_rows_of_cuts_by_hand():
    """cost >= 7 - 2 x with x = m: the row is -2 m - theta <= -7; with 3 standing -2 m - theta <=
    -1.
    """
    for start, rhs in ((0.0, -7.0), (3.0, -1.0)):
        problem = engine(start=start)
        rows, right = cut_rows(problem, [(Cut(7.0, np.array([-2.0])),)])
        assert rows.toarray().tolist() == [[-2.0, -1.0]]
        assert right.tolist() == [rhs]


def test_blending_by_hand():
    """Prices 1 and 3 on the cuts 4 - x and 8 - 5 x: a quarter of one and three quarters of the
    other, 7 - 4 x; without any price the last one.
    """
    problem = engine()
    pools = [(Cut(4.0, np.array([-1.0])),), (Cut(8.0, np.array([-5.0])),)]
    for prices, constant, slope in (((1.0, 3.0), 7.0, -4.0), ((0.0, 0.0), 8.0, -5.0)):
        answer = Answer(np.zeros(2), np.array(prices), 0.0, 0.0, 0, "")
        (found,) = combine(problem, pools, answer)
        assert found.constant == pytest.approx(constant)
        assert found.slope == pytest.approx([slope])


def test_proofs_of_nothing_are_not_blended():
    problem = engine()
    pools = [(Cut(-np.inf, np.zeros(1)),), (Cut(1.0, np.zeros(1)),)]
    assert blend(problem, pools) == pools[-1]


def test_a_solution_with_cuts_keeps_them_and_one_without_completes_its_prices():
    problem = engine()
    found = highs.solve(problem)
    (completed,) = cuts_of(problem, found)
    assert completed.at(np.array([10.0])) == pytest.approx(-80.0)
