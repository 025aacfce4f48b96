"""What a node's hours pay as a column of the master, and money that fills what is missing.

A measuring window is the last family of a node, one window over all of its hours:

    sum_t sum_j v[j, t] z[j, t]  <=  start + theta          theta: a column of the master

It never stops an operation: theta rises to what the hours pay. Rows of the master that collect
theta (plan/model/liquidity.py) are kept by the columns that `Master.relief` names, which stand in
no hour: what is drawn, and at a dear price what is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csc_array, csr_array

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import Infeasible
from headrace.plan.lp.linear_program import LinearProgram, run
from headrace.plan.lp.problem import NodeBlock, Pattern, Problem, Values
from headrace.plan.lp.residuals import entries

AMPLE = 1e15
"""Room of a measuring window that no operation fills [kUSD]."""


def with_window(block: NodeBlock, name: str, amounts: Values, start: float, at: int) -> NodeBlock:
    """The node with a last window over all of its hours, and a last border behind it.

    amounts: of a unit of each column in an hour [unit of the window]. start: its limit where the
        master's column `at` is zero [unit of the window].
    """
    template = block.template
    paid = np.flatnonzero(amounts.scale)
    family, border = len(template.windows), len(template.borders)
    old = csr_array(block.map)
    data, indices = np.append(old.data, 1.0), np.append(old.indices, at)
    indptr = np.append(old.indptr, len(data))
    one = np.zeros((1, block.hours), dtype=np.int64)
    return replace(
        block,
        template=replace(
            template,
            windows=(*template.windows, name),
            borders=(*template.borders, f"{name} allowed"),
            window_entries=_joined(template.window_entries, np.full(len(paid), family), paid),
            window_border=_joined(template.window_border, np.array([family]), np.array([border])),
        ),
        window_entries=Values(
            np.append(block.window_entries.scale, amounts.scale[paid]),
            np.append(block.window_entries.profile, amounts.profile[paid]),
        ),
        window_of=np.vstack([block.window_of.reshape(family, block.hours), one]),
        window_rhs=(*block.window_rhs, np.zeros(1)),
        window_border=np.append(block.window_border, 1.0),
        start=np.append(block.start, start),
        map=csr_array((data, indices, indptr), shape=(border + 1, old.shape[1])),
    )


def _joined(pattern: Pattern, row: Ints, column: Ints) -> Pattern:
    """The pattern with more entries."""
    return Pattern(
        np.append(pattern.row, row).astype(np.int64),
        np.append(pattern.column, column).astype(np.int64),
    )


def weighed_profiles(
    block: NodeBlock, known: dict[int, tuple[Floats, Ints]]
) -> tuple[Floats, tuple[Ints, float]]:
    """Profiles with the hours' weights multiplied in where they differ; the number of each old
    profile there, and a factor. known: of profiles seen before, by their identity.
    """
    first, count = float(block.weights[0]), len(block.profiles)
    if np.all(block.weights == first):
        return block.profiles, (np.arange(count), first)
    key = id(block.profiles)
    if key not in known:
        both = np.vstack([block.profiles, block.profiles * block.weights])
        known[key] = both, count + np.arange(count)
    return known[key][0], (known[key][1], 1.0)


def ample(block: NodeBlock, x: Floats) -> Floats:
    """Capacities at which the measuring window stops nothing. x: [unit of the border]."""
    if block.template.measured:
        x = x.copy()
        x[-1] = AMPLE
    return x


def measured(problem: Problem, m: Floats, operated: Sequence[Floats]) -> Floats:
    """The master with its measuring columns at what these hours take. m: [unit of the order];
    operated: columns of each node [their units], shape (column, hour).
    """
    found = m.copy()
    for block, columns in zip(problem.nodes, operated):
        if block.template.measured:
            part = csr_array(block.map)[[len(block.start) - 1]]
            needed = max(0.0, use(block, columns) - float(block.start[-1]))
            found[part.indices] = needed * (1.0 + 1e-12) / part.data
    return found


def use(block: NodeBlock, columns: Floats) -> float:
    """What the hours of a node take of its measuring window. columns: [their units], shape (column,
    hour); returns [unit of the window].
    """
    last, total = len(block.template.windows) - 1, 0.0
    for e in entries(block.template.window_entries, block.window_entries, block.profiles):
        if e.row == last:
            total += float(np.sum(e.number * columns[e.column]))
    return total


def relieved_rows(problem: Problem) -> Ints:
    """Rows of the master that a relief column can keep."""
    relief = problem.master.relief
    if relief is None or not relief.any():
        return np.zeros(0, dtype=np.int64)
    part = csr_array(problem.master.matrix)[:, np.flatnonzero(relief)]
    return np.flatnonzero(abs(part).sum(axis=1) > 0)


def relieved(problem: Problem, m: Floats) -> Floats:
    """The master with its relief columns at the cheapest that keeps their rows, all else as it
    stands. m: [unit of the order].

    Raises Infeasible where they do not reach.
    """
    rows = relieved_rows(problem)
    if not len(rows):
        return m
    master = problem.master
    relief = master.relief
    assert relief is not None
    free = np.flatnonzero(relief)
    matrix = csr_array(master.matrix)[rows]
    rest = np.where(relief, 0.0, m)
    program = LinearProgram(
        matrix=csc_array(matrix[:, free]),
        cost=master.cost[free],
        lower=np.zeros(len(free)),
        upper=master.upper[free],
        row_lower=np.full(len(rows), -np.inf),
        row_upper=master.rhs[rows] - matrix @ rest,
        integer=np.zeros(0, dtype=np.int64),
    )
    names = tuple(master.rows[r] for r in rows[:8])
    clash = Infeasible(f"no money fills what {', '.join(names)} ask for", names)
    found = rest.copy()
    found[free] = np.clip(run(program, infeasible=clash).values, 0.0, master.upper[free])
    return found


def settled(problem: Problem, m: Floats, operated: Sequence[Floats]) -> Floats:
    """The master as these hours leave it: what they take is measured, and what is missing filled.
    m: [unit of the order].

    Raises Infeasible where nothing fills it.
    """
    return relieved(problem, measured(problem, m, operated))
