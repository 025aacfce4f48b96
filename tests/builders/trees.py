"""Random scenario trees whose branches are alike: the same hours and columns, other numbers; for
laws about knowing.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.sparse import csr_array
from tests.builders.problems import random_problem

from headrace.plan.lp.problem import Master, Problem, Values

PARENTS = ([-1, 0, 0], [-1, 0, 0, 0], [-1, 0, 0, 1, 1, 2, 2])


def shaken(rng, values):
    """The same places, other numbers of the same sign; unlimited stays unlimited."""
    return Values(values.scale * rng.uniform(0.7, 1.4, len(values.scale)), values.profile)


def random_tree(seed):
    """A tree of two or three stages on the hours of `random_problem(seed)`; every node orders, each
    line has a budget.
    """
    rng = np.random.default_rng(seed)
    like = random_problem(seed).nodes[0]
    parent = np.array(PARENTS[rng.integers(len(PARENTS))], dtype=np.int64)
    count, per = len(parent), 2
    probability = np.ones(count)
    for p in set(parent[parent >= 0].tolist()):
        children = np.flatnonzero(parent == p)
        probability[children] = probability[p] * rng.dirichlet(np.ones(len(children)) * 3)
    blocks, rows = [], []
    for n in range(count):
        line = [n]
        while parent[line[-1]] >= 0:
            line.append(int(parent[line[-1]]))
        reach = np.zeros(count * per)
        for m in line:
            reach[m * per : (m + 1) * per] = 1.0
        rows.append(reach * rng.uniform(0.5, 1.0, count * per))
        blocks.append(
            dataclasses.replace(
                like,
                name=f"n{n}",
                weight=float(probability[n] * (0.9 if parent[n] >= 0 else 1.0)),
                cost=shaken(rng, like.cost),
                upper=shaken(rng, like.upper),
                row_rhs=shaken(rng, like.row_rhs),
                window_rhs=tuple(rhs * rng.uniform(0.7, 1.4) for rhs in like.window_rhs),
                map=csr_array(rng.uniform(0.3, 1.5, (len(like.start), count * per)) * reach),
            )
        )
    node = np.repeat(np.arange(count, dtype=np.int64), per)
    master = Master(
        columns=tuple(f"m{i}" for i in range(count * per)),
        node=node,
        cost=probability[node] * rng.uniform(0.1, 2.0, count * per),
        upper=rng.uniform(1.0, 4.0, count * per),
        unit=np.zeros(count * per),
        rows=tuple(f"budget {n}" for n in range(count)),
        matrix=csr_array(np.array(rows)),
        rhs=rng.uniform(1.0, 5.0, count),
    )
    return Problem(master, tuple(blocks), parent, probability, constant=float(rng.uniform(-5, 5)))
