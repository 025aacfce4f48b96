"""A branch planned alone is the tree seen by somebody who knows which branch comes."""

import dataclasses

import numpy as np
import pytest
from scipy.sparse import csr_array
from tests.builders.trees import random_tree

from headrace.core.errors import InputError
from headrace.plan.analysis.wait_and_see import branch, path_from_root, refuse_joint_limits
from headrace.plan.lp import highs
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.risk_measure import leaves


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_is_worth_the_mean_of_its_branches(seed):
    """A plan of the tree, cut to each branch, is a plan of the branch; its costs there average to
    its cost.
    """
    problem = random_tree(seed)
    whole = highs.solve(problem)
    found = 0.0
    for leaf in leaves(problem).tolist():
        way = path_from_root(problem, leaf)
        orders = whole.master[np.isin(problem.master.node, way)]
        part = Solution(orders, tuple(whole.nodes[n] for n in way), 0.0, 0, "cut")
        point = evaluate(branch(problem, leaf), part)
        assert point.residuals.largest <= 1e-6
        found += problem.probability[leaf] * point.value
    assert found == pytest.approx(evaluate(problem, whole).value, rel=1e-9, abs=1e-9)


def test_a_branch_of_a_chain_is_the_chain():
    problem = random_tree(3)
    one = branch(problem, int(leaves(problem)[0]))
    again = branch(one, len(one.nodes) - 1)
    assert evaluate(again, highs.solve(again)).value == pytest.approx(
        evaluate(one, highs.solve(one)).value
    )


def test_a_limit_across_branches_is_refused():
    problem = random_tree(0)
    across = np.ones((1, len(problem.master.columns)))
    master = dataclasses.replace(
        problem.master, rows=("all together",), matrix=csr_array(across), rhs=np.ones(1)
    )
    with pytest.raises(InputError, match="all together"):
        branch(dataclasses.replace(problem, master=master), int(leaves(problem)[0]))


def test_a_path_begins_at_the_root_and_ends_at_its_node():
    problem = random_tree(3)
    for n in range(len(problem.nodes)):
        path = path_from_root(problem, n)
        assert path[0] == 0
        assert path[-1] == n
        assert [int(problem.parent[m]) for m in path[1:]] == path[:-1]


def test_a_row_on_one_path_joins_nothing():
    """Every budget of the tree lies on the way to one node; two siblings in one row do not."""
    problem = random_tree(3)
    refuse_joint_limits(problem, np.arange(len(problem.master.rows)))
    siblings = np.flatnonzero(problem.parent == 0)[:2]
    columns = [int(np.flatnonzero(problem.master.node == n)[0]) for n in siblings]
    row = np.zeros((1, len(problem.master.cost)))
    row[0, columns] = 1.0
    master = dataclasses.replace(
        problem.master, rows=("both",), matrix=csr_array(row), rhs=np.ones(1)
    )
    with pytest.raises(InputError, match="`both` joins branches"):
        refuse_joint_limits(dataclasses.replace(problem, master=master), np.array([0]))
