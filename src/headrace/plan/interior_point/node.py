"""One node inside the iteration: its arrays, and its results in the words of `blocks`."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.interior_point.fixed_zeros import Closed, can_stand
from headrace.plan.interior_point.kernels.layout import (
    ArrayPool,
    FillPattern,
    Iterate,
    Work,
    make_work,
)
from headrace.plan.interior_point.presolve import Reduced, reduce_node
from headrace.plan.interior_point.symbolic import analyse
from headrace.plan.lp.dual_bound import reduced_costs
from headrace.plan.lp.problem import NodeBlock, NodeSolution


@dataclass
class NodeArrays:
    """Arrays of one node. target: its share of the barrier (weight); the state is changed in place
    by the kernels.
    """

    block: NodeBlock
    reduced: Reduced
    pattern: FillPattern
    state: Iterate
    work: Work
    target: float
    products: int


def make_node(
    block: NodeBlock, known: dict[bytes, FillPattern], room: ArrayPool, long_window: int
) -> NodeArrays:
    """Reduce, analyse (once per structure) and allocate one node; its state is empty.

    long_window: hours from which on a window counts in every ratio test.
    """
    reduced = reduce_node(block, long_window)
    h = reduced.hours
    borders = len(block.template.borders)
    parts = (h.in_hour, h.in_previous, h.in_window, h.upper_border, h.row_border)
    key = b"|".join(a.tobytes() for part in parts for a in (part.ptr, part.to)) + bytes(
        f"{reduced.local},{borders}", "ascii"
    )
    if key not in known:
        known[key] = analyse(h, reduced.local, borders)
    pattern = known[key]
    nc, length, nu = len(h.cost_scale), block.hours, int((h.upper_at >= 0).sum())

    rows, windows = pattern.rows, len(h.window_rhs)
    shapes = ((nc, length), (nu, length), (rows, length), (windows,))
    state = Iterate(*(room(*shape) for shape in shapes for _ in ("primal", "dual")))
    count = (nc + nu + rows) * length + windows
    return NodeArrays(block, reduced, pattern, state, make_work(h, pattern, room), 1.0, count)


def same_data(node: NodeArrays, block: NodeBlock) -> bool:
    """Whether a node's arrays are also those of a block: the same data, whatever stands behind the
    same borders.
    """
    data = (each.name for each in fields(block) if each.name not in ("start", "map"))
    same = all(getattr(block, name) is getattr(node.block, name) for name in data)
    return same and np.array_equal(can_stand(block), can_stand(node.block))


def solution_of(node: NodeArrays) -> NodeSolution:
    """Columns and prices of the iterate in the shapes of the block; what the reduction removed is
    zero or closed.
    """
    block, reduced, state = node.block, node.reduced, node.state
    nr, hours = len(block.template.rows), block.hours
    columns = np.zeros((len(block.template.columns), hours))
    columns[reduced.columns] = state.column
    for j in np.flatnonzero(reduced.hours.mask).tolist():
        columns[reduced.columns[j], reduced.hours.profiles[reduced.hours.mask[j]] <= 0] = 0.0
    prices = np.zeros((nr + len(block.template.chains), hours))
    prices[reduced.rows] = state.row_dual
    windows = [np.zeros(len(rhs)) for rhs in block.window_rhs]
    for (f, w), price in zip(reduced.windows.tolist(), state.window_dual):
        windows[f][w] = price
    if reduced.closed:
        _charge_closed(block, prices, nr, reduced.closed)
    return NodeSolution(columns, prices[:nr], prices[nr:], tuple(windows))


def _charge_closed(block: NodeBlock, prices: Floats, nr: int, closed: tuple[Closed, ...]) -> None:
    """Price rows without any room so high that no column they close can earn: it costs nothing,
    their right side is 0.

    The last row found closed comes first: an earlier one may have to make up for what a later one
    pays out.
    """
    reduced = reduced_costs(block, prices[:nr], prices[nr:])
    for each in reversed(closed):
        more = np.zeros(block.hours)
        for column, number, at in each.columns:
            need = np.where(
                number > 0, -reduced[column][at] / np.where(number > 0, number, 1.0), 0.0
            )
            more = np.maximum(more, np.where(each.hours, need, 0.0))
        if not more.any():
            continue
        prices[each.row] += more
        reduced = reduced_costs(block, prices[:nr], prices[nr:])
