"""Small plans answered at once: HiGHS on the extensive form, with CVaR as rows of it and whole
orders by branch and bound.

    min  (1 - omega) sum_n C_n  +  omega (eta + sum_l p_l u_l / (1 - alpha))
    leaf l    sum_{n on its path} C_n / p_n  -  eta  <=  u_l        u_l >= 0

C_n is the cost of node n with its orders. The prices of the leaf rows are the odds of the tail; an
hourly price of node n counts w_n times (plan/lp/risk_measure.py), and is told in the node's own
dollars. A node that the tail leaves without weight may be operated anyhow in this program; it is
operated at its best, which costs no branch anything.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, hstack, vstack

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible
from headrace.plan.lp import highs, linear_program
from headrace.plan.lp.dual_bound import cut
from headrace.plan.lp.extensive_form import Extensive, extensive
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.infeasibility import explain
from headrace.plan.lp.linear_program import LinearProgram
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem, RiskMeasure, Solution
from headrace.plan.lp.risk_measure import (
    LEAST,
    leaves,
    master_odds,
    outside,
    paths,
    proved,
    spent,
    weights,
)


@dataclass(frozen=True)
class Exact:
    """A solution, and what no plan of the problem costs less by its own measure."""

    solution: Solution
    lower: float


def exact(problem: Problem, *, gap: float = 1e-6, threads: int = 1) -> Exact:
    """The best plan by the problem's measure, whole orders whole. gap: at which branch and bound
    may end.

    Without whole orders the bound is completed from the prices, with them it is branch and bound's.
    Raises Infeasible with what clashes. gap: relative [1].
    """
    began = time.perf_counter()
    form, whole = extensive(problem), np.flatnonzero(problem.master.unit > 0)
    program = highs.program_of(form, whole)
    if problem.risk is not None:
        program = with_risk(problem, form, program, problem.risk)
    try:
        answer = linear_program.run(
            program,
            threads=threads,
            names=problem.master.columns,
            mip_gap=gap if len(whole) else None,
        )
    except Infeasible:
        raise explain(problem, form) from None
    bound = answer.bound + (
        problem.constant if problem.risk is None else outside(problem, problem.risk)
    )
    if len(whole):
        answer = linear_program.priced(program, answer, threads)
    solution = highs.split(problem, form, answer, time.perf_counter() - began)
    if answer.solver in ("hipo", "ipx"):
        solution = operated(problem, solution)
    if problem.risk is not None:
        w = np.ones(len(problem.nodes))
        if problem.risk.omega > 0:
            w = weights(problem, master_odds(problem, answer, problem.risk), problem.risk)
        parts = zip(problem.nodes, solution.nodes, w)
        nodes = tuple(own(block, node, solution.master, each) for block, node, each in parts)
        solution = dataclasses.replace(solution, nodes=nodes)
    if len(whole):
        return Exact(solution, bound)
    return Exact(
        solution,
        proved(problem, [[cut(block, node) for block, node in zip(problem.nodes, solution.nodes)]]),
    )


def operated(problem: Problem, solution: Solution) -> Solution:
    """The same orders and prices, with every node operated once more. An interior point without
    crossover keeps its rows to about 1e-6 of their largest term; the books of a plan want more.
    """
    return dataclasses.replace(
        solution,
        nodes=tuple(
            _once_more(block, node, block.start + block.map @ solution.master)
            for block, node in zip(problem.nodes, solution.nodes)
        ),
    )


def _once_more(block: NodeBlock, node: NodeSolution, x: Floats) -> NodeSolution:
    """A node operated again at capacities x [unit of the border]; as it was where the orders keep
    a limit (a meter, net metering) only to the interior point's own tolerance, and an operation
    that keeps it to a finer one is none.
    """
    try:
        return dataclasses.replace(node, columns=FixedNode(block).solve(x)[0].columns)
    except Infeasible:
        return node


def with_risk(
    problem: Problem, form: Extensive, plain: LinearProgram, risk: RiskMeasure
) -> LinearProgram:
    """The program with eta, u and one row per leaf at the ends."""
    ends, width = leaves(problem), plain.matrix.shape[1]
    count = len(ends)
    each = csr_array(
        coo_array(
            (plain.cost, (nodes_of_columns(problem, form), np.arange(width))),
            shape=(len(problem.nodes), width),
        )
    )
    per = paths(problem).multiply(1.0 / problem.probability[None, :]).tocsr()
    minus, short = csr_array(-np.ones((count, 1))), csr_array(-np.eye(count))
    top = hstack(
        [csr_array(plain.matrix), csr_array((plain.matrix.shape[0], 1 + count))], format="csr"
    )
    low = hstack([csr_array(per @ each), minus, short], format="csr")
    tail = risk.omega * problem.probability[ends] / (1.0 - risk.alpha)
    return dataclasses.replace(
        plain,
        matrix=csc_array(vstack([top, low], format="csc")),
        cost=np.concatenate([(1.0 - risk.omega) * plain.cost, [risk.omega], tail]),
        lower=np.concatenate([plain.lower, [-np.inf], np.zeros(count)]),
        upper=np.concatenate([plain.upper, np.full(1 + count, np.inf)]),
        row_lower=np.concatenate([plain.row_lower, np.full(count, -np.inf)]),
        row_upper=np.concatenate([plain.row_upper, -np.asarray(per @ spent(problem))]),
    )


def nodes_of_columns(problem: Problem, form: Extensive) -> Floats:
    """Tree node of every column of the extensive form (its border columns cost nothing and count at
    the root). Returns numbers of nodes [1].
    """
    borders = sum(len(block.template.borders) for block in problem.nodes)
    hourly = [np.full(node.hourly.shape[1], n) for n, node in enumerate(form.nodes)]
    return np.concatenate([problem.master.node, np.zeros(borders, dtype=np.int64), *hourly])


def own(block: NodeBlock, node: NodeSolution, master: Floats, weight: float) -> NodeSolution:
    """A node's solution with prices of its own from prices that count `weight` times. master: [unit
    of the order]; weight: [1].
    """
    if weight < LEAST:
        return FixedNode(block).solve(block.start + block.map @ master)[0]
    windows = tuple(price / weight for price in node.windows)
    return NodeSolution(node.columns, node.rows / weight, node.chains / weight, windows)
