"""A plan's orders held as they are and its operation found anew on other hours: what the plan is
really worth.

With the orders fixed, tree nodes have nothing in common: each is a small plan of its own without
orders. Its prices bound the whole tree from above (`certificate`), its operation values the orders
from below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats, Ints
from headrace.plan.lp.problem import Master, NodeBlock, Problem

ROUNDING = 1e-9
"""Share of a limit on orders that held orders may exceed by."""


def alone(block: NodeBlock, x: Floats) -> Problem:
    """One node with its borders held at x, as a plan without orders. x: capacities [unit of the
    border].
    """
    held = replace(block, start=np.asarray(x, dtype=np.float64), map=csr_array((len(x), 0)))
    return Problem(nothing(), (held,), np.array([-1]), np.ones(1))


def held(problem: Problem, columns: Ints, values: Floats) -> Problem:
    """The same plan with some orders held at `values`; they leave the master, and what they stand
    for stands from the start.

    columns: numbers of master columns, shape (held,). The other columns keep their order. Their
        cost moves to `constant`, and by node to `spent`.
    values: [unit of the order].
    """
    master = problem.master
    left = np.setdiff1d(np.arange(len(master.columns)), columns)
    x = np.zeros(len(master.columns))
    x[columns] = values
    matrix = csr_array(master.matrix)
    used, full = matrix @ x, abs(matrix) @ x + np.abs(master.rhs)
    # An order at its limit leaves the row no room; rounding of that order must not make the row
    # infeasible.
    rhs = np.where(np.abs(master.rhs - used) <= ROUNDING * full, 0.0, master.rhs - used)
    rest = Master(
        columns=tuple(master.columns[i] for i in left),
        node=master.node[left],
        cost=master.cost[left],
        upper=master.upper[left],
        unit=master.unit[left],
        rows=master.rows,
        matrix=csr_array(matrix[:, left]),
        rhs=rhs,
        relief=None if master.relief is None else master.relief[left],
    )
    nodes = tuple(
        replace(b, start=b.start + b.map @ x, map=csr_array(csr_array(b.map)[:, left]))
        for b in problem.nodes
    )
    spent = np.zeros(len(problem.nodes)) if problem.spent is None else problem.spent.copy()
    np.add.at(spent, master.node, master.cost * x)
    return replace(
        problem,
        master=rest,
        nodes=nodes,
        constant=problem.constant + float(master.cost @ x),
        spent=spent,
    )


def forbid_orders(problem: Problem, columns: Sequence[int] | Ints) -> Problem:
    """The same problem in which these orders (numbers of master columns) can only be zero."""
    upper = problem.master.upper.copy()
    upper[list(columns)] = 0.0
    return replace(problem, master=replace(problem.master, upper=upper))


def nothing() -> Master:
    """A master without columns or rows."""
    empty = np.zeros(0)
    return Master((), np.zeros(0, np.int64), empty, empty, empty, (), csr_array((0, 0)), empty)
