"""One set of prices that proves a plan's bound by itself, as files can hold it.

A solver's bound rests on the cuts of several iterates; the blend of their prices proves as much
(docs/theory/dual-bound.md), and whoever has the prices and the problem's numbers can check it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats, single
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.lp.cut_pool import blended_prices
from headrace.plan.lp.dual_bound import (
    close_windows,
    cut,
    implied_upper,
    prices,
    reduced_costs,
)
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem, Solution
from headrace.plan.lp.risk_measure import reweighted, scaled, weights, worst_leaf_odds
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve.solve import CertifiedPlan

MOST_DOUBLE = 2_000_000
"""Hourly numbers up to which a plan is kept in double precision [1]."""
Precision = Callable[[Floats], Floats]


@dataclass(frozen=True)
class Proof:
    """Prices of a plan that prove a bound by themselves. nodes: a node's prices, its windows' so
    high that nothing without a bound can pay. orders: prices of the limits on orders, shape (row,).
    odds: of the branches where risk counts, shape (leaf,), else empty [1]. lower: what no plan
    costs less [kUSD].
    """

    nodes: tuple[NodeSolution, ...]
    orders: Floats
    odds: Floats
    lower: float


def proof_of(problem: Problem, solution: Solution) -> Proof:
    """The best proof by one set of prices that a solution carries, as the files will hold it."""
    risk = problem.risk
    priced = () if risk is not None else tuple(getattr(solution, "priced", ()))
    sets = [solution.nodes, *([blended_prices(problem, priced)] if priced else [])]
    found, kept = [], precision(problem)
    for nodes in sets:
        parts = zip(problem.nodes, nodes, solution.nodes)
        done = tuple(_completed(b, node, own.columns, kept) for b, node, own in parts)
        cuts = [cut(block, node) for block, node in zip(problem.nodes, done)]
        w, odds = np.ones(len(cuts)), np.zeros(0)
        if risk is not None and risk.omega > 0:
            odds = worst_leaf_odds(problem, [cuts], risk)
            w = weights(problem, odds, risk)
        worse = problem if risk is None else reweighted(problem, w)
        known = prices(worse, scaled(cuts, w), implied_upper(worse.master))
        if known is not None:
            found.append(Proof(done, known.rows, odds, known.value))
    nothing = Proof(solution.nodes, np.zeros(len(problem.master.rhs)), np.zeros(0), -np.inf)
    return max(found, key=lambda one: one.lower, default=nothing)


def _completed(
    block: NodeBlock, node: NodeSolution, columns: Floats, kept: Precision
) -> NodeSolution:
    """Prices as they will be stored, with those of windows completed for them, beside columns."""
    rows, chains = (kept(np.maximum(p, 0.0)).astype(float) for p in (node.rows, node.chains))
    windows, _ = close_windows(block, reduced_costs(block, rows, chains), node.windows)
    return NodeSolution(columns, rows, chains, tuple(windows))


def precision(problem: Problem) -> Precision:
    """How hours are kept: as they are in small plans, else in single precision."""
    numbers = sum(
        block.hours * (len(t.columns) + len(t.rows) + len(t.chains))
        for block, t in ((block, block.template) for block in problem.nodes)
    )
    return single if numbers > MOST_DOUBLE else np.asarray


def told_as_proved(problem: Problem, plan: CertifiedPlan, proof: Proof) -> CertifiedPlan:
    """The plan with no lower a bound than its stored prices prove to anybody; with whole orders
    branch and bound proves it, and prices do not.
    """
    if problem.master.unit.any() or not np.isfinite(proof.lower):
        return plan
    return replace(plan, high=max(plan.high, -MONEY * proof.lower))


def with_proof_of(solution: Solution, other: Solution) -> Solution:
    """A solution beside another one's proof of the same problem."""
    if not isinstance(solution, CertifiedSolution) or not isinstance(other, CertifiedSolution):
        return solution
    priced = other.priced or (other.nodes,)
    return replace(solution, cuts=other.cuts, pool=other.pool, priced=priced)
