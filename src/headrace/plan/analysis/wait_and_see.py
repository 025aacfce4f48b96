"""Wait and see: the plan of somebody who knows which branch comes.

    branch(problem, leaf)    the nodes on the way to one leaf, certain: wait and see plans it alone

A branch is a `lp.problem.Problem` like any other, so every solver and every bound holds for it
unchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Ints
from headrace.core.errors import InputError
from headrace.plan.lp.problem import Master, Problem


def path_from_root(problem: Problem, node: int) -> list[int]:
    """Nodes from the root down to `node`."""
    path = [node]
    while problem.parent[path[-1]] >= 0:
        path.append(int(problem.parent[path[-1]]))
    return path[::-1]


def branch(problem: Problem, leaf: int) -> Problem:
    """The way to one leaf as a plan of its own: each node counts as if it were certain.

    Master columns and rows keep their order. Raises InputError where a limit on orders joins two
    branches: only one of them will be, so nothing can be said of one alone.
    """
    path = path_from_root(problem, leaf)
    kept = np.flatnonzero(np.isin(problem.master.node, path))
    nodes = tuple(
        replace(
            block,
            weight=float(block.weight / probability),
            map=csr_array(csr_array(block.map)[:, kept]),
        )
        for block, probability in ((problem.nodes[n], problem.probability[n]) for n in path)
    )
    master = _branch_master(problem, path, kept)
    parent = np.arange(-1, len(path) - 1, dtype=np.int64)
    return Problem(master, nodes, parent, np.ones(len(path)), problem.constant)


def _branch_master(problem: Problem, path: Sequence[int], kept: Ints) -> Master:
    master = problem.master
    matrix = csr_array(master.matrix)
    entries = matrix.tocoo()
    on_path = np.isin(master.node[entries.col], path)
    outside = np.zeros(len(master.rows), dtype=bool)
    outside[entries.row[~on_path & (entries.data != 0)]] = True
    inside = np.zeros(len(master.rows), dtype=bool)
    inside[entries.row[on_path & (entries.data != 0)]] = True
    refuse_joint_limits(problem, np.flatnonzero(outside & inside))
    rows = np.flatnonzero(~outside)
    position = {n: i for i, n in enumerate(path)}
    return Master(
        columns=tuple(master.columns[i] for i in kept),
        node=np.array([position[int(n)] for n in master.node[kept]], dtype=np.int64),
        cost=master.cost[kept] / problem.probability[master.node[kept]],
        upper=master.upper[kept],
        unit=master.unit[kept],
        rows=tuple(master.rows[r] for r in rows),
        matrix=csr_array(matrix[rows][:, kept]),
        rhs=master.rhs[rows],
        relief=None if master.relief is None else master.relief[kept],
    )


def refuse_joint_limits(problem: Problem, rows: Ints) -> None:
    """Raise InputError for a row of the master whose columns do not all lie on one way from the
    root.
    """
    for r in rows:
        nodes = np.unique(problem.master.node[csr_array(problem.master.matrix)[[int(r)]].indices])
        deepest = max(nodes, key=lambda n: len(path_from_root(problem, int(n))))
        if not set(nodes) <= set(path_from_root(problem, int(deepest))):
            name = problem.master.rows[int(r)]
            raise InputError(
                f"the limit `{name}` joins branches of the tree, so no branch can be planned alone"
            )
