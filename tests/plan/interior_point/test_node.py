"""One node inside the iteration: what it can be used for again, and its values in the block's words."""

import dataclasses

import numpy as np
from tests.builders.problems import random_problem

from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.node import same_data


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
