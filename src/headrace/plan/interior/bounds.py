"""Certified bounds of an iterate: prices give the lower one, a repaired plan the upper one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from headrace.core.errors import Infeasible
from headrace.plan.blocks import Floats, NodeBlock, NodeSolution
from headrace.plan.certificate import Cut
from headrace.plan.highs import FixedNode
from headrace.plan.interior.measure import Measure
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


def certify(measure: Measure, tree: Tree, best: Best, *, exact: bool = False) -> None:
    """Improve `best` by what the current iterate proves. exact: nodes whose repair fails go to HiGHS at fixed orders."""
    problem = measure.problem
    prices = tree.each(lambda n, node: solution_of(node))
    best.pool = [*best.pool[1 - POOL :], tuple(tree.each(lambda n, node: measure.cut(n, prices[n])))]
    lower, proof = measure.proof(best.pool)
    if lower > best.lower:
        best.lower, best.cuts = lower, proof
    if not best.roles:
        best.roles = [roles(node, measure.soft) for node in tree.nodes]
    m = repair_orders(problem, tree.orders.full(tree.master.m)[: len(problem.master.cost)])
    if (problem.master.matrix @ m - problem.master.rhs > HOLDS * np.maximum(np.abs(problem.master.rhs), 1.0)).any():
        return
    tree.disturbed = True
    parts = tree.each(lambda n, node: _repaired(node, problem.nodes[n], best.roles[n], m, exact))
    kept = [part for part in parts if part is not None]
    if len(kept) < len(parts):
        return
    paid = problem.master.cost * m
    upper = measure.value(m, np.array([cost for _, cost, _ in kept]))
    if upper < best.upper:
        best.upper, best.master = upper, m
        told = (judged(block, y) for block, y in zip(problem.nodes, prices))
        best.nodes = tuple(replace(y, columns=z) for (z, _, _), y in zip(kept, told))
        earned = sum(gain for _, _, gain in kept)
        best.gross = max(earned, float(np.abs(paid).sum()) + sum(cost + gain for _, cost, gain in kept))


def judged(block: NodeBlock, node: NodeSolution) -> NodeSolution:
    """The iterated node's solution in the words of the judged block: windows that only measure are left out."""
    return replace(node, windows=node.windows[: len(block.window_rhs)])


def _repaired(node: Node, block: NodeBlock, role: Roles, m: Floats, exact: bool) -> tuple[Floats, float, float] | None:
    """Full columns, cost and gross revenue of a node's repaired operation; None when it still breaks a limit.

    block: the node of the judged problem, whose borders are the first of the iterated node's.
    """
    x = block.start + block.map @ m
    wide = np.zeros(node.pattern.borders)
    wide[: len(x)] = x
    columns = np.zeros((len(block.template.columns), block.hours))
    columns[node.reduced.columns] = repair_node(node, role, wide)
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
