"""One Newton iteration over the whole tree: factor, predictor, corrector, step, clip, absorb."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.entry import gather, travel
from headrace.plan.interior_point.kernels.passes import CONDENSE, CORRECT, PREDICT
from headrace.plan.interior_point.kernels.step import ABSORB, FULL, NEAR, STEP, STILL
from headrace.plan.interior_point.master_system import Orders, Solver, cholesky
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.interior_point.starting_point import MasterState

T = TypeVar("T")
CLAMP = 3.0  # second-order terms are kept within this many targets
KEEP = 0.3  # a clipped value keeps at least this part of itself
FLOOR = 0.01  # a clipped product keeps at least this part of the target
MOST = 0.995  # share of the way to the nearest wall
LEAST = 1e-9
# handed to the threads: few, as each costs an exchange between them; enough that none waits long at
# the end
PARTS = 32
LEAP = 17  # hours between those that tell where the worst begin; a day is no multiple of it
STRAIGHT = (0.0, 1.0)  # the predictor aims at products of zero, without second-order terms


@dataclass
class Tree:
    """Everything the iteration changes. clip: share of node-hours that may be left out of the
    step's length; loose: whether slacks of long windows and of the master are left out as well.

    products: sum of each node's products where the last step has left the nodes ready for the next
        one, else empty.
    disturbed: whether something else has used the room of the right-hand sides since.
    """

    orders: Orders
    nodes: list[NodeArrays]
    master: MasterState
    clip: float
    pool: ThreadPoolExecutor | None
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

        return [
            done
            for each in (self.pool.map if self.pool else map)(part, range(0, count, size))
            for done in each
        ]

    @property
    def targets(self) -> float:
        """Sum of the target weights of all products."""
        inner = sum(node.products * node.target for node in self.nodes)
        return inner + self.share * (len(self.master.m) + len(self.master.s))


@dataclass(frozen=True)
class Report:
    """What one iteration saw. products: sum of all products before the step; value: cost of the
    iterate.
    """

    products: float
    mu: float
    value: float
    dual_residual: float
    bound_residual: float
    primal_step: float
    dual_step: float
    sigma: float
    absorbed: int


@dataclass(frozen=True)
class Move:
    """Direction of the master and of the nodes' borders."""

    m: Floats
    v: Floats
    s: Floats
    l: Floats  # noqa: E741
    x: list[Floats]


def iterate(tree: Tree) -> Report:
    """One predictor-corrector iteration, in place. Raises FloatingPointError when the arithmetic
    breaks down.

    Everything that a node can do between two sums over the tree is done in one visit, while its
    arrays are at hand: its last step, its factor and its first right-hand sides; a direction and
    how far it goes.
    """
    master, nodes = tree.master, tree.nodes
    x = tree.orders.borders(master.m)
    if not tree.products:
        tree.products = tuple(tree.each(lambda n, node: _ready(node, x[n])))
    elif tree.disturbed:
        tree.each(lambda n, node: _gather(PREDICT, node, x[n], x[n], STRAIGHT))
    inner, tree.products, tree.disturbed = tree.products, (), False
    total = float(sum(inner) + master.m @ master.v + master.s @ master.l)
    if tree.targets == 0:
        raise FloatingPointError("nothing is left to choose")
    mu = total / tree.targets
    solver = _system(tree)
    near = _direction(tree, solver, None, 0.0)
    steps = _near(tree, x, near)
    left = _after(tree, sum(inner), near, steps)
    value = float(sum(node.work.tell[0] for node in nodes) + tree.orders.cost @ master.m)
    residuals = (max(node.work.tell[1] for node in nodes), max(node.work.tell[2] for node in nodes))
    sigma = min(0.9, max((left / total) ** 3, 1e-4))
    if not np.isfinite(left):
        raise FloatingPointError("the predictor lost its numbers")
    aim = sigma * mu
    tree.each(lambda n, node: _gather(CORRECT, node, x[n], near.x[n], _aim(node, aim, mu)))
    full = _direction(tree, solver, near, aim)
    one, two = _full(tree, x, (near, full), aim, mu)
    one, two = min(1.0, MOST / one), min(1.0, MOST / two)
    moves = [(x[n], full.x[n], near.x[n], near.x[n]) for n in range(len(nodes))]
    _step_master(master, full, one, two)
    after = tree.orders.borders(master.m)

    def step(n: int, node: NodeArrays) -> tuple[int, float]:
        taken = _step(node, moves[n], _aim(node, aim, mu), (one, two), aim)
        return taken, _ready(node, after[n])

    stepped = tree.each(step)
    absorbed, tree.products = [taken for taken, _ in stepped], tuple(ready for _, ready in stepped)
    return Report(total, mu, value, *residuals, one, two, sigma, sum(absorbed))


def _aim(node: NodeArrays, aim: float, mu: float) -> tuple[float, float]:
    """Target product of a node and the clamp of its second-order terms."""
    return aim * node.target, CLAMP * mu * node.target


def _ready(node: NodeArrays, x: Floats) -> float:
    """Factor a node and gather the predictor's right-hand sides; returns the sum of its products."""
    return _gather(CONDENSE, node, x, x, STRAIGHT)


def _gather(
    task: int, node: NodeArrays, x: Floats, near_x: Floats, aim: tuple[float, float]
) -> float:
    return float(
        gather(task, node.reduced.hours, node.pattern, node.state, node.work, x, near_x, aim)
    )


def absorb(node: NodeArrays) -> None:
    """Make the prices of every hour fit the costs."""
    nothing = np.zeros(0)
    _travel(ABSORB, node, STRAIGHT, (nothing, nothing, nothing, nothing), STILL)


def _system(tree: Tree) -> Solver:
    master = tree.master
    return cholesky(
        tree.orders.matrix(
            [node.work.schur for node in tree.nodes], master.v / master.m, master.l / master.s
        )
    )


def _direction(tree: Tree, solver: Solver, near: Move | None, aim: float) -> Move:
    """The master's direction: predictor when near is None, else predictor plus the corrector's
    increment.
    """
    orders, master = tree.orders, tree.master
    m, v, s, price = master.m, master.v, master.s, master.l
    pulled = orders.pulled([node.work.gradient for node in tree.nodes])
    gap = orders.rhs - orders.rows @ m - s
    if near is None:
        dm = solver(-(orders.cost + pulled) + orders.rows.T @ (price / s * gap))
        curve_m, curve_s = np.zeros_like(m), np.zeros_like(s)
    else:
        curve_m, curve_s = near.m * near.v, near.s * near.l
        aim *= tree.share
        dm = near.m + solver(-pulled + (aim - curve_m) / m - orders.rows.T @ ((aim - curve_s) / s))
    ds = gap - orders.rows @ dm
    dl = (aim - curve_s - s * price - price * ds) / s
    dv = (aim - curve_m - m * v - v * dm) / m
    return Move(dm, dv, ds, dl, orders.moves(dm))


def _near(tree: Tree, x: list[Floats], near: Move) -> tuple[float, float]:
    """Solve for the predictor in every node; returns its steps."""

    def visit(n: int, node: NodeArrays) -> None:
        _travel(NEAR, node, STRAIGHT, (x[n], near.x[n], near.x[n], near.x[n]), STILL)

    tree.each(visit)
    one, two = _quantile(tree, near)
    return min(1.0, 1.0 / one), min(1.0, 1.0 / two)


def _full(
    tree: Tree, x: list[Floats], moves: tuple[Move, Move], aim: float, mu: float
) -> tuple[float, float]:
    """Solve for the corrected direction in every node; returns the largest relative decreases that
    the step has to respect.
    """
    near, full = moves

    def visit(n: int, node: NodeArrays) -> None:
        _travel(
            FULL,
            node,
            _aim(node, aim, mu),
            (x[n], full.x[n], near.x[n], full.x[n] - near.x[n]),
            STILL,
        )

    tree.each(visit)
    return _quantile(tree, full)


def _quantile(tree: Tree, moved: Move) -> tuple[float, float]:
    """Largest relative decreases of primal and dual values; over the hours all but the worst share
    `clip` of them.
    """
    m, nodes = tree.master, tree.nodes
    one = [_worst(moved.m, m.m), _tail([node.work.worst_primal for node in nodes], tree.clip)]
    two = [
        _worst(moved.v, m.v),
        _worst(moved.l, m.l),
        _tail([node.work.worst_dual for node in nodes], tree.clip),
    ]
    if not tree.loose:
        one += [_worst(moved.s, m.s), *(float(node.work.tell[3]) for node in nodes)]
    two += [float(node.work.tell[4]) for node in nodes]
    return max(one), max(two)


def _worst(move: Floats, value: Floats) -> float:
    """Largest relative decrease."""
    return float(np.max(-move / value, initial=LEAST))


def _tail(parts: list[Floats], clip: float) -> float:
    """The largest value that remains when the worst share of hours is left out."""
    out = int(clip * sum(len(part) for part in parts))
    if out == 0:
        return max(float(part.max()) for part in parts)
    least = _shared(parts, out)
    worst = np.concatenate([part[part > least] for part in parts])
    if len(worst) <= out:
        worst = np.concatenate(parts)
    return float(np.partition(worst, -out - 1)[-out - 1])


def _shared(parts: list[Floats], count: int) -> float:
    """A value that more than `count` hours, but not many more, exceed by the look of a few."""
    some = np.concatenate([part[::LEAP] for part in parts])
    at = min(2 * (count // LEAP) + 8, len(some) - 1)
    return float(np.partition(some, -at - 1)[-at - 1])


def _after(tree: Tree, inner: float, near: Move, steps: tuple[float, float]) -> float:
    """Sum of all products after the predictor's step; inner: of the nodes before it.

    A pair that moves by (a, -1 - a) leaves x y (1 + one a) (1 - two (1 + a)). Where no residual is
    left the sum of all dx dy is zero, so that of x y a a is minus that of x y a.
    """
    one, two = steps
    m = tree.master
    outer = (m.m + one * near.m) @ (m.v + two * near.v) + (m.s + one * near.s) @ (
        m.l + two * near.l
    )
    moved = sum(float(node.work.tell[5]) for node in tree.nodes)
    return float((1.0 - two) * inner + (one - two) * moved + outer)


def _step(
    node: NodeArrays,
    moves: tuple[Floats, ...],
    aim: tuple[float, float],
    lengths: tuple[float, float],
    floor: float,
) -> int:
    return _travel(STEP, node, aim, moves, (*lengths, KEEP, FLOOR * floor * node.target))


def _travel(
    task: int,
    node: NodeArrays,
    aim: tuple[float, float],
    moves: tuple[Floats, ...],
    lengths: tuple[float, ...],
) -> int:
    return int(
        travel(task, node.reduced.hours, node.pattern, node.state, node.work, aim, moves, lengths)
    )


def _step_master(master: MasterState, full: Move, one: float, two: float) -> None:
    master.m = np.maximum(master.m + one * full.m, KEEP * master.m * 1e-2)
    master.s = np.maximum(master.s + one * full.s, KEEP * master.s * 1e-2)
    master.v = np.maximum(master.v + two * full.v, KEEP * master.v * 1e-2)
    master.l = np.maximum(master.l + two * full.l, KEEP * master.l * 1e-2)
