"""The branches that progressive hedging is given are those of the tree."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
from tests.builders.problems import random_problem

from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.highs import solve, solve_fixed

SCRIPTS = Path(__file__).parents[2] / "benchmarks"
TREE = next(
    tree
    for tree in map(random_problem, range(50))
    if len(set(range(len(tree.nodes))) - set(tree.parent.tolist())) > 1 and tree.risk is None
)
LEAVES = sorted(set(range(len(TREE.nodes))) - set(TREE.parent.tolist()))


@pytest.fixture(scope="module")
def hedging():
    """The module as it runs; what it sets in the environment is taken back."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            patch.setenv(name, "1")
        patch.syspath_prepend(str(SCRIPTS))
        yield importlib.import_module("hedging")


def path_to(leaf):
    path = [leaf]
    while TREE.parent[path[0]] >= 0:
        path.insert(0, int(TREE.parent[path[0]]))
    return path


def test_branches_cost_together_what_the_tree_costs(hedging):
    """At the tree's own orders, weighted by their odds; each at its best costs no more."""
    best = solve(TREE)
    whole = evaluate(TREE, best).value - TREE.constant
    together = alone = 0.0
    for leaf in LEAVES:
        one, odds = hedging.branch(TREE, path_to(leaf)), float(TREE.probability[leaf])
        together += odds * (evaluate(one, solve_fixed(one, best.master)).value - one.constant)
        alone += odds * (evaluate(one, solve(one)).value - one.constant)
    assert together == pytest.approx(whole, rel=1e-7, abs=1e-9)
    assert alone <= whole + 1e-7 * abs(whole)


def test_what_is_written_is_every_branch(hedging, tmp_path):
    hedging.written(TREE, tmp_path / "given.npz")
    found = np.load(tmp_path / "given.npz")
    assert found["leaves"].tolist() == LEAVES
    for leaf in LEAVES:
        assert found[f"{leaf}.path"].tolist() == path_to(leaf)
        others = ~np.isin(found["node"], path_to(leaf))
        assert (found[f"{leaf}.upper"][: len(others)][others] == 0).all()
