"""A centred iterate kept on the way, and the start of a plan with changed numbers from it.

Everything is kept under the number it has in the problem, not in the kernels: an order that is forbidden, a column that
cannot live any more or a row that fell away leaves the rest in its place. What is new begins at the mean of its kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.plan.blocks import Floats, Ints
from headrace.plan.interior.advance import absorb
from headrace.plan.interior.arrays import State
from headrace.plan.interior.newton import Tree
from headrace.plan.interior.node import Node
from headrace.plan.interior.start import MasterState, revive

KNOWN = 0.8  # share of orders that must be known


@dataclass(frozen=True)
class NodeMemory:
    """State of one node with the numbers of its columns, rows, windows and bounded columns in the block."""

    state: State
    columns: Ints
    rows: Ints
    windows: Ints
    closed: Ints


@dataclass(frozen=True)
class Memory:
    """A centred iterate: orders and rows of the master by their numbers, and every node."""

    master: MasterState
    orders: Ints
    rows: Ints
    nodes: tuple[NodeMemory, ...]


def remember(tree: Tree) -> Memory:
    """A copy of the iterate."""
    m = tree.master
    master = MasterState(m.m.copy(), m.v.copy(), m.s.copy(), m.l.copy())
    return Memory(master, tree.orders.live, tree.orders.number, tuple(_node(node) for node in tree.nodes))


def _node(node: Node) -> NodeMemory:
    reduced = node.reduced
    state = State(*(a.copy() for a in node.state))
    return NodeMemory(state, reduced.columns, reduced.rows, _windows(node), reduced.columns[reduced.hours.upper_at >= 0])


def _windows(node: Node) -> Ints:
    """One number for every (family, window)."""
    w = node.reduced.windows
    return w[:, 0] * (1 + node.block.hours) + w[:, 1]


def recall(tree: Tree, memory: Memory) -> bool:
    """Put the tree at an earlier iterate; prices are made to fit the new costs. False when too little is known."""
    orders = tree.orders
    at, row = _find(memory.orders, orders.live), _find(memory.rows, orders.number)
    hours = [node.state.z.shape[1] for node in tree.nodes]
    if len(memory.nodes) != len(hours) or [n.state.z.shape[1] for n in memory.nodes] != hours or np.mean(at >= 0) < KNOWN:
        return False
    old = memory.master
    tree.master = MasterState(_taken(old.m, at), _taken(old.v, at), _taken(old.s, row), _taken(old.l, row))
    for node, kept in zip(tree.nodes, memory.nodes):
        _recall_node(node, kept)
    return True


def _recall_node(node: Node, kept: NodeMemory) -> None:
    now = _node_numbers(node)
    column, row = _find(kept.columns, now[0]), _find(kept.rows, now[1])
    window, closed = _find(kept.windows, now[2]), _find(kept.closed, now[3])
    for here, there, at in zip(node.state, kept.state, (column, column, closed, closed, row, row, window, window)):
        here[:] = _taken(there, at)
    revive(node)
    absorb(node.reduced.hours, node.state, node.work, -1.0)


def _node_numbers(node: Node) -> tuple[Ints, Ints, Ints, Ints]:
    reduced = node.reduced
    return reduced.columns, reduced.rows, _windows(node), reduced.columns[reduced.hours.upper_at >= 0]


def _find(old: Ints, new: Ints) -> Ints:
    """Position in `old` of every number of `new`, -1 where it is not there."""
    place = {int(number): i for i, number in enumerate(old)}
    return np.array([place.get(int(number), -1) for number in new], dtype=np.int64)


def _taken(values: Floats, at: Ints) -> Floats:
    """Values by position; what is not there takes the geometric mean of what is."""
    if not len(values):
        return np.ones((len(at), *values.shape[1:]))
    found = values[at].copy()
    if (at < 0).any():
        there = values[values > 1e-30]
        found[at < 0] = np.exp(np.log(there).mean()) if there.size else 1.0
    return found
