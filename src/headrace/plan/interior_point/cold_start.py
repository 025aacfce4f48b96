"""A tree without values, and the infeasible but centred point at which it begins."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy.sparse import csr_array, diags_array

from headrace.plan.interior_point.kernels.layout import ArrayPool, FillPattern
from headrace.plan.interior_point.master_system import make_orders
from headrace.plan.interior_point.node import NodeArrays, make_node, same_data
from headrace.plan.interior_point.objective import Measure
from headrace.plan.interior_point.predictor_corrector import Tree
from headrace.plan.interior_point.starting_point import (
    first_target,
    start_master,
    start_node,
    start_orders,
)
from headrace.plan.interior_point.typical_sizes import typical_sizes
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import NodeBlock, Problem


def make_tree(
    problem: Problem,
    pool: ThreadPoolExecutor | None,
    reused: tuple[NodeArrays, ...] = (),
    options: SolverOptions = DEFAULTS,
) -> Tree:
    """Nodes and orders of a problem, without values. Heavier nodes get larger targets, by the root
    of their weight.

    reused: nodes of an earlier problem; all are taken over, arrays and all, where they differ in
        nothing but capacity.
    """
    blocks = without_closed_orders(problem)
    if len(reused) == len(blocks) and all(
        same_data(node, block) for node, block in zip(reused, blocks)
    ):
        nodes = [dataclasses.replace(node, block=block) for node, block in zip(reused, blocks)]
    else:
        known: dict[bytes, FillPattern] = {}
        room = ArrayPool()
        nodes = [make_node(block, known, room, options.long_window) for block in blocks]
    most = max(block.weight for block in problem.nodes)
    for node in nodes:
        node.target = float(np.sqrt(max(node.block.weight / most, 1e-6)))
    orders = make_orders(problem)
    empty = np.zeros(len(orders.cost))
    start = start_master(orders, empty + 1.0, 1.0, 1.0)
    return Tree(orders, nodes, start, options.truncated, pool, options)


def without_closed_orders(problem: Problem) -> tuple[NodeBlock, ...]:
    """Nodes without the orders that cannot be placed (box 0), so that nothing waits for them."""
    closed = problem.master.upper <= 0
    if not closed.any():
        return problem.nodes
    keep = csr_array(diags_array(np.where(closed, 0.0, 1.0)))
    maps = [csr_array(block.map @ keep) for block in problem.nodes]
    for each in maps:
        each.eliminate_zeros()
    return tuple(dataclasses.replace(block, map=each) for block, each in zip(problem.nodes, maps))


def cold_start(measure: Measure, tree: Tree) -> None:
    """Put the tree at the infeasible but centred starting point."""
    known = [typical_sizes(node.block) for node in tree.nodes]
    m = measure.begin(start_orders(measure.problem, known))[tree.orders.nonzero]
    mu = first_target(tree.nodes, known, measure.soft)
    tree.products = ()
    tree.master = start_master(tree.orders, m, mu, tree.share)
    x = tree.orders.borders(m)
    tree.each(lambda n, node: start_node(node, known[n], x[n], mu, measure.soft))
