"""Certified bounds of an iterate: prices give the lower one, a repaired plan the upper one."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from headrace.core.errors import Infeasible
from headrace.plan.blocks import Floats, NodeSolution, Problem
from headrace.plan.certificate import Cut, cut, master_bound
from headrace.plan.cuts import blend
from headrace.plan.highs import FixedNode
from headrace.plan.interior.newton import Tree
from headrace.plan.interior.node import Node, solution_of
from headrace.plan.interior.repair import Roles, repair_node, repair_orders, roles
from headrace.plan.residuals import node_residuals, operating_cost

POOL = 6  # recent iterates whose cuts are blended into one proof
HOLDS = 1e-9  # a repaired point keeps every row to this part of the row's largest term


@dataclass
class Best:
    """The best bounds so far and the plan that gives the upper one. gross: the larger of gross revenue and gross cost."""

    lower: float = -np.inf
    upper: float = np.inf
    gross: float = 0.0
    master: Floats | None = None
    nodes: tuple[NodeSolution, ...] = ()
    cuts: tuple[Cut, ...] = ()
    pool: list[tuple[Cut, ...]] = field(default_factory=list)
    roles: list[Roles] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """(upper - lower) / max(|upper|, 1 % of gross revenue or cost)."""
        if not (np.isfinite(self.lower) and np.isfinite(self.upper)):
            return float("inf")
        return (self.upper - self.lower) / max(abs(self.upper), 0.01 * self.gross, 1e-12)


def certify(problem: Problem, tree: Tree, best: Best, *, exact: bool = False) -> None:
    """Improve `best` by what the current iterate proves. exact: nodes whose repair fails go to HiGHS at fixed orders."""
    prices = tree.each(lambda n, node: solution_of(node))
    cuts = tree.each(lambda n, node: cut(node.block, prices[n]))
    best.pool = [*best.pool[1 - POOL :], tuple(cuts)]
    for proof in (cuts, blend(problem, best.pool)):
        lower = master_bound(problem, proof)
        if lower > best.lower:
            best.lower, best.cuts = lower, tuple(proof)
    if not best.roles:
        best.roles = [roles(node) for node in tree.nodes]
    m = repair_orders(problem, tree.master.m.copy())
    if (problem.master.matrix @ m - problem.master.rhs > HOLDS * np.maximum(np.abs(problem.master.rhs), 1.0)).any():
        return
    parts = tree.each(lambda n, node: _repaired(node, best.roles[n], node.block.start + node.block.map @ m, exact))
    kept = [part for part in parts if part is not None]
    if len(kept) < len(parts):
        return
    paid = problem.master.cost * m
    upper = problem.constant + float(paid.sum()) + sum(cost for _, cost, _ in kept)
    if upper < best.upper:
        best.upper, best.master = upper, m
        best.nodes = tuple(NodeSolution(z, y.rows, y.chains, y.windows) for (z, _, _), y in zip(kept, prices))
        earned = sum(gain for _, _, gain in kept)
        best.gross = max(earned, float(np.abs(paid).sum()) + sum(cost + gain for _, cost, gain in kept))


def _repaired(node: Node, role: Roles, x: Floats, exact: bool) -> tuple[Floats, float, float] | None:
    """Full columns, cost and gross revenue of a node's repaired operation; None when it still breaks a limit."""
    block = node.block
    columns = np.zeros((len(block.template.columns), block.hours))
    columns[node.reduced.columns] = repair_node(node, role, x)
    if max(node_residuals(block, columns, x)) > HOLDS:
        raw = solution_of(node).columns
        if max(node_residuals(block, raw, x)) <= HOLDS:
            columns = raw
        elif not exact:
            return None
        else:
            try:
                columns = FixedNode(block).solve(x)[0].columns
            except Infeasible:
                return None
    cost = block.cost.hourly(block.profiles) * (block.weight * block.weights)
    return columns, operating_cost(block, columns), float(-(np.minimum(cost, 0.0) * columns).sum())
