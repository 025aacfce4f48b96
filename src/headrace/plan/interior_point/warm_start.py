"""A centred iterate kept on the way, and the start of a plan with changed numbers from it.

Prices, costs and right-hand sides may have changed; orders may have been held (`narrowed`). A held
order moves capacity in all hours at once. An iterate with small products then takes steps of a few
per cent for dozens of iterations; one with products of a few per cent of the cost does not, if its
first steps leave more hours out of their length (docs/decisions/0017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.kernels.layout import Iterate
from headrace.plan.interior_point.master_system import MasterState
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.interior_point.predictor_corrector import Tree, restore_dual_feasibility
from headrace.plan.interior_point.starting_point import fix_zeros


@dataclass(frozen=True)
class WarmStart:
    """A centred iterate. orders, rows: what the master's values belong to, rows in their own units;
    columns: the same for the hours of every node.

    curvature: of the cost in the live orders, shape (order, order), from a wider iterate. fixed:
        whether orders were held since.
    nodes: the nodes themselves, whatever they hold by now, for one plan at a time to be made in;
        empty unless orders will be held.
    """

    master: MasterState
    states: tuple[Iterate, ...]
    orders: Ints
    rows: Ints
    columns: tuple[Ints, ...]
    curvature: Floats | None = None
    fixed: bool = False
    nodes: tuple[NodeArrays, ...] = ()


def snapshot(
    tree: Tree, curvature: Floats | None = None, nodes: tuple[NodeArrays, ...] = ()
) -> WarmStart:
    """A copy of the iterate. nodes: nodes to be handed on. curvature: [kUSD/unit of an order
    squared].
    """
    now, size = tree.master, tree.orders.size
    master = MasterState(
        now.orders.copy(), now.orders_dual.copy(), now.slack * size, now.dual / size
    )
    states = tuple(Iterate(*(a.copy() for a in node.state)) for node in tree.nodes)
    columns = tuple(_columns(node) for node in tree.nodes)
    return WarmStart(
        master, states, tree.orders.nonzero, tree.orders.number, columns, curvature, nodes=nodes
    )


def curvature(tree: Tree) -> Floats:
    """Second derivative of the cost in the live orders with the hours at their best, as smooth as
    the products are wide. Returns [kUSD/unit of an order squared], shape (order, order).
    """
    now, schur = tree.master, [node.work.schur for node in tree.nodes]
    weights = now.orders_dual / now.orders, now.dual / now.slack
    return tree.orders.normal_matrix(schur, *weights)


def with_fixed_orders(memory: WarmStart, left: Ints, rows: int) -> WarmStart:
    """The iterate for the problem in which only the orders `left` of the master may still be chosen
    (`fixed.held`).

    rows: how many rows the master has; boxes of orders are counted on.
    """
    old, box = memory.master, memory.rows - rows
    order, row = np.isin(memory.orders, left), (box < 0) | np.isin(box, left)
    master = MasterState(old.orders[order], old.orders_dual[order], old.slack[row], old.dual[row])
    number = np.where(box < 0, memory.rows, rows + np.searchsorted(left, box))[row]
    orders = np.searchsorted(left, memory.orders[order])
    return WarmStart(
        master, memory.states, orders, number, memory.columns, fixed=True, nodes=memory.nodes
    )


def _columns(node: NodeArrays) -> Ints:
    """Which columns live, in which hours: numbers of the columns and how many hours each has."""
    h = node.reduced.hours
    return np.concatenate([node.reduced.columns, np.count_nonzero(h.profiles[h.mask], axis=1)])


def restore(tree: Tree, memory: WarmStart) -> bool:
    """Put the tree at an earlier iterate; prices are made to fit the new costs.

    False when the structure differs.
    """
    if not same_structure(tree, memory):
        return False
    tree.products = ()
    old, at = memory.master, np.searchsorted(memory.rows, tree.orders.number)
    m, slack = old.orders.copy(), old.slack[at] / tree.orders.size
    if memory.fixed:  # a row has the room that fixed orders leave it
        room = tree.orders.rhs - tree.orders.rows @ m
        slack = np.maximum(room, tree.options.warm_room * slack)
    dual = old.dual[at] * tree.orders.size
    tree.master = MasterState(m, old.orders_dual.copy(), slack, dual)
    for node, state in zip(tree.nodes, memory.states):
        for here, there in zip(node.state, state):
            here[:] = there
        fix_zeros(node)
        restore_dual_feasibility(node)
    return True


def same_structure(tree: Tree, memory: WarmStart) -> bool:
    """Whether everything in the memory belongs to the same thing in the tree."""
    orders = tree.orders
    if len(memory.states) != len(tree.nodes):
        return False
    if not (
        np.array_equal(memory.orders, orders.nonzero) and np.isin(orders.number, memory.rows).all()
    ):
        return False
    if not all(
        np.array_equal(columns, _columns(node)) for columns, node in zip(memory.columns, tree.nodes)
    ):
        return False
    return all(
        a.shape == b.shape
        for node, state in zip(tree.nodes, memory.states)
        for a, b in zip(node.state, state)
    )
