"""Risk: (1 - omega) E[cost] + omega CVaR_alpha[cost] over the leaves of the tree, and what a pool
of cuts proves of it.

The cost of a leaf is that of the nodes on its path, each divided by its probability. CVaR_alpha is
the mean of the worst 1 - alpha (PyPSA's alpha and omega). By duality the risk-averse plan is the
best plan for worse odds: weights

    w_n = (1 - omega) + omega * pi_n / p_n

    pi a distribution over leaves with pi_l <= p_l / (1 - alpha)     (Rockafellar, Uryasev 2000)

A master LP over the pool finds the odds pi; the blend of the cuts, reweighted by them, proves a
lower bound. Plans are found by `plan/solve/cvar.py` and, where they are small, by
`plan/solve/small.py`. `value`, `proved` and `outlook` ask a problem for its own measure, the mean
where it has no risk.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, vstack

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError
from headrace.plan.lp.cut_pool import blend, cuts_of, master_program
from headrace.plan.lp.dual_bound import Cut, Prices, master_bound, prices
from headrace.plan.lp.extensive_form import counted
from headrace.plan.lp.linear_program import Answer, LinearProgram, run
from headrace.plan.lp.problem import Problem, RiskMeasure, Solution
from headrace.plan.lp.residuals import operating_cost

LEAST = 1e-3
"""Weight of a node below which its prices are not read as prices, nor its operation as the best
one.
"""


@dataclass(frozen=True)
class Outlook:
    """What a plan costs on its branches, in the plan's money: the mean, CVaR_alpha and the worst
    branch.
    """

    mean: float
    cvar: float
    worst: float


def leaves(problem: Problem) -> Ints:
    """Nodes without children."""
    return np.setdiff1d(np.arange(len(problem.nodes)), problem.parent)


def paths(problem: Problem) -> csr_array:
    """Leaf by node: 1 where the node lies on the leaf's path."""
    ends = leaves(problem)
    row, column = [], []
    for i, leaf in enumerate(ends):
        n = int(leaf)
        while n >= 0:
            row.append(i)
            column.append(n)
            n = int(problem.parent[n])
    return csr_array(
        coo_array((np.ones(len(row)), (row, column)), shape=(len(ends), len(problem.nodes)))
    )


def owner(problem: Problem) -> csr_array:
    """Cost of every order at its node, shape (node, order)."""
    master = problem.master
    at = (master.node, np.arange(len(master.cost)))
    return csr_array(coo_array((master.cost, at), shape=(len(problem.nodes), len(master.cost))))


def node_costs(problem: Problem, plan: Solution) -> Floats:
    """Cost of every node with its orders, in the plan's (probability-weighted) USD. Returns [kUSD],
    shape (node,).
    """
    costs = [operating_cost(block, node.columns) for block, node in zip(problem.nodes, plan.nodes)]
    return np.asarray(np.array(costs) + owner(problem) @ plan.master)


def spent(problem: Problem) -> Floats:
    """What was spent at every node on orders held outside the master [kUSD]; part of `constant`."""
    return np.zeros(len(problem.nodes)) if problem.spent is None else problem.spent


def branch_costs(problem: Problem, costs: Floats) -> Floats:
    """Cost of every leaf's branch at given costs of the nodes, everything held and constant
    included. costs: [kUSD], shape (node,); returns [kUSD], shape (leaf,).
    """
    held = spent(problem)
    return np.asarray(
        paths(problem) @ ((costs + held) / problem.probability) + (problem.constant - held.sum())
    )


def risk_of(problem: Problem, costs: Floats, risk: RiskMeasure) -> tuple[float, Floats]:
    """The objective at given node costs, and the odds of the leaves that make it up. costs: [kUSD],
    shape (node,); the objective in [kUSD], odds [1].
    """
    value = branch_costs(problem, costs)
    tail = worst_odds(value, problem.probability[leaves(problem)], risk.alpha)
    mean = float(costs.sum()) + problem.constant
    return (1.0 - risk.omega) * mean + risk.omega * float(tail @ value), tail


def outlook(problem: Problem, plan: Solution, alpha: float) -> Outlook:
    """Mean, CVaR_alpha and worst branch of a plan [cost]."""
    costs = node_costs(problem, plan)
    value = branch_costs(problem, costs)
    tail = worst_odds(value, problem.probability[leaves(problem)], alpha)
    return Outlook(float(costs.sum()) + problem.constant, float(tail @ value), float(value.max()))


def value(problem: Problem, plan: Solution) -> float:
    """What a plan costs by the problem's own measure. Returns [kUSD]."""
    costs = node_costs(problem, plan)
    return (
        float(costs.sum()) + problem.constant
        if problem.risk is None
        else risk_of(problem, costs, problem.risk)[0]
    )


def proved(problem: Problem, pool: Sequence[Sequence[Cut]]) -> float:
    """What no plan of the problem costs less by its own measure, by proofs found for any orders of
    these nodes. Returns [kUSD], -inf where the cuts prove nothing.
    """
    if not pool or not all(np.isfinite(each.constant) for cuts in pool for each in cuts):
        return -np.inf
    return (
        master_bound(problem, blend(problem, pool))
        if problem.risk is None
        else proof(problem, pool, problem.risk)
    )


def prices_of(problem: Problem, solution: Solution) -> Prices | None:
    """What one more unit of a limit, of a box, or of what stands already is worth by the measure,
    from the plan's own proof.
    """
    cuts, upper = cuts_of(problem, solution), problem.master.upper
    if problem.risk is None:
        return prices(problem, cuts, upper)
    w = worst_weights(problem, [cuts], problem.risk)
    return prices(reweighted(problem, w), scaled(cuts, w), upper)


def tempered(problem: Problem) -> Problem:
    """The same measure with a tail no thinner than the least likely branch, below which CVaR is the
    worst branch anyway.
    """
    if problem.risk is None:
        return problem
    most = 1.0 - float(problem.probability[leaves(problem)].min())
    return dataclasses.replace(
        problem, risk=RiskMeasure(min(problem.risk.alpha, most), problem.risk.omega)
    )


def worst_odds(value: Floats, odds: Floats, alpha: float) -> Floats:
    """The distribution within odds / (1 - alpha) under which the mean of `value` is largest. value:
    [kUSD], odds and alpha: [1]; returns [1], shape (leaf,).
    """
    left, tail = 1.0, np.zeros(len(value))
    for i in np.argsort(-value):
        tail[i] = min(left, odds[i] / max(1.0 - alpha, 1e-12))
        left -= tail[i]
    return tail


def weights(problem: Problem, tail: Floats, risk: RiskMeasure) -> Floats:
    """w_n of every node for given odds of the leaves. tail: odds of the leaves [1]; returns [1],
    shape (node,).
    """
    below = paths(problem).T @ tail
    return np.asarray((1.0 - risk.omega) + risk.omega * below / problem.probability)


def reweighted(problem: Problem, w: Floats) -> Problem:
    """The mean of the same plan where node n counts w_n times as much. w: [1], shape (node,)."""
    nodes = tuple(
        dataclasses.replace(block, weight=float(block.weight * each))
        for block, each in zip(problem.nodes, w)
    )
    master = dataclasses.replace(problem.master, cost=problem.master.cost * w[problem.master.node])
    held = spent(problem)
    constant = problem.constant + float(held @ (w - 1.0))
    return dataclasses.replace(
        problem, nodes=nodes, master=master, constant=constant, risk=None, spent=held * w
    )


def scaled(cuts: Sequence[Cut], w: Floats) -> tuple[Cut, ...]:
    """Cuts of a problem whose nodes count w times as much. w: [1], shape (node,)."""
    return tuple(Cut(each.constant * s, each.slope * s) for each, s in zip(cuts, w))


def proof(problem: Problem, pool: Sequence[Sequence[Cut]], risk: RiskMeasure) -> float:
    """Bound of the risk measure: any admissible odds bound it from below, and cuts bound the plan
    for these odds. Returns [kUSD].
    """
    w = worst_weights(problem, pool, risk)
    worse = reweighted(problem, w)
    return master_bound(worse, blend(worse, [scaled(cuts, w) for cuts in pool]))


def worst_weights(problem: Problem, pool: Sequence[Sequence[Cut]], risk: RiskMeasure) -> Floats:
    """w_n under the worst odds that the pool knows of; 1 everywhere where it proves nothing.
    Returns [1], shape (node,).
    """
    try:
        return weights(problem, worst_leaf_odds(problem, pool, risk), risk)
    except InputError:  # cuts without an end: the mean is as good a guess as any
        return np.ones(len(problem.nodes))


def worst_leaf_odds(problem: Problem, pool: Sequence[Sequence[Cut]], risk: RiskMeasure) -> Floats:
    """Odds of the leaves that make the pool's bound largest. Returns [1], shape (leaf,).

    Raises InputError where the cuts let the cost fall without end.
    """
    return master_odds(problem, run(risk_program(problem, pool, risk)), risk)


def master_odds(problem: Problem, answer: Answer, risk: RiskMeasure) -> Floats:
    """Odds of the leaves at the risk-averse optimum over the pool (the prices of the rows u_l >=
    C_l - eta). Returns [1], shape (leaf,).
    """
    ends = leaves(problem)
    most = problem.probability[ends] / max(1.0 - risk.alpha, 1e-12)
    tail = np.minimum(answer.prices[-len(ends) :] / max(risk.omega, 1e-12), most)
    room = most - tail
    short = 1.0 - tail.sum()
    return np.asarray(
        tail + room * (short / room.sum()) if short > 0 and room.sum() > 0 else tail / tail.sum()
    )


def risk_program(
    problem: Problem, pool: Sequence[Sequence[Cut]], risk: RiskMeasure, *, integer: bool = False
) -> LinearProgram:
    """Columns m, theta, eta, u; the pool's master with (1 - omega) of its cost, plus omega CVaR of
    the leaves.

    integer: m counted in units and whole, as `master_program` does it.
    """
    base = master_program(problem, pool, integer=integer)
    ends, on = leaves(problem), paths(problem)
    width, count, orders = base.matrix.shape[1], len(ends), len(problem.master.cost)
    per = 1.0 / problem.probability
    spread = csr_array(coo_array((per, (np.arange(len(per)),) * 2), shape=(len(per),) * 2))
    unit = counted(problem.master) if integer else np.ones(orders)
    left = csr_array((on @ spread @ owner(problem)).multiply(unit[None, :])).tocoo()
    right = csr_array(on @ spread).tocoo()
    at = np.arange(count)
    row = np.concatenate([left.row, right.row, at, at])
    column = np.concatenate([left.col, right.col + orders, np.full(count, width), width + 1 + at])
    value = np.concatenate([left.data, right.data, -np.ones(2 * count)])
    wide = width + 1 + count
    old = csr_array(base.matrix)
    top = csr_array((old.data, old.indices, old.indptr), shape=(old.shape[0], wide))
    matrix = vstack(
        [top, csr_array(coo_array((value, (row, column)), shape=(count, wide)))], format="csr"
    )
    tail = risk.omega * problem.probability[ends] / max(1.0 - risk.alpha, 1e-12)
    rows = matrix.shape[0]
    return LinearProgram(
        matrix=csc_array(matrix),
        cost=np.concatenate([(1.0 - risk.omega) * base.cost, [risk.omega], tail]),
        lower=np.concatenate([base.lower, [-np.inf], np.zeros(count)]),
        upper=np.concatenate([base.upper, np.full(1 + count, np.inf)]),
        row_lower=np.full(rows, -np.inf),
        row_upper=np.concatenate([base.row_upper, -np.asarray(on @ (per * spent(problem)))]),
        integer=base.integer,
    )


def outside(problem: Problem, risk: RiskMeasure) -> float:
    """What the measure counts beside the value of `risk_program` or of its like over hours:
    constants, held orders once. Returns [kUSD].
    """
    return problem.constant - risk.omega * float(spent(problem).sum())
