"""One iteration over the whole tree: factorise, affine and combined direction, step, restore.

Mehrotra's predictor-corrector method (1992) on the plan's central path. Every node eliminates its
hours; their Schur complements on the borders add up in the master's dense system, which is solved
twice with one factor (OOPS: Gondzio and Grothey 2007, 2009; PIPS-IPM++: Rehfeldt et al. 2022):

    affine      aim at products of zero, no second-order terms; its steps tell sigma
    combined    aim at products of sigma mu, with the affine direction's second-order terms, bounded
                as in Gondzio's multiple centrality correctors (1996)
    step        0.995 of the ratio test, which leaves the worst hours out (kernels/step.py)
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.entry import advance, assemble
from headrace.plan.interior_point.kernels.layout import StepStatistics
from headrace.plan.interior_point.kernels.passes import CORRECT, FACTORISE, PREDICT
from headrace.plan.interior_point.kernels.step import AFFINE, COMBINED, NO_STEP, RESTORE, STEP
from headrace.plan.interior_point.master_system import CholeskyFactor, MasterState, Orders, cholesky
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.lp.options import DEFAULTS, SolverOptions

T = TypeVar("T")

LEAST_DECREASE = 1e-9
"""Guard: a relative decrease is never told as 0, by which steps are divided [1]."""

PARTS = 32
"""Parts handed to the threads: few, as each costs an exchange between them; enough that none waits
long at the end.
"""

LEAP = 17
"""Hours between those that tell where the worst begin; a day is no multiple of it [h]."""

UNCENTRED = (0.0, 1.0)
"""(target product, bound of second-order terms) of the affine direction, which has neither."""


@dataclass
class Tree:
    """Everything the iteration changes, and by which options.

    truncated: share of node-hours left out of the ratio test [1]; loose: whether slacks of long
        windows and of the master are left out as well. share: weight of the master's products,
        below 1 in a coarse run [1].
    products: sum of each node's products where the last step has left the nodes ready for the next
        one, else empty. disturbed: whether something else has used the room of the right-hand sides
        since.
    """

    orders: Orders
    nodes: list[NodeArrays]
    master: MasterState
    truncated: float
    pool: ThreadPoolExecutor | None
    options: SolverOptions = DEFAULTS
    loose: bool = False
    share: float = 1.0
    products: tuple[float, ...] = ()
    disturbed: bool = False

    def each(self, work: Callable[[int, NodeArrays], T]) -> list[T]:
        """Do the work for every node, in threads when there is a pool (the kernels release the
        interpreter).
        """
        count = len(self.nodes)
        size = max(1, count // PARTS)

        def part(first: int) -> list[T]:
            return [work(n, self.nodes[n]) for n in range(first, min(first + size, count))]

        parts = (self.pool.map if self.pool else map)(part, range(0, count, size))
        return [done for each in parts for done in each]

    @property
    def targets(self) -> float:
        """Sum of the target weights of all products [1]."""
        inner = sum(node.products * node.target for node in self.nodes)
        return inner + self.share * (len(self.master.orders) + len(self.master.slack))


@dataclass(frozen=True)
class Report:
    """What one iteration saw.

    products: sum of all products before the step [kUSD], mu: their mean, by target; value: cost of
        the iterate, gross: the larger of what it earns and what it pays [kUSD].
    dual_residual, bound_residual: largest infeasibilities; primal_step, dual_step, sigma [1];
        restored: hours whose duals had to be made to fit.
    """

    products: float
    mu: float
    value: float
    gross: float
    dual_residual: float
    bound_residual: float
    primal_step: float
    dual_step: float
    sigma: float
    restored: int


@dataclass(frozen=True)
class MasterDirection:
    """Direction of the master's values, and of every node's borders."""

    orders: Floats
    orders_dual: Floats
    slack: Floats
    dual: Floats
    borders: list[Floats]


def iterate(tree: Tree) -> Report:
    """One predictor-corrector iteration, in place. Raises FloatingPointError when the arithmetic
    breaks down.

    Everything that a node can do between two sums over the tree is done in one visit, while its
    arrays are at hand: its last step, its factor and its first right-hand sides; a direction and
    its ratio test.
    """
    master, options = tree.master, tree.options
    x = tree.orders.borders(master.orders)
    inner = _factorised(tree, x)
    total = inner + float(master.orders @ master.orders_dual + master.slack @ master.dual)
    if tree.targets == 0:
        raise FloatingPointError("nothing is left to choose")
    mu = total / tree.targets
    schur = [node.work.schur for node in tree.nodes]
    weights = master.orders_dual / master.orders, master.dual / master.slack
    solver = cholesky(tree.orders.normal_matrix(schur, *weights))

    affine = _direction(tree, solver, None, 0.0)
    primal, dual = _solve(tree, AFFINE, x, affine, affine, UNCENTRED)
    told = [StepStatistics(*node.work.statistics.tolist()) for node in tree.nodes]
    steps = min(1.0, 1.0 / primal), min(1.0, 1.0 / dual)
    left = products_after(master, affine, steps, inner, sum(s.moved_products for s in told))
    if not np.isfinite(left):
        raise FloatingPointError("the predictor lost its numbers")

    sigma = float(np.clip((left / total) ** options.centring_power, *options.centring))
    centring = sigma * mu, options.corrector_bound * mu
    tree.each(lambda n, node: _assemble(CORRECT, node, x[n], affine.borders[n], centring))
    combined = _direction(tree, solver, affine, sigma * mu)
    primal, dual = _solve(tree, COMBINED, x, combined, affine, centring)
    steps = min(1.0, options.step / primal), min(1.0, options.step / dual)
    money = _money(tree, told)  # of the point before the step
    restored = _step(tree, x, (affine, combined), centring, steps)
    residuals = max(s.dual_residual for s in told), max(s.bound_residual for s in told)
    return Report(total, mu, *money, *residuals, *steps, sigma, restored)


def _factorised(tree: Tree, x: list[Floats]) -> float:
    """Nodes with their factors and affine right-hand sides, made now where the last step has not
    made them; returns the sum of their products [kUSD].
    """
    if not tree.products:
        tree.products = tuple(
            tree.each(lambda n, node: _assemble(FACTORISE, node, x[n], x[n], UNCENTRED))
        )
    elif tree.disturbed:
        tree.each(lambda n, node: _assemble(PREDICT, node, x[n], x[n], UNCENTRED))
    inner, tree.products, tree.disturbed = sum(tree.products), (), False
    return inner


def _money(tree: Tree, told: list[StepStatistics]) -> tuple[float, float]:
    """Cost of the iterate before the step, and the larger of what it earns and pays [kUSD]."""
    operation, turnover = sum(s.cost for s in told), sum(s.turnover for s in told)
    # revenue and cost of the hours are half of what turns over, less and plus half of what is left
    revenue, cost = 0.5 * (turnover - operation), 0.5 * (turnover + operation)
    paid = tree.orders.cost * tree.master.orders
    return float(operation + paid.sum()), max(revenue, cost + float(np.abs(paid).sum()))


def _assemble(
    task: int, node: NodeArrays, x: Floats, affine_x: Floats, centring: tuple[float, float]
) -> float:
    """Right-hand sides of a node, and first its factor where asked; centring: before the node's
    own weight.
    """
    own = centring if task != CORRECT else _own(node, centring)
    arrays = (node.reduced.hours, node.pattern, node.state, node.work)
    return float(assemble(task, *arrays, x, affine_x, own))


def _own(node: NodeArrays, centring: tuple[float, float]) -> tuple[float, float]:
    """Target product and bound of second-order terms of a node."""
    return centring[0] * node.target, centring[1] * node.target


def restore_dual_feasibility(node: NodeArrays) -> None:
    """Make the duals of every hour fit the costs."""
    nothing = np.zeros(0)
    arrays = (node.reduced.hours, node.pattern, node.state, node.work)
    advance(RESTORE, *arrays, UNCENTRED, (nothing, nothing, nothing, nothing), NO_STEP)


def _direction(
    tree: Tree, solver: CholeskyFactor, affine: MasterDirection | None, target: float
) -> MasterDirection:
    """The master's affine direction when `affine` is None, else affine plus the corrector's
    increment.
    """
    orders, master = tree.orders, tree.master
    m, m_dual, slack, dual = master.orders, master.orders_dual, master.slack, master.dual
    from_nodes = orders.adjoint([node.work.border_rhs for node in tree.nodes])
    residual = orders.rhs - orders.rows @ m - slack
    if affine is None:
        second_m, second_row = np.zeros_like(m), np.zeros_like(slack)
        dm = solver(orders.rows.T @ (dual / slack * residual) - orders.cost - from_nodes)
    else:
        second_m, second_row = affine.orders * affine.orders_dual, affine.slack * affine.dual
        target *= tree.share
        rhs = (target - second_m) / m - orders.rows.T @ ((target - second_row) / slack)
        dm = affine.orders + solver(rhs - from_nodes)
    dslack = residual - orders.rows @ dm
    ddual = (target - second_row - slack * dual - dual * dslack) / slack
    dm_dual = (target - second_m - m * m_dual - m_dual * dm) / m
    return MasterDirection(dm, dm_dual, dslack, ddual, orders.border_moves(dm))


def _solve(
    tree: Tree,
    task: int,
    x: list[Floats],
    direction: MasterDirection,
    affine: MasterDirection,
    centring: tuple[float, float],
) -> tuple[float, float]:
    """Back-substitution in every node, then the ratio test over the tree: the largest relative
    decreases, primal and dual, over the hours all but the worst share.
    """

    def visit(n: int, node: NodeArrays) -> None:
        dx, near = direction.borders[n], affine.borders[n]
        increment = dx if task == AFFINE else dx - near
        own = centring if task == AFFINE else _own(node, centring)
        arrays = (node.reduced.hours, node.pattern, node.state, node.work)
        advance(task, *arrays, own, (x[n], dx, near, increment), NO_STEP)

    tree.each(visit)
    master, nodes, share = tree.master, tree.nodes, tree.truncated
    told = [StepStatistics(*node.work.statistics.tolist()) for node in nodes]
    primal = [
        relative_decrease(direction.orders, master.orders),
        truncated_max([node.work.primal_decrease for node in nodes], share),
    ]
    if not tree.loose:
        primal += [relative_decrease(direction.slack, master.slack), *(s.long_primal for s in told)]
    dual = [
        relative_decrease(direction.orders_dual, master.orders_dual),
        relative_decrease(direction.dual, master.dual),
        truncated_max([node.work.dual_decrease for node in nodes], share),
        *(s.long_dual for s in told),
    ]
    return max(primal), max(dual)


def relative_decrease(move: Floats, value: Floats) -> float:
    """Largest relative decrease [1]."""
    return float(np.max(-move / value, initial=LEAST_DECREASE))


def truncated_max(parts: list[Floats], share: float) -> float:
    """The largest value that remains when the worst share of hours is left out [1]."""
    out = int(share * sum(len(part) for part in parts))
    if out == 0:
        return max(float(part.max()) for part in parts)
    # a few hours tell a value that more than `out` of all, but not many more, exceed
    some = np.concatenate([part[::LEAP] for part in parts])
    at = min(2 * (out // LEAP) + 8, len(some) - 1)
    least = float(np.partition(some, -at - 1)[-at - 1])
    worst = np.concatenate([part[part > least] for part in parts])
    if len(worst) <= out:
        worst = np.concatenate(parts)
    return float(np.partition(worst, -out - 1)[-out - 1])


def products_after(
    master: MasterState,
    affine: MasterDirection,
    steps: tuple[float, float],
    inner: float,
    moved: float,
) -> float:
    """Sum of all products after the affine step [kUSD]; inner: of the nodes before it, moved: times
    their relative primal move.

    A pair that moves by (a, -1 - a) leaves x y (1 + primal a) (1 - dual (1 + a)). Where no residual
    is left the sum of all dx dy is zero, so that of x y a a is minus that of x y a.
    """
    primal, dual = steps
    orders = (master.orders + primal * affine.orders) @ (
        master.orders_dual + dual * affine.orders_dual
    )
    rows = (master.slack + primal * affine.slack) @ (master.dual + dual * affine.dual)
    return float((1.0 - dual) * inner + (primal - dual) * moved + orders + rows)


def _step(
    tree: Tree,
    x: list[Floats],
    directions: tuple[MasterDirection, MasterDirection],
    centring: tuple[float, float],
    steps: tuple[float, float],
) -> int:
    """Step along the combined direction and factorise for the next iteration; returns in how many
    hours duals were restored.
    """
    (affine, combined), (primal, dual), options = directions, steps, tree.options
    # the exact rule truncates nothing: a step to near the bound is taken as it is
    part = options.kept_part if tree.truncated > 0 else 0.5 * (1.0 - options.step)
    master, keep = tree.master, options.kept_part * 1e-2
    for name, step in (
        ("orders", primal),
        ("slack", primal),
        ("orders_dual", dual),
        ("dual", dual),
    ):
        old = getattr(master, name)
        setattr(master, name, np.maximum(old + step * getattr(combined, name), keep * old))
    after = tree.orders.borders(master.orders)

    def visit(n: int, node: NodeArrays) -> tuple[int, float]:
        own, near = _own(node, centring), affine.borders[n]
        lengths = (primal, dual, part, options.truncated_product * own[0])
        arrays = (node.reduced.hours, node.pattern, node.state, node.work)
        moves = (x[n], combined.borders[n], near, near)
        restored = int(advance(STEP, *arrays, own, moves, lengths))
        return restored, _assemble(FACTORISE, node, after[n], after[n], UNCENTRED)

    done = tree.each(visit)
    tree.products = tuple(products for _, products in done)
    return sum(restored for restored, _ in done)
