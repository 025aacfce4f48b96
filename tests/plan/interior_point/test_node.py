"""One node inside the iteration: what it can be used for again, and its values in the block's
words.
"""

import dataclasses

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.problems import engine, random_problem

from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.node import same_data, solution_of
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate, lower_bound


def test_nodes_serve_a_plan_that_differs_in_capacity_only():
    problem = random_problem(4, units=True)
    node, block = make_tree(problem, None).nodes[0], problem.nodes[0]
    assert same_data(
        node, dataclasses.replace(block, start=np.where(block.start > 0, 2.0 * block.start, 0.0))
    )
    assert not same_data(node, dataclasses.replace(block, weights=2.0 * block.weights))
    gone = dataclasses.replace(
        block, start=np.zeros(len(block.start)), map=type(block.map)(block.map.shape)
    )
    assert not same_data(node, gone)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 5000))
def test_prices_of_an_iterate_prove_a_bound(seed):
    """Any positive iterate, told in the block's words, completes to a cut below the optimum."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    tree = make_tree(problem, None)
    for node in tree.nodes:
        for values in node.state:
            values[:] = rng.uniform(0.1, 2.0, values.shape)
    told = [solution_of(node) for node in tree.nodes]
    best = evaluate(problem, highs.solve(problem)).value
    assert lower_bound(problem, told) <= best + 1e-6 * max(1.0, abs(best))
    for node, each in zip(tree.nodes, told):
        assert each.columns.shape == (len(node.block.template.columns), node.block.hours)
        assert (each.rows >= 0).all()


def test_what_presolve_removed_is_zero():
    problem = engine(most=0.0)
    (node,) = make_tree(problem, None).nodes
    assert not solution_of(node).columns.any()


def test_pairs_are_counted():
    """Two columns, of which both are bounded, and one row, in two hours: 2 * (2 + 2 + 1)."""
    (node,) = make_tree(engine(), None).nodes
    assert node.products == 10
