"""A node operated anew near a known operation, at given capacities: the repair alone, without an
iteration.

What was best for other numbers is moved inside the limits of these in one pass over the hours
(docs/theory/repair.md). What it costs is an upper bound of the node's cost; how good, the dual
bound says.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import ArrayPool, FillPattern
from headrace.plan.interior_point.node import make_node
from headrace.plan.interior_point.repair import repair_node, roles
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import NodeBlock
from headrace.plan.lp.residuals import node_residuals


def operate_again(
    block: NodeBlock,
    columns: Floats,
    x: Floats,
    known: dict[bytes, FillPattern],
    options: SolverOptions = DEFAULTS,
) -> Floats | None:
    """Columns that keep every limit of the node at capacities x, near `columns`; None where the
    repair leaves one broken.

    columns: [their units], shape (column, hour); x: [unit of the border]. known: fill patterns of
    the structures seen so far, in which those of this one are kept.
    """
    node = make_node(block, known, ArrayPool(), options.long_window)
    node.state.column[:] = np.maximum(columns[node.reduced.columns], 0.0)
    repair_node(node, roles(node), x)
    found = np.zeros((len(block.template.columns), block.hours))
    found[node.reduced.columns] = node.work.combined_column
    return found if max(node_residuals(block, found, x)) <= options.repair_tolerance else None
