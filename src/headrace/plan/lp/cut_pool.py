"""Pools of cuts: the master over many proofs at once, and the single proof that its prices blend
them into.

Each node has several affine bounds cost_n(x) >= constant + slope . x. The master LP

    min  cost.m + sum_n theta_n      over the master's rows and box, with
         theta_n >= constant_nk + slope_nk . x_n(m)       for every cut k of node n

is solved by HiGHS, but its value is not believed: its cut prices are only weights. Any convex
combination of a node's cuts is a cut, so the blended proof goes through the closed-form completion
of `certificate.master_bound` like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csc_array, csr_array, hstack, vstack

from headrace.core.arrays import Floats
from headrace.core.errors import HeadraceError
from headrace.plan.lp.dual_bound import Cut, cut, implied_upper
from headrace.plan.lp.linear_program import Answer, LinearProgram, run
from headrace.plan.lp.problem import NodeSolution, Problem, Solution


def cut_rows(problem: Problem, pool: Sequence[Sequence[Cut]]) -> tuple[csr_array, Floats]:
    """Rows slope . map m - theta_n <= -(constant + slope . start) over columns (m, theta), pool by
    pool, node by node. Right-hand sides [kUSD].
    """
    nodes = len(problem.nodes)
    maps = csr_array(vstack([block.map for block in problem.nodes], format="csr"))
    ends = np.cumsum([block.map.shape[0] for block in problem.nodes])
    slopes = np.concatenate([each.slope for cuts in pool for each in cuts])
    ptr = np.concatenate([[0], *(ends + k * ends[-1] for k in range(len(pool)))])
    borders = csr_array(
        (slopes, np.tile(np.arange(ends[-1]), len(pool)), ptr), shape=(len(pool) * nodes, ends[-1])
    )
    theta = np.tile(np.arange(nodes), len(pool))
    above = csr_array(
        (np.full(len(theta), -1.0), theta, np.arange(len(theta) + 1)), shape=(len(theta), nodes)
    )
    at_start = borders @ np.concatenate([block.start for block in problem.nodes])
    rows = csr_array(hstack([borders @ maps, above], format="csr"))
    rows.eliminate_zeros()
    return rows, -(np.array([each.constant for cuts in pool for each in cuts]) + at_start)


def master_program(problem: Problem, pool: Sequence[Sequence[Cut]], integer: bool) -> LinearProgram:
    """The master over a pool; columns m (counted in units when integer) and theta."""
    master, nodes = problem.master, len(problem.nodes)
    rows, rhs = cut_rows(problem, pool)
    unit = np.where((master.unit > 0) & integer, np.where(master.unit > 0, master.unit, 1.0), 1.0)
    scale = np.concatenate([unit, np.ones(nodes)])
    own = csr_array(master.matrix)
    wide = csr_array((own.data, own.indices, own.indptr), shape=(own.shape[0], len(scale)))
    matrix = csr_array(vstack([wide, rows], format="csr"))
    matrix.data = matrix.data * scale[matrix.indices]
    upper = implied_upper(master) / unit
    whole = np.flatnonzero(master.unit > 0) if integer else np.zeros(0, dtype=np.int64)
    upper[whole] = np.floor(upper[whole] + 1e-9)
    return LinearProgram(
        matrix=csc_array(matrix),
        cost=np.concatenate([master.cost * unit, np.ones(nodes)]),
        lower=np.concatenate([np.zeros(len(unit)), np.full(nodes, -np.inf)]),
        upper=np.concatenate([upper, np.full(nodes, np.inf)]),
        row_lower=np.full(matrix.shape[0], -np.inf),
        row_upper=np.concatenate([master.rhs, rhs]),
        integer=whole,
    )


def blend(problem: Problem, pool: Sequence[Sequence[Cut]]) -> tuple[Cut, ...]:
    """One cut per node: the combination of the pool that the master LP finds best (the last one
    when it fails).
    """
    if len(pool) < 2 or not all(np.isfinite(each.constant) for cuts in pool for each in cuts):
        return tuple(pool[-1])
    try:
        answer = run(master_program(problem, pool, integer=False))
    except HeadraceError:
        return tuple(pool[-1])
    return combine(problem, pool, answer)


def blend_weights(problem: Problem, pool: Sequence[Sequence[Cut]], answer: Answer) -> Floats:
    """How much each proof of the pool counts in each node, by the cut prices of a master answer.
    Returns [1], shape (pool, node), each node's adding up to 1.
    """
    nodes = len(problem.nodes)
    prices = answer.prices[len(problem.master.rhs) :].reshape(len(pool), nodes)
    total = prices.sum(axis=0)
    last = np.eye(len(pool))[:, -1:]
    return np.asarray(np.where(total > 0, prices / np.where(total > 0, total, 1.0), last))


def combine(problem: Problem, pool: Sequence[Sequence[Cut]], answer: Answer) -> tuple[Cut, ...]:
    """Blend every node's cuts with the cut prices of a master answer."""
    blended = []
    for n, weight in enumerate(blend_weights(problem, pool, answer).T):
        constant = float(sum(w * cuts[n].constant for w, cuts in zip(weight, pool)))
        slope = np.sum([w * cuts[n].slope for w, cuts in zip(weight, pool)], axis=0)
        blended.append(Cut(constant, np.asarray(slope, dtype=np.float64)))
    return tuple(blended)


def blended_prices(
    problem: Problem, priced: Sequence[Sequence[NodeSolution]]
) -> tuple[NodeSolution, ...]:
    """One set of prices per node: the combination of several that proves most, by the weights that
    the master gives their cuts. It proves at least what the blended cuts do, for rents are convex
    in prices. Columns are those of the last; the last alone where the master finds no weights.
    """
    pool = [[cut(b, node) for b, node in zip(problem.nodes, nodes)] for nodes in priced]
    if len(pool) < 2 or not all(np.isfinite(each.constant) for cuts in pool for each in cuts):
        return tuple(priced[-1])
    try:
        answer = run(master_program(problem, pool, integer=False))
    except HeadraceError:
        return tuple(priced[-1])

    def mixed(n: int, weight: Floats) -> NodeSolution:
        sets = [(w, nodes[n]) for w, nodes in zip(weight, priced) if w > 0]
        windows = range(len(priced[-1][n].windows))
        return NodeSolution(
            columns=priced[-1][n].columns,
            rows=np.asarray(sum(w * each.rows for w, each in sets)),
            chains=np.asarray(sum(w * each.chains for w, each in sets)),
            windows=tuple(np.asarray(sum(w * s.windows[f] for w, s in sets)) for f in windows),
        )

    weights = blend_weights(problem, pool, answer)
    return tuple(mixed(n, weights[:, n]) for n in range(len(problem.nodes)))


def cuts_of(problem: Problem, solution: Solution) -> tuple[Cut, ...]:
    """The best proof that a solution carries: the one its solver kept, else the completion of its
    prices.
    """
    kept: tuple[Cut, ...] = tuple(getattr(solution, "cuts", ()))
    return kept or tuple(cut(block, node) for block, node in zip(problem.nodes, solution.nodes))


def completed(problem: Problem, nodes: Sequence[NodeSolution], threads: int = 1) -> tuple[Cut, ...]:
    """The completion of every node's prices, several nodes at once; numpy lets go of the
    interpreter within a year of hours.
    """
    with ThreadPoolExecutor(max(1, threads)) as pool:
        return tuple(pool.map(cut, problem.nodes, nodes))
