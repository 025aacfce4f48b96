"""Certified bounds of an iterate: prices give the lower one, a repaired plan the upper one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from headrace.core.arrays import Floats, single
from headrace.core.errors import Infeasible
from headrace.plan.interior_point.kernels.layout import RepairRoles
from headrace.plan.interior_point.node import NodeArrays, solution_of
from headrace.plan.interior_point.objective import Measure
from headrace.plan.interior_point.predictor_corrector import Tree
from headrace.plan.interior_point.repair import (
    eased_orders,
    repair_node,
    repair_orders,
    roles,
)
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.gap import gross_money, relative_gap
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.measured_windows import ample, relieved_rows, settled
from headrace.plan.lp.problem import NodeBlock, NodeSolution, Problem
from headrace.plan.lp.residuals import earnings, node_residuals

LITTLE, ROOM = 1e-3, 3.0
"""Share of what windows ask for by which a repair may miss them and what owes it is eased instead
[1], by so many times the share.
"""


@dataclass
class Best:
    """The best bounds so far [kUSD] and the plan that gives the upper one. gross: of that plan
    (plan/lp/gap.py). pool: cuts of the last iterates; priced: their prices, in single precision and
    without columns, where they are to be kept.
    """

    lower: float = -np.inf
    upper: float = np.inf
    gross: float = 0.0
    master: Floats | None = None
    nodes: tuple[NodeSolution, ...] = ()
    cuts: tuple[Cut, ...] = ()
    pool: list[tuple[Cut, ...]] = field(default_factory=list)
    roles: list[RepairRoles] = field(default_factory=list)
    priced: list[tuple[NodeSolution, ...]] | None = None

    @property
    def gap(self) -> float:
        """Of these bounds [1]."""
        return relative_gap(self.lower, self.upper, self.gross)


def certify(measure: Measure, tree: Tree, best: Best, *, exact: bool = False) -> None:
    """Improve `best` by what the current iterate proves. exact: nodes whose repair fails go to
    HiGHS at fixed orders.

    Kernels and HiGHS work on nodes side by side, numpy does not: its short operations would wait
    for the interpreter longer.
    """
    problem = measure.problem
    prices = [solution_of(node) for node in tree.nodes]
    best.pool = [
        *best.pool[1 - tree.options.bounds_pool :],
        tuple(measure.cut(n, each) for n, each in enumerate(prices)),
    ]
    if best.priced is not None:
        best.priced = [*best.priced[1 - tree.options.bounds_pool :], tuple(map(_prices, prices))]
    lower, proof = measure.proof(best.pool)
    if lower > best.lower:
        best.lower, best.cuts = lower, proof
    if not best.roles:
        only_measure = measure.soft + int(problem.nodes[0].template.measured)
        best.roles = [roles(node, only_measure) for node in tree.nodes]
    m = repair_orders(problem, tree.orders.full(tree.master.orders)[: len(problem.master.cost)])
    if not _within(problem, m, tree.options.repair_tolerance):
        return
    m, kept = _kept(problem, tree, best.roles, m, exact)
    if kept is None:
        return
    try:
        m = settled(problem, m, kept)
    except Infeasible:
        return
    earned = [earnings(block, columns) for block, columns in zip(problem.nodes, kept)]
    upper = measure.value(m, np.array([cost for cost, _ in earned]))
    if upper < best.upper:
        best.upper, best.master = upper, m
        best.nodes = tuple(
            replace(judged(block, y), columns=z) for block, y, z in zip(problem.nodes, prices, kept)
        )
        best.gross = gross_money(problem, m, earned)


def _kept(
    problem: Problem, tree: Tree, role: list[RepairRoles], m: Floats, exact: bool
) -> tuple[Floats, list[Floats] | None]:
    """Orders near m and full columns of every node that keep every limit at them, None when there
    are none. Where windows alone are missed, and by little, what owes them is eased: HiGHS would
    take longer than all iterations before.
    """
    kept, lacking = _operated(problem, tree, role, m, exact=False)
    if kept is None and lacking < LITTLE:
        eased = eased_orders(problem, m, ROOM * lacking)
        if _within(problem, eased, tree.options.repair_tolerance):
            kept, _ = _operated(problem, tree, role, eased, exact=False)
            m = m if kept is None else eased
    if kept is None and exact:
        kept, _ = _operated(problem, tree, role, m, exact=True)
    return m, kept


def _within(problem: Problem, m: Floats, tolerance: float) -> bool:
    """Whether orders keep the master's rows. m: [unit of the order]; tolerance: relative [1]."""
    over = problem.master.matrix @ m - problem.master.rhs
    over[relieved_rows(problem)] = 0.0
    return not (over > tolerance * np.maximum(np.abs(problem.master.rhs), 1.0)).any()


def _prices(node: NodeSolution) -> NodeSolution:
    """A node's prices alone, in single precision."""
    rows, chains = (single(prices) for prices in (node.rows, node.chains))
    return NodeSolution(np.zeros((0, rows.shape[1])), rows, chains, node.windows)


def judged(block: NodeBlock, node: NodeSolution) -> NodeSolution:
    """The iterated node's solution in the words of the judged block: windows that only measure are
    left out.
    """
    return replace(node, windows=node.windows[: len(block.window_rhs)])


def _operated(
    problem: Problem, tree: Tree, role: list[RepairRoles], m: Floats, exact: bool
) -> tuple[list[Floats] | None, float]:
    """Full columns of every node that keep every limit at orders m, None when those of some node do
    not; and the largest share [1] by which windows alone are missed (inf: other limits too).
    """
    x = [ample(block, block.start + block.map @ m) for block in problem.nodes]
    tree.disturbed = True
    tree.each(
        lambda n, node: repair_node(
            node, role[n], np.pad(x[n], (0, node.pattern.borders - len(x[n])))
        )
    )
    holds = tree.options.repair_tolerance
    parts = [
        _repaired(node, block, at, holds) for node, block, at in zip(tree.nodes, problem.nodes, x)
    ]
    found = [columns for columns, _ in parts]

    def operated(n: int, _: NodeArrays) -> Floats | None:
        """HiGHS's columns where the repair left none; None when nothing keeps every limit."""
        with suppress(Infeasible):
            return (
                found[n]
                if found[n] is not None
                else FixedNode(problem.nodes[n]).solve(x[n])[0].columns
            )
        return None

    if exact:
        found = tree.each(operated)
    kept = [columns for columns in found if columns is not None]
    return kept if len(kept) == len(found) else None, max(lacking for _, lacking in parts)


def _repaired(
    node: NodeArrays, block: NodeBlock, x: Floats, holds: float
) -> tuple[Floats | None, float]:
    """What the repair left in the node's room, in full columns, or the iterate itself, None when
    both break a limit; and the share [1] by which the first misses windows, inf where it breaks
    another limit.

    block: the node of the judged problem, whose borders are the first of the iterated node's.
    """
    columns = np.zeros((len(block.template.columns), block.hours))
    columns[node.reduced.columns] = node.work.combined_column
    missed = node_residuals(block, columns, x)
    if max(missed) <= holds:
        return columns, 0.0
    raw = solution_of(node).columns
    if max(node_residuals(block, raw, x)) <= holds:
        return raw, 0.0
    rows, chains, windows, *bounds = missed
    return None, windows if max(rows, chains, *bounds) <= holds else np.inf
